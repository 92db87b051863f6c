"""Models into the contract's JSON: the one place that knows the API's field names.

Times are ISO 8601 in UTC, what is not known is null, and a rate is a number only where there was something to
divide by.
"""

from collections.abc import Collection, Iterable
from typing import Any

import orjson

from data.catalog_models import Cluster, Service
from data.models import (
    Attempt,
    AttemptRow,
    Claim,
    FailedTest,
    Gate,
    Incident,
    Page,
    Promotion,
    TestRun,
)
from data.views import ClusterHealth, Counts, Freshness, PairState, Rate

Json = dict[str, Any]


def attempt(one: Attempt, serving: bool) -> Json:
    """An attempt as lists show it."""
    return {
        "id": one.attempt_id,
        "clusterId": one.cluster_id,
        "serviceId": one.service_id,
        "buildVersion": one.build_version,
        "gitSha": one.git_sha,
        "startedAt": one.started_at,
        "endedAt": one.ended_at,
        "status": one.status,
        "trigger": one.trigger,
        "gates": gates(one.gates),
        "serving": serving,
        "cancelled": one.cancelled,
        "actor": one.actor,
        "runUrl": one.run_url,
        "failureReason": one.failure_reason,
        "rollbackToBuild": one.rollback_to_build,
    }


def attempts(page: Page[Attempt], serving: Collection[str]) -> Json:
    """A page of attempts."""
    rows = [attempt(one, one.attempt_id in serving) for one in page.items]
    return {"attempts": rows, "nextCursor": page.cursor}


def gates(of: Iterable[Gate]) -> Json:
    """Gates by lower-case suite; counts are null where only an outcome was sent or nothing ran.

    `runs` and `turned` are null where at most the run that counts is known.
    """
    return {
        gate.suite.lower(): {
            "passed": gate.passed,
            "total": gate.total,
            "failed": gate.failed,
            "skipped": gate.skipped,
            "verdict": gate.verdict,
            "runs": gate.runs,
            "turned": None if gate.runs is None else gate.turned,
        }
        for gate in of
    }


def row(one: AttemptRow) -> Json:
    """An attempt as a summary names it."""
    return {
        "id": one.attempt_id,
        "status": one.status,
        "buildVersion": one.build_version,
        "startedAt": one.started_at,
        "endedAt": one.ended_at,
        "gitSha": one.git_sha,
        "trigger": one.trigger,
        "cancelled": one.cancelled,
        "failureReason": one.failure_reason,
    }


def cluster(one: Cluster) -> Json:
    """A cluster-region as people described it."""
    return {
        "id": one.cluster_id,
        "name": one.name,
        "type": one.type,
        "role": one.role,
        "description": one.description,
        "region": one.region,
        "order": one.order,
        "confirmed": one.confirmed,
    }


def cluster_with_health(one: ClusterHealth) -> Json:
    """A cluster-region and how many of its services are well."""
    return cluster(one.cluster) | {
        "summary": {
            "services": one.services,
            "healthy": one.healthy,
            "attention": one.attention,
            "unknown": one.unknown,
            "inProgress": one.in_progress,
            "latestAttemptAt": one.latest_attempt_at,
        }
    }


def service(one: Service) -> Json:
    """A service as people described it."""
    return {
        "id": one.service_id,
        "name": one.name,
        "team": one.team,
        "tier": one.tier,
        "repository": one.repository,
        "suites": list(one.suites),
        "confirmed": one.confirmed,
    }


def state(one: PairState) -> Json:
    """One service on one cluster: what serves, since when, what was tried last, how it is."""
    return {
        "currentVersion": one.serving_version,
        "servingSince": one.current.serving_since,
        "health": one.health,
        "why": one.why,
        "latestAttempt": row(one.latest),
        "gates": gates(one.gates),
    }


def counts(of: Counts) -> Json:
    """Attempts by outcome; cancelled ones stand apart from the total."""
    return {
        "totalAttempts": of.total,
        "success": of.success,
        "failed": of.failed,
        "rollback": of.rollback,
        "inProgress": of.in_progress,
        "cancelled": of.cancelled,
    }


def rate(of: Rate) -> Json:
    """A share in percent with its sample; null with a reason where there was nothing to divide by."""
    return {"value": percent(of.value), "n": of.n, "reason": of.reason}


def percent(fraction: float | None) -> float | None:
    """0..1 as 0..100 with one decimal."""
    return None if fraction is None else round(fraction * 100, 1)


def freshness(of: Freshness) -> Json:
    """Which generation answers and how old it is."""
    return {
        "generation": of.generation,
        "asOf": of.as_of,
        "ageSec": round(of.age_sec, 1),
        "stale": of.stale,
    }


def runs(newest_first: Iterable[TestRun]) -> list[Json]:
    """Runs of an attempt's suites; of each suite the newest is the one that counts as its gate."""
    seen: set[str] = set()
    shown = []
    for one in newest_first:
        shown.append(run(one, is_gate=one.suite not in seen))
        seen.add(one.suite)
    return shown


def run(one: TestRun, is_gate: bool) -> Json:
    """One run of a suite."""
    return {
        "testRunId": one.test_run_id,
        "suiteType": one.suite,
        "verdict": one.verdict,
        "total": one.total,
        "passed": one.passed,
        "failed": one.failed,
        "skipped": one.skipped,
        "durationSec": one.duration_sec,
        "executedAt": one.executed_at,
        "reportUrl": one.report_url,
        "source": one.source,
        "gate": is_gate,
        "failedTests": [failed_test(test) for test in one.failed_tests],
    }


def failed_test(one: FailedTest) -> Json:
    """One failed test of a run."""
    return {"name": one.name, "message": one.message, "durationSec": one.duration_sec}


def claim(one: Claim) -> Json:
    """What one source said, as it was understood."""
    return {
        "eventId": one.event_id,
        "eventType": one.kind,
        "source": one.source,
        "eventTime": one.event_time or None,
        "receivedAt": one.received_at or None,
        "observation": one.observation,
        "statement": orjson.loads(one.body),
    }


def promotion(one: Promotion) -> Json:
    """One promotion."""
    return {
        "id": one.promotion_id,
        "serviceId": one.service_id,
        "buildVersion": one.build_version,
        "fromClusterId": one.from_cluster_id,
        "toClusterId": one.to_cluster_id,
        "promotedAt": one.promoted_at,
        "status": one.status,
        "promotedBy": one.promoted_by,
        "approver": one.approver,
        "reason": one.reason,
    }


def promotions(page: Page[Promotion]) -> Json:
    """A page of promotions."""
    return {"promotions": [promotion(one) for one in page.items], "nextCursor": page.cursor}


def incident(one: Incident) -> Json:
    """One incident."""
    return {
        "id": one.incident_id,
        "serviceId": one.service_id,
        "clusterId": one.cluster_id,
        "startedAt": one.started_at,
        "resolvedAt": one.resolved_at,
        "attemptId": one.attempt_id,
        "title": one.title,
        "url": one.url,
    }
