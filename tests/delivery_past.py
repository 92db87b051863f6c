"""A small past of production, and what is told of its delivery."""

from datetime import datetime
from typing import Any

from data.delivery_queries import delivery
from data.delivery_views import Delivery, DeliveryFilter
from data.instants import add, parse_instant
from data.models import EVERYTHING, Attempt, Status, Trigger
from tests.read_model import AQUILA, NOW, attempt, generation


def out(started_at: str, version: str, **changes: Any) -> Attempt:
    """An attempt of authn in production, of a commit two hours older."""
    committed = add(parse_instant(started_at), -7200)
    values: dict[str, Any] = {"cluster_id": AQUILA, "build_version": version, "committed_at": committed} | changes
    return attempt(started_at, **values)


PAST = [
    attempt("2026-02-01T08:00:00Z", build_version="1.1.0"),
    out("2026-02-01T10:00:00Z", "1.0.0"),
    out("2026-02-02T10:00:00Z", "1.1.0"),
    out("2026-02-03T10:00:00Z", "1.2.0", committed_at=None),
    out("2026-02-03T12:00:00Z", "1.1.0", trigger=Trigger.ROLLBACK),
    out("2026-02-10T10:00:00Z", "1.3.0", status=Status.FAILED),
    out("2026-02-11T10:00:00Z", "1.3.0"),
    out("2026-02-24T10:00:00Z", "1.4.0", status=Status.ROLLBACK),
]


def told(
    *attempts: Attempt, start: str = "2026-02-01", end: str = "2026-02-24", now: datetime = NOW, **asked: Any
) -> Delivery:
    """What is told of these attempts, by default of the past above, over these days."""
    gen = generation(attempts or PAST, now)
    return delivery(gen, EVERYTHING, DeliveryFilter(start, end, **asked), now)
