"""What the intake takes and answers, as JSON Schema for the OpenAPI document."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from data.events import EventType
from ingest.schema import SAID, Envelope

REF = "#/components/schemas/{model}"
TEXT = {"type": "string"}
INSTANT = {"type": "string", "format": "date-time"}
COUNT = {"type": "integer", "minimum": 0}
SECONDS = {"type": "number", "minimum": 0}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return schema | {"type": [schema["type"], "null"]}


def _object(description: str, properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {
        "type": "object", "description": description, "properties": properties, "required": required,
        "additionalProperties": False,
    }  # fmt: skip


def _described(schema: dict[str, Any], description: str) -> dict[str, Any]:
    return schema | {"description": description}


def _said() -> dict[str, Any]:
    """The envelope and its payloads, as the validation itself declares them."""
    models: list[type[BaseModel]] = [Envelope, *SAID.values()]
    _, found = models_json_schema([(model, "validation") for model in models], by_alias=True, ref_template=REF)
    schemas: dict[str, Any] = found["$defs"]
    return schemas


def _event(kind: EventType) -> dict[str, Any]:
    """The envelope of one kind of event."""
    name = SAID[kind].__name__
    return {
        "allOf": [{"$ref": REF.format(model="Envelope")}],
        "properties": {"eventType": {"const": kind.value}, "payload": {"$ref": REF.format(model=name)}},
    }


ACCEPTED = _object(
    "The queue has the event.",
    {
        "eventId": _described(TEXT, "The sender's delivery id with its source, else a digest of the event."),
        "attemptId": _described(_or_null(TEXT), "What test results can be sent to; null where none follows."),
        "status": {"const": "accepted"},
        "ignoredFields": {"type": "array", "items": TEXT, "description": "Fields that were not understood."},
    },
    optional=("ignoredFields",),
)
IGNORED = _object(
    "The event is kept for the archive only.",
    {"eventId": TEXT, "status": {"const": "ignored"}, "reason": {"const": "older_than_retention"}},
)
QUEUE = _object(
    "The ingest queue's own approximate counts.",
    {
        "depth": _described(_or_null(COUNT), "Messages that wait."),
        "inFlight": _described(_or_null(COUNT), "Messages being worked on."),
        "deadLetters": _described(_or_null(COUNT), "Messages set aside on the dead-letter queue."),
        "reason": _described(_or_null(TEXT), "Why the counts are null."),
        "oldestMessageAgeSec": _described(_or_null(SECONDS), "Age of the oldest message a live worker holds."),
        "oldestMessageAgeReason": _described(_or_null(TEXT), "Why that age is null, for instance queue_empty."),
    },
)
SOURCE = _object("A source we heard from.", {"source": TEXT, "lastEventAt": INSTANT, "lastEventAgeSec": SECONDS})
WORKER = _object(
    "A worker of the last day that did not end on purpose; counts are since it started.",
    {
        "workerId": TEXT,
        "alive": {"type": "boolean", "description": "Its loop came round within the last 30 seconds."},
        "heartbeatAt": INSTANT,
        "heartbeatAgeSec": SECONDS,
        "messagesHeld": COUNT,
        "messagesStored": COUNT,
        "eventsStored": COUNT,
        "messagesQuarantined": COUNT,
        "tablesAway": {"type": "boolean", "description": "It waits for DynamoDB to answer again."},
    },
)
READ_MODEL = _object(
    "The data the pages show.",
    {
        "asOf": _or_null(INSTANT),
        "ageSec": _or_null(SECONDS),
        "stale": {"type": ["boolean", "null"]},
        "reason": _described(_or_null(TEXT), "Why the others are null: not_loaded."),
    },
)
STATUS = _object(
    "How the intake is doing; what cannot be told is null, with a reason.",
    {
        "asOf": INSTANT,
        "queue": {"$ref": REF.format(model="IngestQueue")},
        "sources": {"type": ["array", "null"], "items": {"$ref": REF.format(model="IngestSource")}},
        "workers": {"type": ["array", "null"], "items": {"$ref": REF.format(model="IngestWorker")}},
        "recordsReason": _described(_or_null(TEXT), "Why sources and workers are null: tables_away."),
        "readModel": {"$ref": REF.format(model="IngestReadModel")},
    },
)

SCHEMAS: dict[str, dict[str, Any]] = _said() | {
    "WebhookEvent": {"oneOf": [_event(kind) for kind in EventType]},
    "WebhookAccepted": ACCEPTED,
    "WebhookIgnored": IGNORED,
    "IngestQueue": QUEUE,
    "IngestSource": SOURCE,
    "IngestWorker": WORKER,
    "IngestReadModel": READ_MODEL,
    "IngestStatus": STATUS,
}
