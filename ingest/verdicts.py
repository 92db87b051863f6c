"""What became of a delivery, as the ingest page tells it: one line each, and counts per source and hour. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from data.events import AnyEvent
from data.models import Instant


class DeliveryVerdict(StrEnum):
    """What became of a delivery."""

    ACCEPTED = "accepted"  # stored, and it said something new
    DUPLICATE = "duplicate"  # everything it said was known
    IGNORED = "ignored"  # authentic, but it changes nothing; the reason is a word of `Ignored`
    REJECTED = "rejected"  # refused at the door (4xx); the reason says why
    QUARANTINED = "quarantined"  # taken, and could not be stored


@dataclass(frozen=True, slots=True)
class Noted:
    """One delivery and what became of it.

    `reason` is a stable word where the verdict has kinds (`unmapped`, `unauthorized`, `invalid` …), `detail` a
    sentence. `via` says how names became ids. No secret and no raw body is in it.
    """

    at: Instant
    source: str  # of its events, else the sender's name
    sender: str
    verdict: DeliveryVerdict
    reason: str | None = None
    detail: str | None = None
    field: str | None = None
    delivery_id: str | None = None
    attempt_id: str | None = None
    events: Sequence[AnyEvent] = ()
    via: Sequence[str] = ()


class Notes(Protocol):
    """Where verdicts are kept. A failure to keep one is never the sender's."""

    def note(self, noted: Noted) -> None:
        """Keep it, some time soon."""
