"""How the versions of a service spread over its cluster-regions, step by step. Pure.

What serves a cluster-region is, as everywhere, the success that ended last; from a version's first success on, each
later one may put it or a newer version on one cluster-region more, or take it away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from data import visible
from data.attempt_columns import attempt_rows
from data.catalog_models import Cluster, ClusterType
from data.convergence import newest_first
from data.current import serving_order
from data.day_numbers import from_milliseconds, milliseconds
from data.generation import Generation
from data.models import SUCCESSFUL, AttemptRow, Instant, Scope, Trigger
from data.promotion_views import Spread, SpreadCurve, SpreadStep
from data.version_order import VersionOrder

VERSIONS = 5
FOREVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Success:
    """One attempt that came to serve."""

    at: int  # epoch ms
    started: Instant
    cluster_id: str
    version: str
    attempt_id: str
    is_back: bool  # it brought an old version back: its time tells nothing of the version's age


def spread(
    gen: Generation, scope: Scope, service_id: str, stage: ClusterType | None, version: str | None = None
) -> Spread:
    """The curves of the newest versions that came to this stage (None: anywhere), and of `version` if it did."""
    service = visible.service(gen, scope, service_id)
    states = visible.states(gen, scope)
    everywhere = [one for one in visible.clusters(gen, scope) if (one.cluster_id, service_id) in states]
    here = [one for one in everywhere if stage is None or one.type is stage]
    seen = _successes(gen, scope, service_id)
    order = order_of(seen)
    ids = {one.cluster_id for one in here}
    told = [one for one in seen if one.cluster_id in ids]
    newest = list(newest_first({one.version for one in told if not one.is_back}, order))
    chosen = newest[:VERSIONS]
    if version in newest and version not in chosen:
        chosen.append(version)
    until = milliseconds(gen.as_of)
    return Spread(
        service, stage, tuple(dict.fromkeys(one.type for one in everywhere)), len(here),
        tuple(curve(one, told, here, order, until) for one in chosen),
    )  # fmt: skip


def usual_stage(gen: Generation, scope: Scope, service_id: str) -> ClusterType | None:
    """The last stage of the path that has several cluster-regions of this service; None: look at all of them."""
    states = visible.states(gen, scope)
    types = [one.type for one in visible.clusters(gen, scope) if (one.cluster_id, service_id) in states]
    several = [one for one in types if types.count(one) > 1 and one is not ClusterType.UNKNOWN]
    return several[-1] if several else None


def _successes(gen: Generation, scope: Scope, service_id: str) -> list[Success]:
    """In the order in which they came to serve."""
    frame = gen.attempts.frame(scope, 0, FOREVER, service_ids=[service_id])
    frame = frame[frame["status"].isin([one.value for one in SUCCESSFUL])]
    rows = zip(frame["cluster"].tolist(), attempt_rows(frame), strict=True)
    return [success(cluster_id, row) for cluster_id, row in sorted(rows, key=lambda one: serving_order(one[1]))]


def success(cluster_id: str, row: AttemptRow) -> Success:
    """A successful attempt, as one that came to serve."""
    at = milliseconds(row.ended_at or row.started_at)
    is_back = row.trigger is Trigger.ROLLBACK or row.rollback_to_build == row.build_version
    return Success(at, row.started_at, cluster_id, row.build_version, row.attempt_id, is_back)


def order_of(seen: Iterable[Success]) -> VersionOrder:
    """The order of the versions by these successes."""
    first: dict[str, Instant] = {}
    for one in seen:
        if not one.is_back:
            first[one.version] = min(one.started, first.get(one.version, one.started))
    return VersionOrder(first)


def curve(
    version: str, told: Sequence[Success], here: Sequence[Cluster], order: VersionOrder, until: int
) -> SpreadCurve:
    """How a version spread, told in the order of time.

    What served before the version's first success is older than it, or was nothing.
    """
    begin = next(place for place, one in enumerate(told) if one.version == version and not one.is_back)
    clusters = {one.cluster_id: one for one in here}
    serving: dict[str, str] = {one.cluster_id: one.version for one in told[:begin]}
    steps: list[SpreadStep] = []
    start = told[begin].at
    for one in told[begin:]:
        serving[one.cluster_id] = one.version
        count = _count(serving, version, order)
        if not steps or count != steps[-1].serving:
            cluster = clusters[one.cluster_id]
            steps.append(
                SpreadStep(from_milliseconds(one.at), (one.at - start) / 1000, count, cluster, one.attempt_id)
            )
    return SpreadCurve(
        version, steps[0], (*steps, _end(steps[-1], start, until)),
        half_sec=_reached(steps, len(here) / 2), full_sec=_reached(steps, len(here)),
        older=tuple(one for one in here if _has(serving.get(one.cluster_id), version, order) is False),
    )  # fmt: skip


def ending(one: SpreadCurve, until: int) -> SpreadCurve:
    """The same curve, told up to another instant."""
    *steps, last = one.steps
    return replace(one, steps=(*steps, _end(last, milliseconds(one.first.at), until)))


def _end(last: SpreadStep, start: int, until: int) -> SpreadStep:
    return SpreadStep(from_milliseconds(max(until, start)), max(0, until - start) / 1000, last.serving)


def _has(served: str | None, version: str, order: VersionOrder) -> bool | None:
    """Whether what serves is the version or newer; None where nothing tells."""
    if served is None:
        return False
    return True if served == version else order.newer(served, version)


def _count(serving: Mapping[str, str], version: str, order: VersionOrder) -> int | None:
    found = [_has(one, version, order) for one in serving.values()]
    return None if None in found else sum(one is True for one in found)


def _reached(steps: Iterable[SpreadStep], count: float) -> float | None:
    return next((one.seconds for one in steps if one.serving is not None and one.serving >= count), None)
