"""Which services and cluster-regions a matrix of states shows: the filters of the overview, its CSV and API. Pure.

Team, favourites and text choose services, the type chooses cluster-regions, and a status keeps the services that are
in it on one of those. So what is left is rows and columns, and every number beside them can be of just these.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from data import keys, visible
from data.catalog_models import ClusterType
from data.models import Health, Scope, Status
from data.promotion_views import Behind
from data.views import Overview, PairState, ServiceRow

LONGEST_TEXT = 100
MOST_FAVOURITES = 500
BehindOf = Mapping[tuple[str, str], Behind]  # by (cluster id, service id)


class PairStatus(StrEnum):
    """What a status filter may ask for."""

    ATTENTION = "attention"
    UNKNOWN = "unknown"
    HEALTHY = "healthy"
    IN_PROGRESS = "in-progress"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class MatrixFilter:
    """What is asked for; None = not asked."""

    team: str | None = None
    type: ClusterType | None = None
    status: PairStatus | None = None
    text: str | None = None
    favourites: frozenset[str] | None = None  # service ids

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return self != NOTHING_ASKED

    @property
    def query(self) -> dict[str, str | None]:
        """As an address says it, `asked_for` reads it back."""
        return {
            "team": self.team,
            "type": self.type and self.type.value,
            "status": self.status and self.status.value,
            "q": self.text,
            "fav": None if self.favourites is None else ",".join(sorted(self.favourites)),
        }


NOTHING_ASKED = MatrixFilter()


def asked_for(query: Mapping[str, str]) -> MatrixFilter:
    """What an address asks for; a word that is none of ours counts as not said."""
    text = " ".join(query.get("q", "").split())[:LONGEST_TEXT].strip()
    team, kind, status = query.get("team"), query.get("type", "").casefold(), query.get("status")
    named = [one for one in query.get("fav", "").split(",")[:MOST_FAVOURITES] if keys.ID.fullmatch(one)]
    return MatrixFilter(
        team=team if team and team != "all" else None,
        type=next((one for one in ClusterType if one.value.casefold() == kind), None),
        status=next((one for one in PairStatus if one.value == status), None),
        text=text or None,
        favourites=frozenset(named) or None,
    )


def in_status(state: PairState, wanted: PairStatus, behind: BehindOf) -> bool:
    """Whether a pair is in this state; a distance that is not known for certain counts as none."""
    match wanted:
        case PairStatus.BEHIND:
            return lags(behind.get((state.cluster_id, state.service_id)))
        case PairStatus.IN_PROGRESS:
            return state.latest.status is Status.IN_PROGRESS
        case _:
            return state.health is Health(wanted.value)


def lags(behind: Behind | None) -> bool:
    """Whether a pair is known to be behind the stage before it."""
    return behind is not None and behind.exact and behind.versions > 0


def narrowed(shown: Overview, wanted: MatrixFilter, behind: BehindOf, scope: Scope) -> Scope:
    """The scope cut down to the services and cluster-regions that are asked for: every query answers for that too."""
    every = [one.cluster.cluster_id for one in shown.clusters if wanted.type in (None, one.cluster.type)]
    columns = frozenset(every)
    found = frozenset(row.service.service_id for row in shown.services if _has(row, wanted, columns, behind))
    whole = len(found) == len(shown.services)
    return replace(
        scope,
        clusters=scope.clusters if wanted.type is None else columns,
        services=scope.services if whole else found,
    )


def cut(shown: Overview, scope: Scope) -> Overview:
    """What a narrower scope leaves of an overview's states; its numbers are still those of before.

    Quicker than judging every pair anew, and what a filter that is typed needs.
    """
    services = [_cut_row(row, scope) for row in shown.services if scope.allows_service(row.service.service_id)]
    on: dict[str, list[PairState]] = {}
    for row in services:
        for place, state in row.states.items():
            on.setdefault(place, []).append(state)
    clusters = [one.cluster for one in shown.clusters if scope.allows_cluster(one.cluster.cluster_id)]
    return replace(
        shown,
        clusters=[visible.cluster_health(one, on.get(one.cluster_id, [])) for one in clusters],
        services=services,
        attention=_cut_states(shown.attention, scope),
        in_progress=_cut_states(shown.in_progress, scope),
    )


def _has(row: ServiceRow, wanted: MatrixFilter, columns: Collection[str], behind: BehindOf) -> bool:
    service = row.service
    if wanted.team is not None and service.team != wanted.team:
        return False
    if wanted.favourites is not None and service.service_id not in wanted.favourites:
        return False
    states = [state for cluster_id, state in row.states.items() if cluster_id in columns]
    if wanted.type is not None and not states:
        return False
    if wanted.status is not None and not any(in_status(state, wanted.status, behind) for state in states):
        return False
    return wanted.text is None or _says(row, states, wanted.text.casefold())


def _says(row: ServiceRow, states: Iterable[PairState], text: str) -> bool:
    """Whether the service's id, name or team, or a version that serves or was tried last, contains the text."""
    service = row.service
    words = [service.service_id, service.name, service.team]
    for state in states:
        words += (state.serving_version or "", state.latest.build_version)
    return text in "\n".join(words).casefold()


def _cut_row(row: ServiceRow, scope: Scope) -> ServiceRow:
    if scope.clusters is None:
        return row
    return ServiceRow(row.service, {place: one for place, one in row.states.items() if place in scope.clusters})


def _cut_states(states: Iterable[PairState], scope: Scope) -> list[PairState]:
    return [state for state in states if scope.allows(state.cluster_id, state.service_id)]
