"""How the intake is doing, for the status endpoint and the ingest page alike: what is known, and why not.

Pure: `now` and what was read are arguments.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.instants import add, seconds_between
from data.models import Instant
from ingest.deliveries import Heartbeat
from ingest.queue import Depth
from ingest.verdict_items import Counted

ALIVE_SECONDS = 30.0
HOURS = 24


@dataclass(frozen=True, slots=True)
class QueueState:
    """Counts of the queue and the age of its oldest message, as far as they are known; else the reason."""

    depth: Depth | None
    reason: str | None
    oldest_age_sec: float | None
    oldest_reason: str | None


@dataclass(frozen=True, slots=True)
class WorkerState:
    """What a worker said last. `alive`: its loop came round lately, not only that its process exists."""

    worker_id: str
    alive: bool
    heartbeat_at: Instant
    age_sec: float
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source, when it was last heard from, and what became of its deliveries of the last 24 hours.

    `hours` are deliveries by hour, the running one last; `verdicts` are (verdict, reason) with their counts. None
    where the counts could not be read.
    """

    source: str
    last_event_at: Instant | None
    silence_sec: float | None
    hours: tuple[int, ...] | None = None
    verdicts: Mapping[tuple[str, str | None], int] | None = None

    @property
    def this_hour(self) -> int | None:
        """Deliveries since the hour began."""
        return None if self.hours is None else self.hours[-1]

    @property
    def last_day(self) -> int | None:
        """Deliveries of the last 24 hours."""
        return None if self.hours is None else sum(self.hours)

    def count(self, verdict: str) -> int | None:
        """Deliveries with this verdict, whatever the reason."""
        if self.verdicts is None:
            return None
        return sum(amount for (said, _), amount in self.verdicts.items() if said == verdict)

    def reasons(self, verdict: str) -> list[tuple[str, int]]:
        """Why, the most frequent first."""
        found = [(why or "", n) for (said, why), n in (self.verdicts or {}).items() if said == verdict]
        return sorted(found, key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True, slots=True)
class IntakeStatus:
    """The state of the intake at `as_of`. None: it could not be read, `records_reason` says why."""

    as_of: Instant
    queue: QueueState
    sources: tuple[SourceState, ...] | None
    workers: tuple[WorkerState, ...] | None
    records_reason: str | None
    archive: bool


def queue_state(
    depth: Depth | None, reason: str | None, beats: Sequence[Heartbeat] | None, now: Instant
) -> QueueState:
    """What is known of the queue."""
    return QueueState(depth, reason, *oldest_age(depth, beats, now))


def oldest_age(
    depth: Depth | None, beats: Sequence[Heartbeat] | None, now: Instant
) -> tuple[float | None, str | None]:
    """SQS has no call that tells it: what the workers hold is the oldest we know of."""
    if depth is None:
        return None, "queue_away"
    if depth.waiting == 0 and depth.in_flight == 0:
        return None, "queue_empty"
    held = [beat.said.get("oldestSentAt") for beat in beats or [] if is_alive(beat, now)]
    oldest = min((instant for instant in held if instant), default=None)
    if oldest is None:
        return None, "no_worker_holds_a_message"
    return max(0.0, seconds_between(oldest, now)), None


def worker_state(beat: Heartbeat, now: Instant) -> WorkerState:
    """One worker."""
    age = max(0.0, seconds_between(beat.at, now))
    return WorkerState(beat.worker_id, is_alive(beat, now), beat.at, age, beat.said)


def is_alive(beat: Heartbeat, now: Instant) -> bool:
    """Whether both the process and its loop were seen lately."""
    return seconds_between(min(beat.at, beat.tick_at), now) <= ALIVE_SECONDS


def source_states(
    heard: Mapping[str, Instant], counted: Iterable[Counted] | None, now: Instant
) -> tuple[SourceState, ...]:
    """Every source that was heard from or that the counts know, by name; `counted` None: they are not known."""
    if counted is None:
        return tuple(SourceState(name, last, _silence(last, now)) for name, last in sorted(heard.items()))
    hours = last_hours(now)
    strips: dict[str, Counter[str]] = defaultdict(Counter)
    verdicts: dict[str, Counter[tuple[str, str | None]]] = defaultdict(Counter)
    for one in counted:
        if one.hour in hours:
            strips[one.source][one.hour] += one.count
            verdicts[one.source][one.verdict.value, one.reason] += one.count
    return tuple(
        SourceState(
            name, heard.get(name), _silence(heard.get(name), now),
            tuple(strips[name][hour] for hour in hours), dict(verdicts[name]),
        )
        for name in sorted({*heard, *verdicts})
    )  # fmt: skip


def last_hours(now: Instant) -> list[str]:
    """The running hour and the 23 before it, as counts name them, oldest first."""
    return [add(now, -3600.0 * back)[:13] for back in range(HOURS - 1, -1, -1)]


def _silence(last: Instant | None, now: Instant) -> float | None:
    return max(0.0, seconds_between(last, now)) if last else None
