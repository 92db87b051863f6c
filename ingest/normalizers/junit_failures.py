"""Failed tests of a report made fit to be kept: named, explained, and together small enough for one message. Pure."""

from collections.abc import Sequence
from typing import Any

import orjson

from ingest.junit import Failed
from ingest.normalizers.wording import plain, prose, said

MAX_NAME = 500
MAX_MESSAGE = 2000
MAX_BYTES = 60_000  # of all together: the queue's message, and an item of the tables, must hold them
CUT = " …"
UNNAMED = "(a test without a name)"


def fitting(failures: Sequence[Failed]) -> list[dict[str, Any]]:
    """The failed tests in the envelope's words, cut so that together they fit, each to an equal share at most."""
    share = MAX_BYTES // max(len(failures), 1)
    return [
        _fit(said(name=name_of(one), message=message_of(one), durationSec=one.duration_sec), share)
        for one in failures
    ]


def name_of(failed: Failed) -> str:
    """`classname.name`, on one line; a class that the name already begins with is not said twice."""
    of, own = plain(failed.classname, MAX_NAME), plain(failed.name, MAX_NAME)
    if of and own and not own.startswith(of):
        return f"{of}.{own}"[:MAX_NAME].rstrip()
    return own or of or UNNAMED


def message_of(failed: Failed) -> str | None:
    """Why it failed: message and text, each said once; else the kind of failure; None where nothing is."""
    message, text = prose(failed.message, MAX_MESSAGE), prose(failed.text, MAX_MESSAGE)
    if message and text and _unbroken(message) not in _unbroken(text):
        return prose(f"{message}\n{text}", MAX_MESSAGE)
    return text or message or prose(failed.kind, MAX_MESSAGE)


def _unbroken(text: str) -> str:
    return " ".join(text.split())  # an attribute has lost its line breaks


def _fit(whole: dict[str, Any], share: int) -> dict[str, Any]:
    if _size(whole) <= share:
        return whole
    cut = whole | {"name": _cut(whole["name"], share // 3)}
    if "message" in cut:
        cut["message"] = _cut(cut["message"], share - _size(cut | {"message": ""}))
    return cut


def _cut(text: str, room: int) -> str:
    """The longest beginning of the text that takes no more than `room` bytes as JSON."""
    if len(orjson.dumps(text)) - 2 <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if len(orjson.dumps(text[:middle] + CUT)) - 2 <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + CUT


def _size(value: Any) -> int:
    return len(orjson.dumps(value)) + 1
