"""What each part of the dashboard does in a day, by the code it does it with: for the test of its rights.

An exercise may be done again and again, and each time has something new to say. It does not check what comes of it:
the other tests do. Here it counts what is asked of AWS, and what AWS refuses.
"""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from flask import Flask
from flask.testing import FlaskClient

import app as composition
import ingest_worker
import scorecard_snapshot
from context import EXTENSION, Parts
from data import aws, keys
from data.alert_models import AlertEvent, AlertMetric, AlertRule
from data.catalog import CatalogStore
from data.catalog_models import Catalog, Cluster, ClusterType, Service
from data.instants import day_before, to_instant
from data.read_model_reader import ReadModelReader
from data.refresher import ReadModel
from data.scorecard_models import Level, ScoreRule
from data.store import Store
from data.tables import ARCHIVE_BUCKET
from ingest.deliveries import Deliveries
from ingest.quarantine_records import Quarantined
from ingest.queue import Queue
from ingest.verdict_book import VerdictBook
from settings import Settings
from tests.conftest import REGION, WEBHOOK_SECRET
from tests.ingest import saying, working
from tests.terraform.account import BUS, SECRET, Account

Exercise = Callable[[], object]
CLUSTER, SERVICE = "mira-us-west-2", "authn"
ADMIN = "an-admin-key-of-28-characters"
RULES = (
    AlertRule(rule_id="failed", name="Failed", to=("nobody",), on=AlertEvent.FAILED),
    AlertRule(rule_id="silent", name="Silent", to=("nobody",), on=AlertEvent.SOURCE_SILENT),
    AlertRule(
        rule_id="rate", name="Rate", to=("nobody",), metric=AlertMetric.ATTEMPT_SUCCESS_RATE, below=99.0, least=1
    ),
)
SCORE = (ScoreRule("work", "Work", "attempt_success_rate", ">=", 80.0, Level.BRONZE, days=7),)
CATALOG = Catalog(
    (Cluster(CLUSTER, "Mira", ClusterType.PRODUCTION, order=1),), (Service(SERVICE, "AuthN"),),
    alerts=RULES, score_rules=SCORE,
)  # fmt: skip
_numbers = itertools.count(1)


def ago(**units: float) -> str:
    """So long ago."""
    return to_instant(datetime.now(UTC) - timedelta(**units))


def settings(account: Account, **changes: Any) -> Settings:
    """Those of a process that has everything."""
    everything = {"archive_bucket": ARCHIVE_BUCKET, "event_bus": BUS, "admin_key": ADMIN}
    return account.aws.settings(**(everything | changes))


def deployed(**changes: Any) -> dict[str, Any]:
    """A deployment nobody told of before."""
    number = next(_numbers)
    times = {"startedAt": ago(minutes=30 + number % 20), "endedAt": ago(minutes=10)}
    said = {"buildVersion": f"1.0.{number}", "runId": number, "attemptNumber": number, "serviceId": SERVICE}
    return saying.deployment(**(times | said | changes))


def set_aside(account: Account) -> Quarantined:
    """A record of a message that failed for a passing reason, with its copy on the dead-letter queue."""
    text, at = json.dumps(deployed()), ago(minutes=1)
    message_id = f"3f2c9b0e-0000-4000-8000-{next(_numbers):012}"
    record = Quarantined(message_id, at, body=text, quarantined_at=at, reason="away", receives=3, source="jenkins")
    record = replace(record, passing=True)
    Deliveries(account.aws.dynamodb, account.aws.tables).quarantine(record)
    named = {"messageId": {"DataType": "String", "StringValue": message_id}}
    for _ in range(2):  # one to be taken, one that is not asked for and is given back
        account.aws.sqs.send_message(QueueUrl=account.aws.dlq_url, MessageBody=text, MessageAttributes=named)  # type: ignore[arg-type]
        named = {"messageId": {"DataType": "String", "StringValue": f"{message_id}-other"}}
    return record


