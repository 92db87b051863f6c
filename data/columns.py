"""The counts of all days as typed columns: what 200 days of every pair cost in memory and per question.

Each row names its pair by category and its day by number, so that a question is a mask and a sum however many
attempts there were. Pure: a new generation gets new frames, nobody edits one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.instants import from_instant
from data.models import SUCCESSFUL, AttemptRow, Day, Instant, PairDay, Status, SuiteTotals

OUTCOMES = ("success", "failed", "rollback", "in_progress", "cancelled")
DAY_COLUMNS = (*OUTCOMES, "duration_n")
SUITE_COLUMNS = ("gates", "gates_passed", "total", "passed", "failed", "skipped")
EPOCH = date(1970, 1, 1)

PairDayKey = tuple[str, str, Day]
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Every pair-day. `recent` holds the attempts of the last two days one by one, for rolling hours."""

    days: pd.DataFrame  # cluster, service, day, OUTCOMES, duration_n, duration_sec
    suites: pd.DataFrame  # cluster, service, day, suite, SUITE_COLUMNS
    recent: pd.DataFrame  # cluster, service, day, at (epoch ms), outcome (index into OUTCOMES)

    def replaced(
        self, keys: Collection[PairDayKey], pair_days: Sequence[PairDay], first: Day, yesterday: Day
    ) -> "Columns":
        """These columns with `keys` taken out, `pair_days` put in, and what is too old gone."""
        fresh = columns_of(pair_days, yesterday)
        return Columns(
            _merged(self.days, fresh.days, keys, first),
            _merged(self.suites, fresh.suites, keys, first),
            _merged(self.recent, fresh.recent, keys, yesterday),
        )


def columns_of(pair_days: Iterable[PairDay], yesterday: Day) -> Columns:
    """The columns of these pair-days alone."""
    pair_days = list(pair_days)
    days = [(*_key(p), *_outcomes(p), p.duration_n, p.duration_sec_sum) for p in pair_days]
    suites = [(*_key(p), s.suite, *_totals(s)) for p in pair_days for s in p.suites]
    recent = [(*_key(p), *_moment(row)) for p in pair_days if p.day >= yesterday for row in p.rows]
    return Columns(
        _frame(days, DAY_COLUMNS, text=(), floats=("duration_sec",)),
        _frame(suites, SUITE_COLUMNS, text=("suite",)),
        _frame(recent, (), text=(), wide=("at",), small=("outcome",)),
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


def _moment(row: AttemptRow) -> tuple[int, int]:
    return milliseconds(row.started_at), OUTCOMES.index(outcome_of(row))


def outcome_of(row: AttemptRow) -> str:
    """Which of OUTCOMES an attempt counts as."""
    if row.cancelled:
        return "cancelled"
    return "success" if row.status in SUCCESSFUL else row.status.lower()


def _frame(
    rows: Sequence[tuple[Any, ...]],
    counts: Sequence[str],
    *,
    text: Sequence[str],
    floats: Sequence[str] = (),
    wide: Sequence[str] = (),
    small: Sequence[str] = (),
) -> pd.DataFrame:
    """Rows of (cluster, service, day, *text, *counts, *floats, *wide, *small) as typed columns."""
    types: dict[str, Any] = {"cluster": "category", "service": "category", "day": np.int32}
    types |= dict.fromkeys(text, "category") | dict.fromkeys(counts, np.int32)
    types |= dict.fromkeys(floats, np.float32) | dict.fromkeys(wide, np.int64) | dict.fromkeys(small, np.int8)
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


def day_number(day: Day) -> int:
    """Days since 1970-01-01."""
    return (date.fromisoformat(day) - EPOCH).days


def day_name(number: int) -> Day:
    """The day of that number."""
    return (EPOCH + timedelta(days=number)).isoformat()


def milliseconds(instant: Instant) -> int:
    """Epoch milliseconds."""
    return round(from_instant(instant).timestamp() * 1000)
