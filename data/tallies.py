"""How often numbers came up: what many parts have in common to be added up. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.integer]

DENSE = 1 << 16  # up to so great numbers counting is quicker than sorting


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each number came up: ascending numbers, and as many counts."""

    numbers: Ints
    counts: Ints

    @property
    def key(self) -> tuple[bytes, bytes]:
        """Equal for equal tallies: what is told of one is told of the other."""
        return self.numbers.tobytes(), self.counts.tobytes()


NOTHING = Tally(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32))


def tallied(numbers: Ints, counts: Ints | None = None) -> Tally:
    """How often each came up, none below zero; with `counts`, each so many times."""
    if not len(numbers):
        return NOTHING
    if int(numbers.max()) < DENSE + 4 * len(numbers):
        found = np.bincount(numbers, counts)
        distinct = np.flatnonzero(found)
        return Tally(distinct.astype(np.int32), found[distinct].astype(np.int32))
    distinct, of, times = np.unique(numbers, return_inverse=True, return_counts=True)
    if counts is not None:
        times = np.bincount(of, weights=counts, minlength=len(distinct))
    return Tally(distinct, times.astype(np.int32))


def merged(tallies: Collection[Tally]) -> Tally:
    """The tally of all of them together."""
    some = [one for one in tallies if len(one.numbers)]
    if len(some) < 2:
        return some[0] if some else NOTHING
    return tallied(np.concatenate([one.numbers for one in some]), np.concatenate([one.counts for one in some]))
