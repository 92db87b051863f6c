"""Promotions counted from cluster-region to cluster-region: as a list and as the graph of the path. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from data.catalog_models import Cluster
from data.instants import seconds_between
from data.models import Health, Promotion, PromotionStatus
from data.promotion_path import way
from data.promotion_views import Edge, Lane, Lanes, PathGraph, PathNode, Stop


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


def graph(shown: Lanes, lanes: Sequence[Lane], found: Sequence[Edge]) -> PathGraph:
    """The path as nodes and edges: the health and what waits of these lanes, and these promotions."""
    place = {one.cluster_id: n for n, stage in enumerate(shown.stages) for one in stage.clusters}
    onward = [edge for edge in found if _leads_on(edge, place)]
    went = {(edge.from_cluster_id, edge.to_cluster_id) for edge in onward}
    before = way(one for stage in shown.stages for one in stage.clusters).before
    empty = [
        Edge(froms[0].cluster_id, to, 0, 0, 0, 0, None, 0)
        for to, froms in before.items()
        if len(froms) == 1 and (froms[0].cluster_id, to) not in went
    ]
    stops: dict[str, list[Stop]] = defaultdict(list)
    for stop in (stop for lane in lanes for of_stage in lane.stops for stop in of_stage):
        stops[stop.cluster.cluster_id].append(stop)
    return PathGraph(
        stages=tuple(tuple(_node(one, stops[one.cluster_id]) for one in stage.clusters) for stage in shown.stages),
        ways=[*onward, *empty],
        others=[edge for edge in found if not _leads_on(edge, place)],
    )


def _leads_on(edge: Edge, place: Mapping[str, int]) -> bool:
    """Whether it goes from a stage to the next."""
    start, end = place.get(edge.from_cluster_id), place.get(edge.to_cluster_id)
    return start is not None and end == start + 1


def _node(cluster: Cluster, stops: Iterable[Stop]) -> PathNode:
    here = [stop for stop in stops if stop.state is not None]
    of = [stop.state.health for stop in here if stop.state]
    waiting = sum(stop.waiting is not None for stop in here)
    return PathNode(cluster, of.count(Health.HEALTHY), of.count(Health.ATTENTION), of.count(Health.UNKNOWN), waiting)


def taken(one: Promotion) -> float | None:
    """Seconds from asked to done of one that succeeded; None where only its end was reported."""
    if one.status is not PromotionStatus.SUCCEEDED or not one.status_at or one.status_at <= one.promoted_at:
        return None
    return seconds_between(one.promoted_at, one.status_at)
