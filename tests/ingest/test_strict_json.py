"""Strict JSON: what two parsers could read differently is refused, cheaply."""

import time

import pytest

from data.errors import InvalidRequest
from ingest.strict_json import parse

REFUSED = [
    (b"", "not JSON"),
    (b"{", "not JSON"),
    (b'{"a":1} x', "not JSON"),
    (b'{"a":1}{"b":2}', "not JSON"),
    (b"{'a':1}", "not JSON"),
    (b'{"a":01}', "not JSON"),
    (b'{"a":1,}', "not JSON"),
    (b'{"a":"line\nbreak"}', "not JSON"),
    (b'\xef\xbb\xbf{"a":1}', "not JSON"),
    (b'{"a":NaN}', "NaN is not a JSON number"),
    (b'{"a":-Infinity}', "-Infinity is not a JSON number"),
    (b'{"a":1e999}', "too large"),
    (b'{"a":1,"a":2}', '"a" appears twice'),
    (b'{"o":{"b":1,"c":2,"b":1}}', '"b" appears twice'),
    (b'{"a":"\xff"}', "not valid UTF-8"),
    (b'{"a":"\xed\xa0\x80"}', "not valid UTF-8"),
    ('{"a":"x"}'.encode("utf-16"), "not valid UTF-8"),
    (rb'{"a":"\ud800"}', "half a surrogate pair"),
    (rb'{"\udc00":1}', "half a surrogate pair"),
    (rb'{"a":["x\u0000"]}', "U+0000"),
    (b'{"a":18446744073709551616}', "64 bits"),
    (b'{"a":-9223372036854775809}', "64 bits"),
    (b'{"a":' + b"9" * 5000 + b"}", "64 bits"),
    (b"[" * 33 + b"]" * 33, "nests deeper than 32"),
    (b'{"a":' * 33 + b"1" + b"}" * 33, "nests deeper than 32"),
]


@pytest.mark.parametrize(("raw", "reason"), REFUSED)
def test_what_is_not_strict_json_is_refused_with_its_reason(raw: bytes, reason: str):
    with pytest.raises(InvalidRequest, match=reason.replace("+", r"\+")):
        parse(raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a":18446744073709551615,"b":-9223372036854775808}', {"a": 2**64 - 1, "b": -(2**63)}),
        (rb'{"a":"\ud83d\ude00"}', {"a": "\U0001f600"}),
        (rb'{"a":"\\u0000 is written so"}', {"a": "\\u0000 is written so"}),
        (b'{"a":"[[[[{{{{\\"[["}', {"a": '[[[[{{{{"[['}),
        (b"[" * 32 + b"]" * 32, None),
        (b" 1.50 ", 1.5),
    ],
)
def test_strict_json_is_read(raw: bytes, value: object):
    parsed = parse(raw)
    assert value is None or parsed == value


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 1_000,
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"[]," * 87_000,
        b'"' + b'\\"' * 131_000,
        b"{" + b",".join(b'"%d":1' % n for n in range(25_000)) + b',"7":2}',
        b'{"a":' + b"9" * 262_000 + b"}",
        b'{"a":"' + b"\\" * 262_000,
    ],
    ids=["deep", "deeper", "objects", "wide", "escaped quotes", "many keys", "long number", "backslashes"],
)
def test_a_bomb_is_refused_in_little_time(raw: bytes):
    """W11; the bound leaves room for a busy machine, a quadratic scan would take many seconds."""
    started = time.process_time()
    with pytest.raises(InvalidRequest):
        parse(raw)
    assert time.process_time() - started < 0.25
