"""Fixtures gone wrong: fields left out, of another type, huge, empty, foreign. Whatever comes, nothing may crash."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import strategies as st

from data.catalog_models import DOCUMENT_SUITES
from data.errors import InvalidRequest
from ingest import message
from ingest.taking import Incoming, Taken

JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, True, False, 0, -1, 2**63, -(2**63), 1e308, -0.0, "", " ", "0", "latest", "main", "v1.2.3",
        "x" * 5000, "javascript:alert(1)", "http://[", "https://a:b@c/", "2026-11-20", "2026-11-20T10:00:00Z",
        "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-02-30 10:00:00 UTC", "\u202e\u0007\x1b[2J",
        "🜚" * 300, "a:b#c/d", "..", "{}", "[]", [], {}, [[]], [None], [{}], {"": ""}, {"a": {"b": [{"c": None}]}},
        "4f1c9b2d7e6a5c3b8d9e0f1a2b3c4d5e6f708192", "*", "{sha}", "%", "\\",
    ]
)  # fmt: skip
TEXT = st.text(max_size=30).filter(lambda text: "\0" not in text and text.isprintable())
LEAVE_OUT = "leave out"


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value within a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*above, key)
        yield from places(inner, (*above, key))


@st.composite
def gone_wrong(draw: Callable[..., Any], body: dict[str, Any]) -> dict[str, Any]:
    """The body with one to four of its values replaced or left out."""
    out = deepcopy(body)
    for _ in range(draw(st.integers(1, 4))):
        ways = sorted(places(out), key=repr)
        if not ways:
            return out
        *way, last = draw(st.sampled_from(ways))
        holder: Any = out
        for part in way:
            holder = holder[part]
        if draw(st.integers(0, 3)) == 0:
            del holder[last]
        else:
            holder[last] = deepcopy(draw(JUNK | TEXT))  # the next change may be within it
    return out


def survives(take: Callable[[Any], Taken], body: Any, headers: dict[str, str]) -> None:
    """Whatever the body: it is refused by name, ignored with a sentence, or a message the worker reads again."""
    try:
        taken = take(body)
    except InvalidRequest as error:
        assert error.reason
        return
    if not taken.events:
        assert taken.ignored is not None
        assert taken.detail
        return
    received = taken.events[0].received_at
    delivery = message.Delivery(taken.events, taken.source, received)
    text = message.dump(delivery, Incoming(json.dumps(body).encode(), headers), taken.sender.name)
    again = message.parse(text, received, DOCUMENT_SUITES)
    assert [event.digest for event in again.events] == [event.digest for event in taken.events]


def refused(take: Callable[[], Taken], field: str | None) -> str:
    """That a delivery is refused for this field, and why."""
    with pytest.raises(InvalidRequest) as caught:
        take()
    assert caught.value.field == field
    return caught.value.reason
