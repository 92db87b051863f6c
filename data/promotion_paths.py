"""Promotions counted from cluster-region to cluster-region, and how far one version has come. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cmp_to_key
from statistics import median

from data import visible
from data.catalog_models import Cluster
from data.errors import NotFound
from data.generation import Generation
from data.instants import seconds_between
from data.models import Promotion, PromotionStatus, Scope
from data.promotion_views import Convergence, Edge, Reached
from data.version_order import VersionOrder, version_order
from data.views import PairState


def edges(promotions: Iterable[Promotion], clusters: Mapping[str, Cluster]) -> list[Edge]:
    """Each pair of cluster-regions between which something was promoted, along the promotion path."""
    found: dict[tuple[str, str], list[Promotion]] = defaultdict(list)
    for one in promotions:
        found[one.from_cluster_id, one.to_cluster_id].append(one)

    def place(cluster_id: str) -> tuple[int, str]:
        return (clusters[cluster_id].order if cluster_id in clusters else 1_000_000, cluster_id)

    return [_edge(*ends, found[ends]) for ends in sorted(found, key=lambda ends: (place(ends[1]), place(ends[0])))]


def _edge(from_id: str, to_id: str, promotions: list[Promotion]) -> Edge:
    of = [one.status for one in promotions]
    succeeded, failed, rejected = map(
        of.count, (PromotionStatus.SUCCEEDED, PromotionStatus.FAILED, PromotionStatus.REJECTED)
    )
    times = [seconds for one in promotions if (seconds := taken(one)) is not None]
    return Edge(
        from_id, to_id, succeeded, failed, rejected, len(of) - succeeded - failed - rejected,
        median(times) if times else None, len(times),
    )  # fmt: skip


def taken(one: Promotion) -> float | None:
    """Seconds from asked to done of one that succeeded; None where only its end was reported."""
    if one.status is not PromotionStatus.SUCCEEDED or not one.status_at or one.status_at <= one.promoted_at:
        return None
    return seconds_between(one.promoted_at, one.status_at)


def convergence(gen: Generation, scope: Scope, service_id: str, version: str | None) -> Convergence:
    """Where a version serves and where not; without one, the newest that serves. NotFound where there is none."""
    service = visible.service(gen, scope, service_id)
    states = visible.states(gen, scope)
    pairs = [
        (cluster, state)
        for cluster in visible.clusters(gen, scope)
        if (state := states.get((cluster.cluster_id, service_id))) is not None
    ]
    order = version_order(state.current for _, state in pairs)
    versions = newest_first({one for _, state in pairs if (one := state.serving_version)}, order)
    wanted = version or next(iter(versions), None)
    if wanted is None:
        raise NotFound(f"no version of {service_id!r} serves anywhere")
    places = tuple(_reached(cluster, state, wanted, order) for cluster, state in pairs)
    return Convergence(service, wanted, versions, places)


def _reached(cluster: Cluster, state: PairState, version: str, order: VersionOrder) -> Reached:
    serving = state.serving_version
    if serving == version:
        return Reached(cluster, state, True, state.current.serving_since)
    return Reached(cluster, state, False, None, order.newer(serving, version) if serving else None)


def newest_first(versions: Iterable[str], order: VersionOrder) -> tuple[str, ...]:
    """The versions, the newest first; those whose order cannot be told by their text."""

    def compare(one: str, other: str) -> int:
        newer = order.newer(one, other)
        return (1 if one > other else -1) if newer is None else (1 if newer else -1)

    return tuple(sorted(sorted(set(versions)), key=cmp_to_key(compare), reverse=True))
