"""Deliveries that do not come through the queue, brought into the tables by the queue's own code.

`python -m ingest.replay --from … --to … [--source …] [--dry-run]`: the archive. `--demo [--days N] [--gap]`: the
demo's past. Into empty tables all is written in batches, the days that are closed too; otherwise it is applied in
order, the way the worker does it, and for the demo only what was missed since the last run (`--gap`).
"""

import argparse
import gc
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from data import aws
from data.apply import Applier
from data.bulk import bulk_apply
from data.catalog import CatalogStore
from data.catalog_models import Catalog
from data.dynamo import Dynamo
from data.errors import DashboardError, InvalidRequest
from data.events import AnyEvent
from data.instants import to_instant
from data.models import Instant
from data.tables import TableNames
from ingest.archive import Archive
from ingest.archived import Archived, Span
from ingest.deliveries import Deliveries
from ingest.envelope import normalize, older_than_retention
from ingest.known import KnownCatalog
from ingest.origins import Received

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from settings import Settings

BATCH = 200
DEMO_DAYS = 80
OTHER_FACTS = ("INCIDENT", "BUILD#", "RETIREMENT#")  # partitions of dashboard-events that hold facts
SPARED_DAYS = 10  # a demo ends this much inside the retention

Say = Callable[[str], None]


@contextmanager
def _nothing_is_garbage() -> Iterator[None]:
    """What is read is kept until it is written: looking for garbage in it would cost a tenth of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def normalised(received: Iterable[Received], suites: Collection[str]) -> Iterator[AnyEvent]:
    """The events of these deliveries, as the webhook would have made them."""
    for place, (received_at, body) in enumerate(received, 1):
        try:
            yield from normalize(body, received_at, suites=suites)
        except InvalidRequest as error:
            raise InvalidRequest(f"delivery {place:,} of {received_at}: {error}") from error


class Replay:
    """Brings deliveries into one set of tables; `say` gets lines for people."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: TableNames,
        retention_days: int,
        say: Say,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._tables = tables
        self._retention_days = retention_days
        self._say = say
        self._clock = clock
        self._said = 0
        self._catalog = KnownCatalog(CatalogStore(client, tables, clock))

    @property
    def catalog(self) -> Catalog:
        """The catalog as it is now."""
        return self._catalog.current()

    def bulk(self, received: Iterable[Received]) -> int:
        """Write everything in batches, into tables that hold nothing of it yet; how many events there were."""
        with _nothing_is_garbage():
            return self._write(self._events(received), sealed=False)

    def whole(self, read: Callable[[], Iterable[list[AnyEvent]]]) -> int:
        """Write all there ever was, closed days included, into tables that hold nothing; how many events."""
        with _nothing_is_garbage():
            events = [event for some in read() for event in some]
            self._catalog.register(events)
            return self._write(events, sealed=True)

    def _write(self, events: list[AnyEvent], *, sealed: bool) -> int:
        catalog, now, days = self._catalog.current(), to_instant(self._clock()), self._retention_days
        count = bulk_apply(self._client, self._tables, catalog, events, days, now, self._progress, sealed=sealed)
        self._hear(events)
        return count

    def again(self, groups: Iterable[list[AnyEvent]]) -> int:
        """Apply events as the worker does, but those of days that are closed by now; how many."""
        applied = 0
        with closing(self._applier()) as applier:
            for group in groups:
                due = [event for event in group if not self._closed(event)]
                for start in range(0, len(due), BATCH):
                    self._apply(applier, due[start : start + BATCH])
                applied += len(due)
        return applied

    def holds_nothing(self) -> bool:
        """Whether no fact is in the tables yet."""
        names = self._tables
        facts = (names.attempts, names.test_runs, names.promotions, names.read_model)
        dynamo = Dynamo(self._client)
        if any(next(iter(dynamo.scan(table)), None) for table in facts):
            return False
        return not any(item["pk"]["S"].startswith(OTHER_FACTS) for item in dynamo.scan(names.events))

    def _closed(self, event: AnyEvent) -> bool:
        return older_than_retention(replace(event, received_at=to_instant(self._clock())), self._retention_days)

    def _applier(self) -> Applier:
        return Applier(self._client, self._tables, self._catalog.current, self._retention_days, self._clock)

    def _apply(self, applier: Applier, events: Sequence[AnyEvent]) -> None:
        self._catalog.register(events)
        failed = next((error for error in applier.apply(events) if error is not None), None)
        if failed is not None:
            raise failed
        self._hear(events)

    def in_order(self, received: Sequence[Received], done: Callable[[int], None]) -> int:
        """Apply as the worker does; `done(n)` each time so many deliveries are completely stored."""
        rest, stored = iter(received), 0
        with closing(self._applier()) as applier:
            while batch := list(islice(rest, BATCH)):
                self._apply(applier, self._events(batch))
                stored += len(batch)
                done(stored)
                self._progress(stored, len(received))
        return stored

    def _events(self, received: Iterable[Received]) -> list[AnyEvent]:
        """Their events, with every cluster and service they name entered in the catalog."""
        events = list(normalised(received, self._catalog.current().suites))
        self._catalog.register(events)
        return events

    def _hear(self, events: Iterable[AnyEvent]) -> None:
        last: dict[str, Instant] = {}
        for event in events:
            last[event.source] = max(last.get(event.source, ""), event.received_at)
        deliveries = Deliveries(self._client, self._tables)
        for source, received_at in last.items():
            deliveries.heard(source, received_at)

    def _progress(self, done: int, total: int) -> None:
        """A line every tenth of the way."""
        if done < self._said:
            self._said = 0  # another stretch begins
        if done == total or done - self._said >= total / 10:
            self._said = done
            self._say(f"{done:,} of {total:,} events")


