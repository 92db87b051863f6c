"""Quantiles by group: exact where there are few, within 1 % where there are many."""

import numpy as np
import pytest

from data.delivery_sums import Values, times
from data.durations import EXACT_UP_TO


def values(milliseconds):
    nothing = np.zeros(len(milliseconds), dtype=np.int64)
    return Values(nothing, nothing, nothing, np.array(milliseconds, dtype=np.int64))


def test_groups_have_their_own_quantiles_and_what_is_in_none_is_left_out():
    found = times(values([1000, 3000, 9000, 5000]), np.array([1, 1, -1, 0]), 3)
    assert [(one.p50, one.p90, one.n) for one in found] == [(5, 5, 1), (2, pytest.approx(2.8), 2), (None, None, 0)]


def test_a_group_of_many_is_told_within_one_percent_beside_a_small_one():
    many = np.random.default_rng(7).lognormal(12, 2, EXACT_UP_TO + 1).astype(np.int64)
    groups = np.concatenate([np.zeros(len(many)), [1]]).astype(np.int64)
    large, small = times(values([*many.tolist(), 4000]), groups, 2)
    assert (large.approximate, small.approximate) == (True, False)
    assert small.p50 == 4
    for got, share in ((large.p50, 50), (large.p90, 90)):
        assert got == pytest.approx(np.percentile(many, share) / 1000, rel=0.011)
