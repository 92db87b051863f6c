"""Receiving ahead: enough for whole rounds, no more than can be stored soon, nothing while paused."""

import threading
import time

import pytest

from ingest.held import Held
from ingest.queue import Message, Queue
from ingest.receiving import LEAST_AHEAD, Intake
from tests.conftest import Aws
from tests.ingest import working


@pytest.fixture
def intake(aws: Aws):
    made = Intake(working.queue_of(aws), Held(), threads=3, poll_seconds=1)
    made.start()
    yield made
    made.end()
    assert made.settled()


def taken(intake: Intake, seconds: float) -> int:
    deadline, count = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        count += len(intake.take(0.1))
    return count


def test_a_message_on_a_shallow_queue_arrives_at_once(aws: Aws, intake: Intake):
    time.sleep(0.3)  # the poll is under way
    working.send(aws, "one")
    started = time.monotonic()
    messages = intake.take(5)
    assert [one.body for one in messages] == ["one"]
    assert time.monotonic() - started < 1.5


def test_a_deep_queue_fills_rounds(aws: Aws, intake: Intake):
    intake.pace(1000)
    working.send(aws, *[str(n) for n in range(60)])
    time.sleep(2)
    assert len(intake.take(1)) == 60


def test_no_more_is_fetched_than_a_few_seconds_work(aws: Aws, intake: Intake):
    intake.pace(1)
    working.send(aws, *[str(n) for n in range(120)])
    time.sleep(2)
    held = working.queue_of(aws).depth().in_flight
    assert LEAST_AHEAD <= held <= LEAST_AHEAD + 3 * 10, "each of the three receivers may be one batch over"
    assert len(intake.take(0)) == LEAST_AHEAD


def test_nothing_is_received_while_paused(aws: Aws, intake: Intake):
    intake.pause()
    time.sleep(1.2)  # the poll under way answers
    working.send(aws, "later")
    assert taken(intake, 2) == 0
    intake.resume()
    assert taken(intake, 3) == 1


def test_after_the_end_every_receive_has_answered(aws: Aws):
    intake = Intake(working.queue_of(aws), Held(), threads=2, poll_seconds=2)
    intake.start()
    time.sleep(0.3)
    intake.end()
    started = time.monotonic()
    assert intake.settled()
    assert time.monotonic() - started < 3.5
    assert not working.queue_of(aws).depth().in_flight


def test_a_receiver_that_ends_by_a_fault_is_noticed(aws: Aws, monkeypatch: pytest.MonkeyPatch):
    class Broken(Queue):
        def receive(self, wait_seconds: int = 0) -> list[Message]:
            raise ValueError("nobody foresaw this")

    failures: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", failures.append)
    intake = Intake(Broken(aws.sqs, aws.queue_url, aws.dlq_url), Held(), threads=1, poll_seconds=1)
    intake.start()
    working.until(lambda: not intake.alive())
    assert [str(failure.exc_value) for failure in failures] == ["nobody foresaw this"]
