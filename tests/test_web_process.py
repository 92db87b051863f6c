"""The web process as it is run: gunicorn, its workers and their refreshers, on a real emulator."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.instants import to_instant
from embedded.emulator import free_port
from tests.read_model import MIRA, Writer, attempt

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
PATHS = ("/", "/_dash-layout", "/_dash-dependencies", "/api/clusters", "/healthz")


def fetch(port, path):
    """(status, body) of a GET."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def listens(port):
    try:
        return bool(fetch(port, "/healthz"))
    except OSError:
        return False


@contextmanager
def gunicorn(aws, **changes):
    """A web process on these tables; gives its port once it listens."""
    port = free_port()
    environment = aws.environment(PORT=str(port), BIND_HOST="127.0.0.1", REFRESH_SECONDS="0.5", **changes)
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_server()"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not listens(port):
            assert process.poll() is None, "gunicorn ended"
            assert time.monotonic() < deadline, "gunicorn did not start"
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)
    assert process.returncode == 0


def files_of_the_index(port):
    index = fetch(port, "/")[1]
    return [part.split('"')[0] for part in index.split('src="')[1:]]


def test_none_of_the_first_hundred_parallel_requests_fails(aws):
    Writer(aws.dynamodb, aws.tables).catalog()
    with gunicorn(aws) as port:
        with ThreadPoolExecutor(100) as pool:
            answers = list(pool.map(lambda n: fetch(port, PATHS[n % len(PATHS)]), range(100)))
        assert [status for status, _ in answers] == [200] * 100
        assert [path for path in files_of_the_index(port) if fetch(port, path)[0] != 200] == []
        assert fetch(port, "/readyz")[0] == 200


def test_every_worker_shows_what_was_written_within_seconds(aws):
    writer = Writer(aws.dynamodb, aws.tables)
    writer.catalog()
    with gunicorn(aws) as port:
        now = datetime.now(UTC)
        writer.write(attempt(to_instant(now), build_version="9.9.9"), now=now)
        assert in_every_worker(lambda: "9.9.9" in fetch(port, f"/api/clusters/{MIRA}/summary")[1])


def in_every_worker(holds, seconds=15):
    """Whether it comes to hold twenty times in a row: connections fall on all workers."""
    deadline = time.monotonic() + seconds
    held = 0
    while held < 20 and time.monotonic() < deadline:
        held = held + 1 if holds() else 0
        time.sleep(0.02)
    return held == 20


def test_it_starts_without_dynamodb_and_becomes_ready_by_itself(aws):
    """Tables that do not exist yet stand for a DynamoDB that is away."""
    later = f"late-{aws.tables.read_model}"
    with gunicorn(aws, DYNAMODB_TABLE_READ_MODEL=later, DYNAMODB_TABLE_CATALOG=f"c-{later}") as port:
        status, body = fetch(port, "/readyz")
        assert (status, json.loads(body)["status"]) == (503, "loading")
        assert fetch(port, "/")[0] == 200
        for name in (later, f"c-{later}"):
            create(aws, name)
        assert in_every_worker(lambda: fetch(port, "/readyz")[0] == 200)
    for name in (later, f"c-{later}"):
        aws.dynamodb.delete_table(TableName=name)


def create(aws, name):
    """A bare table."""
    aws.dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )


@pytest.mark.parametrize("wrong", [{"PORT": "web"}, {"WEBHOOK_SECRET": "short"}])
def test_a_wrong_setting_ends_it_at_once_with_a_sentence(aws, wrong):
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_server()"]
    ended = subprocess.run(
        command, env=aws.environment(**wrong), cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode != 0
    assert next(iter(wrong)) in ended.stdout + ended.stderr
