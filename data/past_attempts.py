"""The attempts as they were at an instant: what began later is not there, what ended later still runs. Pure.

An attempt that is over and names no end counts as over from its start on, as where it is decided what serves.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from data.attempt_columns import MISSING, STATUSES, AttemptColumns, Chunk
from data.day_numbers import day_name, day_number, milliseconds
from data.models import Attempt, AttemptRow, Instant, PairDayKey, Status
from data.outcomes import OUTCOMES

Mask = npt.NDArray[np.bool_]
One = TypeVar("One", Attempt, AttemptRow)
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PastAttempts:
    """The attempts as of an instant, and where they differ from those that are held now."""

    attempts: AttemptColumns
    days: frozenset[PairDayKey]  # up to that day, those with other attempts, or attempts in another state
    pairs: frozenset[Pair]  # all with such days, later ones included


def attempt_at(one: One, at: Instant) -> One:
    """An attempt that began at or before `at`, as it was then: until its end it ran and had no gates yet."""
    if one.ended_at is None or one.ended_at <= at:
        return one
    running = Status.IN_PROGRESS
    return replace(one, status=running, ended_at=None, failure_reason=None, cancelled=False, gates=())


def attempts_at(columns: AttemptColumns, at: Instant, known: Instant | None = None) -> PastAttempts:
    """The attempts that had begun at `at`; with `known` only those that had been heard of by then."""
    moment, heard_by = milliseconds(at), milliseconds(known) if known else None
    chunks, days, pairs, last_day = dict(columns.chunks), set[PairDayKey](), set[Pair](), day_number(at[:10])
    for key, chunk in columns.chunks.items():
        gone = chunk.arrays["started"] > moment
        if heard_by is not None:
            gone |= chunk.moments("received") > heard_by
        running = ~gone & (chunk.moments("ended") > moment)
        if not (gone | running).any():
            continue
        other = gone | running
        pairs |= {(key[0], str(chunk.words["service"][code])) for code in np.unique(chunk.arrays["service"][other])}
        days |= _days_of(key[0], chunk, other & (chunk.arrays["day"] <= last_day))
        left = _still_running(chunk, running).kept(~gone)
        if len(left):
            chunks[key] = left
        else:
            del chunks[key]
    return PastAttempts(AttemptColumns(chunks), frozenset(days), frozenset(pairs))


def changed_days(past: PastAttempts, days: Collection[PairDayKey], attempts: AttemptColumns) -> PastAttempts:
    """The same past with other attempts on these days too."""
    pairs = past.pairs | {(cluster, service) for cluster, service, _ in days}
    return PastAttempts(attempts, past.days | frozenset(days), pairs)


def _still_running(chunk: Chunk, running: Mask) -> Chunk:
    if not running.any():
        return chunk
    then = {
        "status": STATUSES.index(Status.IN_PROGRESS), "outcome": OUTCOMES.index("in_progress"), "cancelled": False,
        "verdicts": MISSING, "reruns": MISSING, "reason": MISSING,
    }  # fmt: skip
    arrays = {**chunk.arrays, "ended": np.where(running, MISSING, chunk.moments("ended"))}
    for name, value in then.items():
        arrays[name] = np.where(running, np.asarray(value, dtype=arrays[name].dtype), arrays[name])
    return Chunk(arrays, chunk.words)


def _days_of(cluster_id: str, chunk: Chunk, mask: Mask) -> set[PairDayKey]:
    """The pair-days of the rows under the mask."""
    places = np.unique(np.stack([chunk.arrays["service"][mask], chunk.arrays["day"][mask]]), axis=1)
    names = chunk.words["service"]
    return {(cluster_id, str(names[service]), day_name(day)) for service, day in zip(*places.tolist(), strict=True)}
