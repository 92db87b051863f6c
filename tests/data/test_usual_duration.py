"""What is unusually long is told by the median of the pair, and only where there is one."""

from datetime import timedelta

import pytest

from data import instants
from data.instants import to_instant
from data.models import EVERYTHING, Attempt, Scope, Status
from data.usual_duration import Usual, unusually_long, usual
from tests.read_model import AQUILA, MIRA, NOW, attempt, generation


def lasted(day: int, minutes: float, **changes: object) -> Attempt:
    """A success of so many minutes."""
    start = f"2026-02-{day:02d}T08:00:00.000Z"
    return attempt(start, ended_at=instants.add(start, minutes * 60), build_version=f"1.{day}.0", **changes)


FIVE = [lasted(day, minutes) for day, minutes in ((10, 5), (11, 10), (12, 12), (13, 14), (14, 90))]


def test_it_is_the_median_of_the_pairs_successes():
    others = [
        lasted(15, 1, status=Status.FAILED), lasted(16, 1, status=Status.FAILED, cancelled=True),
        lasted(17, 1, cluster_id=AQUILA), lasted(18, 1, service_id="billing"),
    ]  # fmt: skip
    gen = generation([*FIVE, *others])
    assert usual(gen, EVERYTHING, MIRA, "authn") == Usual(12 * 60, 5)
    assert usual(gen, Scope(services=frozenset({"billing"})), MIRA, "authn") is None


def test_too_few_make_no_median():
    assert usual(generation(FIVE[:4]), EVERYTHING, MIRA, "authn") is None


def test_what_is_older_than_ninety_days_tells_nothing():
    old = [attempt(f"2025-11-{day:02d}T08:00:00Z", build_version=f"1.{day}.0") for day in range(10, 16)]
    assert usual(generation(old), EVERYTHING, MIRA, "authn") is None


@pytest.mark.parametrize(("minutes", "long"), [(23, False), (24, False), (25, True)])
def test_beyond_twice_the_median_it_is_unusually_long(minutes: int, long: bool):
    running = attempt(to_instant(NOW - timedelta(minutes=minutes)), status=Status.IN_PROGRESS)
    expected = Usual(720, 5) if long else None
    assert unusually_long(running, Usual(720, 5), NOW) == expected
    assert unusually_long(running, None, NOW) is None


def test_what_is_over_is_never_unusually_long():
    assert unusually_long(lasted(10, 300), Usual(60, 9), NOW) is None
