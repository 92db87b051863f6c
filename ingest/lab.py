"""The ingest lab: what would become of a delivery, its credentials and effects included, with nothing stored.

The page and its endpoint both come through here. Trying is open to whoever sees the pages and so is bounded, in
size and in rate: it checks credentials, and must be of no use to somebody who guesses them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.catalog_models import Catalog
from data.errors import InvalidRequest, Unavailable
from data.intake_secrets import IntakeSecret
from data.models import Scope
from ingest.effects import Effect, Reader, effects
from ingest.explaining import Explanation, examine
from ingest.headers import Headers
from ingest.known_keys import KnownKeys
from ingest.limits import Limits
from ingest.taking import Incoming

MAX_BYTES = 256 * 1024
MOST_HEADERS = 100
TRIES_A_SECOND = 5


def headers_of(text: str) -> Headers:
    """`Name: value` lines; InvalidRequest names the first that is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_HEADERS:
        raise InvalidRequest(f"must be at most {MOST_HEADERS} lines", "headers")
    found: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise InvalidRequest(f"must be lines of `Name: value`, not {line[:60]!r}", "headers")
        found.append((name.strip(), value.strip()))
    return Headers(found)


@dataclass(frozen=True, slots=True)
class Tried:
    """What would become of it. `effects` None: what is stored could not be looked at."""

    explanation: Explanation
    effects: tuple[Effect, ...] | None

    def as_json(self) -> dict[str, Any]:
        """All of it in the API's words."""
        told = None if self.effects is None else [one.as_json() for one in self.effects]
        return self.explanation.as_json() | {"effects": told}


class Lab:
    """Tries deliveries out."""

    def __init__(
        self,
        secrets: Sequence[IntakeSecret],
        keys: KnownKeys,
        reader: Reader,
        clock: Callable[[], datetime],
        retention_days: int,
    ) -> None:
        self._secrets = secrets
        self._keys = keys
        self._reader = reader
        self._clock = clock
        self._retention_days = retention_days
        self._limits = Limits(TRIES_A_SECOND)

    def attempt(self, incoming: Incoming, catalog: Catalog, scope: Scope) -> Tried:
        """What the webhook would make of it now. RateLimited where it is asked too often."""
        self._limits.spend("lab")
        if len(incoming.raw) > MAX_BYTES:
            raise InvalidRequest(f"must be at most {MAX_BYTES:,} bytes", "body")
        said = examine(incoming, self._clock(), catalog, self._secrets, self._keys.get, self._retention_days)
        events = [one.event for one in said.events]
        try:
            return Tried(said, tuple(effects(events, self._reader, scope, catalog)))
        except Unavailable:
            return Tried(said, None)
