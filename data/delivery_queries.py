"""What is told of software delivery, for the page, the API, the scorecard and the alerts: one query for all of them.

Everything is worked out once a generation; only how old the oldest open failure is follows the clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from data import delivery_periods as periods
from data import visible
from data.analytics_queries import seen_by
from data.catalog_models import ClusterType
from data.day_numbers import EARLIEST, day_number
from data.delivery_judge import Failure
from data.delivery_ledger import FAILURES, FIRST_FAILURE, NONE, Array, Ledger, Sum, ledger_of
from data.delivery_numbers import Told, beside, numbers
from data.delivery_sums import Gathered, gather
from data.delivery_times import Group, Of, Times
from data.delivery_views import Bucket, Delivery, DeliveryFilter, Edition, Numbers, Promoted, ScopeNumbers
from data.generation import Generation
from data.instants import day_before, from_instant, to_instant
from data.models import Day, Scope
from data.views import AnalyticsFilter

NO_LOWER_STAGE, DIRECT_TO_PROD, NO_RELEASES = "no_lower_stage", "direct_to_prod", "no_releases"


@dataclass(frozen=True, slots=True)
class FailedDeployment:
    """A change that failed in production. Times epoch ms."""

    service_id: str
    build_version: str
    cluster_id: str
    started: int
    failure: Failure
    detected: int
    recovered: int | None


def ledger_in(gen: Generation) -> Ledger:
    """The generation's ledger; made here where it came without one."""
    if gen.ledger is not None:
        return gen.ledger
    return gen.memo.get(
        "delivery ledger",
        lambda: ledger_of(gen.attempts, gen.catalog, list(gen.services.values()), gen.incidents),
    )


def delivery(gen: Generation, scope: Scope, wanted: DeliveryFilter, now: datetime) -> Delivery:
    """The five metrics with their evidence; the filter comes back with the days it really covers.

    NotFound where it names a service, cluster or team that is unknown or out of scope.
    """
    wanted = held(gen, wanted, now)
    today = to_instant(now)[:10]
    view = gen.memo.get(
        ("delivery", scope.key, wanted, today), lambda: _delivery(gen, scope, wanted, day_number(today))
    )
    return _aged(replace(view, freshness=gen.freshness(now)), now)


def numbers_by_service(
    gen: Generation, scope: Scope, start: Day, end: Day, now: datetime, edition: Edition = Edition.BANDS_2023
) -> Mapping[str, Numbers]:
    """The five metrics of every service in scope over these days, both included."""
    wanted = held(gen, DeliveryFilter(start, end, edition=edition), now)
    today = to_instant(now)[:10]

    def work() -> Mapping[str, Numbers]:
        asked = _Asked(gen, scope, wanted, day_number(today))
        return {one.key: one.numbers for one in _by_service(asked, _gathered(asked))}

    found = gen.memo.get(("delivery by service", scope.key, wanted, today), work)
    return {service_id: aged(one, now) for service_id, one in found.items()}


def failed_deployments(gen: Generation, scope: Scope, since_ms: int, until_ms: int) -> list[FailedDeployment]:
    """The deployments that started within [since, until) and failed, by service and start."""
    found: list[FailedDeployment] = []
    for service_id, one in sorted(ledger_in(gen).services.items()):
        if not scope.allows_service(service_id):
            continue
        at = slice(*np.searchsorted(one.failed_row, one.rows_between(since_ms, until_ms)).tolist())
        rows = one.failed_row[at]
        columns = (
            one.versions[one.release[rows]], one.cluster[rows], one.started[rows], one.failure[rows],
            one.detected[at], one.recovered[at],
        )  # fmt: skip
        for version, cluster, started, rule, detected, recovered in zip(*map(_listed, columns), strict=True):
            if scope.allows_cluster(one.clusters[cluster]):
                found.append(FailedDeployment(
                    service_id, str(version), one.clusters[cluster], started, FAILURES[rule], detected,
                    None if recovered == NONE else recovered,
                ))  # fmt: skip
    return found


def _listed(column: Array) -> list[Any]:
    return list(column.tolist())


