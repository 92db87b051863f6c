"""CHANGE entries: how a web process learns which items of the read model were written. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from data.instants import add
from data.models import Day, Instant

CATALOG = "catalog"
INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Change:
    """One write: a pair's day and its current state, or an incident of a service, or else the catalog."""

    sk: str
    instant: Instant
    pair: tuple[str, str] | None = None  # (cluster id, service id)
    day: Day = ""
    incident_of: str | None = None  # service id

    @property
    def is_catalog(self) -> bool:
        """Whether the catalog was written."""
        return self.pair is None and self.incident_of is None


def incident_sk(instant: Instant, service_id: str) -> str:
    """The sort key that tells of an incident of this service."""
    return f"{instant}#{INCIDENT}#{service_id}"


def to_change(sk: str) -> Change | None:
    """The change a sort key tells of; None for a kind that a newer writer knows and we do not."""
    instant, *rest = sk.split("#")
    if rest == [CATALOG]:
        return Change(sk, instant)
    if len(rest) == 2 and rest[0] == INCIDENT:
        return Change(sk, instant, incident_of=rest[1])
    if len(rest) == 3:
        return Change(sk, instant, (rest[0], rest[1]), rest[2])
    return None


def minutes(since: Instant, until: Instant) -> Iterator[str]:
    """Every minute (`YYYY-MM-DDTHH:MM`) from that of `since` to that of `until`, both included."""
    minute = since[:16]
    while minute <= until[:16]:
        yield minute
        minute = add(f"{minute}:00.000Z", 60)[:16]
