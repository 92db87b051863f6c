"""The charts of the analytics: what is drawn, where gaps stay gaps, where a click leads, what stood there before."""

import json
from typing import Any

from components import analytics_bars as bars
from components import analytics_figures as figures
from data.analytics_queries import analytics, previous
from data.models import EVERYTHING, Status
from data.views import Analytics, AnalyticsFilter
from tests.read_model import AQUILA, NOW, attempt, gate, generation

DAYS = AnalyticsFilter("2026-02-20", "2026-02-24")
FEW_DAYS = generation(
    [
        attempt("2026-02-15T10:00:00Z"),
        attempt("2026-02-17T10:00:00Z", status=Status.FAILED, failure_reason="image pull of x-1"),
        attempt("2026-02-20T10:00:00Z", gates=(gate("FUNCTIONAL", total=200, failed=1),)),
        attempt("2026-02-22T10:00:00Z", status=Status.FAILED, failure_reason="image pull of x-2"),
        attempt("2026-02-22T10:30:00Z"),
        attempt("2026-02-22T11:00:00Z", status=Status.ROLLBACK, cluster_id=AQUILA),
        attempt("2026-02-24T11:00:00Z", status=Status.IN_PROGRESS),
    ]
)


def href(label: str, status: str | None) -> str:
    return f"/{label}/{status}"


def key_href(key: str) -> str:
    return f"/by/{key}"


def drawn(figure: dict[str, Any]) -> list[dict[str, Any]]:
    """As the browser gets it."""
    data: list[dict[str, Any]] = json.loads(json.dumps(figure, allow_nan=False))["data"]
    return data


def shown(wanted: AnalyticsFilter = DAYS) -> Analytics:
    return analytics(FEW_DAYS, EVERYTHING, wanted, NOW)


def before() -> Analytics:
    earlier = previous(FEW_DAYS, DAYS)
    assert earlier
    return shown(earlier)


def test_failures_are_at_the_baseline_and_every_series_is_always_there():
    bars = drawn(figures.builds(shown(), None, href))[:4]
    assert [bar["name"] for bar in bars] == ["Failed", "Rolled back", "Success", "In progress"]
    assert bars[0]["y"] == [0, 0, 1, 0, 0]
    assert bars[1]["y"] == [0, 0, 1, 0, 0]
    assert bars[2]["y"] == [1, 0, 1, 0, 0]
    assert all(len(bar["x"]) == 5 for bar in bars)


def test_series_differ_by_pattern_not_by_colour_alone():
    bars = drawn(figures.builds(shown(), None, href))[:4]
    shapes = [bar["marker"]["pattern"]["shape"] for bar in bars]
    assert len(set(shapes)) == len(shapes)
    assert not any("color" in bar["marker"] for bar in bars)


def test_a_bar_leads_to_its_day_and_outcome():
    failed = drawn(figures.builds(shown(), None, href))[0]
    assert failed["customdata"][2] == "/2026-02-22/FAILED"


def test_the_running_day_is_lighter_and_says_so():
    bars = drawn(figures.builds(shown(), None, href))
    assert bars[2]["marker"]["opacity"] == [1, 1, 1, 1, 0.55]
    assert (bars[-1]["x"], bars[-1]["text"]) == (["2026-02-24"], ["so far"])


def test_the_period_before_stands_at_the_places_of_the_days_it_is_compared_with():
    ghost = next(one for one in drawn(figures.builds(shown(), before(), href)) if one["name"].startswith("Period"))
    assert ghost["x"] == list(shown().labels)
    assert ghost["y"] == [1, 0, 1, 0, 0]
    assert ghost["text"][0] == "2026-02-15"
    assert "customdata" not in ghost


def test_a_day_without_tests_is_a_gap_not_zero():
    lines = {line["name"]: line for line in drawn(figures.pass_rates(shown(), None, href))}
    assert lines["Functional"]["y"] == [99.5, None, None, None, None]
    assert lines["Functional"]["connectgaps"] is False


def test_suites_differ_by_dash_and_marker():
    lines = drawn(figures.pass_rates(shown(), None, href))
    assert len({(line["line"]["dash"], line["marker"]["symbol"]) for line in lines}) == len(lines) == 3


def test_durations_of_fewer_than_five_deploys_are_points_and_a_day_without_one_is_a_gap():
    p90_line, p90_points, p50_line, p50_points = drawn(figures.durations(shown(), None, href))
    assert p50_line["y"] == p90_line["y"] == [None] * 5
    assert p50_points["y"] == p90_points["y"] == [10.0, None, 10.0, None, None]
    assert p50_points["mode"] == "markers"
    assert p50_points["text"][0] == "n 1"
    assert p50_points["customdata"][0] == "/2026-02-20/SUCCESS"


