"""Failed tests under their gate: those of the run that counts, as text, with how many more there are."""

from typing import Any

import pytest

from components.failed_tests import gate_failures
from data.models import FailedTest, TestRun
from tests.facts import a_run, an_attempt
from tests.reading import nodes, words

REFUSED = FailedTest("shop.CartTest.adds", "expected <3>\nbut got <b>4</b>", 0.25)


def failing(*tests: FailedTest, failed: int | None = None, **changes: Any) -> TestRun:
    count = len(tests) if failed is None else failed
    return a_run(an_attempt(), passed=420 - count, failed=count, failed_tests=tests, **changes)


def test_each_failed_test_has_its_name_its_time_and_its_message() -> None:
    shown = words(gate_failures([failing(REFUSED, FailedTest("no.reason"))]))
    told = "Functional: 2 failed tests shop.CartTest.adds 250 ms expected <3> but got <b>4</b> no.reason"
    assert " ".join(shown.split()) == told


def test_what_is_not_named_is_counted() -> None:
    assert words(gate_failures([failing(REFUSED, failed=13)])).endswith("and 12 more failed")
    assert "more failed" not in words(gate_failures([failing(REFUSED)]))


def test_only_the_run_that_counts_is_shown() -> None:
    mended = failing(test_run_id="second")
    assert gate_failures([mended, failing(REFUSED, test_run_id="first")]) == []


def test_suites_are_told_one_after_the_other() -> None:
    runs = [failing(REFUSED, suite="SANITY"), failing(REFUSED, suite="FUNCTIONAL")]
    assert [words(one).split(":")[0] for one in gate_failures(runs)] == ["Functional", "Sanity"]


def test_a_message_is_text_inside_a_closed_element_and_can_be_reached_by_keyboard() -> None:
    (block,) = gate_failures([failing(REFUSED)])
    (details,) = nodes(block, "Details")
    assert "open" not in details["props"]
    message = details["props"]["children"][1]
    assert message["type"] == "Pre"
    assert message["props"]["children"] == REFUSED.message
    assert message["props"]["tabIndex"] == "0"


@pytest.mark.parametrize(("amount", "folded"), [(10, None), (11, "Show 1 more"), (50, "Show 40 more")])
def test_a_long_list_unfolds(amount: int, folded: str | None) -> None:
    (block,) = gate_failures([failing(*(FailedTest(f"t{n}") for n in range(amount)))])
    unfolding = [one for one in nodes(block, "Summary") if words(one).startswith("Show ")]
    assert [words(one) for one in unfolding] == ([folded] if folded else [])
    assert len(list(nodes(block, "Li"))) == amount


@pytest.mark.parametrize(("seconds", "told"), [(0.0, "< 1 ms"), (0.0021, "2 ms"), (1.4, "1 s")])
def test_a_short_test_is_told_in_milliseconds(seconds: float, told: str) -> None:
    assert told in words(gate_failures([failing(FailedTest("fast", None, seconds))])).replace("\u202f", " ")


def test_a_long_test_is_told_in_the_words_of_durations() -> None:
    assert "2.0\u202fmin" in words(gate_failures([failing(FailedTest("slow", None, 120.0))]))
