"""What every way in has in common, in an order that tells strangers nothing: size, credentials, sender, type, body.

A route says what it takes (`receive(Door(...))`); whatever does not reach the queue is noted, with why.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from flask import Flask, current_app, g, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, UnsupportedMediaType

import context
from api.params import asked
from data import aws, keys
from data.api_keys import ApiKeys
from data.errors import (
    DashboardError,
    Forbidden,
    InvalidRequest,
    NotFound,
    RateLimited,
    Unauthorized,
    Unavailable,
)
from data.events import AnyEvent
from data.instants import to_instant
from data.intake_secrets import IntakeSecret
from data.models import Instant
from ingest import admission, credentials, message, normalizers, taking
from ingest.admission import Admission
from ingest.envelope import older_than_retention
from ingest.headers import Headers
from ingest.known_keys import KnownKeys
from ingest.limits import Limits
from ingest.message import Delivery
from ingest.normalizers import Sender
from ingest.normalizers.contract import Ignored
from ingest.queue import MAX_BYTES as MAX_MESSAGE_BYTES
from ingest.sending import Outbox
from ingest.taking import Incoming, Taken
from ingest.verdicts import DeliveryVerdict, Noted
from telemetry import tracing

MAX_BYTES = 256 * 1024
PIECE_BYTES = 64 * 1024
MOST_TOLD = 20  # ids of one delivery's events in the request's line
UNKNOWN = "unknown"
EXTENSION = "intake"
DELIVERY_HEADERS = ("X-GitHub-Delivery", "Idempotency-Key", "X-Gitlab-Event-UUID", "webhook-id", "ce-id")
REASONS: dict[type[DashboardError], str] = {
    Unauthorized: "unauthorized",
    Forbidden: "forbidden",
    NotFound: "unknown_sender",
    RateLimited: "rate_limited",
    InvalidRequest: "invalid",
}
HTTP_REASONS = {408: "too_slow", 413: "too_large", 415: "media_type"}

Reply = tuple[dict[str, Any], int]


@dataclass(frozen=True, slots=True)
class Desk:
    """What one process needs to let deliveries in."""

    secrets: Sequence[IntakeSecret]
    keys: KnownKeys
    limits: Limits
    outbox: Outbox | None  # None: no queue is configured


@dataclass(frozen=True, slots=True)
class Door:
    """One way in: the sender its address names, its limit, its content types, and what the address may say."""

    sender: str | None = None
    most_bytes: int = MAX_BYTES
    check_type: Callable[[], None] = lambda: check_json_type()
    params: Callable[[], Mapping[str, str]] = lambda: no_parameters()


@dataclass(slots=True)
class Visit:
    """What is known so far of a delivery on its way in, for the note that says what became of it."""

    sender: str = UNKNOWN
    source: str = UNKNOWN


def install(server: Flask) -> None:
    """Make the server's desk from its parts; it connects at the first use, and so after the fork."""
    parts: context.Parts = server.extensions[context.EXTENSION]
    settings = parts.settings

    @cache
    def store() -> ApiKeys:
        return ApiKeys(aws.dynamodb(settings.aws_endpoint_url, settings.aws_region), settings.tables)

    server.extensions[EXTENSION] = Desk(
        settings.intake_secrets(),
        KnownKeys(lambda: store().all()),
        Limits(settings.ingest_rate),
        None if parts.queue is None else Outbox(parts.queue.send_ten),
    )


def receive(door: Door) -> Reply:
    """202 once the queue has the delivery, 200 where it changes nothing; errors are noted and raised."""
    visit = Visit()
    with refusals_noted(visit):
        raw = read_body(door.most_bytes)
        _recognise(visit, door.sender, headers())
        admitted = admit(raw)
        if door.sender is not None:
            normalizers.named(door.sender)
        door.check_type()
        incoming = Incoming(raw, headers(), door.sender, door.params())
        sender, body = taking.read(incoming)
        visit.sender, visit.source = sender.name, _source_of(sender, body)
        received_at, catalog = to_instant(context.now()), context.generation().catalog
        taken = taking.judge(sender, body, incoming, received_at, catalog)
        visit.source = taken.source
        admission.check(admitted, taken.source, taken.events)
        return enqueue(incoming, taken, received_at)


def admit(raw: bytes) -> Admission:
    """Who sends; Unauthorized without a valid credential, RateLimited where it is used too much."""
    desk = _desk()
    admitted = credentials.admit(headers(), raw, desk.secrets, desk.keys.get, context.now())
    context.tell(principal=admitted.name)
    desk.limits.spend(admitted.name)
    return admitted


def headers() -> Mapping[str, str]:
    """The request's headers; they answer any letter case."""
    found: Headers | None = g.get("delivery_headers")
    if found is None:
        found = g.delivery_headers = Headers(request.headers)
    return found


