"""From a delivery to its events: recognise the sender, parse, normalise, judge. Pure.

The webhook, the replay of the archive, `ingest.explain` and the lab all come through here, so they cannot disagree.
Credentials are checked before, by whoever receives: what is wrong with a body is nothing strangers should learn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data.catalog_models import Catalog
from data.errors import InvalidRequest
from data.events import AnyEvent
from data.models import (
    Instant,
)
from ingest import envelope, normalizers, strict_json
from ingest.normalizers import Sender
from ingest.normalizers.contract import Ignored, Letter, Reading, Statement


@dataclass(frozen=True, slots=True)
class Incoming:
    """A delivery as it came: `headers` answers any letter case, `sender` is the one its address names, if any."""

    raw: bytes
    headers: Mapping[str, str]
    sender: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a delivery came to: events, or why there are none."""

    sender: Sender
    source: str
    events: tuple[AnyEvent, ...] = ()
    via: tuple[tuple[str, ...], ...] = ()  # for each event, how names became ids
    ignored: Ignored | None = None
    detail: str | None = None
    unknown_fields: tuple[str, ...] = ()


def take(incoming: Incoming, received_at: Instant, catalog: Catalog) -> Taken:
    """The events of a delivery. InvalidRequest names what is wrong; NotFound where the named sender is none."""
    return judge(*read(incoming), incoming, received_at, catalog)


def judge(sender: Sender, body: Any, incoming: Incoming, received_at: Instant, catalog: Catalog) -> Taken:
    """The events of a delivery whose sender is known and whose body is parsed."""
    letter = Letter(body, incoming.headers, received_at, catalog, incoming.params)
    reading = sender.normalize(letter)
    if not reading.statements:
        return _ignored(sender, reading)
    events: list[AnyEvent] = []
    via: list[tuple[str, ...]] = []
    for statement in reading.statements:
        made = _events(sender, statement, received_at, catalog)
        events += made
        via += [statement.via] * len(made)
    return Taken(sender, events[0].source, tuple(events), tuple(via), unknown_fields=reading.unknown_fields)


def read(incoming: Incoming) -> tuple[Sender, Any]:
    """Who sent it, and its body parsed."""
    named = normalizers.named(incoming.sender) if incoming.sender is not None else None
    sender = named or normalizers.by_headers(incoming.headers)
    if sender is not None:
        return sender, sender.parse(incoming.raw, incoming.headers)
    body = strict_json.parse(incoming.raw)
    return normalizers.by_shape(body), body


def _events(sender: Sender, statement: Statement, received_at: Instant, catalog: Catalog) -> list[AnyEvent]:
    """A statement judged by the envelope's rules."""
    said: dict[str, Any] = {
        "source": statement.source or sender.source,
        "eventType": statement.event_type.value,
        "eventId": statement.delivery_id,
        "payload": dict(statement.payload),
    }
    return envelope.normalize(said, received_at, suites=catalog.suites)


def _ignored(sender: Sender, reading: Reading) -> Taken:
    if reading.ignored is None:
        raise InvalidRequest("the delivery says nothing")
    return Taken(
        sender, sender.source or sender.name, ignored=reading.ignored, detail=reading.detail, via=(reading.via,)
    )
