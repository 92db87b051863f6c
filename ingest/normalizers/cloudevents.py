"""CloudEvents over HTTP: binary, structured and batch. What carries a CDEvent, or one of our own payloads, is read.

Pure. Events are told apart by source, type, subject and id together. A bad event of a batch refuses the whole batch,
naming its place: half a batch stored would be lost when the sender mends and repeats it.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from data.errors import InvalidRequest
from data.events import EventType
from ingest import envelope, schema, strict_json
from ingest.mapping import id_of
from ingest.normalizers import cdevents, wording
from ingest.normalizers.cdevents_parts import PREFIX, SOURCE
from ingest.normalizers.contract import Ignored, Letter, Reading, Statement, ignore
from ingest.words import DELIVERY_ID

OURS = "dev.ddq."
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
MOST_EVENTS = 500
MAX_ATTRIBUTE = 500  # as much of a header as the archive keeps: read again, an event must have the same id


@dataclass(frozen=True, slots=True)
class Cloud:
    """One event: the attributes that tell what it is, and its data, which stands at `at` in the body."""

    id: str
    source: str
    type: str
    subject: str
    data: Any
    prefix: str  # before the name of an attribute: `ce-`, `3.`
    at: str

    @property
    def delivery_id(self) -> str:
        """The sender's id as far as it can be shown, told apart from the same id elsewhere."""
        whole = "\n".join((self.source, self.type, self.subject, self.id))
        digest = hashlib.sha256(whole.encode()).hexdigest()
        shown = f"{self.id}.{digest[:16]}"
        return shown if DELIVERY_ID.fullmatch(shown) else digest[:32]


def by_headers(headers: Mapping[str, str]) -> bool:
    """Whether the headers say that this is a CloudEvent, in any of the three modes."""
    return "ce-specversion" in headers or _media_type(headers) in (STRUCTURED, BATCH)


def by_shape(body: Any) -> bool:
    """Whether a body sent as plain JSON is a CloudEvent, a batch of them, or a bare CDEvent."""
    if isinstance(body, list):
        return bool(body) and all(_structured(one) for one in body)
    return _structured(body) or cdevents.is_bare(body)


def normalize(letter: Letter) -> Reading:
    """What the events say, all together; InvalidRequest names the field of the first bad one."""
    media_type, body = _media_type(letter.headers), letter.body
    if media_type == BATCH or (media_type != STRUCTURED and isinstance(body, list)):
        return _batch(letter)
    if media_type == STRUCTURED or (_structured(body) and "ce-specversion" not in letter.headers):
        return _checked(letter, _from_object(body, ""))
    if "ce-specversion" in letter.headers:
        return _checked(letter, _from_headers(letter.headers, body))
    if cdevents.is_bare(body):
        return _checked(letter, _from_context(body))
    raise InvalidRequest(
        "is neither a CloudEvent (no ce-specversion, no specversion) nor a CDEvent (no context.type)"
    )


def _batch(letter: Letter) -> Reading:
    if not isinstance(letter.body, list):
        raise InvalidRequest("a batch must be an array of events")
    if len(letter.body) > MOST_EVENTS:
        raise InvalidRequest(f"a batch must hold at most {MOST_EVENTS} events")
    readings = [_checked(letter, _from_object(one, f"{place}.")) for place, one in enumerate(letter.body)]
    _refuse_several_sources(readings)
    statements = tuple(statement for reading in readings for statement in reading.statements)
    if statements:
        return Reading(statements)
    if not readings:
        return ignore(Ignored.NOT_ABOUT_US, "the batch is empty")
    first = readings[0]
    said = first.detail if len(readings) == 1 else f"all {len(readings)} events; the first: {first.detail}"
    return replace(first, detail=said)


def _refuse_several_sources(readings: Sequence[Reading]) -> None:
    """A delivery is one source's: its message names one, and a credential may be good for one only."""
    named = [(place, one.source or SOURCE) for place, reading in enumerate(readings) for one in reading.statements]
    for place, source in named:
        first = named[0][1]
        if source != first:
            raise InvalidRequest(
                f"must agree with the batch's first event that is about us: {first}", f"{place}.source"
            )


def _checked(letter: Letter, cloud: Cloud) -> Reading:
    """What one event says, judged already here, so that what is wrong is named by its place in the body."""
    reading = _read(letter, cloud)
    for statement in reading.statements:
        said = {
            "source": statement.source or SOURCE,
            "eventType": statement.event_type.value,
            "payload": dict(statement.payload),
        }
        try:
            envelope.normalize(said, letter.received_at, suites=letter.catalog.suites)
        except InvalidRequest as error:
            raise InvalidRequest(error.reason, _in_body(error.field, cloud)) from None
    return reading


