"""What analytics are added up from: a day's numbers under a scope, kept over generations while they are true.

A range of days is a sum of days, a range of hours one of what it has of each day. A new generation works out anew the
days something happened on, and of these only the cluster-regions where it did.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from data import durations, flips, parcels
from data.analytics_views import Durations, FailureReasons, Flakes
from data.columns import SUITE_COLUMNS, Columns
from data.day_numbers import day_name
from data.kept_parts import Answers
from data.models import Scope
from data.outcomes import OUTCOMES
from data.parcels import Parcel
from data.tallies import Tally, merged

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
FEW = 500  # values a day that are kept beside their sketch
TESTS = tuple(SUITE_COLUMNS.index(name) for name in ("passed", "total", "skipped"))

Wide = npt.NDArray[np.int64]
Piece = tuple[int, int]  # [since, until) in epoch milliseconds, within one day


@dataclass(frozen=True, slots=True)
class Part:
    """A day, or hour by hour what a range has of it, under one scope. By the day there is one step."""

    durations: Sequence[Durations]  # by step
    sketch: Tally  # of all of them
    n: int  # successes that have an end, as attempts say
    reasons: Tally
    outcomes: Wide  # (OUTCOMES, steps)
    seconds: npt.NDArray[np.float64]  # by step, all successes that have an end together
    timed: Wide  # how many those are
    took: Wide | None  # the milliseconds themselves where they are few
    suites: dict[str, Wide] = field(
        default_factory=dict
    )  # by the day (TESTS, 1), by the hour (known, passed) by steps


@dataclass(frozen=True, slots=True)
class Whole:
    """The parts of a range in order, and what can be told only of all of it."""

    parts: Sequence[Part]
    duration: Durations
    reasons: FailureReasons
    flakes: Flakes


def whole(columns: Columns, scope: Scope, since: int, until: int, *, hourly: bool) -> Whole:
    """What the attempts amount to that started within [since, until): whole days, or whole hours."""
    kept, marks = columns.derived.parts, columns.marks.days
    look = _Look(columns, scope, hourly, kept.of(("parcels", _text(scope.services), hourly)))
    days = kept.of(("days", scope.key, hourly))
    pieces = list(_pieces(since, until))
    parts = [days.get(piece, marks.get(piece[0] // DAY_MS, 0), _later(look, piece)) for piece in pieces]
    said = merged([one.reasons for one in parts])
    told = kept.of(("told", scope.key, since, until)).get("reasons", said.key, partial(look.told, said))
    return Whole(parts, _duration(look, pieces, parts), told, flakes(columns, scope, since, until))


def flakes(columns: Columns, scope: Scope, since: int, until: int) -> Flakes:
    """Every service and suite with a flip among the attempts that started within [since, until): whole hours."""
    derived, marks = columns.derived, columns.marks
    answers = derived.parts.of(("flips", since, until))
    found = [
        answers.get(cluster, mark, _within(columns, cluster, since, until))
        for cluster, mark in marks.clusters.items()
        if scope.allows_cluster(cluster)
    ]
    tally = merged(found)
    told = derived.parts.of(("told", scope.key, since, until))
    return told.get("flakes", tally.key, partial(flips.flakes, tally, derived.names, scope.services))


def _within(columns: Columns, cluster: str, since: int, until: int) -> Callable[[], Tally]:
    return lambda: flips.within(columns.derived.steps(columns.attempts, columns.marks, cluster), since, until)


def _later(look: "_Look", piece: Piece) -> Callable[[], Part]:
    return lambda: look.part(piece)


def _pieces(since: int, until: int) -> Iterator[Piece]:
    """The range day by day."""
    while since < until:
        end = min(until, (since // DAY_MS + 1) * DAY_MS)
        yield since, end
        since = end


def _text(names: frozenset[str] | None) -> str:
    return "*" if names is None else ",".join(sorted(names))


def _duration(look: "_Look", pieces: Sequence[Piece], parts: Sequence[Part]) -> Durations:
    """Of the whole range: exact while values are few, else of the sum of sketches."""
    n = sum(one.n for one in parts)
    if n > durations.EXACT_UP_TO:
        numbers = np.concatenate([one.sketch.numbers for one in parts])
        counts = np.concatenate([one.sketch.counts for one in parts])
        return durations.of_sketch(np.bincount(numbers, counts, durations.BUCKETS).astype(np.int64))
    took = [
        look.took(piece) if part.took is None else part.took
        for piece, part in zip(pieces, parts, strict=True)
        if part.n
    ]
    return durations.durations(_joined(took))


def _took(found: Sequence[Parcel]) -> Wide:
    return _joined([one.took for one in found])


def _if_few(took: Wide) -> Wide | None:
    return took if len(took) <= FEW else None


def _joined(values: Sequence[npt.NDArray[np.integer]]) -> Wide:
    return np.concatenate([np.zeros(0, dtype=np.int64), *values])


@dataclass(frozen=True, slots=True)
class _Look:
    """How a part is worked out for one scope."""

    columns: Columns
    scope: Scope
    hourly: bool
    kept: Answers

    def parcels(self, piece: Piece) -> list[Parcel]:
        """Of each cluster-region that has attempts then."""
        number = piece[0] // DAY_MS
        marks, month = self.columns.marks.cluster_days, day_name(number)[:7]
        return [
            self.kept.get((cluster, piece), marks[cluster, number], self._parcel(cluster, month, piece))
            for cluster in self.columns.marks.clusters
            if (cluster, number) in marks and self.scope.allows_cluster(cluster)
        ]

    def _parcel(self, cluster: str, month: str, piece: Piece) -> Callable[[], Parcel]:
        def work() -> Parcel:
            chunk = self.columns.attempts.chunks.get((cluster, month))
            rows = chunk.between(*piece) if chunk is not None else None
            steps = (piece[0], HOUR_MS, _hours(piece)) if self.hourly else None
            return parcels.parcel(rows, self.scope.services, self.columns.derived.reasons, steps=steps)

        return work

    def told(self, said: Tally) -> FailureReasons:
        """What failed attempts said, put into words."""
        return self.columns.derived.reasons.told(said)

    def took(self, piece: Piece) -> Wide:
        """The milliseconds of the successes that have an end."""
        return _took(self.parcels(piece))

    def part(self, piece: Piece) -> Part:
        """What the attempts of the piece amount to."""
        found = self.parcels(piece)
        took = _took(found)
        buckets = durations.sketch(took)
        used = np.flatnonzero(buckets)
        sketch = Tally(used.astype(np.int16), buckets[used].astype(np.int32))
        reasons = merged([one.reasons for one in found])
        if self.hourly:
            return _by_hour(found, took, sketch, reasons, _hours(piece))
        outcomes, seconds, timed = self._day(piece[0] // DAY_MS)
        return Part(
            [durations.durations(took)], sketch, len(took), reasons, outcomes, seconds, timed,
            _if_few(took), self._suites(piece[0] // DAY_MS),
        )  # fmt: skip

    def _day(self, number: int) -> tuple[Wide, npt.NDArray[np.float64], Wide]:
        """Outcomes, seconds of successes that have an end, and their number: of pair-days."""
        block = self.columns.days.of_day(number, self.scope)
        if block is None:
            return np.zeros((len(OUTCOMES), 1), dtype=np.int64), np.zeros(1), np.zeros(1, dtype=np.int64)
        sums = block.counts.sum(axis=1, dtype=np.int64)
        seconds = block.floats.sum(axis=1, dtype=np.float64)
        return sums[: len(OUTCOMES), None], seconds, sums[len(OUTCOMES) :]

    def _suites(self, number: int) -> dict[str, Wide]:
        block = self.columns.suites.of_day(number, self.scope)
        if block is None:
            return {}
        names, found = self.columns.suites.vocabularies["suite"], block.words[2]
        sums = [np.bincount(found, block.counts[row], len(names)) for row in TESTS]
        table = np.array(sums, dtype=np.int64)
        return {names[place]: table[:, place, None] for place in np.unique(found).tolist()}


def _hours(piece: Piece) -> int:
    return -(-(piece[1] - piece[0]) // HOUR_MS)


def _by_hour(found: Sequence[Parcel], took: Wide, sketch: Tally, reasons: Tally, hours: int) -> Part:
    steps = [one.steps for one in found if one.steps is not None]
    hour = _joined([one.step for one in steps])
    order = np.argsort(hour, kind="stable")
    suites: dict[str, Wide] = {}
    for one in steps:
        for suite, table in one.gates.items():
            suites[suite] = suites[suite] + table if suite in suites else table
    return Part(
        durations.series(took[order], hour[order], hours)[0], sketch, len(took), reasons,
        sum((one.outcomes for one in steps), np.zeros((len(OUTCOMES), hours), dtype=np.int64)),
        np.bincount(hour, took, hours) / 1000, np.bincount(hour, minlength=hours).astype(np.int64),
        _if_few(took), suites,
    )  # fmt: skip
