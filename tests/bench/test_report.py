"""The benchmark's own arithmetic: a table that says what was met, missed and not measured."""

import pytest

from bench.report import Row, median_ratio, skipped, table


@pytest.mark.parametrize(
    ("ratio", "at_least", "met"),
    [(0.5, True, True), (0.49, True, False), (1.2, False, True), (1.3, False, False), (None, True, None)],
)
def test_a_goal_is_met_missed_or_was_not_measured(ratio, at_least, met):
    goal = 0.5 if at_least else 1.2
    assert Row("x", "1", "2", ratio, goal, at_least).met is met


def test_the_ratio_is_the_median_of_the_rounds_ratios():
    assert median_ratio([1, 20, 300], [2, 20, 100]) == 1.0


def test_the_table_says_missed_loudly_and_why_something_was_skipped():
    rows = [Row("rate", "1/s", "4/s", 0.25, 0.5, at_least=True), skipped("latency", 1.2, False, "no Node here")]
    text = table(rows)
    assert "MISSED" in text
    assert "≥ 0.5" in text
    assert "skipped: no Node here" in text
    assert len({len(line) for line in text.splitlines()}) == 1


def test_a_figure_without_a_goal_is_information():
    row = Row("first view", "30 ms", "1 ms", 30.0, None, at_least=False)
    assert row.met is None
    assert "information" in table([row])
