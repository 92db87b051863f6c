"""Days, ISO weeks and months of a period: what the delivery numbers are put into. Pure; days are UTC."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from data.day_numbers import EPOCH, day_name, day_number
from data.models import Day

MOST_DAYS, MOST_WEEKS_DAYS = 31, 120


@dataclass(frozen=True, slots=True)
class Piece:
    """A day, week or month: [first, end) in day numbers, as far as it lies within its period."""

    label: Day  # the first day of all of it
    first: int
    end: int
    whole: bool  # it is not cut off by the period's ends


def grain(start: Day, end: Day) -> str:
    """Days up to 31 of them, weeks up to 120 days, else months."""
    length = day_number(end) - day_number(start) + 1
    return "day" if length <= MOST_DAYS else "week" if length <= MOST_WEEKS_DAYS else "month"


@lru_cache(maxsize=1024)
def pieces(start: int, end: int, kind: str) -> tuple[Piece, ...]:
    """The period [start, end) of day numbers by the day, the ISO week (from Monday) or the month."""
    found: list[Piece] = []
    at = start
    while at < end:
        first, after = _around(at, kind)
        found.append(Piece(day_name(first), at, min(after, end), first >= start and after <= end))
        at = after
    return tuple(found)


def _around(day: int, kind: str) -> tuple[int, int]:
    """[first, end) of the day, week or month this day is in."""
    if kind == "day":
        return day, day + 1
    if kind == "week":
        first = day - (EPOCH + timedelta(days=day)).weekday()
        return first, first + 7
    first_date = (EPOCH + timedelta(days=day)).replace(day=1)
    after = (first_date + timedelta(days=32)).replace(day=1)
    return _number(first_date), _number(after)


def _number(day: date) -> int:
    return (day - EPOCH).days


def full(start: int, end: int, kind: str) -> list[Piece]:
    """The weeks or months that lie within [start, end) whole."""
    return [one for one in pieces(start, end, kind) if one.whole]
