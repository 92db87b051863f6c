"""A DynamoDB emulator whose cost does not grow with the table: dynalite, where Node is installed.

The embedded AWS scans an index; what is measured on it for lists of a large table is its own growth, not ours.
"""

import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.emulator import free_port

PACKAGE = "dynalite@4.0.0"
INSTALL_SECONDS = 120
START_SECONDS = 20.0


class Missing(RuntimeError):
    """There is no such emulator on this machine: one sentence says why."""


@contextmanager
def flat_emulator(scratch: Path) -> Iterator[str]:
    """Its endpoint for as long as the block lasts."""
    command, port = find(scratch), free_port()
    with (scratch / "dynalite.log").open("wb") as log:
        process = subprocess.Popen([*command, "--port", str(port), "--createTableMs", "0"], stdout=log, stderr=log)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        _wait(endpoint, process)
        yield endpoint
    finally:
        process.terminate()
        process.wait(20)


def find(scratch: Path) -> list[str]:
    """How it is started; fetched into `scratch` where it is not installed."""
    if installed := shutil.which("dynalite"):
        return [installed]
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise Missing("neither dynalite nor Node's npm is installed")
    command = [npm, "install", "--prefix", str(scratch), "--no-audit", "--no-fund", "--silent", PACKAGE]
    done = subprocess.run(command, capture_output=True, timeout=INSTALL_SECONDS, check=False)
    script = scratch / "node_modules" / "dynalite" / "cli.js"
    if done.returncode != 0 or not script.exists():
        raise Missing(f"npm could not install {PACKAGE}")
    return [node, str(script)]


def _wait(endpoint: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(endpoint, timeout=1):
                return
        except urllib.error.HTTPError as answer:
            answer.close()
            return  # it answers, if only that this is no request
        except OSError:
            time.sleep(0.05)
    raise Missing("dynalite did not start")
