"""The document's envelope becomes events: every rule that needs more than one field to judge. Pure.

Webhook and direct queue messages pass through here alike. Nothing here depends on when it runs: validity is
judged against `received_at`, so that a replay decides as the first time.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import orjson

from data import keys
from data.errors import InvalidRequest
from data.events import (
    AnyEvent,
    BuildEvent,
    DeploymentEvent,
    EventType,
    IncidentEvent,
    PromotionEvent,
    RetirementEvent,
    TestResultEvent,
    camel,
    sealed,
    to_body,
)
from data.instants import add, epoch, sealed_before
from data.models import Commit, FailedTest, Instant, Status, Verdict
from ingest import schema
from ingest.naming import named_attempt
from ingest.schema import (
    BuildSaid,
    DeploymentSaid,
    Envelope,
    IncidentSaid,
    PromotionSaid,
    RetirementSaid,
    TestResultSaid,
)

FUTURE_SECONDS = 24 * 3600
# Of a result that names no time: sorts before every time, and is the same at each delivery.
NO_TIME: Instant = ""
# event_time last: where it was taken from another field, that field is to be named.
TIMES = (
    "started_at", "ended_at", "committed_at", "executed_at", "promoted_at", "resolved_at", "retired_at", "event_time",
)  # fmt: skip


def normalize(body: Any, received_at: Instant, *, suites: Collection[str]) -> list[AnyEvent]:
    """The events an envelope carries; InvalidRequest names the first wrong field."""
    envelope = schema.read(Envelope, body)
    event = NORMALIZERS[EventType(envelope.event_type)](envelope.source, envelope.payload, suites)
    _refuse_future(event, received_at)
    return [_seal(event, received_at, envelope.event_id)]


def to_payload(event: AnyEvent) -> dict[str, Any]:
    """The event in the words of the envelope's payload: normalising it gives the same event again."""
    payload: dict[str, Any] = orjson.loads(to_body(event))
    del payload["source"]
    if "suite" in payload:
        payload["suiteType"] = payload.pop("suite")
    return payload


def older_than_retention(event: AnyEvent, retention_days: int) -> bool:
    """Whether the event belongs to a sealed day, judged against when it was received."""
    moment = _own_time(event)
    return moment is not None and keys.day_of(moment) < sealed_before(event.received_at, retention_days)


def verdict_of(total: int, passed: int, failed: int, skipped: int) -> Verdict:
    """What the counts of a run say; nothing run, or all of it skipped, is a gate missing."""
    if failed:
        return Verdict.FAILED
    if total in (0, skipped):
        return Verdict.MISSING
    return Verdict.PARTIAL if passed + skipped < total else Verdict.PASSED


def _deployment(source: str, payload: Mapping[str, Any], suites: Collection[str]) -> DeploymentEvent:
    said = schema.read(DeploymentSaid, payload, "payload")
    if said.ended_at is not None and said.ended_at < said.started_at:
        raise InvalidRequest("must not be before startedAt", "payload.endedAt")
    if said.cancelled and said.status is not Status.FAILED:
        raise InvalidRequest("is for runs that did not finish: it needs status FAILED", "payload.cancelled")
    cluster, service, version, n = named_attempt(said)
    return DeploymentEvent(
        source=source,
        event_time=said.event_time or said.ended_at or said.started_at,
        attempt_id=keys.attempt_id(cluster, service, version, n or str(epoch(said.started_at))),
        cluster_id=cluster,
        service_id=service,
        build_version=version,
        status=said.status,
        started_at=said.started_at,
        ended_at=said.ended_at,
        trigger=said.trigger,
        git_sha=said.git_sha,
        failure_reason=said.failure_reason,
        rollback_to_build=said.rollback_to_build,
        cancelled=said.cancelled,
        hotfix=said.hotfix,
        labels=None if said.labels is None else tuple(said.labels),
        commits=None if said.commits is None else tuple(Commit(c.sha, c.committed_at) for c in said.commits),
        committed_at=said.committed_at,
        image=said.image,
        actor=said.actor,
        run_url=said.run_url,
    )


def _test_result(source: str, payload: Mapping[str, Any], suites: Collection[str]) -> TestResultEvent:
    said = schema.read(TestResultSaid, payload, "payload")
    if said.suite_type not in suites:
        raise InvalidRequest(f"must be one of {', '.join(sorted(suites))}", "payload.suiteType")
    cluster, service, version, n = named_attempt(said)
    event = TestResultEvent(
        source=source,
        event_time=said.event_time or said.executed_at or NO_TIME,
        attempt_id=keys.attempt_id(cluster, service, version, n) if n else None,
        cluster_id=cluster,
        service_id=service,
        build_version=version,
        git_sha=said.git_sha,
        suite=said.suite_type,
        test_run_id=said.test_run_id or "",
        **_counts(said),
        duration_sec=said.duration_sec,
        executed_at=said.executed_at,
        report_url=said.report_url,
        failed_tests=_failed_tests(said),
    )
    return event if event.test_run_id else replace(event, test_run_id=_digest_without_source(event))


