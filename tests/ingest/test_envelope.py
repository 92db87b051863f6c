"""The envelope: what is understood, what is refused and how the refusal names it."""

import copy
from typing import Any

import pytest

from data.errors import InvalidRequest
from data.events import AnyEvent, DeploymentEvent, IncidentEvent, PromotionEvent, TestResultEvent
from data.models import Commit, PromotionStatus, Status, Trigger, Verdict
from ingest.envelope import normalize, older_than_retention, to_payload
from ingest.schema import unknown_fields
from tests.ingest import saying
from tests.ingest.saying import RECEIVED, SUITES


def one(body: Any, received_at: str = RECEIVED) -> AnyEvent:
    (event,) = normalize(body, received_at, suites=SUITES)
    return event


def deployment(**changes: Any) -> DeploymentEvent:
    event = one(saying.deployment(**changes))
    assert isinstance(event, DeploymentEvent)
    return event


def result(**changes: Any) -> TestResultEvent:
    event = one(saying.test_result(**changes))
    assert isinstance(event, TestResultEvent)
    return event


def refusal(body: Any) -> tuple[str | None, str]:
    with pytest.raises(InvalidRequest) as caught:
        one(body)
    return caught.value.field, caught.value.reason


def test_the_documents_deployment_is_understood():
    event = deployment()
    assert event.attempt_id == "mira-us-west-2:authn:3.4.3:1771927200"
    assert (event.status, event.trigger, event.git_sha) == (Status.SUCCESS, Trigger.MERGE, "abc1234")
    assert (event.started_at, event.ended_at) == ("2026-02-24T10:00:00.000Z", "2026-02-24T10:14:00.000Z")
    assert (event.event_time, event.received_at) == (event.ended_at, RECEIVED)


def test_the_documents_test_result_is_understood():
    event = result()
    assert event.attempt_id == "mira-us-west-2:authn:3.4.3:1285"
    assert (event.cluster_id, event.service_id, event.build_version) == ("mira-us-west-2", "authn", "3.4.3")
    assert (event.verdict, event.total, event.duration_sec) == (Verdict.PASSED, 420, 600.0)
    assert event.event_time == ""
    assert event.test_run_id


def test_a_promotion_without_status_has_succeeded():
    event = one(saying.promotion())
    assert isinstance(event, PromotionEvent)
    assert (event.status, event.event_time) == (PromotionStatus.SUCCEEDED, "2026-02-24T11:00:00.000Z")


def test_an_incident_is_understood():
    event = one(saying.incident())
    assert isinstance(event, IncidentEvent)
    assert (event.incident_id, event.event_time) == ("INC-7", "2026-02-24T11:00:00.000Z")


@pytest.mark.parametrize(
    ("said", "n"),
    [
        ({"attemptNumber": 7}, "7"),
        ({"attemptNumber": "build-7"}, "build-7"),
        ({"runId": 991, "runAttempt": 2}, "991.2"),
        ({"runId": "991"}, "991.1"),
        ({}, "1771927200"),
    ],
)
def test_an_attempt_is_numbered_by_what_the_sender_says(said, n):
    assert deployment(**said).attempt_id == f"mira-us-west-2:authn:3.4.3:{n}"


def test_an_attempt_id_makes_its_parts_optional():
    event = deployment(attemptId="a:b:1.0.0:1", clusterId=..., serviceId=..., buildVersion=...)
    assert (event.cluster_id, event.service_id, event.build_version) == ("a", "b", "1.0.0")


def test_a_result_may_name_only_cluster_service_and_version():
    event = result(attemptId=..., clusterId="a", serviceId="b", buildVersion="1.0.0", gitSha="ABCDEF0")
    assert event.attempt_id is None
    assert (event.cluster_id, event.service_id, event.build_version, event.git_sha) == (
        "a",
        "b",
        "1.0.0",
        "abcdef0",
    )


def test_a_result_by_run_number_names_the_attempt():
    coordinates = {"attemptId": ..., "clusterId": "a", "serviceId": "b", "buildVersion": "1.0.0"}
    assert result(**coordinates, runId=5, runAttempt=3).attempt_id == "a:b:1.0.0:5.3"


