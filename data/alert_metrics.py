"""Metrics that alerts watch: their value over the attempts of a rule's window, and the step from quiet to firing.

Pure on a generation: the attempts of the window are counted as columns, and kept per generation.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pandas as pd

from data.alert_models import METRIC_WORDS, Alert, AlertKind, AlertMetric, AlertRule, Measured, Standing
from data.alert_rules import key_of
from data.day_numbers import from_milliseconds, milliseconds
from data.delivery_queries import delivery
from data.delivery_views import DeliveryFilter, MetricId
from data.generation import Generation
from data.instants import day_before, from_instant, to_instant
from data.models import EVERYTHING, SUCCESSFUL, Instant, Scope, Status

HOUR_MS = 3_600_000


def measured(generation: Generation, rule: AlertRule, now: datetime) -> Measured:
    """The metric over the rule's window, which ends with the running hour so that it is worked out once an hour."""
    until = milliseconds(to_instant(now)) // HOUR_MS * HOUR_MS + HOUR_MS
    key = ("alert metric", rule, until)
    return generation.memo.get(key, lambda: _measured(generation, rule, until))


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


def alert_of(rule: AlertRule, standing: Standing, found: Measured, path: str) -> Alert:
    """What is told of a step."""
    kind = AlertKind.METRIC if standing.firing else AlertKind.METRIC_CLEARED
    side = "above" if rule.above is not None else "below"
    limit = rule.threshold if standing.firing else rule.cleared_at
    name = METRIC_WORDS[rule.metric] if rule.metric else rule.name
    title = f"{name} is {standing.value:.1f} %" if standing.firing else f"{name} is back at {standing.value:.1f} %"
    text = (
        f"{side.capitalize()} {limit:g} %, " if standing.firing else f"Cleared at {limit:g} %, "
    ) + f"of {found.n} in the last {rule.window_days} days."
    return Alert(
        key=key_of(rule.rule_id, kind, str(standing.number), standing.since[:10]), rule_id=rule.rule_id,
        rule_name=rule.name, kind=kind, at=standing.since, title=f"{rule.name}: {title}", text=text, to=rule.to,
        path=path, cluster_id=rule.clusters[0] if len(rule.clusters) == 1 else None,
        service_id=rule.services[0] if len(rule.services) == 1 else None,
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
        frame = _attempts(generation, rule, until)
        finished = frame[(frame["status"] != Status.IN_PROGRESS.value) & ~frame["cancelled"]]
        n = len(finished)
        if n == 0:
            return Measured(None, 0, "no_attempts")
        hits = int(finished["status"].isin([one.value for one in statuses]).sum())
        return Measured(100.0 * hits / n, n)

    return measure


def _delivery(metric: MetricId) -> Callable[[Generation, AlertRule, int], Measured]:
    """A delivery metric of production, over whole days of which the last is the running one."""

    def measure(generation: Generation, rule: AlertRule, until: int) -> Measured:
        now = from_milliseconds(until - 1)
        clusters, services = _places(generation, rule)
        days = DeliveryFilter(day_before(now[:10], rule.window_days - 1), now[:10])
        within = Scope(clusters=frozenset(clusters), services=frozenset(services))
        found = delivery(generation, within, days, from_instant(now)).numbers.metrics[metric]
        return Measured(None if found.value is None else 100.0 * found.value, found.n, found.reason)

    return measure


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


def _attempts(generation: Generation, rule: AlertRule, until: int) -> pd.DataFrame:
    since = until - int(timedelta(days=rule.window_days).total_seconds() * 1000)
    clusters, services = _places(generation, rule)
    every_service = not rule.team and not rule.services
    return generation.attempts.frame(
        EVERYTHING, since, until, cluster_ids=clusters, service_ids=None if every_service else services,
        columns=("status", "cancelled"),
    )  # fmt: skip


METRICS: dict[AlertMetric, Callable[[Generation, AlertRule, int], Measured]] = {
    AlertMetric.ATTEMPT_SUCCESS_RATE: _share(SUCCESSFUL),
    AlertMetric.FAILED_ATTEMPT_RATE: _share(frozenset({Status.FAILED})),
    AlertMetric.ROLLBACK_RATE: _share(frozenset({Status.ROLLBACK})),
    AlertMetric.CHANGE_FAILURE_RATE: _delivery(MetricId.FAILURE_RATE),
    AlertMetric.REWORK_RATE: _delivery(MetricId.REWORK_RATE),
}
