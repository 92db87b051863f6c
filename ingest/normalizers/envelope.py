"""The document's own envelope: it says everything itself, no header matters and nothing is mapped."""

from typing import Any

from data.events import EventType
from ingest import schema
from ingest.normalizers.contract import Letter, Reading, Statement
from ingest.schema import Envelope


def normalize(letter: Letter) -> Reading:
    """The one statement an envelope makes; InvalidRequest names its first wrong field."""
    envelope = schema.read(Envelope, letter.body)
    statement = Statement(
        EventType(envelope.event_type), envelope.payload, envelope.event_id, source=envelope.source
    )  # fmt: skip
    return Reading((statement,), unknown_fields=tuple(schema.unknown_fields(letter.body)))


def by_shape(body: Any) -> bool:
    """Whether it says the three things every envelope says; nobody else's body does."""
    return isinstance(body, dict) and "source" in body and "eventType" in body and "payload" in body
