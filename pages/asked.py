"""What an address asks for: the days, the outcome, the page of a list. Words we do not know count as not said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from components.filters import ALL, RANGES
from components.links import Query
from data import keys
from data.instants import day_before, to_instant
from data.models import Day, Instant, Status, Trigger

RANGE_DAYS = {name: int(name[:-1]) for name, _ in RANGES}
OUTCOMES = frozenset({"SUCCESS", "FAILED", "ROLLBACK", "IN_PROGRESS"})
CANCELLED = "CANCELLED"
LONGEST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Period:
    """UTC days, both included, and how the address says them (`query`; empty for the page's usual days)."""

    start: Day
    end: Day
    name: str | None
    query: Query

    @property
    def since(self) -> Instant:
        """The first instant."""
        return f"{self.start}T00:00:00.000Z"

    @property
    def until(self) -> Instant:
        """The instant after the last."""
        return f"{day_before(self.end, -1)}T00:00:00.000Z"


def period(args: Mapping[str, str], now: datetime, usual: str) -> Period:
    """`range=14d`, or `from` and `to`, or the page's usual range."""
    today = to_instant(now)[:10]
    start, end = _day(args.get("from")), _day(args.get("to"))
    if start or end:
        end = end or today
        start = start or end
        if start <= end and (date.fromisoformat(end) - date.fromisoformat(start)).days <= LONGEST_DAYS:
            return Period(start, end, None, {"from": start, "to": end})
    name = args.get("range", usual)
    name = name if name in RANGE_DAYS else usual
    query: Query = {"range": name} if name != usual else {}
    return Period(day_before(today, RANGE_DAYS[name] - 1), today, name, query)


def single_day(args: Mapping[str, str]) -> Day | None:
    """`day=2026-02-24`: the day whose attempts a chart's bar leads to."""
    return _day(args.get("day"))


def _day(text: str | None) -> Day | None:
    if not text or len(text) != 10:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day.isoformat() if 2000 <= day.year <= 2999 else None


def outcome(args: Mapping[str, str]) -> str | None:
    """`status=FAILED`, or None for all."""
    asked = args.get("status", "")
    return asked if asked in OUTCOMES or asked == CANCELLED else None


def stored(asked: str | None) -> tuple[Status | None, bool | None]:
    """The store's filter of an outcome: cancelled attempts stand apart, as in every count."""
    if asked is None:
        return None, None
    return (None, True) if asked == CANCELLED else (Status(asked), False)


def trigger(args: Mapping[str, str]) -> Trigger | None:
    """`trigger=hotfix`: why attempts were made, or None for all."""
    return next((one for one in Trigger if one.value == args.get("trigger")), None)


def identifier(args: Mapping[str, str], name: str) -> str | None:
    """A cluster or service id, or None for all."""
    asked = args.get(name, "")
    return asked if asked != ALL and keys.ID.fullmatch(asked) else None
