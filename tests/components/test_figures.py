"""Charts: what is drawn, where gaps stay gaps, where a click leads."""

import json
from typing import Any

from components import figures
from data.models import EVERYTHING, Status
from data.analytics_queries import analytics
from data.views import Analytics, AnalyticsFilter
from tests.read_model import AQUILA, NOW, attempt, gate, generation

DAYS = AnalyticsFilter("2026-02-20", "2026-02-24")
FEW_DAYS = generation(
    [
        attempt("2026-02-20T10:00:00Z", gates=(gate("FUNCTIONAL", total=200, failed=1),)),
        attempt("2026-02-22T10:00:00Z", status=Status.FAILED),
        attempt("2026-02-22T11:00:00Z", status=Status.ROLLBACK, cluster_id=AQUILA),
        attempt("2026-02-24T11:00:00Z", status=Status.IN_PROGRESS),
    ]
)


def href(day: str, status: str | None) -> str:
    return f"/{day}/{status}"


def drawn(figure: dict[str, Any]) -> list[dict[str, Any]]:
    """As the browser gets it."""
    data: list[dict[str, Any]] = json.loads(json.dumps(figure, allow_nan=False))["data"]
    return data


def shown() -> Analytics:
    return analytics(FEW_DAYS, EVERYTHING, DAYS, NOW)


def test_failures_are_at_the_baseline_and_every_series_is_always_there():
    bars = drawn(figures.builds_per_day(shown(), href))
    assert [bar["name"] for bar in bars] == ["Failed", "Rolled back", "Success", "In progress"]
    assert bars[0]["y"] == [0, 0, 1, 0, 0]
    assert bars[1]["y"] == [0, 0, 1, 0, 0]
    assert bars[2]["y"] == [1, 0, 0, 0, 0]
    assert all(len(bar["x"]) == 5 for bar in bars)


def test_series_differ_by_pattern_not_by_colour_alone():
    bars = drawn(figures.builds_per_day(shown(), href))
    shapes = [bar["marker"]["pattern"]["shape"] for bar in bars]
    assert len(set(shapes)) == len(shapes)
    assert not any("color" in bar["marker"] for bar in bars)


def test_a_bar_leads_to_its_day_and_outcome():
    failed = drawn(figures.builds_per_day(shown(), href))[0]
    assert failed["customdata"][2] == "/2026-02-22/FAILED"


def test_the_running_day_is_lighter():
    success = drawn(figures.builds_per_day(shown(), href))[2]
    assert success["marker"]["opacity"] == [1, 1, 1, 1, 0.55]


def test_a_day_without_tests_is_a_gap_not_zero():
    lines = {line["name"]: line for line in drawn(figures.pass_rates(shown(), href))}
    assert lines["Functional"]["y"] == [99.5, None, None, None, None]
    assert lines["Functional"]["connectgaps"] is False


def test_few_points_are_no_line():
    assert {line["mode"] for line in drawn(figures.pass_rates(shown(), href))} == {"markers"}
    week = [attempt(f"2026-02-{day}T10:00:00Z", gates=(gate("SANITY"),)) for day in range(18, 25)]
    full = analytics(generation(week), EVERYTHING, AnalyticsFilter("2026-02-18", "2026-02-24"), NOW)
    lines = {line["name"]: line for line in drawn(figures.pass_rates(full, href))}
    assert lines["Sanity"]["mode"] == "lines+markers"


def test_suites_differ_by_dash_and_marker():
    lines = drawn(figures.pass_rates(shown(), href))
    assert len({(line["line"]["dash"], line["marker"]["symbol"]) for line in lines}) == len(lines) == 3


def test_a_day_without_a_success_has_no_duration():
    [line] = drawn(figures.deploy_minutes(shown(), href))
    assert line["y"] == [10.0, None, None, None, None]


def test_labels_show_markup_as_text():
    assert (
        figures.plain("<b>x</b><a href='javascript:1'>%{y}")
        == "&lt;b&gt;x&lt;/b&gt;&lt;a href='javascript:1'&gt;% {y}"
    )


def test_a_graph_has_a_height_of_its_style_sheet_and_is_not_responsive():
    graph = figures.graph({"type": "graph"}, figures.builds_per_day(shown(), href))
    assert graph["props"]["className"] == "chart"
    assert "responsive" not in graph["props"]["config"]
