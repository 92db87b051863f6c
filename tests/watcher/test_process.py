"""The watcher as a process, on a served API and a real queue; and what the environment may say to it."""

import signal
import time
from pathlib import Path

import pytest

from data.models import Status
from settings import SettingsError
from tests.conftest import Aws
from tests.watcher.api import Api
from tests.watcher.hearing import Heard
from tests.watcher.objects import available, deployment, replica_set
from tests.watcher.processes import watcher
from watcher import watch_settings
from watcher.watch_settings import WatchSettings


def test_a_watcher_tells_a_rollout_and_lets_go_when_told_to_end(aws: Aws, served: tuple[Api, Path], tmp_path: Path):
    api, kubeconfig = served
    api.absent.add("rollouts")
    api.put("replicasets", replica_set("3.4.2", 2))
    api.put("deployments", deployment("3.4.2", 2))
    beat, heard = tmp_path / "beat", Heard(aws)
    with watcher(aws, kubeconfig, tmp_path / "log", WATCH_HEARTBEAT_FILE=str(beat)) as process:
        begun = heard.verdict("authn", "3.4.2", Status.IN_PROGRESS)
        api.put("deployments", available(deployment("3.4.2", 2)))
        done = heard.verdict("authn", "3.4.2", Status.SUCCESS)
        assert begun.attempt_id == done.attempt_id == "mira-us-west-2:authn:3.4.2:5069c786.2"
        assert beat.exists()
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, (tmp_path / "log").read_text()
        assert time.monotonic() - began < 10
    assert api.objects["leases", "default", "rollout-watcher"]["spec"]["holderIdentity"] == ""
    assert len(heard.events) == 2


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"WATCH_CLUSTER_NAME": ""}, "WATCH_CLUSTER_NAME is not set"),
        ({"KUBECONFIG": "/nowhere"}, "no Kubernetes API is known"),
    ],
)
def test_wrong_settings_are_one_sentence_and_status_two(
    aws: Aws, served: tuple[Api, Path], tmp_path: Path, environment: dict[str, str], sentence: str
):
    with watcher(aws, served[1], tmp_path / "log", **environment) as process:
        assert process.wait(20) == 2
    assert sentence in (tmp_path / "log").read_text()


def test_every_variable_reaches_its_field():
    said = WatchSettings.from_env({
        "WATCH_CLUSTER_NAME": " mira ", "WATCH_NAMESPACES": "shop, bank,,shop", "WATCH_SELECTOR": "team=identity",
        "WATCH_LEASE_NAMESPACE": "tools", "WATCH_LEASE_SECONDS": "30", "WATCH_HEARTBEAT_FILE": "/tmp/beat",
        "KUBECONFIG": "/etc/kube",
    })  # fmt: skip
    assert said == WatchSettings(
        "mira",
        ("shop", "bank"),
        "team=identity",
        "tools",
        "rollout-watcher",
        30,
        Path("/etc/kube"),
        Path("/tmp/beat"),
    )


def test_the_lease_is_in_the_pods_own_namespace_where_none_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch_settings, "POD_NAMESPACE", tmp_path / "namespace")
    assert WatchSettings.from_env({"WATCH_CLUSTER_NAME": "mira"}).lease_namespace == "default"
    (tmp_path / "namespace").write_text("deploy-dashboard\n")
    assert WatchSettings.from_env({"WATCH_CLUSTER_NAME": "mira"}).lease_namespace == "deploy-dashboard"


@pytest.mark.parametrize("text", ["2", "301", "1e2", "-5", "٣٣", "9" * 5000])
def test_a_lease_lasts_a_few_seconds_or_minutes(text: str):
    with pytest.raises(SettingsError, match="WATCH_LEASE_SECONDS must be a whole number from 3 to 300"):
        WatchSettings.from_env({"WATCH_CLUSTER_NAME": "mira", "WATCH_LEASE_SECONDS": text})


@pytest.mark.parametrize("variable", ["WATCH_NAMESPACES", "WATCH_LEASE_NAMESPACE"])
def test_what_is_no_namespace_is_refused_by_the_variables_name(variable: str):
    with pytest.raises(SettingsError, match=f"{variable} names 'Shop'"):
        WatchSettings.from_env({"WATCH_CLUSTER_NAME": "mira", variable: "Shop"})
