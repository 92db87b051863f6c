"""The counts of all days as typed columns: what 200 days of every pair cost in memory and per question.

Each row names its pair by category and its day by number, so that a question is a mask and a sum however many
attempts there were. Pure: a new generation gets new frames, nobody edits one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.attempt_columns import AttemptColumns
from data.day_numbers import EARLIEST, day_number
from data.models import SUCCESSFUL, Day, PairDay, PairDayKey, Status, SuiteTotals
from data.outcomes import OUTCOMES

DAY_COLUMNS = (*OUTCOMES, "duration_n")
SUITE_COLUMNS = ("gates", "gates_passed", "total", "passed", "failed", "skipped")

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Every pair-day: its sums, and its attempts one by one."""

    days: pd.DataFrame  # cluster, service, day, OUTCOMES, duration_n, duration_sec
    suites: pd.DataFrame  # cluster, service, day, suite, SUITE_COLUMNS, timed, seconds
    attempts: AttemptColumns = field(default_factory=AttemptColumns)

    def replaced(self, keys: Collection[PairDayKey], pair_days: Sequence[PairDay], first: Day) -> "Columns":
        """These columns with `keys` taken out, `pair_days` put in, and what is too old gone."""
        fresh = columns_of(pair_days)
        return Columns(
            _merged(self.days, fresh.days, keys, first),
            _merged(self.suites, fresh.suites, keys, first),
            self.attempts.replaced(keys, pair_days, first),
        )

    def cut(
        self, last: Day, gone: Collection[PairDayKey], pair_days: Sequence[PairDay], attempts: AttemptColumns
    ) -> "Columns":
        """The sums up to the day `last` with `gone` taken out and `pair_days` put in, beside these attempts."""
        fresh, until = columns_of(pair_days), day_number(last)
        days, suites = (frame[frame["day"].to_numpy() <= until] for frame in (self.days, self.suites))
        return Columns(
            _merged(days, fresh.days, gone, EARLIEST), _merged(suites, fresh.suites, gone, EARLIEST), attempts
        )


def columns_of(pair_days: Iterable[PairDay]) -> Columns:
    """The columns of these pair-days alone."""
    pair_days = list(pair_days)
    days = [(*_key(p), *_outcomes(p), p.duration_n, p.duration_sec_sum) for p in pair_days]
    suites = [(*_key(p), s.suite, *_totals(s), *_times(p, s.suite)) for p in pair_days for s in p.suites]
    return Columns(
        _frame(days, DAY_COLUMNS, text=(), floats=("duration_sec",)),
        _frame(suites, (*SUITE_COLUMNS, "timed"), text=("suite",), floats=("seconds",)),
        AttemptColumns().replaced((), pair_days, EARLIEST),
    )


def _key(pair_day: PairDay) -> tuple[str, str, int]:
    return pair_day.cluster_id, pair_day.service_id, day_number(pair_day.day)


def _outcomes(pair_day: PairDay) -> tuple[int, ...]:
    count = pair_day.counts.get
    success = sum(count(status, 0) for status in SUCCESSFUL)
    rest = (count(status, 0) for status in (Status.FAILED, Status.ROLLBACK, Status.IN_PROGRESS))
    return success, *rest, pair_day.cancelled


def _totals(suite: SuiteTotals) -> tuple[int, ...]:
    return tuple(getattr(suite, name) for name in SUITE_COLUMNS)


def _times(pair_day: PairDay, suite: str) -> tuple[int, float]:
    """How many of the suite's gates say how long they took, and their seconds together."""
    known = [
        gate.duration_sec
        for row in pair_day.rows
        if not row.cancelled
        for gate in row.gates
        if gate.suite == suite and gate.duration_sec is not None
    ]
    return len(known), sum(known)


def _frame(
    rows: Sequence[tuple[Any, ...]],
    counts: Sequence[str],
    *,
    text: Sequence[str],
    floats: Sequence[str] = (),
) -> pd.DataFrame:
    """Rows of (cluster, service, day, *text, *counts, *floats) as typed columns."""
    types: dict[str, Any] = {"cluster": "category", "service": "category", "day": np.int32}
    types |= dict.fromkeys(text, "category") | dict.fromkeys(counts, np.int32)
    types |= dict.fromkeys(floats, np.float32)
    columns = zip(*rows, strict=True) if rows else ((),) * len(types)
    return pd.DataFrame({name: _column(values, types[name]) for name, values in zip(types, columns, strict=True)})


def _column(values: Sequence[Any], kind: Any) -> Any:
    if kind == "category":
        return pd.Categorical(list(values), categories=pd.Index(sorted(set(values)), dtype=str))
    return np.asarray(values, dtype=kind)


def _merged(old: pd.DataFrame, fresh: pd.DataFrame, gone: Collection[PairDayKey], first: Day) -> pd.DataFrame:
    kept = old[~_named(old, gone) & (old["day"].to_numpy() >= day_number(first))]
    columns: dict[str, Any] = {}
    for name in old.columns:
        if isinstance(old[name].dtype, pd.CategoricalDtype):
            columns[name] = pd.api.types.union_categoricals([kept[name], fresh[name]])
        else:
            columns[name] = np.concatenate([kept[name].to_numpy(), fresh[name].to_numpy()])
    return pd.DataFrame(columns)


def _named(frame: pd.DataFrame, keys: Collection[PairDayKey]) -> Mask:
    """Which rows belong to one of `keys`."""
    if not keys or frame.empty:
        return np.zeros(len(frame), dtype=np.bool_)
    clusters, services, days = zip(*keys, strict=True)
    cluster_places = frame["cluster"].cat.categories.get_indexer(pd.Index(clusters, dtype=str))
    service_places = frame["service"].cat.categories.get_indexer(pd.Index(services, dtype=str))
    known = (cluster_places >= 0) & (service_places >= 0)
    wanted = _code(cluster_places, service_places, np.array([day_number(day) for day in days]))[known]
    rows = _code(
        frame["cluster"].cat.codes.to_numpy(), frame["service"].cat.codes.to_numpy(), frame["day"].to_numpy()
    )  # fmt: skip
    return np.isin(rows, wanted)


def _code(cluster: Places, service: Places, day: Places) -> npt.NDArray[np.int64]:
    """One number a pair-day: 20 bits each for service and day."""
    return ((cluster.astype(np.int64) << 20) + service << 20) + day
