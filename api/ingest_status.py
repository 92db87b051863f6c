"""GET /api/ingest/status: how the intake is doing, counted at most once a second a process."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

import context
from data.errors import Unavailable
from ingest.intake_status import QueueState, SourceState, WorkerState
from ingest.verdicts import DeliveryVerdict

bp = Blueprint("ingest_status", __name__)


@bp.get("/ingest/status")
def ingest_status() -> dict[str, Any]:
    """Queue, sources, workers and read model.

    What cannot be told is null, with a reason. Counted at most once a second.
    """
    status = context.intake().status()
    return {
        "asOf": status.as_of,
        "queue": queue_part(status.queue),
        "sources": None if status.sources is None else [source_part(one) for one in status.sources],
        "workers": None if status.workers is None else [worker_part(one) for one in status.workers],
        "recordsReason": status.records_reason,
        "archive": status.archive,
        "readModel": _read_model_part(),
    }


def queue_part(state: QueueState) -> dict[str, Any]:
    """Counts of the queue and the age of its oldest message, as far as a worker has seen it."""
    depth = state.depth
    return {
        "depth": depth.waiting if depth else None,
        "inFlight": depth.in_flight if depth else None,
        "deadLetters": depth.dead if depth else None,
        "reason": state.reason,
        "oldestMessageAgeSec": state.oldest_age_sec,
        "oldestMessageAgeReason": state.oldest_reason,
    }


def worker_part(worker: WorkerState) -> dict[str, Any]:
    """One worker."""
    return {
        "workerId": worker.worker_id,
        "alive": worker.alive,
        "heartbeatAt": worker.heartbeat_at,
        "heartbeatAgeSec": worker.age_sec,
        "messagesHeld": worker.said.get("held"),
        "messagesStored": worker.said.get("stored"),
        "eventsStored": worker.said.get("events"),
        "messagesQuarantined": worker.said.get("refused"),
        "tablesAway": worker.said.get("away"),
    }


def source_part(state: SourceState) -> dict[str, Any]:
    """When we last heard from a source, how much comes, and what becomes of it."""
    return {
        "source": state.source,
        "lastEventAt": state.last_event_at,
        "lastEventAgeSec": state.silence_sec,
        "deliveriesPerHour": None if state.hours is None else list(state.hours),
        "deliveriesLastDay": state.last_day,
        "verdicts": None if state.verdicts is None else verdicts_part(state),
    }


def verdicts_part(state: SourceState) -> list[dict[str, Any]]:
    """The deliveries of the last 24 hours by verdict, and why where there is a why."""
    return [
        {"verdict": verdict.value, "reason": reason or None, "count": amount}
        for verdict in DeliveryVerdict
        for reason, amount in state.reasons(verdict.value)
    ]


def _read_model_part() -> Mapping[str, Any]:
    try:
        freshness = context.freshness()
    except Unavailable:
        return {"asOf": None, "ageSec": None, "stale": None, "reason": "not_loaded"}
    return {"asOf": freshness.as_of, "ageSec": freshness.age_sec, "stale": freshness.stale, "reason": None}
