"""GitHub's deployments, and what is told of any of its webhooks."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog_models import Catalog, Cluster, Service
from data.errors import InvalidRequest
from data.models import Status, Trigger
from ingest.normalizers.contract import Ignored
from tests.ingest.normalizers.mutating import gone_wrong, refused, survives
from tests.ingest.normalizers.posting import attempt, payload, post, rule, ruled

SHA = "4f1c9b2d7e6a5c3b8d9e0f1a2b3c4d5e6f708192"
GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
KNOWN = Catalog(
    clusters=(Cluster("aquila-us-west-2", "Aquila", sender_names=("production",)),),
    services=(Service("authn", "AuthN", sender_names=("acme/authn",)),),
)


def headers(kind: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "X-GitHub-Event": kind, "X-GitHub-Delivery": GUID}


CREATED, CHANGED = headers("deployment"), headers("deployment_status")


def created(**changes: Any) -> dict[str, Any]:
    return payload("github/deployment.created.json", **changes)


def changed(**changes: Any) -> dict[str, Any]:
    return payload("github/deployment_status.success.json", **changes)


def test_a_created_deployment_opens_its_attempt():
    event = attempt(post(created(), CREATED, KNOWN))
    assert event.attempt_id == f"aquila-us-west-2:authn:{SHA}:7001"
    assert event.status is Status.IN_PROGRESS
    assert event.started_at == event.event_time == "2026-11-20T10:00:00.000Z"
    assert (event.ended_at, event.actor, event.git_sha) == (None, "ada-acme", SHA)
    assert event.trigger is Trigger.MERGE
    assert event.event_id == f"github:{GUID}"


def test_a_status_tells_of_the_attempt_its_deployment_opened():
    opened, ended = attempt(post(created(), CREATED, KNOWN)), attempt(post(changed(), CHANGED, KNOWN))
    assert ended.attempt_id == opened.attempt_id
    assert ended.started_at == opened.started_at
    assert ended.status is Status.SUCCESS
    assert ended.ended_at == ended.event_time == "2026-11-20T10:07:30.000Z"
    assert ended.run_url == "https://github.com/acme/authn/actions/runs/9001/job/31"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("pending", Status.IN_PROGRESS), ("queued", Status.IN_PROGRESS), ("waiting", Status.IN_PROGRESS),
        ("in_progress", Status.IN_PROGRESS), ("success", Status.SUCCESS),
        ("failure", Status.FAILED), ("error", Status.FAILED),
    ],
)  # fmt: skip
def test_each_state_has_its_status(state: str, status: Status):
    event = attempt(post(changed(deployment_status__state=state), CHANGED))
    assert event.status is status
    assert (event.ended_at is None) == (status is Status.IN_PROGRESS)


def test_a_failure_says_why_and_a_success_does_not():
    why = {"deployment_status__description": "2 of 6 pods are up"}
    assert (
        attempt(post(changed(deployment_status__state="failure", **why), CHANGED)).failure_reason == why.popitem()[1]
    )
    assert attempt(post(changed(), CHANGED)).failure_reason is None


def test_a_deployment_whose_job_was_cancelled_is_cancelled():
    body = changed(deployment_status__state="error", check_run__conclusion="cancelled")
    assert attempt(post(body, CHANGED)).cancelled is True
    assert attempt(post(changed(deployment_status__state="error"), CHANGED)).cancelled is None


def test_an_inactive_deployment_was_superseded():
    taken = post(changed(deployment_status__state="inactive"), CHANGED)
    assert (taken.events, taken.ignored) == ((), Ignored.SUPERSEDED)


def test_a_state_nobody_knows_is_ignored_and_not_guessed():
    assert post(changed(deployment_status__state="sideways"), CHANGED).ignored is Ignored.NO_OUTCOME


def test_a_status_before_its_deployment_has_no_end():
    body = changed(deployment_status__created_at="2026-11-20T09:59:00Z")
    assert attempt(post(body, CHANGED)).ended_at is None


@pytest.mark.parametrize(
    ("changes", "version"),
    [
        ({}, SHA),
        ({"deployment__ref": "v3.4.2"}, "v3.4.2"),
        ({"deployment__ref": "refs/tags/3.4.2-rc.1"}, "3.4.2-rc.1"),
        ({"deployment__ref": "release/3.4"}, SHA),
        ({"deployment__payload": {"version": "3.4.9"}, "deployment__ref": "v3.4.2"}, "3.4.9"),
        ({"deployment__payload": '{"version": "3.4.9"}'}, "3.4.9"),
        ({"deployment__payload": '{"version": 3}'}, "3"),
        ({"deployment__payload": "3.4.9, they say"}, SHA),
        ({"deployment__payload": {"version": "latest"}}, SHA),
    ],
)  # fmt: skip
def test_the_version_is_what_is_said_first_the_payload_then_a_tag_then_the_commit(changes: dict, version: str):
    assert attempt(post(created(**changes), CREATED)).build_version == version


def test_the_payload_of_a_deployment_may_say_where_it_goes_and_why():
    words = {
        "service": "authz", "cluster": "pavo-us-west-2", "trigger": "rollback", "rollbackToBuild": "3.4.1",
        "hotfix": True, "image": "acme/authz:3.4.1", "committedAt": "2026-11-19T10:00:00Z",
    }  # fmt: skip
    event = attempt(post(created(deployment__payload=words), CREATED, KNOWN))
    assert event.attempt_id == f"pavo-us-west-2:authz:{SHA}:7001"
    assert (event.trigger, event.rollback_to_build, event.hotfix) == (Trigger.ROLLBACK, "3.4.1", True)
    assert (event.image, event.committed_at) == ("acme/authz:3.4.1", "2026-11-19T10:00:00.000Z")


def test_what_is_optional_and_unusable_is_left_out():
    body = changed(
        deployment_status__log_url="javascript:alert(1)", deployment_status__target_url=7,
        deployment_status__environment_url="https://user:secret@x", deployment__creator=[], deployment__task=3,
        deployment__payload={"image": "a b", "hotfix": "yes", "committedAt": "2099-01-01T00:00:00Z", "trigger": {}},
    )  # fmt: skip
    event = attempt(post(body, CHANGED))
    assert (event.run_url, event.actor, event.image, event.hotfix, event.committed_at) == (None,) * 5


def test_a_rule_maps_by_environment_and_by_a_word_of_the_payload():
    by_region = rule("github", {"environment": "production"}, cluster="aquila-{payload.region}")
    body = created(deployment__payload={"region": "eu-central-1"})
    taken = post(body, CREATED, ruled(by_region))
    assert attempt(taken).cluster_id == "aquila-eu-central-1"
    assert "cluster aquila-eu-central-1 by rule “environment production”" in taken.via[0]


def test_a_rule_can_ignore_previews_or_say_that_they_are_no_deployments():
    previews = {"environment": "preview-*"}
    body = created(deployment__environment="preview-17")
    assert post(body, CREATED, ruled(rule("github", previews, ignore=True))).ignored is Ignored.RULE
    assert post(body, CREATED, ruled(rule("github", previews, deployment=False))).ignored is Ignored.RULE


def test_a_deployment_nobody_can_place_says_which_rule_is_missing():
    taken = post(created(deployment__environment="///"), CREATED)
    assert taken.ignored is Ignored.UNMAPPED
    assert "cluster: …" in str(taken.detail)


def test_the_same_deployment_to_two_environments_is_two_attempts():
    one, other = changed(), changed(deployment_status__environment="staging")
    assert attempt(post(one, CHANGED)).attempt_id != attempt(post(other, CHANGED)).attempt_id


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"deployment": ...}, "deployment", "is required"),
        ({"deployment__id": "7001"}, "deployment.id", "must be a whole number"),
        ({"deployment__sha": None}, "deployment.sha", "must be a text"),
        ({"deployment__sha": "not hexadecimal"}, "deployment.sha", "must be a git SHA"),
        ({"deployment__created_at": "yesterday"}, "deployment.created_at", "must be an ISO 8601"),
        ({"deployment_status__state": 4}, "deployment_status.state", "must be a text"),
        ({"deployment_status__created_at": ...}, "deployment_status.created_at", "is required"),
        ({"repository": "acme/authn"}, "repository", "must be an object"),
        ({"repository__full_name": ...}, "repository.full_name", "is required"),
    ],
)  # fmt: skip
def test_what_is_required_is_refused_by_the_senders_own_name_of_it(changes: dict, field: str, reason: str):
    assert refused(lambda: post(changed(**changes), CHANGED), field).startswith(reason)


def test_a_ping_says_that_the_webhook_is_connected():
    assert post(payload("github/ping.json"), headers("ping")).ignored is Ignored.PING


@pytest.mark.parametrize(
    "kind",
    ["push", "release", "check_run", "check_suite", "status", "deployment_review", "deployment_protection_rule", "x"],
)  # fmt: skip
def test_other_events_are_not_about_us_whatever_they_carry(kind: str):
    taken = post(changed(), headers(kind))
    assert (taken.source, taken.ignored) == ("github", Ignored.NOT_ABOUT_US)
    assert str(taken.detail).startswith(f"{kind} events")


@pytest.mark.parametrize("body", [[], "text", 3, None])
def test_a_body_that_is_no_object_is_refused(body: Any):
    with pytest.raises(InvalidRequest, match="must be a JSON object"):
        post(body, CHANGED)


def test_a_form_says_the_same_as_json():
    form = urlencode({"payload": json.dumps(changed())}).encode()
    posted = post(form, CHANGED | {"Content-Type": "application/x-www-form-urlencoded"}, KNOWN)
    assert attempt(posted).digest == attempt(post(changed(), CHANGED, KNOWN)).digest


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        (b"", "payload: is required, once"),
        (b"payload=%7B%7D&payload=%7B%7D", "payload: is required, once"),
        (b"payload=%7B", "not JSON"),
        (b"payload=%ff", "not a form"),
        (b"payload=\xff", "not a form"),
        (b"&".join([b"a=1"] * 30), "not a form"),
        (b"payload=" + b"%5B" * 40, "nests deeper"),
    ],
)  # fmt: skip
def test_a_broken_form_is_refused(form: bytes, reason: str):
    with pytest.raises(InvalidRequest, match=reason):
        post(form, CHANGED | {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})


def test_a_body_without_its_headers_is_told_by_its_shape():
    assert attempt(post(changed(), {}, KNOWN)).digest == attempt(post(changed(), CHANGED, KNOWN)).digest
    assert post(created(), {}).source == "github"


def test_a_delivery_id_that_is_none_is_left_out():
    event = attempt(post(changed(), CHANGED | {"X-GitHub-Delivery": "a b"}))
    assert event.event_id == event.digest


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["deployment", "deployment_status"]).flatmap(
        lambda kind: st.tuples(st.just(kind), gone_wrong(created() if kind == "deployment" else changed()))
    )
)
def test_no_deployment_however_broken_crashes_the_normaliser(told: tuple[str, dict[str, Any]]):
    kind, body = told
    survives(lambda one: post(one, headers(kind), KNOWN), body, headers(kind))
