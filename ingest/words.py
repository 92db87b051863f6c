"""The kinds of value a sender may write: each carries its rule and says in words what is wrong. Pure."""

import re
import unicodedata
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from data import keys
from data.events import EventType
from data.instants import parse_instant
from data.models import PromotionStatus, Status, Trigger, Verdict

MAX_URL = 2048
MAX_COUNT = 10**9
MAX_SECONDS = 1e7
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+=-]{0,199}")
SUITE = re.compile(r"[A-Z][A-Z0-9_]{0,49}")
IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,511}")
DELIVERY_ID = re.compile(r"[!-~]{1,200}")
LINE_BREAKS = frozenset("\n\r\t")


def _matching(pattern: re.Pattern[str], what: str) -> AfterValidator:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(f"must be {what}")
        return text

    return AfterValidator(check)


def _pattern(pattern: re.Pattern[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^(?:{pattern.pattern})$"})


def _bounded(most: int, *, lines: bool = False) -> AfterValidator:
    def check(text: str) -> str:
        if len(text) > most:
            raise ValueError(f"must be at most {most:,} characters long")
        if not all(_printable(char) or (lines and char in LINE_BREAKS) for char in text):
            raise ValueError("must not hold control characters")
        return text

    return AfterValidator(check)


def _at_most(length: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "maxLength": length})


def _printable(char: str) -> bool:
    return char.isascii() and char.isprintable() or unicodedata.category(char) not in ("Cc", "Cs")


def _version(text: str) -> str:
    if text.lower() in keys.MOVING_VERSIONS:
        raise ValueError(f"must name one build; {text!r} names another one every day")
    if not keys.VERSION.fullmatch(text):
        raise ValueError("must be a version: letters, digits and . _ + - only, at most 128, like 3.4.2")
    return text


def _git_sha(text: str) -> str:
    if not keys.GIT_SHA.fullmatch(text.lower()):
        raise ValueError("must be a git SHA: 7 to 64 hexadecimal digits")
    return text.lower()


def _attempt_id(text: str) -> str:
    parts = keys.split_attempt_id(text)
    if parts is None:
        raise ValueError("must read {clusterId}:{serviceId}:{buildVersion}:{n}")
    _version(parts[2])
    return text


def _number_text(value: Any) -> Any:
    """Run numbers come as numbers or as text; both mean the same."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def checked_url(text: str) -> str:
    """The text, where it is an http(s) address without credentials; ValueError says what is wrong."""
    if len(text) > MAX_URL:
        raise ValueError(f"must be at most {MAX_URL:,} characters long")
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("must be an http:// or https:// URL with a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not carry credentials")
    plain = text.isascii() and text.isprintable() and " " not in text and "\\" not in text
    if not plain and not all(_printable(char) and not char.isspace() and char != "\\" for char in text):
        raise ValueError("must not hold spaces, backslashes or control characters")
    return text


Id = Annotated[
    str,
    _matching(keys.ID, "1 to 63 lower-case letters, digits and . _ -, beginning with a letter or digit"),
    _pattern(keys.ID),
]
Name = Annotated[str, _matching(NAME, "1 to 200 letters, digits and . _ : / @ + = -"), _pattern(NAME)]
DeliveryId = Annotated[
    str, _matching(DELIVERY_ID, "1 to 200 printable ASCII characters without spaces"), _pattern(DELIVERY_ID)
]
Suite = Annotated[str, _matching(SUITE, "upper-case letters, digits and _, at most 50"), _pattern(SUITE)]
Number = Annotated[
    str,
    BeforeValidator(_number_text),
    _matching(keys.ATTEMPT_NUMBER, "1 to 64 letters, digits and . _ -"),
    WithJsonSchema({"type": ["string", "integer"]}),
]
Image = Annotated[str, _matching(IMAGE, "an image: registry/name:tag or name@digest"), _pattern(IMAGE)]
Version = Annotated[str, AfterValidator(_version), _pattern(keys.VERSION)]
GitSha = Annotated[
    str, AfterValidator(_git_sha), WithJsonSchema({"type": "string", "pattern": "^[0-9a-fA-F]{7,64}$"})
]
AttemptId = Annotated[str, AfterValidator(_attempt_id)]
Time = Annotated[str, AfterValidator(parse_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Url = Annotated[
    str, AfterValidator(checked_url), WithJsonSchema({"type": "string", "format": "uri", "maxLength": MAX_URL})
]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Seconds = Annotated[float, Field(ge=0, le=MAX_SECONDS, allow_inf_nan=False)]
Label = Annotated[str, _bounded(100), _at_most(100)]
Word = Annotated[str, _bounded(200), _at_most(200)]
Title = Annotated[str, _bounded(500), _at_most(500)]
Prose = Annotated[str, _bounded(2000, lines=True), _at_most(2000)]
StatusWord = Annotated[Status, Field(strict=False)]
TriggerWord = Annotated[Trigger, Field(strict=False)]
VerdictWord = Annotated[Verdict, Field(strict=False)]
PromotionWord = Annotated[PromotionStatus, Field(strict=False)]
EventWord = Annotated[EventType, Field(strict=False)]
