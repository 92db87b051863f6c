"""Files of ours as one, at an address that names what is in it."""

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Bundle:
    """Files as one, at an address that names what is in it and so may be kept for good."""

    path: str
    content: bytes
    mimetype: str

    @cached_property
    def fingerprint(self) -> str:
        """Of the content."""
        return hashlib.blake2b(self.content, digest_size=8).hexdigest()

    @property
    def address(self) -> str:
        """Path and fingerprint."""
        return f"{self.path}?m={self.fingerprint}"
