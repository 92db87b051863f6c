"""Sums, rates and series, small enough to count by eye."""

import math

import pytest

from data import aggregations as agg
from data.columns import Columns, columns_of
from data.models import EVERYTHING, Gate, Scope, Status, Verdict
from data.views import Counts, Rate
from tests.read_model import AQUILA, MIRA, attempt, gate, pair_days

FIRST, LAST = "2026-02-01", "2026-02-05"


def columns(*attempts) -> Columns:
    return columns_of(pair_days(attempts))


def days(*attempts, start=FIRST, end=LAST, **only):
    return agg.selected(columns(*attempts).days, EVERYTHING, start, end, **only)


def test_attempts_are_counted_by_their_terminal_status_and_live_is_a_success():
    found = days(
        attempt("2026-02-02T10:00:00Z"),
        attempt("2026-02-02T11:00:00Z", status=Status.LIVE),
        attempt("2026-02-02T12:00:00Z", status=Status.FAILED),
        attempt("2026-02-03T10:00:00Z", status=Status.ROLLBACK),
        attempt("2026-02-03T11:00:00Z", status=Status.IN_PROGRESS),
    )
    assert agg.counts(found) == Counts(success=2, failed=1, rollback=1, in_progress=1)
    assert agg.success_rate(agg.counts(found)) == Rate(0.5, 4)


def test_a_cancelled_attempt_is_in_neither_side_of_any_rate():
    found = agg.counts(days(
        attempt("2026-02-02T10:00:00Z"),
        attempt("2026-02-02T11:00:00Z", status=Status.FAILED, cancelled=True),
    ))  # fmt: skip
    assert found == Counts(success=1, cancelled=1)
    assert agg.success_rate(found) == Rate(1.0, 1)


def test_a_rate_of_nothing_is_none_with_a_reason_never_zero():
    assert agg.success_rate(Counts()) == Rate(None, 0, "no_attempts")
    assert agg.success_rate(Counts(in_progress=3)) == Rate(None, 0, "no_attempts")
    assert agg.rollback_rate(Counts(failed=2)) == Rate(None, 0, "nothing_went_out")


def test_the_rollback_rate_is_of_what_went_out():
    assert agg.rollback_rate(Counts(success=3, failed=5, rollback=1)) == Rate(0.25, 4)


def test_an_attempt_belongs_to_the_utc_day_it_started_on():
    found = days(
        attempt("2026-02-02T23:59:59.999Z", ended_at="2026-02-03T00:10:00.000Z"),
        attempt("2026-02-03T00:00:00Z"),
        attempt("2026-02-03T00:30:00+01:00"),
    )
    assert agg.daily(found, FIRST, LAST).counts["success"].tolist() == [0, 2, 1, 0, 0]


def test_a_day_on_which_clocks_change_has_24_hours_like_any_other():
    found = days(
        attempt("2026-03-29T00:00:00Z"),
        attempt("2026-03-29T23:59:59Z"),
        attempt("2026-03-30T00:00:00Z"),
        start="2026-03-28",
        end="2026-03-30",
    )
    assert agg.daily(found, "2026-03-28", "2026-03-30").counts["success"].tolist() == [0, 2, 1]


def test_every_day_of_the_range_is_there_with_true_zeros_and_no_duration_is_none():
    series = agg.daily(days(attempt("2026-02-03T10:00:00Z")), FIRST, LAST)
    assert series.counts["success"].tolist() == [0, 0, 1, 0, 0]
    assert series.minutes == [None, None, pytest.approx(10.0), None, None]


def test_an_empty_range_has_no_days_and_a_range_of_one_day_has_one():
    found = days(attempt("2026-02-03T10:00:00Z"), start="2026-02-04", end="2026-02-03")
    assert agg.days_between("2026-02-04", "2026-02-03") == []
    assert agg.daily(found, "2026-02-04", "2026-02-03").minutes == []
    assert agg.counts(found) == Counts()
    one_day = days(attempt("2026-02-03T10:00:00Z"), start="2026-02-03", end="2026-02-03")
    assert agg.days_between("2026-02-03", "2026-02-03") == ["2026-02-03"]
    assert agg.daily(one_day, "2026-02-03", "2026-02-03").counts["success"].tolist() == [1]


