"""What a cluster-region's attempts of one day, or of some hours of it, amount to: the least part that is worked out.

Parcels of many cluster-regions and days add up to the answer for all of them, and a change spoils one of them. Pure.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from data.attempt_columns import Chunk, verdicts_of
from data.failure_reasons import Said, said
from data.kept_parts import Numbered
from data.models import Verdict
from data.outcomes import OUTCOMES

SUCCESS, FAILED, ROLLBACK = (OUTCOMES.index(name) for name in ("success", "failed", "rollback"))
LEAST, MOST = np.iinfo(np.int32).min, np.iinfo(np.int32).max

Ints = npt.NDArray[np.integer]
Wide = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each number came up: ascending numbers, and as many counts."""

    numbers: Ints
    counts: Ints


NOTHING = Tally(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32))


@dataclass(frozen=True, slots=True)
class ByStep:
    """Counts step by step (hour by hour) of what pair-days do not tell by the hour."""

    step: Ints  # of each of the parcel's `took`
    outcomes: Wide  # (OUTCOMES, steps)
    gates: Mapping[str, Wide] = field(default_factory=dict)  # by suite: (with a verdict, passed) by steps


@dataclass(frozen=True, slots=True)
class Parcel:
    """`took`: milliseconds of each success that has an end; `reasons`: what those that failed say, numbered."""

    took: Ints
    reasons: Tally
    steps: ByStep | None = None


EMPTY = Parcel(NOTHING.numbers, NOTHING)


def tallied(numbers: Ints, counts: Ints | None = None) -> Tally:
    """How often each came up; with `counts`, each so many times."""
    distinct, of, times = np.unique(numbers, return_inverse=True, return_counts=True)
    if counts is not None:
        times = np.bincount(of, weights=counts, minlength=len(distinct))
    return Tally(distinct.astype(np.int32), times.astype(np.int32))


def merged(tallies: Collection[Tally]) -> Tally:
    """The tally of all of them together."""
    some = [one for one in tallies if len(one.numbers)]
    if len(some) < 2:
        return some[0] if some else NOTHING
    return tallied(np.concatenate([one.numbers for one in some]), np.concatenate([one.counts for one in some]))


class Reasons:
    """Every distinct thing that failed attempts say, numbered."""

    def __init__(self) -> None:
        self._said: Numbered[Said] = Numbered()

    def tally(self, chunk: Chunk) -> Tally:
        """What the failed and rolled back ones among these attempts say."""
        outcome, width = chunk.arrays["outcome"], max(len(chunk.words["service"]), 1)
        places = np.flatnonzero((outcome == FAILED) | (outcome == ROLLBACK))
        if not len(places):
            return NOTHING
        codes = chunk.arrays["reason"][places].astype(np.int64) + 1  # 0: no reason given
        code = (codes * width + chunk.arrays["service"][places]) * 2 + (outcome[places] == ROLLBACK)
        distinct, counts = np.unique(code, return_counts=True)
        numbers = [self._number(chunk, one // 2 // width - 1, one // 2 % width, one % 2) for one in distinct.tolist()]
        return tallied(np.array(numbers), counts)

    def told(self, tally: Tally) -> list[tuple[Said, int]]:
        """What was said, and how often."""
        return [
            (self._said[n], times) for n, times in zip(tally.numbers.tolist(), tally.counts.tolist(), strict=True)
        ]

    def _number(self, chunk: Chunk, reason: int, service: int, rolled_back: int) -> int:
        text = None if reason < 0 else str(chunk.words["reason"][reason])
        return self._said.number(said(text, str(chunk.words["service"][service]), bool(rolled_back)))


def parcel(
    chunk: Chunk | None, services: Collection[str] | None, reasons: Reasons, *, steps: tuple[int, int, int] | None
) -> Parcel:
    """What these attempts of the services amount to; `steps`: (beginning, length of a step, how many) in ms."""
    rows = _of_services(chunk, services) if chunk is not None else None
    if rows is None or not len(rows):
        return EMPTY if steps is None else Parcel(EMPTY.took, NOTHING, _nothing_by_step(steps[2]))
    started, ended = rows.arrays["started"], rows.arrays["ended"]
    mask = (rows.arrays["outcome"] == SUCCESS) & (ended >= 0)
    took = (ended - started)[mask]
    fits = not len(took) or (took.min() >= LEAST and took.max() <= MOST)
    by_step = None if steps is None else _by_step(rows, mask, *steps)
    return Parcel(took.astype(np.int32) if fits else took, reasons.tally(rows), by_step)


def _of_services(chunk: Chunk, services: Collection[str] | None) -> Chunk:
    if services is None:
        return chunk
    allowed = np.array([word in services for word in chunk.words["service"].tolist()], dtype=np.bool_)
    return chunk.kept(allowed[chunk.arrays["service"]])


def _by_step(rows: Chunk, mask: npt.NDArray[np.bool_], since: int, length: int, steps: int) -> ByStep:
    step = (rows.arrays["started"] - since) // length
    outcome = rows.arrays["outcome"].astype(np.int64)
    table = np.bincount(outcome * steps + step, minlength=steps * len(OUTCOMES)).reshape(len(OUTCOMES), steps)
    codes, words = rows.arrays["verdicts"], rows.words["verdicts"]
    verdicts = np.bincount((codes.astype(np.int64) + 1) * steps + step, minlength=steps * (len(words) + 1))
    by_words = verdicts.reshape(len(words) + 1, steps)[1:]
    gates: dict[str, Wide] = {}
    for place in np.flatnonzero(by_words.any(axis=1)).tolist():
        for gate in verdicts_of(str(words[place])):
            if gate.verdict is not Verdict.MISSING:
                found = gates.setdefault(gate.suite, np.zeros((2, steps), dtype=np.int64))
                found[0] += by_words[place]
                found[1] += by_words[place] * (gate.verdict is Verdict.PASSED)
    return ByStep(step[mask].astype(np.int16), table.astype(np.int64), gates)


def _nothing_by_step(steps: int) -> ByStep:
    return ByStep(NOTHING.numbers, np.zeros((len(OUTCOMES), steps), dtype=np.int64))
