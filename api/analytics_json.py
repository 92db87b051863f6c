"""What analytics say, as JSON: series with one entry a label, and what is behind them."""

from collections.abc import Sequence
from typing import Any

from api.serializers import Json, counts, percent, rate
from data.analytics_views import Durations, FailureReason, Flake, Week
from data.views import Analytics, AnalyticsFilter


def analytics(found: Analytics) -> Json:
    """A gap is null, and every day (or hour) of the range is there."""
    labels, by_hour = list(found.labels), found.filter.hours is not None
    rates = _rates(found, labels)
    overall = {one.suite.lower(): rate(one.overall) for one in found.suites}
    return {
        "filter": _filter(found.filter),
        "team": found.filter.team,
        "grain": found.filter.grain,
        "hours": dict(zip(("from", "to"), found.filter.hours, strict=True)) if found.filter.hours else None,
        "buildAttempts": {
            "labels": labels,
            "success": list(found.success),
            "failed": list(found.failed),
            "rollback": list(found.rollback),
            "inProgress": list(found.in_progress),
            "cancelled": list(found.cancelled),
        },
        "testPassRates": {"labels": labels} if by_hour else rates,
        "gatePassRates": rates if by_hour else None,
        "deployFrequency": {
            "labels": labels,
            "deploys": list(found.deploys),
            "avgLeadTimeMin": [_minutes(one) for one in found.deploy_minutes],
        },
        "deployWeeks": [_week(one) for one in found.weeks],
        "deployDurations": _durations(labels, found.durations),
        "failureReasons": {
            "reasons": [_reason(one) for one in found.reasons.top],
            "others": _reason(found.reasons.others) if found.reasons.others else None,
            "otherKinds": found.reasons.other_kinds,
        },
        "flaky": [_flake(one) for one in found.flakes.found],
        "summary": counts(found.counts)
        | {
            "successRate": rate(found.success_rate),
            "avgLeadTimeMin": _minutes(found.mean_deploy_minutes),
            "deployDuration": _duration(found.duration),
            "passRates": {} if by_hour else overall,
            "gatePassRates": overall if by_hour else {},
        },
        "partialDay": None if by_hour else found.partial,
        "partialHour": found.partial if by_hour else None,
    }


def _filter(of: AnalyticsFilter) -> Json:
    return {"serviceId": of.service_id, "clusterId": of.cluster_id, "from": of.start, "to": of.end}


def _rates(found: Analytics, labels: Sequence[str]) -> dict[str, Any]:
    rates = {one.suite.lower(): [percent(value) for value in one.pass_rate] for one in found.suites}
    return {"labels": labels} | rates


def _durations(labels: Sequence[str], found: Sequence[Durations]) -> Json:
    return {
        "labels": labels,
        "p50Min": [_minutes(one.p50) for one in found],
        "p90Min": [_minutes(one.p90) for one in found],
        "n": [one.n for one in found],
        "exact": [one.exact for one in found],
    }


def _duration(one: Durations) -> Json:
    return {"p50Min": _minutes(one.p50), "p90Min": _minutes(one.p90), "n": one.n, "exact": one.exact}


def _week(one: Week) -> Json:
    return {"monday": one.monday, "from": one.start, "to": one.end, "deploys": one.deploys, "partial": one.partial}


def _reason(one: FailureReason) -> Json:
    return {
        "key": one.key,
        "reason": one.words,
        "failed": one.failed,
        "rollback": one.rolled_back,
        "examples": [{"text": text, "attempts": attempts} for text, attempts in one.examples],
    }


def _flake(one: Flake) -> Json:
    return {"serviceId": one.service_id, "suite": one.suite and one.suite.lower(), "flipped": one.flipped, "n": one.n}


def _minutes(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
