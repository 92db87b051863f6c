"""Metrics that alerts watch: their value over the attempts of a rule's window, and the step from quiet to firing.

Pure on a generation: the attempts of the window are counted as columns, and kept per generation.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import cast

import numpy as np
import pandas as pd

from data.alert_models import METRIC_WORDS, Alert, AlertKind, AlertMetric, AlertRule, Measured, Standing
from data.alert_rules import key_of
from data.day_numbers import from_milliseconds, milliseconds
from data.delivery_queries import delivery, numbers_by_service
from data.delivery_views import DeliveryFilter, MetricId
from data.delivery_views import Metric as Delivered
from data.generation import Generation
from data.instants import day_before, from_instant, to_instant
from data.models import EVERYTHING, SUCCESSFUL, Instant, Scope, Status

HOUR_MS = 3_600_000
NO_ATTEMPTS = "no_attempts"

Subjects = Mapping[str | None, Measured]  # by service; None: all together


def measured(generation: Generation, rule: AlertRule, now: datetime) -> Measured:
    """The metric over the rule's window, which ends with the running hour so that it is worked out once an hour."""
    until = _until(now)
    key = ("alert metric", rule, until)
    return generation.memo.get(key, lambda: _measured(generation, rule, until))


def measured_apart(generation: Generation, rule: AlertRule, now: datetime) -> Mapping[str, Measured]:
    """The same for each service that the rule is about and of which there is something to say, all at once."""
    until = _until(now)

    def work() -> Mapping[str, Measured]:
        return {} if rule.metric is None else METRICS_APART[rule.metric](generation, rule, until)

    return generation.memo.get(("alert metric apart", rule, until), work)


def subjects(generation: Generation, rule: AlertRule, now: datetime) -> Subjects:
    """What a rule looks at, each by itself: every service, or all together."""
    if rule.per_service:
        return cast(Subjects, measured_apart(generation, rule, now))  # a service is never None
    return {None: measured(generation, rule, now)}


def standing_key(rule: AlertRule, service_id: str | None) -> str:
    """Under which the standing of a subject is kept."""
    return rule.rule_id if service_id is None else f"{rule.rule_id}#{service_id}"


def _until(now: datetime) -> int:
    return milliseconds(to_instant(now)) // HOUR_MS * HOUR_MS + HOUR_MS


def step(rule: AlertRule, found: Measured, was: Standing | None, now: Instant) -> Standing | None:
    """Where the rule stands after this measurement; None = as before. Too few attempts change nothing."""
    if found.value is None or found.n < rule.least:
        return None
    firing = was is not None and was.firing
    number = was.number if was else 0
    if not firing and _beyond(rule, found.value):
        return Standing(True, now, found.value, number + 1)
    if firing and _over(rule, found.value):
        return Standing(False, now, found.value, number + 1)
    return None


def alert_of(
    rule: AlertRule, standing: Standing, found: Measured, path: str, service_id: str | None = None, name: str = ""
) -> Alert:
    """What is told of a step; `service_id` and `name`: of which service, where the rule is on each."""
    kind = AlertKind.METRIC if standing.firing else AlertKind.METRIC_CLEARED
    side = "above" if rule.above is not None else "below"
    limit = rule.threshold if standing.firing else rule.cleared_at
    metric = METRIC_WORDS[rule.metric] if rule.metric else rule.name
    whose = f"{metric} of {name}" if name else metric
    title = f"{whose} {'at' if standing.firing else 'back at'} {standing.value:.1f} %"
    subject = () if service_id is None else (service_id,)
    text = (
        f"{side.capitalize()} {limit:g} %, " if standing.firing else f"Cleared at {limit:g} %, "
    ) + f"of {found.n:,} in the last {rule.window_days} days."
    return Alert(
        key=key_of(rule.rule_id, kind, str(standing.number), standing.since[:10], *subject), rule_id=rule.rule_id,
        rule_name=rule.name, kind=kind, at=standing.since, title=f"{rule.name}: {title}", text=text, to=rule.to,
        path=path, cluster_id=rule.clusters[0] if len(rule.clusters) == 1 else None,
        service_id=service_id or (rule.services[0] if len(rule.services) == 1 else None),
    )  # fmt: skip


def _beyond(rule: AlertRule, value: float) -> bool:
    if rule.above is not None:
        return value > rule.above
    return rule.below is not None and value < rule.below


def _over(rule: AlertRule, value: float) -> bool:
    limit = rule.cleared_at
    if limit is None:
        return False
    return value <= limit if rule.above is not None else value >= limit


def _measured(generation: Generation, rule: AlertRule, until: int) -> Measured:
    if rule.metric is None:
        return Measured(None, 0, "no_metric")
    return METRICS[rule.metric](generation, rule, until)


