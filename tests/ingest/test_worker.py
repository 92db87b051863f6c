"""The worker on a real queue and real tables: what it stores, sets aside, keeps and gives back."""

import base64
import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from data.catalog import CatalogStore
from data.instants import to_instant
from ingest.message import SCHEMA_VERSION
from ingest.quarantine import MAX_RECEIVES
from tests.conftest import Aws
from tests.ingest import saying, working


def ago(**time: float) -> str:
    return to_instant(datetime.now(UTC) - timedelta(**time))


def deployed(n: int = 1, **changes: Any) -> dict[str, Any]:
    """A bare 8.4 message of a deployment an hour ago."""
    said = {"startedAt": ago(hours=1), "endedAt": ago(minutes=50), "attemptNumber": n, **changes}
    return saying.deployment(**said)


def test_a_bare_message_is_stored_and_leaves_the_queue(aws: Aws):
    working.send(aws, deployed() | {"eventId": "e-1", "receivedAt": ago(minutes=1)})
    with working.working(aws):
        working.until(lambda: bool(working.attempts(aws, "mira-us-west-2", "authn")))
        working.until(lambda: working.empty(aws))
    (item,) = working.attempts(aws, "mira-us-west-2", "authn")
    assert item["attemptId"]["S"] == "mira-us-west-2:authn:3.4.3:1"
    assert item["status"]["S"] == "SUCCESS"


def test_unknown_clusters_and_services_are_registered_unconfirmed(aws: Aws):
    working.send(aws, deployed(clusterId="new-1", serviceId="fresh"))
    with working.working(aws):
        working.until(lambda: working.empty(aws))
    catalog = CatalogStore(aws.dynamodb, aws.tables).load()
    assert [(c.cluster_id, c.confirmed) for c in catalog.clusters] == [("new-1", False)]
    assert [(s.service_id, s.confirmed) for s in catalog.services] == [("fresh", False)]


def test_one_bad_message_in_each_ten_does_not_hold_up_the_nine(aws: Aws):
    """C06, smaller: every good one applied at its first receive, every bad one quarantined with its reason."""
    batches = 12
    for batch in range(batches):
        good = [deployed(batch * 10 + n, serviceId=f"svc-{batch % 4}") for n in range(9)]
        working.send(aws, *good[:4], deployed(status="odd"), *good[4:])
    with working.working(aws) as parts:
        working.until(lambda: working.empty(aws))
    stored = [item for s in range(4) for item in working.attempts(aws, "mira-us-west-2", f"svc-{s}")]
    assert len(stored) == 9 * batches
    records = working.deliveries(aws).quarantined(limit=100)
    assert len(records) == batches
    assert {record.receives for record in records} == {1}
    assert all(record.reason.startswith("payload.status: must be one of") for record in records)
    assert {record.source for record in records} == {"github-actions"}
    assert all(json.loads(record.body)["payload"]["status"] == "odd" for record in records)
    assert working.queue_of(aws).depth().dead == batches
    assert parts.worker.counts["retried"] == 0


BOMB = base64.b64encode(gzip.compress(bytes(40 * 1024 * 1024))).decode()
DIRECT = [
    ("not json", "the body is not JSON"),
    ('"text"', "must be a JSON object"),
    ("[]", "must be a JSON object"),
    ('{"a": NaN}', "NaN"),
    ('{"source":"x","source":"y"}', "appears twice"),
    ("[" * 100_000, "nests deeper"),
    (json.dumps({"Type": "Notification", "TopicArn": "arn:aws:sns:x", "Message": "{}"}), "wrapped by SNS"),
    (json.dumps(saying.deployment(envelope_eventType="rollout")), "eventType: must be one of"),
    (json.dumps(saying.deployment(envelope_payload="x")), "payload: must be an object"),
    (json.dumps({"hello": "world"}), "source: is required"),
    (json.dumps(saying.deployment(envelope_receivedAt="yesterday")), "receivedAt: must be an ISO 8601"),
    (json.dumps(saying.deployment(envelope_schemaVersion=SCHEMA_VERSION + 1)), "schemaVersion: 2 is newer"),
    (json.dumps(saying.deployment(envelope_schemaVersion="1")), "schemaVersion: must be a whole number"),
    (json.dumps({"source": "x", "events": []}), "events: must be an array"),
    # what senders post to the webhook, put on the queue as it is: nobody checked whose it is
    (
        json.dumps({"action": "created", "deployment_status": {"state": "success"}, "repository": {}}),
        "source: is required",
    ),
    (
        json.dumps({"specversion": "1.0", "type": "dev.cdevents.service.deployed.0.3.0", "source": "x"}),
        "eventType: is",
    ),
    ('<testsuite tests="1"><testcase name="a"/></testsuite>', "the body is not JSON"),
    (json.dumps(saying.deployment(envelope_raw=5)), "raw: must be an object"),
    (
        json.dumps(saying.deployment(envelope_raw={"sender": "github", "body": "?"})),
        "raw.body: must be gzip in base64",
    ),
    (
        json.dumps(saying.deployment(envelope_raw={"sender": "github", "body": BOMB})),
        "raw.body: must be whole, and at most",
    ),
    (json.dumps(saying.deployment(envelope_raw={"sender": "github", "headers": {"a": 1}})), "raw.headers: must be"),
    (json.dumps(saying.deployment(envelope_via="x")), "via: must be an array of texts"),
    (json.dumps({"source": "x", "events": [saying.deployment(status="?")]}), "events.0.payload.status"),
]


