"""A function for senders that nothing else understands: their JSON, by a mapping, becomes the queue's message (8.4).

It runs on AWS Lambda behind API Gateway or an event bus, with the Python and boto3 there, and imports nothing of
the dashboard. What it puts on the queue the worker judges strictly; what is plainly missing it says
to the sender at once.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

MAX_BYTES = 256 * 1024
# What the worker would refuse an event without; of a list in it, one is enough.
REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "deployment": (
        ("status",),
        ("startedAt",),
        ("serviceId", "attemptId"),
        ("clusterId", "attemptId"),
        ("buildVersion", "attemptId"),
    ),
    "test-result": (("suiteType",), ("total", "verdict"), ("attemptId", "serviceId")),
    "promotion": (("serviceId",), ("buildVersion",), ("fromClusterId",), ("toClusterId",), ("promotedAt",)),
}
MILLISECONDS_FROM = 100_000_000_000  # as seconds this is the year 5138

Json = Mapping[str, Any]


class Refused(ValueError):
    """One sentence for the sender: what is wrong with what was sent."""


@dataclass(frozen=True, slots=True)
class Transform:
    """How a sender's words become ours. Paths are keys and list positions with dots between: `targets.0.name`."""

    source: str
    event_type: str
    fields: Mapping[str, str]  # our field -> path in what was sent
    constants: Json = field(default_factory=dict)  # our field -> value
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # our field -> their word -> ours
    event_id: str | None = None  # path of the sender's delivery id

    @classmethod
    def parse(cls, text: str) -> "Transform":
        """The mapping as the environment has it; ValueError where it is none."""
        said = json.loads(text)
        unknown = sorted(set(said) - {"source", "eventType", "fields", "constants", "values", "eventId"})
        if unknown:
            raise ValueError(f"the mapping has an unknown key: {unknown[0]}")
        if said["eventType"] not in REQUIRED:
            raise ValueError(f"eventType must be one of {', '.join(REQUIRED)}")
        return cls(
            source=said["source"],
            event_type=said["eventType"],
            fields=said["fields"],
            constants=said.get("constants") or {},
            values=said.get("values") or {},
            event_id=said.get("eventId"),
        )


def message(transform: Transform, sent: Any, now: datetime) -> dict[str, Any]:
    """The queue's message; the same words always give the same eventId. Refused says what is missing."""
    payload = dict(transform.constants)
    for name, path in transform.fields.items():
        value = _at(sent, path)
        if value is not None:
            payload[name] = _said(name, value, transform.values.get(name))
    for names in REQUIRED[transform.event_type]:
        if not any(payload.get(name) is not None for name in names):
            paths = [transform.fields.get(name, "(not mapped)") for name in names]
            raise Refused(f"{' or '.join(names)} is missing: nothing was found at {' or '.join(paths)}")
    return {
        "eventId": _event_id(transform, sent),
        "eventType": transform.event_type,
        "source": transform.source,
        "receivedAt": _instant(now),
        "payload": payload,
    }


def _at(sent: Any, path: str) -> Any:
    """What is found by a path; None where there is nothing."""
    for step in path.split("."):
        if isinstance(sent, Mapping):
            sent = sent.get(step)
        elif isinstance(sent, list) and step.isdecimal() and int(step) < len(sent):
            sent = sent[int(step)]
        else:
            return None
    return sent


def _said(name: str, value: Any, words: Mapping[str, Any] | None) -> Any:
    """Our word for theirs; times as numbers become times as text."""
    if words is not None:
        if str(value) not in words:
            raise Refused(f"{name}: {str(value)[:80]!r} is none of {', '.join(sorted(words))}")
        return words[str(value)]
    if name.endswith("At") and isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if value >= MILLISECONDS_FROM else value
        return _instant(datetime.fromtimestamp(seconds, UTC))
    return value


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _event_id(transform: Transform, sent: Any) -> str:
    named = _at(sent, transform.event_id) if transform.event_id else None
    if isinstance(named, str | int) and not isinstance(named, bool) and str(named):
        return str(named)
    return hashlib.sha256(json.dumps(sent, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def body_of(event: Json) -> Any:
    """What was sent: the body of API Gateway's event, the detail of a bus's, else the event itself."""
    if "detail" in event and "detail-type" in event:
        return event["detail"]
    if "requestContext" not in event:
        return event
    raw = event.get("body") or ""
    try:
        data = base64.b64decode(raw, validate=True) if event.get("isBase64Encoded") else raw.encode()
        if len(data) > MAX_BYTES:
            raise Refused(f"the body is larger than {MAX_BYTES:,} bytes")
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("the body is not JSON in UTF-8") from None


def answer(status: int, /, **said: Any) -> dict[str, Any]:
    """An answer of API Gateway; a refusal is problem JSON."""
    kind = "application/problem+json" if status >= 400 else "application/json"
    headers = {"Content-Type": kind, "Cache-Control": "no-store"} | ({"Retry-After": "5"} if status == 503 else {})
    return {"statusCode": status, "headers": headers, "isBase64Encoded": False, "body": json.dumps(said)}


class Handler:
    """What Lambda calls; `send` puts a text on the queue or raises."""

    def __init__(self, transform: Transform, send: Any) -> None:
        self._transform = transform
        self._send = send

    def __call__(self, event: Json, now: datetime) -> dict[str, Any]:
        """API Gateway gets an answer; a bus an exception where it failed, so that it tries again."""
        asked = "requestContext" in event
        try:
            made = message(self._transform, body_of(event), now)
        except Refused as refused:
            if not asked:
                raise
            return answer(400, type="about:blank", title="Bad Request", status=400, detail=str(refused))
        try:
            self._send(json.dumps(made))
        except Exception as error:
            print(json.dumps({"level": "ERROR", "message": "the queue is away", "error": type(error).__name__}))
            if not asked:
                raise
            return answer(
                503, type="about:blank", title="Service Unavailable", status=503, detail="the queue is away"
            )
        print(json.dumps({"level": "INFO", "message": "accepted", "eventId": made["eventId"]}))
        return answer(202, status="accepted", eventId=made["eventId"])


_handler: Handler | None = None


def handler(event: Json, _context: object) -> dict[str, Any]:
    """The entry point. Client and mapping are made once in each process."""
    global _handler
    if _handler is None:
        import boto3  # type: ignore[import-untyped,unused-ignore]  # at first use: nothing connects on import

        queue_url, sqs = os.environ["SQS_QUEUE_URL"], boto3.client("sqs")
        transform = Transform.parse(os.environ["TRANSFORM"])
        _handler = Handler(transform, lambda text: sqs.send_message(QueueUrl=queue_url, MessageBody=text))
    return _handler(event, datetime.now(UTC))