def enqueue(incoming: Incoming, taken: Taken, received_at: Instant) -> Reply:
    """Put what a delivery says on the queue, and the answer to its sender."""
    if taken.ignored is not None:
        _note(taken, received_at, taken.ignored, taken.detail)
        return {"eventId": None, "status": "ignored", "reason": taken.ignored, "detail": taken.detail}, 200
    events, days = taken.events, context.settings().retention_days
    if len(events) > message.MAX_EVENTS:
        raise InvalidRequest(f"a delivery may say at most {message.MAX_EVENTS:,} things: send it in parts")
    sealed = all(older_than_retention(event, days) for event in events)
    delivery = Delivery(
        events, taken.source, received_at, archive_only=sealed, via=_via(taken),
        request_id=g.get("request_id") or None, traceparent=tracing.traceparent(),
    )  # fmt: skip
    context.tell(
        sender=taken.sender.name, source=taken.source, deliveryId=_delivery_id(),
        attemptId=getattr(events[0], "attempt_id", None),
        eventIds=[event.event_id for event in events[:MOST_TOLD]],
    )  # fmt: skip
    _send(message.dump(delivery, incoming, taken.sender.name))
    if not sealed:
        return accepted(events, taken.unknown_fields), 202
    detail = "it is of days that are closed: kept for the archive only"
    _note(taken, received_at, Ignored.OLDER_THAN_RETENTION, detail)
    reason = Ignored.OLDER_THAN_RETENTION
    return {"eventId": events[0].event_id, "status": "ignored", "reason": reason, "detail": detail}, 200


def accepted(events: Sequence[AnyEvent], ignored_fields: Sequence[str]) -> dict[str, Any]:
    """The answer: ids to refer to, and what of the body we did not understand, if anything."""
    answer: dict[str, Any] = {
        "eventId": events[0].event_id,
        "attemptId": getattr(events[0], "attempt_id", None),
        "status": "accepted",
    }
    return answer | ({"ignoredFields": list(ignored_fields)} if ignored_fields else {})


def read_body(most_bytes: int = MAX_BYTES) -> bytes:
    """The raw body; 413 as soon as it is known to be too large, whether its length was announced or not."""
    if (request.content_length or 0) > most_bytes:
        raise _too_large(most_bytes)
    pieces, size, announced = [], 0, request.content_length
    while size != announced and (piece := request.stream.read(PIECE_BYTES)):
        pieces.append(piece)
        size += len(piece)
        if size > most_bytes:
            raise _too_large(most_bytes)
    return b"".join(pieces)


def check_json_type() -> None:
    """415 unless the body is plain JSON in UTF-8."""
    kind = request.mimetype
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise UnsupportedMediaType("the content type must be application/json")
    check_plain()


def check_plain() -> None:
    """415 unless the body is uncompressed text in UTF-8."""
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("the body must be in UTF-8")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("the body must not be compressed")


def no_parameters() -> Mapping[str, str]:
    """InvalidRequest where the address says anything: nothing is kept that might be a secret."""
    asked(request.args, ())
    return {}


@contextmanager
def refusals_noted(visit: Visit) -> Iterator[None]:
    """What is refused inside is noted and raised on; an outage of ours is no verdict, the sender comes again."""
    try:
        yield
    except Unavailable:
        raise
    except (DashboardError, HTTPException) as error:
        field = error.field if isinstance(error, InvalidRequest) else None
        detail = error.description if isinstance(error, HTTPException) else str(error)
        _keep(Noted(
            to_instant(context.now()), visit.source, visit.sender, DeliveryVerdict.REJECTED,
            reason_of(error), detail, field, _delivery_id(),
        ))  # fmt: skip
        raise


def reason_of(error: DashboardError | HTTPException) -> str:
    """The stable word for a refusal."""
    if isinstance(error, HTTPException):
        return HTTP_REASONS.get(error.code or 0, "invalid")
    return next((word for kind, word in REASONS.items() if isinstance(error, kind)), "invalid")


def _recognise(visit: Visit, named: str | None, given: Mapping[str, str]) -> None:
    """Whose delivery it seems to be, before anything is believed."""
    sender = normalizers.SENDERS.get(named or "") or normalizers.by_headers(given)
    if sender is not None:
        visit.sender = sender.name
        visit.source = sender.source or sender.name


def _source_of(sender: Sender, body: Any) -> str:
    """The source a body gives itself, where its sender leaves that to it."""
    said = body.get("source") if sender.source is None and isinstance(body, dict) else None
    return said if isinstance(said, str) and keys.ID.fullmatch(said) else sender.source or sender.name


def _delivery_id() -> str | None:
    found = next((request.headers[name] for name in DELIVERY_HEADERS if name in request.headers), None)
    return found[:200] if found else None


def _via(taken: Taken) -> tuple[str, ...]:
    """How names became ids, each line once."""
    return tuple(dict.fromkeys(line for lines in taken.via for line in lines))


def _note(taken: Taken, at: Instant, reason: Ignored, detail: str | None) -> None:
    attempt_id = next((one for event in taken.events if (one := getattr(event, "attempt_id", None))), None)
    _keep(Noted(
        at, taken.source, taken.sender.name, DeliveryVerdict.IGNORED, reason.value, detail, None,
        _delivery_id(), attempt_id, taken.events, _via(taken),
    ))  # fmt: skip


def _keep(noted: Noted) -> None:
    book = context.verdicts()
    if book is not None:
        book.note(noted)


def _too_large(most_bytes: int) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"the body must be at most {most_bytes:,} bytes")


def _send(body: str) -> None:
    """Have the queue take it. Text beyond ASCII is written out, and so can outgrow what was sent."""
    if len(body) > MAX_MESSAGE_BYTES:
        raise RequestEntityTooLarge("what the body says is too much for one message: send it in parts")
    outbox = _desk().outbox
    if outbox is None:
        raise Unavailable("no queue is configured")
    outbox.send(body)


def _desk() -> Desk:
    return cast(Desk, current_app.extensions[EXTENSION])
