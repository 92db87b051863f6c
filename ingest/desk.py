"""What the ingest page and its endpoints read, kept for a moment so that many readers cost as much as one."""

import re
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from data.catalog_models import Catalog
from data.errors import NotFound, Unavailable
from data.events import AnyEvent, BuildEvent, DeploymentEvent, PromotionEvent
from data.instants import to_instant
from data.models import EVERYTHING, Page, Scope
from data.openings import OpenedTwice, opened_twice
from ingest.deliveries import Deliveries
from ingest.intake_status import IntakeStatus, queue_state, source_states, worker_state
from ingest.quarantine_records import Action, Audited, Quarantined, State
from ingest.quarantined import QuarantineDesk
from ingest.queue import Depth, Queue
from ingest.recent_openings import RecentOpenings
from ingest.silence import WINDOW_HOURS, Silence, silences
from ingest.verdict_book import Verdicts
from ingest.verdicts import DeliveryVerdict, Noted

T = TypeVar("T")

STATUS_SECONDS = 1.0
OPENINGS_SECONDS = 30.0
SILENCE_SECONDS = 60.0
PAGE = 100
RECORD_ID = re.compile(r"[0-9TZ:.-]{20,30}~[A-Za-z0-9._-]{1,100}", re.ASCII)


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


def within(scope: Scope, noted: Noted) -> bool:
    """Whether a delivery says something, and only of what the scope allows."""
    return bool(noted.events) and all(_allowed(scope, event) for event in noted.events)


def _allowed(scope: Scope, event: AnyEvent) -> bool:
    if isinstance(event, BuildEvent):
        return False
    if isinstance(event, PromotionEvent):
        clusters: tuple[str | None, ...] = (event.from_cluster_id, event.to_cluster_id)
    else:
        clusters = (event.cluster_id,)
    service = scope.allows_service(event.service_id)
    return service and all(one is None or scope.allows_cluster(one) for one in clusters)


class IntakeDesk:
    """Bounded reads of how the intake is doing and what became of deliveries."""

    def __init__(
        self,
        deliveries: Deliveries,
        verdicts: Verdicts,
        queue: Queue | None,
        quarantine: QuarantineDesk | None,
        clock: Callable[[], datetime],
        *,
        archive: bool,
    ) -> None:
        self._deliveries = deliveries
        self._verdicts = verdicts
        self._queue = queue
        self._quarantine = quarantine
        self._clock = clock
        self._archive = archive
        self._status: Kept[IntakeStatus] = Kept(STATUS_SECONDS)
        self._openings: Kept[list[OpenedTwice]] = Kept(OPENINGS_SECONDS)
        self._silences: Kept[list[Silence]] = Kept(SILENCE_SECONDS)
        self._recent_openings = RecentOpenings()

    def records(
        self, scope: Scope, limit: int, state: State | None = None, cursor: str | None = None
    ) -> Page[Quarantined]:
        """What was set aside, newest first; nothing in a narrowed scope: what cannot be read belongs nowhere."""
        return self.quarantine.page(cursor, limit, state) if scope == EVERYTHING else Page([])

    def record(self, scope: Scope, record_id: str) -> Quarantined:
        """One of them with its body; NotFound."""
        if scope != EVERYTHING or not RECORD_ID.fullmatch(record_id):
            raise NotFound("there is no such quarantine record")
        return self.quarantine.get(record_id)

    @property
    def quarantine(self) -> QuarantineDesk:
        """What was set aside; Unavailable where there is no queue to send it to again."""
        if self._quarantine is None:
            raise Unavailable("no queue is configured")
        return self._quarantine

    def note_test(self, rule_id: str, name: str, by: str) -> None:
        """Keep in the audit who tested a rule of alerts."""
        self._deliveries.audit(Audited(to_instant(self._clock()), by, Action.TESTED_ALERT, rule_id, name))

    def status(self) -> IntakeStatus:
        """Queue, sources and workers, looked at no more than once a second."""
        return self._status.answer(self._look)

    def silences(self) -> list[Silence]:
        """How long each source has been silent, beside what is usual of it; looked at once a minute."""
        return self._silences.answer(self._look_for_silence)

    def recent(
        self,
        scope: Scope,
        limit: int,
        source: str | None = None,
        verdict: DeliveryVerdict | None = None,
        cursor: str | None = None,
    ) -> Page[Noted]:
        """Deliveries and what became of them, newest first; those whose events are all in the scope."""
        page = self._verdicts.recent(self._clock(), limit, source=source, verdict=verdict, cursor=cursor)
        return page if scope == EVERYTHING else Page([one for one in page.items if within(scope, one)], page.cursor)

    def opened_twice(self, scope: Scope, catalog: Catalog) -> list[OpenedTwice]:
        """Of the last day, as far as it was followed: rollouts that two sources opened."""
        found = self._openings.answer(lambda: opened_twice(self._opened(), catalog))
        return [one for one in found if scope.allows(one.cluster_id, one.service_id)]

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

    def _look_for_silence(self) -> list[Silence]:
        now = self._clock()
        return silences(self._deliveries.sources(), self._verdicts.counts(now, WINDOW_HOURS), to_instant(now))

    def _depth(self) -> tuple[Depth | None, str | None]:
        if self._queue is None:
            return None, "no_queue_configured"
        try:
            return self._queue.depth(), None
        except Unavailable:
            return None, "queue_away"

    def _opened(self) -> list[DeploymentEvent]:
        def read(cursor: str | None) -> Page[Noted]:
            return self.recent(EVERYTHING, PAGE, verdict=DeliveryVerdict.ACCEPTED, cursor=cursor)

        return self._recent_openings.look(read, to_instant(self._clock()))
