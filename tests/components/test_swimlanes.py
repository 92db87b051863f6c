"""The timeline's bars: where they lie, how outcomes differ, where they lead; and the same as a table."""

from typing import Any

from components import swimlanes
from data.cluster_views import Bar, SwimLane, SwimLanes
from tests.reading import hrefs, nodes, with_class, words

SINCE, UNTIL, NOW = "2026-02-20T00:00:00.000Z", "2026-02-21T00:00:00.000Z", "2026-02-20T12:00:00.000Z"


def bar(outcome="success", started="2026-02-20T10:00:00.000Z", ended="2026-02-20T10:10:00.000Z", **changes):
    values = {"attempt_id": "mira:authn:1.0.0:1", "version": "1.0.0", "reason": None} | changes
    return Bar(outcome=outcome, started=started, ended=ended, **values)


def shown(*bars, **changes):
    lanes = changes.pop("lanes", [SwimLane("authn", len(bars), bars)])
    values: dict[str, Any] = {"since": SINCE, "until": UNTIL, "now": NOW, "attempts": len(bars)}
    return SwimLanes(lanes=lanes, **(values | {"services": len(lanes)} | changes))


def traces(view, names=None):
    return swimlanes.swimlanes(view, names or {"authn": "Authentication"})["data"]


def test_a_bar_reaches_from_start_to_end_and_leads_to_its_build():
    _, success = traces(shown(bar()))
    assert success["base"] == ["2026-02-20T10:00:00.000Z"]
    assert success["x"] == [600_000]
    assert success["y"] == ["Authentication"]
    assert success["customdata"] == ["/builds/mira%3Aauthn%3A1.0.0%3A1"]


def test_what_runs_reaches_to_now_and_what_never_told_its_end_is_a_moment():
    _, silent, running = traces(shown(bar("in_progress", ended=None), bar("success", ended=None)))
    assert (running["name"], running["x"]) == ("In progress", [2 * 3_600_000])
    assert (silent["name"], silent["x"]) == ("Success", [0])
    assert "still running" in running["hovertext"][0]
    assert "its end was not sent" in silent["hovertext"][0]


def test_outcomes_differ_by_more_than_colour_and_failures_lie_above():
    found = traces(shown(*map(bar, ("failed", "rollback", "in_progress", "success", "cancelled"))))[1:]
    assert [one["name"] for one in found] == ["Success", "Cancelled", "In progress", "Rolled back", "Failed"]
    looks = {(one["marker"]["pattern"]["shape"], one["meta"]["hollow"]) for one in found}
    assert len(looks) == 5


def test_the_lanes_and_their_order_come_with_the_data_so_that_a_refresh_cannot_mix_them_up():
    lanes = [SwimLane("billing", 0, ()), SwimLane("authn", 1, (bar(),))]
    tracks, _ = traces(shown(lanes=lanes, attempts=1))
    assert tracks["y"] == ["billing", "Authentication"]
    assert tracks["x"] == [24 * 3_600_000] * 2
    layout = swimlanes.swimlanes(shown(lanes=lanes), {})["layout"]
    assert not {"ticktext", "tickvals", "categoryarray", "range"} & layout["yaxis"].keys()


def test_services_of_one_name_have_lanes_of_their_own():
    lanes = [SwimLane("a", 1, (bar(),)), SwimLane("b", 1, (bar(),))]
    tracks, bars = traces(shown(lanes=lanes), {"a": "Cart", "b": "Cart"})
    assert tracks["y"] == bars["y"] == ["Cart (a)", "Cart (b)"]


def test_what_senders_wrote_is_text_in_the_hover():
    _, failed = traces(shown(bar("failed", reason="<a href=x>%{y}")), {"authn": "<b>"})
    assert failed["y"] == ["&lt;b&gt;"]
    assert "&lt;a href=x&gt;% {y}" in failed["hovertext"][0]


def test_the_table_has_every_bar_newest_first_and_says_what_was_left_out():
    older = bar("failed", started="2026-02-20T09:00:00.000Z", attempt_id="mira:authn:0.9.0:1", version="0.9.0",
                reason="image pull")  # fmt: skip
    view = shown(older, bar(), attempts=1234, services=40)
    table = swimlanes.lanes_table(view, {"authn": "Authentication"})
    rows = [words(one) for one in nodes(table, "Tr") if any(nodes(one, "Td"))]
    assert ["1.0.0" in rows[0], "0.9.0" in rows[1], "Failed" in rows[1], "image pull" in rows[1]] == [True] * 4
    assert hrefs(table)[:2] == ["/services/authn", "/builds/mira%3Aauthn%3A1.0.0%3A1"]
    assert words(with_class(table, "hint")[0]) == (
        "The 1 service tried last, of 40. The newest 2 attempts, of 1,234."
    )


def test_nothing_left_out_is_not_mentioned():
    assert swimlanes.left_out(shown(bar())) is None


def test_a_chart_has_room_for_its_lanes():
    assert [swimlanes.height(n) for n in (1, 3, 30, 99)] == [
        "swim swim-2",
        "swim swim-4",
        "swim swim-30",
        "swim swim-30",
    ]
