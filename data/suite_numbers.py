"""How tests did over a period: sums of pair-days, no attempt is looked at. Pure pandas and numpy."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.aggregations import NO_TESTS, seen_suites, selected_suite, share
from data.quality_views import SuiteNumbers, TestNumbers

SUMS = ("gates", "gates_passed", "total", "passed", "failed", "skipped")

Floats = npt.NDArray[np.float64]


def numbers(suites: pd.DataFrame) -> TestNumbers:
    """The sums of these pair-days."""
    return _numbers([int(suites[name].sum()) for name in SUMS])


def _numbers(sums: Sequence[int]) -> TestNumbers:
    gates, gates_passed, total, passed, failed, skipped = sums
    return TestNumbers(
        gates, gates_passed, total, passed, failed, skipped,
        share(passed, total - skipped, NO_TESTS), share(passed, total, NO_TESTS),
    )  # fmt: skip


def by_service(suites: pd.DataFrame) -> dict[str, dict[str, TestNumbers]]:
    """service -> suite -> its numbers; those without a gate are not in it."""
    services, names = ([str(name) for name in suites[one].cat.categories] for one in ("service", "suite"))
    place = (
        suites["service"].cat.codes.to_numpy().astype(np.int64) * len(names) + suites["suite"].cat.codes.to_numpy()
    )
    length = len(services) * len(names)
    sums = [np.bincount(place, suites[name].to_numpy(), length) for name in SUMS]
    found: dict[str, dict[str, TestNumbers]] = {}
    for one in np.flatnonzero(np.bincount(place, minlength=length)).tolist():
        service, suite = divmod(one, len(names))
        found.setdefault(services[service], {})[names[suite]] = _numbers([int(column[one]) for column in sums])
    return found


def together(parts: Iterable[TestNumbers]) -> TestNumbers:
    """All of them as one."""
    found = list(parts)
    return _numbers([sum(getattr(one, name) for one in found) for name in SUMS])


def by_suite(suites: pd.DataFrame, before: pd.DataFrame | None, names: Sequence[str]) -> list[SuiteNumbers]:
    """The named suites and every other with a gate; `before`: the time before, None where it is not held."""
    known = list(dict.fromkeys((*names, *seen_suites(suites))))
    return [
        _suite(name, selected_suite(suites, name), None if before is None else selected_suite(before, name))
        for name in known
    ]


def _suite(name: str, suites: pd.DataFrame, before: pd.DataFrame | None) -> SuiteNumbers:
    values, weights = _times(suites)
    timed = int(weights.sum())
    earlier = None if before is None else _mean(*_times(before))
    p50, p90 = (weighted_quantile(values, weights, share_) for share_ in (0.5, 0.9))
    return SuiteNumbers(name, numbers(suites), _mean(values, weights), p50, p90, timed, earlier)


def _times(suites: pd.DataFrame) -> tuple[Floats, Floats]:
    """Seconds of a gate, the mean of each pair-day, and of how many gates."""
    timed = suites["timed"].to_numpy().astype(np.float64)
    known = timed > 0
    return suites["seconds"].to_numpy().astype(np.float64)[known] / timed[known], timed[known]


def _mean(values: Floats, weights: Floats) -> float | None:
    return float((values * weights).sum() / weights.sum()) if len(values) else None


def weighted_quantile(values: Floats, weights: Floats, share_: float) -> float | None:
    """The least value at or below which that share of the weight lies; None of nothing."""
    if not len(values):
        return None
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, share_ * reached[-1], side="left")])