def test_empty_and_null_optional_fields_were_not_said():
    event = deployment(failureReason="", rollbackToBuild=None, runUrl="", trigger=None)
    assert (event.failure_reason, event.rollback_to_build, event.run_url, event.trigger) == (None,) * 4


def test_unknown_fields_are_ignored_and_can_be_listed():
    body = saying.deployment(endedat="2026-02-24T10:14:00Z", envelope_specversion="1.0")
    assert one(body) == deployment()
    assert unknown_fields(body) == ["payload.endedat", "specversion"]


def test_commits_may_be_bare_shas():
    event = deployment(commits=["ABCDEF0", {"sha": "1234567", "committedAt": "2026-02-24T10:00:00+02:00"}])
    assert event.commits == (Commit("abcdef0"), Commit("1234567", "2026-02-24T08:00:00.000Z"))


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("2026-02-24T10:00:00+02:00", "2026-02-24T08:00:00.000Z"),
        ("2026-02-24T10:00:00.123999Z", "2026-02-24T10:00:00.123Z"),
        ("2026-02-24T10:00:00,5Z", "2026-02-24T10:00:00.500Z"),
    ],
)
def test_times_become_utc_with_milliseconds(said, stored):
    assert deployment(startedAt=said).started_at == stored


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((10, 10, 0, 0), Verdict.PASSED),
        ((10, 8, 0, 2), Verdict.PASSED),
        ((10, 8, 0, 0), Verdict.PARTIAL),
        ((10, 8, 1, 1), Verdict.FAILED),
        ((10, 0, 0, 10), Verdict.MISSING),
        ((0, 0, 0, 0), Verdict.MISSING),
        ((10, 0, 0, 3), Verdict.PARTIAL),
    ],
)
def test_counts_give_the_verdict(counts, verdict):
    said = dict(zip(("total", "passed", "failed", "skipped"), counts, strict=True))
    assert result(**said).verdict is verdict


def test_an_outcome_without_counts_is_a_gate_with_null_counts():
    event = result(total=..., passed=..., failed=..., skipped=..., verdict="failed")
    assert (event.verdict, event.total, event.passed, event.failed) == (Verdict.FAILED, None, None, None)


def test_an_event_is_identified_by_the_senders_delivery_id():
    assert deployment(envelope_eventId="d-1").event_id == "github-actions:d-1"


def test_without_a_delivery_id_the_same_event_has_the_same_id_whenever_it_comes():
    later = one(saying.deployment(), "2026-02-24T13:00:00.000Z")
    assert later.event_id == deployment().event_id != deployment(status="FAILED").event_id


def test_the_same_result_of_two_sources_is_one_run():
    assert result(envelope_source="jenkins").test_run_id == result().test_run_id
    assert result(passed=419).test_run_id != result().test_run_id


def test_a_promotion_is_identified_by_what_moved_where_and_when():
    said, again = one(saying.promotion()), one(saying.promotion(promotedBy="grace", status="FAILED"))
    assert isinstance(said, PromotionEvent)
    assert isinstance(again, PromotionEvent)
    assert said.promotion_id == again.promotion_id


@pytest.mark.parametrize(
    "body",
    [
        saying.deployment(labels=["a"], commits=["abcdef0"], cancelled=True, status="FAILED"),
        saying.deployment(eventTime="2026-02-24T10:15:00Z"),
        saying.deployment(failureReason="exit 1\n\tat step 2", hotfix=True, runId=4, envelope_eventId="e"),
        saying.test_result(),
        saying.test_result(executedAt="2026-02-24T11:00:00Z"),
        saying.test_result(attemptId=..., clusterId="a", serviceId="b", buildVersion="1"),
        saying.test_result(total=..., passed=..., failed=..., skipped=..., verdict="passed"),
        saying.promotion(reason="weekly"),
        saying.incident(url="https://status.example.org/7"),
    ],
)  # fmt: skip
def test_a_normalised_event_said_again_is_the_same_event(body):
    event = one(body)
    again = {"source": body["source"], "eventType": body["eventType"], "payload": to_payload(event)}
    if "eventId" in body:
        again["eventId"] = body["eventId"]
    assert one(again) == event


