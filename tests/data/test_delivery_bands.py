"""What a value is worth: the limits of bands and scores, intervals, trends and grades."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.delivery_bands import (
    band_of_failures,
    band_of_frequency,
    band_of_time,
    change,
    grade,
    score,
    wilson,
)
from data.delivery_views import Band, Grade, MetricId

LEAD, RECOVERY, RATE, OFTEN = (
    MetricId.LEAD_TIME, MetricId.RECOVERY_TIME, MetricId.FAILURE_RATE, MetricId.FREQUENCY,
)  # fmt: skip
HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(("which", "seconds", "band"), [
    (LEAD, DAY - 1, Band.ELITE), (LEAD, DAY, Band.HIGH), (LEAD, 7 * DAY, Band.MEDIUM), (LEAD, 30 * DAY, Band.LOW),
    (RECOVERY, HOUR - 1, Band.ELITE), (RECOVERY, HOUR, Band.HIGH), (RECOVERY, DAY, Band.MEDIUM),
    (RECOVERY, 7 * DAY, Band.LOW),
])  # fmt: skip
def test_a_time_is_in_the_band_below_whose_limit_it_lies(which, seconds, band):
    assert band_of_time(which, seconds) is band


@pytest.mark.parametrize(("share", "band"), [
    (0, Band.ELITE), (0.05, Band.ELITE), (0.051, Band.HIGH), (0.1, Band.HIGH), (0.15, Band.MEDIUM), (0.16, Band.LOW),
])  # fmt: skip
def test_a_failure_rate_is_in_the_band_up_to_whose_limit_it_goes(share, band):
    assert band_of_failures(share) is band


@pytest.mark.parametrize(("weeks", "months", "band"), [
    ([5, 5, 5], [15], None), ([5, 5, 4, 5], [], Band.ELITE), ([1, 0, 1, 3], [5], Band.HIGH),
    ([0, 0, 1, 0], [1], Band.MEDIUM), ([0, 1, 0, 1], [2], Band.MEDIUM), ([0] * 9, [0, 1, 0], Band.LOW),
    ([0] * 4, [], Band.LOW),
])  # fmt: skip
def test_frequency_is_judged_by_the_middle_week_and_then_by_the_middle_month(weeks, months, band):
    assert band_of_frequency(weeks, months) is band


@pytest.mark.parametrize(("which", "value", "expected"), [
    (LEAD, HOUR - 1, 10), (LEAD, HOUR, 8), (LEAD, DAY, 6), (LEAD, 7 * DAY, 4), (LEAD, 30 * DAY, 2),
    (LEAD, 180 * DAY, 0),
    (OFTEN, 24, 10), (OFTEN, 1, 8), (OFTEN, 1 / 7, 6), (OFTEN, 1 / 30, 4), (OFTEN, 1 / 180, 2), (OFTEN, 0, 0),
    (RATE, 0.25, 7.5), (MetricId.REWORK_RATE, 1, 0),
])  # fmt: skip
def test_scores_are_those_of_the_quick_check(which, value, expected):
    assert score(which, value) == pytest.approx(expected)


@given(whole=st.integers(1, 10_000), data=st.data())
def test_the_interval_holds_the_share_and_solves_its_equation(whole, data):
    part = data.draw(st.integers(0, whole))
    low, high = wilson(part, whole)
    assert 0 <= low <= part / whole <= high <= 1
    for bound in (low, high):
        if 0 < bound < 1:
            distance = (part / whole - bound) ** 2
            assert distance == pytest.approx(1.959963984540054**2 * bound * (1 - bound) / whole, abs=1e-9)


@pytest.mark.parametrize(("which", "now", "n", "before", "before_n", "trend", "better"), [
    (OFTEN, 2.0, 10, 1.0, 10, "up", True), (RATE, 0.2, 10, 0.1, 10, "up", False),
    (LEAD, 5.0, 10, 9.0, 10, "down", True),
    (LEAD, 104.0, 10, 100.0, 10, "steady", None), (LEAD, 105.0, 10, 100.0, 10, "up", False),
    (OFTEN, 2.0, 9, 1.0, 10, "none", None), (OFTEN, 2.0, 10, None, 0, "none", None),
    (RATE, 0.0, 10, 0.0, 10, "steady", None), (RATE, 0.1, 10, 0.0, 10, "up", False),
])  # fmt: skip
def test_a_trend_needs_ten_on_both_sides_and_a_twentieth_of_a_change(which, now, n, before, before_n, trend, better):
    found = change(which, now, n, before, before_n)
    assert (found.trend, found.better) == (trend, better)


def test_grades_go_by_the_share_that_has_everything():
    assert [grade(part, 100) for part in (95, 94, 80, 79, 50, 49)] == [
        Grade.A, Grade.B, Grade.B, Grade.C, Grade.C, Grade.D,
    ]  # fmt: skip
    assert grade(0, 0) is None
