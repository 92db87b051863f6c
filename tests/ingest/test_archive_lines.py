"""The archive's objects: the same deliveries make the same bytes, and what is broken is named and passed over."""

import gzip
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvalidRequest
from ingest.archive_lines import Line, line_of, pack, unpack
from ingest.message import Delivery, Original
from ingest.queue import Message


def line(number: int = 1, received_at: str = "2026-02-24T23:59:59.999Z", **changes: Any) -> Line:
    values: dict[str, Any] = {
        "received_at": received_at, "source": "github", "sender": "github", "message_id": f"m-{number}",
        "raw": b"{}", "headers": {"X-GitHub-Event": "ping"}, "params": {"suite": "SANITY"},
        "events": ({"eventType": "build", "payload": {"image": "a"}},),
    }  # fmt: skip
    return Line(**(values | changes))


@given(st.binary(max_size=300), st.text(max_size=20), st.booleans())
def test_a_line_comes_back_as_it_went(raw: bytes, text: str, too_late: bool) -> None:
    kept = line(raw=raw, params={"a": text.encode("utf-8", "replace").decode()}, too_late=too_late)
    ((_, packed),) = pack([kept])
    assert list(unpack(packed)) == [kept]


def test_a_body_too_large_to_carry_leaves_its_events() -> None:
    delivery = Delivery((), "junit", "2026-02-24T10:00:00.000Z", original=Original(None, "junit", {}, {}))
    kept = line_of(Message("m", "r", "text", "2026-02-24T10:00:01.000Z"), delivery)
    ((_, packed),) = pack([kept])
    (read,) = unpack(packed)
    assert isinstance(read, Line) and read.raw is None


def test_the_same_lines_make_the_same_objects_one_a_day_whatever_their_order() -> None:
    lines = [line(n, f"2026-02-2{4 + n % 2}T10:00:0{n}.000Z") for n in range(6)]
    objects = pack(lines)
    assert objects == pack(lines[::-1])
    assert [key.rpartition("-")[0] for key, _ in objects] == [
        "events/dt=2026-02-24/100000000",
        "events/dt=2026-02-25/100001000",
    ]
    assert all(key.endswith(".jsonl.gz") for key, _ in objects)
    others = {key for key, _ in pack(lines[:4])}
    assert others.isdisjoint({key for key, _ in objects})


def test_text_is_kept_readable_for_those_who_query_the_archive() -> None:
    ((_, packed),) = pack([line(raw='{"größe": 1}'.encode())])
    said = json.loads(gzip.decompress(packed))
    assert said["raw"] == '{"größe": 1}'
    assert (said["receivedAt"], said["source"]) == ("2026-02-24T23:59:59.999Z", "github")
    assert said["events"][0]["eventType"] == "build"


BROKEN = ["", "{", "[]", "null", "{}", '{"v":2}', '{"v":1,"receivedAt":"yesterday"}', '{"v":1,"receivedAt":7}']


def test_a_broken_line_is_named_and_the_others_are_read() -> None:
    ((_, packed),) = pack([line()])
    good = gzip.decompress(packed)
    for text in BROKEN[1:]:
        read = list(unpack(gzip.compress(good + text.encode() + b"\n" + good)))
        assert [isinstance(one, Line) for one in read] == [True, False, True]
        assert isinstance(read[1], InvalidRequest) and read[1].field == "line 2"


@given(st.binary(max_size=200))
def test_whatever_an_object_holds_it_is_read_or_named(noise: bytes) -> None:
    for one in (*unpack(noise), *unpack(gzip.compress(noise))):
        assert isinstance(one, Line | InvalidRequest)


def test_a_cut_object_is_named() -> None:
    ((_, packed),) = pack([line()])
    (read,) = unpack(packed[: len(packed) // 2])
    assert isinstance(read, InvalidRequest)
