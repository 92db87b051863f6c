"""What became of each delivery: noted at no cost to anybody, read back newest first, counted exactly."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data import aws as clients
from data.cursors import Cursors
from data.errors import InvalidRequest
from data.instants import to_instant
from ingest import verdict_book
from ingest.envelope import normalize
from ingest.verdict_book import VerdictBook, Verdicts
from ingest.verdict_items import Counted
from ingest.verdicts import DeliveryVerdict, Noted
from tests.conftest import REGION, Aws
from tests.ingest import saying
from tests.proxy import Fault, Proxy, proxied

NOW = datetime(2026, 2, 24, 12, 30, tzinfo=UTC)
ACCEPTED, REJECTED, IGNORED = DeliveryVerdict.ACCEPTED, DeliveryVerdict.REJECTED, DeliveryVerdict.IGNORED


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verdicts(aws: Aws) -> Verdicts:
    return Verdicts(aws.dynamodb, aws.tables, Cursors(b"k" * 32))


@pytest.fixture
def proxy(aws: Aws) -> Iterator[Proxy]:
    with proxied(aws.endpoint) as between:
        yield between


def book_of(aws: Aws, clock: Clock, process: str = "web") -> VerdictBook:
    return VerdictBook(aws.dynamodb, aws.tables, clock, process)


def noted(number: int = 0, **changes: Any) -> Noted:
    plain = Noted(to_instant(NOW), "github", "github", ACCEPTED, delivery_id=f"d-{number}")
    return replace(plain, **changes)


def ids(found: Any) -> list[str | None]:
    return [one.delivery_id for one in found]


def test_a_note_comes_back_as_it_was_with_its_events(aws: Aws, clock: Clock, verdicts: Verdicts) -> None:
    events = tuple(
        event
        for body in (saying.deployment(envelope_eventId="d-1"), saying.test_result(), saying.promotion())
        for event in normalize(body, saying.RECEIVED, suites=saying.SUITES)
    )
    said = noted(
        1, reason="unmapped", detail="no rule", field="a.b", attempt_id="m:a:1:1", events=events, via=("rule 1",)
    )  # fmt: skip
    book = book_of(aws, clock)
    book.note(said)
    assert verdicts.recent(clock()).items == []
    assert book.flush()
    assert verdicts.recent(clock()).items == [said]


def test_deliveries_are_listed_last_judged_first_over_processes_and_days(
    aws: Aws, clock: Clock, verdicts: Verdicts
) -> None:
    web, worker = book_of(aws, clock), book_of(aws, clock, "worker")
    for number, book in enumerate((web, worker, web, worker)):
        book.note(noted(2 * number))
        book.note(noted(2 * number + 1))
        book.flush()
        clock.go_on(hours=11)
    assert ids(verdicts.recent(clock()).items) == [f"d-{n}" for n in (7, 6, 5, 4, 3, 2, 1, 0)]


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_paging_shows_each_delivery_once_while_others_come_in(
    aws: Aws, clock: Clock, verdicts: Verdicts, limit: int
) -> None:
    book = book_of(aws, clock)
    for number in range(45):
        book.note(noted(number))
        if number % 10 == 9:
            book.flush()
            clock.go_on(hours=9)
    book.flush()
    page, seen = verdicts.recent(clock(), limit), list[str | None]()
    while True:
        seen += ids(page.items)
        book.note(noted(1000 + len(seen)))
        book.flush()
        clock.go_on(seconds=1)
        if page.cursor is None:
            break
        page = verdicts.recent(clock(), limit, cursor=page.cursor)
    assert seen == [f"d-{number}" for number in reversed(range(45))]


def test_a_filter_shows_one_source_or_one_verdict(aws: Aws, clock: Clock, verdicts: Verdicts) -> None:
    book = book_of(aws, clock)
    for number in range(12):
        book.note(noted(number, source=f"s{number % 3}", verdict=ACCEPTED if number % 2 else IGNORED))
    book.flush()
    assert ids(verdicts.recent(clock(), source="s1").items) == ["d-10", "d-7", "d-4", "d-1"]
    assert ids(verdicts.recent(clock(), source="s1", verdict=IGNORED).items) == ["d-10", "d-4"]
    page = verdicts.recent(clock(), 2, source="s1")
    assert ids(verdicts.recent(clock(), 2, source="s1", cursor=page.cursor).items) == ["d-4", "d-1"]
    with pytest.raises(InvalidRequest):
        verdicts.recent(clock(), 2, source="s2", cursor=page.cursor)


def test_a_sparse_filter_reads_a_bounded_number_of_items_and_says_where_to_go_on(
    aws: Aws, clock: Clock, verdicts: Verdicts
) -> None:
    book = book_of(aws, clock)
    book.note(noted(0, source="rare"))
    for number in range(verdict_book.MOST_READS + 5):
        book.flush()
        clock.go_on(seconds=2)
        book.note(noted(1 + number))
    book.flush()
    page = verdicts.recent(clock(), source="rare")
    assert page.items == []
    assert page.cursor is not None
    assert ids(verdicts.recent(clock(), source="rare", cursor=page.cursor).items) == ["d-0"]


def test_counts_are_sums_over_processes_by_hour_and_reason(aws: Aws, clock: Clock, verdicts: Verdicts) -> None:
    web, worker = book_of(aws, clock), book_of(aws, clock, "worker")
    for _ in range(3):
        web.note(noted(verdict=IGNORED, reason="unmapped"))
        worker.note(noted())
        web.flush(), worker.flush()
    clock.go_on(hours=1)
    web.note(noted(source="gitlab"))
    web.flush()
    assert verdicts.counts(clock()) == [
        Counted("2026-02-24T12", "github", ACCEPTED, None, 3),
        Counted("2026-02-24T12", "github", IGNORED, "unmapped", 3),
        Counted("2026-02-24T13", "gitlab", ACCEPTED, None, 1),
    ]
    assert [one.source for one in verdicts.counts(clock(), hours=1)] == ["gitlab"]
    clock.go_on(hours=24)
    assert [one.source for one in verdicts.counts(clock())] == []


def test_a_clock_set_back_over_the_hour_loses_no_count(aws: Aws, clock: Clock, verdicts: Verdicts) -> None:
    book = book_of(aws, clock)
    for step in (timedelta(), timedelta(hours=1), timedelta(minutes=-50), timedelta(minutes=55)):
        clock.go_on(seconds=step.total_seconds())
        book.note(noted())
        book.flush()
    assert sum(one.count for one in verdicts.counts(clock())) == 4


def test_of_a_flood_of_strangers_a_few_are_listed_and_all_are_counted(
    aws: Aws, clock: Clock, verdicts: Verdicts
) -> None:
    book = book_of(aws, clock)
    for number in range(500):
        book.note(noted(number, source="unknown", verdict=REJECTED, reason="unauthorized"))
    book.note(noted(1000))
    book.flush()
    listed = verdicts.recent(clock(), 100).items
    assert len(listed) == verdict_book.MOST_REJECTED + 1
    assert {(one.verdict, one.reason, one.count) for one in verdicts.counts(clock())} == {
        (REJECTED, "unauthorized", 500), (ACCEPTED, None, 1),
    }  # fmt: skip


def test_many_sources_share_a_line_of_the_counts(aws: Aws, clock: Clock, verdicts: Verdicts) -> None:
    book = book_of(aws, clock)
    for number in range(700):
        book.note(noted(number, source=f"s{number}"))
    book.flush()
    counted = verdicts.counts(clock())
    assert sum(one.count for one in counted) == 700
    assert {one.source: one.count for one in counted}["(others)"] == 200


def test_what_senders_say_cannot_spoil_a_flush(aws: Aws, clock: Clock, verdicts: Verdicts) -> None:
    letters = random.Random(1)
    noise = "".join(chr(letters.randrange(33, 127)) for _ in range(2000))
    reasons = ["".join(chr(letters.randrange(0x4E00, 0x9FFF)) for _ in range(2000)) for _ in range(150)]
    said = [saying.deployment(attemptNumber=n, failureReason=reason) for n, reason in enumerate(reasons)]
    large = [event for body in said for event in normalize(body, saying.RECEIVED, suites=())]
    book = book_of(aws, clock)
    book.note(noted(0, source="\ud800", sender="", detail=noise * 10, delivery_id="\udfff", field="\x00"))
    book.note(noted(1, events=tuple(large)))
    book.note(noted(2, events=tuple(large[:20])))
    assert book.flush()
    found = {one.delivery_id: one for one in verdicts.recent(clock()).items}
    assert set(found) == {"?", "d-1", "d-2"}
    assert (found["?"].source, found["?"].sender, len(found["?"].detail or "")) == ("?", "unknown", 500)
    assert len(found["d-2"].events) == 20
    assert found["d-1"].events == ()  # too large for an item, and listed all the same


def test_while_the_table_is_away_notes_wait_and_are_written_once(
    aws: Aws, clock: Clock, verdicts: Verdicts, proxy: Proxy
) -> None:
    client = clients.dynamodb(proxy.endpoint, REGION)
    book = VerdictBook(client, aws.tables, clock, "web")
    proxy.fail("dynamodb", Fault.CUT_REPLY)  # it arrives, and we do not hear of it
    book.note(noted(0))
    assert not book.flush()
    clock.go_on(seconds=2)
    book.note(noted(1))
    proxy.heal()
    assert book.flush()
    assert ids(verdicts.recent(clock()).items) == ["d-1", "d-0"]
    assert [one.count for one in verdicts.counts(clock())] == [2]
    client.close()


def test_what_waits_is_bounded_and_what_is_dropped_is_said(
    aws: Aws, clock: Clock, verdicts: Verdicts, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    client = clients.dynamodb(proxy.endpoint, REGION)
    book = VerdictBook(client, aws.tables, clock, "web")
    for number in range(verdict_book.MOST_PENDING + 70):
        book.note(noted(number))
    proxy.fail("dynamodb", Fault.CUT)
    for number in range(3):
        assert not book.flush()
        for place in range(verdict_book.MOST_PENDING):
            book.note(noted(10_000 + number * 1000 + place))
    proxy.heal()
    assert book.flush()
    dropped = [vars(record)["count"] for record in caplog.records if record.message == "deliveries not listed"]
    listed, page = 0, verdicts.recent(clock(), 500)
    while True:
        listed += len(page.items)
        if page.cursor is None:
            break
        page = verdicts.recent(clock(), 500, cursor=page.cursor)
    assert listed == verdict_book.MOST_WAITING * 100
    assert listed + sum(dropped) == 4 * verdict_book.MOST_PENDING + 70
    assert sum(one.count for one in verdicts.counts(clock())) == 4 * verdict_book.MOST_PENDING + 70
    client.close()


def test_the_thread_writes_by_itself_and_the_end_writes_the_rest(
    aws: Aws, clock: Clock, verdicts: Verdicts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdict_book, "FLUSH_SECONDS", 0.05)
    book = book_of(aws, clock)
    book.start()
    book.note(noted(0))
    until = datetime.now(UTC) + timedelta(seconds=20)
    while not verdicts.recent(clock()).items:
        assert datetime.now(UTC) < until
    monkeypatch.setattr(verdict_book, "FLUSH_SECONDS", 60)
    book.note(noted(1))
    book.end()
    assert set(ids(verdicts.recent(clock()).items)) == {"d-0", "d-1"}
