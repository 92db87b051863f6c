"""What became of each delivery, written down by whoever judged it and read by the ingest page.

Noting is memory only and never fails; a thread writes it down every two seconds. Where the table is away notes
are kept up to a bound, then dropped with a line in the log: no request and no message ever waits for this.
"""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from data.aws import aws_errors, unavailable_if_away
from data.cursors import Cursors, Position, query_text
from data.errors import Unavailable
from data.instants import add, day_before, to_instant
from data.models import EVERYTHING, Day, Page
from data.tables import TableNames
from ingest import normalizers, verdict_items
from ingest.verdict_items import KEPT_DAYS, Counted, Item, Kind
from ingest.verdicts import DeliveryVerdict, Noted
from telemetry import measures
from telemetry.measuring import Bounded

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

log = logging.getLogger(__name__)

FLUSH_SECONDS = 2.0
MOST_PENDING = 1000  # deliveries, between two flushes
MOST_WAITING = 20  # items, while the table is away
MOST_REJECTED = 20  # listed of one flush: strangers can send many, and the counts stay exact
MOST_READS = 40  # of one request for a page
ITEMS_A_READ = 5
STREAM = "deliveries"
# Senders name their source themselves: of those let in some have a label of their own.
SOURCES = Bounded([sender.source or sender.name for sender in normalizers.SENDERS.values()], most_new=40)