def test_direct_messages_that_make_no_sense_are_quarantined_with_their_reason(aws: Aws):
    """C12, C13."""
    working.send(aws, *[text for text, _ in DIRECT])
    with working.working(aws):
        working.until(lambda: working.empty(aws))
    reasons = {record.body: record.reason for record in working.deliveries(aws).quarantined(limit=100)}
    for text, reason in DIRECT:
        assert reason in reasons[text]
    assert working.queue_of(aws).depth().dead == len(DIRECT)


def test_a_dead_letter_carries_its_body_and_its_reason(aws: Aws):
    working.send(aws, "not json")
    with working.working(aws):
        working.until(lambda: working.queue_of(aws).depth().dead == 1)
    (letter,) = working.dead_letters(aws)
    assert letter["Body"] == "not json"
    assert "not JSON" in letter["MessageAttributes"]["reason"]["StringValue"]


def test_a_newer_message_can_be_sent_again_after_the_upgrade(aws: Aws):
    """C13: what is quarantined is whole."""
    working.send(aws, deployed() | {"schemaVersion": SCHEMA_VERSION + 1})
    with working.working(aws):
        working.until(lambda: working.empty(aws))
        (record,) = working.deliveries(aws).quarantined()
        working.send(aws, json.loads(record.body) | {"schemaVersion": SCHEMA_VERSION})
        working.until(lambda: bool(working.attempts(aws, "mira-us-west-2", "authn")))


def test_a_message_older_than_the_retention_is_not_stored_and_not_dead(aws: Aws):
    working.send(aws, deployed(startedAt=ago(days=88), endedAt=...))
    with working.working(aws, retention_days=90):
        working.until(lambda: working.empty(aws))
    assert working.attempts(aws, "mira-us-west-2", "authn") == []
    assert working.deliveries(aws).quarantined() == []


def test_the_latest_event_of_each_source_is_noted(aws: Aws):
    working.send(aws, deployed(1), deployed(2, envelope_source="jenkins"))
    with working.working(aws):
        working.until(lambda: working.empty(aws))
    sources = working.deliveries(aws).sources()
    assert set(sources) == {"github-actions", "jenkins"}
    working.deliveries(aws).heard("jenkins", "2020-01-01T00:00:00.000Z")
    assert working.deliveries(aws).sources() == sources


def test_a_body_too_large_for_one_item_is_kept_in_pieces(aws: Aws):
    letters = random.Random(1)
    body = "".join(chr(letters.randrange(33, 127)) for _ in range(900_000))
    working.send(aws, body)
    with working.working(aws):
        working.until(lambda: working.empty(aws))
    (record,) = working.deliveries(aws).quarantined()
    assert record.body == body


def test_a_message_on_its_last_receive_leaves_no_record_when_it_is_stored(aws: Aws):
    working.send(aws, deployed())
    queue = working.queue_of(aws)
    for _ in range(MAX_RECEIVES - 1):
        (message,) = queue.receive()
        assert not queue.hide([message], 0)
    with working.working(aws):
        working.until(lambda: working.empty(aws))
    assert len(working.attempts(aws, "mira-us-west-2", "authn")) == 1
    assert working.deliveries(aws).quarantined() == []
