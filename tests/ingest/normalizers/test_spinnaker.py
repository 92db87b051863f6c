"""Spinnaker's echo: pipelines that deploy, to one place or several, and everything else it sends."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog_models import Catalog, Cluster
from data.events import DeploymentEvent
from data.models import Status, Trigger
from ingest.normalizers.contract import Ignored
from ingest.taking import Taken
from tests.ingest.normalizers.mutating import gone_wrong, refused, survives
from tests.ingest.normalizers.posting import attempt, payload, post, rule, ruled

HEADERS = {"Content-Type": "application/json"}
SHA = "9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d5a1f0c2e"
N = "01KAGF3QZ7M1V9X2T4B6C8D0EF"
KINDS = ("starting", "complete", "failed")
BOTH = (
    rule("spinnaker", {"application": "authn", "account": "k8s-staging"}, cluster="pavo", deployment=True),
    rule("spinnaker", {"application": "authn", "account": "k8s-production"}, cluster="aquila", deployment=True),
)
ONE = rule("spinnaker", {"application": "authn"}, service="authn", cluster="pavo", deployment=True)


def pipeline(kind: str, **changes: Any) -> dict[str, Any]:
    """An event of a pipeline, some fields of its execution changed."""
    execution = {f"content__execution__{path}": value for path, value in changes.items()}
    return payload(f"spinnaker/pipeline.{kind}.json", **execution)


def taken(kind: str, catalog: Catalog | None = None, /, **changes: Any) -> Taken:
    return post(pipeline(kind, **changes), HEADERS, catalog or ruled(*BOTH))


def places(taken: Taken) -> dict[str, DeploymentEvent]:
    assert all(isinstance(event, DeploymentEvent) for event in taken.events)
    return {event.cluster_id: event for event in taken.events if isinstance(event, DeploymentEvent)}


def stages(kind: str, *statuses: str) -> list[dict[str, Any]]:
    """The fixture's stages (bake, staging, judgement, production) with other statuses."""
    said = pipeline(kind)["content"]["execution"]["stages"]
    return [stage | {"status": status} for stage, status in zip(said, statuses, strict=True)]


def test_a_pipeline_opens_an_attempt_on_each_cluster_it_deploys_to():
    opened = places(taken("starting"))
    assert [event.attempt_id for event in opened.values()] == [f"pavo:authn:3.4.2:{N}", f"aquila:authn:3.4.2:{N}"]
    for event in opened.values():
        assert (event.source, event.status) == ("spinnaker", Status.IN_PROGRESS)
        assert (event.started_at, event.ended_at) == ("2026-11-20T10:00:00.000Z", None)
        assert (event.actor, event.image) == ("grace@acme.example", "registry.acme.example/acme/authn:3.4.2")


def test_its_end_tells_of_the_same_attempts():
    began, ended = places(taken("starting")), places(taken("complete"))
    assert [e.attempt_id for e in ended.values()] == [e.attempt_id for e in began.values()]
    for event in ended.values():
        assert (event.status, event.started_at) == (Status.SUCCESS, "2026-11-20T10:00:00.000Z")
        assert event.ended_at == event.event_time == "2026-11-20T10:05:00.000Z"


def test_a_failed_production_leaves_staging_what_it_is():
    found = places(taken("failed"))
    assert found["pavo"].status is Status.SUCCESS
    assert found["aquila"].status is Status.FAILED
    assert found["aquila"].failure_reason == ("Deploy to production: deployment authn exceeded its progress deadline")


def test_a_production_that_was_not_approved_was_called_off():
    statuses = stages("failed", "SUCCEEDED", "SUCCEEDED", "TERMINAL", "NOT_STARTED")
    found = places(taken("failed", stages=statuses))
    assert found["pavo"].status is Status.SUCCESS
    assert (found["aquila"].status, found["aquila"].cancelled) == (Status.FAILED, True)
    assert found["aquila"].failure_reason == "the deploying stage did not run: stage Approve production failed"


def test_a_failed_bake_is_the_failure_of_a_pipeline_with_one_place():
    statuses = stages("failed", "TERMINAL", "NOT_STARTED", "NOT_STARTED", "NOT_STARTED")
    event = attempt(taken("failed", ruled(ONE), stages=statuses))
    assert (event.status, event.cancelled, event.failure_reason) == (Status.FAILED, None, "stage Bake failed")


def test_a_pipeline_that_fails_after_its_deployment_has_failed():
    statuses = stages("failed", "SUCCEEDED", "SUCCEEDED", "TERMINAL", "SUCCEEDED")
    event = attempt(taken("failed", ruled(ONE), stages=statuses))
    assert (event.status, event.failure_reason) == (Status.FAILED, "stage Approve production failed")


def test_a_pipeline_that_succeeds_without_deploying_is_no_success():
    statuses = stages("complete", "SUCCEEDED", "SKIPPED", "SUCCEEDED", "SKIPPED")
    for event in places(taken("complete", stages=statuses)).values():
        assert (event.status, event.cancelled) == (Status.FAILED, True)


