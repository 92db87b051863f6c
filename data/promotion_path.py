"""The way of versions through the stages: what serves where, what waits, what would block it. Pure.

A cluster-region leads to those of the next stage in its own region; where its region has none, to all of them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data import visible
from data.catalog_models import Cluster, ClusterType, Freeze, GateRule, Service
from data.generation import Generation
from data.health import with_missing
from data.instants import seconds_between, to_instant
from data.models import Instant, Promotion, PromotionStatus, Scope, Status
from data.promotion_gates import (
    blockers,
    freezes_at,
    promotion_to,
    required,
    rule_for,
    soak_until,
    where_it_serves,
)
from data.promotion_views import Behind, Lane, Lanes, Stage, Stop, Waiting
from data.version_order import VersionOrder, version_order
from data.views import PairState

FREEZES_AHEAD = timedelta(days=14)
BLOCKERS_FROM = timedelta(days=14)  # a promotion asked for longer ago blocks nothing any more
STAGES = (ClusterType.DEVELOPMENT, ClusterType.STAGING, ClusterType.PRODUCTION)
UNDER_WAY = frozenset({PromotionStatus.APPROVED, PromotionStatus.IN_PROGRESS})
Newest = Mapping[tuple[str, str, str], Promotion]  # (service, version, target cluster) -> its newest promotion


@dataclass(frozen=True, slots=True)
class Way:
    """The stages in order, and which cluster-regions lead to which; those that are not on it have no entry."""

    stages: tuple[Stage, ...]
    after: Mapping[str, tuple[tuple[Cluster, ...], ...]]  # stage by stage
    before: Mapping[str, tuple[Cluster, ...]]  # those of the stage before that lead here


def way(clusters: Iterable[Cluster]) -> Way:
    """The way through these cluster-regions, given in promotion order; those of no known stage are not on it."""
    known = list(clusters)
    of_type = {kind: tuple(one for one in known if one.type is kind) for kind in STAGES}
    stages = tuple(Stage(kind, found) for kind, found in of_type.items() if found)
    after: dict[str, tuple[tuple[Cluster, ...], ...]] = {}
    before: dict[str, tuple[Cluster, ...]] = {}
    for place, stage in enumerate(stages):
        for one in stage.clusters:
            after[one.cluster_id] = tuple(_same_region(later.clusters, one) for later in stages[place + 1 :])
            for following in after[one.cluster_id][:1]:
                before |= {to.cluster_id: (*before.get(to.cluster_id, ()), one) for to in following}
    return Way(stages, after, before)


def _same_region(clusters: tuple[Cluster, ...], cluster: Cluster) -> tuple[Cluster, ...]:
    near = tuple(one for one in clusters if cluster.region and one.region == cluster.region)
    return near or clusters


def freezes_shown(freezes: Iterable[Freeze], now: datetime) -> tuple[Freeze, ...]:
    """The freezes that are open or begin within FREEZES_AHEAD."""
    moment, horizon = to_instant(now), to_instant(now + FREEZES_AHEAD)
    return tuple(one for one in freezes if one.end > moment and one.start <= horizon)


def newest_promotions(promotions: Iterable[Promotion]) -> dict[tuple[str, str, str], Promotion]:
    """Of each version and target the promotion asked for last."""
    found: dict[tuple[str, str, str], Promotion] = {}
    for one in sorted(promotions, key=lambda promotion: (promotion.promoted_at, promotion.promotion_id)):
        found[one.service_id, one.build_version, one.to_cluster_id] = one
    return found


def lanes(
    gen: Generation,
    scope: Scope,
    now: datetime,
    promotions: Collection[Promotion] | None,
    wanted: Callable[[Service], bool] = lambda _service: True,
) -> Lanes:
    """The lanes of the wanted services, by name; `promotions` None: they could not be read."""
    clusters = visible.clusters(gen, scope)
    path, moment = way(clusters), to_instant(now)
    view = _View(
        path, visible.states(gen, scope), moment, newest_promotions(promotions or ()),
        tuple(one for one in gen.catalog.freezes if one.holds_at(moment)), gen.catalog.gates,
    )  # fmt: skip
    return Lanes(
        stages=path.stages,
        lanes=[_lane(gen, view, service, clusters) for service in visible.services(gen, scope) if wanted(service)],
        off_path=tuple(one for one in clusters if one.type not in STAGES),
        freezes=freezes_shown(gen.catalog.freezes, now),
        promotions_read=promotions is not None,
    )


def behind(gen: Generation, scope: Scope) -> dict[tuple[str, str], Behind]:
    """How far each pair in scope is behind the stage before it, where that can be told."""
    return gen.memo.get(("behind", scope.key), lambda: _all_behind(gen, scope))


def _all_behind(gen: Generation, scope: Scope) -> dict[tuple[str, str], Behind]:
    clusters, states = visible.clusters(gen, scope), visible.states(gen, scope)
    leading = way(clusters).before
    orders: dict[str, VersionOrder] = {}
    found = {}
    for (cluster_id, service_id), state in states.items():
        before = _states_of(states, leading.get(cluster_id, ()), service_id)
        if not before:
            continue
        if service_id not in orders:
            orders[service_id] = _order(states, clusters, service_id)
        told = behind_of(state, before, orders[service_id])
        if told is not None:
            found[cluster_id, service_id] = told
    return found


def behind_of(state: PairState, before: Iterable[PairState], order: VersionOrder) -> Behind | None:
    """How many versions newer than the one that serves have served in the stage before, as far as that is known.

    Of each pair before, the version that serves and the good one before that are known. Where the latter is not
    newer than ours, or there is none, nothing lies between.
    """
    mine = state.serving_version
    if mine is None:
        return None
    newer: set[str] = set()
    exact = True
    for one in before:
        theirs = one.serving_version
        if theirs is None:
            continue
        ahead = order.newer(theirs, mine)
        if ahead is None:
            return None
        if not ahead:
            continue
        newer.add(theirs)
        previous = one.current.last_good
        between = order.newer(previous.build_version, mine) if previous else False
        if between and previous:
            newer.add(previous.build_version)
        exact = exact and between is False
    return Behind(len(newer), exact)


@dataclass(frozen=True, slots=True)
class _View:
    """What every lane is drawn from."""

    path: Way
    states: visible.States
    now: Instant
    promotions: Newest
    frozen: tuple[Freeze, ...]
    gates: tuple[GateRule, ...]

    def state(self, cluster: Cluster, service: Service) -> PairState | None:
        return self.states.get((cluster.cluster_id, service.service_id))


def _lane(gen: Generation, view: _View, service: Service, clusters: Sequence[Cluster]) -> Lane:
    order = _order(view.states, clusters, service.service_id)
    gone = {
        one.cluster_id
        for one in clusters
        if (current := gen.currents.get((one.cluster_id, service.service_id))) and current.retired_at
    }
    stops = tuple(
        tuple(_stop(view, service, one, order, gone) for one in stage.clusters) for stage in view.path.stages
    )
    return Lane(service, stops)


def _order(states: visible.States, clusters: Iterable[Cluster], service_id: str) -> VersionOrder:
    return version_order(state.current for state in _states_of(states, clusters, service_id))


def _states_of(states: visible.States, clusters: Iterable[Cluster], service_id: str) -> list[PairState]:
    found = (states.get((one.cluster_id, service_id)) for one in clusters)
    return [state for state in found if state is not None]


def _stop(view: _View, service: Service, cluster: Cluster, order: VersionOrder, gone: Collection[str]) -> Stop:
    state = view.state(cluster, service)
    if state is None:
        return Stop(cluster, None, retired=cluster.cluster_id in gone)
    before = _states_of(view.states, view.path.before.get(cluster.cluster_id, ()), service.service_id)
    return Stop(
        cluster,
        state,
        waiting=_waiting(view, service, cluster, state, order, gone),
        behind=behind_of(state, before, order) if before else None,
    )


def _waiting(
    view: _View, service: Service, cluster: Cluster, state: PairState, order: VersionOrder, gone: Collection[str]
) -> Waiting | None:
    later, version = view.path.after[cluster.cluster_id], state.serving_version
    since = state.current.serving_since
    if not later or version is None or since is None or state.current.serving is None:
        return None
    serving = {
        one.cluster_id: there.serving_version if (there := view.state(one, service)) else None
        for stage in later
        for one in stage
    }
    if version in serving.values():
        return None
    targets = tuple(
        one.cluster_id
        for one in later[0]
        if one.cluster_id not in gone and _is_older(order, serving[one.cluster_id], version)
    )
    if not targets:
        return None
    rule = rule_for(view.gates, later[0][0].type, service.service_id)
    until = soak_until(state, cluster, rule)
    asked = [view.promotions.get((service.service_id, version, target)) for target in targets]
    arrived = view.promotions.get((service.service_id, version, cluster.cluster_id))
    found = [
        *where_it_serves(state, service, cluster, rule, view.now),
        *(one for target in targets for one in freezes_at(target, service, view.frozen)),
        *(promotion_to(target, one) for target, one in zip(targets, asked, strict=True)),
    ]
    return Waiting(
        version=version,
        since=since,
        targets=targets,
        soak_until=until,
        soak_left_sec=max(0.0, seconds_between(view.now, until)) if until else None,
        gates=with_missing(state.current.serving.gates, required(service, rule)),
        blockers=tuple(blockers(found)),
        under_way=_under_way(view, service, version, targets, asked),
        by=arrived.promoted_by if arrived else None,
        moved_by=next((one.promoted_by for one in asked if one and one.status in UNDER_WAY), None),
    )


def _is_older(order: VersionOrder, theirs: str | None, version: str) -> bool:
    return theirs is None or order.newer(version, theirs) is True


def _under_way(
    view: _View, service: Service, version: str, targets: Iterable[str], asked: Iterable[Promotion | None]
) -> PromotionStatus | None:
    """Whether somebody is moving it now: a promotion says so, or a deployment of it is running there."""
    for target in targets:
        state = view.states.get((target, service.service_id))
        if state and state.latest.status is Status.IN_PROGRESS and state.latest.build_version == version:
            return PromotionStatus.IN_PROGRESS
    return next((one.status for one in asked if one and one.status in UNDER_WAY), None)
