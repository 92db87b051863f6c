"""What a worker does with what it stored, before the messages go: archive, bus, and the verdict it notes."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data import aws as clients
from data.cursors import Cursors
from ingest import message
from ingest.archive import Archive
from ingest.envelope import normalize
from ingest.message import Delivery
from ingest.normalizers.contract import Ignored
from ingest.quarantine_records import State
from ingest.taking import Incoming
from ingest.verdict_book import Verdicts
from ingest.verdicts import DeliveryVerdict, Noted
from tests.conftest import REGION, Aws
from tests.ingest import archiving, processes, saying, working
from tests.ingest.test_worker import ago, deployed
from tests.proxy import Fault, Proxy, proxied


@pytest.fixture
def archive(aws: Aws) -> Iterator[Archive]:
    with archiving.archive_of(aws) as found:
        yield found


@pytest.fixture
def proxy(aws: Aws) -> Iterator[Proxy]:
    with proxied(aws.endpoint) as between:
        yield between


def webhook_message(body: dict[str, Any], raw: bytes | None = None, **changes: Any) -> str:
    """A message as the webhook puts it on the queue."""
    received = ago(seconds=1)
    events = tuple(normalize(body, received, suites=saying.SUITES))
    delivery = Delivery(events, events[0].source, received, **changes)
    headers = {"Content-Type": "application/json", "X-Webhook-Secret": "never-kept"}
    return message.dump(delivery, Incoming(raw or json.dumps(body).encode(), headers, None, {}), "envelope")


def noted(aws: Aws) -> list[Noted]:
    return list(Verdicts(aws.dynamodb, aws.tables, Cursors(b"k" * 32)).recent(datetime.now(UTC), 100).items)


def test_what_is_taken_is_archived_as_it_was_sent_and_nothing_else(aws: Aws, archive: Archive) -> None:
    body, late = deployed(1, note="Größe"), deployed(4, startedAt=ago(days=89), endedAt=...)
    raw = json.dumps(body, indent=2, ensure_ascii=False).encode()
    sent = [webhook_message(body, raw), webhook_message(deployed(2), b"\xff\xfe no text"), json.dumps(deployed(3))]
    too_late = [webhook_message(late, b"late", archive_only=True), json.dumps(late | {"source": "direct"})]
    working.send(aws, *sent, *too_late, "not json")
    with working.working(aws, archive_bucket=archive.bucket):
        working.until(lambda: working.empty(aws))
    found = {line.raw: line for line in archiving.lines(archive)}
    assert set(found) == {raw, b"\xff\xfe no text", sent[2].encode(), b"late", too_late[1].encode()}
    line = found[raw]
    assert (line.sender, line.source, line.headers) == (
        "envelope", "github-actions", {"Content-Type": "application/json"},
    )  # fmt: skip
    assert line.events[0]["payload"]["attemptId"] == "mira-us-west-2:authn:3.4.3:1"
    assert found[sent[2].encode()].sender == "queue"
    assert found[b"late"].too_late
    assert len(working.attempts(aws, "mira-us-west-2", "authn")) == 3
    # the door has noted what came too late for it; of the direct message nobody else knows
    ignored = [one for one in noted(aws) if one.verdict is DeliveryVerdict.IGNORED]
    assert [(one.source, one.reason) for one in ignored] == [("direct", Ignored.OLDER_THAN_RETENTION)]


def test_while_the_archive_is_away_messages_stay_and_afterwards_all_are_archived(
    aws: Aws, archive: Archive, proxy: Proxy
) -> None:
    """X01 for the archive: nothing to the dead-letter queue, nothing lost, no receive burnt by waiting."""
    proxy.fail("s3", Fault.CUT)
    places = {
        "aws_endpoint_url": proxy.endpoint,
        "queue_url": aws.queue_url.replace(aws.endpoint, proxy.endpoint),
        "dlq_url": aws.dlq_url.replace(aws.endpoint, proxy.endpoint),
    }
    with working.working(aws, archive_bucket=archive.bucket, **places) as parts:
        working.send(aws, *[deployed(n) for n in range(10)])
        working.until(lambda: parts.worker.away)
        working.send(aws, *[deployed(n) for n in range(10, 30)])
        time.sleep(1.5)
        depth = working.queue_of(aws).depth()
        assert depth.waiting + depth.in_flight == 30
        assert archiving.lines(archive) == []
        proxy.heal()
        working.until(lambda: working.empty(aws))
    assert len(archiving.lines(archive)) == 30
    assert len(working.attempts(aws, "mira-us-west-2", "authn")) == 30
    assert working.deliveries(aws).quarantined() == []
    assert {one.verdict for one in noted(aws)} == {DeliveryVerdict.ACCEPTED}


def test_a_worker_killed_between_archive_and_delete_loses_and_doubles_nothing(
    aws: Aws, archive: Archive, proxy: Proxy, tmp_path: Path
) -> None:
    aws.sqs.set_queue_attributes(QueueUrl=aws.queue_url, Attributes={"VisibilityTimeout": "2"})
    working.send(aws, *[webhook_message(deployed(n)) for n in range(5)])
    through = {
        "SQS_QUEUE_URL": aws.queue_url.replace(aws.endpoint, proxy.endpoint),
        "SQS_DLQ_URL": aws.dlq_url.replace(aws.endpoint, proxy.endpoint),
        "ARCHIVE_BUCKET": archive.bucket,
    }
    with processes.worker(aws, tmp_path / "worker.log", **through) as process:
        working.until(lambda: bool(process.lines))
        working.until(lambda: bool(_stuck(proxy, archive)))
        process.killed()
    proxy.heal()
    with working.working(aws, archive_bucket=archive.bucket):
        working.until(lambda: working.empty(aws))
    kept = archiving.lines(archive)
    assert len({line.message_id for line in kept}) == 5
    assert len(working.attempts(aws, "mira-us-west-2", "authn")) == 5
    assert {one.verdict for one in noted(aws)} <= {DeliveryVerdict.ACCEPTED}


def _stuck(proxy: Proxy, archive: Archive) -> bool:
    """The queue swallows every call from the first object on, so that nothing archived is deleted."""
    if archiving.lines(archive):
        proxy.fail("sqs", Fault.HOLE)
        return True
    return False


def test_each_delivery_is_noted_with_its_verdict(aws: Aws) -> None:
    body = deployed(1) | {"eventId": "d-1", "receivedAt": ago(minutes=2)}
    working.send(aws, body)
    with working.working(aws):
        working.until(lambda: working.empty(aws))
    working.send(aws, body | {"receivedAt": ago(minutes=1)}, deployed(2), deployed(status="odd"))
    with working.working(aws):
        working.until(lambda: working.empty(aws))
    found = {(one.verdict, one.reason, one.delivery_id) for one in noted(aws)}
    (record,) = working.deliveries(aws).quarantined()
    assert found == {
        (DeliveryVerdict.ACCEPTED, None, "d-1"),
        (DeliveryVerdict.DUPLICATE, None, "d-1"),
        (DeliveryVerdict.ACCEPTED, None, None),
        (DeliveryVerdict.QUARANTINED, "invalid", record.message_id),
    }
    assert record.state is State.OPEN
    assert not record.passing


def test_a_delivery_that_waited_for_a_missing_bucket_is_no_duplicate_of_itself(aws: Aws) -> None:
    """Its claims are there from the first try, and nobody else said them."""
    aws.sqs.set_queue_attributes(QueueUrl=aws.queue_url, Attributes={"VisibilityTimeout": "2"})
    working.send(aws, deployed(1), deployed(2))
    with working.working(aws, archive_bucket="nothing-is-here") as parts:
        working.until(lambda: parts.worker.away)
    assert working.deliveries(aws).quarantined() == []
    with working.working(aws):
        working.until(lambda: working.empty(aws))
    assert [one.verdict for one in noted(aws)] == [DeliveryVerdict.ACCEPTED] * 2


@pytest.fixture
def bus(aws: Aws) -> Iterator[str]:
    """A bus whose events arrive on the test's dead-letter queue."""
    client, name = clients.events(aws.endpoint, REGION), f"bus-{aws.tables.events}"
    client.create_event_bus(Name=name)
    arn = aws.sqs.get_queue_attributes(QueueUrl=aws.dlq_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    client.put_rule(Name=name, EventBusName=name, EventPattern='{"source":["deploy-dashboard"]}')
    client.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "1", "Arn": arn}])
    yield name
    client.remove_targets(Rule=name, EventBusName=name, Ids=["1"])
    client.delete_rule(Name=name, EventBusName=name)
    client.delete_event_bus(Name=name)
    client.close()


def test_every_new_event_reaches_the_bus_and_a_repeated_one_does_not(aws: Aws, bus: str) -> None:
    bodies = [deployed(n) | {"receivedAt": ago(minutes=2)} for n in range(3)]
    working.send(aws, *bodies)
    with working.working(aws, event_bus=bus) as parts:
        working.until(lambda: working.empty(aws))
        working.send(aws, bodies[0] | {"receivedAt": ago(minutes=1)})
        working.until(lambda: working.empty(aws))
        parts.pulse.beat()
        (beat,) = working.deliveries(aws).heartbeats(ago(seconds=0))
    assert (beat.said["archive"], beat.said["bus"]) == (None, bus)
    published = [json.loads(letter["Body"]) for letter in working.dead_letters(aws)]
    assert {one["detail-type"] for one in published} == {"deployment"}
    attempts = sorted(one["detail"]["payload"]["attemptId"] for one in published)
    assert attempts == [f"mira-us-west-2:authn:3.4.3:{n}" for n in range(3)]
    assert all(one["detail"]["eventId"] and one["detail"]["source"] == "github-actions" for one in published)
