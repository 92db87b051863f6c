"""What a service's attempts tell beside themselves: which version is where, how far regions are apart, how long
each success was active. Pure; judged from the newest attempts that were read and from what serves now.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from data.catalog_models import Cluster, ClusterType
from data.models import SUCCESSFUL, Attempt, AttemptRow, Instant
from data.service_views import Active, Skew, Tried, VersionRow
from data.versions import newest_first
from data.views import PairState

ROWS = 10

States = Sequence[tuple[Cluster, PairState]]


def order(attempts: Iterable[Attempt], states: States) -> list[str]:
    """Every version that was read or serves on these clusters, newest first."""
    here = {cluster.cluster_id for cluster, _ in states}
    seen = [(one.build_version, one.started_at) for one in attempts if one.cluster_id in here]
    seen += [(one.build_version, one.started_at) for _, state in states for one in _known_rows(state)]
    return newest_first(seen)


def version_grid(attempts: Sequence[Attempt], states: States, rows: int = ROWS) -> list[VersionRow]:
    """The newest versions by cluster, and any older one that still serves."""
    tried: dict[str, dict[str, Tried]] = {}
    serving = {state.current.serving.attempt_id for _, state in states if state.current.serving}
    here = {cluster.cluster_id for cluster, _ in states}
    known: list[tuple[str, Attempt | AttemptRow]]
    known = [(one.cluster_id, one) for one in attempts if one.cluster_id in here]
    known += [(cluster.cluster_id, row) for cluster, state in states for row in _known_rows(state)]
    for cluster_id, one in known:
        mine = _tried(one, one.attempt_id in serving)
        held = tried.setdefault(one.build_version, {}).get(cluster_id)
        if held is None or _preferred(mine) > _preferred(held):
            tried[one.build_version][cluster_id] = mine
    ordered = enumerate(order(attempts, states), start=1)
    return [
        VersionRow(version, place, tried[version])
        for place, version in ordered
        if place <= rows or any(one.serving for one in tried[version].values())
    ]


def _known_rows(state: PairState) -> list[AttemptRow]:
    current = state.current
    return [row for row in (current.latest, current.serving) if row]


def _tried(one: Attempt | AttemptRow, serving: bool) -> Tried:
    return Tried(one.attempt_id, one.status, one.cancelled, one.started_at, serving)


def _preferred(one: Tried) -> tuple[bool, Instant, str]:
    return one.serving, one.started_at, one.attempt_id


def skews(attempts: Sequence[Attempt], states: States, complete: bool) -> list[Skew]:
    """For each stage whose regions serve different versions: every one that is behind, against the newest there.

    Counted are the versions that were tried anywhere; `complete` says whether `attempts` are all there are. Of an
    unknown stage nobody said that its cluster-regions belong together.
    """
    places = {version: place for place, version in enumerate(order(attempts, states))}
    read = {one.build_version for one in attempts}
    found = []
    for stage in dict.fromkeys(cluster.type for cluster, _ in states):
        serving = [
            (places[state.serving_version], cluster.cluster_id, state.serving_version)
            for cluster, state in states
            if cluster.type is stage and state.serving_version is not None
        ]
        if not serving or stage is ClusterType.UNKNOWN:
            continue
        newest, ahead, version = min(serving)
        found += [
            Skew(stage, ahead, behind, version, older, place - newest, not complete and older not in read)
            for place, behind, older in serving
            if place > newest
        ]
    return found


def active_spans(
    attempts: Sequence[Attempt],
    newer: Sequence[Attempt],
    serving: Collection[str],
    retired: Mapping[str, Instant],
) -> dict[str, Active]:
    """By attempt id, how long each success of a list was active; one whose end is not known has no entry.

    `newer` are the service's newest attempts, without a gap. They continue the list only where the two overlap: in a
    gap between them another success may lie.
    """
    ids = {one.attempt_id for one in newer}
    known = {one.attempt_id: one for one in attempts}
    reaches_now = any(one.attempt_id in ids for one in attempts)
    if reaches_now:
        known |= {one.attempt_id: one for one in newer}
    served: dict[str, list[tuple[Instant, Instant, str]]] = {}
    for one in known.values():
        if one.status in SUCCESSFUL:
            served.setdefault(one.cluster_id, []).append(_began(one))
    found = {}
    for one in attempts:
        if one.status not in SUCCESSFUL:
            continue
        mine = _began(one)
        later = min((other for other in served[one.cluster_id] if other > mine), default=None)
        gone = retired.get(one.cluster_id) if reaches_now else None
        if later is not None:
            found[one.attempt_id] = Active(mine[0], later[0])
        elif gone and gone >= mine[0]:
            found[one.attempt_id] = Active(mine[0], gone)
        elif one.attempt_id in serving:
            found[one.attempt_id] = Active(mine[0], None)
    return found


def _began(one: Attempt) -> tuple[Instant, Instant, str]:
    """The order in which successes come to serve."""
    return one.ended_at or one.started_at, one.started_at, one.attempt_id
