"""What the set-up page and the Action tell people to run, run as it stands against a running server."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from werkzeug.serving import WSGIRequestHandler, make_server

from components.setups import SETUPS, SNIPPETS
from data.events import DeploymentEvent
from data.instants import to_instant
from ingest.message import parse
from ingest.normalizers import SENDERS
from tests.api.conftest import Site
from tests.conftest import WEBHOOK_SECRET, Aws
from tests.ingest.saying import SUITES
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


CASES = '<testcase classname="a.B" name="c"/><testcase classname="a.B" name="d"><failure/></testcase>'
VALUES = {"VERSION": "3.4.9", "WEBHOOK_SECRET": WEBHOOK_SECRET}


def run_snippet(running: Running, files: Path, name: str, **values: str) -> str:
    """A snippet as the page shows it, put into a shell; what it printed."""
    text = (SNIPPETS / name).read_text().replace("{origin}", running.url)
    (files / "deploy.sh").write_text("#!/bin/sh\nexit 0\n")
    (files / "deploy.sh").chmod(0o755)
    (files / "report.xml").write_text(f"<testsuite>{CASES}</testsuite>")
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text], env=CLEAN | VALUES | values, cwd=files, capture_output=True,
        text=True, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_curl_of_the_envelope_reports_a_deployment(running: Running, tmp_path: Path) -> None:
    answer = json.loads(run_snippet(running, tmp_path, "curl.sh"))
    assert answer["status"] == "accepted"
    [event] = running.events()
    assert event["payload"]["attemptId"] == answer["attemptId"]
    assert (event["payload"]["status"], event["payload"]["buildVersion"]) == ("SUCCESS", "3.4.9")


def test_the_curl_of_a_cdevent_reports_a_deployment(running: Running, tmp_path: Path) -> None:
    assert json.loads(run_snippet(running, tmp_path, "cdevents.sh"))["status"] == "accepted"
    [message] = messages(running.aws)
    assert (message["source"], message["raw"]["sender"]) == ("cdevents", "cdevents")
    assert message["events"][0]["payload"]["buildVersion"] == "3.4.9"


@pytest.mark.parametrize("name", ["junit-by-attempt.sh", "junit-by-version.sh"])
def test_the_curl_of_a_junit_file_reports_its_tests(running: Running, tmp_path: Path, name: str) -> None:
    attempt = "my-cluster:my-service:3.4.9:7"
    assert json.loads(run_snippet(running, tmp_path, name, ATTEMPT_ID=attempt))["status"] == "accepted"
    [event] = running.events()
    told = event["payload"]
    assert (told["suiteType"], told["total"], told["failed"]) == ("FUNCTIONAL", 2, 1)
    assert told.get("attemptId", attempt) == attempt


def test_the_python_for_senders_inside_aws_puts_a_message_we_understand(running: Running, tmp_path: Path) -> None:
    script = tmp_path / "report.py"
    shutil.copy(SNIPPETS / "sqs.py.txt", script)
    aws = {
        "AWS_ENDPOINT_URL": running.aws.endpoint, "AWS_DEFAULT_REGION": running.aws.region,
        "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "QUEUE_URL": running.aws.queue_url,
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, str(script)], env=CLEAN | VALUES | aws, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    [message] = messages(running.aws)
    delivery = parse(json.dumps(message), to_instant(datetime.now(UTC)), SUITES)
    told = [event.attempt_id.split(":")[:3] for event in delivery.events if isinstance(event, DeploymentEvent)]
    assert told == [["my-cluster", "my-service", "3.4.9"]]


def test_every_snippet_is_on_the_page_and_names_no_secret() -> None:
    shown = [snippet.file for setup in SETUPS for snippet in setup.snippets]
    assert sorted(shown) == sorted(path.name for path in SNIPPETS.iterdir())
    for path in SNIPPETS.iterdir():
        assert not re.search(r"[0-9a-f]{32}|whsec_", path.read_text())


def test_every_address_in_a_snippet_is_one_of_ours() -> None:
    for path in SNIPPETS.iterdir():
        for sender in re.findall(r"\{(?:origin|host)\}/api/ingest/webhook/([a-z-]+)", path.read_text()):
            assert sender in SENDERS, path.name


@pytest.mark.parametrize("path", sorted(SNIPPETS.glob("*.yml")), ids=lambda path: path.name)
def test_a_yaml_snippet_is_yaml(path: Path) -> None:
    text = path.read_text().replace("{origin}", "https://dashboard.example.com")
    assert all(isinstance(part, dict) for part in yaml.safe_load_all(text))


def test_the_workflow_gives_the_action_what_it_takes() -> None:
    action = yaml.safe_load((RECORD.parent / "action.yml").read_text())
    steps = yaml.safe_load((SNIPPETS / "github-workflow.yml").read_text().replace("{origin}", "x"))["steps"]
    needed = {name for name, said in action["inputs"].items() if said.get("required")}
    uses = [step["with"] for step in steps if "uses" in step]
    assert [given["phase"] for given in uses] == ["start", "end"]
    for given in uses:
        assert needed <= set(given) <= set(action["inputs"])


@pytest.mark.parametrize("path", [*sorted(SNIPPETS.glob("*.sh")), RECORD], ids=lambda path: path.name)
def test_a_shell_snippet_is_shell(path: Path) -> None:
    checked = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, timeout=30)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(("name", "files"), [
    ("argocd", ["argocd-notifications.yml", "argocd-annotations.yml"]),
    ("argo-rollouts", ["argo-rollouts-notifications.yml", "argo-rollouts-annotations.yml"]),
    ("kubernetes", ["rollout-watcher.yml"]), ("spinnaker", ["spinnaker-echo.yml"]),
    ("jenkins", ["Jenkinsfile-plugin", "Jenkinsfile"]),
])  # fmt: skip
def test_the_page_and_the_documentation_say_the_same(name: str, files: list[str]) -> None:
    _, _, part = (ROOT / "docs" / "sources" / f"{name}.md").read_text().partition("### Set-up")
    told = part.replace("{url}", "{origin}").replace("{secret}", "$WEBHOOK_SECRET")
    assert re.findall(r"```\w+\n(.*?)```", told, re.DOTALL) == [(SNIPPETS / file).read_text() for file in files]
