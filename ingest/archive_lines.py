"""A delivery as a line of the archive, and lines as an object: what was sent, and what we understood of it. Pure.

The same deliveries always make the same bytes under the same key, so that writing them again changes nothing.
"""

import base64
import binascii
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from data.errors import InvalidRequest
from data.instants import parse_instant
from data.models import Day, Instant
from ingest.message import Delivery, entry
from ingest.queue import Message

PREFIX = "events/"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One delivery. `raw` None: it was too large to carry, its events are all there is.

    `events` are payloads of the envelope, for those who read the archive as data. `too_late`: its days were closed
    when it came, so that it changed nothing.
    """

    received_at: Instant
    source: str
    sender: str
    message_id: str
    raw: bytes | None
    headers: Mapping[str, str]
    params: Mapping[str, str]
    events: tuple[Mapping[str, Any], ...]
    too_late: bool = False


def line_of(message: Message, delivery: Delivery) -> Line:
    """What the archive keeps of a message; one a sender put on the queue itself is its own original."""
    original = delivery.original
    return Line(
        received_at=delivery.received_at,
        source=delivery.source,
        sender=delivery.sender,
        message_id=message.id,
        raw=original.raw if original else message.body.encode("utf-8", "surrogatepass"),
        headers=original.headers if original else {},
        params=original.params if original else {},
        events=tuple(entry(event) for event in delivery.events),
        too_late=delivery.archive_only,
    )


def pack(lines: Sequence[Line]) -> list[tuple[str, bytes]]:
    """(key, bytes) of the objects these lines make: one for each day of receipt."""
    days: dict[Day, list[Line]] = {}
    for line in sorted(lines, key=lambda line: (line.received_at, line.message_id)):
        days.setdefault(line.received_at[:10], []).append(line)
    return [_object(day, of_day) for day, of_day in days.items()]


def day_prefix(day: Day) -> str:
    """What the keys of a day's objects begin with."""
    return f"{PREFIX}dt={day}/"


def unpack(packed: bytes) -> Iterator[Line | InvalidRequest]:
    """The lines of an object; in place of one that cannot be read, what is wrong with it."""
    try:
        text = gzip.decompress(packed)
    except (OSError, EOFError, zlib.error) as error:
        yield InvalidRequest(f"is no gzip: {error}")
        return
    for number, line in enumerate(text.splitlines(), 1):
        try:
            yield _read(orjson.loads(line))
        except (KeyError, TypeError, ValueError, InvalidRequest) as error:
            yield InvalidRequest(f"cannot be read ({type(error).__name__}: {error})"[:300], f"line {number}")


def _object(day: Day, lines: Sequence[Line]) -> tuple[str, bytes]:
    text = b"".join(_written(line) + b"\n" for line in lines)
    clock = "".join(char for char in lines[0].received_at[11:] if char.isdigit())
    digest = hashlib.sha256(text).hexdigest()[:16]
    return f"{day_prefix(day)}{clock}-{digest}.jsonl.gz", gzip.compress(text, mtime=0)


def _written(line: Line) -> bytes:
    said: dict[str, Any] = {
        "v": VERSION,
        "receivedAt": line.received_at,
        "source": line.source,
        "sender": line.sender,
        "messageId": line.message_id,
        "headers": dict(line.headers),
        "params": dict(line.params),
        "events": list(line.events),
    }
    if line.raw is not None:
        said |= _raw(line.raw)
    if line.too_late:
        said["tooLate"] = True
    return json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()


def _raw(raw: bytes) -> dict[str, str]:
    """Text where it is text, so that people and queries can read it; else base64."""
    try:
        return {"raw": raw.decode()}
    except UnicodeDecodeError:
        return {"rawBase64": base64.b64encode(raw).decode()}


def _read(said: dict[str, Any]) -> Line:
    if said["v"] != VERSION:
        raise InvalidRequest(f"is of version {said['v']}, which is not known here")
    return Line(
        received_at=parse_instant(said["receivedAt"]),
        source=str(said["source"]),
        sender=str(said["sender"]),
        message_id=str(said["messageId"]),
        raw=_bytes(said),
        headers=dict(said["headers"]),
        params=dict(said["params"]),
        events=tuple(dict(one) for one in said["events"]),
        too_late=said.get("tooLate") is True,
    )


def _bytes(said: Mapping[str, Any]) -> bytes | None:
    if "rawBase64" in said:
        try:
            return base64.b64decode(said["rawBase64"], validate=True)
        except binascii.Error as error:
            raise ValueError(str(error)) from None
    return said["raw"].encode("utf-8", "surrogatepass") if "raw" in said else None
