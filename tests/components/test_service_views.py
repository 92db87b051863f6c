"""Parts of the service and build pages: grid, way back, comparison, timeline, steps; words beside every colour."""

from typing import Any

from components.build_steps import build_steps
from components.comparison_view import comparison_view, delta
from components.copying import copied
from components.rollback_cards import rollback_cards
from components.timeline import timeline
from components.version_grid import skew_lines, version_grid
from data.catalog_models import Cluster, ClusterType
from data.comparison import compared, gate_changes, side
from data.models import Commit, FailedTest, Page, Status, Trigger
from data.rollback import rollback_card
from data.service_views import GateChange, Neighbours, Skew, Step, Tried, VersionRow
from tests.facts import a_gate, a_run, an_attempt, at
from tests.read_model import MIRA, attempt, currents, gate, pair_days
from tests.reading import hrefs, nodes, with_class, words

HERE = Cluster(MIRA, "Mira", ClusterType.DEVELOPMENT, order=1)
THERE = Cluster("mira-eu-central-1", "Mira EU", ClusterType.DEVELOPMENT, order=1)


def test_a_copy_button_carries_the_whole_text_and_says_which():
    shown = copied("a" * 40, "commit aaaaaaa", "aaaaaaa")
    [button] = nodes(shown, "Button")
    assert button["props"]["data-copy"] == "a" * 40
    assert button["props"]["aria-label"] == "Copy commit aaaaaaa"
    assert words(shown) == "aaaaaaa"


def tried(minute: int, status: Status = Status.SUCCESS, serving: bool = False) -> Tried:
    return Tried(f"{MIRA}:authn:3.4.2:{minute}", status, False, at(minute), serving)


def test_the_grid_says_outcome_and_serving_in_words_and_leads_to_the_build():
    rows = [
        VersionRow("3.4.2", 1, {MIRA: tried(1, serving=True)}),
        VersionRow("3.4.1", 9, {MIRA: tried(0, Status.FAILED)}),
    ]
    grid = version_grid(rows, [HERE, THERE])
    cells = with_class(grid, "version-cell")
    assert [words(cell) for cell in cells] == [
        "Success, 2026-02-20 00:01 UTC serving",
        "Failed, 2026-02-20 00:00 UTC",
    ]
    assert "is-serving" in cells[0]["props"]["className"]
    assert "fade-0" in cells[0]["props"]["className"] and "fade-2" in cells[1]["props"]["className"]
    assert words(grid).count("not tried here") == 2
    assert any(href.startswith("/builds/") for href in hrefs(grid))


def test_a_skew_is_a_sentence_and_stages_without_one_are_named():
    far = Skew(ClusterType.PRODUCTION, "a", "b", "3.4.2", "3.4.0", 2, at_least=False)
    names = {"a": "Aquila US", "b": "Aquila EU"}
    shown = words(skew_lines([far], names, ["Production", "Staging", "Development"]))
    assert " ".join(shown.split()).startswith("Aquila US is 2 versions ahead of Aquila EU : 3.4.2 and 3.4.0")
    assert "Staging and Development: the regions serve the same." in shown
    least = Skew(ClusterType.PRODUCTION, "a", "b", "3.4.2", "3.4.0", 1, at_least=True)
    assert "is at least 1 version ahead of" in words(skew_lines([least], names, ["Production"]))
    assert skew_lines([], {}, []) is None


def card(*past: Any, recoveries: Any = ()) -> str:
    [current] = currents(pair_days(past)).values()
    good = current.last_good
    since = [one for one in past if good and one.started_at >= good.started_at]
    return words(rollback_cards([(HERE, rollback_card(current, ("SANITY",), Page(since), recoveries))]))


GOOD = attempt("2026-02-01T10:00:00Z", gates=(gate("FUNCTIONAL"),))
NEXT = attempt("2026-02-04T10:00:00Z", build_version="1.1.0", commits=(Commit("aaaaaaa1"),))
FAILED = attempt("2026-02-06T10:00:00Z", build_version="1.2.0", status=Status.FAILED)


def test_the_way_back_says_what_serves_what_is_lost_and_how_long_it_took():
    recovery = attempt("2026-01-06T10:00:00Z", trigger=Trigger.ROLLBACK)
    shown = card(GOOD, NEXT, FAILED, recoveries=[recovery])
    assert "1.1.0 still serves: the failed attempt did not replace it." in shown.replace("  ", " ")
    assert "Functional: passed, 10 of 10 tests" in shown and "Sanity: no test results" in shown
    assert "3.0\u202fdays" in shown
    assert "1 version : 1.1.0" in shown.replace("  ", " ") and "with 1 commit" in shown
    assert "10.0\u202fmin" in shown and "median of 1 rollback on this cluster-region" in shown


