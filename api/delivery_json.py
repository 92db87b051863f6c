"""The delivery metrics and their ledger as JSON: shares in percent, times in seconds, what is not known null."""

from typing import Any

from api.serializers import Json, percent
from data.delivery_views import (
    Bucket,
    Delivery,
    DeliveryFilter,
    LedgerPage,
    LedgerRow,
    Metric,
    MetricId,
    Numbers,
    ScopeNumbers,
)

SHARES = (MetricId.FAILURE_RATE, MetricId.REWORK_RATE)
UNITS = {MetricId.FREQUENCY: "per_day"} | dict.fromkeys(SHARES, "percent")


def delivery(found: Delivery) -> Json:
    """The five metrics with what they are made of."""
    return {
        "filter": _filter(found.filter),
        "previous": _days(found.previous) if found.previous else None,
        "grain": found.grain,
        **numbers(found.numbers),
        "buckets": [_bucket(one) for one in found.buckets],
        "promotionLeadTime": {
            "p50Sec": found.promoted.p50,
            "p90Sec": found.promoted.p90,
            "n": found.promoted.n,
            "directToProd": found.promoted.direct_to_prod,
            "reason": found.promoted.reason,
        },
        "failures": {rule.value: count for rule, count in found.failures.items()},
        "services": [_scope(one) for one in found.services],
        "teams": [_scope(one) for one in found.teams],
        "clusters": [_scope(one) for one in found.clusters],
    }


def numbers(of: Numbers) -> Json:
    """The numbers of one scope."""
    return {
        "metrics": {one.value: _metric(of.metrics[one]) for one in MetricId},
        "score": of.score,
        "deployments": of.deployments,
        "releases": of.releases,
        "failed": of.failed,
        "restores": of.restores,
        "redeploys": of.redeploys,
        "rework": of.rework,
        "daysDeployed": of.days_deployed,
        "failedRollouts": {
            "count": of.failed_rollouts, "rate": percent(of.failed_rollout_rate), "n": of.terminal,
        },
        "openFailures": {"count": of.open_failures.count, "oldestSince": of.open_failures.oldest_since},
        "coverage": {
            "n": of.coverage.n,
            "commitTime": of.coverage.commit_time,
            "tests": of.coverage.tests,
            "ended": of.coverage.ended,
            "trigger": of.coverage.trigger,
            "complete": of.coverage.complete,
            "grade": of.coverage.grade,
        },
        "excluded": dict(of.excluded),
    }  # fmt: skip


def _scope(one: ScopeNumbers) -> Json:
    return {"id": one.key, "name": one.name} | numbers(one.numbers)


def _metric(one: Metric) -> Json:
    shown = percent if one.metric in SHARES else _as_is
    changed = one.change
    return {
        "unit": UNITS.get(one.metric, "seconds"),
        "value": shown(one.value),
        "n": one.n,
        "reason": one.reason,
        "low": percent(one.low),
        "high": percent(one.high),
        "p90": one.p90,
        "approximate": one.approximate,
        "band": one.band,
        "bandReason": one.band_reason,
        "score": one.score,
        "change": None if changed is None else {
            "before": shown(changed.before),
            "beforeN": changed.before_n,
            "relative": changed.relative,
            "trend": changed.trend,
            "better": changed.better,
        },
    }  # fmt: skip


def _as_is(value: float | None) -> float | None:
    return value


def _bucket(one: Bucket) -> Json:
    return {
        "label": one.label,
        "deployments": one.deployments,
        "releases": one.releases,
        "failed": one.failed,
        "restores": one.restores,
        "rework": one.rework,
        "allDeployments": one.all_deployments,
        "leadP50Sec": one.lead_p50,
        "leadP90Sec": one.lead_p90,
        "leadN": one.lead_n,
        "recoveryP50Sec": one.recovery_p50,
        "recoveryN": one.recovery_n,
        "partial": one.partial,
    }


def _days(of: DeliveryFilter) -> Json:
    return {"from": of.start, "to": of.end}


def _filter(of: DeliveryFilter) -> Json:
    named = {"serviceId": of.service_id, "clusterId": of.cluster_id, "team": of.team}
    return named | _days(of) | {"edition": of.edition}


def ledger(found: LedgerPage, cursor: str | None) -> Json:
    """A page of rows, newest first."""
    of = found.filter
    said = {
        "metric": of.metric, "included": of.included, "kind": of.kind, "failure": of.failure, "day": of.day,
    }  # fmt: skip
    return {
        "filter": _filter(of.of) | said,
        "total": found.total,
        "rows": [row(one) for one in found.rows],
        "nextCursor": cursor,
    }


def row(one: LedgerRow) -> dict[str, Any]:
    """One attempt and what it counts as."""
    return {
        "attemptId": one.attempt_id,
        "clusterId": one.cluster_id,
        "serviceId": one.service_id,
        "buildVersion": one.build_version,
        "status": one.status,
        "trigger": one.trigger,
        "startedAt": one.started_at,
        "endedAt": one.ended_at,
        "kind": one.kind,
        "excluded": one.excluded,
        "failure": one.failure,
        "detectedAt": one.detected_at,
        "recoveredAt": one.recovered_at,
        "recoveredBy": one.recovered_by,
        "recoverySec": one.recovery_sec,
        "incidentId": one.incident_id,
        "rework": one.rework,
        "leadSec": list(one.lead_sec),
        "leadExcluded": dict(one.lead_excluded),
        "promotionLeadSec": one.promotion_lead_sec,
        "firstOfRelease": one.first_of_release,
    }
