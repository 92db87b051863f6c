"""GET /api/events: what happened, as CDEvents in CloudEvents, for other systems to read on."""

from functools import lru_cache

from flask import Blueprint, Response

import context
from api import caching, params
from api.params import Asked
from api.routing import Answer, Routes
from data.cursors import Cursors
from data.event_feed import Wanted, next_page
from data.instants import to_instant
from ingest import cdevents_out

bp = Blueprint("events", __name__)
routes = Routes(bp, "Exports", "/api")


@routes.get(
    "/events", Answer("A page of events, the earliest attempt first.", "EventPage"),
    accepts=(params.SERVICE_ID, params.CLUSTER_ID, params.SINCE, params.UNTIL, *params.PAGED),
)  # fmt: skip
def events(asked: Asked) -> Response:
    """What happened, as CDEvents 0.4 in CloudEvents.

    Of each attempt that began in the time asked for (31 days at most; the last 24 hours if nothing is said) how it
    stands, and the runs of its test suites; of each incident that it began, and was resolved; services that were
    removed. A page is of at most 50 of these. An event's `id` changes with what it
    says: who reads a stretch again takes what is new. Sent to a dashboard as a batch, `events` says the same again.
    """
    wanted = Wanted(asked.since, asked.until, asked.cluster_id, asked.service_id, asked.limit, asked.cursor)
    cursors = _cursors(context.settings().cursor_secret)
    page = next_page(
        context.generation(), context.store(), cursors, context.scope(), wanted, to_instant(context.now())
    )
    return caching.sent_once({"events": cdevents_out.every(page.items), "nextCursor": page.cursor})


@lru_cache(maxsize=2)
def _cursors(secret: bytes) -> Cursors:
    """Deriving the key takes longer than a page."""
    return Cursors(secret)