def test_the_way_back_says_where_nothing_is_known():
    assert "no past rollback of this service was reported" in card(GOOD, NEXT, FAILED)
    assert "there is nothing to go back to" in card(NEXT, FAILED)
    silent = attempt("2026-02-04T10:00:00Z", build_version="1.1.0")
    assert "Their commits were not sent." in card(GOOD, silent, FAILED)


def test_after_a_rollback_it_says_what_serves_now():
    back = attempt("2026-02-06T10:00:00Z", build_version="1.2.0", status=Status.ROLLBACK)
    assert "1.1.0 serves now." in card(GOOD, NEXT, back).replace("  ", " ")


A, B = an_attempt(1, build_version="3.4.1", git_sha="a" * 40), an_attempt(30, status=Status.FAILED, ended_at=at(35))


def test_a_comparison_marks_what_changed_and_names_tests():
    runs = (
        [a_run(A, failed=1, failed_tests=(FailedTest("old.test"),))],
        [a_run(B, failed=1, failed_tests=(FailedTest("new.test"),))],
    )
    found = compared(side(A, runs[0], ()), side(B, runs[1], ()), [B], True)
    shown = words(comparison_view(found))
    assert "Failing in B, not in A (1)" in shown and "Mended in B (1)" in shown
    assert "5.0\u202fmin shorter" in shown
    assert "None were sent with these attempts." in shown
    changed = [words(line).split()[0] for line in with_class(comparison_view(found), "is-changed")]
    assert changed == ["Build", "Commit", "Status"]


def test_a_delta_is_good_or_bad_in_words_and_none_is_a_dash():
    [worse] = gate_changes((a_gate(),), (a_gate(failed=21),))
    assert words(delta(worse)) == "−5.0\u202fpoints, 21 more failed"
    assert "delta-bad" in delta(worse)["props"]["className"]
    [better] = gate_changes((a_gate(failed=21),), (a_gate(),))
    assert words(delta(better)) == "+5.0\u202fpoints, 21 fewer failed"
    assert "delta-good" in delta(better)["props"]["className"]
    assert words(delta(GateChange("SANITY", None, None, None, None))) == "– one of the two has no counts"
    [same] = gate_changes((a_gate(),), (a_gate(),))
    assert words(delta(same)) == "same"


def test_the_timeline_places_steps_by_their_time_and_lists_them():
    steps = [
        Step("Waiting", at(0), at(10), "waiting"), Step("Rollout", at(10), at(20), "failed"),
        Step("Sanity tests", at(15), at(20), "failed", is_test=True),
        Step("Load tests", at(900), at(905), "passed", is_test=True, far=True),
    ]  # fmt: skip
    shown = timeline(steps)
    places = [one["props"]["style"] for one in with_class(shown, "step")]
    assert [(one["left"], one["width"]) for one in places] == [
        ("0.00%", "50.00%"), ("50.00%", "50.00%"), ("75.00%", "25.00%"),
    ]  # fmt: skip
    lines = [words(line) for line in nodes(shown, "Li")]
    assert lines[1].split("2026")[0].split() == ["Rollout", ",", "failed"]
    assert "later, not on the bar" in lines[3]


def test_a_moment_is_seen_and_an_open_rollout_goes_on_to_the_edge():
    shown = timeline([Step("Rollout", at(0), None, "in_progress", open=True)])
    [bar] = with_class(shown, "step")
    assert bar["props"]["style"] == {"left": "0.00%", "width": "100.00%"}
    assert "step-open" in bar["props"]["className"]
    assert "still going on" in words(shown)
    ended = timeline(
        [Step("Rollout", at(0), at(10), "success"), Step("Sanity tests", at(10), None, "passed", is_test=True)]
    )
    assert float(with_class(ended, "step-test")[0]["props"]["style"]["width"].strip("%")) > 0
    assert "how long was not sent" in words(ended)


def test_tests_that_ran_at_once_lie_in_lanes_of_their_own():
    steps = [Step("Rollout", at(0), at(10), "success")]
    steps += [Step(f"{name} tests", at(2), at(8), "passed", is_test=True) for name in ("A", "B")]
    assert len(with_class(timeline(steps), "timeline-lane")) == 3


def test_the_steps_lead_to_the_neighbours_and_say_their_keys():
    shown = build_steps(Neighbours(previous=A, next=None))
    [link] = nodes(shown, "A")
    assert link["props"]["data-step"] == "previous" and link["props"]["aria-keyshortcuts"] == "["
    assert "the latest here" in words(shown)
