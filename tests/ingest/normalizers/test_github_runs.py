"""GitHub's workflow runs and jobs: deployments where a rule says so, one attempt a try."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog_models import Catalog
from data.models import Commit, Status, Trigger
from ingest.normalizers.contract import Ignored
from tests.ingest.normalizers.mutating import gone_wrong, refused, survives
from tests.ingest.normalizers.posting import attempt, documented, folded, payload, post, rule, ruled
from tests.ingest.normalizers.test_github import SHA, headers

RUN, JOB = headers("workflow_run"), headers("workflow_job")
BY_FILE = ruled(rule("github", {"workflow": "deploy.yml"}, cluster="prod", service="authn", deployment=True))
BY_NAME = ruled(rule("github", {"workflowName": "Deploy"}, cluster="prod", service="authn", deployment=True))
BY_JOB = ruled(rule("github", {"job": "deploy (*)"}, cluster="prod", service="authn", deployment=True))


def run(**changes: Any) -> dict[str, Any]:
    return payload("github/workflow_run.completed.json", **{f"workflow_run__{key}": v for key, v in changes.items()})


def job(**changes: Any) -> dict[str, Any]:
    return payload("github/workflow_job.failed.json", **{f"workflow_job__{key}": v for key, v in changes.items()})


def test_a_run_is_a_deployment_only_where_a_rule_says_so():
    taken = post(run(), RUN)
    assert (taken.events, taken.ignored) == ((), Ignored.UNMAPPED)
    assert "when: {repository: acme/authn, workflow: deploy.yml}, cluster: …, deployment: true" in str(taken.detail)


def test_a_run_with_a_rule_is_an_attempt():
    event = attempt(post(run(), RUN, BY_FILE))
    assert event.attempt_id == f"prod:authn:{SHA}:9001.1"
    assert event.status is Status.SUCCESS
    assert (event.started_at, event.ended_at) == ("2026-11-20T09:59:50.000Z", "2026-11-20T10:08:00.000Z")
    assert event.committed_at == "2026-11-20T09:31:00.000Z"
    assert event.commits == (Commit(SHA, "2026-11-20T09:31:00.000Z"),)
    assert (event.actor, event.trigger) == ("grace-acme", Trigger.MERGE)
    assert event.run_url == "https://github.com/acme/authn/actions/runs/9001"


@pytest.mark.parametrize("status", ["requested", "queued", "waiting", "pending", "in_progress"])
def test_a_run_under_way_is_in_progress_and_has_no_end(status: str):
    event = attempt(post(run(status=status, conclusion=None, updated_at="2026-11-20T09:59:40Z"), RUN, BY_FILE))
    assert (event.status, event.ended_at) == (Status.IN_PROGRESS, None)
    assert event.started_at == "2026-11-20T09:59:50.000Z"


@pytest.mark.parametrize(
    ("conclusion", "status", "cancelled", "reason"),
    [
        ("success", Status.SUCCESS, None, None),
        ("failure", Status.FAILED, None, None),
        ("timed_out", Status.FAILED, None, "timed out"),
        ("startup_failure", Status.FAILED, None, "the workflow could not be started"),
        ("cancelled", Status.FAILED, True, None),
        ("skipped", Status.FAILED, True, None),
        ("action_required", Status.IN_PROGRESS, None, None),
    ],
)  # fmt: skip
def test_each_conclusion_has_its_status(conclusion: str, status: Status, cancelled: bool | None, reason: str | None):
    event = attempt(post(run(conclusion=conclusion), RUN, BY_FILE))
    assert (event.status, event.cancelled, event.failure_reason) == (status, cancelled, reason)
    assert (event.ended_at is None) == (status is Status.IN_PROGRESS)


@pytest.mark.parametrize("conclusion", ["neutral", "stale", "sideways", None])
def test_a_conclusion_that_says_nothing_of_the_version_is_ignored(conclusion: str | None):
    assert post(run(conclusion=conclusion), RUN, BY_FILE).ignored is Ignored.NO_OUTCOME


def test_a_rerun_is_another_attempt_with_a_start_of_its_own():
    again = attempt(post(run(run_attempt=2, run_started_at="2026-11-20T10:30:00Z"), RUN, BY_FILE))
    assert again.attempt_id == f"prod:authn:{SHA}:9001.2"
    assert again.started_at == "2026-11-20T10:30:00.000Z"
    assert again.ended_at is None  # updated_at is older than the start, so it cannot be the end


def test_a_run_without_a_name_is_matched_by_its_file_and_named_by_its_workflow():
    assert attempt(post(run(name=""), RUN, BY_FILE)).service_id == "authn"
    assert attempt(post(run(name=""), RUN, BY_NAME)).service_id == "authn"


def test_a_rule_can_take_version_and_cluster_from_the_runs_title():
    by_title = ruled(rule("github", {"title": "Ship {v} to {env}"}, cluster="{env}", version="{v}", deployment=True))
    assert attempt(post(run(), RUN, by_title)).attempt_id == "staging:acme.authn:3.4.2:9001.1"


def test_a_run_by_hand_that_deploys_another_version_does_not_lend_it_its_commit():
    by_title = ruled(rule("github", {"title": "Ship {v} to *"}, cluster="prod", version="{v}", deployment=True))
    event = attempt(post(run(event="workflow_dispatch"), RUN, by_title))
    assert (event.git_sha, event.committed_at, event.commits) == (None, None, None)
    assert attempt(post(run(), RUN, by_title)).git_sha == SHA  # a push deploys what was pushed
    by_sha = ruled(rule("github", {"event": "*"}, cluster="prod", version="{sha:.12}", deployment=True))
    assert attempt(post(run(event="workflow_dispatch"), RUN, by_sha)).git_sha == SHA


def test_a_tag_that_reads_as_a_version_is_the_version():
    assert attempt(post(run(head_branch="v3.4.2"), RUN, BY_FILE)).build_version == "v3.4.2"


def test_a_commit_dated_in_the_future_costs_the_date_and_not_the_deployment():
    event = attempt(post(run(head_commit={"timestamp": "2038-01-19T03:14:07Z"}), RUN, BY_FILE))
    assert (event.committed_at, event.commits) == (None, (Commit(SHA),))


def test_a_run_that_a_rule_makes_a_deployment_but_places_nowhere_is_unmapped():
    nowhere = ruled(rule("github", {"workflow": "deploy.yml"}, deployment=True))
    assert post(run(), RUN, nowhere).ignored is Ignored.UNMAPPED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": None}, "workflow_run.id"),
        ({"status": ...}, "workflow_run.status"),
        ({"head_sha": 7}, "workflow_run.head_sha"),
        ({"run_attempt": "first"}, "workflow_run.run_attempt"),
        ({"updated_at": "soon"}, "workflow_run.updated_at"),
        ({"run_started_at": None, "created_at": None}, "workflow_run.run_started_at"),
    ],
)  # fmt: skip
def test_a_broken_run_is_refused_by_the_name_of_its_field(changes: dict, field: str):
    refused(lambda: post(run(**changes), RUN, BY_FILE), field)


def test_a_failed_job_tells_the_attempt_of_its_run_why():
    of_run, of_job = attempt(post(run(), RUN, BY_NAME)), attempt(post(job(), JOB, BY_NAME))
    assert of_job.attempt_id == of_run.attempt_id
    assert of_job.failure_reason == "deploy (production): Apply manifests"
    assert of_job.status is Status.IN_PROGRESS  # it never decides: the run does
    assert of_job.started_at >= of_run.started_at  # so the run's start stays the earliest


def test_a_failed_run_and_its_failed_job_are_one_failure_with_its_reason():
    events = [attempt(post(run(conclusion="failure"), RUN, BY_NAME)), attempt(post(job(), JOB, BY_NAME))]
    for order in (events, events[::-1]):
        made = folded(*order)
        assert (made.status, made.failure_reason) == (Status.FAILED, "deploy (production): Apply manifests")
        assert (made.started_at, made.ended_at) == ("2026-11-20T09:59:50.000Z", "2026-11-20T10:08:00.000Z")
        assert made.run_url == "https://github.com/acme/authn/actions/runs/9001"


def test_the_documented_rule_takes_a_deployment_by_hand_from_its_title():
    taken = post(run(display_title="Deploy 3.4.2 to mira-us-west-2"), RUN, documented("github"))
    assert attempt(taken).attempt_id == "mira-us-west-2:acme.authn:3.4.2:9001.1"
    assert post(run(), RUN, documented("github")).ignored is Ignored.UNMAPPED


def test_a_failed_job_without_a_failed_step_says_what_it_concluded_with():
    event = attempt(post(job(conclusion="timed_out", steps=[]), JOB, BY_NAME))
    assert event.failure_reason == "deploy (production): timed out"


@pytest.mark.parametrize(
    "changes",
    [{"conclusion": "success"}, {"conclusion": "skipped"}, {"status": "in_progress", "conclusion": None}],
)
def test_other_jobs_of_such_a_run_say_nothing_of_their_own(changes: dict):
    assert post(job(**changes), JOB, BY_NAME).ignored is Ignored.UNFINISHED


@pytest.mark.parametrize(
    "doubtful",
    [
        rule("github", {"title": "* to staging"}, cluster="staging"),
        rule("*", {"event": "push"}, version="{sha:.12}"),
        rule("github", {"workflowName": "Deploy"}, version="{title}"),
    ],
)
def test_a_job_says_nothing_where_only_its_run_tells_to_which_attempt_it_belongs(doubtful: Any):
    catalog = Catalog(rules=(doubtful, *BY_NAME.rules))
    taken = post(job(), JOB, catalog)
    assert (taken.events, taken.ignored) == ((), Ignored.UNMAPPED)
    assert doubtful.name in str(taken.detail)


def test_a_job_that_a_rule_names_is_a_deployment_itself():
    event = attempt(post(job(), JOB, BY_JOB))
    assert event.attempt_id == f"prod:authn:{SHA}:31"
    assert (event.status, event.failure_reason) == (Status.FAILED, "deploy (production): Apply manifests")
    assert (event.started_at, event.ended_at) == ("2026-11-20T10:00:20.000Z", "2026-11-20T10:07:00.000Z")
    assert post(run(), RUN, BY_JOB).ignored is Ignored.UNMAPPED  # its run is none


def test_queued_started_and_ended_a_job_is_one_attempt():
    queued = job(status="queued", conclusion=None, started_at="2026-11-20T10:00:20Z", completed_at=None)
    started = job(status="in_progress", conclusion=None, completed_at=None)
    events = [attempt(post(body, JOB, BY_JOB)) for body in (queued, started, job(conclusion="success"))]
    assert len({(event.attempt_id, event.started_at) for event in events}) == 1
    assert [event.status for event in events] == [Status.IN_PROGRESS, Status.IN_PROGRESS, Status.SUCCESS]
    assert [event.event_time for event in events] == sorted(event.event_time for event in events)


def test_a_skipped_job_was_never_an_attempt_and_a_cancelled_one_was():
    assert post(job(conclusion="skipped"), JOB, BY_JOB).ignored is Ignored.NO_OUTCOME
    event = attempt(post(job(conclusion="cancelled"), JOB, BY_JOB))
    assert (event.status, event.cancelled) == (Status.FAILED, True)


def test_the_environment_of_a_job_is_its_cluster():
    catalog = ruled(rule("github", {"environment": "*", "job": "deploy*"}, deployment=True))
    assert attempt(post(job() | {"deployment": {"environment": "staging"}}, JOB, catalog)).cluster_id == "staging"


def test_a_job_without_a_rule_is_unmapped():
    assert post(job(), JOB).ignored is Ignored.UNMAPPED


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["run", "job"]).flatmap(
        lambda kind: st.tuples(st.just(kind), gone_wrong(run() if kind == "run" else job()))
    ),
    st.sampled_from([BY_FILE, BY_NAME, BY_JOB]),
)
def test_no_run_or_job_however_broken_crashes_the_normaliser(told: tuple[str, dict[str, Any]], catalog: Catalog):
    kind, body = told
    sent = RUN if kind == "run" else JOB
    survives(lambda one: post(one, sent, catalog), body, sent)
