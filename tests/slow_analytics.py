"""Analytics by walking over every attempt of the range: slow and obvious, to hold the quick answers against."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data import aggregations as agg
from data import durations, failures, flaky
from data.analytics_queries import DAY_MS, HOUR_MS, seen_by, span
from data.analytics_views import Durations, Flake, Flakes
from data.day_numbers import from_milliseconds
from data.generation import Generation
from data.models import Scope
from data.outcomes import OUTCOMES
from data.views import AnalyticsFilter, SuiteSeries

SUCCESS = OUTCOMES.index("success")


def walked(gen: Generation, scope: Scope, wanted: AnalyticsFilter) -> dict[str, object]:
    """What analytics say that is not said of the filter alone, by the name of its field."""
    seen = seen_by(gen, scope, wanted)
    since, until = span(wanted)
    attempts = gen.attempts.frame(seen, since, until)
    step = HOUR_MS if wanted.hours else DAY_MS
    length = (until - since) // step
    counted = by_hour(attempts, since, length, gen.catalog.suites) if wanted.hours else by_day(gen, seen, wanted)
    parts, whole = took(attempts, since, step, length)
    return {**counted, "durations": parts, "duration": whole, "reasons": failures.reasons(attempts),
            "flakes": flakes(attempts)}  # fmt: skip


def took(attempts: pd.DataFrame, since: int, step: int, length: int) -> tuple[list[Durations], Durations]:
    started, ended = attempts["started"].to_numpy(), attempts["ended"].to_numpy()
    mask = (attempts["outcome"].to_numpy() == SUCCESS) & (ended >= 0)
    return durations.series((ended - started)[mask], (started[mask] - since) // step, length)


def by_day(gen: Generation, seen: Scope, wanted: AnalyticsFilter) -> dict[str, object]:
    start, end = wanted.start, wanted.end
    days = agg.selected(gen.columns.days, seen, start, end)
    suites = agg.selected(gen.columns.suites, seen, start, end)
    daily = agg.daily(days, start, end)
    names = dict.fromkeys((*gen.catalog.suites, *agg.seen_suites(suites)))
    return {
        "labels": agg.days_between(start, end),
        **{name: daily.counts[name].tolist() for name in OUTCOMES},
        "counts": agg.counts(days),
        "deploy_minutes": daily.minutes,
        "mean_deploy_minutes": agg.mean_minutes(days),
        "suites": agg.suite_series(suites, list(names), start, end),
    }


def by_hour(attempts: pd.DataFrame, since: int, length: int, suites: Sequence[str]) -> dict[str, object]:
    """Of whole milliseconds, so that nothing depends on the order of adding."""
    hour = (attempts["started"].to_numpy() - since) // HOUR_MS
    outcome = attempts["outcome"].to_numpy()
    ended = attempts["ended"].to_numpy()
    mask = (outcome == SUCCESS) & (ended >= 0)
    lasted = (ended - attempts["started"].to_numpy())[mask].tolist()
    hours = [[ms for ms, one in zip(lasted, hour[mask], strict=True) if one == n] for n in range(length)]
    return {
        "labels": [from_milliseconds(since + n * HOUR_MS) for n in range(length)],
        **{
            name: [int(((hour == n) & (outcome == place)).sum()) for n in range(length)]
            for place, name in enumerate(OUTCOMES)
        },
        "counts": agg.counts_of_attempts(attempts),
        "deploy_minutes": [sum(one) / 1000 / 60 / len(one) if one else None for one in hours],
        "mean_deploy_minutes": sum(lasted) / 1000 / len(lasted) / 60 if lasted else None,
        "suites": gates(attempts, hour, length, suites),
    }


def gates(attempts: pd.DataFrame, hour: "np.ndarray", length: int, suites: Sequence[str]) -> list[SuiteSeries]:
    series = []
    for suite in dict.fromkeys((*suites, *flaky.suites_of(attempts))):
        values = flaky.values_of(attempts, suite)
        known = np.bincount(hour[values != flaky.UNKNOWN], minlength=length).tolist()
        passed = np.bincount(hour[values == flaky.GOOD], minlength=length).tolist()
        if suite not in suites and not any(known):
            continue
        rates = [good / n if n else None for good, n in zip(passed, known, strict=True)]
        series.append(SuiteSeries(suite, rates, known, agg.share(sum(passed), sum(known), "no_gates")))
    return series


def flakes(attempts: pd.DataFrame) -> Flakes:
    """Every service and suite with a flip among these attempts, which are oldest first."""
    groups = flaky.groups_of(attempts)
    service_of = dict(zip(groups.tolist(), attempts["service"].astype(str).tolist(), strict=True))
    found: list[Flake] = []
    repeated: set[int] = set()
    for one in flaky.repeats(attempts, groups):
        repeated |= set(one.repeated.tolist())
        for service in sorted(set(service_of.values())):
            tried = sum(service_of[group] == service for group in one.repeated.tolist())
            flipped = sum(service_of[group] == service for group in one.flipped.tolist())
            if flipped:
                found.append(Flake(service, one.suite, flipped, tried))
    found.sort(key=lambda one: (-one.flipped, -one.flipped / one.n, one.service_id, one.suite or ""))
    return Flakes(tuple(found), len(repeated))
