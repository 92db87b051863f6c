"""JSON as the intake accepts it: nothing two parsers could read differently, nothing unstorable. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from data.errors import InvalidRequest

MAX_DEPTH = 32
INT_DIGITS = 20  # of 2**64
INT_LEAST, INT_MOST = -(2**63), 2**64 - 1

# An unterminated string matches up to the end, so that no input makes the scan start over.
_TOKEN = re.compile(rb'(?s)"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]')
_SUSPECT_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def parse(raw: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """The value `raw` holds; InvalidRequest where it is too deep or not strict JSON."""
    check_depth(raw, max_depth)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"the body is not valid UTF-8 (byte {error.start})") from None
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise InvalidRequest(f"the body is not JSON: {error}") from None
    if _SUSPECT_ESCAPE.search(text):
        _check_texts(value)
    return value


def check_depth(raw: bytes, max_depth: int = MAX_DEPTH) -> None:
    """InvalidRequest where arrays and objects nest deeper than `max_depth`; builds nothing."""
    if raw.count(b"{") + raw.count(b"[") <= max_depth:
        return  # however they are placed
    depth = 0
    for token in _TOKEN.finditer(raw):
        first = raw[token.start()]
        if first in b"[{":
            depth += 1
            if depth > max_depth:
                raise InvalidRequest(f"the body nests deeper than {max_depth} levels")
        elif first in b"]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise InvalidRequest(f"the key {_quoted(twice)} appears twice in one object")
    return value


def _constant(name: str) -> NoReturn:
    raise InvalidRequest(f"{name} is not a JSON number")


def _int(digits: str) -> int:
    if len(digits) > INT_DIGITS or not INT_LEAST <= int(digits) <= INT_MOST:
        raise InvalidRequest("a whole number has more than 64 bits")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise InvalidRequest("a number is too large")
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_int=_int, parse_float=_float)


def _check_texts(value: Any) -> None:
    for text in _texts(value):
        if "\0" in text:
            raise InvalidRequest("a text holds U+0000")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidRequest("a text holds half a surrogate pair, which is no character") from None


def _texts(value: Any) -> Iterator[str]:
    """Every text in the value, keys included. The depth is bounded, so recursion is too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)


def _quoted(text: str) -> str:
    return json.dumps(text[:60])
