"""A real worker on the emulator, in a thread of the test; and what it leaves behind."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from ingest.deliveries import Deliveries
from ingest.queue import Queue
from ingest_worker import Parts, wire
from tests.conftest import Aws

PATIENCE_SECONDS = 30.0


@contextmanager
def working(aws: Aws, **settings: Any) -> Iterator[Parts]:
    """A worker for as long as the block lasts; a failure of its own fails the test."""
    parts = wire(aws.settings(**settings), poll_seconds=1)
    stop, failures = threading.Event(), list[BaseException]()

    def run() -> None:
        try:
            parts.worker.drain(stop)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run, name="worker")
    thread.start()
    try:
        yield parts
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive(), "the worker did not stop"
    assert not failures, failures


def until(true: Callable[[], bool], seconds: float = PATIENCE_SECONDS, pause: float = 0.05) -> None:
    """Wait until something is so; what costs the emulator much is asked for with longer pauses."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(pause)


def queue_of(aws: Aws) -> Queue:
    """The test's queue."""
    return Queue(aws.sqs, aws.queue_url, aws.dlq_url)


def empty(aws: Aws) -> bool:
    """Whether nothing waits and nothing is being worked on."""
    depth = queue_of(aws).depth()
    return depth.waiting == 0 and depth.in_flight == 0


def deliveries(aws: Aws) -> Deliveries:
    """The worker's records."""
    return Deliveries(aws.dynamodb, aws.tables)


def send(aws: Aws, *bodies: Any) -> None:
    """Put messages on the queue as a sender of its own would."""
    texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
    for start in range(0, len(texts), 10):
        entries = [{"Id": str(place), "MessageBody": text} for place, text in enumerate(texts[start : start + 10])]
        answer = aws.sqs.send_message_batch(QueueUrl=aws.queue_url, Entries=entries)  # type: ignore[arg-type]
        assert not answer.get("Failed")


def dead_letters(aws: Aws) -> list[dict[str, Any]]:
    """The messages on the dead-letter queue, up to ten."""
    answer = aws.sqs.receive_message(
        QueueUrl=aws.dlq_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=0
    )
    return [dict(message) for message in answer.get("Messages", [])]


def claims(aws: Aws, attempt_id: str) -> list[dict[str, Any]]:
    """What was said of an attempt."""
    answer = aws.dynamodb.query(
        TableName=aws.tables.test_runs,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :claim)",
        ExpressionAttributeValues={":pk": {"S": attempt_id}, ":claim": {"S": "CLAIM#"}},
    )
    return [dict(item) for item in answer["Items"]]


def attempts(aws: Aws, cluster_id: str, service_id: str) -> list[dict[str, Any]]:
    """The stored attempts of a pair."""
    answer = aws.dynamodb.query(
        TableName=aws.tables.attempts,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"{cluster_id}#{service_id}"}},
    )
    return [dict(item) for item in answer["Items"]]


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)
