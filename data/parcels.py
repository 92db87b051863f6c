"""What a cluster-region's attempts of one day, or of some hours of it, amount to: the least part that is worked out.

Parcels of many cluster-regions and days add up to the answer for all of them, and a change spoils one of them. Pure.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from data.attempt_columns import Chunk, verdicts_of
from data.models import Verdict
from data.outcomes import OUTCOMES
from data.reason_tally import Reasons
from data.tallies import NOTHING, Ints, Tally

SUCCESS = OUTCOMES.index("success")
NEEDED = ("day", "started", "ended", "outcome", "reason", "service", "verdicts")
LEAST, MOST = np.iinfo(np.int32).min, np.iinfo(np.int32).max

Wide = npt.NDArray[np.int64]


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


def parcel(
    chunk: Chunk | None, services: Collection[str] | None, reasons: Reasons, *, steps: tuple[int, int, int] | None
) -> Parcel:
    """What these attempts of the services amount to; `steps`: (beginning, length of a step, how many) in ms."""
    rows = _of_services(chunk, services) if chunk is not None else None
    if rows is None or not len(rows):
        return EMPTY if steps is None else Parcel(EMPTY.took, NOTHING, _nothing_by_step(steps[2]))
    started, ended = rows.arrays["started"], rows.moments("ended")
    mask = (rows.arrays["outcome"] == SUCCESS) & (ended >= 0)
    took = (ended - started)[mask]
    fits = not len(took) or (took.min() >= LEAST and took.max() <= MOST)
    by_step = None if steps is None else _by_step(rows, mask, *steps)
    return Parcel(took.astype(np.int32) if fits else took, reasons.tally(rows), by_step)


def _of_services(chunk: Chunk, services: Collection[str] | None) -> Chunk:
    if services is None:
        return chunk
    allowed = np.array([word in services for word in chunk.words["service"].tolist()], dtype=np.bool_)
    rows = np.flatnonzero(allowed[chunk.arrays["service"]])
    return Chunk({name: chunk.arrays[name][rows] for name in NEEDED}, chunk.words)


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
