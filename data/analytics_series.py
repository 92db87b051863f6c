"""Series and sums of the parts of a range: one entry a day, or one an hour. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data import aggregations as agg
from data.analytics_parts import Part
from data.outcomes import OUTCOMES
from data.views import Counts, SuiteSeries

NO_GATES = "no_gates"

Wide = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counted:
    """Series with one entry a step, and their sums."""

    outcomes: dict[str, list[int]]
    total: Counts
    minutes: Sequence[float | None]
    mean_minutes: float | None
    suites: Sequence[SuiteSeries]


def counted(parts: Sequence[Part], catalog_suites: Sequence[str], *, hourly: bool) -> Counted:
    """The parts one after another. By the hour a suite's rate is of gates, by the day of tests."""
    table = np.concatenate([np.zeros((len(OUTCOMES), 0), dtype=np.int64), *(one.outcomes for one in parts)], axis=1)
    seconds = np.concatenate([np.zeros(0), *(one.seconds for one in parts)])
    timed = np.concatenate([np.zeros(0, dtype=np.int64), *(one.timed for one in parts)])
    n = int(timed.sum())
    return Counted(
        outcomes={name: table[place].tolist() for place, name in enumerate(OUTCOMES)},
        total=Counts(**{name: int(table[place].sum()) for place, name in enumerate(OUTCOMES)}),
        minutes=_ratios(seconds / 60, timed),
        mean_minutes=float(seconds.sum()) / n / 60 if n else None,
        suites=_suites(parts, catalog_suites, hourly=hourly),
    )


def _suites(parts: Sequence[Part], catalog_suites: Sequence[str], *, hourly: bool) -> list[SuiteSeries]:
    """The catalog's in its order, then any other that was seen."""
    seen = sorted({suite for part in parts for suite in part.suites})
    series = []
    for suite in dict.fromkeys((*catalog_suites, *seen)):
        if hourly:
            known, passed = _joined(parts, suite, 2)
            series.append(_series(suite, passed, known, NO_GATES))
        else:
            passed, total, skipped = _joined(parts, suite, 3)
            series.append(_series(suite, passed, total - skipped, agg.NO_TESTS))
    return series


def _joined(parts: Sequence[Part], suite: str, rows: int) -> Wide:
    """A suite's counts one step after another, zeros where a part has none."""
    found = [part.suites.get(suite) for part in parts]
    tables = [
        np.zeros((rows, len(part.timed)), dtype=np.int64) if table is None else table
        for part, table in zip(parts, found, strict=True)
    ]
    return np.concatenate([np.zeros((rows, 0), dtype=np.int64), *tables], axis=1)


def _series(suite: str, passed: Wide, known: Wide, nothing: str) -> SuiteSeries:
    overall = agg.share(int(passed.sum()), int(known.sum()), nothing)
    return SuiteSeries(suite, _ratios(passed, known), known.tolist(), overall)


def _ratios(parts: npt.NDArray[np.number], wholes: Wide) -> list[float | None]:
    pairs = zip(parts.tolist(), wholes.tolist(), strict=True)
    return [part / whole if whole > 0 else None for part, whole in pairs]
