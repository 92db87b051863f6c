"""Jenkins' Notification plugin: the phases of a build, its parameters and its tests."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog_models import Catalog, Cluster, Service
from data.events import DeploymentEvent, TestResultEvent, to_claim
from data.folds import Version, fold_attempt
from data.models import Status, Trigger, Verdict
from ingest.normalizers.contract import Ignored
from ingest.taking import Taken
from tests.ingest.normalizers.mutating import gone_wrong, refused, survives
from tests.ingest.normalizers.posting import attempt, payload, post, rule, ruled

HEADERS = {"Content-Type": "application/json;charset=UTF-8"}
SHA = "9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d5a1f0c2e"
N = "identity.authn-deploy.18"
PHASES = ("started", "completed", "finalized")


def build(phase: str, /, **changes: Any) -> dict[str, Any]:
    return payload(f"jenkins/{phase}.json", **{f"build__{path}": value for path, value in changes.items()})


def taken(phase: str, catalog: Catalog | None = None, /, **changes: Any) -> Taken:
    return post(build(phase, **changes), HEADERS, catalog)


def told(taken: Taken) -> DeploymentEvent:
    (event,) = [one for one in taken.events if isinstance(one, DeploymentEvent)]
    return event


def results(taken: Taken) -> TestResultEvent:
    (event,) = [one for one in taken.events if isinstance(one, TestResultEvent)]
    return event


def test_a_started_build_opens_an_attempt():
    event = attempt(taken("started"))
    assert event.attempt_id == f"pavo-us-west-2:authn:3.4.2:{N}"
    assert (event.source, event.status, event.started_at) == (
        "jenkins",
        Status.IN_PROGRESS,
        "2026-11-20T10:00:00.000Z",
    )
    assert (event.ended_at, event.git_sha, event.actor) == (None, SHA, "grace")
    assert event.run_url == "https://ci.acme.example/job/identity/job/authn-deploy/18/"


def test_the_start_of_a_completed_build_is_its_end_less_its_duration():
    event = attempt(taken("completed"))
    assert (event.started_at, event.ended_at) == ("2026-11-20T10:00:00.000Z", "2026-11-20T10:05:00.000Z")
    assert event.status is Status.SUCCESS


def test_all_phases_of_a_build_are_one_attempt_whose_last_word_holds():
    events = [event for phase in reversed(PHASES) for event in taken(phase).events]
    fold = fold_attempt(f"pavo-us-west-2:authn:3.4.2:{N}", [to_claim(event) for event in events], Version(), 90)
    assert fold.attempt is not None
    assert {told(taken(phase)).attempt_id for phase in PHASES} == {fold.attempt.attempt_id}
    assert (fold.attempt.status, fold.attempt.started_at) == (Status.SUCCESS, "2026-11-20T10:00:00.000Z")
    assert [gate.verdict for gate in fold.attempt.gates] == [Verdict.FAILED]


def test_the_next_build_of_the_job_is_another_attempt():
    assert attempt(taken("started", number=19)).attempt_id.endswith("authn-deploy.19")


def test_a_finalized_build_brings_its_tests():
    event = results(taken("finalized"))
    assert event.attempt_id == f"pavo-us-west-2:authn:3.4.2:{N}"
    assert (event.suite, event.verdict) == ("FUNCTIONAL", Verdict.FAILED)
    assert (event.total, event.passed, event.failed, event.skipped) == (42, 39, 2, 1)
    assert event.failed_tests is not None
    assert [one.name for one in event.failed_tests] == [
        "acme.login.TokenTest.refuses_expired",
        "acme.login.TokenTest.refuses_foreign",
    ]
    assert event.report_url == "https://ci.acme.example/job/identity/job/authn-deploy/18/testReport/"


def test_the_suite_is_the_jobs_parameter():
    found = taken("finalized", parameters__SUITE="regression")
    assert results(found).suite == "REGRESSION"
    assert "suite REGRESSION by the job's parameter" in found.via[0]


def test_the_suite_is_the_only_one_expected_of_the_service():
    catalog = Catalog(services=(Service("authn", "AuthN", suites=("SANITY",)),))
    assert results(taken("finalized", catalog)).suite == "SANITY"


def test_a_suite_that_does_not_exist_costs_the_tests_but_not_the_deployment():
    found = taken("finalized", parameters__SUITE="nightly")
    assert attempt(found).status is Status.SUCCESS
    assert any("no suite of the catalog: nightly" in word for word in found.via[0])


def test_a_build_without_any_test_is_a_gate_missing():
    event = results(taken("finalized", test_summary={"total": 0, "failed": 0, "passed": 0, "skipped": 0}))
    assert event.verdict is Verdict.MISSING


def test_an_older_plugin_that_does_not_count_what_passed_is_understood():
    event = results(taken("finalized", test_summary={"total": 10, "failed": 1, "skipped": 2}))
    assert event.passed == 7


@pytest.mark.parametrize(
    ("result", "status", "cancelled"),
    [
        ("SUCCESS", Status.SUCCESS, None), ("FAILURE", Status.FAILED, None),
        ("ABORTED", Status.FAILED, True), ("NOT_BUILT", Status.FAILED, True),
        ("UNSTABLE", Status.FAILED, None),
    ],
)  # fmt: skip
def test_each_result_has_its_status(result: str, status: Status, cancelled: bool | None):
    event = attempt(taken("completed", status=result))
    assert (event.status, event.cancelled) == (status, cancelled)


def test_an_unstable_build_with_failed_tests_went_out_with_a_failed_gate():
    found = taken("finalized", status="UNSTABLE")
    assert told(found).status is Status.SUCCESS
    assert results(found).verdict is Verdict.FAILED


def test_an_unstable_build_whose_tests_all_passed_has_failed_for_another_reason():
    summary = {"total": 3, "failed": 0, "passed": 3, "skipped": 0}
    event = told(taken("finalized", status="UNSTABLE", test_summary=summary))
    assert event.status is Status.FAILED
    assert event.failure_reason == "the build is UNSTABLE and names no failed test"


def test_a_failed_build_says_how_many_tests_failed():
    assert told(taken("finalized", status="FAILURE")).failure_reason == "2 of 42 tests failed"


def test_a_note_of_the_job_is_the_reason():
    assert told(taken("finalized", status="FAILURE", notes="helm timed out")).failure_reason == "helm timed out"


def test_a_queued_build_changes_nothing():
    found = taken("started", phase="QUEUED", timestamp=0)
    assert (found.events, found.ignored) == ((), Ignored.UNFINISHED)


def test_a_notice_in_the_midst_of_a_pipeline_is_no_end():
    event = attempt(taken("completed", status=None))
    assert (event.status, event.ended_at) == (Status.IN_PROGRESS, None)


def test_a_job_without_a_cluster_is_no_deployment():
    found = taken("completed", parameters={"VERSION": "3.4.2"})
    assert found.ignored is Ignored.UNMAPPED
    assert (found.detail or "").startswith("nothing names the cluster: add the rule {")
    assert "source: jenkins, when: {job: identity/authn-deploy}, cluster: …" in (found.detail or "")


def test_an_environment_counts_where_the_catalog_knows_it():
    parameters = {"ENVIRONMENT": "staging", "VERSION": "3.4.2"}
    assert taken("completed", parameters=parameters).ignored is Ignored.UNMAPPED
    catalog = Catalog(clusters=(Cluster("pavo-us-west-2", "Pavo", sender_names=("Staging",)),))
    event = attempt(taken("completed", catalog, parameters=parameters))
    assert (event.cluster_id, event.service_id) == ("pavo-us-west-2", "identity.authn-deploy")


def test_a_rule_maps_by_job_and_parameter():
    when = {"job": "identity/{service}-deploy", "parameter.REGION": "eu"}
    catalog = ruled(rule("jenkins", when, service="{service}", cluster="pavo-eu"))
    event = attempt(taken("completed", catalog, parameters={"region": "EU", "TAG": "v3.4.2"}))
    assert event.attempt_id == f"pavo-eu:authn:v3.4.2:{N}"


def test_a_job_that_only_tests_brings_its_result_without_an_attempt():
    catalog = ruled(rule("jenkins", {"job": "identity/*"}, deployment=False))
    (event,) = taken("finalized", catalog).events
    assert isinstance(event, TestResultEvent)
    assert (event.attempt_id, event.build_version) == (None, "3.4.2")
    assert taken("completed", catalog).ignored is Ignored.BUILD_ONLY


def test_a_rule_ignores_a_job():
    assert taken("completed", ruled(rule("jenkins", {"job": "identity/*"}, ignore=True))).ignored is Ignored.RULE


@pytest.mark.parametrize(
    ("parameters", "branch", "version"),
    [
        ({"TAG": "3.4.2"}, "origin/main", "3.4.2"),
        ({"VERSION": "latest"}, "origin/main", SHA),
        ({}, "v3.4.2", "v3.4.2"),
        ({}, "refs/tags/v3.4.2", "v3.4.2"),
        ({}, "origin/feature/3", SHA),
    ],
)
def test_the_version_is_the_parameter_the_tag_or_the_commit(parameters: dict[str, str], branch: str, version: str):
    found = taken("completed", parameters={"CLUSTER": "pavo"} | parameters, scm__branch=branch)
    assert attempt(found).build_version == version


def test_a_build_that_names_no_version_is_told_what_to_add():
    found = taken("completed", parameters={"CLUSTER": "pavo"}, scm={})
    assert found.ignored is Ignored.UNMAPPED
    assert "parameter VERSION" in (found.detail or "")


def test_the_trigger_is_the_jobs_parameter():
    assert attempt(taken("completed", parameters__TRIGGER="ROLLBACK")).trigger is Trigger.ROLLBACK
    assert attempt(taken("completed", parameters__TRIGGER="cron")).trigger is None


def test_jobs_of_one_name_in_two_folders_are_two():
    one, other = build("started"), build("started") | {"url": "job/billing/job/authn-deploy/"}
    assert attempt(post(one, HEADERS)).attempt_id != attempt(post(other, HEADERS)).attempt_id


def test_a_job_whose_name_leaves_no_id_still_has_a_number():
    body = build("started") | {"name": "部署", "url": "job/%E9%83%A8%E7%BD%B2/"}
    assert attempt(post(body, HEADERS)).attempt_id.endswith(".18")


def test_a_link_that_is_none_is_left_out():
    assert attempt(taken("started", full_url="javascript:alert(1)")).run_url is None


@pytest.mark.parametrize(
    ("change", "value", "field"),
    [
        ("number", "18", "build.number"), ("number", -1, "build.number"),
        ("timestamp", "yesterday", "build.timestamp"), ("timestamp", ..., "build.timestamp"),
        ("timestamp", 10**19, "build.timestamp"), ("timestamp", 1.5, "build.timestamp"),
        ("phase", "DONE", "build.phase"), ("status", "GREEN", "build.status"),
        ("test_summary", [], "build.test_summary"), ("test_summary__total", "42", "build.test_summary.total"),
        ("test_summary__failed", ..., "build.test_summary.failed"),
        ("test_summary__total", 3, "build.test_summary.total"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_as_jenkins_names_it(change: str, value: Any, field: str):
    assert refused(lambda: taken("finalized", **{change: value}), field)


def test_a_build_of_jenkins_own_api_is_nobodys():
    refused(
        lambda: post({"_class": "hudson.model.FreeStyleBuild", "number": 18, "result": "SUCCESS"}, HEADERS), "source"
    )


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PHASES).flatmap(lambda phase: gone_wrong(build(phase))))
def test_no_build_however_broken_crashes_the_normaliser(body: dict[str, Any]):
    survives(lambda one: post(one, HEADERS, sender="jenkins"), body, HEADERS)
