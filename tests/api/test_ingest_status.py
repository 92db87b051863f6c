"""The intake's status: what is known, and why something is not."""

import pytest

from api.ingest_status import KEPT_SECONDS, StatusBoard, oldest_age, worker_part
from ingest.deliveries import Heartbeat
from ingest.queue import Depth
from tests.conftest import Aws
from tests.ingest import working

NOW = "2026-02-24T12:00:00.000Z"


def beat(at: str = NOW, tick_at: str = NOW, **said: object) -> Heartbeat:
    return Heartbeat("host-1", at, tick_at, said)


@pytest.mark.parametrize(
    ("depth", "beats", "age", "reason"),
    [
        (None, [], None, "queue_away"),
        (Depth(0, 0, 3), [], None, "queue_empty"),
        (Depth(5, 0, 0), [], None, "no_worker_holds_a_message"),
        (Depth(5, 0, 0), None, None, "no_worker_holds_a_message"),
        (Depth(5, 5, 0), [beat(oldestSentAt=None)], None, "no_worker_holds_a_message"),
        (Depth(5, 5, 0), [beat(oldestSentAt="2026-02-24T11:59:00.000Z")], 60.0, None),
        (Depth(5, 5, 0), [beat(tick_at="2026-02-24T11:00:00.000Z", oldestSentAt="2026-02-24T11:59:00.000Z")],
         None, "no_worker_holds_a_message"),
    ],
)  # fmt: skip
def test_the_oldest_age_is_known_or_says_why_not(depth, beats, age, reason):
    assert oldest_age(depth, beats, NOW) == (age, reason)


@pytest.mark.parametrize(
    ("at", "tick_at", "alive"),
    [
        (NOW, NOW, True),
        ("2026-02-24T11:59:29.000Z", "2026-02-24T11:59:29.000Z", False),
        (NOW, "2026-02-24T11:59:00.000Z", False),
    ],
    ids=["fresh", "silent", "beats, but its loop hangs"],
)
def test_a_worker_is_alive_when_its_loop_comes_round(at, tick_at, alive):
    assert worker_part(beat(at, tick_at), NOW)["alive"] is alive


def test_the_answer_is_kept_for_a_second(aws: Aws):
    clock = [100.0]
    board = StatusBoard(working.deliveries(aws), monotonic=lambda: clock[0])
    assert board.answer(lambda: {"n": 1}) == {"n": 1}
    clock[0] += KEPT_SECONDS / 2
    assert board.answer(lambda: {"n": 2}) == {"n": 1}
    clock[0] += KEPT_SECONDS
    assert board.answer(lambda: {"n": 3}) == {"n": 3}


def test_heartbeats_older_than_a_day_are_not_shown(aws: Aws):
    records = working.deliveries(aws)
    records.beat(beat("2026-02-23T11:00:00.000Z", "2026-02-23T11:00:00.000Z"))
    assert records.heartbeats(NOW) == []
    records.beat(beat(held=3))
    assert [one.said for one in records.heartbeats(NOW)] == [{"held": 3}]
