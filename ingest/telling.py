"""What log, measures and traces say of a worker's round: ids, words of ours and numbers, never what was sent."""

import logging
from typing import Any

from data.instants import seconds_between
from data.models import Instant
from ingest import judging
from ingest.queue import Message
from ingest.storing import Done, Outcome
from ingest.verdicts import Noted
from telemetry import measures, tracing

log = logging.getLogger("ingest.worker")

MOST_EVENTS = 20  # ids of one delivery in one line
STORED, QUARANTINED, POSTPONED = "stored", "quarantined", "postponed"


def prepare() -> None:
    """What a worker counts begins at none: only so can the first of each be seen."""
    for outcome in (STORED, QUARANTINED, POSTPONED):
        measures.WORKER_MESSAGES.touch(outcome)
    measures.WORKER_EVENTS.touch()


def ids(message: Message, done: Done | None) -> dict[str, Any]:
    """The names by which a message is found again, from the request that brought it to the rows it became."""
    if done is None:
        return {"messageId": message.id}
    said = done.delivery
    found = {
        "requestId": said.request_id,
        "messageId": message.id,
        "source": said.source,
        "deliveryId": judging.delivery_id(said.events),
        "attemptId": judging.attempt_id(said.events),
        "eventIds": [event.event_id for event in said.events[:MOST_EVENTS]],
    }
    return {name: value for name, value in found.items() if value is not None}


def stored(message: Message, done: Done, now: Instant, seconds: float) -> None:
    """A delivery is stored; the round took so long."""
    lag = max(0.0, seconds_between(done.delivery.received_at, now))
    named = ids(message, done)
    measures.DELIVERY_LAG.observe(lag)
    log.info("stored", extra={**named, "events": len(done.due), "new": len(done.new), "lagMs": round(lag * 1000)})
    words = {f"dashboard.{name}": value for name, value in named.items() if isinstance(value, str)}
    tracing.delivered(done.delivery.traceparent, seconds, {**words, "dashboard.events": len(done.due)})


def quarantined(message: Message, done: Done | None, noted: Noted) -> None:
    """A message is set aside. The sentence that says why may repeat what was sent: it is in its record alone."""
    log.warning("quarantined", extra={**ids(message, done), "reason": noted.reason, "receives": message.receives})


def round_done(outcome: Outcome, aside: int, seconds: float) -> None:
    """A round is over."""
    for word, number in ((STORED, len(outcome.stored)), (QUARANTINED, aside), (POSTPONED, len(outcome.passing))):
        if number:
            measures.WORKER_MESSAGES.add(word, amount=number)
    if outcome.events:
        measures.WORKER_EVENTS.add(amount=outcome.events)
    measures.ROUND_SECONDS.observe(seconds)
    log.info(
        "round",
        extra={
            "stored": len(outcome.stored), "events": outcome.events, "quarantined": aside,
            "postponed": len(outcome.passing), "seconds": round(seconds, 3),
        },
    )  # fmt: skip