def previous(gen: Generation, wanted: DeliveryFilter) -> DeliveryFilter | None:
    """The equally long time just before; None where not all of it is held."""
    length = day_number(wanted.end) - day_number(wanted.start) + 1
    if length <= 0:
        return None
    before = replace(wanted, start=day_before(wanted.start, length), end=day_before(wanted.start, 1))
    return before if before.start >= gen.first_day else None


def held(gen: Generation, wanted: DeliveryFilter, now: datetime) -> DeliveryFilter:
    """The filter without days from before what is held, and without days to come."""
    today = to_instant(now)[:10]
    return replace(wanted, start=max(wanted.start, gen.first_day), end=min(wanted.end, today))


def narrowed(gen: Generation, scope: Scope, wanted: DeliveryFilter) -> Scope:
    """The scope of the filter; NotFound where it names what is unknown or out of scope."""
    return seen_by(
        gen, scope,
        AnalyticsFilter(wanted.start, wanted.end, wanted.service_id, wanted.cluster_id, wanted.team),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    gen: Generation
    scope: Scope  # narrowed to the filter
    of: DeliveryFilter
    today: int

    @property
    def days(self) -> tuple[int, int]:
        """[start, end) as day numbers."""
        start = day_number(self.of.start or EARLIEST)
        return start, max(start, day_number(self.of.end) + 1)

    @property
    def is_production(self) -> bool:
        cluster = self.gen.clusters.get(self.of.cluster_id or "")
        return cluster is None or cluster.type is ClusterType.PRODUCTION


def _gathered(asked: _Asked) -> Gathered:
    gen, scope = asked.gen, asked.scope
    services = [one.service_id for one in visible.services(gen, scope)]
    clusters = [one.cluster_id for one in visible.clusters(gen, scope) if one.type is ClusterType.PRODUCTION]
    return gather(ledger_in(gen), scope, services, clusters, *asked.days, gen.columns.derived.delivery)


def _delivery(gen: Generation, scope: Scope, wanted: DeliveryFilter, today: int) -> Delivery:
    asked = _Asked(gen, narrowed(gen, scope, wanted), wanted, today)
    found = _gathered(asked)
    before = previous(gen, wanted)
    whole = _whole(asked, found)
    if before is not None:
        earlier = replace(asked, of=before)
        whole = beside(whole, _whole(earlier, _gathered(earlier)))
    grain = periods.grain(wanted.start, wanted.end)
    rules = found.by_service.sum(axis=(0, 1))
    return Delivery(
        freshness=gen.freshness(from_instant(gen.as_of)),
        filter=wanted,
        numbers=whole,
        previous=before,
        grain=grain,
        buckets=_buckets(asked, found, grain),
        promoted=_promoted(gen, found),
        failures={rule: int(rules[FIRST_FAILURE + place]) for place, rule in enumerate(FAILURES)},
        services=_by_service(asked, found),
        teams=_by_team(asked, found),
        clusters=_by_cluster(asked, found),
    )


def _whole(asked: _Asked, found: Gathered) -> Numbers:
    """The numbers of everything that was gathered."""
    began = int(found.service_from.min(initial=np.iinfo(np.int64).max))
    return _numbers(
        asked, found, found.by_service.sum(axis=0), int(found.releases.sum()), began, Group(), found.still_open.since
    )


def _numbers(
    asked: _Asked,
    found: Gathered,
    sums: Array,
    releases: int,
    began: int,
    group: Group,
    still_open: Array,
) -> Numbers:
    lead, recovery = (found.times.times(of, group) for of in (Of.LEADS, Of.RECOVERIES))
    return numbers(Told(
        sums, releases, found.start, found.end, asked.today, began, lead, recovery, still_open.tolist(),
        asked.of.edition, asked.is_production,
    ))  # fmt: skip


def _by_service(asked: _Asked, found: Gathered) -> list[ScopeNumbers]:
    names = [(one, asked.gen.services[one].name) for one in found.services]
    return _groups(asked, found, names, np.arange(len(names)))


def _by_team(asked: _Asked, found: Gathered) -> list[ScopeNumbers]:
    """The teams, by name; services that have none are in no row."""
    teams = [asked.gen.services[one].team for one in found.services]
    names = sorted({team for team in teams if team}, key=lambda team: (team.casefold(), team))
    places = np.array([names.index(team) if team else NONE for team in teams], dtype=np.int64)
    return _groups(asked, found, [(one, one) for one in names], places)


def _groups(asked: _Asked, found: Gathered, names: Sequence[tuple[str, str]], places: Array) -> list[ScopeNumbers]:
    """The numbers of groups of services; `places`: the group of each service."""
    group_open = places[found.still_open.service]
    rows = []
    for at, (key, name) in enumerate(names):
        mine = np.flatnonzero(places == at)
        rows.append(ScopeNumbers(key, name, _numbers(
            asked, found, found.by_service[mine].sum(axis=0), int(found.releases[mine].sum()),
            int(found.service_from[mine].min()), Group(services=tuple(mine.tolist())),
            found.still_open.since[group_open == at],
        )))  # fmt: skip
    return rows


def _by_cluster(asked: _Asked, found: Gathered) -> list[ScopeNumbers]:
    return [
        ScopeNumbers(cluster_id, asked.gen.clusters[cluster_id].name, _numbers(
            asked, found, found.by_cluster[at], int(found.by_cluster[at, :, Sum.FIRST_HERE].sum()),
            int(found.cluster_from[at]), Group(cluster=at), found.still_open.since[found.still_open.cluster == at],
        ))
        for at, cluster_id in enumerate(found.clusters)
    ]  # fmt: skip


def _buckets(asked: _Asked, found: Gathered, grain: str) -> list[Bucket]:
    pieces = periods.pieces(found.start, found.end, grain)
    began = int(found.service_from.min(initial=np.iinfo(np.int64).max))
    sums, releases = found.by_service.sum(axis=0), found.releases.sum(axis=0)
    return [
        _bucket(
            piece, sums[piece.first - found.start : piece.end - found.start].sum(axis=0),
            int(releases[piece.first - found.start : piece.end - found.start].sum()),
            piece.end > began and asked.is_production,
            found.times.times(Of.LEADS, Group(days=(piece.first, piece.end))),
            found.times.times(Of.RECOVERIES, Group(days=(piece.first, piece.end))),
            not piece.whole or piece.end > asked.today,
        )
        for piece in pieces
    ]  # fmt: skip


def _bucket(
    piece: periods.Piece, sums: Array, releases: int, heard: bool, lead: Times, recovery: Times, partial: bool
) -> Bucket:
    total = [int(one) for one in sums]
    failed = sum(total[FIRST_FAILURE : FIRST_FAILURE + len(FAILURES)])
    return Bucket(
        label=piece.label,
        deployments=total[Sum.DEPLOYMENTS] if heard else None,
        releases=releases if heard else None,
        failed=failed,
        restores=total[Sum.RESTORES],
        rework=total[Sum.REWORK],
        all_deployments=total[Sum.DEPLOYMENTS] + total[Sum.RESTORES],
        lead_p50=lead.p50,
        lead_p90=lead.p90,
        lead_n=lead.n,
        recovery_p50=recovery.p50,
        recovery_n=recovery.n,
        partial=partial,
    )


def _promoted(gen: Generation, found: Gathered) -> Promoted:
    """From the first success in the lowest stage to the first in production."""
    direct = found.direct
    if not ledger_in(gen).stages.lowest:
        return Promoted(None, None, 0, direct, NO_LOWER_STAGE)
    took = found.times.times(Of.PROMOTIONS, Group())
    reason = None if took.n else DIRECT_TO_PROD if direct else NO_RELEASES
    return Promoted(took.p50, took.p90, took.n, direct, reason)


def _aged(view: Delivery, now: datetime) -> Delivery:
    def rows(of: Sequence[ScopeNumbers]) -> list[ScopeNumbers]:
        return [replace(one, numbers=aged(one.numbers, now)) for one in of]

    return replace(
        view, numbers=aged(view.numbers, now), services=rows(view.services), teams=rows(view.teams),
        clusters=rows(view.clusters),
    )  # fmt: skip


def aged(of: Numbers, now: datetime) -> Numbers:
    """The numbers with how long the oldest failure has been open at `now`."""
    since = of.open_failures.oldest_since
    if since is None:
        return of
    age = max(0.0, (now - from_instant(since)).total_seconds())
    return replace(of, open_failures=replace(of.open_failures, oldest_sec=age))
