"""Which instants an address asks for: `asof`, how it was `known`, and the one it is compared with (`diff`). Pure.

`asof=-2h` is two hours before now, so that a bookmark can ask what changed since; every other instant is absolute.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from components.links import Query
from data.instants import from_instant, parse_instant, to_instant
from data.models import Instant

AS_OF, KNOWN, DIFF = NAMES = ("asof", "known", "diff")
NOW = "now"
BEFORE_NOW = re.compile(r"-(\d{1,4})([hd])", re.ASCII)
WITHOUT_ZONE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moments:
    """What is looked at: the state at `at`, as `known` (None: now), compared with `other` (None: not)."""

    at: Instant
    known: Instant | None
    other: Instant | None
    to_now: bool  # it is compared with now
    query: Query  # the address' words for all this

    @property
    def carried(self) -> Query:
        """What links to other pages carry on."""
        return {name: value for name, value in self.query.items() if name != DIFF}


@dataclass(frozen=True, slots=True)
class Refused:
    """An instant that cannot be shown: the field, and why."""

    name: str
    why: str


def moments(args: Mapping[str, str], now: datetime) -> Moments | Refused | None:
    """What the address asks for; None where it asks for now."""
    if AS_OF not in args:
        return None
    said = {name: args[name] for name in NAMES if args.get(name)}
    found: dict[str, Instant] = {}
    for name, text in said.items():
        try:
            found[name] = _instant(text, now)
        except ValueError as error:
            return Refused(name, str(error))
        if found[name] > to_instant(now):
            return Refused(name, f"lies in the future: now is {to_instant(now)[:19]}Z")
    to_now, known_now = said.get(DIFF) == NOW, said.get(KNOWN) == NOW
    query: Query = {name: _word(said[name], found[name]) for name in said if not (name == KNOWN and known_now)}
    return Moments(found[AS_OF], None if known_now else found.get(KNOWN), found.get(DIFF), to_now, query)


def _instant(text: str, now: datetime) -> Instant:
    """The instant of a word, to the second."""
    if text == NOW:
        return to_instant(now)
    back = BEFORE_NOW.fullmatch(text)
    if back:
        hours = int(back[1]) * (24 if back[2] == "d" else 1)
        return to_instant((now - timedelta(hours=hours)).replace(second=0, microsecond=0))
    instant = parse_instant(f"{text}Z" if WITHOUT_ZONE.fullmatch(text) else text)
    return to_instant(from_instant(instant).replace(microsecond=0))


def _word(text: str, instant: Instant) -> str:
    """How the address says it from now on: absolute instants in one way."""
    return text if text == NOW or BEFORE_NOW.fullmatch(text) else word(instant)


def word(instant: Instant) -> str:
    """`2026-02-24T10:00Z`: an instant as addresses say it, seconds only where there are any."""
    return f"{instant[:16]}Z" if instant[17:19] == "00" else f"{instant[:19]}Z"
