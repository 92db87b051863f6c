"""Answers that one web process makes and all send: of the past, or of a part of what there is, through Redis.

What everybody asks for is in every process' memory. What is asked with a clock turned back, or by those who see a
part, is made rarely and dearly: one process makes it, the others wait a moment for it or send the one before, which
says of which state it is. Without Redis, and whenever it does not answer, each process makes its own.
"""

import hashlib
import hmac
import time
from collections import Counter
from collections.abc import Callable, Mapping
from threading import Lock

from data.shared_cache import SharedAnswer, SharedCache, unpacked
from telemetry import measures

KEPT_SECONDS = 30.0  # of what follows from the newest generation: so old may be what is sent while another is made
FIXED_SECONDS = 600.0  # of what no later delivery can change
MAKING_SECONDS = 10.0
WAITS, WAIT_SECONDS = 20, 0.025

RESULTS = {"shared": "hit", "awaited": "hit", "stale": "stale", "made": "miss", "refused": "error"}

Question = bytes


class SharedAnswers:
    """Single flight over all processes, and what is sent meanwhile. Thread-safe.

    `deployment`: whatever else an answer follows from, equal in all processes that may share.
    """

    def __init__(
        self, cache: SharedCache, secret: bytes, deployment: str, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._cache = cache
        self._secret = secret
        self._deployment = deployment.encode()
        self._pause = pause
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        """Answers so far that were `shared`, `made`, `awaited`, sent `stale`; values `refused`; calls `failed`."""
        with self._lock:
            return {**self._counts, "failed": self._cache.failures}

    def get(self, question: Question, generation: int | None, make: Callable[[], SharedAnswer]) -> SharedAnswer:
        """The answer; older than `generation` only while another process makes it. None: it never changes."""
        key = f"dashboard:answer:{hmac.digest(self._secret, self._deployment + question, hashlib.sha256).hex()}"
        lock = f"{key}:making"
        kept = self._read(key, self._cache.get(key))
        if kept is not None and (generation is None or kept.generation >= generation):
            self._count("shared")
            return kept
        if self._cache.claim(lock, MAKING_SECONDS):
            return self._made(key, lock, generation, make)
        if kept is not None:
            self._count("stale")
            return kept
        return self._awaited(key, lock, generation, make)

    def _awaited(
        self, key: str, lock: str, generation: int | None, make: Callable[[], SharedAnswer]
    ) -> SharedAnswer:  # fmt: skip
        """What another process is making; made here after all where that takes too long."""
        for _ in range(WAITS):
            self._pause(WAIT_SECONDS)
            value, is_made = self._cache.look(key, lock)
            if (found := self._read(key, value)) is not None:
                self._count("awaited")
                return found
            if not is_made and self._cache.claim(lock, MAKING_SECONDS):
                break
        return self._made(key, lock, generation, make)

    def _made(self, key: str, lock: str, generation: int | None, make: Callable[[], SharedAnswer]) -> SharedAnswer:
        value = None
        try:
            answer = make()
            value = answer.packed(self._secret, key)
        finally:
            self._cache.put(key, lock, value, FIXED_SECONDS if generation is None else KEPT_SECONDS)
        self._count("made")
        return answer

    def _read(self, key: str, value: bytes | None) -> SharedAnswer | None:
        if value is None:
            return None
        found = unpacked(value, self._secret, key)
        if found is None:
            self._count("refused")
        return found

    def _count(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1
        measures.CACHE.add(RESULTS[what])
