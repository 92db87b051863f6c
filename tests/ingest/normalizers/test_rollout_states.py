"""Rollouts judged by their controllers' rules: what a Deployment's condition is worth, and why pods are not ready."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from data.models import Status
from ingest import schema
from ingest.normalizers import rollout_states
from ingest.normalizers.rollout_states import Verdict, failure_of
from ingest.normalizers.workloads import Pod, Workload, image_of, version_of
from tests.watcher.objects import Object, available, condition, deployment, late, pod, waiting

REAL = Path(__file__).resolve().parents[4] / "shared" / "payloads"


def judged(thing: Object, replica_set: str = "authn-5", **spec: Any) -> Verdict | None:
    thing["spec"] |= spec
    return rollout_states.deployment(schema.read(Workload, thing), replica_set)


def why(*pods: Object) -> str | None:
    return failure_of(schema.read(Pod, one) for one in pods)


GOING_ON = deployment("3.4.2", 5)


def test_a_rollout_goes_on_until_its_condition_says_otherwise():
    assert judged(deployment("3.4.2", 5)) == Verdict(Status.IN_PROGRESS)


def test_it_is_done_once_the_new_replica_set_is_available_and_no_old_pod_is_left():
    assert judged(available(GOING_ON)) == Verdict(Status.SUCCESS, "2026-11-20T10:03:00.000Z")
    with_old_pods = available(GOING_ON)
    with_old_pods["status"]["replicas"] = 3
    assert judged(with_old_pods) is None


def test_more_or_fewer_pods_than_wanted_do_not_reopen_what_is_done():
    scaling = available(GOING_ON)
    assert judged(scaling, replicas=9) == Verdict(Status.SUCCESS, "2026-11-20T10:03:00.000Z")


def test_after_the_deadline_it_failed():
    verdict = judged(late(GOING_ON))
    assert verdict is not None
    assert (verdict.status, verdict.at) == (Status.FAILED, "2026-11-20T10:10:00.000Z")
    assert verdict.reason == 'ReplicaSet "authn-5" has timed out progressing.'


def test_a_condition_that_speaks_of_another_replica_set_is_not_of_this_rollout():
    assert judged(late(GOING_ON), "authn-3") == Verdict(Status.IN_PROGRESS)
    assert judged(available(GOING_ON), "authn-3") == Verdict(Status.IN_PROGRESS)


def test_a_controller_that_is_behind_says_nothing():
    thing = available(GOING_ON)
    thing["metadata"]["generation"] = 6
    assert judged(thing) is None
    del thing["status"]["observedGeneration"]
    assert judged(thing) is None


def test_what_is_scaled_to_nothing_never_ran():
    assert judged(available(GOING_ON), replicas=0) is None
    assert judged(deployment("3.4.2", 5), replicas=0) is None


def test_what_was_rolled_out_while_scaled_to_nothing_is_no_success_until_a_pod_is_available():
    scaled_up = available(GOING_ON)
    scaled_up["status"] |= {"availableReplicas": 0}
    assert judged(scaled_up) is None
    scaled_up["status"] |= {"availableReplicas": 1}
    assert judged(scaled_up) == Verdict(Status.SUCCESS, "2026-11-20T10:03:00.000Z")


def test_a_paused_rollout_goes_on():
    paused = deployment("3.4.2", 5)
    paused["status"]["conditions"] = [
        condition("DeploymentPaused", "authn-5", "2026-11-20T10:01:00Z", "Unknown")
        | {"message": "Deployment is paused"}
    ]
    assert judged(paused, paused=True) == Verdict(Status.IN_PROGRESS)


def test_without_a_progress_deadline_the_counts_decide_and_the_end_is_not_known():
    thing = available(GOING_ON)
    thing["status"]["conditions"] = []
    assert judged(thing) == Verdict(Status.SUCCESS, None)
    thing["status"]["availableReplicas"] = 1
    assert judged(thing) == Verdict(Status.IN_PROGRESS)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (
            {"phase": "Pending", "containerStatuses": [waiting("ImagePullBackOff", "Back-off pulling image")]},
            "ImagePullBackOff in container authn: Back-off pulling image",
        ),
        (
            {"containerStatuses": [waiting("CrashLoopBackOff", "back-off 40s", restartCount=3,
                                           lastState={"terminated": {"exitCode": 2, "reason": "Error"}})]},
            "CrashLoopBackOff in container authn: back-off 40s, exit code 2, 3 restarts",
        ),
        (
            {"containerStatuses": [waiting("CrashLoopBackOff", restartCount=2,
                                           lastState={"terminated": {"exitCode": 137, "reason": "OOMKilled"}})]},
            "OOMKilled in container authn: the container needs more memory than it may use, 2 restarts",
        ),
        (
            {"initContainerStatuses": [waiting("CreateContainerConfigError", 'secret "db" not found', name="up")],
             "containerStatuses": [waiting("PodInitializing")]},
            'CreateContainerConfigError in container up: secret "db" not found',
        ),
        (
            {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                                                 "message": "0/3 nodes are available: 3 Insufficient cpu."}]},
            "Unschedulable: 0/3 nodes are available: 3 Insufficient cpu.",
        ),
        ({"phase": "Failed", "reason": "Evicted", "message": "low on disk"}, "Evicted: low on disk"),
        (
            {"phase": "Running", "containerStatuses": [{"name": "authn", "ready": False, "state": {"running": {}}}]},
            "NotReady in container authn: runs, but is not ready",
        ),
        ({"phase": "Running", "containerStatuses": [{"name": "authn", "ready": True}]}, None),
        ({"phase": "Pending", "containerStatuses": [waiting("ContainerCreating")]}, None),
    ],
)  # fmt: skip
def test_pods_say_why_they_are_not_ready(status: Object, reason: str | None):
    assert why(pod(5, **status)) == reason


def test_the_commonest_reason_comes_first():
    pulling = {"containerStatuses": [waiting("ErrImagePull", "denied")]}
    crashing = {"containerStatuses": [waiting("CrashLoopBackOff")]}
    said = why(pod(5, 1, **crashing), pod(5, 2, **pulling), pod(5, 3, **pulling))
    assert said == "ErrImagePull in container authn: denied; CrashLoopBackOff in container authn"


def expected() -> list[Object]:
    """The verdicts on objects of real clusters, where they are at hand."""
    path = REAL / "expected.json"
    return [row for row in json.loads(path.read_text()) if row["channel"] == "watcher"] if path.exists() else []


@pytest.mark.skipif(not expected(), reason="no objects of real clusters are at hand")
def test_objects_of_real_clusters_get_their_verdicts():
    rows = [row for row in expected() if row["kind"] == "deployment"]
    assert len(rows) == 5
    for row in rows:
        workload = schema.read(Workload, json.loads((REAL / row["file"]).read_text()))
        if workload.kind == "Deployment":
            progressing = workload.status.condition("Progressing")
            named = re.search('"(.+?)"', str(progressing.message if progressing else ""))
            assert named
            verdict = rollout_states.deployment(workload, named[1])
        else:
            verdict = rollout_states.rollout(workload)
        assert verdict is not None, row
        assert verdict.status == (row["status"] or Status.FAILED), row
        assert verdict.status not in row.get("statusNot", []), row
        template = workload.spec.template
        assert version_of(workload, template, image_of(workload, template)) == row["versionHint"]
        assert (workload.metadata.name, workload.metadata.namespace) == (row["serviceHint"], row["environmentHint"])