def _in_body(field: str | None, cloud: Cloud) -> str | None:
    """The envelope's `payload.x` by the place where the sender wrote it."""
    if field is None:
        return cloud.at or None
    if cloud.type.startswith(OURS):
        return _join(cloud.at, field.removeprefix("payload."))
    return f"{cloud.at.removesuffix('data')}{field}"


def _read(letter: Letter, cloud: Cloud) -> Reading:
    if cloud.type.startswith(OURS):
        return _ours(cloud)
    if not cloud.type.startswith(PREFIX):
        what = wording.plain(cloud.type, 100) or "an event"
        return ignore(Ignored.NOT_ABOUT_US, f"{what} is neither a CDEvent nor one of {OURS}*")
    reading = cdevents.read(letter.catalog, cloud.type, cloud.data, cloud.at)
    statements = tuple(replace(one, delivery_id=cloud.delivery_id) for one in reading.statements)
    return replace(reading, statements=statements)


def _ours(cloud: Cloud) -> Reading:
    """An event whose data is a payload of our envelope; the source attribute is made an id."""
    kind = cloud.type.removeprefix(OURS)
    if kind not in set(EventType):
        known = ", ".join(OURS + one.value for one in EventType)
        raise InvalidRequest(f"must be one of {known}", f"{cloud.prefix}type")
    schema.read(schema.SAID[EventType(kind)], cloud.data, cloud.at)
    source = id_of(cloud.source) or "cloudevents"
    return Reading((Statement(EventType(kind), cloud.data, cloud.delivery_id, source=source),))


def _from_headers(headers: Mapping[str, str], body: Any) -> Cloud:
    sent = {name: headers.get(f"ce-{name}", "") for name in ("specversion", "id", "source", "type", "subject")}
    for name, value in sent.items():
        _refuse_long(value, f"ce-{name}")
    return _cloud({name: unquote(value) for name, value in sent.items()}, body, prefix="ce-", at="")


def _from_object(body: Any, prefix: str) -> Cloud:
    if not isinstance(body, dict):
        raise InvalidRequest("must be an object", prefix.rstrip(".") or None)
    data = body.get("data")
    if data is None and body.get("data_base64") is not None:
        data = _decoded(body["data_base64"], f"{prefix}data_base64")
    return _cloud(body, data, prefix=prefix, at=f"{prefix}data")


def _from_context(body: Mapping[str, Any]) -> Cloud:
    """A CDEvent without a CloudEvent around it: its context holds the same attributes."""
    subject = body.get("subject")
    said = body["context"] | {"specversion": "1.0", "subject": subject.get("id") if isinstance(subject, dict) else ""}
    return _cloud(said, body, prefix="context.", at="")


def _cloud(said: Mapping[str, Any], data: Any, *, prefix: str, at: str) -> Cloud:
    version = _attribute(said, "specversion", prefix)
    if version not in ("1.0", "1.0.1", "1.0.2"):
        raise InvalidRequest("must be 1.0", f"{prefix}specversion")
    needed = {name: _attribute(said, name, prefix) for name in ("id", "source", "type")}
    subject = said.get("subject")
    return Cloud(**needed, subject=subject if isinstance(subject, str) else "", data=data, prefix=prefix, at=at)


def _attribute(said: Mapping[str, Any], name: str, prefix: str) -> str:
    value = said.get(name)
    if value is None or value == "":
        raise InvalidRequest("is required", f"{prefix}{name}")
    if not isinstance(value, str):
        raise InvalidRequest("must be a text", f"{prefix}{name}")
    _refuse_long(value, f"{prefix}{name}")
    return value


def _refuse_long(value: str, field: str) -> None:
    if len(value) > MAX_ATTRIBUTE:
        raise InvalidRequest(f"must be at most {MAX_ATTRIBUTE:,} characters long", field)


def _decoded(text: Any, field: str) -> Any:
    if not isinstance(text, str):
        raise InvalidRequest("must be a text", field)
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidRequest("must be base64", field) from None
    return strict_json.parse(raw)


def _structured(body: Any) -> bool:
    return isinstance(body, dict) and {"specversion", "type", "source", "id"} <= body.keys()


def _media_type(headers: Mapping[str, str]) -> str:
    return headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _join(at: str, field: str) -> str:
    return f"{at}.{field}" if at else field
