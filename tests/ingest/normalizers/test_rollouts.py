"""Argo Rollouts' notifications: phases, aborts, older Rollouts, and what names the attempt."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog_models import Catalog
from data.events import to_claim
from data.folds import Version, fold_attempt
from data.models import Status
from ingest.normalizers.contract import Ignored
from ingest.taking import Taken
from tests.ingest.normalizers.mutating import gone_wrong, refused, survives
from tests.ingest.normalizers.posting import attempt, payload, post, rule, ruled

ATTEMPT = "mira-us-west-2:checkout:2.7.0:c0ffee11.4"
BEGAN = "2026-11-20T10:00:00.000Z"


def body(**changes: Any) -> dict[str, Any]:
    """The progressing Rollout with some of its fields changed."""
    return payload("argo-rollouts/progressing.json", **{f"rollout__{path}": value for path, value in changes.items()})


def taken(catalog: Catalog | None = None, /, **changes: Any) -> Taken:
    return post(body(**changes), {}, catalog)


def condition(kind: str, status: str, reason: str, message: str, at: str) -> dict[str, Any]:
    return {
        "type": kind, "status": status, "reason": reason, "message": message,
        "lastUpdateTime": at, "lastTransitionTime": at,
    }  # fmt: skip


ONGOING = condition("Completed", "False", "RolloutCompleted", "not completed", "2026-11-20T10:00:00Z")
COMPLETED = condition("Completed", "True", "RolloutCompleted", "completed", "2026-11-20T10:25:00Z")
STOPPED = condition("Progressing", "False", "RolloutAborted", "metric error rate above 1 %", "2026-11-20T10:12:00Z")
LATE = condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out", "2026-11-20T10:10:00Z")
UPDATED = condition("Progressing", "True", "ReplicaSetUpdated", "is progressing", "2026-11-20T10:00:21Z")
HEALTHY: dict[str, Any] = {
    "status__phase": "Healthy", "status__stableRS": "6f9d4c7b5d", "status__conditions": [COMPLETED, UPDATED],
}  # fmt: skip
ABORTED: dict[str, Any] = {
    "status__phase": "Degraded", "status__abort": True, "status__abortedAt": "2026-11-20T10:12:00Z",
    "status__conditions": [ONGOING, STOPPED],
}  # fmt: skip


def test_a_progressing_rollout_opens_an_attempt_that_began_when_it_ceased_to_be_complete():
    event = attempt(taken())
    assert (event.attempt_id, event.source, event.status) == (ATTEMPT, "argo-rollouts", Status.IN_PROGRESS)
    assert (event.started_at, event.event_time, event.ended_at) == (BEGAN, BEGAN, None)
    assert event.image == "registry.acme.example/shop/checkout:2.7.0"


def test_a_paused_rollout_is_under_way():
    assert attempt(taken(status__phase="Paused")).status is Status.IN_PROGRESS


def test_a_healthy_rollout_is_a_success_and_keeps_the_start_it_was_first_told_with():
    begun, done = attempt(taken()), attempt(taken(**HEALTHY))
    assert (done.status, done.ended_at) == (Status.SUCCESS, "2026-11-20T10:25:00.000Z")
    fold = fold_attempt(ATTEMPT, [to_claim(done), to_claim(begun)], Version(), 90)
    assert fold.attempt is not None
    assert (fold.attempt.started_at, fold.attempt.ended_at) == (BEGAN, done.ended_at)


def test_an_aborted_rollout_failed_because_it_was_aborted():
    event = attempt(taken(**ABORTED))
    assert (event.attempt_id, event.status) == (ATTEMPT, Status.FAILED)
    assert (event.started_at, event.ended_at) == (BEGAN, "2026-11-20T10:12:00.000Z")
    assert event.failure_reason == "aborted: metric error rate above 1 %"


def test_a_degraded_rollout_failed():
    event = attempt(
        taken(
            status__phase="Degraded",
            status__message="ProgressDeadlineExceeded: late",
            status__conditions=[ONGOING, LATE],
        )
    )
    assert (event.status, event.failure_reason) == (Status.FAILED, "degraded: ProgressDeadlineExceeded: late")
    assert event.ended_at == "2026-11-20T10:10:00.000Z"


def test_a_fully_promoted_rollout_whose_pods_are_replaced_is_no_rollout():
    assert taken(status__stableRS="6f9d4c7b5d").ignored is Ignored.UNFINISHED


def test_a_rollout_its_controller_has_not_seen_is_outdated():
    assert taken(status__observedGeneration="8").ignored is Ignored.OUTDATED


def test_the_first_revision_began_when_the_rollout_was_created():
    first = taken(
        **HEALTHY,
        metadata__annotations={"rollout.argoproj.io/revision": "1"},
        metadata__creationTimestamp="2026-11-20T09:59:00Z",
    )
    assert attempt(first).started_at == "2026-11-20T09:59:00.000Z"


def test_an_older_rollout_has_no_phase_and_a_hash_for_a_generation():
    older: dict[str, Any] = {
        "status__phase": ..., "status__observedGeneration": "58b949649c", "metadata__annotations": ...,
        "metadata__uid": ...,
    }  # fmt: skip
    aborted = attempt(taken(**older, status__abort=True, status__conditions=[STOPPED]))
    assert (aborted.status, aborted.attempt_id) == (Status.FAILED, "mira-us-west-2:checkout:2.7.0:6f9d4c7b5d")
    done: dict[str, Any] = {"status__stableRS": "6f9d4c7b5d", "status__replicas": 4, "status__updatedReplicas": 4}
    event = attempt(taken(**older, **done, status__conditions=[UPDATED]))
    assert (event.status, event.ended_at) == (Status.SUCCESS, "2026-11-20T10:00:21.000Z")


def test_the_cluster_is_named_by_context_annotation_or_rule():
    bare = payload("argo-rollouts/progressing.json", context=...)
    answer = post(bare, {})
    assert answer.ignored is Ignored.UNMAPPED
    assert "context.cluster" in str(answer.detail)
    catalog = ruled(rule("argo-rollouts", {"namespace": "shop"}, cluster="mira-us-west-2"))
    assert attempt(post(bare, {}, catalog)).attempt_id == ATTEMPT
    bare["rollout"]["metadata"]["annotations"]["ddq/cluster"] = "mira-us-west-2"
    assert attempt(post(bare, {})).attempt_id == ATTEMPT


def test_without_a_version_nothing_is_opened():
    answer = taken(spec__template__spec__containers__1__image="registry.acme.example/shop/checkout:latest")
    assert answer.ignored is Ignored.UNMAPPED
    assert "ddq/version" in str(answer.detail)


def test_a_rule_may_ignore_a_rollout():
    assert taken(ruled(rule("argo-rollouts", {"name": "checkout"}, ignore=True))).ignored is Ignored.RULE


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("metadata__name", ..., "is required"),
        ("status__phase", 3, "must be a text"),
        ("status__abort", "yes", "must be true or false"),
        ("spec__replicas", "four", "must be a whole number"),
    ],
)
def test_what_is_wrong_is_named_by_the_rollouts_own_field(field: str, value: Any, reason: str):
    assert refused(lambda: taken(**{field: value}), "rollout." + field.replace("__", ".")) == reason


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_argo_rollouts_sends_nothing_breaks(data: st.DataObject):
    given = data.draw(gone_wrong(data.draw(st.sampled_from([body(), body(**HEALTHY), body(**ABORTED)]))))
    survives(lambda one: post(one, {}, sender="argo-rollouts"), given, {})
