"""A sender's values made fit for the envelope: what is optional and unusable is left out, never refused. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from data import keys
from data.errors import InvalidRequest
from data.instants import parse_instant, to_instant
from data.models import Instant
from ingest.words import DELIVERY_ID, checked_url

_RELEASE = re.compile(r"[vV]?\d+\.\d+\.\d+(?:[-+.][A-Za-z0-9][A-Za-z0-9._+-]*)?", re.ASCII)
_REF = re.compile(r"refs/(?:tags|heads)/")
MOST_MILLISECONDS = 253_402_300_799_999  # the end of the year 9999


def plain(value: Any, most: int = 200) -> str | None:
    """Text on one line, cut to `most` characters; None where there is none."""
    if not isinstance(value, str):
        return None
    kept = "".join(char if unicodedata.category(char) not in ("Cc", "Cs") else " " for char in value)
    return " ".join(kept.split())[:most].rstrip() or None


def prose(value: Any, most: int = 2000) -> str | None:
    """Text that keeps its lines, cut to `most` characters; None where there is none."""
    if not isinstance(value, str):
        return None
    kept = (char if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs") else " " for char in value)
    return "".join(kept).strip()[:most].rstrip() or None


def link(value: Any) -> str | None:
    """An http(s) address; anything else is left out."""
    if not isinstance(value, str):
        return None
    try:
        return checked_url(value)
    except ValueError:
        return None


def sha(value: Any) -> str | None:
    """A git SHA in lower case; None where it is none."""
    return value.lower() if isinstance(value, str) and keys.GIT_SHA.fullmatch(value.lower()) else None


def version(value: Any) -> str | None:
    """A name of one build: None for what is no version, or names another build every day."""
    if not isinstance(value, str) or value.lower() in keys.MOVING_VERSIONS:
        return None
    return value if keys.VERSION.fullmatch(value) else None


def release(ref: Any) -> str | None:
    """A ref or tag that reads as a version (`v3.4.2`, `refs/tags/3.4.2-rc.1`); None where it does not."""
    name = _REF.sub("", ref, count=1) if isinstance(ref, str) else ""
    return version(name) if _RELEASE.fullmatch(name) else None


def delivery(headers: Mapping[str, str], *names: str) -> str | None:
    """The sender's id of this delivery: the first of these headers that holds one."""
    values = (headers.get(name, "") for name in names)
    return next((value for value in values if DELIVERY_ID.fullmatch(value)), None)


def moment(value: Any, field: str) -> Instant:
    """A required ISO 8601 time; InvalidRequest names the sender's own field."""
    if not isinstance(value, str):
        raise InvalidRequest("is required" if value is None else "must be a text", field)
    try:
        return parse_instant(value)
    except ValueError as error:
        raise InvalidRequest(str(error), field) from None


def earlier(value: Any, received_at: Instant) -> Instant | None:
    """An optional time of something past, such as a commit; left out where it is none, or lies in the future."""
    try:
        at = parse_instant(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at is not None and at <= received_at else None


def not_before(end: Instant | None, start: Instant) -> Instant | None:
    """The end, or None where it lies before the start: a clock that went wrong gives no duration."""
    return end if end is not None and end >= start else None


def from_milliseconds(value: Any, field: str) -> Instant:
    """A required time in milliseconds since 1970, as a number or as digits; InvalidRequest names the field."""
    if value is None:
        raise InvalidRequest("is required", field)
    digits = str(value)
    short = digits.isascii() and digits.isdigit() and len(digits) <= len(str(MOST_MILLISECONDS))
    if isinstance(value, bool) or not short or int(digits) > MOST_MILLISECONDS:
        raise InvalidRequest("must be milliseconds since 1970", field)
    return to_instant(datetime.fromtimestamp(int(digits) / 1000, UTC))


def said(**values: Any) -> dict[str, Any]:
    """A payload without what was not said."""
    return {key: value for key, value in values.items() if value is not None}
