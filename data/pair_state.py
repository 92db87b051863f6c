"""What a worker remembers of a pair between two batches, so that it need not read it again. Pure.

Memory is believed only as far as a conditional write or the facts themselves confirm it: CURRENT is put on the
condition that it still is as remembered. Who else wrote a day of the pair writes CURRENT after it, so one of the two
conditions fails, and whoever fails reads everything anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from data import codec
from data.current import DAYS_READ, deciding, enough
from data.models import Current, Day, PairDay

MOST = 20_000
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Held:
    """A DAY as it stands: its digest, and into how many items it goes."""

    rev: str
    parts: int


@dataclass(frozen=True, slots=True)
class State:
    """CURRENT as it stands, and the days it was folded from, newest first."""

    item: codec.Item
    current: Current
    days: tuple[PairDay, ...]


def is_whole(days: tuple[PairDay, ...]) -> bool:
    """Whether these are all days the pair has: fewer would not have decided, more were not there."""
    return not enough(days) and len(days) < DAYS_READ


def newest_days(state: State, fresh: Mapping[Day, PairDay]) -> tuple[PairDay, ...] | None:
    """The days that decide CURRENT, with some of them just written anew; None = older ones are needed."""
    whole = is_whole(state.days)
    oldest = "" if whole or not state.days else state.days[-1].day
    by_day = {day.day: day for day in state.days}
    by_day |= {day: one for day, one in fresh.items() if day >= oldest}
    found = deciding(by_day[day] for day in sorted(by_day, reverse=True) if by_day[day].rows)
    return tuple(found) if whole or not is_whole(tuple(found)) else None


def remember(cache: dict[K, V], key: K, value: V) -> None:
    """Keep it; a cache that has grown too large forgets everything at once."""
    if len(cache) >= MOST and key not in cache:
        cache.clear()
    cache[key] = value
