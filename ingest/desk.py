"""What the ingest page and its endpoints read, kept for a moment so that many readers cost as much as one."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from data.catalog_models import Catalog
from data.errors import Unavailable
from data.events import DeploymentEvent
from data.instants import to_instant
from data.models import Page
from data.openings import OpenedTwice, opened_twice
from ingest.deliveries import Deliveries
from ingest.intake_status import IntakeStatus, queue_state, source_states, worker_state
from ingest.queue import Depth, Queue
from ingest.verdict_book import Verdicts
from ingest.verdicts import DeliveryVerdict, Noted

T = TypeVar("T")

STATUS_SECONDS = 1.0
OPENINGS_SECONDS = 30.0
LOOKED_AT = 400  # deliveries, for rollouts that are opened twice
PAGE = 100


class Kept(Generic[T]):
    """The last answer, and who may make the next one."""

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._made = float("-inf")
        self._answer: T | None = None

    def answer(self, make: Callable[[], T]) -> T:
        """The answer `make` gives, or the one it gave a moment ago.

        While somebody waits for a slow answer the others get the last one, which says of when it is.
        """
        last = self._answer
        if not self._lock.acquire(blocking=last is None):
            assert last is not None
            return last
        try:
            if self._answer is None or self._monotonic() - self._made >= self._seconds:
                self._answer = make()
                self._made = self._monotonic()
            return self._answer
        finally:
            self._lock.release()


class IntakeDesk:
    """Bounded reads of how the intake is doing and what became of deliveries."""

    def __init__(
        self,
        deliveries: Deliveries,
        verdicts: Verdicts,
        queue: Queue | None,
        clock: Callable[[], datetime],
        *,
        archive: bool,
    ) -> None:
        self._deliveries = deliveries
        self._verdicts = verdicts
        self._queue = queue
        self._clock = clock
        self._archive = archive
        self._status: Kept[IntakeStatus] = Kept(STATUS_SECONDS)
        self._openings: Kept[list[OpenedTwice]] = Kept(OPENINGS_SECONDS)

    def status(self) -> IntakeStatus:
        """Queue, sources and workers, looked at no more than once a second."""
        return self._status.answer(self._look)

    def recent(
        self,
        limit: int,
        source: str | None = None,
        verdict: DeliveryVerdict | None = None,
        cursor: str | None = None,
    ) -> Page[Noted]:
        """Deliveries and what became of them, newest first."""
        return self._verdicts.recent(self._clock(), limit, source=source, verdict=verdict, cursor=cursor)

    def opened_twice(self, catalog: Catalog) -> list[OpenedTwice]:
        """Among the newest deliveries: rollouts that two sources opened."""
        return self._openings.answer(lambda: opened_twice(self._latest_deployments(), catalog))

    def _look(self) -> IntakeStatus:
        now = to_instant(self._clock())
        depth, queue_reason = self._depth()
        try:
            beats, heard = self._deliveries.heartbeats(now), self._deliveries.sources()
            counted = self._verdicts.counts(self._clock())
        except Unavailable:
            state = queue_state(depth, queue_reason, None, now)
            return IntakeStatus(now, state, None, None, "tables_away", self._archive)
        return IntakeStatus(
            now, queue_state(depth, queue_reason, beats, now), source_states(heard, counted, now),
            tuple(worker_state(beat, now) for beat in beats), None, self._archive,
        )  # fmt: skip

    def _depth(self) -> tuple[Depth | None, str | None]:
        if self._queue is None:
            return None, "no_queue_configured"
        try:
            return self._queue.depth(), None
        except Unavailable:
            return None, "queue_away"

    def _latest_deployments(self) -> list[DeploymentEvent]:
        found: list[DeploymentEvent] = []
        cursor: str | None = None
        for _ in range(LOOKED_AT // PAGE):
            page = self.recent(PAGE, verdict=DeliveryVerdict.ACCEPTED, cursor=cursor)
            found += [event for one in page.items for event in one.events if isinstance(event, DeploymentEvent)]
            cursor = page.cursor
            if cursor is None:
                break
        return found