def before(account: Account) -> None:
    """A past by the owner's hand: so that every exercise finds something."""
    own = account.aws
    CatalogStore(own.dynamodb, own.tables).save(CATALOG)
    account.client("secretsmanager").create_secret(Name=SECRET, SecretString="{}")
    image = "registry.example.org/acme/authn:1.0.0"
    past = [deployed(image=image, startedAt=ago(days=days, hours=1), endedAt=ago(days=days)) for days in (9, 2, 1)]
    working.send(own, *past, deployed(status="FAILED"), saying.promotion(promotedAt=ago(hours=2)))
    with working.working(own, archive_bucket=ARCHIVE_BUCKET):
        working.until(lambda: working.empty(own))
    job = scorecard_snapshot.wire(settings(account, archive_bucket=None))
    scorecard_snapshot.run(job, day_before(ago()[:10], 8))


def read_secret(account: Account) -> None:
    """As every process does at its start (SECRETS_MANAGER_ID)."""
    client = boto3.session.Session().client("secretsmanager", region_name=REGION, endpoint_url=account.aws.endpoint)
    client.get_secret_value(SecretId=SECRET)


# The web process.


class Web:
    """The application on the user's clients, asked as browsers, pipelines and admins do."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._settings = settings(account)
        own = self._settings
        client = aws.dynamodb(own.aws_endpoint_url, own.aws_region)
        self.reader = ReadModelReader(client, own.tables)
        self.read_model = ReadModel(clock=_now)
        self.read_model.load(self.reader)
        self._book = VerdictBook(client, own.tables, _now, "web")
        queue = Queue(aws.sqs_sender(own.aws_endpoint_url, own.aws_region), str(own.queue_url), own.dlq_url)
        dash = composition.create_app(
            own, read_model=self.read_model, store=Store(client, own.tables, own.cursor_secret, 90, _now),
            queue=queue, clock=_now, verdicts=self._book,
        )  # fmt: skip
        server: Flask = dash.server
        self._parts: Parts = server.extensions[EXTENSION]
        self._client: FlaskClient = server.test_client()
        attempts = self.get(f"/api/services/{SERVICE}/attempts")["attempts"]
        self._attempt = next(one["id"] for one in attempts if one["status"] != "FAILED")

    def get(self, path: str, **headers: str) -> Any:
        return self._client.get(path, headers=headers).get_json(silent=True)

    def exercises(self) -> Mapping[str, Exercise]:
        return {
            "load everything": lambda: ReadModel(clock=_now).load(self.reader),
            "follow what changed": self._follow,
            "lists of attempts": self._lists,
            "a build": self._build,
            "promotions": self._promotions,
            "score cards": self._scorecards,
            "search": lambda: [self.get(f"/api/search?q={q}") for q in ("1.0.1", "abc1234", self._attempt)],
            "search among what an older worker wrote": self._found_by_an_older_worker,
            "as known then": lambda: self.get(f"/api/services/{SERVICE}?asof={ago(hours=1)}&known={ago(minutes=5)}"),
            "take a delivery": self._take,
            "explain a delivery": lambda: self._client.post("/api/ingest/explain", json=deployed()),
            "take many at once": self._take_many,
            "who knocks": lambda: self._client.post("/api/ingest/webhook", json={}, headers=_bearer("ddk_none_x")),
            "the intake's state": self._intake,
            "quarantine": self._quarantine,
            "alerts": self._alerts,
            "read the secret": lambda: read_secret(self._account),
        }

    def _follow(self) -> None:
        with _works(self._account, owner=True):
            working.send(self._account.aws, deployed())
            working.send(
                self._account.aws, saying.incident(clusterId=CLUSTER, startedAt=ago(hours=1), resolvedAt=...)
            )
            working.until(lambda: working.empty(self._account.aws))
        self.read_model.refresh(self.reader)

    def _lists(self) -> None:
        for path in (
            f"/api/services/{SERVICE}/attempts", f"/api/clusters/{CLUSTER}/attempts",
            f"/api/services/{SERVICE}/attempts?clusterId={CLUSTER}", "/api/attempts", "/api/attempts?status=FAILED",
            f"/api/clusters/{CLUSTER}/attempts?status=FAILED", f"/api/services/{SERVICE}/history", "/api/events",
        ):  # fmt: skip
            self.get(path)

    def _build(self) -> None:
        self.get(f"/api/builds/{self._attempt}")
        self.get(f"/api/builds/{CLUSTER}:{SERVICE}:0.0.1:1")  # nobody knows it
        self._client.get(f"/builds/{self._attempt}")

    def _promotions(self) -> None:
        for query in (f"serviceId={SERVICE}", "clusterId=aquila-us-west-2", ""):
            self.get(f"/api/promotions?{query}")

    def _found_by_an_older_worker(self) -> None:
        """An entry that does not say yet where its attempt stands."""
        entry = {"pk": {"S": keys.find_pk("older.1")}, "sk": {"S": self._attempt}}
        self._account.aws.dynamodb.put_item(TableName=self._account.aws.tables.read_model, Item=entry)
        self.get("/api/search?q=older.1")

    def _scorecards(self) -> None:
        self.get(f"/api/scorecards?date={day_before(ago()[:10], 8)}")
        self.get(f"/api/scorecards/{SERVICE}/history")

    def _take(self) -> None:
        headers = {"X-Webhook-Secret": WEBHOOK_SECRET}
        self._client.post("/api/ingest/webhook", json=deployed(), headers=headers)
        self._book.flush()

    def _take_many(self) -> None:
        self._parts.queue.send_ten([json.dumps(deployed())])  # type: ignore[union-attr]

    def _intake(self) -> None:
        self.get("/api/ingest/status")
        self._client.get("/ingest")
        self.get("/api/ingest/deliveries")

    def _quarantine(self) -> None:
        admin = {"X-Admin-Key": ADMIN}
        replayed, discarded = set_aside(self._account), set_aside(self._account)
        self.get("/api/ingest/quarantine")
        self.get(f"/api/ingest/quarantine/{replayed.id}", **admin)
        self._client.post(f"/api/ingest/quarantine/{replayed.id}/replay", json={"by": "ada"}, headers=admin)
        self._client.post(f"/api/ingest/quarantine/{discarded.id}/discard", json={"by": "ada"}, headers=admin)
        self._client.get("/api/ingest/audit", headers=admin)

    def _alerts(self) -> None:
        composition._alert_watch(self._parts).try_look()
        self.get("/api/alerts")
        self.get("/api/alerts/rules")
        self._client.post("/api/alerts/failed/test", json={"by": "ada"}, headers={"X-Admin-Key": ADMIN})


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _now() -> datetime:
    return datetime.now(UTC)


# The worker.


@contextmanager
def _works(account: Account, owner: bool = False) -> Iterator[ingest_worker.Parts]:
    """A worker at work; told to stop it gives back what it could not do."""
    with account.owner() if owner else nullcontext():
        parts = ingest_worker.wire(settings(account, **({"archive_bucket": None} if owner else {})), poll_seconds=1)
    stop = threading.Event()
    thread = threading.Thread(target=parts.worker.drain, args=(stop,))
    thread.start()
    try:
        yield parts
    finally:
        stop.set()
        thread.join(30)


class Worker:
    """A worker for each exercise: one message or a few, until the queue is empty or AWS refuses."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def exercises(self) -> Mapping[str, Exercise]:
        return {
            "a deployment": lambda: self._store(deployed()),
            "a deployment that began earlier": lambda: self._store(deployed(), again=True),
            "a result that waits": lambda: self._store(_waits()),
            "a promotion": lambda: self._dated(saying.promotion, "promotionId", "promotedAt"),
            "an incident": lambda: self._dated(saying.incident, "incidentId", "startedAt"),
            "a service nobody knew": lambda: self._store(deployed(serviceId=f"new-{next(_numbers)}")),
            "an image": lambda: self._store(_image()),
            "a service that is gone": self._gone,
            "what cannot be read": lambda: self._store({"eventType": "nonsense"}),
            "a last try": self._last_try,
            "what fires": lambda: self._store(deployed(status="FAILED")),
            "alerts to send": self._send_alerts,
            "a deployment of another day": self._moved_away,
            "a promotion half told": self._pointer_lost,
            "give back and count": self._hold,
            "a sign of life": self._beat,
            "looking whether stores are back": self._probe,
            "read the secret": lambda: read_secret(self._account),
        }  # fmt: skip

    def _moved_away(self) -> None:
        """The only deployment of its day began on another."""
        self._store(deployed(serviceId=f"moved-{next(_numbers)}"), again=True)

    def _pointer_lost(self) -> None:
        """A worker ended between a promotion's item and the sign that says where it is."""
        own, name = self._account.aws, f"x-{next(_numbers)}"
        said = {"promotionId": name, "serviceId": SERVICE, "promotedAt": ago(hours=3)}
        with _works(self._account, owner=True):
            working.send(own, saying.promotion(**said))
            working.until(lambda: working.empty(own))
        key = {"pk": {"S": keys.promotion_partition(SERVICE, name)}, "sk": {"S": keys.POINTER}}
        own.dynamodb.delete_item(TableName=own.tables.promotions, Key=key)
        self._store(saying.promotion(**said, reason="again"))

    def _hold(self) -> None:
        """Messages are given back, and the queues looked at, as at a worker's end and in its numbers."""
        own = settings(self._account)
        client = aws.sqs(own.aws_endpoint_url, own.aws_region, role="worker")
        queue = Queue(client, str(own.queue_url), own.dlq_url)
        working.send(self._account.aws, deployed())
        queue.hide(queue.receive(1), 0)
        queue.depth()

    def _store(self, *bodies: Any, again: bool = False) -> None:
        own, seen = self._account.aws, len(self._account.calls.refused)
        with _works(self._account):
            for body in bodies:
                working.send(own, body)
                self._wait(seen)
                if again:
                    body["payload"]["startedAt"] = ago(days=3)
                    working.send(own, body)
                    self._wait(seen)

    def _wait(self, seen: int) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and len(self._account.calls.refused) == seen:
            if working.empty(self._account.aws):
                return
            time.sleep(0.02)

    def _dated(self, say: Callable[..., dict[str, Any]], name: str, when: str) -> None:
        """Told twice, the second time of another hour: its item moves."""
        said = {name: f"x-{next(_numbers)}", "serviceId": SERVICE, "clusterId": CLUSTER, "resolvedAt": ago(minutes=1)}
        if say is saying.promotion:
            said = {name: said[name]}
        self._store(say(**said, **{when: ago(hours=3)}), say(**said, **{when: ago(hours=5)}))

    def _gone(self) -> None:
        service = f"gone-{next(_numbers)}"
        payload = {"clusterId": CLUSTER, "serviceId": service, "retiredAt": ago(minutes=1)}
        self._store(deployed(serviceId=service), saying.envelope("retirement", payload, {}))

    def _last_try(self) -> None:
        """A message received twice before: whatever becomes of it, it is recorded first."""
        own = self._account.aws
        working.send(own, deployed())
        for _ in range(2):
            own.sqs.receive_message(QueueUrl=own.queue_url, VisibilityTimeout=0)
        self._store()
        with _works(self._account):
            self._wait(len(self._account.calls.refused))

    def _send_alerts(self) -> None:
        """One that is delivered to nobody: no channel has the name any more."""
        own = self._account.aws
        with _works(self._account, owner=True):
            working.send(own, deployed(status="FAILED"))
            working.until(lambda: working.empty(own))
        ingest_worker.wire(settings(self._account)).sender.try_round()

    def _beat(self) -> None:
        pulse = ingest_worker.wire(settings(self._account)).pulse
        pulse.start()
        pulse.end()

    def _probe(self) -> None:
        own = settings(self._account)
        deliveries = Deliveries(aws.dynamodb(own.aws_endpoint_url, own.aws_region), own.tables)
        ingest_worker._probe(deliveries, ingest_worker._outlets(own))


def _image() -> dict[str, Any]:
    payload = {
        "image": f"registry.example.org/acme/authn:1.0.{next(_numbers)}",
        "sha": "abc1234",
        "committedAt": ago(hours=2),
    }
    return saying.envelope("build", payload, {})


def _waits() -> dict[str, Any]:
    """A result of a version nobody deployed yet."""
    number = next(_numbers)
    where = {"clusterId": CLUSTER, "serviceId": SERVICE, "buildVersion": f"2.0.{number}"}
    return saying.test_result(attemptId=..., executedAt=ago(minutes=5), testRunId=str(number), **where)
