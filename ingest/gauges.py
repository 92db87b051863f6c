"""How the worker and its queue stand, for Prometheus: read when it asks, or now and then where that costs a call."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from data.errors import Unavailable
from data.instants import seconds_between, to_instant
from ingest.held import Held, Ticks
from ingest.queue import Queue
from telemetry import measures

log = logging.getLogger(__name__)

EVERY_SECONDS = 30.0


class Gauges(threading.Thread):
    """Looks at the queue; where that does not answer nothing is said of it rather than what was true once."""

    def __init__(
        self, queue: Queue, held: Held, ticks: Ticks, away: Callable[[], bool], clock: Callable[[], datetime]
    ) -> None:  # fmt: skip
        super().__init__(name="gauges", daemon=True)
        self._queue = queue
        self._held = held
        self._ticks = ticks
        self._away = away
        self._clock = clock
        self._ended = threading.Event()

    def follow(self) -> None:
        """From now on these stand as they are whenever they are asked for."""
        measures.WORKER_HELD.follow(lambda: len(self._held))
        measures.WORKER_OLDEST.follow(lambda: self.oldest_held() or 0.0)
        measures.WORKER_LOOP_AGE.follow(self._ticks.age)
        measures.WORKER_AWAY.follow(lambda: float(self._away()))

    def oldest_held(self) -> float | None:
        """Seconds since the oldest held message was sent; None where none is held."""
        sent_at = self._held.oldest_sent_at()
        return None if sent_at is None else max(0.0, seconds_between(sent_at, to_instant(self._clock())))

    def run(self) -> None:
        self.look()
        while not self._ended.wait(EVERY_SECONDS):
            self.look()

    def look(self) -> None:
        """Ask the queue once."""
        try:
            depth = self._queue.depth()
        except Unavailable as error:
            measures.QUEUE_MESSAGES.clear()
            log.warning("queue not counted", extra={"reason": str(error)[:300]})
            return
        measures.QUEUE_MESSAGES.set(depth.waiting, "ingest", "waiting")
        measures.QUEUE_MESSAGES.set(depth.in_flight, "ingest", "in_flight")
        measures.QUEUE_MESSAGES.set(depth.dead, "dlq", "waiting")

    def end(self) -> None:
        """Stop looking."""
        self._ended.set()
