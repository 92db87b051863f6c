"""Deliveries a second the webhook accepts, beside as many processes and threads that only call `send_message`."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from statistics import median

import orjson

from bench.load import hold, post
from bench.processes import REGION, ROOT, SECRET, Place, gunicorn
from bench.report import Row, median_ratio
from data import aws
from data.instants import to_instant
from ingest import message
from ingest.envelope import normalize
from ingest.message import Delivery
from ingest.taking import Incoming
from settings import Settings

GOAL = 1.5
SECONDS = 2.0
CONNECTIONS = 32  # twice what the web process can work on at once: it is to be busy, not waited for
ENDLESS = "1000000"


def measure(place: Place, rounds: int) -> Row:
    """One row: the same deployment again and again, through the whole door."""
    now = datetime.now(UTC)
    body = orjson.dumps(_deployment(now))
    headers = {"X-Webhook-Secret": SECRET}
    request = post("/api/ingest/webhook", body, headers=headers)
    environment = place.environment(INGEST_RATE=ENDLESS)
    pairs = []
    with gunicorn(environment) as port:
        hold(port, request, 1, CONNECTIONS, status=202)
        for _ in range(rounds):
            ours = hold(port, request, SECONDS, CONNECTIONS, status=202)
            if ours.failures:
                raise RuntimeError(f"{len(ours.failures)} deliveries were not accepted: {ours.failures[:3]}")
            _empty(place)
            pairs.append((ours.rate, _bare(place, _message(body, now))))
            _empty(place)
    mine, limit = [one for one, _ in pairs], [one for _, one in pairs]
    return Row(
        "webhook, accepted deliveries", f"{median(mine):,.0f}/s", f"send_message {median(limit):,.0f}/s",
        median_ratio(mine, limit), GOAL, at_least=True,
    )  # fmt: skip


def _deployment(now: datetime) -> dict[str, object]:
    return {
        "source": "bench", "eventType": "deployment", "eventId": "delivery-1",
        "payload": {
            "clusterId": "mira-us-west-2", "serviceId": "authn", "buildVersion": "3.4.3", "gitSha": "abc1234",
            "status": "IN_PROGRESS", "startedAt": to_instant(now - timedelta(minutes=9)), "trigger": "merge",
            "runId": "991", "runAttempt": "1", "actor": "rosa", "runUrl": "https://ci.example.com/runs/991",
        },
    }  # fmt: skip


def _message(body: bytes, now: datetime) -> str:
    """The very message the webhook makes of it: both send the same bytes."""
    events = normalize(orjson.loads(body), to_instant(now), suites=())
    incoming = Incoming(body, {"Content-Type": "application/json"})
    return message.dump(Delivery(tuple(events), "bench", to_instant(now)), incoming, "envelope")


def _bare(place: Place, body: str) -> float:
    """Messages a second by bare boto3, with the web process' own processes and threads."""
    settings = Settings.from_env(place.environment())
    command = [
        sys.executable, "-m", "bench.bare_sender", place.endpoint, str(place.queue_url), str(settings.web_threads),
        str(SECONDS),
    ]  # fmt: skip
    running = [
        subprocess.Popen(
            command, cwd=ROOT, env=place.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(settings.web_workers)
    ]
    for one in running:
        assert one.stdin is not None
        one.stdin.write(body)
        one.stdin.close()
    said = []
    for one in running:
        assert one.stdout is not None
        said.append(float(one.stdout.read()))
        if one.wait() != 0:
            raise RuntimeError("the bare sender failed")
    return sum(said)


def _empty(place: Place) -> None:
    sqs = aws.sqs(place.endpoint, REGION, role="worker")
    sqs.purge_queue(QueueUrl=str(place.queue_url))
    sqs.close()
