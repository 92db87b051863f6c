"""Who may send: shared secrets, compared so that the time taken tells nothing. Fails closed. Pure."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping

from data.errors import Unauthorized

SECRET_HEADER = "X-Webhook-Secret"
BEARER = "bearer "


def check_shared_secret(headers: Mapping[str, str], secrets: Iterable[str]) -> None:
    """Unauthorized unless a header carries a live secret; where none is configured nobody may."""
    known = [_digest(secret.encode()) for secret in secrets]
    allowed = False
    for given in _given(headers):
        for digest in known:
            allowed |= hmac.compare_digest(_digest(given), digest)
    if not allowed:
        raise Unauthorized(f"{SECRET_HEADER} or Authorization: Bearer must carry a valid secret")


def _given(headers: Mapping[str, str]) -> list[bytes]:
    """What the sender offers. Header text is Latin-1 for the bytes that came over the wire."""
    offered = [headers.get(SECRET_HEADER, "")]
    authorization = headers.get("Authorization", "")
    if authorization[: len(BEARER)].lower() == BEARER:
        offered.append(authorization[len(BEARER) :].strip())
    return [text.encode("latin-1", "replace") for text in offered if text]


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()
