"""Which days of a ledger have other times than before: so that quantiles are taken anew only where they must.

Every day of a cluster-region carries a number. It is 0 where there are no times, and a greater one than any before
as soon as a lead, a failure's length or a promotion's length of that day is another one, came or went. Pure.
"""

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from data.delivery_ledger import ServiceLedger

DAY_MS = 86_400_000
Array = npt.NDArray[Any]
Table = npt.NDArray[np.int64]  # (columns, times): start of the attempt, its cluster-region, what the time is
_numbers = itertools.count(1)


def marked(made: "ServiceLedger", old: "ServiceLedger | None" = None) -> Table:
    """The numbers [cluster, day] of a ledger, those of `old` where its times are the same."""
    names = sorted({*made.clusters, *(old.clusters if old else ())})
    marks = np.zeros(made.sums.shape[:2], dtype=np.int64)
    number = next(_numbers)
    if old is None:
        touched = list(_tables(made, names))
    else:
        _take_over(marks, made, old)
        pairs = zip(_tables(old, names), _tables(made, names), strict=True)
        touched = [part for before, now in pairs for part in _between(before, now)]
    for part in touched:
        _mark(marks, made, names, part, number)
    return marks


def _tables(one: "ServiceLedger", names: list[str]) -> Iterator[Table]:
    """Leads, failures and promotions."""
    places = np.array([names.index(name) for name in one.clusters], dtype=np.int64)
    for rows, *values in (
        (one.lead_row, one.lead_sec), (one.failed_row, one.detected, one.recovered), (one.first_row, one.promoted_ms),
    ):  # fmt: skip
        yield np.array([one.started[rows], places[one.cluster[rows]], *values], dtype=np.int64)


def _take_over(marks: Table, made: "ServiceLedger", old: "ServiceLedger") -> None:
    """The old numbers of the cluster-regions and days that are in both."""
    first = max(made.first_day, old.first_day)
    end = min(made.first_day + marks.shape[1], old.first_day + old.marks.shape[1])
    if first >= end:
        return
    for place, name in enumerate(made.clusters):
        if name in old.clusters:
            theirs = old.marks[old.clusters.index(name), first - old.first_day : end - old.first_day]
            marks[place, first - made.first_day : end - made.first_day] = theirs


def _between(before: Table, now: Table) -> tuple[Table, Table]:
    """What is left of both without what they begin and end with alike."""
    least = min(before.shape[1], now.shape[1])
    begins = _alike(before[:, :least], now[:, :least])
    ends = _alike(before[:, ::-1][:, : least - begins], now[:, ::-1][:, : least - begins])
    return before[:, begins : before.shape[1] - ends], now[:, begins : now.shape[1] - ends]


def _alike(one: Table, other: Table) -> int:
    """How many of the first columns are the same."""
    differs = np.flatnonzero((one != other).any(axis=0))
    return int(differs[0]) if len(differs) else one.shape[1]


def _mark(marks: Table, made: "ServiceLedger", names: list[str], touched: Table, number: int) -> None:
    days = touched[0] // DAY_MS - made.first_day
    places = np.array([made.clusters.index(one) if one in made.clusters else -1 for one in names], dtype=np.int64)
    clusters = places[touched[1]]
    within = (clusters >= 0) & (days >= 0) & (days < marks.shape[1])
    marks[clusters[within], days[within]] = number
