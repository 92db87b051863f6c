"""Deliveries that do not come through the queue, brought into the tables by the queue's own code.

`python -m ingest.replay --demo [--days N] [--gap]`: the demo's past. Into empty tables it is written in batches;
with `--gap` only what was missed since the last run is applied, the way the worker does it. Another origin of
deliveries only has to yield `Received` in the order they came.
"""

import argparse
import gc
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from data import aws
from data.apply import Applier
from data.bulk import bulk_apply
from data.catalog import CatalogStore
from data.errors import DashboardError, InvalidRequest
from data.events import AnyEvent
from data.instants import to_instant
from data.models import Instant
from data.tables import TableNames
from ingest.deliveries import Deliveries
from ingest.envelope import normalize
from ingest.known import KnownCatalog
from ingest.origins import Received

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from settings import Settings

BATCH = 200
DEMO_DAYS = 80
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

    def bulk(self, received: Iterable[Received]) -> int:
        """Write everything in batches, into tables that hold nothing of it yet; how many events there were."""
        with _nothing_is_garbage():
            events = self._events(received)
            catalog, now = self._catalog.current(), to_instant(self._clock())
            count = bulk_apply(self._client, self._tables, catalog, events, self._retention_days, now, self._progress)
        self._hear(events)
        return count

    def in_order(self, received: Sequence[Received], done: Callable[[int], None]) -> int:
        """Apply as the worker does; `done(n)` each time so many deliveries are completely stored."""
        known = self._catalog.current
        applier = Applier(self._client, self._tables, known, self._retention_days, self._clock)
        rest, stored = iter(received), 0
        try:
            while batch := list(islice(rest, BATCH)):
                events = self._events(batch)
                failed = next((error for error in applier.apply(events) if error is not None), None)
                if failed is not None:
                    raise failed
                self._hear(events)
                stored += len(batch)
                done(stored)
                self._progress(stored, len(received))
        finally:
            applier.close()
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

    parser = argparse.ArgumentParser(prog="python -m ingest.replay", description="Bring deliveries in again.")
    parser.add_argument("--demo", action="store_true", required=True, help="the made-up past of the demo")
    parser.add_argument("--days", type=int, default=DEMO_DAYS, help="how many days of it (default: %(default)s)")
    parser.add_argument("--gap", action="store_true", help="where there is a past: add what was missed since")
    chosen = parser.parse_args(arguments)
    if not 1 <= chosen.days <= 3650:
        parser.error("--days must be from 1 to 3650")
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    client = aws.dynamodb(settings.aws_endpoint_url, settings.aws_region, role="bulk")
    try:
        return replay_demo(client, settings, datetime.now(UTC), days=chosen.days, gap=chosen.gap, say=_print)
    except DashboardError as error:
        print(f"The past could not be brought in: {error}", file=sys.stderr)
        return 1


def _print(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