def test_a_stage_that_failed_and_was_passed_over_is_a_failure():
    statuses = stages("complete", "SUCCEEDED", "FAILED_CONTINUE", "SUCCEEDED", "SUCCEEDED")
    found = places(taken("complete", stages=statuses))
    assert (found["pavo"].status, found["aquila"].status) == (Status.FAILED, Status.SUCCESS)


@pytest.mark.parametrize("status", ["CANCELED", "SKIPPED"])
def test_a_cancelled_or_skipped_pipeline_is_cancelled(status: str):
    statuses = stages("failed", "SUCCEEDED", "CANCELED", "NOT_STARTED", "NOT_STARTED")
    found = places(taken("failed", status=status, stages=statuses, cancellationReason="wrong build"))
    for event in found.values():
        assert (event.status, event.cancelled, event.failure_reason) == (Status.FAILED, True, "wrong build")


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("complete", "SUCCEEDED", Status.SUCCESS), ("failed", "TERMINAL", Status.FAILED),
        ("failed", "STOPPED", Status.FAILED), ("failed", "FAILED_CONTINUE", Status.FAILED),
        ("failed", "RUNNING", Status.FAILED), ("complete", "RUNNING", Status.SUCCESS),
        ("starting", "NOT_STARTED", Status.IN_PROGRESS), ("starting", "PAUSED", Status.IN_PROGRESS),
    ],
)  # fmt: skip
def test_each_status_has_its_own(kind: str, status: str, expected: Status):
    """Where the execution's status is not final yet, the kind of the event tells the end."""
    fixture = "starting" if kind == "starting" else "complete"
    body = pipeline(fixture, status=status)
    body["details"]["type"] = f"orca:pipeline:{kind}"
    assert attempt(post(body, HEADERS, ruled(ONE))).status is expected


def test_stages_of_an_unknown_kind_are_judged_by_the_pipeline_where_a_rule_says_it_deploys():
    custom = [{"type": "acmeDeploy", "status": "SUCCEEDED", "context": {}}]
    found = taken("complete", ruled(ONE), stages=custom)
    assert attempt(found).status is Status.SUCCESS
    assert found.via[0][-1] == "no stage of a kind that deploys is known: judged by the pipeline's status"


def test_places_that_are_one_cluster_are_one_attempt():
    assert attempt(taken("complete", ruled(ONE))).cluster_id == "pavo"


def test_a_place_no_rule_knows_is_not_told_of():
    found = taken("failed", ruled(BOTH[0]))
    assert list(places(found)) == ["pavo"]
    assert places(found)["pavo"].status is Status.SUCCESS


def test_a_wrapped_event_is_the_same_event():
    bare = pipeline("complete")
    wrapped = {"eventName": "spinnaker_events", "payload": bare}
    assert [e.digest for e in post(wrapped, HEADERS, ruled(*BOTH)).events] == [
        e.digest for e in post(bare, HEADERS, ruled(*BOTH)).events
    ]


def test_a_wrong_field_of_a_wrapped_event_is_named_by_its_place():
    wrapped = {"eventName": "spinnaker_events", "payload": pipeline("complete", startTime="soon")}
    refused(lambda: post(wrapped, HEADERS, ruled(ONE)), "payload.content.execution.startTime")
    refused(lambda: post({"payload": {"details": {}, "content": {}}}, HEADERS), "payload.details.type")


def test_an_execution_may_hold_its_parents_within_one_another():
    inner: dict[str, Any] = {}
    for _ in range(20):
        inner = {"parentExecution": {"trigger": inner}}
    body = pipeline("complete", trigger__parentExecution=inner)
    assert attempt(post(body, HEADERS, ruled(ONE), sender="spinnaker")).status is Status.SUCCESS


def test_echos_event_id_tells_deliveries_apart():
    assert attempt(taken("complete", ruled(ONE))).event_id == "spinnaker:5e0b7a54-2f5e-4c0b-9b53-0d7c5b1a9e02"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("orca:stage:complete", Ignored.NOT_ABOUT_US), ("orca:task:failed", Ignored.NOT_ABOUT_US),
        ("orca:orchestration:complete", Ignored.NOT_ABOUT_US), ("git", Ignored.NOT_ABOUT_US),
        ("orca:pipeline:paused", Ignored.NOT_ABOUT_US), ("build", Ignored.BUILD_ONLY),
    ],
)  # fmt: skip
def test_what_is_no_start_or_end_of_a_pipeline_changes_nothing(kind: str, reason: Ignored):
    body = {"details": {"source": "igor", "type": kind}, "content": {"project": {"name": "x"}}}
    assert post(body, HEADERS).ignored is reason


def test_a_pipeline_nobody_calls_a_deployment_is_none():
    found = taken("complete", Catalog())
    assert found.ignored is Ignored.UNMAPPED
    assert "when: {application: authn, pipeline: Deploy to staging and production}" in (found.detail or "")
    assert "deployment: true" in (found.detail or "")


