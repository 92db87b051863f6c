"""Argo CD's notifications: operations, the health after them, which version they bring, and what is none."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog_models import Catalog, Cluster
from data.events import DeploymentEvent, to_claim
from data.folds import Version, fold_attempt
from data.models import Attempt, Status, Trigger
from ingest.normalizers.contract import Ignored
from ingest.taking import Taken
from tests.ingest.normalizers.mutating import gone_wrong, refused, survives
from tests.ingest.normalizers.posting import attempt, payload, post, rule, ruled

OWN, BEFORE, LONG_BEFORE = (
    "7c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f60718293",
    "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
    "0f0e0d0c0b0a09080706050403020100f0e0d0c0",
)
N = "1795168800"  # 2026-11-20T10:00:00Z
FULL = "registry.acme.example/identity/authn:3.4.2"


def body(**changes: Any) -> dict[str, Any]:
    """The healthy application with some fields of its status changed."""
    return payload("argocd/healthy.json", **{f"app__status__{path}": value for path, value in changes.items()})


def taken(catalog: Catalog | None = None, /, **changes: Any) -> Taken:
    return post(body(**changes), {}, catalog)


def folded(*events: DeploymentEvent) -> Attempt:
    """The attempt these events come to."""
    (attempt_id,) = {event.attempt_id for event in events}
    fold = fold_attempt(attempt_id, [to_claim(event) for event in events], Version(), 90)
    assert fold.attempt is not None
    return fold.attempt


def annotated(given: dict[str, Any], **annotations: str) -> dict[str, Any]:
    given["app"]["metadata"]["annotations"] |= {f"ddq/{name}": value for name, value in annotations.items()}
    return given


RUNNING: dict[str, Any] = {"operationState__phase": "Running", "operationState__finishedAt": ...}


def test_a_healthy_application_is_a_success_that_ends_when_it_got_healthy():
    event = attempt(taken())
    assert event.attempt_id == f"mira-us-west-2:authn:3.4.2:{N}"
    assert (event.source, event.status, event.trigger) == ("argocd", Status.SUCCESS, Trigger.MERGE)
    assert (event.started_at, event.ended_at) == ("2026-11-20T10:00:00.000Z", "2026-11-20T10:02:30.000Z")
    assert event.event_time == event.ended_at
    assert (event.image, event.actor) == (FULL, "Ada Acme <ada@acme.example>")
    assert event.run_url == "https://argocd.acme.example/applications/argocd/authn-mira"


def test_the_revision_of_the_configuration_is_no_commit_of_the_service():
    event = attempt(taken())
    assert (event.git_sha, event.committed_at) == (None, None)


def test_where_no_image_is_known_the_revision_is_version_commit_and_commit_time():
    event = attempt(taken(summary=...))
    assert (event.build_version, event.git_sha, event.image) == (OWN, OWN, None)
    assert event.committed_at == "2026-11-20T09:58:00.000Z"


def test_without_health_the_phase_decides():
    assert attempt(taken(health=...)).status is Status.SUCCESS
    assert attempt(taken(health={"status": "Unknown"})).ended_at == "2026-11-20T10:00:20.000Z"
    failed = attempt(taken(health=..., operationState__phase="Error", operationState__message="no such chart"))
    assert (failed.status, failed.failure_reason) == (Status.FAILED, "no such chart")


def test_succeeded_and_degraded_is_a_failure_that_says_what_is_degraded():
    event = attempt(
        taken(health__status="Degraded", resources__0__health={"status": "Degraded", "message": "crash loop"})
    )
    assert event.status is Status.FAILED
    assert event.failure_reason == "degraded: Deployment authn: crash loop"
    assert event.build_version == "3.4.2"


def test_a_later_healthy_heals_an_early_degraded():
    early = attempt(taken(health__status="Degraded", health__lastTransitionTime="2026-11-20T10:01:00Z"))
    late = attempt(taken())
    for order in ((early, late), (late, early)):
        fact = folded(*order)
        assert (fact.status, fact.ended_at) == (Status.SUCCESS, "2026-11-20T10:02:30.000Z")


def test_degraded_long_after_the_sync_is_no_failed_deployment():
    answer = taken(health__status="Degraded", health__lastTransitionTime="2026-11-20T11:30:00Z")
    assert answer.ignored is Ignored.NOT_ABOUT_US
    assert "an hour after the sync" in str(answer.detail)


def test_healthy_long_after_the_sync_neither_moves_the_end_nor_loses_the_success():
    first = attempt(taken())
    again = attempt(taken(health__lastTransitionTime="2026-11-20T11:50:00Z"))
    assert (again.status, again.ended_at) == (Status.SUCCESS, None)
    assert folded(again, first).ended_at == first.ended_at


def test_what_is_not_healthy_yet_is_under_way():
    for health in ("Progressing", "Suspended", "Missing"):
        event = attempt(post(annotated(body(health__status=health), version="3.4.2"), {}))
        assert (event.status, event.ended_at) == (Status.IN_PROGRESS, None)
        assert event.attempt_id.endswith(f":3.4.2:{N}")


def test_while_it_runs_the_images_are_still_those_before_and_name_no_version():
    answer = taken(**RUNNING)
    assert answer.ignored is Ignored.UNFINISHED
    assert "ddq/version" in str(answer.detail)
    assert taken(health__status="Progressing").ignored is Ignored.UNFINISHED


def test_a_version_that_is_annotated_shows_a_running_sync():
    event = attempt(post(annotated(body(**RUNNING), version="3.5.0"), {}))
    assert (event.build_version, event.status) == ("3.5.0", Status.IN_PROGRESS)
    assert event.event_time == event.started_at == "2026-11-20T10:00:00.000Z"


def test_a_running_sync_of_an_application_without_images_has_the_revision_it_was_asked_for():
    changes: dict[str, Any] = {**RUNNING, "summary": ..., "operationState__syncResult": ...}
    assert attempt(taken(**changes)).build_version == OWN
    answer = taken(**changes, operationState__operation__sync__revision="HEAD")
    assert answer.ignored is Ignored.UNFINISHED


@pytest.mark.parametrize(
    "source",
    [
        {"helm": {"parameters": [{"name": "image.tag", "value": "3.6.0"}]}},
        {"helm": {"valuesObject": {"image": {"tag": "3.6.0"}}}},
        {"kustomize": {"images": ["registry.acme.example/identity/authn:3.6.0"]}},
        {"kustomize": {"images": ["authn=registry.acme.example/identity/authn:3.6.0", "proxy:2.0.0"]}},
    ],
)
def test_a_tag_the_source_sets_is_the_version_before_anything_runs(source: dict[str, Any]):
    given = body(**RUNNING)
    given["app"]["status"]["operationState"]["syncResult"]["source"] |= source
    assert attempt(post(given, {})).build_version == "3.6.0"


def test_a_sync_that_failed_is_not_held_against_the_version_that_still_runs():
    event = attempt(
        taken(operationState__phase="Failed", operationState__message="one or more objects failed to apply")
    )
    assert (event.status, event.build_version, event.image) == (Status.FAILED, OWN, None)
    assert event.failure_reason == "one or more objects failed to apply"


def test_a_terminated_operation_was_cancelled():
    event = attempt(taken(operationState__phase="Failed", operationState__message="Operation terminated"))
    assert (event.status, event.cancelled) == (Status.FAILED, True)


def test_images_looked_at_before_the_sync_ended_are_not_taken_for_what_it_brought():
    stale = body(reconciledAt="2026-11-20T09:59:00Z")
    assert post(stale, {}).ignored is Ignored.UNFINISHED
    assert attempt(post(annotated(stale, version="3.4.2"), {})).status is Status.SUCCESS


def test_of_two_tags_beside_each_other_the_newer_came_and_after_a_rollback_the_older():
    both = ["registry.acme.example/identity/authn:3.10.0", "registry.acme.example/identity/authn:3.9.9"]
    assert attempt(taken(summary__images=both)).build_version == "3.10.0"
    back = taken(summary__images=both, operationState__syncResult__revision=LONG_BEFORE)
    assert attempt(back).build_version == "3.9.9"
    unordered = [f"registry.acme.example/identity/authn:build-{n}" for n in (1, 2)]
    assert attempt(taken(summary__images=unordered)).build_version == OWN


def test_the_image_is_the_annotated_one_else_the_one_named_like_the_service():
    event = attempt(post(annotated(body(), image="mesh/proxy"), {}))
    assert (event.build_version, event.image) == ("1.9.0", "registry.acme.example/mesh/proxy:1.9.0")
    assert attempt(taken()).image == FULL


def test_a_moving_tag_is_no_version_but_a_digest_is():
    assert attempt(taken(summary__images=["acme/authn:latest"])).build_version == OWN
    digest = "acme/authn:latest@sha256:" + "0123456789ab" + "0" * 52
    event = attempt(taken(summary__images=[digest]))
    assert (event.build_version, event.image) == ("sha256-0123456789ab", digest)


def test_the_same_revision_synced_again_is_no_deployment():
    answer = taken(history__1__revision=OWN)
    assert answer.ignored is Ignored.RESYNC


def test_the_same_revision_with_another_tag_is_a_deployment():
    given = body(history__1__revision=OWN)
    given["app"]["status"]["operationState"]["syncResult"]["source"] |= {
        "helm": {"parameters": [{"name": "image.tag", "value": "3.4.2"}]}
    }
    assert attempt(post(given, {})).build_version == "3.4.2"


def test_several_sources_are_compared_each_by_its_revision():
    source = {"repoURL": "https://charts.acme.example", "chart": "authn", "targetRevision": "1.2.3"}
    many = {"revisions": [OWN, "1.2.3"], "sources": [source, source]}
    state = {"operationState__syncResult": many}
    before = {"id": 7, "deployStartedAt": "2026-11-18T15:00:00Z", **many}
    assert taken(**state, history=[before]).ignored is Ignored.RESYNC
    assert attempt(taken(**state, history=[before | {"revisions": [OWN, "1.2.2"]}])).status is Status.SUCCESS


@pytest.mark.parametrize("sync", [{"dryRun": True}, {"resources": [{"kind": "ConfigMap", "name": "authn"}]}])
def test_dry_runs_and_syncs_of_single_resources_are_no_deployments(sync: dict[str, Any]):
    answer = taken(operationState__operation={"sync": sync})
    assert answer.ignored is Ignored.NOT_ABOUT_US


def test_who_or_what_began_it_is_the_trigger():
    by_hand = taken(operationState__operation={"sync": {"revision": OWN}, "initiatedBy": {"username": "grace"}})
    assert (attempt(by_hand).trigger, attempt(by_hand).actor) == (Trigger.MANUAL, "grace")
    assert attempt(taken(operationState__operation=...)).trigger is None
    source = body()["app"]["spec"]["source"]
    rolled = taken(
        operationState__operation={"sync": {"revision": BEFORE, "source": source}, "initiatedBy": {"username": "ada"}}
    )
    assert attempt(rolled).trigger is Trigger.ROLLBACK
    assert attempt(taken(operationState__syncResult__revision=LONG_BEFORE)).trigger is Trigger.ROLLBACK


def test_every_event_of_one_operation_is_one_attempt_and_another_operation_is_another():
    annotations = {"version": "3.4.2"}
    bodies = [annotated(body(**RUNNING), **annotations), annotated(body(), **annotations)]
    assert len({attempt(post(one, {})).attempt_id for one in bodies}) == 1
    other = attempt(taken(operationState__startedAt="2026-11-20T09:59:59Z"))
    assert other.attempt_id != attempt(taken()).attempt_id


def test_without_annotations_the_destination_names_the_cluster():
    given = payload("argocd/healthy.json", app__metadata__annotations=...)
    event = attempt(post(given, {}))
    assert (event.cluster_id, event.service_id) == ("mira", "authn-mira")
    known = Catalog(clusters=(Cluster("mira-us-west-2", "Mira", sender_names=("mira",)),))
    assert attempt(post(given, {}, known)).cluster_id == "mira-us-west-2"


@pytest.mark.parametrize(
    "destination",
    [{"name": "in-cluster"}, {"server": "https://kubernetes.default.svc"}, {"server": "https://10.0.0.1:6443"}, {}],
)
def test_an_address_names_no_cluster_unless_the_catalog_knows_it(destination: dict[str, str]):
    given = payload("argocd/healthy.json", app__metadata__annotations=..., app__spec__destination=destination)
    answer = post(given, {})
    assert answer.ignored is Ignored.UNMAPPED
    assert "ddq/cluster" in str(answer.detail)
    if destination:
        known = Catalog(clusters=(Cluster("mira-us-west-2", "Mira", sender_names=tuple(destination.values())),))
        assert attempt(post(given, {}, known)).cluster_id == "mira-us-west-2"


def test_rules_map_applications_and_ignore_some():
    given = payload("argocd/healthy.json", app__metadata__annotations=...)
    catalog = ruled(rule("argocd", {"app": "{name}-mira"}, service="{name}", cluster="{cluster}-us-west-2"))
    event = attempt(post(given, {}, catalog))
    assert event.attempt_id == f"mira-us-west-2:authn:3.4.2:{N}"
    for names in (
        {"project": "identity"}, {"repository": "platform/deploy-config"}, {"destinationNamespace": "authn"},
        {"namespace": "argocd"}, {"path": "apps/authn/*"}, {"image": FULL},
    ):  # fmt: skip
        assert post(given, {}, ruled(rule("argocd", names, ignore=True))).ignored is Ignored.RULE


def test_an_application_that_was_never_synced_says_nothing():
    assert taken(operationState=...).ignored is Ignored.UNFINISHED


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("operationState__phase", "Jubilant", "must be one of Running, Terminating, Succeeded, Failed, Error"),
        ("operationState__phase", 7, "must be a text"),
        ("operationState__startedAt", ..., "is required"),
        ("operationState__startedAt", "yesterday", "must be an ISO 8601 date and time with an offset"),
        ("operationState__finishedAt", "2026-11-20T09:00:00Z", "must not be before startedAt"),
        ("health__lastTransitionTime", "soon", "must be an ISO 8601 date and time with an offset"),
        ("history__0__id", "six", "must be a whole number"),
    ],
)
def test_what_is_wrong_is_named_by_argos_own_field(field: str, value: Any, reason: str):
    path = "app.status." + field.replace("__", ".")
    assert refused(lambda: taken(**{field: value}), path).startswith(reason)


def test_the_application_alone_is_not_our_template():
    assert refused(lambda: post(body()["app"], {}, sender="argocd"), "app") == "is required"


MINIMAL = {"id": 17, "time": "2026-11-20T10:00:00Z", "status": "Succeeded", "commit_sha": OWN}


def test_four_keys_minimal_body_needs_a_rule():
    assert post(MINIMAL, {}).ignored is Ignored.UNMAPPED
    catalog = ruled(rule("argocd", {"sha": "*"}, service="authn", cluster="mira-us-west-2"))
    event = attempt(post(MINIMAL, {}, catalog))
    assert (event.status, event.build_version, event.git_sha) == (Status.SUCCESS, OWN, OWN)
    assert post(MINIMAL | {"status": "Running"}, {}, catalog).ignored is Ignored.UNFINISHED
    assert refused(lambda: post(MINIMAL | {"commit_sha": "main"}, {}, catalog), "commit_sha")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_argo_sends_nothing_breaks(data: st.DataObject):
    given = data.draw(gone_wrong(body()))
    catalog = ruled(rule("argocd", {"app": "*"}, service="{app}", version="{image}"))
    survives(lambda one: post(one, {}, data.draw(st.sampled_from([catalog, Catalog()])), sender="argocd"), given, {})


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_whatever_the_minimal_body_says_nothing_breaks(data: st.DataObject):
    catalog = ruled(rule("argocd", {}, service="authn", cluster="mira-us-west-2"))
    survives(lambda one: post(one, {}, catalog, sender="argocd"), data.draw(gone_wrong(MINIMAL)), {})