def _share(statuses: frozenset[Status]) -> Callable[[Generation, AlertRule, int], Measured]:
    """The share of finished, not cancelled attempts that have one of these statuses."""

    def measure(generation: Generation, rule: AlertRule, until: int) -> Measured:
        finished = _finished(generation, rule, until)
        n = len(finished)
        if n == 0:
            return Measured(None, 0, NO_ATTEMPTS)
        return Measured(100.0 * int(finished["status"].isin(statuses).sum()) / n, n)

    return measure


def _share_apart(statuses: frozenset[Status]) -> Callable[[Generation, AlertRule, int], Mapping[str, Measured]]:
    """The same, counted by service in one go."""

    def measure(generation: Generation, rule: AlertRule, until: int) -> Mapping[str, Measured]:
        finished = _finished(generation, rule, until)
        names, codes = finished["service"].cat.categories, finished["service"].cat.codes.to_numpy()
        n = np.bincount(codes, minlength=len(names)).tolist()
        hits = np.bincount(codes[finished["status"].isin(statuses).to_numpy()], minlength=len(names)).tolist()
        return {str(name): Measured(100.0 * hit / of, of) for name, of, hit in zip(names, n, hits, strict=True) if of}

    return measure


def _delivery(metric: MetricId) -> Callable[[Generation, AlertRule, int], Measured]:
    """A delivery metric of production, over whole days of which the last is the running one."""

    def measure(generation: Generation, rule: AlertRule, until: int) -> Measured:
        days, within, now = _days(generation, rule, until)
        return _told(delivery(generation, within, days, now).numbers.metrics[metric])

    return measure


def _delivery_apart(metric: MetricId) -> Callable[[Generation, AlertRule, int], Mapping[str, Measured]]:
    """The same of each service."""

    def measure(generation: Generation, rule: AlertRule, until: int) -> Mapping[str, Measured]:
        days, within, now = _days(generation, rule, until)
        found = numbers_by_service(generation, within, days.start, days.end, now)
        told = {service_id: _told(one.metrics[metric]) for service_id, one in found.items()}
        return {service_id: one for service_id, one in told.items() if one.value is not None}

    return measure


def _told(found: Delivered) -> Measured:
    return Measured(None if found.value is None else 100.0 * found.value, found.n, found.reason)


def _days(generation: Generation, rule: AlertRule, until: int) -> tuple[DeliveryFilter, Scope, datetime]:
    """The days and places of a rule, and an instant within the last of them."""
    now = from_milliseconds(until - 1)
    clusters, services = _places(generation, rule)
    days = DeliveryFilter(day_before(now[:10], rule.window_days - 1), now[:10])
    return days, Scope(clusters=frozenset(clusters), services=frozenset(services)), from_instant(now)


def _places(generation: Generation, rule: AlertRule) -> tuple[set[str], set[str]]:
    """The clusters and services a rule is about."""
    clusters = {
        one.cluster_id
        for one in generation.clusters.values()
        if (rule.stage is None or one.type == rule.stage) and (not rule.clusters or one.cluster_id in rule.clusters)
    }
    services = {
        one.service_id
        for one in generation.services.values()
        if (not rule.team or one.team == rule.team) and (not rule.services or one.service_id in rule.services)
    }
    return clusters, services


def _finished(generation: Generation, rule: AlertRule, until: int) -> pd.DataFrame:
    """The finished, not cancelled attempts of a rule's window."""
    since = until - int(timedelta(days=rule.window_days).total_seconds() * 1000)
    clusters, services = _places(generation, rule)
    every_service = not rule.team and not rule.services
    frame = generation.attempts.frame(
        EVERYTHING, since, until, cluster_ids=clusters, service_ids=None if every_service else services,
        columns=("service", "status", "cancelled"),
    )  # fmt: skip
    found: pd.DataFrame = frame[(frame["status"] != Status.IN_PROGRESS.value) & ~frame["cancelled"]]
    return found


METRICS: dict[AlertMetric, Callable[[Generation, AlertRule, int], Measured]] = {
    AlertMetric.ATTEMPT_SUCCESS_RATE: _share(SUCCESSFUL),
    AlertMetric.FAILED_ATTEMPT_RATE: _share(frozenset({Status.FAILED})),
    AlertMetric.ROLLBACK_RATE: _share(frozenset({Status.ROLLBACK})),
    AlertMetric.CHANGE_FAILURE_RATE: _delivery(MetricId.FAILURE_RATE),
    AlertMetric.REWORK_RATE: _delivery(MetricId.REWORK_RATE),
}
METRICS_APART: dict[AlertMetric, Callable[[Generation, AlertRule, int], Mapping[str, Measured]]] = {
    AlertMetric.ATTEMPT_SUCCESS_RATE: _share_apart(SUCCESSFUL),
    AlertMetric.FAILED_ATTEMPT_RATE: _share_apart(frozenset({Status.FAILED})),
    AlertMetric.ROLLBACK_RATE: _share_apart(frozenset({Status.ROLLBACK})),
    AlertMetric.CHANGE_FAILURE_RATE: _delivery_apart(MetricId.FAILURE_RATE),
    AlertMetric.REWORK_RATE: _delivery_apart(MetricId.REWORK_RATE),
}
