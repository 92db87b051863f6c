"""Events a second through the worker with all it does, beside a loop that only puts each and deletes it."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import orjson

from bench.past import CLUSTERS, SERVICES, SUITES
from bench.processes import REGION, Place
from bench.report import Row, median_ratio
from data import aws
from data.instants import to_instant
from data.keys import attempt_id
from ingest import message
from ingest.envelope import normalize
from ingest.message import Delivery
from ingest.taking import Incoming
from ingest_worker import wire
from settings import Settings

GOAL = 0.3
SLICE = 500  # the emulator's receives slow down with the depth of a queue
PATIENCE = 120.0


def measure(place: Place, rounds: int) -> Row:
    """One row: deployments in two states and three test results each, every event a message of its own."""
    bodies = [_messages(n) for n in range(2 * rounds + 2)]
    worker_rate(place, bodies.pop())
    plain_rate(place, bodies.pop())
    pairs = [(worker_rate(place, bodies.pop()), plain_rate(place, bodies.pop())) for _ in range(rounds)]
    mine, limit = [one for one, _ in pairs], [one for _, one in pairs]
    return Row(
        f"worker, {SLICE} events a slice", f"{median(mine):,.0f}/s", f"put and delete {median(limit):,.0f}/s",
        median_ratio(mine, limit), GOAL, at_least=True,
    )  # fmt: skip


def _messages(number: int) -> list[str]:
    """A slice of deliveries as the webhook queues them; no two slices hold the same attempt."""
    now = datetime.now(UTC)
    said = [one for n in range(SLICE // 5) for one in _story(number * SLICE + n, now)]
    return [_message(one, to_instant(now)) for one in said]


def _story(n: int, now: datetime) -> list[dict[str, Any]]:
    cluster_id, service_id = CLUSTERS[n % len(CLUSTERS)].cluster_id, SERVICES[n % len(SERVICES)].service_id
    start = now - timedelta(minutes=30 + n % 1000)
    facts = {"clusterId": cluster_id, "serviceId": service_id, "buildVersion": f"2.{n}.0", "attemptNumber": str(n)}
    opened = {**facts, "status": "IN_PROGRESS", "startedAt": to_instant(start), "trigger": "merge"}
    ended = {**opened, "status": "SUCCESS", "endedAt": to_instant(start + timedelta(minutes=7))}
    own_id = attempt_id(cluster_id, service_id, f"2.{n}.0", str(n))
    counts = {"total": 100, "passed": 98, "failed": 0, "skipped": 2, "durationSec": 60}
    results = [{"attemptId": own_id, "suiteType": suite, **counts} for suite in SUITES]
    kinds = ["deployment", "deployment", *["test-result"] * len(results)]
    return [
        {"source": "bench", "eventType": kind, "payload": payload}
        for kind, payload in zip(kinds, [opened, ended, *results], strict=True)
    ]


def _message(said: dict[str, Any], received_at: str) -> str:
    events = normalize(said, received_at, suites=SUITES)
    return message.dump(Delivery(tuple(events), "bench", received_at), Incoming(orjson.dumps(said), {}), "envelope")


def fill(place: Place, bodies: Sequence[str]) -> None:
    """Put the messages on the queue."""
    sqs = aws.sqs(place.endpoint, REGION, role="worker")
    for at in range(0, len(bodies), 10):
        batch = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[at : at + 10])]
        sqs.send_message_batch(QueueUrl=str(place.queue_url), Entries=batch)  # type: ignore[arg-type]
    sqs.close()


def worker_rate(place: Place, bodies: Sequence[str]) -> float:
    """The real worker, as its process wires it: receive, validate, claims, folds, read model, delete."""
    fill(place, bodies)
    parts, stop = wire(Settings.from_env(place.environment()), poll_seconds=1), threading.Event()
    thread = threading.Thread(target=parts.worker.drain, args=(stop,))
    start = time.perf_counter()
    thread.start()
    try:
        while parts.worker.counts["stored"] < len(bodies):
            if time.perf_counter() > start + PATIENCE or not thread.is_alive():
                raise RuntimeError(f"the worker stored {parts.worker.counts} of {len(bodies)}")
            time.sleep(0.005)
        return len(bodies) / (time.perf_counter() - start)
    finally:
        stop.set()
        thread.join()


def plain_rate(place: Place, bodies: Sequence[str]) -> float:
    """Receive ten, put each as it came, delete the ten: nothing that could make it right."""
    fill(place, bodies)
    dynamodb = aws.dynamodb(place.endpoint, REGION, role="worker")
    sqs = aws.sqs(place.endpoint, REGION, role="worker")
    done = 0
    start = time.perf_counter()
    while done < len(bodies):
        received = sqs.receive_message(QueueUrl=str(place.queue_url), MaxNumberOfMessages=10)["Messages"]
        for one in received:
            item = {"pk": {"S": "PLAIN"}, "sk": {"S": one["MessageId"]}, "body": {"S": one["Body"]}}
            dynamodb.put_item(TableName=place.tables.events, Item=item)
        entries = [{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(received)]
        sqs.delete_message_batch(QueueUrl=str(place.queue_url), Entries=entries)  # type: ignore[arg-type]
        done += len(received)
    rate = done / (time.perf_counter() - start)
    dynamodb.close()
    sqs.close()
    return rate
