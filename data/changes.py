"""CHANGE entries: how a web process learns which items of the read model were written. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from data.instants import add
from data.models import Day, Instant

CATALOG = "catalog"


@dataclass(frozen=True, slots=True)
class Change:
    """One write: a pair's day and its current state, or (pair None) the catalog."""

    sk: str
    instant: Instant
    pair: tuple[str, str] | None = None  # (cluster id, service id)
    day: Day = ""


def to_change(sk: str) -> Change | None:
    """The change a sort key tells of; None for a kind that a newer writer knows and we do not."""
    instant, *rest = sk.split("#")
    if rest == [CATALOG]:
        return Change(sk, instant)
    if len(rest) == 3:
        return Change(sk, instant, (rest[0], rest[1]), rest[2])
    return None


def minutes(since: Instant, until: Instant) -> Iterator[str]:
    """Every minute (`YYYY-MM-DDTHH:MM`) from that of `since` to that of `until`, both included."""
    minute = since[:16]
    while minute <= until[:16]:
        yield minute
        minute = add(f"{minute}:00.000Z", 60)[:16]
