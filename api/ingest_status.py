"""GET /api/ingest/status: how the intake is doing, counted at most once a second a process."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app

import context
from data import aws
from data.errors import Unavailable
from data.instants import seconds_between, to_instant
from data.models import Instant
from ingest.deliveries import Deliveries, Heartbeat
from ingest.queue import Depth

KEPT_SECONDS = 1.0
ALIVE_SECONDS = 30.0
EXTENSION = "ingest-status"

bp = Blueprint("ingest_status", __name__)


class StatusBoard:
    """The last answer, and who may make the next one."""

    def __init__(self, deliveries: Deliveries, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.deliveries = deliveries
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._made = float("-inf")
        self._answer: dict[str, Any] = {}

    def answer(self, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The answer `make` gives, or the one it gave less than a second ago.

        While somebody waits for a slow answer the others get the last one, which says of when it is.
        """
        if not self._lock.acquire(blocking=not self._answer):
            return self._answer
        try:
            if self._monotonic() - self._made >= KEPT_SECONDS:
                self._answer = make()
                self._made = self._monotonic()
            return self._answer
        finally:
            self._lock.release()


@bp.get("/ingest/status")
def ingest_status() -> dict[str, Any]:
    """Queue, sources, workers and read model.

    What cannot be told is null, with a reason. Counted at most once a second.
    """
    board = _board()
    return board.answer(lambda: _status(board.deliveries, context.now()))


def _board() -> StatusBoard:
    """This process' board; connected at its first use, so after the fork."""
    extensions = current_app.extensions
    if EXTENSION not in extensions:
        settings = context.settings()
        client = aws.dynamodb(settings.aws_endpoint_url, settings.aws_region)
        extensions.setdefault(EXTENSION, StatusBoard(Deliveries(client, settings.tables)))
    board: StatusBoard = extensions[EXTENSION]
    return board


def _status(deliveries: Deliveries, moment: datetime) -> dict[str, Any]:
    now = to_instant(moment)
    depth, queue_reason = _queue_depth()
    try:
        beats, sources, records_reason = deliveries.heartbeats(now), deliveries.sources(), None
    except Unavailable:
        beats, sources, records_reason = None, None, "tables_away"
    return {
        "asOf": now,
        "queue": queue_part(depth, queue_reason, beats, now),
        "sources": None if sources is None else [source_part(*one, now) for one in sorted(sources.items())],
        "workers": None if beats is None else [worker_part(beat, now) for beat in beats],
        "recordsReason": records_reason,
        "readModel": _read_model_part(),
    }


def _queue_depth() -> tuple[Depth | None, str | None]:
    queue = context.queue()
    if queue is None:
        return None, "no_queue_configured"
    try:
        return queue.depth(), None
    except Unavailable:
        return None, "queue_away"


def queue_part(
    depth: Depth | None, reason: str | None, beats: list[Heartbeat] | None, now: Instant
) -> dict[str, Any]:
    """Counts of the queue and the age of its oldest message, as far as a worker has seen it."""
    age, age_reason = oldest_age(depth, beats, now)
    return {
        "depth": depth.waiting if depth else None,
        "inFlight": depth.in_flight if depth else None,
        "deadLetters": depth.dead if depth else None,
        "reason": reason,
        "oldestMessageAgeSec": age,
        "oldestMessageAgeReason": age_reason,
    }


def oldest_age(depth: Depth | None, beats: list[Heartbeat] | None, now: Instant) -> tuple[float | None, str | None]:
    """SQS has no call that tells it: what the workers hold is the oldest we know of."""
    if depth is None:
        return None, "queue_away"
    if depth.waiting == 0 and depth.in_flight == 0:
        return None, "queue_empty"
    held = [beat.said.get("oldestSentAt") for beat in beats or [] if is_alive(beat, now)]
    oldest = min((instant for instant in held if instant), default=None)
    if oldest is None:
        return None, "no_worker_holds_a_message"
    return max(0.0, seconds_between(oldest, now)), None


def worker_part(beat: Heartbeat, now: Instant) -> dict[str, Any]:
    """One worker: alive means that its loop came round lately, not only that its process exists."""
    return {
        "workerId": beat.worker_id,
        "alive": is_alive(beat, now),
        "heartbeatAt": beat.at,
        "heartbeatAgeSec": max(0.0, seconds_between(beat.at, now)),
        "messagesHeld": beat.said.get("held"),
        "messagesStored": beat.said.get("stored"),
        "eventsStored": beat.said.get("events"),
        "messagesQuarantined": beat.said.get("refused"),
        "tablesAway": beat.said.get("away"),
    }


def source_part(source: str, last_event_at: Instant, now: Instant) -> dict[str, Any]:
    """When we last heard from a source."""
    age = max(0.0, seconds_between(last_event_at, now))
    return {"source": source, "lastEventAt": last_event_at, "lastEventAgeSec": age}


def is_alive(beat: Heartbeat, now: Instant) -> bool:
    """Whether both the process and its loop were seen lately."""
    return seconds_between(min(beat.at, beat.tick_at), now) <= ALIVE_SECONDS


def _read_model_part() -> Mapping[str, Any]:
    try:
        freshness = context.freshness()
    except Unavailable:
        return {"asOf": None, "ageSec": None, "stale": None, "reason": "not_loaded"}
    return {"asOf": freshness.as_of, "ageSec": freshness.age_sec, "stale": freshness.stale, "reason": None}
