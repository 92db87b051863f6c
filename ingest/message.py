"""The queue's message (8.4): one a delivery, with its events and, for an archive, what was sent. Pure.

A bare 8.4 message, put on the queue by a sender itself, is read here too and judged by the same rules.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from data.errors import InvalidRequest
from data.events import TYPES, AnyEvent
from data.instants import parse_instant
from data.models import Instant
from ingest import envelope, strict_json
from ingest.taking import Incoming

SCHEMA_VERSION = 1
MAX_EVENTS = 1000
MAX_RAW = 600_000  # characters of the body as carried: with the events beside it a message is at most 1 MiB
MAX_RAW_BYTES = 16 * 1024 * 1024  # unpacked: nothing that was let in is larger
MAX_VIA = 20
GZIP_WINDOW = 16 + 13  # 16: with gzip's own head and tail
QUEUE = "queue"  # the sender of a message that was put on the queue directly
OMITTED = "too large to carry: what was understood of it is in the events"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
LONGEST_TRACEPARENT = 55
# What tells sender, kind and delivery; never a signature, token or password.
KEPT_HEADERS = (
    "Content-Type", "User-Agent",
    "X-GitHub-Event", "X-GitHub-Delivery", "X-GitHub-Hook-ID",
    "X-Gitlab-Event", "X-Gitlab-Event-UUID", "X-Gitlab-Webhook-UUID", "X-Gitlab-Instance", "Idempotency-Key",
    "webhook-id", "webhook-timestamp",
    "ce-specversion", "ce-id", "ce-source", "ce-type", "ce-time", "ce-subject",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Original:
    """What was sent: the bytes, whose they are, and what else is needed to read them again.

    `raw` None: it was too large to carry, and the events are all there is.
    """

    raw: bytes | None
    sender: str
    headers: Mapping[str, str]
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one delivery said. `archive_only`: too old for the tables, kept for the archive.

    `via` says how names became ids; `original` None: a sender put the message on the queue itself. `request_id` and
    `traceparent` tell the request that brought it: its log lines and its trace go on in the worker.
    """

    events: tuple[AnyEvent, ...]
    source: str
    received_at: Instant
    archive_only: bool = False
    via: tuple[str, ...] = ()
    original: Original | None = field(default=None, compare=False)  # equal words are the same delivery
    request_id: str | None = field(default=None, compare=False)
    traceparent: str | None = field(default=None, compare=False)

    @property
    def sender(self) -> str:
        """Whose words these were."""
        return self.original.sender if self.original else QUEUE


def dump(delivery: Delivery, incoming: Incoming, sender: str) -> str:
    """The message of a delivery: ASCII only, because a queue refuses or replaces some characters."""
    first = delivery.events[0]
    message = {
        "schemaVersion": SCHEMA_VERSION,
        "eventId": first.event_id,
        "eventType": TYPES[type(first)].value,
        "source": delivery.source,
        "receivedAt": delivery.received_at,
        "events": [entry(event) for event in delivery.events],
        "raw": {
            "sender": sender,
            **_carried(incoming.raw),
            "headers": {name: incoming.headers[name][:500] for name in KEPT_HEADERS if name in incoming.headers},
            "params": dict(incoming.params),
        },
    }
    if delivery.via:
        message["via"] = list(delivery.via[:MAX_VIA])
    if delivery.archive_only:
        message["archiveOnly"] = True
    if delivery.request_id:
        message["requestId"] = delivery.request_id
    if delivery.traceparent:
        message["traceparent"] = delivery.traceparent
    made = orjson.dumps(message)
    if made.isascii():
        return made.decode()
    return json.dumps(message, ensure_ascii=True, separators=(",", ":"))


def parse(text: str, sent_at: Instant, suites: Collection[str]) -> Delivery:
    """What a message says; InvalidRequest where no later try could succeed."""
    body = strict_json.parse(text.encode("utf-8", "surrogatepass"))
    if not isinstance(body, dict):
        raise InvalidRequest("the message must be a JSON object")
    _refuse_foreign(body)
    received_at = _received_at(body, sent_at)
    entries = _entries(body)
    events: list[AnyEvent] = []
    for place, one in enumerate(entries):
        said = {"source": body.get("source"), **one}
        try:
            events += envelope.normalize(said, received_at, suites=suites)
        except InvalidRequest as error:
            at = f"events.{place}.{error.field}" if "events" in body and error.field else error.field
            raise InvalidRequest(error.reason, at) from None
    archive_only = body.get("archiveOnly") is True
    return Delivery(
        tuple(events), events[0].source, received_at, archive_only, _via(body), _original(body), _request_id(body),
        _traceparent(body),
    )  # fmt: skip


def original(text: str) -> Original | None:
    """What the sender of a message sent; None where it put the message on the queue itself."""
    return _original(json.loads(text))