def test_days_with_five_deploys_and_more_are_joined():
    many = [attempt(f"2026-02-{day}T1{n}:00:00Z") for day in (20, 21) for n in range(5)]
    view = analytics(generation(many), EVERYTHING, DAYS, NOW)
    line, points = drawn(figures.durations(view, None, href))[2:]
    assert (line["mode"], line["y"]) == ("lines+markers", [10.0, 10.0, None, None, None])
    assert points["y"] == [None] * 5


def test_deploys_lead_to_the_finished_attempts_of_their_day():
    [bar] = drawn(figures.frequency(shown(), None, href, key_href))
    assert bar["y"] == [1, 0, 3, 0, 0]
    assert bar["customdata"][2] == "/2026-02-22/FINISHED"


def test_deploys_of_a_long_range_are_counted_by_the_iso_week_and_partial_weeks_are_lighter():
    [bar] = drawn(figures.frequency(shown(AnalyticsFilter("2026-01-13", "2026-02-24")), None, href, key_href))
    assert bar["x"][:2] == ["2026-01-12", "2026-01-19"]
    assert bar["x"][-1] == "2026-02-23"
    assert bar["marker"]["opacity"] == [0.55, 1, 1, 1, 1, 1, 0.55]
    assert (bar["y"][-2], bar["text"][-1]) == (5, "2026-02-23 to 2026-02-24, partial")
    assert bar["customdata"][0] == "/by/2026-01-12"


def test_reasons_are_lying_bars_that_lead_to_their_attempts():
    failed, rolled_back, ghost = drawn(bars.reasons(shown(), before(), key_href))
    assert failed["orientation"] == "h"
    assert failed["y"] == ["image pull of …", "no reason given"]
    assert (failed["x"], rolled_back["x"], ghost["x"]) == ([1, 0], [0, 1], [1, None])
    assert failed["customdata"][1] == "/by/none"


def test_reasons_that_look_alike_when_cut_have_a_bar_each():
    same = "alike " * 20
    long = [
        attempt(f"2026-02-2{n}T10:00:00Z", status=Status.FAILED, failure_reason=f"{same}{middle} {same}")
        for n, middle in enumerate(("one", "two"))
    ]
    view = analytics(generation(long), EVERYTHING, DAYS, NOW)
    labels = drawn(bars.reasons(view, None, key_href))[0]["y"]
    assert len(set(labels)) == 2
    assert all(len(line) <= 31 for label in labels for line in label.split("<br>"))


def test_what_a_sender_wrote_is_no_markup_in_a_label():
    bad = attempt("2026-02-20T10:00:00Z", status=Status.FAILED, failure_reason="<b>x %{y}")
    view = analytics(generation([bad]), EVERYTHING, DAYS, NOW)
    assert drawn(bars.reasons(view, None, key_href))[0]["y"] == ["&lt;b&gt;x % {y}"]


def test_a_flake_says_of_how_many_versions_and_leads_to_their_attempts():
    [bar] = drawn(bars.flakes(shown(), key_href))
    assert (bar["y"], bar["x"], bar["text"]) == (["authn: deploy"], [1], ["1 of 1"])
    assert bar["customdata"] == ["/by/authn:deploy"]


def test_by_the_hour_a_bar_stands_for_an_hour():
    day = shown(
        AnalyticsFilter("2026-02-22", "2026-02-22", hours=("2026-02-22T10:00:00.000Z", "2026-02-22T12:00:00.000Z"))
    )
    failed = drawn(figures.builds(day, None, href))[0]
    assert failed["x"] == ["2026-02-22T10:00:00.000Z", "2026-02-22T11:00:00.000Z"]
    assert failed["y"] == [1, 0]


def test_where_nothing_failed_or_flipped_it_is_said():
    quiet = analytics(
        generation([attempt("2026-02-20T10:00:00Z"), attempt("2026-02-20T11:00:00Z")]), EVERYTHING, DAYS, NOW
    )
    assert drawn(bars.reasons(quiet, None, key_href))[-1]["text"] == ["Nothing failed or was rolled back."]
    assert drawn(bars.flakes(quiet, key_href))[-1]["text"] == ["1 version was judged more than once, none flipped."]


def test_an_axis_of_counts_has_no_ticks_between_whole_numbers():
    assert [figures.counts_axis(most)["nticks"] for most in (0, 1, 2, 5, 500)] == [2, 2, 3, 6, 8]
