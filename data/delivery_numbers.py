"""From sums and times to the five metrics of one scope, with what each is worth. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data import delivery_bands as bands
from data.day_numbers import from_milliseconds
from data.delivery_bands import change, wilson
from data.delivery_judge import Kind
from data.delivery_leads import LEFT_OUT
from data.delivery_ledger import FIRST_LEFT_OUT, OF_KIND, Array, Sum
from data.delivery_periods import full
from data.delivery_times import Times
from data.delivery_views import Band, Coverage, Edition, Metric, MetricId, Numbers, OpenFailures

NO_DEPLOYMENTS, NO_COMMIT_TIMES, NO_FAILURES = "no_deployments", "no_commit_times", "no_failures"
CENSORED, BEFORE_FIRST_EVENT, NOT_PRODUCTION = "censored", "before_first_event", "not_production"
INSUFFICIENT_HISTORY, SMALL_SAMPLE, NOT_IN_EDITION = "insufficient_history", "small_sample", "not_in_edition"


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What is known of one scope in a period [start, end) of day numbers, of which days up to `over` are over."""

    sums: Array  # [day, Sum]
    releases: int
    start: int
    end: int
    over: int
    began: int  # day of the first attempt in production ever
    leads: Times
    recoveries: Times
    still_open: Sequence[int]  # since when, epoch ms
    edition: Edition
    production: bool = True


def numbers(told: Told) -> Numbers:
    """The five metrics and what they are made of."""
    total = [int(one) for one in told.sums.sum(axis=0)]
    deployments, restores, redeploys = (total[at] for at in (Sum.DEPLOYMENTS, Sum.RESTORES, Sum.REDEPLOYS))
    terminal = deployments + restores + redeploys + total[Sum.FAILED_ROLLOUTS]
    by_day = told.sums[:, Sum.DEPLOYMENTS] > 0
    metrics = {one.metric: _worth(one, told, by_day) for one in _values(told, total)}
    scores = [one.score for one in metrics.values()]
    known = [one for one in scores if one is not None]
    return Numbers(
        deployments=deployments,
        releases=told.releases,
        failed=_failed(total),
        restores=restores,
        redeploys=redeploys,
        failed_rollouts=total[Sum.FAILED_ROLLOUTS],
        failed_rollout_rate=total[Sum.FAILED_STATUS] / terminal if terminal else None,
        terminal=terminal,
        rework=total[Sum.REWORK],
        days_deployed=int(np.count_nonzero(by_day)),
        metrics=metrics,
        score=sum(known) / len(known) if len(known) == len(scores) else None,
        open_failures=_open(told.still_open),
        coverage=_coverage(total),
        excluded=_excluded(total),
    )


def _failed(total: Sequence[int]) -> int:
    return sum(total[at] for at in (Sum.ROLLED_BACK, Sum.RESTORED, Sum.HOTFIX, Sum.INCIDENT))


def _open(since: Sequence[int]) -> OpenFailures:
    oldest = from_milliseconds(min(since)) if since else None
    return OpenFailures(len(since), None, oldest)


def _coverage(total: Sequence[int]) -> Coverage:
    n = total[Sum.DEPLOYMENTS]
    complete = total[Sum.COMPLETE]
    return Coverage(
        n,
        total[Sum.TIMED],
        total[Sum.TESTED],
        total[Sum.ENDED],
        total[Sum.TRIGGERED],
        bands.grade(complete, n),
        complete,
    )


def _excluded(total: Sequence[int]) -> Mapping[str, int]:
    kinds = {kind.value: total[place] for kind, place in OF_KIND.items() if kind is not Kind.DEPLOYMENT}
    commits = {reason: total[FIRST_LEFT_OUT + place] for place, reason in enumerate(LEFT_OUT)}
    return {reason: count for reason, count in (kinds | commits).items() if count}


