"""The attempts behind a number, a bar or a line of the analytics, by the same rules that counted them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

from data import failures, flaky, keys
from data.analytics_queries import NEEDED, held, seen_by, span
from data.day_numbers import from_milliseconds, milliseconds
from data.generation import Generation
from data.models import Instant, Scope
from data.outcomes import OUTCOMES
from data.views import AnalyticsFilter


@dataclass(frozen=True, slots=True)
class RowsWanted:
    """Which of the filter's attempts: an outcome, a part [since, until) of its time, a reason's or a flake's key."""

    filter: AnalyticsFilter
    outcome: str | None = None
    part: tuple[Instant, Instant] | None = None
    reason: str | None = None
    flake: str | None = None


def rows(gen: Generation, scope: Scope, wanted: RowsWanted, now: datetime) -> Sequence[tuple[str, Instant]]:
    """(attempt id, its start) of every attempt behind a number, newest first."""
    wanted = replace(wanted, filter=held(gen, wanted.filter, now))
    return gen.memo.get(("analytics-rows", scope.key, wanted), lambda: _rows(gen, scope, wanted))


def _rows(gen: Generation, scope: Scope, wanted: RowsWanted) -> list[tuple[str, Instant]]:
    since, until = span(wanted.filter)
    attempts = gen.attempts.frame(seen_by(gen, scope, wanted.filter), since, until, columns=(*NEEDED, "number"))
    mask = np.ones(len(attempts), dtype=np.bool_)
    if wanted.flake is not None:
        service, _, suite = wanted.flake.partition(":")
        mask &= flaky.attempts_behind(attempts, service, None if suite == flaky.DEPLOY else suite)
    if wanted.reason is not None:
        mask &= failures.with_reason(attempts, wanted.reason)
    if wanted.outcome is not None:
        mask &= attempts["outcome"].to_numpy() == OUTCOMES.index(wanted.outcome)
    if wanted.part is not None:
        started = attempts["started"].to_numpy()
        mask &= (started >= milliseconds(wanted.part[0])) & (started < milliseconds(wanted.part[1]))
    return _named(attempts[mask].iloc[::-1])


def _named(attempts: pd.DataFrame) -> list[tuple[str, Instant]]:
    parts = (attempts[name].tolist() for name in ("cluster", "service", "version", "number", "started"))
    return [
        (keys.attempt_id(str(cluster), str(service), str(version), str(number)), from_milliseconds(started))
        for cluster, service, version, number, started in zip(*parts, strict=True)
    ]
