"""Silence: a source is missed once it is quiet for longer than it ever was, and enough is known to say so."""

from hypothesis import given
from hypothesis import strategies as st

from data.instants import add
from ingest.silence import HOUR, LEAST_GAPS, silences
from ingest.verdict_items import Counted
from ingest.verdicts import DeliveryVerdict

NOW = "2026-02-24T12:30:00.000Z"


def heard(hours_ago: list[int], verdict: DeliveryVerdict = DeliveryVerdict.ACCEPTED) -> list[Counted]:
    """Deliveries in the hours so long ago."""
    return [Counted(add(NOW, -HOUR * one)[:13], "ci", verdict, None, 3) for one in hours_ago]


def test_a_source_that_delivers_every_two_hours_is_missed_after_more_than_three() -> None:
    every_two = list(range(4, 84, 2))
    (quiet,) = silences({"ci": add(NOW, -3 * HOUR)}, heard(every_two), NOW)
    assert (quiet.n, quiet.usual, quiet.p99, quiet.is_silent) == (39, 2 * HOUR, 2 * HOUR, False)
    (missed,) = silences({"ci": add(NOW, -3 * HOUR - 1)}, heard(every_two), NOW)
    assert missed.is_silent


def test_a_weekend_that_comes_every_week_is_no_silence() -> None:
    weeks = [60 + hour for hour in range(30)] + [60 + 30 + 64 + hour for hour in range(30)]
    (one,) = silences({"ci": add(NOW, -60 * HOUR)}, heard(weeks), NOW)
    assert one.p99 == 65 * HOUR
    assert not one.is_silent


def test_too_few_gaps_say_nothing_and_refusals_are_no_sign_of_life() -> None:
    (few,) = silences({"ci": add(NOW, -500 * HOUR)}, heard(list(range(LEAST_GAPS))), NOW)
    assert (few.n, few.usual, few.is_silent) == (LEAST_GAPS - 1, None, False)
    (refused,) = silences({"ci": NOW}, heard(list(range(60)), DeliveryVerdict.REJECTED), NOW)
    assert refused.n == 0


@given(st.sets(st.integers(0, 300), min_size=2))
def test_the_gaps_are_those_between_the_hours_with_deliveries(hours: set[int]) -> None:
    (one,) = silences({"ci": NOW}, heard(sorted(hours)), NOW)
    ordered = sorted(hours)
    gaps = sorted(later - earlier for earlier, later in zip(ordered, ordered[1:], strict=False))
    assert one.n == len(gaps)
    if one.p99 is not None:
        within = sum(gap * HOUR <= one.p99 for gap in gaps)
        assert within >= 0.99 * len(gaps)
        assert one.p99 in {gap * HOUR for gap in gaps}
