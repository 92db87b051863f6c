"""What a scope sees of a generation: clusters, services and the state of each pair. Pure."""

from data import aggregations as agg
from data.catalog_models import Cluster, Service
from data.errors import NotFound
from data.generation import Generation
from data.health import pair_state
from data.models import (
    Health,
    Instant,
    Scope,
    Status,
)
from data.views import ClusterHealth, PairState, ServiceRow

States = dict[tuple[str, str], PairState]
FIRST_DAY, LAST_DAY = "1970-01-01", "9999-12-31"


def states(gen: Generation, scope: Scope) -> States:
    """The state of every pair in scope that is not retired."""
    return gen.memo.get(("states", scope.key), lambda: {
        pair: pair_state(current, gen.services[pair[1]])
        for pair, current in gen.currents.items()
        if scope.allows(*pair) and current.retired_at is None
    })  # fmt: skip


def retired(gen: Generation, scope: Scope, service_id: str) -> list[tuple[Cluster, Instant]]:
    """Where a service was taken away and not deployed since, with the time, clusters in promotion order."""
    moments = {
        pair[0]: current.retired_at
        for pair, current in gen.currents.items()
        if pair[1] == service_id and current.retired_at and scope.allows(*pair)
    }
    return [(one, moments[one.cluster_id]) for one in clusters(gen, scope) if one.cluster_id in moments]


def cluster_states(gen: Generation, scope: Scope, cluster_id: str) -> list[PairState]:
    """The state of every pair in scope on one cluster."""
    return [state for pair, state in states(gen, scope).items() if pair[0] == cluster_id]


def clusters(gen: Generation, scope: Scope) -> list[Cluster]:
    """Every cluster-region in scope, by promotion order, then name."""
    known = (cluster for cluster in gen.clusters.values() if scope.allows_cluster(cluster.cluster_id))
    return sorted(known, key=lambda cluster: (cluster.order, cluster.name, cluster.cluster_id))


def services(gen: Generation, scope: Scope) -> list[Service]:
    """Every service in scope, by name."""
    known = (service for service in gen.services.values() if scope.allows_service(service.service_id))
    return sorted(known, key=lambda service: (service.name.casefold(), service.service_id))


def suites(gen: Generation, scope: Scope) -> list[str]:
    """Every suite there is something to say of: the catalog's in its order, then any other that is held."""
    held = gen.memo.get(("suites", scope.key), lambda: agg.seen_suites(
        agg.selected(gen.columns.suites, scope, gen.first_day or FIRST_DAY, LAST_DAY)
    ))  # fmt: skip
    return list(dict.fromkeys((*gen.catalog.suites, *held)))


def cluster(gen: Generation, scope: Scope, cluster_id: str) -> Cluster:
    """The cluster of that id; NotFound where it is unknown or out of scope."""
    if cluster_id not in gen.clusters or not scope.allows_cluster(cluster_id):
        raise NotFound(f"there is no cluster {cluster_id!r}")
    return gen.clusters[cluster_id]


def service(gen: Generation, scope: Scope, service_id: str) -> Service:
    """The service of that id; NotFound where it is unknown or out of scope."""
    if service_id not in gen.services or not scope.allows_service(service_id):
        raise NotFound(f"there is no service {service_id!r}")
    return gen.services[service_id]


def cluster_health(of: Cluster, found: list[PairState]) -> ClusterHealth:
    """How many of a cluster's pairs are well; the three parts add up."""
    by_health = {health: sum(state.health is health for state in found) for health in Health}
    return ClusterHealth(
        cluster=of,
        services=len(found),
        healthy=by_health[Health.HEALTHY],
        attention=by_health[Health.ATTENTION],
        unknown=by_health[Health.UNKNOWN],
        in_progress=sum(runs(state) for state in found),
        latest_attempt_at=max((state.latest.started_at for state in found), default=None),
    )


def runs(state: PairState) -> bool:
    """Whether an attempt is in progress now."""
    return state.latest.status is Status.IN_PROGRESS


def cluster_healths(gen: Generation, scope: Scope) -> list[ClusterHealth]:
    """The health of every cluster-region in scope."""
    return [cluster_health(one, cluster_states(gen, scope, one.cluster_id)) for one in clusters(gen, scope)]


def service_rows(gen: Generation, scope: Scope) -> list[ServiceRow]:
    """Every service in scope with its states, clusters in promotion order."""
    found = states(gen, scope)
    order = [one.cluster_id for one in clusters(gen, scope)]
    return [
        ServiceRow(one, {c: found[c, one.service_id] for c in order if (c, one.service_id) in found})
        for one in services(gen, scope)
    ]
