"""What the set-up page and the Action tell people to run, run as it stands against a running server."""

import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.api.conftest import Site
from tests.conftest import WEBHOOK_SECRET, Aws
from tests.ingest.taken import messages

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / ".github" / "actions" / "record-deployment" / "record.sh"
CLEAN = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
INPUTS = {
    "DQD_PHASE": "start",
    "DQD_SECRET": WEBHOOK_SECRET,
    "DQD_RETRIES": "0",
    "DQD_CLUSTER": "mira-us-west-2",
    "DQD_SERVICE": "authn",
    "DQD_VERSION": "3.4.3",
    "GITHUB_RUN_ID": "991",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_SHA": "c0ffee0123456789c0ffee0123456789c0ffee01",
    "GITHUB_ACTOR": "ada",
    "GITHUB_SERVER_URL": "https://github.example.com",
    "GITHUB_REPOSITORY": "acme/authn",
}


class Quiet(WSGIRequestHandler):
    """Serves without a line of log a request."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server and the queue it fills."""

    url: str
    aws: Aws

    def events(self) -> list[dict[str, Any]]:
        """What is on the queue now; taken from it."""
        return [event for message in messages(self.aws) for event in message["events"]]


@pytest.fixture(scope="module")
def running(module_aws: Aws) -> Iterator[Running]:
    site = Site(module_aws)
    app = site.app(clock=lambda: datetime.now(UTC))
    server = make_server("127.0.0.1", 0, app.server, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Running(f"http://127.0.0.1:{server.server_port}", module_aws)
    server.shutdown()
    thread.join()
    server.server_close()


def record(url: str, files: Path, **changes: str) -> "subprocess.CompletedProcess[str]":
    """The Action's script, as a runner starts it."""
    places = {"DQD_URL": url, "GITHUB_ENV": str(files / "env"), "GITHUB_OUTPUT": str(files / "output")}
    kept = dict(line.split("=", 1) for line in lines(files / "env"))
    return subprocess.run(
        [str(RECORD)], env=CLEAN | INPUTS | places | kept | changes, capture_output=True, text=True, timeout=60
    )


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_the_action_reports_the_start_and_the_end_of_one_attempt(running: Running, tmp_path: Path) -> None:
    begun = record(running.url, tmp_path)
    ended = record(running.url, tmp_path, DQD_PHASE="end", DQD_STATUS="success")
    assert (begun.returncode, ended.returncode) == (0, 0), begun.stdout + ended.stdout
    assert lines(tmp_path / "output") == ["attempt-id=mira-us-west-2:authn:3.4.3:991.2"] * 2
    start, end = (event["payload"] for event in running.events())
    assert (start["status"], end["status"]) == ("IN_PROGRESS", "SUCCESS")
    assert start["attemptId"] == end["attemptId"]
    assert start["startedAt"] == end["startedAt"]
    assert end["gitSha"] == INPUTS["GITHUB_SHA"]
    assert end["actor"] == "ada"
    assert end["runUrl"] == "https://github.example.com/acme/authn/actions/runs/991"


@pytest.mark.parametrize(("job", "cancelled"), [("failure", None), ("cancelled", True)])
def test_the_action_tells_failed_from_cancelled(running: Running, tmp_path: Path, job: str, cancelled: bool) -> None:
    why = 'the "canary" said \\ no,\nthen\tstopped'
    ended = record(running.url, tmp_path, DQD_PHASE="end", DQD_STATUS=job, DQD_FAILURE_REASON=why)
    assert ended.returncode == 0, ended.stdout
    [event] = running.events()
    assert event["payload"]["status"] == "FAILED"
    assert event["payload"].get("cancelled") is cancelled
    assert event["payload"]["failureReason"] == 'the "canary" said \\ no, then stopped'


@pytest.mark.parametrize("changes", [
    {"DQD_SECRET": "a-secret-that-is-not-the-right-one"}, {"DQD_URL": "http://127.0.0.1:9"},
    {"DQD_VERSION": "latest"}, {"DQD_PHASE": "middle"}, {"DQD_SERVICE": ""},
])  # fmt: skip
def test_a_deployment_that_cannot_be_recorded_costs_a_warning_or_if_asked_the_step(
    running: Running, tmp_path: Path, changes: dict[str, str]
) -> None:
    warned = record(running.url, tmp_path, **changes)
    assert (warned.returncode, warned.stdout.startswith("::warning::deployment not recorded: ")) == (0, True)
    failed = record(running.url, tmp_path, **changes, DQD_FAIL_ON_ERROR="true")
    assert (failed.returncode, failed.stdout.startswith("::error::deployment not recorded: ")) == (1, True)
    assert WEBHOOK_SECRET not in warned.stdout + warned.stderr
    assert running.events() == []
