"""The attempts behind a number, a bar or a line of the analytics, by the same rules that counted them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import failures, flaky, keys
from data.analytics_queries import NEEDED, held, seen_by, span
from data.day_numbers import from_milliseconds, milliseconds
from data.generation import Generation
from data.models import Instant, Scope
from data.outcomes import OUTCOMES
from data.views import AnalyticsFilter

NAMED = ("cluster", "service", "version", "number", "started")


@dataclass(frozen=True, slots=True)
class RowsWanted:
    """Which of the filter's attempts: outcomes, a part [since, until) of its time, a reason's or a flake's key."""

    filter: AnalyticsFilter
    outcomes: tuple[str, ...] | None = None
    part: tuple[Instant, Instant] | None = None
    reason: str | None = None
    flake: str | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of them, newest first, as (attempt id, its start); `total`: how many there are."""

    found: Sequence[tuple[str, Instant]]
    total: int


def rows(gen: Generation, scope: Scope, wanted: RowsWanted, now: datetime, first: int, limit: int) -> Rows:
    """The attempts behind a number, from the `first` (0: the newest) on."""
    filtered = held(gen, wanted.filter, now)
    since, until = span(filtered)
    judged = wanted.reason is not None or wanted.flake is not None
    if wanted.part is not None and not judged:  # a reason or a flake follows from the whole time
        since = max(since, milliseconds(wanted.part[0]))
        until = min(until, milliseconds(wanted.part[1]))
    seen = seen_by(gen, scope, filtered)
    columns = {"started", "outcome", *((*NAMED, *NEEDED) if judged else ())}
    attempts = gen.attempts.frame(seen, since, until, columns=columns)
    places = np.flatnonzero(_mask(attempts, wanted))[::-1]
    page = places[first : first + limit]
    if judged or not len(page):
        return Rows(_named(attempts.iloc[page]) if len(page) else [], len(places))
    # to name all of a long range for the sake of a page would cost more than to find it
    started = attempts["started"].to_numpy()
    near = gen.attempts.frame(seen, int(started[page[-1]]), int(started[page[0]]) + 1, columns={*NAMED, "outcome"})
    newer = int((started[places] > started[page[0]]).sum())
    shown = np.flatnonzero(_mask(near, wanted))[::-1][first - newer :]
    return Rows(_named(near.iloc[shown[:limit]]), len(places))


def _mask(attempts: pd.DataFrame, wanted: RowsWanted) -> npt.NDArray[np.bool_]:
    mask = np.ones(len(attempts), dtype=np.bool_)
    if wanted.flake is not None:
        service, _, suite = wanted.flake.partition(":")
        mask &= flaky.attempts_behind(attempts, service, None if suite == flaky.DEPLOY else suite)
    if wanted.reason is not None:
        mask &= failures.with_reason(attempts, wanted.reason)
    if wanted.outcomes is not None:
        mask &= np.isin(attempts["outcome"].to_numpy(), [OUTCOMES.index(one) for one in wanted.outcomes])
    if wanted.part is not None:
        started = attempts["started"].to_numpy()
        mask &= (started >= milliseconds(wanted.part[0])) & (started < milliseconds(wanted.part[1]))
    return mask


def _named(attempts: pd.DataFrame) -> list[tuple[str, Instant]]:
    parts = (attempts[name].tolist() for name in NAMED)
    return [
        (keys.attempt_id(str(cluster), str(service), str(version), str(number)), from_milliseconds(started))
        for cluster, service, version, number, started in zip(*parts, strict=True)
    ]