def test_the_deploy_duration_is_of_successful_attempts_that_ended():
    found = days(
        attempt("2026-02-02T10:00:00Z", ended_at="2026-02-02T10:04:00.000Z"),
        attempt("2026-02-02T11:00:00Z", ended_at="2026-02-02T11:08:00.000Z", status=Status.LIVE),
        attempt("2026-02-02T12:00:00Z", ended_at="2026-02-02T15:00:00.000Z", status=Status.FAILED),
        attempt("2026-02-02T13:00:00Z", ended_at=None),
    )
    assert agg.mean_minutes(found) == pytest.approx(6.0)
    assert agg.mean_minutes(days()) is None


def test_the_pass_rate_leaves_skipped_tests_out_and_is_none_without_tests():
    held = columns(
        attempt("2026-02-02T10:00:00Z", gates=(gate("SANITY", total=10, failed=2, skipped=2),)),
        attempt("2026-02-02T11:00:00Z", gates=(gate("SANITY", total=4),)),
        attempt("2026-02-03T10:00:00Z", gates=(gate("SANITY", total=5, skipped=5),)),
        attempt("2026-02-04T10:00:00Z", gates=(Gate("SANITY", Verdict.FAILED),)),
    )
    found = agg.selected(held.suites, EVERYTHING, FIRST, LAST)
    [sanity, regression] = agg.suite_series(found, ["SANITY", "REGRESSION"], FIRST, LAST)
    assert sanity.pass_rate == [None, pytest.approx(10 / 12), None, None, None]
    assert sanity.tests == [0, 12, 0, 0, 0]
    assert sanity.overall == Rate(10 / 12, 12)
    assert regression.overall == Rate(None, 0, "no_tests")
    assert regression.pass_rate == [None] * 5


def test_no_nan_leaves_a_series():
    series = agg.daily(days(), FIRST, LAST)
    suites = agg.suite_series(agg.selected(columns().suites, EVERYTHING, FIRST, LAST), ["SANITY"], FIRST, LAST)
    numbers = [*series.minutes, *suites[0].pass_rate, suites[0].overall.value]
    assert not any(isinstance(number, float) and math.isnan(number) for number in numbers)


def test_a_scope_leaves_out_of_the_sums_what_it_does_not_allow():
    attempts = (
        attempt("2026-02-02T10:00:00Z"),
        attempt("2026-02-02T10:00:00Z", cluster_id=AQUILA),
        attempt("2026-02-02T10:00:00Z", service_id="billing"),
    )
    frame = columns(*attempts).days
    mine = Scope(clusters=frozenset({MIRA}), services=frozenset({"authn", "unheard-of"}))
    assert agg.counts(agg.selected(frame, mine, FIRST, LAST)).total == 1
    assert agg.counts(agg.selected(frame, Scope(clusters=frozenset()), FIRST, LAST)).total == 0
    assert agg.counts(agg.selected(frame, EVERYTHING, FIRST, LAST)).total == 3


def test_rolling_hours_count_attempts_by_the_millisecond():
    attempts = columns(
        attempt("2026-02-04T09:59:59.999Z"),
        attempt("2026-02-04T10:00:00.000Z", status=Status.FAILED),
        attempt("2026-02-05T09:59:59.999Z", status=Status.FAILED, cancelled=True),
        attempt("2026-02-05T10:00:00.000Z"),
    ).attempts
    since, until = (1_770_199_200_000 + day * 86_400_000 for day in (0, 1))
    assert agg.counts_of_attempts(attempts.frame(EVERYTHING, since, until)) == Counts(failed=1, cancelled=1)


def test_numbers_stay_exact_where_days_are_replaced_and_grow_old():
    old = columns(attempt("2026-02-01T10:00:00Z"), attempt("2026-02-02T10:00:00Z"))
    fresh = pair_days([
        attempt("2026-02-02T10:00:00Z", status=Status.FAILED),
        attempt("2026-02-03T10:00:00Z", cluster_id="new-cluster", gates=(gate("NEW"),)),
    ])  # fmt: skip
    keys = {(day.cluster_id, day.service_id, day.day) for day in fresh}
    new = old.replaced(keys, fresh, "2026-02-02")
    assert agg.counts(agg.selected(new.days, EVERYTHING, FIRST, LAST)) == Counts(success=1, failed=1)
    assert agg.seen_suites(agg.selected(new.suites, EVERYTHING, FIRST, LAST)) == ["NEW"]
    assert agg.counts(agg.selected(old.days, EVERYTHING, FIRST, LAST)) == Counts(success=2)
    types = [agg.selected(one.days, EVERYTHING, FIRST, LAST).dtypes.astype(str).to_dict() for one in (old, new)]
    assert types[0] == types[1]
    gone = new.replaced(keys, [], "2026-02-02")
    assert len(gone.days) == len(gone.suites) == len(gone.attempts) == 0
