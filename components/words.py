"""Numbers, durations and times as words. Missing is an en dash with hidden text, never 0."""

import textwrap

from components.tags import Child, Node, el, hidden
from data.models import Day, Instant
from data.views import Rate

THIN = "\u202f"
REASONS = {
    "no_attempts": "no finished attempts",
    "no_tests": "no tests ran",
    "before_first_event": "before the first event",
    "no_failures": "nothing failed",
    "no_catches": "no catch",
    "no_durations": "no run says how long it took",
    "nothing_decided": "no case is decided",
    "small_sample": "too few to tell",
}


def none(why: str = "no data") -> Node:
    """Where a value is missing."""
    return el("Span", el("Span", "–", aria_hidden="true"), hidden(why), cls="none", title=why)


def number(value: int) -> str:
    """`12,345`."""
    return f"{value:,}"


def percent(value: float) -> str:
    """`98.4 %`; what is not all is never rounded up to 100, what is something never down to 0."""
    shown = round(value * 100, 1)
    if shown == 100 and value < 1:
        shown = 99.9
    elif shown == 0 and value > 0:
        shown = 0.1
    return f"{shown:.1f}{THIN}%" if shown not in (0, 100) else f"{shown:.0f}{THIN}%"


def rate(value: Rate) -> Child:
    """A share, or a dash that says why there is none."""
    return none(reason(value)) if value.value is None else percent(value.value)


def reason(value: Rate) -> str:
    """Why a rate has no value, in words."""
    return REASONS.get(value.reason or "", "no data")


def duration(seconds: float) -> str:
    """`45 s`, `12.9 min`, `2 h 05 min`."""
    if round(seconds) < 60:
        return f"{seconds:.0f}{THIN}s"
    if seconds < 3597:
        return f"{seconds / 60:.1f}{THIN}min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours}{THIN}h {minutes:02d}{THIN}min"


def age(seconds: float) -> str:
    """A duration that may be of days: `3.2 days`, else as every duration."""
    return f"{seconds / 86_400:.1f}{THIN}days" if seconds >= 2 * 86_400 else duration(seconds)


def minutes(value: float | None) -> Child:
    """A mean duration given in minutes."""
    return none() if value is None else duration(value * 60)


def absolute(instant: Instant) -> str:
    """`2026-02-24 10:00 UTC`."""
    return f"{instant[:10]} {instant[11:16]} UTC"


def when(instant: Instant | None, cls: str = "") -> Node:
    """A time, absolute, so that equal data gives equal trees; the browser turns recent ones into ages."""
    if not instant:
        return none("time not known")
    full = f"{instant[:10]} {instant[11:19]} UTC"
    return el("Time", absolute(instant), dateTime=instant, title=full, cls=cls)


def since(instant: Instant | None) -> Node:
    """A time that is an age however long ago it was: where there is no room for a date."""
    return when(instant, cls="age")


def counted(amount: int, one: str, many: str | None = None) -> str:
    """`1 service`, `2 services`."""
    return f"{number(amount)} {one if amount == 1 else many or one + 's'}"


def period(start: Day, end: Day) -> str:
    """`2026-02-01 to 2026-02-24 UTC`."""
    return f"{start} UTC" if start == end else f"{start} to {end} UTC"


def short_sha(sha: str) -> str:
    """What people compare by eye."""
    return sha[:7]


def wrapped(text: str, width: int, lines: int) -> list[str]:
    """The text on at most so many lines of so many letters; what does not fit ends in `…`."""
    return textwrap.wrap(text, width, max_lines=lines, placeholder="…") or [""]
