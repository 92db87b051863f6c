"""What `make run` starts, for real: a newcomer pastes the printed command and sees the event."""

import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.running import Run


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path, "embedded", DEMO="none")
    yield run
    run.end()


def get(run: Run, path: str) -> Any:
    """The JSON of an API address; None where it answers 404."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{run.environ['PORT']}{path}", timeout=10) as response:
            return json.loads(response.read())
    except urllib.error.HTTPError as error:
        with error:
            assert error.code == 404, error.read()
        return None


def paste(run: Run) -> dict[str, Any]:
    """Run the printed command; the body of its answer."""
    command = re.search(r"^curl (?:.*\\\n)*.*$", run.out(), re.MULTILINE)
    assert command, run.out()
    done = subprocess.run(["/bin/sh", "-c", command[0]], capture_output=True, text=True, check=True)
    head, body = re.split(r"\r?\n\r?\n", done.stdout, maxsplit=1)
    assert " 202 " in head.splitlines()[0], done.stdout
    answer = json.loads(body)
    assert isinstance(answer, dict)
    return answer


@pytest.mark.slow
def test_a_pasted_event_is_in_the_api_within_ten_seconds_and_still_there_tomorrow(run: Run) -> None:
    run.start().wait_until_ready()
    attempt_id = paste(run)["attemptId"]
    run.wait_for(lambda: get(run, f"/api/builds/{attempt_id}") is not None, 10)
    assert get(run, f"/api/builds/{attempt_id}")["attempt"]["status"] == "SUCCESS"

    def shown() -> bool:
        clusters = {cluster["id"]: cluster for cluster in get(run, "/api/clusters")["clusters"]}
        return bool(clusters["aquila-us-west-2"]["summary"]["healthy"] == 1)

    run.wait_for(shown, 10)
    assert run.press_ctrl_c() == 0
    assert run.processes() == []
    run.start().wait_until_ready()
    assert shown()
    assert get(run, f"/api/builds/{attempt_id}")["attempt"]["status"] == "SUCCESS"
    assert run.press_ctrl_c() == 0
    assert run.err() == ""
