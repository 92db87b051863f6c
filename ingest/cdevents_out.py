"""What happened, as CloudEvents with CDEvents 0.4 in them: the words our own intake understands. Pure.

What CDEvents has no word for goes out in ours: what went out and was taken back, and what is under way in a run whose
address nobody told (0.4.1 wants one), as `dev.ddq.deployment`; an incident of no single cluster-region as
`dev.ddq.incident`. What it has no field for is in `customData`. An event's id follows
from what it says: who reads a stretch twice can tell.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from data.event_feed import Happened, Removed, Tried
from data.models import Attempt, Incident, Instant, Status, TestRun, Trigger, Verdict

Json = dict[str, Any]

SPEC, CDEVENTS = "1.0", "0.4.1"
SOURCE = "/cdevents"  # the name our intake has for CDEvents: what stands in one batch must be of one source
OURS = "dev.ddq.deployment"
OUR_INCIDENT = "dev.ddq.incident"
DEPLOYED = "dev.cdevents.service.deployed.0.2.0"
UPGRADED = "dev.cdevents.service.upgraded.0.2.0"
REMOVED = "dev.cdevents.service.removed.0.2.0"
DETECTED = "dev.cdevents.incident.detected.0.2.0"
REPORTED = "dev.cdevents.incident.reported.0.2.0"
RESOLVED = "dev.cdevents.incident.resolved.0.2.0"
ROLLED_BACK = "dev.cdevents.service.rolledback.0.2.0"
STARTED = "dev.cdevents.pipelinerun.started.0.2.0"
FINISHED = "dev.cdevents.pipelinerun.finished.0.2.0"
TESTED = "dev.cdevents.testsuiterun.finished.0.2.0"
OUTCOMES = {Verdict.PASSED: "success", Verdict.FAILED: "failure", Verdict.PARTIAL: "success"}


def events(attempt: Attempt, runs: Iterable[TestRun], *, upgrades: bool = False) -> list[Json]:
    """What is told of an attempt, then of the runs of its suites; a run without an outcome is left out.

    `upgrades`: the service had been deployed there before.
    """
    told = [_run(attempt, one) for one in runs if _tells(one)]
    return [_deployment(attempt, upgrades), *told]


def incident(one: Incident) -> list[Json]:
    """That it began, and where it is over that it was resolved. Only what is reported may name a ticket."""
    if one.cluster_id is None:
        return [_our_incident(one)]
    custom = _said(service=one.service_id, cluster=one.cluster_id, startedAt=one.started_at, attemptId=one.attempt_id)
    content = {"environment": {"id": one.cluster_id}, "service": {"id": one.service_id}}
    began = content | _said(description=one.title, ticketURI=one.url)
    told = [_subject(REPORTED if one.url else DETECTED, one.incident_id, one.started_at, began, custom)]
    if one.resolved_at:
        told.append(_subject(RESOLVED, one.incident_id, one.resolved_at, content, custom))
    return told


def _our_incident(one: Incident) -> Json:
    payload = _said(
        incidentId=one.incident_id, serviceId=one.service_id, startedAt=one.started_at, resolvedAt=one.resolved_at,
        attemptId=one.attempt_id, title=one.title, url=one.url,
    )  # fmt: skip
    return _cloud(OUR_INCIDENT, one.incident_id, one.resolved_at or one.started_at, payload)


def removed(one: Removed) -> list[Json]:
    """That a service was taken away."""
    custom = {"service": one.service_id, "cluster": one.cluster_id}
    return [_subject(REMOVED, one.service_id, one.at, {"environment": {"id": one.cluster_id}}, custom)]


def _tells(run: TestRun) -> bool:
    """Whether CDEvents can say it: that only a part ran follows from its counts alone."""
    return run.verdict in OUTCOMES and (run.verdict is not Verdict.PARTIAL or None not in _counts(run).values())


def _counts(run: TestRun) -> dict[str, int | None]:
    return {"total": run.total, "passed": run.passed, "failed": run.failed, "skipped": run.skipped}


def _deployment(attempt: Attempt, upgrades: bool) -> Json:
    status = attempt.status
    if status is Status.ROLLBACK or (status is Status.IN_PROGRESS and not attempt.run_url):
        return _ours(attempt)
    if status is Status.FAILED:
        outcome = "cancel" if attempt.cancelled else "failure"
        return _pipeline(attempt, FINISHED, _said(outcome=outcome, errors=attempt.failure_reason))
    if status is Status.IN_PROGRESS:
        return _pipeline(attempt, STARTED, {})
    kind = ROLLED_BACK if attempt.trigger is Trigger.ROLLBACK else UPGRADED if upgrades else DEPLOYED
    content = {"environment": {"id": attempt.cluster_id}, "artifactId": artifact_id(attempt)}
    at = attempt.ended_at or attempt.started_at
    return _event(
        attempt, kind, attempt.service_id, at, content, _custom(attempt, ended=attempt.ended_at is not None)
    )


def _pipeline(attempt: Attempt, kind: str, content: Mapping[str, Any]) -> Json:
    over = attempt.ended_at if kind == FINISHED else None
    said = _said(pipelineName=f"deploy {attempt.service_id}", url=attempt.run_url) | dict(content)
    at = over or attempt.started_at
    return _event(attempt, kind, attempt.attempt_id, at, said, _custom(attempt, ended=True))


def _run(attempt: Attempt, run: TestRun) -> Json:
    """Counts where all are known; else the outcome alone."""
    counts = _counts(run)
    whole = all(value is not None for value in counts.values())
    custom = _place(attempt) | _said(
        suite=run.suite, durationSec=run.duration_sec, reportUrl=run.report_url,
        failedTests=[test.name for test in run.failed_tests] or None, **(counts if whole else {}),
    )  # fmt: skip
    content = {
        "outcome": OUTCOMES[run.verdict],
        "environment": {"id": attempt.cluster_id},
        "testSuite": {"id": run.suite, "name": run.suite},
    }
    at = run.executed_at or attempt.ended_at or attempt.started_at
    return _event(attempt, TESTED, run.test_run_id, at, content, custom)


def artifact_id(attempt: Attempt) -> str:
    """The package URL of what was deployed: all that CDEvents knows of a version."""
    return f"pkg:generic/{quote(attempt.service_id, safe='')}@{quote(attempt.build_version, safe='')}"


def _place(attempt: Attempt) -> Json:
    """Which attempt it is about, in our ids."""
    return {
        "service": attempt.service_id, "cluster": attempt.cluster_id, "version": attempt.build_version,
        "attemptId": attempt.attempt_id,
    } | _said(gitSha=attempt.git_sha)  # fmt: skip


def _custom(attempt: Attempt, *, ended: bool) -> Json:
    trigger = None if attempt.trigger is Trigger.UNKNOWN else attempt.trigger.value
    return _place(attempt) | _said(
        committedAt=attempt.committed_at, startedAt=attempt.started_at if ended else None, image=attempt.image,
        trigger=trigger, actor=attempt.actor,
    )  # fmt: skip


def _ours(attempt: Attempt) -> Json:
    """A deployment in the envelope's words."""
    payload = _said(
        clusterId=attempt.cluster_id, serviceId=attempt.service_id, buildVersion=attempt.build_version,
        attemptId=attempt.attempt_id, status=attempt.status.value, startedAt=attempt.started_at,
        endedAt=attempt.ended_at, gitSha=attempt.git_sha, failureReason=attempt.failure_reason,
        trigger=None if attempt.trigger is Trigger.UNKNOWN else attempt.trigger.value,
        rollbackToBuild=attempt.rollback_to_build, runUrl=attempt.run_url, actor=attempt.actor,
        committedAt=attempt.committed_at, image=attempt.image,
    )  # fmt: skip
    return _cloud(OURS, attempt.attempt_id, attempt.ended_at or attempt.started_at, payload)


