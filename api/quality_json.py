"""What is told of tests, retries and gates, as JSON. Shares in percent, times in seconds."""

from typing import Any

from api.serializers import Json, rate
from data.gate_check import Decision
from data.promotion_gates import Finding
from data.quality_views import (
    BackTest,
    BackTestRow,
    BackTestRule,
    Effectiveness,
    Flakiness,
    GateCase,
    MixedVersion,
    Quality,
    QualityFilter,
    SuiteEffect,
    SuiteNumbers,
    TaxGroup,
    TaxRow,
    TestNumbers,
    Turn,
)


def filter_(of: QualityFilter) -> Json:
    """What is covered."""
    return {
        "serviceId": of.service_id, "clusterId": of.cluster_id, "team": of.team, "from": of.start, "to": of.end,
    }  # fmt: skip


def quality(found: Quality) -> Json:
    """How suites and services did."""
    return {
        "filter": filter_(found.filter),
        "summary": numbers(found.numbers),
        "suites": [suite(one) for one in found.suites],
        "services": [
            {
                "serviceId": one.service_id, "serviceName": one.name, **numbers(one.numbers),
                "suites": {name.lower(): numbers(of) for name, of in one.suites.items()},
            }
            for one in found.services
        ],
        "flakySuites": [
            {"serviceId": one.service_id, "suite": (one.suite or "").lower(), "flipped": one.flipped, "n": one.n}
            for one in found.flaky
        ],
        "repeatedVersions": found.repeated,
        "runsUntold": found.untold,
        "failedThenPassed": {"total": found.turned, "rows": [turn(one) for one in found.turns]},
    }  # fmt: skip


def numbers(of: TestNumbers) -> Json:
    """Gates and tests, with both pass rates."""
    return {
        "gates": of.gates, "gatesPassed": of.gates_passed, "total": of.total, "passed": of.passed,
        "failed": of.failed, "skipped": of.skipped, "passRate": rate(of.pass_rate),
        "passRateWithSkipped": rate(of.pass_rate_all),
    }  # fmt: skip


def suite(one: SuiteNumbers) -> Json:
    """A suite and how long it took."""
    return {
        "suite": one.suite.lower(), **numbers(one.numbers), "meanSec": _seconds(one.seconds),
        "p50Sec": _seconds(one.p50), "p90Sec": _seconds(one.p90), "timed": one.timed,
        "meanSecBefore": _seconds(one.before),
    }  # fmt: skip


def turn(one: Turn) -> Json:
    """A suite that failed and then passed unchanged, on one attempt or on two."""
    return {
        "suite": (one.suite or "").lower(), "clusterId": one.cluster_id, "serviceId": one.service_id,
        "buildVersion": one.version, "failedAttemptId": one.failed_id, "failedAt": one.failed_at,
        "passedAttemptId": one.passed_id, "passedAt": one.passed_at,
    }  # fmt: skip


def flakes(found: Flakiness) -> Json:
    """What retries cost, and builds that did differently by place."""
    tax, same = found.tax, found.same_build
    return {
        "filter": filter_(found.filter),
        "flakeTax": {
            "failed": tax.failed, "retries": tax.retries, "rescuedBy": tax.rescued, "lostSec": round(tax.lost_sec, 1),
            "share": rate(tax.share), "byCluster": [_group(one) for one in tax.clusters],
            "byService": [_group(one) for one in tax.services], "byReason": [_group(one) for one in tax.reasons],
            "rows": [retry(one) for one in tax.rows],
        },
        "sameBuild": {
            "compared": same.compared, "mixed": same.mixed,
            "regions": [
                {"clusterId": one.cluster_id, "clusterName": one.name, "failedHere": one.failed,
                 "share": rate(one.share)}
                for one in same.regions
            ],
            "rows": [mixed(one) for one in same.rows],
        },
    }  # fmt: skip


def _group(one: TaxGroup) -> Json:
    return {"key": one.key, "name": one.name, "retries": one.retries, "failed": one.failed,
            "lostSec": round(one.lost_sec, 1)}  # fmt: skip


