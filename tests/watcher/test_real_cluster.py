"""Two watcher processes on a real Kubernetes API and a real queue: no rollout is lost, none is told twice.

Runs only where a built API server is at hand; the same rules are tested against a served one everywhere.
"""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from data.models import Status, Trigger
from tests.conftest import Aws
from tests.watcher.hearing import PATIENCE_SECONDS, Heard
from tests.watcher.kube import Kube, deployment, real_cluster
from tests.watcher.processes import watcher

QUICK = {"WATCH_LEASE_SECONDS": "5"}  # another takes over so much sooner


def leads(log: Path) -> bool:
    """Whether the watcher of that log comes to lead."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while '"leads"' not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return True


@pytest.mark.slow
def test_no_rollout_of_a_real_cluster_is_lost_or_told_twice(aws: Aws, tmp_path: Path) -> None:
    with real_cluster(tmp_path / "kube") as kube:
        first, second = tmp_path / "first.log", tmp_path / "second.log"
        heard = Heard(aws)
        with watcher(aws, kube.kubeconfig, first, **QUICK) as one:
            assert leads(first)
            with watcher(aws, kube.kubeconfig, second, **QUICK) as two:
                _rollouts(kube, heard)
                _takeover(kube, heard, one)
                _lost_watch(kube, heard, second)
                two.send_signal(signal.SIGTERM)
                assert two.wait(20) == 0
                heard.verdict("authn", "3.0.0", Status.SUCCESS)
    heard.are_told_once_each(before_takeover=ROLLOUTS, in_all=ROLLOUTS | AFTER_TAKEOVER | AFTER_LOST_WATCH)


# (service, version, number of the pod template) of everything that was rolled out: scaling is nothing
ROLLOUTS = {
    ("authn", "1.0.0", "1"), ("authn", "1.1.0", "2"), ("authn", "1.0.0", "3"),
    ("orders", "broken-1", "1"), ("search", "crash-1", "1"), ("billing", "late-1", "1"),
}  # fmt: skip
AFTER_TAKEOVER = {("authn", "2.0.0", "4"), ("authn", "2.1.0", "5")}
AFTER_LOST_WATCH = {("authn", "3.0.0", "6")}


def _rollouts(kube: Kube, heard: Heard) -> None:
    kube.apply(deployment("authn", "1.0.0"))
    kube.apply(deployment("orders", "broken-1"))
    kube.apply(deployment("search", "crash-1"))
    kube.apply(deployment("billing", "late-1"))
    done = heard.verdict("authn", "1.0.0", Status.SUCCESS)
    assert done.attempt_id.endswith(".1")
    assert done.ended_at is not None and done.started_at <= done.ended_at
    assert done.image == "registry.acme.example/authn:1.0.0"
    kube.kubectl("scale", "deployment/authn", "--replicas=3")
    kube.apply(deployment("authn", "1.1.0"))
    heard.verdict("authn", "1.1.0", Status.SUCCESS)
    kube.kubectl("rollout", "undo", "deployment/authn")
    back = heard.wait_for(lambda e: e.attempt_id.endswith(".3") and e.status is Status.SUCCESS)
    assert (back.service_id, back.build_version, back.trigger) == ("authn", "1.0.0", Trigger.ROLLBACK)
    assert back.started_at > done.started_at  # when it began again, not when its pods were first made
    assert (heard.verdict("orders", "broken-1", Status.FAILED).failure_reason or "").startswith("ImagePullBackOff")
    assert (heard.verdict("search", "crash-1", Status.FAILED).failure_reason or "").startswith("CrashLoopBackOff")
    failed = heard.verdict("billing", "late-1", Status.FAILED)  # after its three seconds
    healed = heard.verdict("billing", "late-1", Status.SUCCESS)
    assert (healed.attempt_id, healed.event_time > failed.event_time) == (failed.attempt_id, True)
    heard.takeover = len(heard.events)


def _takeover(kube: Kube, heard: Heard, leading: "subprocess.Popen[bytes]") -> None:
    leading.kill()
    kube.apply(deployment("authn", "2.0.0"))
    kube.kubectl("rollout", "status", "deployment/authn", "--timeout=20s")
    kube.apply(deployment("authn", "2.1.0"))
    heard.verdict("authn", "2.0.0", Status.SUCCESS)
    heard.verdict("authn", "2.1.0", Status.SUCCESS)


def _lost_watch(kube: Kube, heard: Heard, log: Path) -> None:
    kube.run("bounce")
    kube.apply(deployment("authn", "3.0.0"))
    heard.verdict("authn", "3.0.0", Status.SUCCESS)
    kube.kubectl("delete", "deployment/search")
    heard.retirement("search")
