"""The curves of versions: each point leads to its attempt, gaps stay gaps, the table says the same."""

from typing import Any

from components.convergence import spread_figure, spread_numbers
from data.catalog_models import Cluster, ClusterType, Service
from data.promotion_views import Spread, SpreadCurve, SpreadStep
from tests.reading import hrefs, nodes, words

EAST = Cluster("aquila-east", "Aquila <East>", ClusterType.PRODUCTION)
WEST = Cluster("aquila-west", "Aquila West", ClusterType.PRODUCTION)


def step(seconds: float, serving: int | None, cluster: Cluster | None) -> SpreadStep:
    attempt = f"{cluster.cluster_id}:authn:2.0.0:1" if cluster else None
    return SpreadStep("2026-02-24T01:00:00.000Z", seconds, serving, cluster, attempt)


def curve(*steps: SpreadStep, **more: Any) -> SpreadCurve:
    values: dict[str, Any] = {"half_sec": None, "full_sec": None, "older": ()} | more
    return SpreadCurve("2.0.0", steps[0], steps, **values)


DONE = curve(step(0, 1, EAST), step(7200, 2, WEST), step(99_999, 2, None), half_sec=0.0, full_sec=7200.0)
STUCK = curve(step(0, None, EAST), step(600, 1, WEST), step(700, 1, None), older=(EAST,))


def spread(*curves: SpreadCurve) -> Spread:
    return Spread(Service("authn", "Authentication"), ClusterType.PRODUCTION, (ClusterType.PRODUCTION,), 2, curves)


def test_each_point_is_a_share_and_leads_to_its_attempt():
    [line] = spread_figure(spread(DONE))["data"]
    assert line["y"] == [50.0, 100.0, 100.0] and line["line"]["shape"] == "hv"
    assert line["customdata"][:2] == [
        "/builds/aquila-east%3Aauthn%3A2.0.0%3A1",
        "/builds/aquila-west%3Aauthn%3A2.0.0%3A1",
    ]
    assert "&lt;East&gt;" in line["text"][0] and "after 2\u202fh 00\u202fmin: 2 of 2" in line["text"][1]


def test_what_cannot_be_told_is_a_gap():
    [line] = spread_figure(spread(STUCK))["data"]
    assert line["y"] == [None, 50.0, 50.0] and line["connectgaps"] is False
    assert "it cannot be told" in line["text"][0]


def test_curves_are_told_apart_without_colour():
    lines = spread_figure(spread(*[DONE] * 5))["data"]
    assert len({(one["line"]["dash"], one["marker"]["symbol"][0]) for one in lines}) == 5


def test_the_end_of_a_curve_never_stretches_the_axis():
    figure = spread_figure(spread(DONE))
    assert max(figure["data"][0]["x"]) == 240  # minutes: twice the last change
    assert set(figure["layout"]["xaxis"]["tickvals"]) == {1, 10, 60}


def test_the_table_names_times_steps_and_what_lags():
    first, second = list(nodes(spread_numbers(spread(DONE, STUCK)), "Tr"))[1:]
    told = " ".join(words(first).split())
    assert "at once" in told and "2 h 00 min" in told and "2 of 2" in told
    assert len([one for one in hrefs(first) if one.startswith("/builds/")]) == 3
    assert "not yet" in words(second) and "Aquila <East>" in words(second)
