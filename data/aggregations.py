"""Sums, rates and daily series over the columns of a generation. Pure pandas and numpy.

No NaN leaves this module: a count of nothing is 0, a rate of nothing is None with its reason.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.day_numbers import day_name, day_number
from data.models import Day, Scope
from data.outcomes import OUTCOMES
from data.pair_day_table import PairDayTable
from data.views import Counts, Rate, SuiteSeries

NO_ATTEMPTS = "no_attempts"
NO_TESTS = "no_tests"
NOTHING_WENT_OUT = "nothing_went_out"

Floats = npt.NDArray[np.float64]


class Daily(NamedTuple):
    """One number a day for each outcome, and the mean duration of that day's successful attempts."""

    counts: pd.DataFrame  # columns OUTCOMES, one row a day
    minutes: list[float | None]


def selected(
    frame: pd.DataFrame | PairDayTable,
    scope: Scope,
    start: Day,
    end: Day,
    *,
    cluster_id: str | None = None,
    service_id: str | None = None,
    clusters: Collection[str] | None = None,
) -> pd.DataFrame:
    """The rows of the days from `start` to `end` (both included) that scope and filter allow."""
    if isinstance(frame, PairDayTable):
        return frame.frame(scope, start, end, cluster_id=cluster_id, service_id=service_id, clusters=clusters)
    day = frame["day"].to_numpy()
    mask = (day >= day_number(start)) & (day <= day_number(end))
    for column, one, many in (
        ("cluster", cluster_id, scope.clusters),
        ("service", service_id, scope.services),
        ("cluster", None, clusters),
    ):
        if one is not None:
            mask &= _is_one_of(frame[column], (one,))
        if many is not None:
            mask &= _is_one_of(frame[column], many)
    return frame[mask]


def _is_one_of(column: "pd.Series[str]", ids: Collection[str]) -> npt.NDArray[np.bool_]:
    wanted = column.cat.categories.get_indexer(pd.Index(list(ids), dtype=str))
    return np.isin(column.cat.codes.to_numpy(), wanted[wanted >= 0])


def days_between(start: Day, end: Day) -> list[Day]:
    """Every day from `start` to `end`, both included; none where they are the other way round."""
    return [day_name(number) for number in range(day_number(start), day_number(end) + 1)]


def counts(days: pd.DataFrame) -> Counts:
    """The attempts of these rows by outcome."""
    return Counts(**{outcome: int(days[outcome].sum()) for outcome in OUTCOMES})


def counts_of_attempts(attempts: pd.DataFrame) -> Counts:
    """These attempts by outcome."""
    found = np.bincount(attempts["outcome"].to_numpy(), minlength=len(OUTCOMES))
    return Counts(**{outcome: int(found[place]) for place, outcome in enumerate(OUTCOMES)})


def share(part: int, whole: int, reason: str) -> Rate:
    """part ÷ whole; None with `reason` where there is nothing to divide by."""
    return Rate(part / whole, whole) if whole > 0 else Rate(None, 0, reason)


def success_rate(found: Counts) -> Rate:
    """(SUCCESS + LIVE) ÷ all terminal attempts; cancelled ones are in neither."""
    return share(found.success, found.terminal, NO_ATTEMPTS)


def rollback_rate(found: Counts) -> Rate:
    """ROLLBACK ÷ (SUCCESS + LIVE + ROLLBACK): of what went out, what was taken back."""
    return share(found.rollback, found.success + found.rollback, NOTHING_WENT_OUT)


def mean_minutes(days: pd.DataFrame) -> float | None:
    """Mean duration of the successful attempts that have an end; None where there is none."""
    n = int(days["duration_n"].sum())
    return float(days["duration_sec"].to_numpy().sum(dtype=np.float64)) / n / 60 if n else None


def daily(days: pd.DataFrame, start: Day, end: Day) -> Daily:
    """Sums day by day, every day of the range present."""
    found = {name: _per_day(days, name, start, end) for name in (*OUTCOMES, "duration_n", "duration_sec")}
    minutes = _ratios(found["duration_sec"] / 60, found["duration_n"])
    return Daily(pd.DataFrame({name: found[name].astype(np.int64) for name in OUTCOMES}), minutes)


def _per_day(frame: pd.DataFrame, column: str, start: Day, end: Day) -> Floats:
    first, length = day_number(start), max(0, day_number(end) - day_number(start) + 1)
    place = frame["day"].to_numpy() - first
    return np.bincount(place, weights=frame[column].to_numpy(), minlength=length).astype(np.float64)[:length]


def _ratios(parts: Floats, wholes: Floats) -> list[float | None]:
    pairs: Iterator[tuple[float, float]] = zip(parts.tolist(), wholes.tolist(), strict=True)
    return [part / whole if whole > 0 else None for part, whole in pairs]


def suite_series(suites: pd.DataFrame, names: Sequence[str], start: Day, end: Day) -> list[SuiteSeries]:
    """Pass rate of each named suite day by day: passed ÷ (total − skipped), None on a day without tests."""
    found = {column: _per_suite_and_day(suites, column, start, end) for column in ("passed", "total", "skipped")}
    tests = found["total"] - found["skipped"]
    places = dict(zip(suites["suite"].cat.categories, range(len(tests)), strict=True))
    nothing = np.zeros(tests.shape[1])
    series = []
    for name in names:
        place = places.get(name)
        passed_daily, tests_daily = (nothing, nothing) if place is None else (found["passed"][place], tests[place])
        overall = share(int(passed_daily.sum()), int(tests_daily.sum()), NO_TESTS)
        series.append(
            SuiteSeries(name, _ratios(passed_daily, tests_daily), tests_daily.astype(int).tolist(), overall)
        )
    return series


def _per_suite_and_day(suites: pd.DataFrame, column: str, start: Day, end: Day) -> Floats:
    """Sums of one column: a row for each category of suite, a column for each day."""
    first, length = day_number(start), max(0, day_number(end) - day_number(start) + 1)
    shape = len(suites["suite"].cat.categories), length
    place = suites["suite"].cat.codes.to_numpy().astype(np.int64) * length + suites["day"].to_numpy() - first
    sums = np.bincount(place, weights=suites[column].to_numpy(), minlength=shape[0] * length)
    return sums.astype(np.float64)[: shape[0] * length].reshape(shape)


def selected_suite(suites: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows of one suite."""
    place = suites["suite"].cat.categories.get_indexer(pd.Index([name], dtype=str))[0]
    return suites[suites["suite"].cat.codes.to_numpy() == place] if place >= 0 else suites.iloc[:0]


def pass_rate(suites: pd.DataFrame) -> Rate:
    """passed ÷ (total − skipped) over these rows."""
    tests = int(suites["total"].sum()) - int(suites["skipped"].sum())
    return share(int(suites["passed"].sum()), tests, NO_TESTS)


def seen_suites(suites: pd.DataFrame) -> list[str]:
    """The suites that have rows, by name."""
    return sorted(str(name) for name in suites["suite"].unique())


def by_service(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The rows of each service that has any."""
    return {str(service): rows for service, rows in frame.groupby("service", observed=True)}
