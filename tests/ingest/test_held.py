"""Holding messages: a slow handler keeps them, a hung one loses them."""

import json
import threading
import time
from collections.abc import Sequence

import pytest

from data.catalog import CatalogStore
from data.events import AnyEvent
from ingest.held import LONGEST_SECONDS, Held, HoldKeeper, Ticks
from ingest.known import KnownCatalog
from ingest.outlets import Outlets
from ingest.queue import Message
from ingest.receiving import Intake
from ingest.storing import Storing
from ingest.verdict_book import VerdictBook
from ingest.worker import Worker
from tests.conftest import Aws
from tests.ingest import working
from tests.ingest.test_worker import deployed

VISIBILITY = 2


@pytest.fixture
def short(aws: Aws) -> Aws:
    """A queue that gives messages to others after two seconds."""
    aws.sqs.set_queue_attributes(QueueUrl=aws.queue_url, Attributes={"VisibilityTimeout": str(VISIBILITY)})
    return aws


class Slow:
    """Takes three times as long as a message stays hidden."""

    def __init__(self) -> None:
        self.calls = 0

    def apply(self, events: Sequence[AnyEvent], known: set[int] | None = None) -> list[Exception | None]:
        self.calls += 1
        time.sleep(3 * VISIBILITY)
        return [None] * len(events)


def test_a_slow_handler_keeps_its_message(short: Aws):
    """C08: one receive, one application."""
    queue, held, ticks, slow = working.queue_of(short), Held(), Ticks(), Slow()
    known = KnownCatalog(CatalogStore(short.dynamodb, short.tables))
    worker = Worker(
        queue, Storing(slow, known, 90), working.deliveries(short),
        held=held, intake=Intake(queue, held, 1, poll_seconds=1), ticks=ticks, outlets=Outlets(None, None),
        book=VerdictBook(short.dynamodb, short.tables, working.utc_now, "worker"),
        probe=lambda: None, clock=working.utc_now,
    )  # fmt: skip
    queue.send(json.dumps(deployed()))
    stop = threading.Event()
    thread = threading.Thread(target=worker.drain, args=(stop,))
    thread.start()
    working.until(lambda: slow.calls == 1)
    seen: list[Message] = []
    while thread.is_alive() and worker.counts["stored"] == 0:
        seen += queue.receive()
        time.sleep(0.2)
    stop.set()
    thread.join(10)
    assert seen == []
    assert (slow.calls, worker.counts["stored"]) == (1, 1)
    assert working.empty(short)


def test_a_hung_loop_loses_its_messages_to_others(short: Aws):
    """C08: redelivered once the ceiling is passed."""
    queue, held, ticks = working.queue_of(short), Held(), Ticks()
    keeper = HoldKeeper(queue, held, ticks, hung_seconds=1.0)
    queue.send("{}")
    held.add(queue.receive())
    keeper.extend()
    assert queue.receive() == []
    time.sleep(1.1)  # the loop does not come round
    keeper.extend()
    time.sleep(1.2)
    (again,) = queue.receive()
    assert again.receives == 2


def test_a_hold_that_sqs_would_end_anyway_is_not_extended():
    clock = [0.0]
    held = Held(monotonic=lambda: clock[0])
    held.add([Message("m", "r", "{}", "2026-02-24T12:00:00.000Z")])
    clock[0] = LONGEST_SECONDS - 1
    assert len(held.to_extend()) == 1
    clock[0] = LONGEST_SECONDS + 1
    assert held.to_extend() == []


def test_the_oldest_message_held_is_known():
    held = Held()
    assert held.oldest_sent_at() is None
    first = Message("1", "r1", "", "2026-02-24T12:00:00.000Z")
    held.add([Message("2", "r2", "", "2026-02-24T12:00:01.000Z"), first])
    assert held.oldest_sent_at() == first.sent_at
    held.drop([first])
    assert held.oldest_sent_at() == "2026-02-24T12:00:01.000Z"
