"""GET /api/ingest/deliveries: what came lately and what became of it."""

from typing import Any

from flask import Blueprint, Response

import context
from api import caching, params
from api.params import Asked
from api.routing import Answer, Routes
from ingest.explaining import event_json
from ingest.verdicts import Noted

bp = Blueprint("deliveries", __name__)
routes = Routes(bp, "Ingest", "/api")


@routes.get(
    "/ingest/deliveries", Answer("A page of deliveries, newest first.", "DeliveryPage"),
    accepts=(params.SOURCE, params.VERDICT, *params.PAGED),
)  # fmt: skip
def ingest_deliveries(asked: Asked) -> Response:
    """Deliveries and what became of them, newest first.

    They are kept for 30 days. Of many refused at once only some are listed; the counts of the status are exact.
    Where a filter matches few, a page can be short, or even empty, and still have a `nextCursor`.
    """
    page = context.intake().recent(context.scope(), asked.limit, asked.source, asked.verdict, asked.cursor)
    return caching.sent_once({"deliveries": [delivery(one) for one in page.items], "nextCursor": page.cursor})


def delivery(noted: Noted) -> dict[str, Any]:
    """One delivery."""
    return {
        "at": noted.at,
        "source": noted.source,
        "sender": noted.sender,
        "verdict": noted.verdict.value,
        "reason": noted.reason,
        "detail": noted.detail,
        "field": noted.field,
        "deliveryId": noted.delivery_id,
        "attemptId": noted.attempt_id,
        "events": [event_json(event) for event in noted.events],
        "via": list(noted.via),
    }
