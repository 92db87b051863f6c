"""A parameter's text into its value; a ValueError says what it must be."""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import TypeVar, get_args

from data import keys
from data.analytics_views import Grain
from data.instants import day_before, parse_instant
from data.matrix_filter import LONGEST_TEXT
from data.models import Day, Instant
from data.scorecard_models import Level
from data.scorecard_views import NO_LEVEL

MAX_LIMIT = 200
MOST_TEXT = 330
MOST_IDS = 2000
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
SUITE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}")
NUMBER = re.compile(r"-?\d{1,5}(\.\d{1,20})?([eE][+-]?\d{1,3})?", re.ASCII)
EARLIEST = "1971-01-01"  # far enough from the first day a date can be to count back from it
TOO_EARLY = f"must not be before {EARLIEST}"
SCORE_LEVELS = (NO_LEVEL, *(level.value for level in Level))
MIDNIGHT = "T00:00:00.000Z"

E = TypeVar("E", bound=StrEnum)


def one_of(kind: type[E]) -> Callable[[str], E]:
    """A reader of an enumeration's words."""

    def read(text: str) -> E:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"must be one of {', '.join(kind)}") from None

    return read


def limit(text: str) -> int:
    """How many rows."""
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_LIMIT):
        raise ValueError(f"must be a whole number from 1 to {MAX_LIMIT}")
    return int(text)


def identifier(text: str) -> str:
    """A cluster, service or source id."""
    if not keys.ID.fullmatch(text):
        raise ValueError("must be lower-case letters, digits, '.', '_' and '-', 63 at most")
    return text


def identifiers(text: str) -> frozenset[str]:
    """Ids with commas between them."""
    named = text.split(",")
    if len(text) > MOST_IDS or not all(keys.ID.fullmatch(one) for one in named):
        raise ValueError(f"must be ids with commas between them, {MOST_IDS} characters at most")
    return frozenset(named)


def attempt_id(text: str) -> str:
    """An attempt's id."""
    if keys.split_attempt_id(text) is None:
        raise ValueError("must be an attempt id: clusterId:serviceId:buildVersion:n")
    return text


def version(text: str) -> str:
    """A build's version."""
    if not keys.VERSION.fullmatch(text):
        raise ValueError("must be a version: letters, digits, '.', '_', '+' and '-', 128 at most")
    return text


def by_hour(text: str) -> bool:
    """Whether a grain is the hour."""
    if text not in get_args(Grain):
        raise ValueError(f"must be one of {', '.join(get_args(Grain))}")
    return text == "hour"


def suite_names(text: str) -> tuple[str, ...]:
    """Suites with commas between them, each once, in any letter case."""
    named = text.split(",")
    if len(text) > 400 or not all(SUITE.fullmatch(one) for one in named):
        raise ValueError("must be suites with commas between them, like FUNCTIONAL,SANITY")
    return tuple(dict.fromkeys(one.upper() for one in named))


def tenths(most: float) -> Callable[[str], float]:
    """A reader of numbers from 0 to `most`, to a tenth."""

    def read(text: str) -> float:
        if not NUMBER.fullmatch(text) or not 0 <= float(text) <= most:
            raise ValueError(f"must be a number from 0 to {most:g}")
        return abs(round(float(text), 1))

    return read


def words(text: str) -> str:
    """Anything to look for."""
    if not text.strip() or len(text) > MOST_TEXT:
        raise ValueError(f"must be 1 to {MOST_TEXT} characters")
    return text


def part(text: str) -> str:
    """A part of a name, as the pages take it."""
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise ValueError(f"must be 1 to {LONGEST_TEXT} characters")
    return " ".join(text.split())


def truth(text: str) -> bool:
    """Yes or no."""
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def cursor(text: str) -> str:
    """Where a list goes on."""
    if not text:
        raise ValueError("must be the nextCursor of the page before")
    return text


def moment(text: str) -> Instant:
    """An instant."""
    return in_our_time(parse_instant(text))


def since(text: str) -> Instant:
    """From then on: a date from its midnight, or an instant."""
    return _date(text) + MIDNIGHT if DATE.fullmatch(text) else in_our_time(parse_instant(text))


def until(text: str) -> Instant:
    """Before then: a date with its day, or an instant."""
    return _day_after(_date(text)) + MIDNIGHT if DATE.fullmatch(text) else in_our_time(parse_instant(text))


def span(text: str) -> str:
    """A date or an instant, to be read by the grain."""
    since(text)
    return text


def first(text: str) -> Day:
    """The first of whole days."""
    return _whole_day(since(text))


def last(text: str) -> Day:
    """The last of whole days."""
    if DATE.fullmatch(text):
        return _date(text)
    return in_our_time(day_before(_whole_day(until(text)), 1))


def day(text: str) -> Day:
    """A UTC day."""
    if not DATE.fullmatch(text):
        raise ValueError("must be a date, like 2026-02-24")
    return _date(text)


def score_level(text: str) -> str:
    """A level of the score card, or that there is none."""
    if text not in SCORE_LEVELS:
        raise ValueError(f"must be one of {', '.join(SCORE_LEVELS)}")
    return text


def in_our_time(moment: str) -> str:
    """The moment, if it is not too early to count from."""
    if moment < EARLIEST:
        raise ValueError(TOO_EARLY)
    return moment


def _date(text: str) -> Day:
    try:
        return in_our_time(date.fromisoformat(text).isoformat())
    except ValueError as error:
        raise ValueError(str(error) if str(error) == TOO_EARLY else "is not a day that exists") from None


def _whole_day(instant: Instant) -> Day:
    if not instant.endswith(MIDNIGHT):
        raise ValueError("must be a date or a midnight UTC: this answer counts whole UTC days")
    return instant[:10]


def _day_after(day: Day) -> Day:
    if day == date.max.isoformat():
        raise ValueError("is not a day that has a next one")
    return day_before(day, -1)