def _values(told: Told, total: Sequence[int]) -> list[Metric]:
    """The five without their worth."""
    if not told.production:
        return [Metric(one, None, 0, NOT_PRODUCTION) for one in MetricId]
    deployments = total[Sum.DEPLOYMENTS]
    all_of_them = deployments + total[Sum.RESTORES]
    return [
        _frequency(deployments, told.end - max(told.start, told.began)),
        _lead_time(told.leads, deployments),
        _share(MetricId.FAILURE_RATE, _failed(total), deployments),
        _recovery(told.recoveries, _failed(total)),
        _share(MetricId.REWORK_RATE, total[Sum.REWORK], all_of_them),
    ]


def _frequency(deployments: int, days: int) -> Metric:
    """A day, over the days of the period since anything was ever heard."""
    if days <= 0:
        return Metric(MetricId.FREQUENCY, None, 0, BEFORE_FIRST_EVENT)
    return Metric(MetricId.FREQUENCY, deployments / days, deployments)


def _lead_time(found: Times, deployments: int) -> Metric:
    if found.p50 is None:
        return Metric(MetricId.LEAD_TIME, None, 0, NO_COMMIT_TIMES if deployments else NO_DEPLOYMENTS)
    return Metric(MetricId.LEAD_TIME, found.p50, found.n, p90=found.p90, approximate=found.approximate)


def _recovery(found: Times, failed: int) -> Metric:
    if failed == 0:
        return Metric(MetricId.RECOVERY_TIME, None, 0, NO_FAILURES)
    if 2 * found.n < failed or found.p50 is None:
        return Metric(MetricId.RECOVERY_TIME, None, found.n, CENSORED)
    return Metric(MetricId.RECOVERY_TIME, found.p50, found.n, p90=found.p90, approximate=found.approximate)


def _share(metric: MetricId, part: int, whole: int) -> Metric:
    if whole == 0:
        return Metric(metric, None, 0, NO_DEPLOYMENTS)
    return Metric(metric, part / whole, whole, None, *wilson(part, whole))


def _worth(one: Metric, told: Told, by_day: Array) -> Metric:
    """The metric with its band of 2023 or its score of 2025."""
    if one.value is None:
        return replace(one, band_reason=one.reason)
    if told.edition is Edition.SCORE_2025:
        return replace(one, score=bands.score(one.metric, one.value))
    band, reason = _band(one, one.value, told, by_day)
    return replace(one, band=band, band_reason=reason)


def _band(one: Metric, value: float, told: Told, by_day: Array) -> tuple[Band | None, str | None]:
    if one.metric is MetricId.FREQUENCY:
        band = _band_of_frequency(told, by_day)
        return band, None if band else INSUFFICIENT_HISTORY
    if one.metric is MetricId.REWORK_RATE:
        return None, NOT_IN_EDITION
    if one.metric is MetricId.FAILURE_RATE:
        return bands.band_of_failures(value), SMALL_SAMPLE if one.n < bands.FEW else None
    return bands.band_of_time(one.metric, value), None


def _band_of_frequency(told: Told, by_day: Array) -> Band | None:
    """By the days with a deployment of each full week and month; without a full month all days are one."""
    first, end = max(told.start, told.began), min(told.end, told.over)
    until = np.concatenate([[0], np.cumsum(by_day)]).tolist()

    def deployed(kind: str) -> list[int]:
        return [until[one.end - told.start] - until[one.first - told.start] for one in full(first, end, kind)]

    weeks = deployed("week")
    months = deployed("month") or ([until[end - told.start] - until[first - told.start]] if weeks else [])
    return bands.band_of_frequency(weeks, months)


def beside(now: Numbers, before: Numbers) -> Numbers:
    """These numbers with what changed since the period before."""

    def compared(one: Metric) -> Metric:
        other = before.metrics[one.metric]
        return replace(one, change=change(one.metric, one.value, one.n, other.value, other.n))

    return replace(now, metrics={metric: compared(one) for metric, one in now.metrics.items()})
