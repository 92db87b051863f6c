"""The senders we understand. A new one is a sibling module and a line in SENDERS; nothing else changes."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from data.errors import NotFound
from data.events import AnyEvent
from data.models import Instant
from ingest import envelope

Headers = Mapping[str, str]
Normalizer = Callable[[Any, Headers, Instant, Collection[str]], list[AnyEvent]]

ENVELOPE = "envelope"


def _envelope(body: Any, headers: Headers, received_at: Instant, suites: Collection[str]) -> list[AnyEvent]:
    """The document's own envelope says everything itself; no header matters."""
    return envelope.normalize(body, received_at, suites=suites)


SENDERS: dict[str, Normalizer] = {
    ENVELOPE: _envelope,
}


def named(sender: str | None) -> Normalizer:
    """The normaliser of the sender a path names; without a name the envelope. NotFound for an unknown one."""
    if sender is not None and sender not in SENDERS:
        raise NotFound(f"no such sender: {sender[:64]}; known are {', '.join(sorted(SENDERS))}")
    return SENDERS[sender or ENVELOPE]
