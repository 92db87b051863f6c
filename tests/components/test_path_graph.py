"""The path graph: every way has its count, which leads to its rows; nothing covers anything else."""

from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from components.path_graph import CARD, COUNT, MOST_COUNTS, path_graph
from components.tags import Node
from data.catalog_models import Cluster, ClusterType
from data.promotion_views import Edge, PathGraph, PathNode
from tests.reading import hrefs, with_class, words

KINDS = (ClusterType.DEVELOPMENT, ClusterType.STAGING, ClusterType.PRODUCTION)


def place(kind: ClusterType, n: int, **counts: Any) -> PathNode:
    cluster = Cluster(f"{kind.value.lower()}-{n}", f"{kind.value} {n}", kind)
    return replace(PathNode(cluster, 3, 0, 0, 0), **counts)


def edge(start: PathNode, end: PathNode, **counts: Any) -> Edge:
    return replace(Edge(start.cluster.cluster_id, end.cluster.cluster_id, 0, 0, 0, 0, None, 0), **counts)


def tops(found: list[Node]) -> list[float]:
    return [float(one["props"]["style"]["top"].removesuffix("px")) for one in found]


DEV, STAGE, PROD = (place(kind, 1) for kind in KINDS)
THREE = PathGraph(
    ((DEV,), (place(KINDS[1], 1, attention=1, healthy=2, waiting=2),), (PROD,)),
    [edge(DEV, STAGE, succeeded=97, failed=2, open=1), edge(STAGE, PROD)], [],
)  # fmt: skip


def test_a_count_says_what_failed_and_leads_to_its_rows():
    shown = path_graph(THREE, {}, {"range": "7d", "status": "FAILED"})
    [count] = [one for one in with_class(shown, "path-count") if one["type"] == "A"]
    told = " ".join(words(count).split())
    assert "100 promotions from development-1 to staging-1" in told
    assert "2 failed , 2.0 %" in told and "1 going on" in told
    assert hrefs(count) == ["/promotions?range=7d&origin=development-1&cluster=staging-1#history"]


def test_a_way_nothing_went_is_drawn_and_says_none():
    shown = path_graph(THREE, {}, {})
    [none] = with_class(shown, "path-none")
    assert words(none).split() == ["none", "from", "staging-1", "to", "production-1"]
    drawn = {one["props"]["className"]: unquote(one["props"]["style"]["maskImage"])
             for one in with_class(shown, "path-lines")}  # fmt: skip
    assert "stroke-dasharray" in drawn["path-lines path-empty"] and "stroke-dasharray" not in drawn["path-lines"]


def test_a_card_leads_to_its_cluster_region_and_says_how_it_is():
    cards = with_class(path_graph(THREE, {}, {}), "path-card")
    assert [one["props"]["href"] for one in cards] == [
        "/clusters/development-1", "/clusters/staging-1", "/clusters/production-1",
    ]  # fmt: skip
    assert [" ".join(words(one).split()) for one in cards] == [
        "Development 1 3 of 3 healthy", "Staging 1 1 of 3 need attention 2 versions waiting",
        "Production 1 3 of 3 healthy",
    ]  # fmt: skip


@pytest.mark.parametrize("many", [2, MOST_COUNTS, MOST_COUNTS + 4])
def test_counts_and_cards_do_not_cover_each_other(many: int):
    starts, ends = [tuple(place(kind, n) for n in range(many)) for kind in KINDS[:2]]
    ways = [edge(start, end, succeeded=n + 1) for end in ends for n, start in enumerate(starts)]
    shown = path_graph(PathGraph((starts, ends), ways, []), {}, {})
    counts = sorted(tops(with_class(shown, "path-at")))
    assert len(counts) == many * min(many, MOST_COUNTS)
    assert min(b - a for a, b in zip(counts, counts[1:], strict=False)) >= COUNT
    cards = sorted(tops(with_class(shown, "path-card"))[:many])
    assert min(b - a for a, b in zip(cards, cards[1:], strict=False)) > CARD
    rest = [one for one in with_class(shown, "path-count") if "more cluster-region" in words(one)]
    assert len(rest) == (many if many > MOST_COUNTS else 0)


def test_the_thickest_line_is_the_busiest_way():
    busy = PathGraph(THREE.stages, [edge(DEV, STAGE, succeeded=10), edge(STAGE, PROD, succeeded=1)], [])
    [lines] = with_class(path_graph(busy, {}, {}), "path-lines")
    widths = [part.split("'")[1] for part in unquote(lines["props"]["style"]["maskImage"]).split("stroke-width=")[1:]]
    assert [float(width) for width in widths] == [9.0, 2.2]
