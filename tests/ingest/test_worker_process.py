"""The worker as a process: signs of life, a clean end, and an end by force that loses nothing."""

import json
import signal
from pathlib import Path

import pytest

from tests.conftest import WEBHOOK_SECRET, Aws
from tests.ingest import working
from tests.ingest.processes import WorkerProcess, worker
from tests.ingest.test_worker import deployed

SERVICES = 4


def told(n: int) -> list[dict[str, object]]:
    """So many events, each of its own attempt."""
    return [deployed(i, serviceId=f"svc-{i % SERVICES}") for i in range(n)]


def stored(aws: Aws) -> list[str]:
    """The ids of all attempts in the tables."""
    items = [item for s in range(SERVICES) for item in working.attempts(aws, "mira-us-west-2", f"svc-{s}")]
    return [item["attemptId"]["S"] for item in items]


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_worker_ends_soon_and_well(aws: Aws, tmp_path: Path, by: signal.Signals):
    with worker(aws, tmp_path / "log") as process:
        working.until(lambda: bool(working.deliveries(aws).heartbeats("2026-01-01T00:00:00.000Z")))
        code, seconds = process.asked_to_stop(by)
    assert code == 0, process.lines
    assert seconds < 10
    assert working.deliveries(aws).heartbeats("2026-01-01T00:00:00.000Z") == []


def until_under_way(aws: Aws, process: WorkerProcess) -> None:
    """Wait until the worker has stored some, or all there was."""
    before = len(stored(aws))
    working.until(lambda: "started" in process.lines)
    working.until(lambda: len(stored(aws)) >= before + 5 or working.empty(aws))


def test_a_worker_that_is_stopped_under_load_leaves_nothing_held(aws: Aws, tmp_path: Path):
    """C05, I7: exit 0 within 25 s; every message is stored or back on the queue at once."""
    working.send(aws, *told(120))
    for run in range(3):
        with worker(aws, tmp_path / f"log-{run}") as process:
            until_under_way(aws, process)
            code, seconds = process.asked_to_stop()
        assert code == 0, process.lines
        assert seconds < 25
        assert working.queue_of(aws).depth().in_flight == 0
    with worker(aws, tmp_path / "log"):
        working.until(lambda: working.empty(aws), seconds=90)
    assert len(stored(aws)) == 120
    assert working.deliveries(aws).quarantined() == []


def test_a_worker_killed_twice_loses_nothing_and_stores_nothing_twice(aws: Aws, tmp_path: Path):
    """I2, I3: what a killed worker held comes back when its hold runs out."""
    aws.sqs.set_queue_attributes(QueueUrl=aws.queue_url, Attributes={"VisibilityTimeout": "8"})
    working.send(aws, *told(200))
    for run in range(2):
        with worker(aws, tmp_path / f"log-{run}") as process:
            until_under_way(aws, process)
            process.killed()
    with worker(aws, tmp_path / "log"):
        working.until(lambda: working.empty(aws), seconds=120)
    ids = stored(aws)
    assert working.queue_of(aws).depth().dead == 0
    assert (len(ids), len(set(ids))) == (200, 200)
    assert {len(working.claims(aws, one)) for one in ids} == {1}


def test_the_heartbeat_shows_in_the_table_and_in_the_file(aws: Aws, tmp_path: Path):
    beat_file = tmp_path / "beat"
    with worker(aws, tmp_path / "log", WORKER_HEARTBEAT_FILE=str(beat_file)):
        working.until(beat_file.exists)
        working.until(lambda: bool(working.deliveries(aws).heartbeats("2026-01-01T00:00:00.000Z")))
        first = beat_file.stat().st_mtime
        working.until(lambda: beat_file.stat().st_mtime > first)
        (beat,) = working.deliveries(aws).heartbeats("2026-01-01T00:00:00.000Z")
    assert beat.said["away"] is False


def test_logs_are_json_lines_without_secrets_or_payloads(aws: Aws, tmp_path: Path):
    working.send(aws, deployed(actor="somebody-special"), "not json")
    with worker(aws, tmp_path / "log", LOG_LEVEL="DEBUG") as process:
        working.until(lambda: working.empty(aws))
        process.asked_to_stop()
    lines = process.lines.splitlines()
    assert lines
    assert all(json.loads(line)["level"] for line in lines)
    assert WEBHOOK_SECRET not in process.lines
    assert "somebody-special" not in process.lines


def test_without_its_queue_the_worker_says_what_is_missing(aws: Aws, tmp_path: Path):
    with worker(aws, tmp_path / "log", SQS_QUEUE_URL="") as process:
        working.until(lambda: not process.running)
        assert process.asked_to_stop()[0] == 2
    assert process.lines.startswith("SQS_QUEUE_URL is not set")
    assert "Traceback" not in process.lines