def retry(one: TaxRow) -> Json:
    """A failed attempt and the success that ended it."""
    return {
        "attemptId": one.attempt_id, "clusterId": one.cluster_id, "serviceId": one.service_id,
        "buildVersion": one.version, "failureReason": one.reason, "startedAt": one.started_at,
        "lostSec": round(one.lost_sec, 1), "succeededAttemptId": one.success_id, "succeededAt": one.success_at,
    }  # fmt: skip


def mixed(one: MixedVersion) -> Json:
    """A version that differs by place."""
    return {
        "serviceId": one.service_id, "buildVersion": one.version,
        "places": [
            {"clusterId": place.cluster_id, "attemptId": place.attempt_id, "startedAt": place.started_at,
             "succeeded": place.succeeded, "failureReason": place.reason}
            for place in one.places
        ],
    }  # fmt: skip


def effectiveness(found: Effectiveness) -> Json:
    """What each suite's gate was worth."""
    return {
        "filter": filter_(found.filter), "suites": [effect(one) for one in found.suites],
        "cases": {"total": found.total, "rows": [case(one) for one in found.cases]},
    }  # fmt: skip


def effect(one: SuiteEffect) -> Json:
    """One suite."""
    cost = one.minutes_per_catch
    return {
        "suite": one.suite.lower(), "gates": one.runs, "catches": one.catches, "overruled": one.overruled,
        "falseAlarms": one.false_alarms, "undecided": one.undecided, "escapes": one.escapes,
        "changeFailuresTested": one.judged_failures, "precision": rate(one.precision),
        "escapeRate": rate(one.escape_rate), "durationSec": round(one.seconds, 1), "timed": one.timed,
        "minutesPerCatch": None if cost is None else round(cost, 1), "reason": one.reason,
    }  # fmt: skip


def case(one: GateCase) -> Json:
    """One case."""
    return {
        "suite": one.suite.lower(), "kind": one.kind.value, "clusterId": one.cluster_id,
        "serviceId": one.service_id, "buildVersion": one.version, "attemptId": one.attempt_id, "at": one.at,
        "decidedBy": one.by,
    }  # fmt: skip


def back_test(found: BackTest) -> Json:
    """What a rule would have done."""
    return {
        "filter": filter_(found.filter), "rule": _rule(found.rule), "deployments": found.deployments,
        "leftOut": found.left_out, "blockedRightly": found.blocked_rightly, "blockedWrongly": found.blocked_wrongly,
        "letGoRightly": found.let_go_rightly, "missed": found.missed, "delayed": found.delayed,
        "delaySec": round(found.delay_sec, 1), "medianDelaySec": _seconds(found.median_delay_sec),
        "rows": {"total": found.total, "rows": [judged(one) for one in found.rows]},
    }  # fmt: skip


def _rule(rule: BackTestRule) -> Json:
    return {
        "suites": [one.lower() for one in rule.suites],
        "minPassRate": rule.min_rate,
        "soakHours": rule.soak_hours,
    }


def judged(one: BackTestRow) -> Json:
    """One past deployment."""
    return {
        "attemptId": one.attempt_id, "clusterId": one.cluster_id, "serviceId": one.service_id,
        "buildVersion": one.version, "startedAt": one.started_at, "blocked": one.blocked, "failed": one.failed,
        "reasons": list(one.reasons), "soakSec": _seconds(one.soak_sec), "missingSec": _seconds(one.missing_sec),
    }  # fmt: skip


def decision(found: Decision) -> dict[str, Any]:
    """May the version go there, and why not."""
    return {
        "decision": "allow" if found.allowed else "deny", "serviceId": found.service_id,
        "buildVersion": found.version, "toClusterId": found.to_cluster_id, "rule": found.rule,
        "reasons": [one.blocker.words for one in found.findings if one.blocker],
        "checks": [_finding(one) for one in found.findings],
    }  # fmt: skip


def _finding(one: Finding) -> Json:
    until = one.blocker.until if one.blocker else None
    return {"check": one.code, "clusterId": one.cluster_id, "asked": one.asked, "found": one.found,
            "passed": one.passed, "until": until}  # fmt: skip


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
