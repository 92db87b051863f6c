"""CDEvents: services, pipeline runs, test suites and incidents, and what of them says nothing."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog_models import Catalog, Cluster, Service
from data.events import DeploymentEvent, IncidentEvent, RetirementEvent, TestResultEvent, to_claim
from data.folds import Version, fold_attempt
from data.models import Status, Trigger, Verdict
from ingest.normalizers.contract import Ignored
from ingest.taking import Taken
from tests.ingest.normalizers.mutating import gone_wrong, refused, survives
from tests.ingest.normalizers.posting import attempt, payload, post, rule, ruled

HEADERS = {"Content-Type": "application/json"}
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SHA = "9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d5a1f0c2e"
CHAIN = "0b6f6a0e-5d1b-4f54-9a5e-3e0b8d2f7c11"
FIXTURES = (
    "service.deployed", "service.removed", "pipelinerun.finished", "testsuiterun.finished", "incident.detected",
)  # fmt: skip
KNOWN = Catalog(
    clusters=(Cluster("pavo-us-west-2", "Pavo", sender_names=("staging",)),),
    services=(Service("auth", "Auth", sender_names=("identity/authn",)),),
)


def event(fixture: str, /, **changes: Any) -> dict[str, Any]:
    return payload(f"cdevents/{fixture}.json", **changes)


def retyped(fixture: str, kind: str, /, **changes: Any) -> dict[str, Any]:
    return event(fixture, context__type=f"dev.cdevents.{kind}", **changes)


def taken(body: dict[str, Any], catalog: Catalog | None = None) -> Taken:
    return post(body, HEADERS, catalog)


def suite(**changes: Any) -> TestResultEvent:
    (found,) = taken(event("testsuiterun.finished", **changes)).events
    assert isinstance(found, TestResultEvent)
    return found


def incident(body: dict[str, Any]) -> IncidentEvent:
    (found,) = taken(body).events
    assert isinstance(found, IncidentEvent)
    return found


def test_a_deployed_service_is_a_success_of_its_image():
    found = attempt(taken(event("service.deployed")))
    assert found.attempt_id == f"staging:identity.authn:3.4.2:{CHAIN}"
    assert (found.source, found.status, found.trigger) == ("cdevents", Status.SUCCESS, None)
    assert found.started_at == found.event_time == "2026-11-20T10:05:00.250Z"
    assert found.image == "registry.acme.example/acme/authn:3.4.2"


def test_a_deployment_whose_start_nobody_tells_has_no_duration():
    assert attempt(taken(event("service.deployed"))).ended_at is None
    told = event("service.deployed") | {"customData": {"startedAt": "2026-11-20T10:01:00Z"}}
    found = attempt(taken(told))
    assert (found.started_at, found.ended_at) == ("2026-11-20T10:01:00.000Z", "2026-11-20T10:05:00.250Z")


def test_a_start_after_the_end_is_none():
    told = event("service.deployed") | {"customData": {"startedAt": "2026-11-20T10:06:00Z"}}
    assert attempt(taken(told)).started_at == "2026-11-20T10:05:00.250Z"


@pytest.mark.parametrize("version", ["0.1.1", "0.2.0", "0.3.0", "0.3.0-draft"])
@pytest.mark.parametrize("predicate", ["deployed", "upgraded"])
def test_every_version_of_a_type_is_read_alike(predicate: str, version: str):
    assert attempt(taken(retyped("service.deployed", f"service.{predicate}.{version}"))).status is Status.SUCCESS


def test_a_rollback_is_the_recovery_and_an_attempt_of_its_own():
    found = attempt(taken(retyped("service.deployed", "service.rolledback.0.2.0")))
    assert (found.status, found.trigger) == (Status.SUCCESS, Trigger.ROLLBACK)
    assert found.attempt_id != attempt(taken(event("service.deployed"))).attempt_id


def test_a_removed_service_is_retired():
    (found,) = taken(event("service.removed"), KNOWN).events
    assert isinstance(found, RetirementEvent)
    assert (found.cluster_id, found.service_id) == ("pavo-us-west-2", "auth")
    assert found.retired_at == "2026-11-20T10:05:00.250Z"


def test_names_are_mapped_by_the_catalog():
    found = attempt(taken(event("service.deployed"), KNOWN))
    assert (found.cluster_id, found.service_id) == ("pavo-us-west-2", "auth")


def test_rules_match_what_the_event_names():
    when = {"service": "/identity/{service}", "environmentSource": "/clusters/{region}", "environment": "staging"}
    catalog = ruled(rule("cdevents", when, service="{service}", cluster="pavo-{region}", version="{version}-x"))
    found = attempt(taken(event("service.deployed"), catalog))
    assert found.attempt_id == f"pavo-eu:authn:3.4.2-x:{CHAIN}"


def test_a_rule_denies_or_ignores():
    assert taken(event("service.deployed"), ruled(rule("cdevents", {}, deployment=False))).ignored is Ignored.RULE
    for fixture in FIXTURES:
        assert taken(event(fixture), ruled(rule("cdevents", {}, ignore=True))).ignored is Ignored.RULE, fixture


@pytest.mark.parametrize(
    ("artifact", "version", "image", "sha"),
    [
        (f"pkg:oci/authn@sha256%3A{DIGEST}", DIGEST, f"authn@sha256:{DIGEST}", None),
        (f"pkg:oci/authn@sha256:{DIGEST}?tag=latest", DIGEST, f"authn@sha256:{DIGEST}", None),
        ("pkg:docker/acme/authn@3.4.2?repository_url=r.acme.io", "3.4.2", "r.acme.io/acme/authn:3.4.2", None),
        ("pkg:npm/%40acme/authn@3.4.2", "3.4.2", None, None),
        (f"pkg:github/acme/authn@{SHA}#src", SHA, None, SHA),
        ("registry.acme.example:5000/authn:3.4.2", "3.4.2", "registry.acme.example:5000/authn:3.4.2", None),
    ],
)  # fmt: skip
def test_the_version_is_read_from_the_artifact(artifact: str, version: str, image: str | None, sha: str | None):
    found = attempt(taken(event("service.deployed", subject__content__artifactId=artifact)))
    assert (found.build_version, found.image, found.git_sha) == (version, image, sha)


@pytest.mark.parametrize(
    "artifact", [..., None, "", "pkg:", "pkg:oci/authn", "pkg:oci/authn@main", "pkg:oci/a@b%20c", "@"]
)
def test_a_deployment_of_no_version_is_refused(artifact: Any):
    body = event("service.deployed", subject__content__artifactId=artifact)
    refused(lambda: taken(body), "subject.content.artifactId")


def test_custom_data_may_name_it_all():
    custom = {
        "service": "auth", "cluster": "pavo", "version": "4.0.0", "attemptNumber": "71", "gitSha": "ABC1234",
        "committedAt": "2026-11-20T08:00:00Z", "actor": "grace", "trigger": "promotion",
    }  # fmt: skip
    found = attempt(taken(event("service.deployed") | {"customData": custom}))
    assert found.attempt_id == "pavo:auth:4.0.0:71"
    assert (found.git_sha, found.committed_at) == ("abc1234", "2026-11-20T08:00:00.000Z")
    assert (found.actor, found.trigger) == ("grace", Trigger.PROMOTION)


def test_without_a_chain_a_deployment_is_told_by_its_moment():
    assert attempt(taken(event("service.deployed", context__chainId=...))).attempt_id.endswith(":1795169100")


def test_a_failed_pipeline_run_that_names_its_place_is_a_failed_deployment():
    found = attempt(taken(event("pipelinerun.finished")))
    assert found.attempt_id == f"staging:authn:3.4.2:{CHAIN}"
    assert (found.status, found.cancelled) == (Status.FAILED, None)
    assert found.failure_reason == "image not found\nin registry.acme.example"
    assert found.run_url == "https://ci.acme.example/runs/881"


@pytest.mark.parametrize(
    ("outcome", "status", "cancelled"),
    [
        ("success", Status.SUCCESS, None), ("failure", Status.FAILED, None), ("error", Status.FAILED, None),
        ("cancel", Status.FAILED, True),
    ],
)  # fmt: skip
def test_each_outcome_of_a_run_has_its_status(outcome: str, status: Status, cancelled: bool | None):
    found = attempt(taken(event("pipelinerun.finished", subject__content__outcome=outcome)))
    assert (found.status, found.cancelled) == (status, cancelled)


def test_start_and_end_of_a_run_are_one_attempt():
    at = "2026-11-20T10:00:00Z"
    began = retyped("pipelinerun.finished", "pipelinerun.started.0.2.0", context__timestamp=at)
    del began["subject"]["content"]["outcome"]
    told = [attempt(taken(body)) for body in (event("pipelinerun.finished"), began)]
    fold = fold_attempt(told[0].attempt_id, [to_claim(one) for one in told], Version(), 90)
    assert fold.attempt is not None
    assert (fold.attempt.status, fold.attempt.started_at) == (Status.FAILED, "2026-11-20T10:00:00.000Z")
    assert fold.attempt.ended_at == "2026-11-20T10:05:00.250Z"


def test_without_a_chain_a_run_is_told_by_its_own_id():
    assert attempt(taken(event("pipelinerun.finished", context__chainId=...))).attempt_id.endswith(":run-881")


def test_a_run_nobody_calls_a_deployment_is_none():
    body = event("pipelinerun.finished", customData=...)
    assert taken(body).ignored is Ignored.UNMAPPED
    catalog = ruled(
        rule("cdevents", {"pipeline": "deploy-{service}"}, deployment=True, service="{service}", cluster="pavo")
    )
    found = taken(body, catalog)
    assert (found.ignored, found.detail) == (
        Ignored.UNMAPPED, "nothing names the version: send customData.version",
    )  # fmt: skip


def test_a_suite_with_counts_is_a_result():
    found = suite()
    assert (found.cluster_id, found.service_id, found.build_version) == ("staging", "authn", "3.4.2")
    assert (found.suite, found.verdict, found.attempt_id) == ("REGRESSION", Verdict.FAILED, None)
    assert (found.total, found.passed, found.failed, found.skipped) == (120, 117, 2, 1)
    assert found.executed_at == "2026-11-20T10:05:00.250Z"
    assert [one.name for one in found.failed_tests or ()] == [
        "login refuses expired tokens",
        "login refuses foreign tokens",
    ]


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [("success", Verdict.PASSED), ("pass", Verdict.PASSED), ("failure", Verdict.FAILED), ("error", Verdict.FAILED)],
)
def test_an_outcome_without_counts_is_a_verdict_with_none(outcome: str, verdict: Verdict):
    found = suite(subject__content__outcome=outcome, customData__total=...)
    assert (found.verdict, found.total, found.passed, found.failed, found.skipped) == (
        verdict,
        None,
        None,
        None,
        None,
    )


def test_counts_that_contradict_the_outcome_do_not_turn_it():
    found = suite(customData__failed=0, customData__passed=119)
    assert (found.verdict, found.total) == (Verdict.FAILED, None)
    assert suite(subject__content__outcome="success").total is None


def test_a_cancelled_suite_says_nothing():
    assert taken(event("testsuiterun.finished", subject__content__outcome="cancel")).ignored is Ignored.NO_OUTCOME


def test_a_suite_without_service_or_version_has_nothing_to_belong_to():
    for missing in ("service", "version"):
        body = event("testsuiterun.finished", **{f"customData__{missing}": ...})
        assert taken(body).ignored is Ignored.UNMAPPED, missing


def test_a_suite_is_named_by_custom_data_or_by_its_name():
    assert suite(customData__suite="sanity").suite == "SANITY"
    assert suite(subject__content__testSuite={"id": "functional"}).suite == "FUNCTIONAL"
    found = taken(event("testsuiterun.finished", subject__content__testSuite__name="Load test"))
    assert found.ignored is Ignored.UNMAPPED
    assert "FUNCTIONAL, SANITY, REGRESSION" in (found.detail or "")
    body = event("testsuiterun.finished", customData__suite="load")
    assert refused(lambda: taken(body), "customData.suite") == "must be one of FUNCTIONAL, SANITY, REGRESSION"


def test_a_result_may_name_its_attempt():
    assert suite(customData__attemptNumber="71").attempt_id == "staging:authn:3.4.2:71"


def test_a_detected_incident_is_opened():
    found = incident(event("incident.detected"))
    assert (found.incident_id, found.service_id, found.cluster_id) == ("inc-204", "authn", "staging")
    assert (found.started_at, found.resolved_at) == ("2026-11-20T10:05:00.250Z", None)
    assert found.title == "Login takes longer than 2 s"


def test_a_resolved_incident_is_the_same_one():
    body = retyped("incident.detected", "incident.resolved.0.2.0", context__timestamp="2026-11-20T11:00:00Z")
    found = incident(body)
    assert (found.incident_id, found.resolved_at) == ("inc-204", "2026-11-20T11:00:00.000Z")
    assert found.title is None


def test_a_reported_incident_brings_its_ticket():
    ticket = "https://tickets.acme.example/204"
    body = retyped("incident.detected", "incident.reported.0.2.0", subject__content__ticketURI=ticket)
    assert incident(body).url == ticket
    body["subject"]["content"]["ticketURI"] = "javascript:alert(1)"
    assert incident(body).url is None


def test_an_incident_of_no_service_is_told_what_to_add():
    body = event("incident.detected", subject__content__service=...)
    assert taken(body).ignored is Ignored.UNMAPPED
    assert taken(body, ruled(rule("cdevents", {}, service="authn"))).events


def test_an_incidents_odd_id_is_kept_as_a_digest():
    assert len(incident(event("incident.detected", subject__id="Störung 7")).incident_id) == 32


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("build.finished.0.3.0", Ignored.BUILD_ONLY), ("artifact.published.0.3.0", Ignored.BUILD_ONLY),
        ("service.published.0.2.0", Ignored.BUILD_ONLY), ("taskrun.finished.0.3.0", Ignored.NOT_ABOUT_US),
        ("environment.created.0.3.0", Ignored.NOT_ABOUT_US), ("testcaserun.finished.0.2.0", Ignored.NOT_ABOUT_US),
        ("testsuiterun.started.0.2.0", Ignored.UNFINISHED), ("pipelinerun.queued.0.2.0", Ignored.UNFINISHED),
        ("", Ignored.NOT_ABOUT_US), ("service", Ignored.NOT_ABOUT_US),
    ],
)  # fmt: skip
def test_what_says_nothing_of_deployments_changes_nothing(kind: str, reason: Ignored):
    assert taken({"context": event("service.deployed")["context"] | {"type": f"dev.cdevents.{kind}"}, "subject": {}})\
        .ignored is reason  # fmt: skip


@pytest.mark.parametrize(
    ("fixture", "change", "value", "field"),
    [
        ("service.deployed", "context__timestamp", "2026-11-20", "context.timestamp"),
        ("service.deployed", "context__timestamp", ..., "context.timestamp"),
        ("service.deployed", "context__timestamp", 7, "context.timestamp"),
        ("service.deployed", "subject__id", 7, "subject.id"),
        ("service.deployed", "subject__content", [], "subject.content"),
        ("service.deployed", "subject__content__artifactId", 7, "subject.content.artifactId"),
        ("service.deployed", "subject__content__environment", "staging", "subject.content.environment"),
        ("pipelinerun.finished", "subject__content__outcome", "green", "subject.content.outcome"),
        ("pipelinerun.finished", "subject__content__outcome", ..., "subject.content.outcome"),
        ("testsuiterun.finished", "subject__content__outcome", True, "subject.content.outcome"),
        ("testsuiterun.finished", "subject__content__outcome", "maybe", "subject.content.outcome"),
        ("testsuiterun.finished", "customData__total", 3, "customData.total"),
    ],
)
def test_a_wrong_field_is_named(fixture: str, change: str, value: Any, field: str):
    assert refused(lambda: taken(event(fixture, **{change: value})), field)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FIXTURES).flatmap(lambda fixture: gone_wrong(event(fixture))))
def test_no_event_however_broken_crashes_the_normaliser(body: dict[str, Any]):
    survives(lambda one: post(one, HEADERS, KNOWN, sender="cdevents"), body, HEADERS)


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60)
    | st.from_regex(r"pkg:[a-z]{1,6}/[^?#]{1,20}@[^?#]{1,20}(\?[^#]{0,30})?(#.*)?", fullmatch=True)
)
def test_no_artifact_however_odd_is_more_than_refused(artifact: str):
    body = event("service.deployed", subject__content__artifactId=artifact.replace("\0", ""))
    survives(lambda one: post(one, HEADERS), body, HEADERS)


def test_only_deployments_are_deployments():
    kinds = {fixture: [type(one) for one in taken(event(fixture)).events] for fixture in FIXTURES}
    assert [fixture for fixture, told in kinds.items() if DeploymentEvent in told] == [
        "service.deployed",
        "pipelinerun.finished",
    ]