def replay_archive(
    replay: Replay, read: Callable[[Catalog], Archived], *, dry_run: bool, say: Say
) -> int:  # fmt: skip
    """Everything the archive holds of a span; 0 when done, 1 where something in it could not be read."""
    archived = read(replay.catalog)
    if dry_run:
        count = sum(len(events) for events in archived.days())
    elif replay.holds_nothing():
        say("The tables are empty: writing in batches, closed days included.")
        count = replay.whole(archived.days)
    else:
        say("The tables hold facts: applying in order, closed days are left as they are.")
        count = replay.again(archived.days())
    for line in archived.tally.lines():
        say(line)
    say(f"{count:,} events {'would be' if dry_run else 'are'} in.")
    return 1 if archived.tally.problems else 0


def replay_demo(
    client: "DynamoDBClient", settings: "Settings", now: datetime, *, days: int, gap: bool, say: Say
) -> int:
    """The demo's past up to `now`: all of it into empty tables, else with `gap` what is missing; 0 when done."""
    from demo import past
    from demo.mark import Import, Marks

    marks = Marks(client, settings.tables)
    replay = Replay(client, settings.tables, settings.retention_days, say)
    told = marks.told_until()
    if told is not None and not gap:
        say("The demo's past is already in: --gap adds what was missed since.")
        return 2
    if told is None:
        fitting = max(1, min(days, settings.retention_days - SPARED_DAYS))
        begun = marks.begin_import(Import(now, fitting))
        say(f"Telling the demo's past of {begun.days} days …")
        count = replay.bulk(past.events(begun.now, begun.days))
        marks.move(begun.now)
        say(f"{count:,} events are in.")
        told = begun.now
    _fill_gap(replay, marks.move, max(told, now - timedelta(days=days)), now, say)
    return 0


def _fill_gap(replay: Replay, move: Callable[[datetime], None], since: datetime, now: datetime, say: Say) -> None:
    from demo import past

    missed = past.between(since, now)
    if missed:
        say(f"Adding {len(missed):,} events since {since:%Y-%m-%d %H:%M} UTC …")
    # The mark stands before the last second of what is stored: more of that second may be in the next batch.
    replay.in_order(
        [one.received for one in missed],
        lambda n: move(datetime.fromtimestamp(missed[n - 1].at - 1, UTC)),
    )
    move(now)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 when everything is stored, 1 when something failed on the way, 2 when the input is wrong."""
    from settings import Settings, SettingsError

    parser = _parser()
    chosen = parser.parse_args(arguments)
    if not 1 <= chosen.days <= 3650:
        parser.error("--days must be from 1 to 3650")
    if chosen.demo == bool(chosen.first or chosen.until):
        parser.error("give either --demo, or --from and --to")
    try:
        settings = Settings.from_env()
        span = None if chosen.demo else Span.parse(chosen.first or "", chosen.until or "")
        bucket = None if chosen.demo else settings.required_archive_bucket()
    except (SettingsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    client = aws.dynamodb(settings.aws_endpoint_url, settings.aws_region, role="bulk")
    try:
        if span is None or bucket is None:
            return replay_demo(client, settings, datetime.now(UTC), days=chosen.days, gap=chosen.gap, say=_print)
        archive = Archive(aws.s3(settings.aws_endpoint_url, settings.aws_region), bucket)
        replay = Replay(client, settings.tables, settings.retention_days, _print)

        def read(catalog: Catalog) -> Archived:
            return Archived(
                archive, catalog, settings.retention_days, span, source=chosen.source, late=chosen.late,
                say=_print, complain=lambda line: print(line, file=sys.stderr, flush=True),
            )  # fmt: skip

        return replay_archive(replay, read, dry_run=chosen.dry_run, say=_print)
    except DashboardError as error:
        print(f"The past could not be brought in: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest.replay", description="Bring deliveries in again.")
    archive = parser.add_argument_group("the archive")
    archive.add_argument("--from", dest="first", help="received from this date or time on")
    archive.add_argument("--to", dest="until", help="up to this date (included) or time (not included)")
    archive.add_argument("--source", help="of this source alone")
    archive.add_argument("--late", action="store_true", help="with what came after its days were closed")
    archive.add_argument("--dry-run", action="store_true", help="read and count, write nothing")
    demo = parser.add_argument_group("the demo")
    demo.add_argument("--demo", action="store_true", help="the made-up past of the demo")
    demo.add_argument("--days", type=int, default=DEMO_DAYS, help="how many days of it (default: %(default)s)")
    demo.add_argument("--gap", action="store_true", help="where there is a past: add what was missed since")
    return parser


def _print(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
