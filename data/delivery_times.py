"""Medians and ninetieth percentiles of delivery, of any group of services, cluster-regions and days. Pure.

A group is looked at anew only where times of its days are others than when it was looked at last: the marks of the
ledgers tell (`data/delivery_marks.py`). Of a group up to 10,000 times are sorted, more are counted in a sketch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import numpy.typing as npt

from data.delivery_ledger import DAY_MS, NONE, Array, ServiceLedger
from data.durations import BUCKETS, EXACT_UP_TO, bucket, quantile, sketched_quantile
from data.kept_parts import Answers

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Times:
    """Median and ninetieth percentile in seconds, of `n`."""

    p50: float | None = None
    p90: float | None = None
    n: int = 0
    approximate: bool = False


class Of(Enum):
    """What is timed."""

    LEADS = "leads"
    RECOVERIES = "recoveries"  # of the failures that are over
    PROMOTIONS = "promotions"  # of releases that were in the lowest stage before


@dataclass(frozen=True, slots=True)
class Group:
    """Whose times: of services (by place; None: all), of a cluster-region, of days [first, end) of the period."""

    services: tuple[int, ...] | None = None
    cluster: int | None = None
    days: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A service of a question: its place in it, and of its ledger which cluster-regions have which places there."""

    place: int
    ledger: ServiceLedger
    own: Array
    theirs: Array
    places: Array = field(init=False)  # of every cluster-region of the ledger; NONE: not asked for

    def __post_init__(self) -> None:
        places = np.full(len(self.ledger.clusters), NONE, dtype=np.int64)
        places[self.own] = self.theirs
        object.__setattr__(self, "places", places)

    def picked(self, of: Of, first_day: int, end_day: int, cluster: int | None) -> tuple[Array, Array | None]:
        """The times of these days, in the ledger's unit, and of leads their buckets."""
        one = self.ledger
        rows, values = {
            Of.LEADS: (one.lead_row, one.lead_sec),
            Of.RECOVERIES: (one.failed_row, one.recovered),
            Of.PROMOTIONS: (one.first_row, one.promoted_ms),
        }[of]
        at = slice(*np.searchsorted(rows, one.rows_between(first_day * DAY_MS, end_day * DAY_MS)).tolist())
        cut, buckets = values[at], one.lead_bucket[at] if of is Of.LEADS else None
        if cluster is None and len(self.own) == len(one.clusters) and of is Of.LEADS:
            return cut, buckets
        places = self.places[one.cluster[rows[at]]]
        mask = places >= 0 if cluster is None else places == cluster
        if of is Of.LEADS:
            return cut[mask], None if buckets is None else buckets[mask]
        mask &= cut != NONE
        return (cut - one.detected[at])[mask] if of is Of.RECOVERIES else cut[mask], None


class Timeline:
    """The times of a question's services in a period [start, end) of day numbers."""

    def __init__(
        self, sources: Sequence[Source], services: int, clusters: int, start: int, end: int, kept: Answers
    ) -> None:
        self._sources = {one.place: one for one in sources}
        self._start, self._end, self._kept = start, end, kept
        marks = np.zeros((services, clusters, max(0, end - start)), dtype=np.int64)
        for one in sources:
            first, last = max(start, one.ledger.first_day), min(end, one.ledger.first_day + one.ledger.marks.shape[1])
            if first < last:
                cut = one.ledger.marks[one.own, first - one.ledger.first_day : last - one.ledger.first_day]
                marks[one.place, one.theirs, first - start : last - start] = cut
        self._by_service, self._by_cluster, self._by_day = (
            (marks.max(axis=axes, initial=0), marks.sum(axis=axes)) for axes in ((1, 2), (0, 2), (0, 1))
        )

    def times(self, of: Of, group: Group) -> Times:
        """p50 and p90 of a group: exact up to 10,000 times, then sketched."""
        return self._kept.get((of, group), self._mark(group), lambda: self._times(of, group))

    def _mark(self, group: Group) -> tuple[int, int]:
        """Another one as soon as a time of the group is: marks grow, and go only where times went."""
        if group.cluster is not None:
            newest, total = (one[group.cluster : group.cluster + 1] for one in self._by_cluster)
        elif group.days is not None:
            first, end = (day - self._start for day in group.days)
            newest, total = (one[first:end] for one in self._by_day)
        elif group.services is not None:
            newest, total = (one[list(group.services)] for one in self._by_service)
        else:
            newest, total = self._by_service
        return int(newest.max(initial=0)), int(total.sum())

    def _times(self, of: Of, group: Group) -> Times:
        return times_of(list(self._picked(of, group)), 1000 if of is Of.LEADS else 1)

    def _picked(self, of: Of, group: Group) -> Iterator[tuple[Array, Array | None]]:
        first, end = group.days or (self._start, self._end)
        for place in self._sources if group.services is None else group.services:
            if place in self._sources:
                yield self._sources[place].picked(of, first, end, group.cluster)


def times_of(found: Sequence[tuple[Array, Array | None]], unit: int = 1) -> Times:
    """p50 and p90 of these times of so many milliseconds each, with their buckets where they are known."""
    n = sum(len(values) for values, _ in found)
    if not n:
        return Times()
    if n > EXACT_UP_TO:
        sketch = np.zeros(BUCKETS, dtype=np.int64)
        for values, buckets in found:
            sketch += np.bincount(bucket(values * unit) if buckets is None else buckets, minlength=BUCKETS)
        p50, p90 = (sketched_quantile(sketch, share) / 1000 for share in (0.5, 0.9))
        return Times(p50, p90, n, approximate=True)
    ordered = np.sort(np.concatenate([values for values, _ in found]).astype(np.int64) * unit)
    return Times(quantile(ordered, 0.5) / 1000, quantile(ordered, 0.9) / 1000, n)
