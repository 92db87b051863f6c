"""Summaries into the contract's JSON: what a generation says of clusters, services and days."""

from collections.abc import Iterable

from api.serializers import (
    Json,
    attempt,
    claim,
    cluster,
    cluster_with_health,
    counts,
    gates,
    incident,
    promotion,
    rate,
    runs,
    service,
    state,
)
from data.catalog_models import Cluster, Service
from data.models import Build
from data.service_views import Neighbours
from data.views import (
    BuildDetail,
    ClusterHealth,
    ClusterSummary,
    PairState,
    ServiceRow,
    ServiceSummary,
)


def clusters(found: Iterable[ClusterHealth]) -> Json:
    """Every cluster-region with its health."""
    return {"clusters": [cluster_with_health(one) for one in found]}


def cluster_summary(found: ClusterSummary) -> Json:
    """One cluster-region over a period."""
    health = found.health
    return {
        "cluster": cluster(found.cluster),
        "from": found.start,
        "to": found.end,
        "summary": counts(found.counts)
        | {
            "successRate": rate(found.success_rate),
            "services": health.services,
            "healthy": health.healthy,
            "attention": health.attention,
            "unknown": health.unknown,
        },
        "services": [_on_cluster(of, one) for of, one in found.services],
    }


def _on_cluster(of: Service, one: PairState) -> Json:
    return {"serviceId": of.service_id, "serviceName": of.name} | state(one)


def services(found: Iterable[ServiceRow]) -> Json:
    """Every service with its state on each cluster where it ever was."""
    return {"services": [service(one.service) | _versions(one.states.items()) for one in found]}


def service_summary(found: ServiceSummary) -> Json:
    """One service over all its cluster-regions and a period."""
    return {
        "service": service(found.service),
        "from": found.start,
        "to": found.end,
        "summary": counts(found.counts) | {"successRate": rate(found.success_rate)},
        "clusters": [_of_service(on, one) for on, one in found.states],
        "retired": [{"clusterId": on.cluster_id, "retiredAt": moment} for on, moment in found.retired],
    }


def _versions(states: Iterable[tuple[str, PairState]]) -> Json:
    return {"clusters": [{"clusterId": cluster_id} | state(one) for cluster_id, one in states]}


def _of_service(on: Cluster, one: PairState) -> Json:
    return {"clusterId": on.cluster_id, "clusterName": on.name, "clusterType": on.type} | state(one)


def built_from(one: Build | None) -> Json | None:
    """The change an image was built from, as its pipeline said."""
    return None if one is None else {"image": one.image, "sha": one.sha, "committedAt": one.committed_at}


def build(found: BuildDetail, serving: frozenset[str], around: Neighbours) -> Json:
    """One attempt with everything known of it, and its neighbours on its pair."""
    before = around.served_before
    one = found.attempt
    own = attempt(one, found.serving) | {
        "gates": gates(found.gates),
        "hotfix": one.hotfix,
        "labels": list(one.labels),
        "commits": [{"sha": c.sha, "committedAt": c.committed_at} for c in one.commits],
        "committedAt": one.committed_at,
        "image": one.image,
        "builtFrom": built_from(found.built_from),
        "source": one.source,
        "receivedAt": one.received_at or None,
    }
    return {
        "attempt": own,
        "previous": around.previous.attempt_id if around.previous else None,
        "next": around.next.attempt_id if around.next else None,
        "servedBefore": attempt(before, before.attempt_id in serving) if before else None,
        "testRuns": runs(found.runs),
        "siblings": [attempt(other, other.attempt_id in serving) for other in found.siblings],
        "promotions": [promotion(one) for one in found.promotions],
        "incidents": [incident(one) for one in found.incidents],
        "claims": [claim(one) for one in found.claims],
    }