def _promotion(source: str, payload: Mapping[str, Any], suites: Collection[str]) -> PromotionEvent:
    said = schema.read(PromotionSaid, payload, "payload")
    if said.from_cluster_id == said.to_cluster_id:
        raise InvalidRequest("must be another cluster than fromClusterId", "payload.toClusterId")
    path = f"{said.from_cluster_id}#{said.to_cluster_id}"
    identity = f"{said.service_id}#{said.build_version}#{path}#{said.promoted_at}"
    return PromotionEvent(
        source=source,
        event_time=said.event_time or said.promoted_at,
        promotion_id=said.promotion_id or _digest(identity),
        service_id=said.service_id,
        build_version=said.build_version,
        from_cluster_id=said.from_cluster_id,
        to_cluster_id=said.to_cluster_id,
        promoted_at=said.promoted_at,
        status=said.status,
        promoted_by=said.promoted_by,
        approver=said.approver,
        reason=said.reason,
    )


def _incident(source: str, payload: Mapping[str, Any], suites: Collection[str]) -> IncidentEvent:
    said = schema.read(IncidentSaid, payload, "payload")
    if said.resolved_at is not None and said.resolved_at < said.started_at:
        raise InvalidRequest("must not be before startedAt", "payload.resolvedAt")
    return IncidentEvent(
        source=source,
        event_time=said.event_time or said.resolved_at or said.started_at,
        incident_id=said.incident_id,
        service_id=said.service_id,
        cluster_id=said.cluster_id,
        started_at=said.started_at,
        resolved_at=said.resolved_at,
        attempt_id=said.attempt_id,
        title=said.title,
        url=said.url,
    )


def _build(source: str, payload: Mapping[str, Any], suites: Collection[str]) -> BuildEvent:
    said = schema.read(BuildSaid, payload, "payload")
    return BuildEvent(
        source=source,
        event_time=said.event_time or said.committed_at or NO_TIME,
        image=said.image,
        sha=said.sha,
        committed_at=said.committed_at,
    )


def _retirement(source: str, payload: Mapping[str, Any], suites: Collection[str]) -> RetirementEvent:
    said = schema.read(RetirementSaid, payload, "payload")
    return RetirementEvent(
        source=source,
        event_time=said.event_time or said.retired_at,
        cluster_id=said.cluster_id,
        service_id=said.service_id,
        retired_at=said.retired_at,
    )


def _failed_tests(said: TestResultSaid) -> tuple[FailedTest, ...] | None:
    if said.failed_tests is None:
        return None
    return tuple(FailedTest(one.name, one.message, one.duration_sec) for one in said.failed_tests)


Normalizer = Callable[[str, Mapping[str, Any], Collection[str]], AnyEvent]
NORMALIZERS: dict[EventType, Normalizer] = {
    EventType.DEPLOYMENT: _deployment,
    EventType.TEST_RESULT: _test_result,
    EventType.PROMOTION: _promotion,
    EventType.INCIDENT: _incident,
    EventType.BUILD: _build,
    EventType.RETIREMENT: _retirement,
}


def _counts(said: TestResultSaid) -> dict[str, Any]:
    """Counts with the verdict they give; or a verdict alone, where only an outcome is known."""
    if said.total is None and said.passed is None and said.failed is None and said.verdict is not None:
        return {"verdict": said.verdict}
    for value, field in ((said.total, "total"), (said.passed, "passed"), (said.failed, "failed")):
        if value is None:
            raise InvalidRequest("is required", f"payload.{field}")
    total, passed, failed, skipped = said.total or 0, said.passed or 0, said.failed or 0, said.skipped or 0
    if passed + failed + skipped > total:
        raise InvalidRequest("must be at least passed + failed + skipped", "payload.total")
    verdict = verdict_of(total, passed, failed, skipped)
    if said.verdict not in (None, verdict):
        raise InvalidRequest(f"must agree with the counts, which say {verdict.value}", "payload.verdict")
    return {"verdict": verdict, "total": total, "passed": passed, "failed": failed, "skipped": skipped}


def _refuse_future(event: AnyEvent, received_at: Instant) -> None:
    latest, reason = add(received_at, FUTURE_SECONDS), "must not be more than 24 hours ahead"
    for name in TIMES:
        moment = getattr(event, name, None)
        if moment and moment > latest:
            raise InvalidRequest(reason, f"payload.{camel(name)}")
    for place, commit in enumerate(getattr(event, "commits", None) or ()):
        if commit.committed_at and commit.committed_at > latest:
            raise InvalidRequest("must not be more than 24 hours ahead", f"payload.commits.{place}.committedAt")


def _own_time(event: AnyEvent) -> Instant | None:
    """The time that decides the event's day; None where it names none."""
    if isinstance(event, TestResultEvent):
        return event.executed_at
    if isinstance(event, PromotionEvent):
        return event.promoted_at
    if isinstance(event, BuildEvent):
        return None  # it says nothing of a day
    return event.retired_at if isinstance(event, RetirementEvent) else event.started_at


def _seal(event: AnyEvent, received_at: Instant, delivery_id: str | None) -> AnyEvent:
    return sealed(event, delivery_id, received_at)


def _digest_without_source(event: TestResultEvent) -> str:
    """Two sources that report one run report one run."""
    return _digest(to_body(replace(event, source="", test_run_id="")))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
