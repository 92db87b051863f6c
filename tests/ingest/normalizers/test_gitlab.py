"""GitLab's deployment, pipeline and job hooks."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog_models import Catalog, Cluster, Service
from data.models import Commit, Status, Trigger
from ingest.normalizers.contract import Ignored
from tests.ingest.normalizers.mutating import gone_wrong, refused, survives
from tests.ingest.normalizers.posting import attempt, documented, folded, payload, post, rule, ruled

SHA = "4f1c9b2d7e6a5c3b8d9e0f1a2b3c4d5e6f708192"
KEY = "f5e5f430-f57b-4e6e-9fac-d9128cd7232f"
KNOWN = Catalog(
    clusters=(Cluster("aquila-us-west-2", "Aquila", sender_names=("production",)),),
    services=(Service("authn", "AuthN", sender_names=("acme/authn",)),),
)
DEPLOYS = ruled(rule("gitlab", {"project": "acme/*"}, deployment=True))
BY_JOB = ruled(rule("gitlab", {"job": "roll-out*"}, cluster="prod", deployment=True))


def headers(hook: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "X-Gitlab-Event": f"{hook} Hook", "Idempotency-Key": KEY}


DEPLOYMENT, PIPELINE, JOB = headers("Deployment"), headers("Pipeline"), headers("Job")


def deployment(**changes: Any) -> dict[str, Any]:
    return payload("gitlab/deployment.success.json", **changes)


def pipeline(**changes: Any) -> dict[str, Any]:
    return payload("gitlab/pipeline.success.json", **changes)


def job(**changes: Any) -> dict[str, Any]:
    return payload("gitlab/job.failed.json", **changes)


def test_a_deployment_is_numbered_by_its_job():
    event = attempt(post(deployment(), DEPLOYMENT, KNOWN))
    assert event.attempt_id == f"aquila-us-west-2:authn:{SHA}:796"
    assert (event.status, event.git_sha, event.actor) == (Status.SUCCESS, SHA, "ada-acme")
    assert event.ended_at == event.event_time == "2026-11-20T10:07:30.000Z"
    assert event.run_url == "https://gitlab.acme.example/acme/authn/-/jobs/796"
    assert event.event_id == f"gitlab:{KEY}"


def test_a_running_deployment_gives_the_start_and_its_end_the_end():
    running = deployment(status="running", status_changed_at="2026-11-20 10:03:10 UTC")
    start, end = attempt(post(running, DEPLOYMENT)), attempt(post(deployment(), DEPLOYMENT))
    assert start.attempt_id == end.attempt_id
    assert (start.status, start.started_at, start.ended_at) == (Status.IN_PROGRESS, "2026-11-20T10:03:10.000Z", None)
    assert end.started_at > start.started_at  # the fold keeps the earliest


def test_a_deployment_made_by_the_api_has_no_job_and_is_numbered_apart_from_jobs():
    body = deployment(deployable_id=None, deployable_url=None, deployment_id=796)
    assert attempt(post(body, DEPLOYMENT)).attempt_id.endswith(":d796")


@pytest.mark.parametrize(
    ("status", "becomes", "cancelled"),
    [
        ("running", Status.IN_PROGRESS, None), ("success", Status.SUCCESS, None),
        ("failed", Status.FAILED, None), ("canceled", Status.FAILED, True),
    ],
)  # fmt: skip
def test_each_status_of_a_deployment_has_ours(status: str, becomes: Status, cancelled: bool | None):
    event = attempt(post(deployment(status=status), DEPLOYMENT))
    assert (event.status, event.cancelled) == (becomes, cancelled)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("created", Ignored.UNFINISHED), ("blocked", Ignored.UNFINISHED),
        ("skipped", Ignored.NO_OUTCOME), ("sideways", Ignored.NO_OUTCOME),
    ],
)  # fmt: skip
def test_a_deployment_that_has_not_begun_or_says_nothing_is_ignored(status: str, why: Ignored):
    assert post(deployment(status=status), DEPLOYMENT).ignored is why


@pytest.mark.parametrize(
    ("changes", "version"),
    [
        ({}, SHA),
        ({"ref": "1.0.0"}, "1.0.0"),
        ({"ref": "v1.0.0-rc.1"}, "v1.0.0-rc.1"),
        ({"commit_url": ...}, "4f1c9b2d"),
        ({"commit_url": "https://gitlab.acme.example/acme/authn"}, "4f1c9b2d"),
    ],
)  # fmt: skip
def test_the_version_is_a_tag_or_the_commit_its_link_ends_in(changes: dict, version: str):
    assert attempt(post(deployment(**changes), DEPLOYMENT)).build_version == version


def test_a_rule_maps_by_tier_and_project():
    by_tier = rule("gitlab", {"project": "acme/{name}", "tier": "production"}, service="{name}", cluster="aquila")
    event = attempt(post(deployment(), DEPLOYMENT, ruled(by_tier)))
    assert (event.service_id, event.cluster_id) == ("authn", "aquila")


def test_a_rule_ignores_review_apps():
    review = rule("gitlab", {"environment": "review/*"}, ignore=True)
    assert post(deployment(environment="review/17"), DEPLOYMENT, ruled(review)).ignored is Ignored.RULE
    assert attempt(post(deployment(), DEPLOYMENT, ruled(review))).cluster_id == "production"


def test_a_pipeline_is_a_deployment_only_where_a_rule_says_so():
    taken = post(pipeline(), PIPELINE)
    assert (taken.events, taken.ignored) == ((), Ignored.UNMAPPED)
    assert "when: {project: acme/authn, environment: production}, deployment: true" in str(taken.detail)


def test_a_pipeline_tells_of_its_deploying_jobs_that_ran_and_of_no_other():
    event = attempt(post(pipeline(), PIPELINE, DEPLOYS))
    assert event.attempt_id == f"production:acme.authn:{SHA}:796"
    assert event.status is Status.SUCCESS
    assert (event.started_at, event.ended_at) == ("2026-11-20T10:03:10.000Z", "2026-11-20T10:07:30.000Z")
    assert (event.committed_at, event.commits) == ("2026-11-20T09:31:00.000Z", (Commit(SHA, event.committed_at),))
    assert event.trigger is Trigger.MERGE
    assert event.run_url == "https://gitlab.acme.example/acme/authn/-/jobs/796"


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("skipped", Ignored.NO_OUTCOME), ("manual", Ignored.NO_OUTCOME), ("created", Ignored.UNFINISHED),
        ("pending", Ignored.UNFINISHED), ("scheduled", Ignored.UNFINISHED), ("preparing", Ignored.UNFINISHED),
    ],
)  # fmt: skip
def test_a_successful_pipeline_whose_deploying_jobs_did_not_run_deployed_nothing(status: str, why: Ignored):
    body = pipeline(builds__1__status=status, builds__2__status=status)
    taken = post(body, PIPELINE, DEPLOYS)
    assert (taken.events, taken.ignored) == ((), why)


def test_a_job_cancelled_before_it_began_deployed_nothing():
    begun = pipeline(builds__1__status="canceled")
    assert attempt(post(begun, PIPELINE, DEPLOYS)).cancelled is True
    body = pipeline(builds__1__status="canceled", builds__1__started_at=None)
    assert post(body, PIPELINE, DEPLOYS).ignored is Ignored.NO_OUTCOME


def test_every_deploying_job_is_an_attempt_of_its_own():
    body = pipeline(builds__2__status="failed", builds__2__started_at="2026-11-20 10:05:00 UTC")
    body["builds"][2] |= {"finished_at": "2026-11-20 10:06:00 UTC", "failure_reason": "runner_system_failure"}
    events = post(body, PIPELINE, DEPLOYS).events
    told = [(event.attempt_id, event.status, event.failure_reason, event.trigger) for event in events]  # type: ignore[union-attr]
    assert told == [
        (f"production:acme.authn:{SHA}:796", Status.SUCCESS, None, Trigger.MERGE),
        (
            f"production-eu:acme.authn:{SHA}:797",
            Status.FAILED,
            "roll-out-eu: runner system failure",
            Trigger.MANUAL,
        ),
    ]


@pytest.mark.parametrize("action", ["stop", "prepare", "verify", "access"])
def test_a_job_that_only_looks_at_or_stops_an_environment_deploys_nothing(action: str):
    body = pipeline(builds__1__environment__action=action, builds__2__environment__action=action)
    assert post(body, PIPELINE, DEPLOYS).events == ()
    assert post(job(environment__action=action), JOB, DEPLOYS).ignored is Ignored.NOT_ABOUT_US


def test_a_rule_for_a_whole_project_does_not_make_its_tests_deployments():
    jobs = [event.attempt_id for event in post(pipeline(), PIPELINE, DEPLOYS).events]  # type: ignore[union-attr]
    assert not any(str(one).endswith(":790") for one in jobs)


def test_a_rule_can_make_a_job_without_an_environment_a_deployment():
    body = pipeline(builds__1__environment=...)
    assert attempt(post(body, PIPELINE, BY_JOB)).attempt_id == f"prod:acme.authn:{SHA}:796"


def test_pipelines_tell_the_same_again_under_the_same_id():
    first = attempt(post(pipeline(object_attributes__status="running"), PIPELINE, DEPLOYS))
    again = attempt(post(pipeline(), PIPELINE | {"Idempotency-Key": "another"}, DEPLOYS))
    assert first.event_id == again.event_id


def test_deployment_pipeline_and_job_hooks_tell_of_one_attempt():
    bodies = ((deployment(), DEPLOYMENT), (pipeline(), PIPELINE), (job(), JOB))
    events = [attempt(post(body, sent, DEPLOYS)) for body, sent in bodies]
    assert len({event.attempt_id for event in events}) == 1


def test_all_hooks_of_one_try_fold_into_its_whole_story():
    running = deployment(status="running", status_changed_at="2026-11-20 10:03:11 UTC")
    bodies = ((running, DEPLOYMENT), (pipeline(), PIPELINE), (deployment(), DEPLOYMENT))
    events = [attempt(post(body, sent, DEPLOYS)) for body, sent in bodies]
    for order in (events, events[::-1]):
        made = folded(*order)
        assert (made.status, made.committed_at) == (Status.SUCCESS, "2026-11-20T09:31:00.000Z")
        assert (made.started_at, made.ended_at) == ("2026-11-20T10:03:10.000Z", "2026-11-20T10:07:30.000Z")


def test_the_documented_rules_make_a_job_without_an_environment_a_deployment_and_ignore_review_apps():
    rules = documented("gitlab")
    legacy = job(project__path_with_namespace="acme/legacy-reports", environment=None)
    assert attempt(post(legacy, JOB, rules)).cluster_id == "aquila-us-west-2"
    assert post(job(environment=None), JOB, rules).ignored is Ignored.UNMAPPED
    assert post(job(environment__name="review/17"), JOB, rules).ignored is Ignored.RULE
    assert attempt(post(job(environment__name="production/eu"), JOB, rules)).cluster_id == "aquila-eu"


def test_a_failed_job_says_why():
    event = attempt(post(job(), JOB, DEPLOYS))
    assert (event.status, event.failure_reason) == (Status.FAILED, "roll-out: script failure")
    assert (event.started_at, event.ended_at) == ("2026-11-20T10:03:10.000Z", "2026-11-20T10:07:30.000Z")
    assert event.event_id == f"gitlab:{KEY}"


def test_a_job_that_failed_before_a_runner_took_it_has_no_duration_made_up():
    event = attempt(post(job(build_started_at=None), JOB, DEPLOYS))
    assert event.started_at == event.ended_at == "2026-11-20T10:07:30.000Z"


def test_a_job_hook_needs_a_rule_as_well():
    assert post(job(), JOB).ignored is Ignored.UNMAPPED


def test_the_project_of_an_older_job_hook_is_found_by_its_address_or_its_name():
    by_address = job(project=...)
    assert attempt(post(by_address, JOB, DEPLOYS)).service_id == "acme.authn"
    by_name = job(project=..., repository=..., project_name="acme / authn")
    assert attempt(post(by_name, JOB, DEPLOYS)).service_id == "acme.authn"


@pytest.mark.parametrize("kind", ["push", "release", "merge_request", "note", "issue", "wiki_page", "feature_flag"])
def test_other_hooks_are_not_about_us(kind: str):
    taken = post({"object_kind": kind, "project": {}}, headers("Other"))
    assert (taken.source, taken.ignored) == ("gitlab", Ignored.NOT_ABOUT_US)


def test_a_hook_without_its_headers_is_told_by_its_shape():
    assert attempt(post(deployment(), {}, KNOWN)).digest == attempt(post(deployment(), DEPLOYMENT, KNOWN)).digest


def test_older_versions_have_an_event_id_only():
    sent = {"X-Gitlab-Event": "Deployment Hook", "X-Gitlab-Event-UUID": "13792a34"}
    assert attempt(post(deployment(), sent)).event_id == "gitlab:13792a34"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": ...}, "status"),
        ({"status_changed_at": "2026-11-20 10:00:00"}, "status_changed_at"),
        ({"deployment_id": "15"}, "deployment_id"),
        ({"environment": None}, "environment"),
        ({"project__path_with_namespace": 3}, "project.path_with_namespace"),
        ({"commit_url": "x", "short_sha": "y"}, "commit_url"),
    ],
)  # fmt: skip
def test_a_broken_deployment_is_refused_by_the_name_of_its_field(changes: dict, field: str):
    refused(lambda: post(deployment(**changes), DEPLOYMENT), field)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"object_attributes": None}, "object_attributes"),
        ({"object_attributes__sha": "zz"}, "object_attributes.sha"),
        ({"builds": {}}, "builds"),
        ({"builds__1__status": 5}, "builds.1.status"),
        ({"builds__1__started_at": "then"}, "builds.1.started_at"),
        ({"builds__1__finished_at": "later"}, "builds.1.finished_at"),
        ({"builds": [{"id": 1, "name": "a", "status": "created"}] * 501}, "builds"),
    ],
)  # fmt: skip
def test_a_broken_pipeline_is_refused_by_the_name_of_its_field(changes: dict, field: str):
    refused(lambda: post(pipeline(**changes), PIPELINE, DEPLOYS), field)


def test_a_broken_job_is_refused_by_the_name_of_its_field():
    refused(lambda: post(job(build_started_at="then"), JOB, DEPLOYS), "build_started_at")
    refused(lambda: post(job(sha="zz"), JOB, DEPLOYS), "sha")


BROKEN = {"deployment": (deployment, DEPLOYMENT), "pipeline": (pipeline, PIPELINE), "job": (job, JOB)}


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(BROKEN)).flatmap(lambda kind: st.tuples(st.just(kind), gone_wrong(BROKEN[kind][0]()))),
    st.sampled_from([DEPLOYS, BY_JOB, KNOWN]),
)
def test_no_hook_however_broken_crashes_the_normaliser(told: tuple[str, dict[str, Any]], catalog: Catalog):
    kind, body = told
    survives(lambda one: post(one, BROKEN[kind][1], catalog), body, BROKEN[kind][1])
