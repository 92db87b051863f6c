"""API keys: how one looks, and what we keep of it, which is never the key itself. Pure.

`dqd_<keyId>_<43 characters>`: 256 random bits need no slow hash, a SHA-256 of the whole key is kept.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from data.models import Instant

TOKEN = re.compile(r"dqd_([a-z0-9]{12})_[A-Za-z0-9_-]{43}", re.ASCII)


class KeyScope(StrEnum):
    """What a key may do."""

    INGEST = "ingest"
    READ = "read"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept. None: not bound in that respect, without an end."""

    key_id: str
    name: str
    digest: str  # SHA-256 of the whole key, as hex
    scopes: frozenset[KeyScope]
    created_at: Instant
    source: str | None = None
    clusters: frozenset[str] | None = None
    services: frozenset[str] | None = None
    not_after: Instant | None = None
    revoked_at: Instant | None = None

    def lives(self, now: Instant) -> bool:
        """Whether it is neither revoked nor past its end."""
        return self.revoked_at is None and (self.not_after is None or now < self.not_after)


def token(key_id: str, secret: str) -> str:
    """The key as it is shown once."""
    return f"dqd_{key_id}_{secret}"


def id_in(text: str) -> str | None:
    """The id of the key this text would be; None where it cannot be one."""
    match = TOKEN.fullmatch(text)
    return match[1] if match else None


def digest_of(text: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(text.encode()).hexdigest()
