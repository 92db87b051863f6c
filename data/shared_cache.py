"""The Redis that the web processes share: the one place that knows its client.

It may be slow, full, gone, or hold what somebody else put there; none of that is to fail a request or to hold it up
for longer than a moment. So every call has a tenth of a second; after one that failed nothing is asked for a while;
and a value counts only if it carries our own signature, made for that very key. Nothing is unpickled.
"""

import hashlib
import hmac
import logging
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from data.models import Instant
from telemetry import measures

log = logging.getLogger(__name__)

CALL_SECONDS = 0.1
CONNECTIONS = 64
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0
MOST_KEPT = 1024 * 1024  # bytes of a value, compressed
MOST_BYTES = 32 * 1024 * 1024  # of one unpacked: nothing we put there is larger
FORMAT = b"DD1 "
SIGNATURE_BYTES = 32
LEVEL = 1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """An answer's content, and which state it was made of."""

    content: bytes  # a JSON object without what is stamped on it
    generation: int
    as_of: Instant
    unread: int = 0  # attempts in it that are shown as they are known now

    def packed(self, secret: bytes, key: str) -> bytes | None:
        """As it lies in Redis; None where it is too large for that."""
        head = b"%d %s %d\n" % (self.generation, self.as_of.encode(), self.unread)
        body = zlib.compress(head + self.content, LEVEL)
        if len(body) > MOST_KEPT or len(self.content) > MOST_BYTES:
            return None
        return FORMAT + _signature(secret, key, body) + body


def unpacked(value: bytes, secret: bytes, key: str) -> SharedAnswer | None:
    """The answer that lies under `key`; None where that is nothing this dashboard put there."""
    start = len(FORMAT) + SIGNATURE_BYTES
    signature, body = value[len(FORMAT) : start], value[start:]
    if not value.startswith(FORMAT) or not hmac.compare_digest(signature, _signature(secret, key, body)):
        return None
    unpacking = zlib.decompressobj()
    head, _, content = unpacking.decompress(body, MOST_BYTES + 200).partition(b"\n")
    generation, as_of, unread = head.split(b" ")
    return SharedAnswer(content, int(generation), as_of.decode(), int(unread))


def _signature(secret: bytes, key: str, body: bytes) -> bytes:
    return hmac.digest(secret, b"shared answer\0" + key.encode() + b"\0" + body, hashlib.sha256)


class Breaker:
    """Whether to ask at all: not for a while after a failure, and longer each time it fails again. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._pause = 0.0  # 0: all may ask
        self._until = 0.0
        self._tried = False  # by one caller, whose answer the others wait for

    def lets(self) -> bool:
        """Whether to ask; when a pause is over, one caller tries for all."""
        with self._lock:
            if not self._pause:
                return True
            if self._tried or self._clock() < self._until:
                return False
            self._tried = True
            return True

    def failed(self) -> float | None:
        """Pause; for how many seconds, None where others that asked at the same time had it paused already."""
        with self._lock:
            if self._pause and not self._tried:
                return None
            self._pause = min(LONGEST_PAUSE, self._pause * 2 or FIRST_PAUSE)
            self._until, self._tried = self._clock() + self._pause, False
            return self._pause

    def worked(self) -> bool:
        """Whether this ended a pause."""
        with self._lock:
            if not self._tried:
                return False
            self._pause, self._tried = 0.0, False
            return True


class SharedCache:
    """Values by key in one Redis; every method answers as if nothing were there while Redis is away."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=CALL_SECONDS, socket_connect_timeout=CALL_SECONDS, retry=Retry(NoBackoff(), 0),
            max_connections=CONNECTIONS, protocol=2, driver_info=None,
        )  # fmt: skip
        self._breaker = Breaker(clock)
        self._lock = Lock()
        self.failures = 0

    def get(self, key: str) -> bytes | None:
        """The value, if there is one and Redis answers."""
        found = self._asked(lambda: self._redis.get(key), None)
        return found if isinstance(found, bytes) else None

    def look(self, key: str, lock: str) -> tuple[bytes | None, bool]:
        """The value, and whether somebody is making it: neither, where Redis does not answer."""

        def both() -> tuple[bytes | None, bool]:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.get(key)
                pipe.exists(lock)
                value, made = pipe.execute()
            return value if isinstance(value, bytes) else None, bool(made)

        nothing: tuple[bytes | None, bool] = (None, False)
        return self._asked(both, nothing)

    def claim(self, lock: str, seconds: float) -> bool:
        """Whether the caller is to make the value; also where Redis is away, for then everybody is."""
        milliseconds = int(seconds * 1000)
        return self._asked(lambda: bool(self._redis.set(lock, b"1", nx=True, px=milliseconds)), True)

    def put(self, key: str, lock: str, value: bytes | None, seconds: float) -> None:
        """Keep the value, where there is one, for that long; nobody is making it any more."""

        def both() -> None:
            with self._redis.pipeline(transaction=False) as pipe:
                if value is not None:
                    pipe.set(key, value, px=int(seconds * 1000))
                pipe.delete(lock)
                pipe.execute()

        self._asked(both, None)

    def close(self) -> None:
        """Let its connections go."""
        self._redis.close()

    def _asked(self, call: Callable[[], T], otherwise: T) -> T:
        """What Redis says; `otherwise` where it is not asked, or says nothing of use."""
        if not self._breaker.lets():
            return otherwise
        try:
            answer = call()
        except (redis.RedisError, OSError, ValueError) as error:
            with self._lock:
                self.failures += 1
            measures.CACHE.add("error")
            if pause := self._breaker.failed():
                # Its message may quote an address that holds a password, or a value: the kind is enough.
                log.warning("shared answers are away (%s): not asked for %g s", type(error).__name__, pause)
            return otherwise
        if self._breaker.worked():
            log.info("shared answers are back")
        return answer
