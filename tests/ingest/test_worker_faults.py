"""The worker when DynamoDB or the queue is away: it waits, burns no receives, loses nothing."""

import time
from collections.abc import Iterator, Sequence

import pytest

import ingest.worker
import ingest_worker
from data.cursors import Cursors
from data.errors import Conflict
from data.events import AnyEvent
from ingest.verdict_book import Verdicts
from ingest.verdicts import DeliveryVerdict
from tests.conftest import Aws
from tests.ingest import working
from tests.ingest.test_worker import deployed
from tests.proxy import Fault, Proxy, proxied

QUARANTINED = DeliveryVerdict.QUARANTINED


@pytest.fixture
def proxy(aws: Aws) -> Iterator[Proxy]:
    with proxied(aws.endpoint) as between:
        yield between


def through(proxy: Proxy, aws: Aws) -> dict[str, str]:
    """Settings that lead through the proxy."""
    return {
        "aws_endpoint_url": proxy.endpoint,
        "queue_url": aws.queue_url.replace(aws.endpoint, proxy.endpoint),
        "dlq_url": aws.dlq_url.replace(aws.endpoint, proxy.endpoint),
    }


def test_while_dynamodb_is_away_messages_wait_and_afterwards_all_are_stored(aws: Aws, proxy: Proxy):
    """X01, C10 in small: nothing to the DLQ, nothing lost, recovery within a minute."""
    proxy.fail("dynamodb", Fault.CUT)
    bodies = [deployed(n, serviceId=f"svc-{n % 3}") for n in range(60)]
    with working.working(aws, **through(proxy, aws)) as parts:
        working.send(aws, *bodies[:20])
        working.until(lambda: parts.worker.away, seconds=60)
        working.send(aws, *bodies[20:])
        time.sleep(3)
        depth = working.queue_of(aws).depth()
        assert depth.waiting >= 30, "it went on receiving, beyond the poll under way, what it could not store"
        assert depth.waiting + depth.in_flight == 60
        healed = time.monotonic()
        proxy.heal()
        working.until(lambda: working.empty(aws), seconds=60)
        assert time.monotonic() - healed < 60
    stored = [item for s in range(3) for item in working.attempts(aws, "mira-us-west-2", f"svc-{s}")]
    assert len(stored) == 60
    assert working.deliveries(aws).quarantined() == []
    assert working.queue_of(aws).depth().dead == 0


def test_a_queue_that_comes_back_is_drained_again(aws: Aws, proxy: Proxy):
    """A poll that is cut may have been given the message: it is seen again when its visibility ends."""
    aws.sqs.set_queue_attributes(QueueUrl=aws.queue_url, Attributes={"VisibilityTimeout": "3"})
    with working.working(aws, **through(proxy, aws)):
        proxy.fail("sqs", Fault.CUT)
        working.send(aws, deployed())
        time.sleep(2)
        assert working.attempts(aws, "mira-us-west-2", "authn") == []
        proxy.heal()
        working.until(lambda: working.empty(aws))
    assert len(working.attempts(aws, "mira-us-west-2", "authn")) == 1


def test_a_delete_that_did_not_arrive_leaves_one_effect(aws: Aws, proxy: Proxy):
    """I3: stored, not deleted, delivered again: the second time changes nothing."""
    aws.sqs.set_queue_attributes(QueueUrl=aws.queue_url, Attributes={"VisibilityTimeout": "3"})
    working.send(aws, deployed())
    with working.working(aws, **through(proxy, aws)) as parts:
        working.until(lambda: bool(working.attempts(aws, "mira-us-west-2", "authn")))
        proxy.fail("sqs", Fault.CUT)
        time.sleep(1)
        proxy.heal()
        working.until(lambda: working.empty(aws))
    assert parts.worker.counts["stored"] >= 1
    (attempt,) = working.attempts(aws, "mira-us-west-2", "authn")
    assert len(working.claims(aws, attempt["attemptId"]["S"])) == 1


class Refusing:
    """Storing that meets somebody faster each time."""

    def apply(self, events: Sequence[AnyEvent], known: set[int] | None = None) -> list[Exception | None]:
        return [Conflict("kept changing under us") for _ in events]


def test_what_fails_too_often_for_a_passing_reason_is_set_aside_for_the_daily_job(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.worker, "MOST_TRIES", 2)
    monkeypatch.setattr(ingest.worker, "FIRST_BACKOFF", 0.05)
    monkeypatch.setattr(ingest_worker, "Applier", lambda *_parts, **_named: Refusing())
    working.send(aws, deployed())
    with working.working(aws):
        working.until(lambda: working.empty(aws))
    (record,) = working.deliveries(aws).quarantined()
    assert record.reason == "given up after 2 tries: kept changing under us"
    assert (record.passing, record.final, record.receives) == (True, True, 1)
    (noted,) = Verdicts(aws.dynamodb, aws.tables, Cursors(b"k" * 32)).recent(working.utc_now()).items
    assert (noted.verdict, noted.reason, noted.delivery_id) == (QUARANTINED, "given_up", record.message_id)
