"""A real Kubernetes API for tests, where its binaries are at hand; and what one does to it."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOOL = Path(os.environ.get("TEST_KUBE_UP") or ROOT.parent / "shared" / "tools" / "kube-up")


class Kube:
    """One running cluster, by its kubeconfig."""

    def __init__(self, tool: Path, state: Path) -> None:
        self._tool = tool
        self._environment = os.environ | {"KUBE_UP_STATE": str(state)}
        self.kubeconfig = state / "kubeconfig"

    def run(self, *words: str) -> str:
        """The tool's word for it."""
        done = subprocess.run(
            [self._tool, *words], env=self._environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def kubectl(self, *words: str, given: Any = None) -> str:
        """kubectl, as an admin."""
        done = subprocess.run(
            ["kubectl", "--kubeconfig", str(self.kubeconfig), *words],
            input=None if given is None else json.dumps(given), capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def apply(self, thing: dict[str, Any]) -> None:
        """Make it so."""
        self.kubectl("apply", "-f", "-", given=thing)


@contextmanager
def real_cluster(state: Path) -> Iterator[Kube]:
    """A cluster for as long as the block lasts; skipped where none can be started at once."""
    binaries = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kube-up"
    if not os.access(TOOL, os.X_OK) or not list(binaries.glob("bin-*/kube-pods")):
        pytest.skip("no built Kubernetes API is at hand (TEST_KUBE_UP names the tool that starts one)")
    kube = Kube(TOOL, state)
    kube.run("start", str(kube.kubeconfig))
    try:
        yield kube
    finally:
        kube.run("stop")


def deployment(name: str, tag: str, namespace: str = "default", replicas: int = 2, **spec: Any) -> dict[str, Any]:
    """A Deployment of acme's."""
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "replicas": replicas,
            "progressDeadlineSeconds": 3,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": name, "image": f"registry.acme.example/{name}:{tag}"}]},
            },
        }
        | spec,
    }
