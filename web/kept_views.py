"""Views drawn once for everybody: the answers of the page callbacks, kept as bytes while they cannot change.

A page follows from the generation, the moment it was last confirmed, the scope and what was posted. Of a thousand
readers all but one get the bytes the first one's view was encoded and compressed to.
"""

import gzip
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from threading import Lock
from typing import cast

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue

from web.callback_bodies import ENDPOINT
from web.compression import FAST, LEAST_BYTES

KEPT_BYTES = 24 * 1024 * 1024
LONGEST_BODY = 16 * 1024
LASTS_SECONDS = 10  # while DynamoDB is away nothing is confirmed, and yet hours roll on
# A view that went wrong says so by a side update, a part of one by a mark: the next reader shall not see that.
WENT_WRONG = (b'"sideUpdate"', b"could-not-load")


class KeptViews:
    """Answers by what they follow from, bounded by their bytes; the one not asked for longest goes first."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._limit = limit
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()
        self.size = 0

    def get(self, key: Hashable) -> bytes | None:
        """The answer, if it is kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, answer: bytes) -> None:
        """Keep an answer."""
        with self._lock:
            self.size += len(answer) - len(self._kept.pop(key, b""))
            self._kept[key] = answer
            while self.size > self._limit:
                self.size -= len(self._kept.popitem(last=False)[1])


def install(server: Flask, names: Collection[str], state: Callable[[], Hashable | None]) -> None:
    """Keep the answers of the callbacks `names`, views without effects. `state` is all they follow from beside
    what is posted; None = keep nothing now.
    """
    dispatch = server.view_functions[ENDPOINT]
    views = KeptViews()

    def kept() -> ResponseReturnValue:
        key = _key(state())
        if key is None:
            return cast(ResponseReturnValue, dispatch())
        if (known := views.get(key)) is None:
            answer = server.make_response(cast(ResponseReturnValue, dispatch()))
            if not _may_be_kept(answer, names):
                return answer
            known = _encoded(answer.get_data())
            views.put(key, known)
        return _answer(known)

    server.view_functions[ENDPOINT] = kept


def _key(state: Hashable | None) -> Hashable | None:
    """What the answer to this request follows from; None where it shall not be kept."""
    length = request.content_length
    if state is None or length is None or length > LONGEST_BODY or not request.is_json:
        return None
    return state, int(time.monotonic() / LASTS_SECONDS), _takes_gzip(), request.get_data()


def _may_be_kept(answer: Response, names: Collection[str]) -> bool:
    return (
        answer.status_code == 200
        and "keep_no_view" not in g
        and request.get_json()["output"] in names
        and not any(mark in answer.get_data() for mark in WENT_WRONG)
        and len(answer.get_data()) >= LEAST_BYTES
    )


def _takes_gzip() -> bool:
    return bool(request.accept_encodings["gzip"])


def _encoded(content: bytes) -> bytes:
    return gzip.compress(content, FAST, mtime=0) if _takes_gzip() else content


def _answer(known: bytes) -> Response:
    headers = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if _takes_gzip() else {})
    return Response(known, content_type="application/json", headers=headers)
