"""Instants: UTC text with milliseconds, so that the order of texts is the order of times. Pure."""

import re
from datetime import UTC, date, datetime, timedelta

from data.models import Day, Instant

CANONICAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,18}))?\s?([Zz]|[+-]\d\d(?::?\d\d)?)", re.ASCII
)


def to_instant(moment: datetime) -> Instant:
    """An aware datetime as an instant; finer digits are cut off."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_instant(instant: Instant) -> datetime:
    """The aware datetime of an instant."""
    return datetime.fromisoformat(instant)


def parse_instant(text: str) -> Instant:
    """Any ISO 8601 date-time with an offset; ValueError says what is wrong with the text."""
    if CANONICAL.fullmatch(text):
        datetime.fromisoformat(text)
        return text
    match = ISO.fullmatch(text)
    if match is None:
        raise ValueError("must be an ISO 8601 date and time with an offset, like 2026-02-24T10:00:00Z")
    day, clock, digits, offset = match.groups()
    seconds = clock if clock.count(":") == 2 else f"{clock}:00"
    zone = "+00:00" if offset in "Zz" else offset if len(offset) != 3 else f"{offset}:00"
    try:
        return to_instant(datetime.fromisoformat(f"{day}T{seconds}.{(digits or '').ljust(3, '0')[:3]}{zone}"))
    except (ValueError, OverflowError):
        raise ValueError("is not a time that exists") from None


def seconds_between(earlier: Instant, later: Instant) -> float:
    """Seconds from `earlier` to `later`; negative where they are the other way round."""
    return (from_instant(later) - from_instant(earlier)).total_seconds()


def epoch(instant: Instant) -> int:
    """Whole epoch seconds."""
    return int(from_instant(instant).timestamp())


def add(instant: Instant, seconds: float) -> Instant:
    """The instant so many seconds later."""
    return to_instant(from_instant(instant) + timedelta(seconds=seconds))


def day_before(day: Day, days: int) -> Day:
    """The day so many days earlier."""
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()


def sealed_before(now: Instant, retention_days: int) -> Day:
    """Days earlier than this are sealed: TTL may have begun to take their facts."""
    return day_before(now[:10], retention_days - 3)
