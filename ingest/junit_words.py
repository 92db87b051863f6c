"""Numbers of seconds and times in JUnit files, in the forms that tools write. Pure.

What is unusable is left out: no report is refused for a number or a time in its margins.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from data.instants import parse_instant, to_instant
from data.models import Instant
from ingest.words import MAX_SECONDS

EARLIEST_YEAR = 2000  # a build that must be reproducible writes 1970 or 1980: no time of a run

_NUMBER = re.compile(r"(?:\d{1,20}|[1-9]\d{0,2}(?:,\d{3}){1,4})?(?:\.\d{0,40})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,18}))?", re.ASCII)
_NAMED_ZONE = re.compile(r"\s?(?:UTC|GMT)$")
_WEEKDAY = re.compile(r"[A-Z][a-z]{2}, \d", re.ASCII)
_OFFSET = re.compile(r"[+ -]?(\d\d):?(\d\d)", re.ASCII)


def seconds(text: str | None) -> float | None:
    """A number of seconds, also with thousands set apart; None where it is none."""
    if text is None or not _NUMBER.fullmatch(text.strip()):
        return None
    try:
        value = float(text.replace(",", ""))
    except ValueError:  # a lone dot or exponent
        return None
    return value if math.isfinite(value) and value <= MAX_SECONDS else None


@dataclass(slots=True)
class Moments:
    """The earliest of the times that suites give: those with an offset, and those without, apart."""

    exact: datetime | None = None
    local: datetime | None = None

    def add(self, text: str | None) -> None:
        """One suite's timestamp."""
        moment = read_moment(text.strip()) if text else None
        if moment is None or moment.year < EARLIEST_YEAR:
            return
        if moment.tzinfo is None:
            self.local = min(self.local or moment, moment)
        else:
            self.exact = min(self.exact or moment, moment)


def read_moment(text: str) -> datetime | None:
    """A time in one of the forms tools write, aware where it names its offset; None where it is none of them."""
    try:
        if local := _LOCAL.fullmatch(_NAMED_ZONE.sub("", text)):
            day, clock, digits = local.groups()
            moment = datetime.fromisoformat(f"{day}T{clock}").replace(microsecond=_micro(digits))
            return moment if _LOCAL.fullmatch(text) else moment.replace(tzinfo=UTC)
        if _WEEKDAY.match(text):
            return parsedate_to_datetime(text[:100])
        return datetime.fromisoformat(parse_instant(text))
    except (ValueError, OverflowError, TypeError):
        return None


def earliest(exact: datetime | None, local: datetime | None, zone: tzinfo) -> Instant | None:
    """The earlier of both as an instant, the local one taken as of `zone`; None where there is none."""
    known = [exact] if exact else []
    if local:
        known.append(local.replace(tzinfo=zone))
    try:
        return to_instant(min(known)) if known else None
    except OverflowError:  # the very last hours of the year 9999
        return None


def zone_named(text: str) -> tzinfo:
    """An offset like `+02:00`, or a zone like `Europe/Berlin`; ValueError where it is neither."""
    if offset := _OFFSET.fullmatch(text):
        sign = "-" if text[0] == "-" else "+"  # an unescaped + reaches us as a blank
        found = datetime.fromisoformat(f"2000-01-01T00:00:00{sign}{offset[1]}:{offset[2]}").tzinfo
        if found is not None:
            return found
    if text in _zones():
        return ZoneInfo(text)
    raise ValueError("must be an offset like +02:00 or a time zone like Europe/Berlin")


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _micro(digits: str | None) -> int:
    return int((digits or "0").ljust(6, "0")[:6])