def _event(
    attempt: Attempt, kind: str, subject_id: str, at: Instant, content: Mapping[str, Any], custom: Json
) -> Json:  # fmt: skip
    return _subject(kind, subject_id, at, content, custom, attempt.attempt_id)


def _subject(
    kind: str, subject_id: str, at: Instant, content: Mapping[str, Any], custom: Json, attempt_id: str = ""
) -> Json:  # fmt: skip
    event_id = _id(kind, attempt_id, subject_id, at, sorted(content.items()), sorted(custom.items()))
    data = {
        "context": {"version": CDEVENTS, "id": event_id, "source": SOURCE, "type": kind, "timestamp": at},
        "subject": {"id": subject_id, "source": SOURCE, "type": _subject_type(kind), "content": dict(content)},
        "customData": custom,
        "customDataContentType": "application/json",
    }
    return _cloud(kind, subject_id, at, data, event_id)


def _cloud(kind: str, subject: str, at: Instant, data: Json, event_id: str = "") -> Json:
    """A CloudEvent in structured mode."""
    return {
        "specversion": SPEC, "id": event_id or _id(kind, subject, at, sorted(data.items())), "source": SOURCE,
        "type": kind, "subject": subject, "time": at, "datacontenttype": "application/json", "data": data,
    }  # fmt: skip


def _subject_type(kind: str) -> str:
    names = {"pipelinerun": "pipelineRun", "testsuiterun": "testSuiteRun"}
    subject = kind.split(".")[2]
    return names.get(subject, subject)


def _id(*said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def _said(**fields: Any) -> Json:
    """What is known of these."""
    return {name: value for name, value in fields.items() if value is not None}


def every(happened: Iterable[Happened]) -> list[Json]:
    """What is told of all this, in its order."""
    return [event for one in happened for event in _told(one)]


def _told(one: Happened) -> list[Json]:
    if isinstance(one, Tried):
        return events(one.attempt, one.runs, upgrades=one.upgrades)
    return removed(one) if isinstance(one, Removed) else incident(one)
