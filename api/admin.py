"""Who may act on what was set aside: whoever has the ADMIN_KEY, and no other site in a browser's name."""

import hashlib
import hmac
from urllib.parse import urlsplit

from flask import request

import context
from data.errors import Forbidden, Unauthorized

KEY_HEADER = "X-Admin-Key"
SCHEMES = ("adminKey", "bearerKey")
BEARER = "bearer "
OUR_SITES = ("same-origin", "none")


def admit() -> None:
    """Unauthorized without the key, Forbidden with a wrong one and where none is set."""
    check_site()
    known = context.settings().admin_key
    if known is None:
        raise Forbidden("admin actions are closed: ADMIN_KEY is not set")
    given = _given()
    if not given:
        raise Unauthorized(f"{KEY_HEADER} or Authorization: Bearer must carry the admin key")
    if not hmac.compare_digest(_digest(given), _digest(known)):
        raise Forbidden("this is not the admin key")
    context.tell(principal="admin key")


def check_site() -> None:
    """Forbidden for a request that a page of another site made a browser send."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        ours = site in OUR_SITES
    else:
        origin = request.headers.get("Origin")
        ours = origin is None or urlsplit(origin).netloc == request.host
    if not ours:
        raise Forbidden("another site may not ask for this")


def _given() -> str:
    header = request.headers.get(KEY_HEADER, "")
    authorization = request.headers.get("Authorization", "")
    if not header and authorization[: len(BEARER)].lower() == BEARER:
        return authorization[len(BEARER) :].strip()
    return header


def _digest(text: str) -> bytes:
    """Of one length, so that comparing tells nothing of it. Header text is Latin-1 for the bytes on the wire."""
    return hashlib.sha256(text.encode("latin-1", "replace")).digest()
