"""Tallies count, however great the numbers are, and add up."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data.tallies import Tally, merged, tallied

numbers = st.lists(st.integers(0, 9) | st.integers(2**40, 2**40 + 3), max_size=30)


def counted(tally: Tally) -> dict[int, int]:
    assert tally.numbers.tolist() == sorted(tally.numbers.tolist())
    return dict(zip(tally.numbers.tolist(), tally.counts.tolist(), strict=True))


def of(found) -> Tally:
    return tallied(np.array(found, dtype=np.int64))


@given(numbers)
def test_each_number_is_counted(found):
    assert counted(of(found)) == Counter(found)


@given(st.lists(numbers, max_size=4))
def test_tallies_add_up_to_the_tally_of_all(parts):
    assert counted(merged([of(part) for part in parts])) == Counter(one for part in parts for one in part)
