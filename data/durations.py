"""How long deploys took: medians and ninetieth percentiles, exact for up to 10,000 values. Pure.

Beyond that values are counted in logarithmic buckets that are the same everywhere, so that the sketches of days add
up to the sketch of their range; each bucket's value is within 1 % of every value in it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from data.analytics_views import Durations

EXACT_UP_TO = 10_000
ERROR = 0.01
GAMMA = (1 + ERROR) / (1 - ERROR)
LONGEST_MS = 400 * 86_400_000
BUCKETS = int(np.ceil(np.log(LONGEST_MS) / np.log(GAMMA))) + 2
MINUTE_MS = 60_000

Ints = npt.NDArray[np.int64]


def quantile(ordered: npt.NDArray[np.number], share: float) -> float:
    """Linear interpolation between the two ranks around it; there is at least one value, ascending."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below]) + (float(ordered[above]) - float(ordered[below])) * (place - below)


def sketch(milliseconds: Ints) -> Ints:
    """How many values each bucket holds; sketches are merged by adding them. Below 1 ms all is one bucket."""
    return np.bincount(bucket(milliseconds), minlength=BUCKETS).astype(np.int64)


def bucket(milliseconds: Ints) -> Ints:
    """Which bucket of a sketch each value is counted in."""
    within = np.clip(milliseconds, 1, LONGEST_MS)
    return np.asarray(np.ceil(np.log(within) / np.log(GAMMA)), dtype=np.int64)


def sketched_quantile(counts: Ints, share: float) -> float:
    """The same quantile of a sketch's values, within 1 %; there is at least one value."""
    reached = np.cumsum(counts)
    place = share * (int(reached[-1]) - 1)
    below = int(place)
    low, high = (
        _value(int(np.searchsorted(reached, rank, side="right"))) for rank in _ranks(below, int(reached[-1]))
    )
    return low + (high - low) * (place - below)


def _ranks(below: int, n: int) -> tuple[int, int]:
    return below, min(below + 1, n - 1)


def _value(bucket: int) -> float:
    """What stands for a bucket: as far, in proportion, from its least value as from its greatest."""
    return float(2 * GAMMA**bucket / (GAMMA + 1))


def durations(milliseconds: Ints) -> Durations:
    """p50 and p90 of these values."""
    n = len(milliseconds)
    if n == 0:
        return Durations()
    if n <= EXACT_UP_TO:
        ordered = np.sort(milliseconds)
        return Durations(quantile(ordered, 0.5) / MINUTE_MS, quantile(ordered, 0.9) / MINUTE_MS, n)
    return of_sketch(sketch(milliseconds))


def of_sketch(counts: Ints) -> Durations:
    """p50 and p90 of what was counted; there is at least one value."""
    low, high = (sketched_quantile(counts, share) / MINUTE_MS for share in (0.5, 0.9))
    return Durations(low, high, int(counts.sum()), exact=False)


def series(milliseconds: Ints, buckets: Ints, length: int) -> tuple[list[Durations], Durations]:
    """By bucket (0 to `length` - 1; `buckets` ascending, one a value), and of all; no value is sketched twice."""
    pieces = list(_pieces(milliseconds, buckets, length))
    whole = len(milliseconds) <= EXACT_UP_TO
    if whole:
        return [durations(piece) for piece in pieces], durations(milliseconds)
    sketches = [sketch(piece) for piece in pieces]
    parts = [
        of_sketch(counts) if len(piece) > EXACT_UP_TO else durations(piece)
        for piece, counts in zip(pieces, sketches, strict=True)
    ]
    return parts, of_sketch(np.sum(sketches, axis=0))


def _pieces(milliseconds: Ints, buckets: Ints, length: int) -> Iterator[Ints]:
    edges: Sequence[int] = np.searchsorted(buckets, np.arange(length + 1)).tolist()
    for first, last in pairwise(edges):
        yield milliseconds[first:last]
