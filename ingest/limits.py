"""How much one credential may send: a token bucket each, so that a noisy sender cannot slow a polite one.

Kept in each process: what all of them let through together is the rate times their number.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from data.errors import RateLimited

BURST_SECONDS = 2


@dataclass(slots=True)
class Bucket:
    """What is left, and when that was counted."""

    tokens: float
    at: float

    def take(self, now: float, rate: float, most: float) -> float:
        """Take one token: 0, or the seconds until there will be one, and then nothing is taken."""
        self.tokens = min(most, self.tokens + (now - self.at) * rate)
        self.at = now
        if self.tokens < 1:
            return (1 - self.tokens) / rate
        self.tokens -= 1
        return 0.0


class Limits:
    """Buckets by credential. Only genuine credentials have one, so there are never many."""

    def __init__(self, rate: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._most = rate * BURST_SECONDS
        self._monotonic = monotonic
        self._buckets: dict[str, Bucket] = {}
        self._lock = threading.Lock()

    def spend(self, credential: str) -> None:
        """Count one delivery; RateLimited, with when to come back, where it is one too many."""
        with self._lock:
            now = self._monotonic()
            bucket = self._buckets.setdefault(credential, Bucket(self._most, now))
            wait = bucket.take(now, self._rate, self._most)
        if wait:
            sentence = f"more than {self._rate:g} deliveries a second with one credential"
            raise RateLimited(sentence, retry_after=math.ceil(wait))
