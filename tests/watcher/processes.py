"""Real watcher processes."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.emulator import ROOT
from tests.conftest import Aws


@contextmanager
def watcher(aws: Aws, kubeconfig: Path, log: Path, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A watcher process that does not outlive the block."""
    said = {"KUBECONFIG": str(kubeconfig), "WATCH_CLUSTER_NAME": "mira-us-west-2"} | environment
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "rollout_watcher.py"], cwd=ROOT, env=aws.environment(**said), stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
