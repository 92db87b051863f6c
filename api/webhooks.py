"""POST /api/ingest/webhook: from a pipeline's word to a message on the queue, checked in an order that tells
strangers nothing: size, credentials, type, depth, strict JSON, schema.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask import Blueprint, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

import context
from data.errors import Unavailable
from data.events import AnyEvent
from data.instants import to_instant
from ingest import message, normalizers
from ingest.envelope import older_than_retention
from ingest.message import Delivery
from ingest.normalizers.contract import Ignored
from ingest.queue import Queue
from ingest.signatures import check_shared_secret
from ingest.taking import Incoming, take

MAX_BYTES = 256 * 1024
PIECE_BYTES = 64 * 1024

bp = Blueprint("webhooks", __name__)


@bp.post("/ingest/webhook")
@bp.post("/ingest/webhook/<sender>")
def webhook(sender: str | None = None) -> tuple[dict[str, Any], int]:
    """202 once the queue has the event, 200 where it is kept for the archive only."""
    raw = read_body()
    settings, headers = context.settings(), cast(Mapping[str, str], request.headers)
    check_shared_secret(headers, settings.webhook_secrets)
    incoming = Incoming(raw, headers, sender, request.args)
    if sender is not None:
        normalizers.named(sender)
    check_content_type()
    received_at = to_instant(context.now())
    taken = take(incoming, received_at, context.generation().catalog)
    if taken.ignored is not None:
        return {"eventId": None, "status": "ignored", "reason": taken.ignored, "detail": taken.detail}, 200
    events = taken.events
    sealed = all(older_than_retention(event, settings.retention_days) for event in events)
    delivery = Delivery(events, taken.source, received_at, archive_only=sealed)
    _queue().send(message.dump(delivery, incoming, taken.sender.name))
    if sealed:
        return {"eventId": events[0].event_id, "status": "ignored", "reason": Ignored.OLDER_THAN_RETENTION}, 200
    return accepted(events, taken.unknown_fields), 202


def accepted(events: Sequence[AnyEvent], ignored_fields: Sequence[str]) -> dict[str, Any]:
    """The answer: ids to refer to, and what of the body we did not understand, if anything."""
    answer: dict[str, Any] = {
        "eventId": events[0].event_id,
        "attemptId": getattr(events[0], "attempt_id", None),
        "status": "accepted",
    }
    return answer | ({"ignoredFields": list(ignored_fields)} if ignored_fields else {})


def read_body() -> bytes:
    """The raw body; 413 as soon as it is known to be too large, whether its length was announced or not."""
    if (request.content_length or 0) > MAX_BYTES:
        raise _too_large()
    pieces, size = [], 0
    while piece := request.stream.read(PIECE_BYTES):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BYTES:
            raise _too_large()
    return b"".join(pieces)


def check_content_type() -> None:
    """415 unless the body is plain JSON in UTF-8."""
    kind = request.mimetype
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise UnsupportedMediaType("the content type must be application/json")
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("the body must be in UTF-8")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("the body must not be compressed")


def _too_large() -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"the body must be at most {MAX_BYTES:,} bytes")


def _queue() -> Queue:
    queue = context.queue()
    if queue is None:
        raise Unavailable("no queue is configured")
    return queue
