"""Counts hour by hour, from the attempts one by one: pair-days know no hours. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import aggregations as agg
from data import flaky
from data.day_numbers import from_milliseconds
from data.outcomes import OUTCOMES
from data.views import Counts, SuiteSeries

HOUR_MS = 3_600_000
NO_GATES = "no_gates"
SUCCESS = OUTCOMES.index("success")

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counted:
    """Series with one entry a label, and their sums."""

    labels: Sequence[str]
    outcomes: dict[str, list[int]]
    total: Counts
    minutes: Sequence[float | None]
    mean_minutes: float | None
    suites: Sequence[SuiteSeries]


def counted(attempts: pd.DataFrame, since_ms: int, until_ms: int, suites: Sequence[str]) -> Counted:
    """These attempts by the hour of [since, until) they started in."""
    length = -(-(until_ms - since_ms) // HOUR_MS)
    hour = (attempts["started"].to_numpy() - since_ms) // HOUR_MS
    outcome = attempts["outcome"].to_numpy().astype(np.int64)
    table = _counts(outcome * length + hour, length * len(OUTCOMES)).reshape(len(OUTCOMES), length)
    ended = attempts["ended"].to_numpy()
    mask = (outcome == SUCCESS) & (ended >= 0)
    took = (ended - attempts["started"].to_numpy())[mask] / 60_000
    n, sums = _counts(hour[mask], length), np.bincount(hour[mask], weights=took, minlength=length)
    return Counted(
        labels=[from_milliseconds(since_ms + place * HOUR_MS) for place in range(length)],
        outcomes={name: table[place].tolist() for place, name in enumerate(OUTCOMES)},
        total=agg.counts_of_attempts(attempts),
        minutes=[float(total) / count if count else None for total, count in zip(sums, n.tolist(), strict=True)],
        mean_minutes=float(took.mean()) if len(took) else None,
        suites=_gates(attempts, hour, length, suites),
    )


def _gates(attempts: pd.DataFrame, hour: Ints, length: int, suites: Sequence[str]) -> list[SuiteSeries]:
    series = []
    for suite in dict.fromkeys((*suites, *flaky.suites_of(attempts))):
        values = flaky.values_of(attempts, suite)
        known = _counts(hour[values != flaky.UNKNOWN], length).tolist()
        passed = _counts(hour[values == flaky.GOOD], length).tolist()
        if suite not in suites and not any(known):
            continue
        rates = [good / n if n else None for good, n in zip(passed, known, strict=True)]
        series.append(SuiteSeries(suite, rates, known, agg.share(sum(passed), sum(known), NO_GATES)))
    return series


def _counts(places: Ints, length: int) -> Ints:
    return np.bincount(places, minlength=length).astype(np.int64)
