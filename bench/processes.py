"""The real processes a measurement needs: emulator, tables, gunicorn; gone with the block."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from bench.load import ask, get
from data import aws
from data.tables import TableNames, create_queues, create_request, definitions
from embedded.emulator import free_port
from settings import process_environment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

ROOT = Path(__file__).resolve().parent.parent
REGION = "us-west-2"
SECRET = "a-webhook-secret-of-the-benchmark"
START_SECONDS = 60.0
OUR_APP, OUR_CONF = "app:create_server()", "gunicorn.conf.py"


@dataclass(frozen=True, slots=True)
class Place:
    """Tables and queues on an emulator; no queues where the emulator has only DynamoDB."""

    endpoint: str
    tables: TableNames
    queue_url: str | None = None
    dlq_url: str | None = None

    def client(self) -> "DynamoDBClient":
        """A patient client of these tables."""
        return aws.dynamodb(self.endpoint, REGION, role="worker")

    def environment(self, **changes: str) -> dict[str, str]:
        """What a process of ours needs to work here."""
        names = {f"DYNAMODB_TABLE_{f.name.upper()}": getattr(self.tables, f.name) for f in fields(self.tables)}
        queues = {"SQS_QUEUE_URL": self.queue_url, "SQS_DLQ_URL": self.dlq_url}
        return {
            **process_environment(), **names, **{name: url for name, url in queues.items() if url},
            "AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": REGION, "WEBHOOK_SECRET": SECRET, "LOG_LEVEL": "ERROR",
            "BIND_HOST": "127.0.0.1", **changes,
        }  # fmt: skip


def tables_on(endpoint: str, prefix: str, *, queues: bool = True) -> Place:
    """Fresh tables (and queues) on an emulator."""
    tables = TableNames().prefixed(prefix)
    client = aws.dynamodb(endpoint, REGION, role="worker")
    for table in definitions(tables):
        client.create_table(**create_request(table))
    client.close()
    if not queues:
        return Place(endpoint, tables)
    sqs = aws.sqs(endpoint, REGION, role="worker")
    made = create_queues(sqs, prefix)
    sqs.close()
    return Place(endpoint, tables, made.queue_url, made.dlq_url)


@contextmanager
def gunicorn(
    environment: Mapping[str, str], app: str = OUR_APP, conf: str = OUR_CONF, probe: str = "/readyz"
) -> Iterator[int]:
    """A web process for as long as the block lasts; gives its port once `probe` answers 200."""
    port = free_port()
    process = start_gunicorn({**environment, "PORT": str(port)}, app, conf)
    try:
        wait_for(port, probe, process)
        yield port
    finally:
        end(process)


def start_gunicorn(environment: Mapping[str, str], app: str, conf: str) -> "subprocess.Popen[bytes]":
    """A gunicorn process, as it is started in production."""
    return subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", str(ROOT / conf), app], env=dict(environment), cwd=ROOT
    )


def wait_for(port: int, path: str, process: "subprocess.Popen[bytes]", patience: float = START_SECONDS) -> None:
    """Return when `path` answers 200; RuntimeError when the process ended or took too long."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if ask(port, get(path))[0] == 200:
                return
        except OSError:
            pass  # it does not listen yet
        time.sleep(0.05)
    raise RuntimeError(f"gunicorn did not answer {path} (exit code {process.poll()})")


def end(process: "subprocess.Popen[bytes]") -> None:
    """Stop a process of ours and wait for it."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
