"""Cursors: where a list goes on, as text that means nothing to its holder.

A cursor is encrypted and authenticated (AES-SIV, RFC 5297), and bound to the query it came from and to what
its holder may see. The cipher is deterministic on purpose: the same page has the same cursor and ETag.
"""

import base64
import binascii
from collections.abc import Mapping

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from data.errors import InvalidRequest
from data.models import Scope

MAX_LENGTH = 3000  # two positions of the longest keys fit
KEY_BYTES = 64

Position = tuple[str, str]  # (pk, sk) of the item a list goes on after
Positions = dict[str, Position | None]  # by stream; None = that stream is at its end


class Cursors:
    """Seals positions into cursors and opens them again; anything not sealed here is an InvalidRequest."""

    def __init__(self, secret: bytes) -> None:
        derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"dashboard cursor v1")
        self._cipher = AESSIV(derivation.derive(secret))

    def seal(self, query: str, positions: Mapping[str, Position | None]) -> str:
        """The cursor of these positions, good for this query only."""
        sealed = self._cipher.encrypt(orjson.dumps(positions), [query.encode()])
        return _text(sealed)

    def open(self, query: str, cursor: str) -> Positions:
        """The positions sealed for this query."""
        if len(cursor) > MAX_LENGTH:
            raise InvalidRequest("is too long to be one of ours", "cursor")
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            plain = self._cipher.decrypt(sealed, [query.encode()])
            if _text(sealed) != cursor:
                raise ValueError("the last character has bits that base64 ignores")
        except (binascii.Error, ValueError, InvalidTag):
            raise InvalidRequest("was not given out for this list, or is no longer valid", "cursor") from None
        # Authenticated: what was sealed is what comes out, so its shape needs no second check.
        opened: dict[str, list[str] | None] = orjson.loads(plain)
        return {stream: (at[0], at[1]) if at else None for stream, at in opened.items()}


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def query_text(name: str, parameters: Mapping[str, object], scope: Scope) -> str:
    """What a cursor is bound to: equal exactly for the same list, asked by somebody who may see the same.

    The page size is no part of it: it may change from page to page.
    """
    given = {key: value for key, value in parameters.items() if value is not None}
    return orjson.dumps([name, given, scope.key], option=orjson.OPT_SORT_KEYS).decode()