def test_parameters_may_name_it_all():
    parameters = {"CLUSTER": "pavo", "service": "authn-api", "version": "3.4.3"}
    event = attempt(taken("complete", Catalog(), trigger__parameters=parameters))
    assert event.attempt_id == f"pavo:authn-api:3.4.3:{N}"


def test_parameters_alone_make_no_deployment_of_a_pipeline_that_only_bakes():
    found = taken("complete", Catalog(), trigger__parameters={"CLUSTER": "pavo"}, stages=[{"type": "bakeManifest"}])
    assert found.ignored is Ignored.UNMAPPED


def test_an_account_the_catalog_knows_is_a_cluster():
    clusters = (
        Cluster("pavo", "Pavo", sender_names=("k8s-staging/identity",)),
        Cluster("aquila", "Aquila", sender_names=("K8s-Production",)),
    )
    rules = (rule("spinnaker", {"application": "authn"}, deployment=True),)
    assert list(places(taken("complete", Catalog(clusters=clusters, rules=rules)))) == ["pavo", "aquila"]


def test_rules_match_a_parameter():
    catalog = ruled(rule("spinnaker", {"parameter.CHANGE": "CHG-*"}, cluster="pavo", deployment=True))
    assert attempt(taken("complete", catalog)).cluster_id == "pavo"


def test_a_rule_denies_or_ignores_a_pipeline():
    assert taken("complete", ruled(rule("spinnaker", {}, deployment=False))).ignored is Ignored.RULE
    assert taken("complete", ruled(rule("spinnaker", {}, ignore=True))).ignored is Ignored.RULE


@pytest.mark.parametrize(
    ("trigger", "version"),
    [
        ({"type": "docker", "tag": "3.5.0"}, "3.5.0"),
        ({"type": "git", "hash": SHA}, SHA),
        ({"artifacts": [{"type": "docker/image", "reference": "r.acme.example:5000/authn:3.6.0"}]}, "3.6.0"),
        ({"tag": "latest", "parameters": {"VERSION": "3.7.0"}}, "3.7.0"),
    ],
)  # fmt: skip
def test_the_version_is_a_parameter_an_image_a_tag_or_the_commit(trigger: dict[str, Any], version: str):
    assert attempt(taken("complete", ruled(ONE), trigger=trigger)).build_version == version


def test_a_pipeline_that_names_no_version_is_told_what_to_add():
    found = taken("complete", ruled(ONE), trigger={"type": "manual"})
    assert found.ignored is Ignored.UNMAPPED
    assert "parameter VERSION" in (found.detail or "")


def test_an_execution_without_an_id_cannot_be_joined():
    body = pipeline("complete", id=None)
    body["content"]["executionId"] = "../../etc"
    assert post(body, HEADERS, ruled(ONE)).ignored is Ignored.UNMAPPED


@pytest.mark.parametrize(
    ("kind", "trigger"), [("manual", Trigger.MANUAL), ("git", Trigger.MERGE), ("cron", None), (None, None)]
)
def test_the_trigger_is_told_where_it_is_known(kind: str | None, trigger: Trigger | None):
    assert attempt(taken("complete", ruled(ONE), trigger__type=kind)).trigger is trigger


def test_a_pipeline_that_only_rolls_back_is_the_recovery():
    undo = [{"type": "undoRolloutManifest", "status": "SUCCEEDED", "context": {"account": "k8s-production"}}]
    assert attempt(taken("complete", ruled(ONE), stages=undo)).trigger is Trigger.ROLLBACK


def test_nobody_in_particular_is_no_actor():
    assert attempt(taken("complete", ruled(ONE), trigger__user="anonymous")).actor is None


@pytest.mark.parametrize(
    ("change", "value", "field"),
    [
        ("status", 7, "content.execution.status"), ("status", ..., "content.execution.status"),
        ("name", ..., "content.execution.name"), ("startTime", "soon", "content.execution.startTime"),
        ("endTime", -1, "content.execution.endTime"), ("stages", {}, "content.execution.stages"),
        ("stages", [None], "content.execution.stages.0"), ("stages__0__type", 3, "content.execution.stages.0.type"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_as_spinnaker_names_it(change: str, value: Any, field: str):
    assert refused(lambda: taken("complete", **{change: value}), field)


def test_a_start_without_any_time_is_refused():
    body = pipeline("starting", startTime=None, buildTime=None)
    assert refused(lambda: post(body, HEADERS, ruled(ONE)), "content.execution.startTime") == "is required"


def test_an_end_without_its_time_is_when_the_event_was_made():
    assert attempt(taken("complete", ruled(ONE), endTime=None)).ended_at == "2026-11-20T10:05:00.012Z"


def test_an_execution_posted_bare_is_nobodys():
    refused(lambda: post(pipeline("complete")["content"]["execution"], HEADERS), "source")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(KINDS).flatmap(lambda kind: gone_wrong(pipeline(kind))))
def test_no_event_however_broken_crashes_the_normaliser(body: dict[str, Any]):
    survives(lambda one: post(one, HEADERS, ruled(*BOTH), sender="spinnaker"), body, HEADERS)
