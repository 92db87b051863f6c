"""Answers as bytes: made once per generation and question, compressed once, and not sent where known.

A summary's content follows from the generation, so it is kept under it; `asOf` alone moves on in between and is
put in front of the kept content. The ETag leaves `asOf` out: a summary that says the same is the same.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import orjson
from flask import Response, request

from data.models import Instant

KEPT_BYTES = 16 * 1024 * 1024
LEAST_COMPRESSED = 1024
LEVEL = 6
ENTRY_OVERHEAD = 500
REVALIDATE = "private, no-cache"


@dataclass(frozen=True, slots=True)
class Encoded:
    """An answer ready to be sent; `zipped` None where that would not pay."""

    body: bytes
    etag: str
    zipped: bytes | None = None
    content: bytes = b""  # the body before `asOf` was put in front
    as_of: Instant = ""
    unread: int = 0  # attempts in an answer of the past that are shown as they are known now

    @property
    def size(self) -> int:
        """What keeping it costs."""
        return len(self.body) + len(self.content) + len(self.zipped or b"") + ENTRY_OVERHEAD


class Answers:
    """Encoded summaries, bounded by their bytes; the one not asked for longest goes first. Thread-safe."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._limit = limit
        self._kept: OrderedDict[Hashable, Encoded] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: Hashable, generation: int, as_of: Instant, make: Callable[[], Mapping[str, Any]]) -> Encoded:
        """The answer to `key`, made where it is not kept. Two threads may both make it; both are right."""
        found = self.find(key)
        if found is not None and found.as_of == as_of:
            return found
        content = found.content if found is not None else orjson.dumps({"generation": generation, **make()})
        answer = stamped(content, as_of)
        self.keep(key, answer)
        return answer

    def find(self, key: Hashable) -> Encoded | None:
        """The answer as it was kept."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    @property
    def size(self) -> int:
        """Bytes kept."""
        return self._size

    def keep(self, key: Hashable, answer: Encoded) -> None:
        """Keep an answer; those not asked for longest make room."""
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = answer
            self._size += answer.size - (before.size if before else 0)
            while self._size > self._limit:
                self._size -= self._kept.popitem(last=False)[1].size


def stamped(content: bytes, as_of: Instant, unread: int = 0) -> Encoded:
    """A JSON object with `asOf` in front."""
    body = b'{"asOf":' + orjson.dumps(as_of) + b"," + content[1:]
    zipped = gzip.compress(body, LEVEL, mtime=0) if len(body) > LEAST_COMPRESSED else None
    return Encoded(body, etag_of(content), zipped, content, as_of, unread)


def etag_of(content: bytes) -> str:
    """The validator of a content: equal for equal content."""
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def sent(answer: Encoded) -> Response:
    """The answer, or 304 where the caller has it already."""
    headers = {"Cache-Control": REVALIDATE, "ETag": f'W/"{answer.etag}"', "Vary": "Accept-Encoding"}
    if "If-None-Match" in request.headers and request.if_none_match.contains_weak(answer.etag):
        return Response(status=304, headers=headers)
    body = answer.body
    if answer.zipped is not None and _takes_gzip():
        body, headers["Content-Encoding"] = answer.zipped, "gzip"
    return Response(body, headers=headers, mimetype="application/json")


def sent_once(document: Mapping[str, Any]) -> Response:
    """An answer that is not kept: a page of rows, read for this request."""
    body = orjson.dumps(document)
    zipped = gzip.compress(body, LEVEL, mtime=0) if len(body) > LEAST_COMPRESSED and _takes_gzip() else None
    return sent(Encoded(body, etag_of(body), zipped))


def sent_as_is(document: Mapping[str, Any], status: int = 200) -> Response:
    """A tiny answer that is out of date as soon as it is given."""
    answer = Response(orjson.dumps(document), status, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _takes_gzip() -> bool:
    return request.accept_encodings["gzip"] > 0
