"""The intake's status: what is known, and why something is not."""

import pytest

from ingest.deliveries import Heartbeat
from ingest.desk import STATUS_SECONDS, Kept
from ingest.intake_status import oldest_age, source_states, worker_state
from ingest.queue import Depth
from ingest.verdict_items import Counted
from ingest.verdicts import DeliveryVerdict
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
    assert worker_state(beat(at, tick_at), NOW).alive is alive


def test_the_answer_is_kept_for_a_second():
    clock = [100.0]
    board: Kept[dict[str, int]] = Kept(STATUS_SECONDS, monotonic=lambda: clock[0])
    assert board.answer(lambda: {"n": 1}) == {"n": 1}
    clock[0] += STATUS_SECONDS / 2
    assert board.answer(lambda: {"n": 2}) == {"n": 1}
    clock[0] += STATUS_SECONDS
    assert board.answer(lambda: {"n": 3}) == {"n": 3}


def test_heartbeats_older_than_a_day_are_not_shown(aws: Aws):
    records = working.deliveries(aws)
    records.beat(beat("2026-02-23T11:00:00.000Z", "2026-02-23T11:00:00.000Z"))
    assert records.heartbeats(NOW) == []
    records.beat(beat(held=3))
    assert [one.said for one in records.heartbeats(NOW)] == [{"held": 3}]


def counted(source: str, hour: str, verdict: str = "accepted", reason: str | None = None, count: int = 1) -> Counted:
    return Counted(f"2026-02-{hour}", source, DeliveryVerdict(verdict), reason, count)


def test_a_source_has_its_deliveries_by_hour_and_by_verdict():
    [one] = source_states({"github": "2026-02-24T11:59:00.000Z"}, [
        counted("github", "23T12", count=9),  # the 25th hour back
        counted("github", "23T13"), counted("github", "24T12", count=3),
        counted("github", "24T12", "ignored", "ping"),
        counted("github", "24T11", "ignored", "unmapped", 4),
    ], NOW)  # fmt: skip
    assert one.silence_sec == 60.0
    assert one.hours is not None and len(one.hours) == 24
    assert (one.hours[0], one.hours[-2:], one.this_hour, one.last_day) == (1, (4, 4), 4, 9)
    assert (one.count("accepted"), one.count("rejected")) == (4, 0)
    assert one.reasons("ignored") == [("unmapped", 4), ("ping", 1)]


def test_a_source_that_was_only_refused_is_there_and_was_never_heard_from():
    [one] = source_states({}, [counted("unknown", "24T12", "rejected", "unauthorized", 7)], NOW)
    assert (one.source, one.last_event_at, one.silence_sec, one.count("rejected")) == ("unknown", None, None, 7)


def test_without_counts_a_source_says_nothing_of_them():
    [one] = source_states({"github": NOW}, None, NOW)
    assert (one.hours, one.last_day, one.count("accepted")) == (None, None, None)