def test_normalising_does_not_change_what_it_reads():
    body = saying.deployment(commits=["abcdef0"], failureReason="")
    before = copy.deepcopy(body)
    one(body)
    assert body == before


LATER = {"sha": "abcdef0", "committedAt": "2026-03-24T10:00:00Z"}
REFUSED = [
    (saying.deployment(envelope_source=...), "source", "is required"),
    (saying.deployment(envelope_source="Git Hub"), "source", "lower-case"),
    (saying.deployment(envelope_eventType="deploy"), "eventType", "must be one of deployment, test-result"),
    (saying.deployment(envelope_eventId="two words"), "eventId", "without spaces"),
    (saying.deployment(envelope_payload=[]), "payload", "must be an object"),
    (saying.deployment(clusterId=...), "payload.clusterId", "is required"),
    (saying.deployment(clusterId="Mira:1"), "payload.clusterId", "lower-case"),
    (saying.deployment(clusterId="a" * 64), "payload.clusterId", "1 to 63"),
    (saying.deployment(serviceId="org/repo"), "payload.serviceId", "lower-case"),
    (saying.deployment(serviceId="authn\n"), "payload.serviceId", "lower-case"),
    (saying.deployment(buildVersion="latest"), "payload.buildVersion", "one build"),
    (saying.deployment(buildVersion="HEAD"), "payload.buildVersion", "one build"),
    (saying.deployment(buildVersion="1#2"), "payload.buildVersion", "must be a version"),
    (saying.deployment(buildVersion=3.4), "payload.buildVersion", "must be a text"),
    (saying.deployment(rollbackToBuild="stable"), "payload.rollbackToBuild", "one build"),
    (saying.deployment(gitSha="xyz"), "payload.gitSha", "hexadecimal"),
    (saying.deployment(status="success"), "payload.status", "must be one of IN_PROGRESS"),
    (saying.deployment(status=...), "payload.status", "is required"),
    (saying.deployment(status=None), "payload.status", "is required"),
    (saying.deployment(trigger="cron"), "payload.trigger", "must be one of merge"),
    (saying.deployment(cancelled=True), "payload.cancelled", "FAILED"),
    (saying.deployment(cancelled="yes"), "payload.cancelled", "true or false"),
    (saying.deployment(startedAt=...), "payload.startedAt", "is required"),
    (saying.deployment(startedAt="2026-02-24T10:00:00"), "payload.startedAt", "offset"),
    (saying.deployment(startedAt="yesterday"), "payload.startedAt", "ISO 8601"),
    (saying.deployment(startedAt="2026-02-30T10:00:00Z"), "payload.startedAt", "exists"),
    (saying.deployment(startedAt=1771927200), "payload.startedAt", "must be a text"),
    (saying.deployment(endedAt="2026-02-24T09:59:59Z"), "payload.endedAt", "before startedAt"),
    (saying.deployment(endedAt="2026-02-25T12:00:00.001Z"), "payload.endedAt", "24 hours"),
    (saying.deployment(commits=[LATER]), "payload.commits.0.committedAt", "24 hours"),
    (saying.deployment(commits=[{"sha": "abcdef0"}, {"sha": "?"}]), "payload.commits.1.sha", "hexadecimal"),
    (saying.deployment(commits=["abcdef0"] * 501), "payload.commits", "at most 500"),
    (saying.deployment(labels=["x"] * 51), "payload.labels", "at most 50"),
    (saying.deployment(labels=["x" * 101]), "payload.labels.0", "at most 100"),
    (saying.deployment(labels="x"), "payload.labels", "must be an array"),
    (saying.deployment(failureReason="x" * 2001), "payload.failureReason", "at most 2,000"),
    (saying.deployment(failureReason="\x1b[31mred"), "payload.failureReason", "control characters"),
    (saying.deployment(actor="ada\nroot"), "payload.actor", "control characters"),
    (saying.deployment(actor="half \ud800"), "payload.actor", "control characters"),
    (saying.deployment(runUrl="javascript:alert(1)"), "payload.runUrl", "http"),
    (saying.deployment(runUrl="https:///x"), "payload.runUrl", "host"),
    (saying.deployment(runUrl="https://u:p@example.org/"), "payload.runUrl", "credentials"),
    (saying.deployment(runUrl="https://example.org/a b"), "payload.runUrl", "spaces"),
    (saying.deployment(runUrl="https://[::1"), "payload.runUrl", "not a URL"),
    (saying.deployment(runUrl="https://example.org/" + "x" * 2048), "payload.runUrl", "at most 2,048"),
    (saying.deployment(attemptId="a:b:c"), "payload.attemptId", "must read"),
    (saying.deployment(attemptId="mira-us-west-2:authn:latest:1"), "payload.attemptId", "one build"),
    (saying.deployment(attemptId="other:authn:3.4.3:1"), "payload.clusterId", "agree with attemptId"),
    (saying.deployment(attemptId="a:b:1:1", clusterId=..., serviceId="b", buildVersion="1", attemptNumber=2),
     "payload.attemptNumber", "agree"),
    (saying.deployment(attemptNumber="a:b"), "payload.attemptNumber", "1 to 64"),
    (saying.deployment(attemptNumber=True), "payload.attemptNumber", "must be a text"),
    (saying.deployment(runId="x" * 63), "payload.runId", "at most 64"),
    (saying.test_result(attemptId=...), "payload.clusterId", "is required"),
    (saying.test_result(suiteType="E2E"), "payload.suiteType", "must be one of FUNCTIONAL, REGRESSION"),
    (saying.test_result(suiteType="functional"), "payload.suiteType", "upper-case"),
    (saying.test_result(total=...), "payload.total", "is required"),
    (saying.test_result(total=419), "payload.total", "at least passed + failed + skipped"),
    (saying.test_result(total=10**9 + 1), "payload.total", "at most 1000000000"),
    (saying.test_result(failed=-1), "payload.failed", "at least 0"),
    (saying.test_result(passed=420.0), "payload.passed", "whole number"),
    (saying.test_result(passed="420"), "payload.passed", "whole number"),
    (saying.test_result(passed=True), "payload.passed", "whole number"),
    (saying.test_result(verdict="failed"), "payload.verdict", "agree with the counts"),
    (saying.test_result(durationSec=-1), "payload.durationSec", "at least 0"),
    (saying.test_result(durationSec=1e8), "payload.durationSec", "at most"),
    (saying.test_result(durationSec="600"), "payload.durationSec", "must be a number"),
    (saying.test_result(reportUrl="data:text/html,x"), "payload.reportUrl", "http"),
    (saying.test_result(testRunId="a#b"), "payload.testRunId", "1 to 200"),
    (saying.promotion(toClusterId="pavo-us-west-2"), "payload.toClusterId", "another cluster"),
    (saying.promotion(status="DONE"), "payload.status", "must be one of PENDING"),
    (saying.promotion(promotedAt=...), "payload.promotedAt", "is required"),
    (saying.incident(resolvedAt="2026-02-24T10:00:00Z"), "payload.resolvedAt", "before startedAt"),
    (saying.incident(incidentId=...), "payload.incidentId", "is required"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "field", "reason"), REFUSED)
def test_a_wrong_field_is_refused_by_name_and_reason(body, field, reason):
    named, why = refusal(body)
    assert named == field
    assert reason in why


@pytest.mark.parametrize("body", [None, [], "x", 5, {}])
def test_what_is_no_envelope_is_refused(body):
    assert refusal(body)[1] in ("must be an object", "is required")


def test_a_time_is_future_only_against_when_the_event_was_received():
    body = saying.deployment(startedAt="2026-02-26T10:00:00Z", endedAt=...)
    assert refusal(body)[0] == "payload.startedAt"
    assert one(body, "2026-02-26T12:00:00.000Z")


@pytest.mark.parametrize(
    ("started_at", "older"), [("2025-11-28T23:59:59.999Z", True), ("2025-11-29T00:00:00Z", False)]
)
def test_a_delivery_older_than_the_retention_less_three_days_is_told_apart(started_at, older):
    assert older_than_retention(deployment(startedAt=started_at), 90) is older


def test_a_result_that_names_no_time_is_never_too_old():
    assert not older_than_retention(result(), 90)
    assert older_than_retention(result(executedAt="2025-01-01T00:00:00Z"), 90)
