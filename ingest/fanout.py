"""Stored events on an EventBridge bus, for alerting and audit elsewhere: at least once, each with its id."""

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from data.aws import PASSING, unavailable_if_away
from data.errors import Unavailable
from data.events import TYPES, AnyEvent
from data.instants import from_instant
from ingest.envelope import to_payload

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient

log = logging.getLogger(__name__)

SOURCE = "deploy-dashboard"
BATCH = 10
MOST_BYTES = 240_000  # of a call 256 KB are allowed, with what surrounds the details
TRIES = 4
PAUSE_SECONDS = 0.1
LARGE = ("commits", "failedTests", "labels", "failureReason")  # what an event may be sent without


class Bus:
    """One event bus."""

    def __init__(self, client: "EventBridgeClient", name: str) -> None:
        self._client = client
        self.name = name

    @unavailable_if_away
    def publish(self, events: Sequence[AnyEvent]) -> None:
        """Put all of them on the bus; Unavailable unless it took each."""
        for entries in _batches([self._entry(event) for event in events]):
            self._put(entries)

    @unavailable_if_away
    def probe(self) -> None:
        """Return where the bus answers, else Unavailable."""
        self._client.describe_event_bus(Name=self.name)

    def _put(self, entries: list[dict[str, Any]]) -> None:
        """One call, and again what the answer names as failed."""
        for again in range(TRIES):
            if again:
                time.sleep(PAUSE_SECONDS * 2**again)
            results = self._client.put_events(Entries=entries)["Entries"]  # type: ignore[arg-type]
            failed = [(one, said) for one, said in zip(entries, results, strict=True) if said.get("ErrorCode")]
            refused = [said for _, said in failed if said["ErrorCode"] not in PASSING]
            for said in refused:
                log.error("refused by the bus", extra={"code": said["ErrorCode"], "reason": said.get("ErrorMessage")})
            entries = [one for one, said in failed if said["ErrorCode"] in PASSING]
            if not entries:
                return
        raise Unavailable(f"PutEvents: {len(entries)} events were not taken")

    def _entry(self, event: AnyEvent) -> dict[str, Any]:
        return {
            "EventBusName": self.name,
            "Source": SOURCE,
            "DetailType": TYPES[type(event)].value,
            "Time": _time(event),
            "Detail": detail(event),
        }


def detail(event: AnyEvent) -> str:
    """The normalised event with its ids; where it is too large, without what makes it so."""
    said: dict[str, Any] = {
        "eventId": event.event_id,
        "digest": event.digest,
        "eventType": TYPES[type(event)].value,
        "source": event.source,
        "receivedAt": event.received_at,
        "payload": to_payload(event),
    }
    text = orjson.dumps(said)
    if len(text) > MOST_BYTES:
        said["payload"] = {key: value for key, value in said["payload"].items() if key not in LARGE}
        said["shortened"] = True
        text = orjson.dumps(said)
    return text.decode()


def _time(event: AnyEvent) -> datetime:
    return from_instant(event.event_time) if event.event_time else from_instant(event.received_at).astimezone(UTC)


def _batches(entries: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """At most ten together, and no more than a call may carry."""
    batch: list[dict[str, Any]] = []
    size = 0
    for one in entries:
        bytes_of = len(one["Detail"].encode())
        if batch and (len(batch) == BATCH or size + bytes_of > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += bytes_of
    if batch:
        yield batch
