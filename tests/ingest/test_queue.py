"""SQS as it really answers: batches that fail in part, receipts that are too old."""

import time
from typing import Any

import pytest
from botocore.stub import Stubber

from data import aws as clients
from data.errors import Unavailable
from ingest.queue import Message, Queue
from tests.conftest import Aws
from tests.ingest import working


def messages(n: int) -> list[Message]:
    return [Message(f"m{i}", f"r{i}", "{}", "2026-02-24T12:00:00.000Z") for i in range(n)]


def failed(*places: int, code: str = "InternalError") -> dict[str, Any]:
    return {
        "Successful": [],
        "Failed": [{"Id": str(place), "SenderFault": False, "Code": code} for place in places],
    }


def deleting(*receipts: str) -> dict[str, Any]:
    entries = [{"Id": str(place), "ReceiptHandle": receipt} for place, receipt in enumerate(receipts)]
    return {"QueueUrl": "http://127.0.0.1:9/q", "Entries": entries}


@pytest.fixture
def stubbed():
    client = clients.sqs("http://127.0.0.1:9", "us-west-2", role="worker")
    with Stubber(client) as stubber:
        yield Queue(client, "http://127.0.0.1:9/q", "http://127.0.0.1:9/d"), stubber
        stubber.assert_no_pending_responses()
    client.close()


def test_a_batch_delete_that_fails_in_part_is_tried_again_for_that_part(stubbed):
    """C07."""
    queue, stubber = stubbed
    stubber.add_response("delete_message_batch", failed(3, 7))
    stubber.add_response("delete_message_batch", failed())
    stubber.add_response("delete_message_batch", failed(1), deleting("r3", "r7"))
    stubber.add_response("delete_message_batch", failed(), deleting("r7"))
    assert queue.delete(messages(12)) == []


def test_what_cannot_be_deleted_is_named_after_some_tries(stubbed):
    queue, stubber = stubbed
    for _ in range(4):
        stubber.add_response("delete_message_batch", failed(0))
    assert [message.id for message in queue.delete(messages(1))] == ["m0"]


def test_a_receipt_that_is_too_old_is_no_failure(stubbed):
    queue, stubber = stubbed
    stubber.add_response("delete_message_batch", failed(0, code="ReceiptHandleIsInvalid"))
    assert queue.delete(messages(1)) == []


def test_throttling_is_unavailable(stubbed):
    queue, stubber = stubbed
    stubber.add_client_error("send_message", "RequestThrottled", http_status_code=400)
    with pytest.raises(Unavailable):
        queue.send("{}")


def test_a_stale_receipt_deletes_nothing_and_raises_nothing(aws: Aws):
    """C09: the hold ran out, a second worker has the message; the first one's delete is harmless."""
    queue = working.queue_of(aws)
    queue.send("{}")
    (first,) = queue.receive()
    queue.hide([first], 0)
    (second,) = queue.receive()
    assert first.receipt != second.receipt
    assert second.receives == 2
    queue.delete([first])
    assert queue.delete([second]) == []
    assert working.empty(aws)


def test_a_hold_can_be_made_longer(aws: Aws):
    queue = working.queue_of(aws)
    queue.send("{}")
    (held,) = queue.receive()
    assert queue.hide([held], 1) == []
    assert queue.hide([held], 5) == []
    time.sleep(1.2)
    assert queue.receive() == []


def test_the_depth_counts_what_waits_what_is_held_and_what_is_dead(aws: Aws):
    queue = working.queue_of(aws)
    for _ in range(3):
        queue.send("{}")
    queue.receive()
    queue.set_aside(messages(1)[0], "because")
    depth = queue.depth()
    assert depth.waiting + depth.in_flight == 3
    assert depth.in_flight >= 1
    assert depth.dead == 1