class VerdictBook:
    """Notes deliveries. Thread-safe; `process` says who writes (`web`, `worker`)."""

    def __init__(
        self, client: "DynamoDBClient", tables: TableNames, clock: Callable[[], datetime], process: str
    ) -> None:
        self._client: Any = client
        self._table = tables.events
        self._clock = clock
        self._process = process
        self._writer = ""
        self._number = 0
        self._pending: list[Noted] = []
        self._waiting: list[Item] = []
        self._rejected = 0
        self._dropped = 0
        self._hour = ""
        self._counts: dict[str, dict[Kind, int]] = {}
        self._unwritten: set[str] = set()
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, noted: Noted) -> None:
        """Count the delivery, and list it where there is room."""
        noted = verdict_items.clean(noted)
        let_in = noted.verdict in (DeliveryVerdict.ACCEPTED, DeliveryVerdict.DUPLICATE)
        measures.DELIVERIES.add(SOURCES.label(noted.source, trusted=let_in), noted.verdict.value)
        with self._lock:
            self._count(noted)
            if noted.verdict is DeliveryVerdict.REJECTED:
                self._rejected += 1
                if self._rejected > MOST_REJECTED:
                    return
            if len(self._pending) < MOST_PENDING:
                self._pending.append(noted)
            else:
                self._dropped += 1

    def _count(self, noted: Noted) -> None:
        # A clock set back must not begin an hour anew: its counts replace what was written of it.
        self._hour = max(self._hour, to_instant(self._clock())[:13])
        counts = self._counts.setdefault(self._hour, {})
        kind = verdict_items.kind_of(noted)
        if kind not in counts and len(counts) >= verdict_items.MOST_KINDS:
            kind = (verdict_items.OTHERS, noted.verdict.value)
        counts[kind] = counts.get(kind, 0) + 1
        self._unwritten.add(self._hour)

    def start(self) -> None:
        """Write down what is noted every two seconds, in a thread; after a fork, in each process."""
        self._ended.clear()
        self._thread = threading.Thread(target=self._run, name="verdict-book", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop, and write down what is left."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._thread = None
        self.flush()

    def flush(self) -> bool:
        """Write down what is noted now; False where the table is away and it waits with us."""
        with self._flushing:
            self._pack()
            try:
                self._write_deliveries()
                self._write_counts()
            except Unavailable as error:
                log.warning("verdicts not written", extra={"items": len(self._waiting), "reason": str(error)[:300]})
                return False
            return True

    def _run(self) -> None:
        while not self._ended.wait(FLUSH_SECONDS):
            self.flush()

    def _pack(self) -> None:
        """Make items of what was noted; each keeps its key until it is written, so that no try lists it twice."""
        with self._lock:
            noted, dropped = self._pending, self._dropped
            self._pending, self._rejected, self._dropped = [], 0, 0
        items = verdict_items.deliveries_items(noted, to_instant(self._clock()), self._name(), self._number)
        self._number += len(items)
        room = max(0, MOST_WAITING - len(self._waiting))
        self._waiting += items[:room]
        dropped += sum(int(item["count"]["N"]) for item in items[room:])
        if dropped:
            log.warning("deliveries not listed", extra={"count": dropped})

    def _write_deliveries(self) -> None:
        while self._waiting:
            self._put(self._waiting[0])
            del self._waiting[0]

    def _write_counts(self) -> None:
        with self._lock:
            counts = {hour: dict(self._counts[hour]) for hour in self._unwritten}
            self._unwritten.clear()
        try:
            for hour, of_hour in counts.items():
                self._put(verdict_items.intake_item(hour, self._name(), of_hour))
        except Unavailable:
            with self._lock:
                self._unwritten |= set(counts)
            raise
        with self._lock:
            self._counts = {h: c for h, c in self._counts.items() if h == self._hour or h in self._unwritten}

    def _put(self, item: Item) -> None:
        """Unavailable where it may go later; what the table will never take is dropped with a word."""
        try:
            with aws_errors():
                self._client.put_item(TableName=self._table, Item=item)
        except self._client.exceptions.ClientError as error:
            log.error("verdicts refused by the table", extra={"reason": str(error)[:300]})

    def _name(self) -> str:
        """This process, told from every other that ever ran; found after the fork."""
        if not self._writer:
            self._writer = f"{self._process}-{socket.gethostname()[:40]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        return self._writer


class Verdicts:
    """Reads what the books of all processes hold. Unavailable where the table is away."""

    def __init__(self, client: "DynamoDBClient", tables: TableNames, cursors: Cursors) -> None:
        self._client: Any = client
        self._table = tables.events
        self._cursors = cursors

    def recent(
        self, now: datetime, limit: int = 50, source: str | None = None, verdict: DeliveryVerdict | None = None,
        cursor: str | None = None,
    ) -> Page[Noted]:  # fmt: skip
        """Deliveries of the last thirty days, the last judged first.

        A request reads a bounded number of items: where a filter is sparse the page is short and has a cursor.
        """
        query = query_text("deliveries", {"source": source, "verdict": verdict}, EVERYTHING)
        place = self._cursors.open(query, cursor).get(STREAM) if cursor else None
        found: list[Noted] = []
        reads = 0
        for position, noted in self._walk(to_instant(now)[:10], place):
            if noted is None:
                reads += 1
            elif source in (None, noted.source) and verdict in (None, noted.verdict) and len(found) < limit:
                found.append(noted)
                continue
            if len(found) == limit or reads == MOST_READS:
                return Page(found, self._cursors.seal(query, {STREAM: position}))
        return Page(found)

    def counts(self, now: datetime, hours: int = 24) -> list[Counted]:
        """How many deliveries of each source met each verdict in each of the last hours, this one included."""
        instant = to_instant(now)
        first = add(instant, -3600 * (hours - 1))[:13]
        days = _days(first[:10], instant[:10])
        items = [item for day in days for item in self._whole(verdict_items.intake_pk(day), first)]
        return verdict_items.counted_in(items)

    def _walk(self, today: Day, place: Position | None) -> Iterator[tuple[Position, Noted | None]]:
        """Each delivery with its own position, the last first; None for each item or empty day that was read."""
        day, at, skipped = _opened(place) if place else (today, "", 0)
        oldest = day_before(today, KEPT_DAYS)
        while day >= oldest:
            for item in self._newest_first(day, at):
                sk = item["sk"]["S"]
                noted = verdict_items.noted_in(item)[::-1]
                for number in range(skipped, len(noted)):
                    yield (day, f"{sk}#{number}"), noted[number]
                yield (day, f"{sk}#{len(noted)}"), None
                skipped = 0
            day, at = day_before(day, 1), ""
            yield (day, "#0"), None

    def _newest_first(self, day: Day, at: str) -> Iterator[Item]:
        """The items of a day from `at` on, back in time."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk" + (" AND sk <= :at" if at else ""),
            "ExpressionAttributeValues": {":pk": {"S": verdict_items.deliveries_pk(day)}},
            "ScanIndexForward": False,
            "Limit": ITEMS_A_READ,
        }
        if at:
            request["ExpressionAttributeValues"][":at"] = {"S": at}
        while True:
            with aws_errors():
                answer = self._client.query(**request)
            yield from answer["Items"]
            if not answer.get("LastEvaluatedKey"):
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    @unavailable_if_away
    def _whole(self, pk: str, first: str) -> list[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk >= :first",
            ExpressionAttributeValues={":pk": {"S": pk}, ":first": {"S": first}},
        )
        return [item for page in pages for item in page["Items"]]


def _opened(place: Position) -> tuple[Day, str, int]:
    """(day, sort key, how many deliveries of that item were shown)."""
    sk, _, number = place[1].rpartition("#")
    return place[0], sk, int(number)


def _days(first: Day, last: Day) -> list[Day]:
    days = [last]
    while days[-1] > first:
        days.append(day_before(days[-1], 1))
    return days
