"""Requests that share a batch: each hears its own outcome, and only once the queue has its message."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.errors import Unavailable
from ingest.queue import Queue
from ingest.sending import BATCH, BATCH_BYTES, Outbox, Refusal
from tests.conftest import Aws
from tests.ingest import working


class Line:
    """A queue whose calls wait until they are let go, and answer as told."""

    def __init__(self, answer: Callable[[str], Refusal | None] = lambda body: None) -> None:
        self.calls: list[list[str]] = []
        self.answer = answer
        self.gate = threading.Event()
        self.begun = threading.Semaphore(0)

    def send_ten(self, bodies: Sequence[str]) -> list[Refusal | None]:
        self.calls.append(list(bodies))
        self.begun.release()
        assert self.gate.wait(10)
        return [self.answer(body) for body in bodies]


def outcomes(outbox: Outbox, line: Line, bodies: Sequence[str]) -> list[Exception | None]:
    """What each of these requests hears, where all wait for the first one's call."""

    def send(body: str) -> Exception | None:
        try:
            outbox.send(body)
        except Exception as error:
            return error
        return None

    with ThreadPoolExecutor(len(bodies)) as pool:
        first = pool.submit(send, bodies[0])
        assert line.begun.acquire(timeout=5)
        others = [pool.submit(send, body) for body in bodies[1:]]
        deadline = time.monotonic() + 5
        while len(outbox._waiting) < len(others) and time.monotonic() < deadline:
            time.sleep(0.002)
        line.gate.set()
        return [first.result(10), *[one.result(10) for one in others]]


def test_whoever_waits_shares_the_next_batch_and_a_lone_one_waits_for_nobody():
    line = Line()
    assert outcomes(Outbox(line.send_ten, leaders=1), line, [str(n) for n in range(25)]) == [None] * 25
    assert [len(call) for call in line.calls] == [1, BATCH, BATCH, 4]
    assert sorted(body for call in line.calls for body in call) == sorted(str(n) for n in range(25))


def test_a_batch_stays_below_what_the_queue_takes_in_one_call():
    line = Line()
    bodies = ["first", *["x" * 400_000] * 5]
    assert outcomes(Outbox(line.send_ten, leaders=1), line, bodies) == [None] * 6
    assert [len(call) for call in line.calls] == [1, 2, 2, 1]
    assert all(sum(map(len, call)) <= BATCH_BYTES for call in line.calls)


def test_one_refused_entry_fails_its_own_request_alone():
    line = Line(lambda body: Refusal("InvalidMessageContents") if body == "3" else None)
    heard = outcomes(Outbox(line.send_ten, leaders=1), line, [str(n) for n in range(6)])
    assert [place for place, error in enumerate(heard) if error] == [3]
    assert isinstance(heard[3], Unavailable)
    assert sum(call.count("3") for call in line.calls) == 1


def test_what_was_throttled_is_tried_once_more_and_what_arrived_is_not():
    throttled = {"2": 1, "4": 2}

    def answer(body: str) -> Refusal | None:
        left = throttled.get(body, 0)
        throttled[body] = left - 1
        return Refusal("RequestThrottled", passing=True) if left > 0 else None

    line = Line(answer)
    heard = outcomes(Outbox(line.send_ten, leaders=1, sleep=lambda seconds: None), line, [str(n) for n in range(6)])
    assert [place for place, error in enumerate(heard) if error] == [4]
    sent = [body for call in line.calls for body in call]
    assert {body: sent.count(body) for body in sorted(set(sent))} == {"0": 1, "1": 1, "2": 2, "3": 1, "4": 2, "5": 1}


def test_a_call_refused_as_a_whole_is_repeated_one_by_one_so_that_only_the_guilty_fails():
    line = Line()

    def send_ten(bodies: Sequence[str]) -> list[Refusal | None]:
        answers = line.send_ten(bodies)
        return [Refusal("BatchRequestTooLong", whole=True)] * len(bodies) if "2" in bodies else answers

    heard = outcomes(Outbox(send_ten, leaders=1), line, [str(n) for n in range(5)])
    assert [place for place, error in enumerate(heard) if error] == [2]


def test_nobody_hears_of_success_when_the_queue_is_away_or_our_own_code_fails():
    for failure in (Unavailable("away"), ZeroDivisionError()):

        def fail(body: str, failure: Exception = failure) -> None:
            raise failure

        line = Line(fail)
        heard = outcomes(Outbox(line.send_ten, leaders=1), line, [str(n) for n in range(5)])
        assert all(isinstance(error, Unavailable | ZeroDivisionError) for error in heard)
        assert line.calls


def test_who_waits_for_a_queue_that_does_not_answer_is_not_made_to_wait_again():
    """W12: all hear of it when the first call gives up, not one call after the other."""
    clock = iter([0.0, 3.0])

    def away(body: str) -> None:
        raise Unavailable("away")

    line = Line(away)
    outbox = Outbox(line.send_ten, leaders=1, monotonic=lambda: next(clock))
    heard = outcomes(outbox, line, [str(n) for n in range(8)])
    assert all(isinstance(error, Unavailable) for error in heard)
    assert line.calls == [["0"]]


def test_a_request_waits_no_longer_than_its_patience_and_then_sends_nothing_behind_its_back():
    line = Line()
    outbox = Outbox(line.send_ten, leaders=1, patience=0.05)
    first = threading.Thread(target=outbox.send, args=("0",))
    first.start()
    assert line.begun.acquire(timeout=5)
    with pytest.raises(Unavailable):
        outbox.send("1")
    line.gate.set()
    first.join(5)
    assert line.calls == [["0"]]


def test_after_a_failure_the_next_request_leads_again():
    answers = iter([Unavailable("away"), None])

    def sometimes(bodies: Sequence[str]) -> list[Refusal | None]:
        if (failure := next(answers)) is not None:
            raise failure
        return [None] * len(bodies)

    outbox = Outbox(sometimes, leaders=1)
    with pytest.raises(Unavailable):
        outbox.send("0")
    outbox.send("1")


def test_many_threads_and_a_queue_that_fails_at_random_never_disagree():
    """What is answered as sent is on the queue exactly once, and nothing waits for ever."""
    taken: list[str] = []

    def send_ten(bodies: Sequence[str]) -> list[Refusal | None]:
        time.sleep(0.0005)
        kinds = [hash(body) % 5 for body in bodies]
        if kinds[0] == 4 and len(bodies) % 2:
            raise Unavailable("away")
        taken.extend(body for body, kind in zip(bodies, kinds, strict=True) if kind)
        return [None if kind else Refusal("no") for kind in kinds]

    outbox = Outbox(send_ten)
    good: list[str] = []

    def work(number: int) -> None:
        for n in range(60):
            body = f"{number}-{n}"
            try:
                outbox.send(body)
            except Unavailable:
                continue
            good.append(body)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    assert sorted(good) == sorted(taken)
    assert 0 < len(good) < 16 * 60
    assert (outbox._leading, len(outbox._waiting)) == (0, 0)


def test_the_queue_says_of_each_entry_whether_it_has_it(aws: Aws):
    queue: Queue = working.queue_of(aws)
    assert queue.send_ten(["one", "two"]) == [None, None]
    (refusal,) = queue.send_ten(["\x01"])  # a character no queue takes
    assert refusal is not None and not refusal.passing
    found = [message.body for message in queue.receive() + queue.receive()]
    assert sorted(found) == ["one", "two"]