def source_of(text: str) -> str | None:
    """The source a message names, even one that is refused; None where that cannot be told."""
    try:
        body = strict_json.parse(text.encode("utf-8", "surrogatepass"))
    except InvalidRequest:
        return None
    source = body.get("source") if isinstance(body, dict) else None
    return source if isinstance(source, str) else None


def _gzip(raw: bytes) -> bytes:
    """A window for bodies of some kilobytes: setting up the usual one costs more than most bodies' compression."""
    packer = zlib.compressobj(4, zlib.DEFLATED, GZIP_WINDOW, 6)
    return packer.compress(raw) + packer.flush()


def _carried(raw: bytes) -> dict[str, str]:
    body = base64.b64encode(_gzip(raw)).decode()
    return {"body": body} if len(body) <= MAX_RAW else {"omitted": OMITTED}


def entry(event: AnyEvent) -> dict[str, Any]:
    """An event as an 8.4 payload; a delivery id only where the sender gave one."""
    said: dict[str, Any] = {"eventType": TYPES[type(event)].value, "payload": envelope.to_payload(event)}
    if event.event_id != event.digest:
        said["eventId"] = event.event_id.removeprefix(f"{event.source}:")
    return said


def _original(body: Mapping[str, Any]) -> Original | None:
    """What a message carries beside its events; whoever may write to the queue may write nonsense here."""
    raw = body.get("raw")
    if raw is None:
        return None
    if not isinstance(raw, dict) or not isinstance(raw.get("sender"), str):
        raise InvalidRequest("must be an object that names its sender", "raw")
    carried = raw.get("body")
    if carried is not None and not isinstance(carried, str):
        raise InvalidRequest("must be a text", "raw.body")
    headers, params = (_texts(raw, name) for name in ("headers", "params"))
    return Original(None if carried is None else _unpacked(carried), raw["sender"], headers, params)


def _unpacked(text: str) -> bytes:
    """The bytes of gzip in base64; never more than a delivery may have."""
    try:
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        unpacked = unpacking.decompress(base64.b64decode(text, validate=True), MAX_RAW_BYTES)
    except (binascii.Error, ValueError, zlib.error):
        raise InvalidRequest("must be gzip in base64", "raw.body") from None
    if not unpacking.eof:
        raise InvalidRequest(f"must be whole, and at most {MAX_RAW_BYTES:,} bytes", "raw.body")
    return unpacked


def _texts(raw: Mapping[str, Any], name: str) -> Mapping[str, str]:
    found = raw.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise InvalidRequest("must be an object of texts", f"raw.{name}")
    return found


def _request_id(body: Mapping[str, Any]) -> str | None:
    """It is for the log alone: what is no such id is none, and no reason to refuse a message."""
    said = body.get("requestId")
    return said if isinstance(said, str) and REQUEST_ID.fullmatch(said) else None


def _traceparent(body: Mapping[str, Any]) -> str | None:
    said = body.get("traceparent")
    return said if isinstance(said, str) and len(said) <= LONGEST_TRACEPARENT else None


def _via(body: Mapping[str, Any]) -> tuple[str, ...]:
    found = body.get("via", [])
    if not isinstance(found, list) or not all(isinstance(line, str) for line in found):
        raise InvalidRequest("must be an array of texts", "via")
    return tuple(found[:MAX_VIA])


def _refuse_foreign(body: Mapping[str, Any]) -> None:
    if "Type" in body and "TopicArn" in body:
        raise InvalidRequest("is wrapped by SNS: the subscription needs raw message delivery", "Type")
    version = body.get("schemaVersion", SCHEMA_VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InvalidRequest("must be a whole number from 1", "schemaVersion")
    if version > SCHEMA_VERSION:
        raise InvalidRequest(f"{version} is newer than this worker knows ({SCHEMA_VERSION})", "schemaVersion")


def _entries(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is to be normalised: the events of our own message, or the message itself."""
    if "events" not in body:
        return [{key: body[key] for key in ("eventId", "eventType", "payload") if key in body}]
    events = body["events"]
    if not isinstance(events, list) or not 0 < len(events) <= MAX_EVENTS:
        raise InvalidRequest(f"must be an array of 1 to {MAX_EVENTS:,} events", "events")
    if not all(isinstance(entry, dict) for entry in events):
        raise InvalidRequest("must hold objects", "events")
    return events


def _received_at(body: Mapping[str, Any], sent_at: Instant) -> Instant:
    """When we first heard of it: nothing is received after it was put on the queue."""
    said = body.get("receivedAt")
    if said is None:
        return sent_at
    if not isinstance(said, str):
        raise InvalidRequest("must be a text", "receivedAt")
    try:
        return min(parse_instant(said), sent_at)
    except ValueError as error:
        raise InvalidRequest(str(error), "receivedAt") from None
