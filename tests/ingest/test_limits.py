"""Each credential has a bucket of its own; the clock is the test's."""

import pytest

from data.errors import RateLimited
from ingest.limits import Limits


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def spent(limits: Limits, credential: str, times: int) -> int:
    """How many of so many deliveries were let through."""
    through = 0
    for _ in range(times):
        try:
            limits.spend(credential)
            through += 1
        except RateLimited:
            pass
    return through


def test_a_burst_of_twice_the_rate_is_let_through_and_then_the_rate():
    clock = Clock()
    limits = Limits(10, clock)
    assert spent(limits, "a", 100) == 20
    clock.now += 1
    assert spent(limits, "a", 100) == 10
    clock.now += 3600
    assert spent(limits, "a", 100) == 20


def test_the_noisy_one_does_not_use_up_what_is_another_s():
    limits = Limits(10, Clock())
    assert spent(limits, "noisy", 1000) == 20
    assert spent(limits, "polite", 20) == 20


@pytest.mark.parametrize(("rate", "seconds"), [(0.5, 2), (10, 1), (1000, 1)])
def test_who_is_refused_hears_when_to_come_back_and_is_then_let_through(rate: float, seconds: int):
    clock = Clock()
    limits = Limits(rate, clock)
    spent(limits, "a", 3000)
    with pytest.raises(RateLimited, match=f"more than {rate:g} deliveries") as refused:
        limits.spend("a")
    assert refused.value.retry_after == seconds
    clock.now += seconds
    limits.spend("a")
