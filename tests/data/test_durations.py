"""Percentiles by hand, and a sketch that keeps its promise of 1 %."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import durations
from data.analytics_views import Durations
from data.durations import EXACT_UP_TO, LONGEST_MS, MINUTE_MS

WITHIN = 0.0101  # 1 % and the rounding of floats
values = st.lists(st.integers(1, LONGEST_MS), min_size=1, max_size=300)


def minutes(*found: float) -> "np.ndarray[Any, np.dtype[np.int64]]":
    return np.array([round(one * MINUTE_MS) for one in found], dtype=np.int64)


def test_the_median_lies_between_the_two_middle_values_and_p90_where_its_rank_is():
    assert durations.durations(minutes(4, 1, 3, 2)) == Durations(2.5, 3.7, 4)
    assert durations.durations(minutes(1, 2, 3)) == Durations(2.0, 2.8, 3)


def test_one_value_is_every_percentile_of_itself():
    assert durations.durations(minutes(7)) == Durations(7.0, 7.0, 1)


def test_nothing_has_no_percentile():
    assert durations.durations(minutes()) == Durations(None, None, 0)


def test_more_than_ten_thousand_values_are_sketched_and_it_is_said():
    many = np.arange(1, EXACT_UP_TO + 2, dtype=np.int64) * 1000
    found, exact = durations.durations(many), durations.durations(many[:-1])
    assert (found.n, found.exact, exact.exact) == (EXACT_UP_TO + 1, False, True)
    assert found.p50 == pytest.approx(float(np.percentile(many, 50)) / MINUTE_MS, rel=WITHIN)
    assert found.p90 == pytest.approx(float(np.percentile(many, 90)) / MINUTE_MS, rel=WITHIN)


@given(values, st.sampled_from([0.0, 0.1, 0.5, 0.9, 0.99, 1.0]))
def test_exact_percentiles_interpolate_linearly(found, share):
    ordered = np.sort(np.array(found, dtype=np.int64))
    assert durations.quantile(ordered, share) == pytest.approx(float(np.percentile(ordered, share * 100)))


@given(values, st.sampled_from([0.0, 0.1, 0.5, 0.9, 0.99, 1.0]))
def test_a_sketched_percentile_is_within_one_percent_of_the_exact_one(found, share):
    array = np.array(found, dtype=np.int64)
    exact = float(np.percentile(array, share * 100))
    assert durations.sketched_quantile(durations.sketch(array), share) == pytest.approx(exact, rel=WITHIN)


@given(values, values)
def test_sketches_add_up_to_the_sketch_of_all(some, others):
    one, other = np.array(some, dtype=np.int64), np.array(others, dtype=np.int64)
    both = durations.sketch(np.concatenate([one, other]))
    assert (durations.sketch(one) + durations.sketch(other) == both).all()


def test_a_duration_of_nothing_or_of_years_has_a_bucket_too():
    odd = durations.sketch(np.array([0, -5, 10 * LONGEST_MS], dtype=np.int64))
    assert odd.sum() == 3


def test_a_series_has_every_bucket_and_the_whole():
    parts, whole = durations.series(minutes(1, 3, 5), np.array([0, 0, 2]), 4)
    assert parts == [Durations(2.0, 2.8, 2), Durations(), Durations(5.0, 5.0, 1), Durations()]
    assert whole == Durations(3.0, 4.6, 3)


def test_a_long_series_is_exact_by_the_day_and_sketched_as_a_whole():
    n = EXACT_UP_TO
    found = np.tile(np.arange(1, n + 1, dtype=np.int64) * 1000, 2)
    parts, whole = durations.series(found, np.repeat([0, 1], n), 2)
    assert [one.exact for one in parts] == [True, True]
    assert (whole.exact, whole.n) == (False, 2 * n)
    assert whole.p50 == pytest.approx(parts[0].p50, rel=WITHIN)
