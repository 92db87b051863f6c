"""The messages this process holds, and the heartbeat that keeps them hidden from other workers."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from data.errors import Unavailable
from data.models import Instant
from ingest.queue import Message, Queue

log = logging.getLogger(__name__)

HUNG_SECONDS = 15 * 60  # a loop that has not come round for so long has lost its messages
LONGEST_SECONDS = 11.5 * 3600  # SQS ends a hold after twelve hours


class Held:
    """Which messages are ours at the moment. Thread-safe."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._since: dict[str, tuple[Message, float]] = {}
        self._monotonic = monotonic

    def add(self, messages: Sequence[Message]) -> None:
        """We have received these."""
        now = self._monotonic()
        with self._lock:
            for message in messages:
                self._since[message.receipt] = (message, now)

    def drop(self, messages: Sequence[Message]) -> None:
        """These are stored, set aside or given back."""
        with self._lock:
            for message in messages:
                self._since.pop(message.receipt, None)

    def to_extend(self) -> list[Message]:
        """Those whose hold can still be made longer."""
        now = self._monotonic()
        with self._lock:
            return [m for m, since in self._since.values() if now - since < LONGEST_SECONDS]

    def oldest_sent_at(self) -> Instant | None:
        """When the oldest of them was put on the queue; None when we hold none."""
        with self._lock:
            return min((m.sent_at for m, _ in self._since.values()), default=None)

    def __len__(self) -> int:
        with self._lock:
            return len(self._since)


class Ticks:
    """When the worker's loop last came round: what tells slow from hung."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._last = monotonic()

    def tick(self) -> None:
        """The loop came round."""
        self._last = self._monotonic()

    def age(self) -> float:
        """Seconds since then."""
        return self._monotonic() - self._last


class HoldKeeper(threading.Thread):
    """Every third of the visibility time makes the hold on each held message a whole one again."""

    def __init__(
        self,
        queue: Queue,
        held: Held,
        ticks: Ticks,
        hung_seconds: float = HUNG_SECONDS,
    ) -> None:
        super().__init__(name="hold-keeper", daemon=True)
        self._queue = queue
        self._held = held
        self._ticks = ticks
        self._hung = hung_seconds
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(self._queue.visibility_seconds() / 3):
            self.extend()

    def extend(self) -> None:
        """Extend once; not for a loop that hangs, whose messages another worker should get."""
        messages = self._held.to_extend()
        if not messages:
            return
        if self._ticks.age() > self._hung:
            log.error("the loop hangs, its messages are left to others", extra={"count": len(messages)})
            return
        try:
            refused = self._queue.hide(messages, self._queue.visibility_seconds())
        except Unavailable as error:
            log.warning("holds not extended", extra={"count": len(messages), "reason": str(error)})
            return
        if refused:
            log.warning("holds refused", extra={"count": len(refused)})

    def end(self) -> None:
        """Stop extending."""
        self._ended.set()
