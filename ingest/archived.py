"""The archive read again: what was sent becomes events by the code that took it the first time.

Validity is judged against the time of receipt, so that a replay decides as the first time did; what has changed
since is the catalog, and with it how names become ids.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from data.catalog_models import Catalog
from data.errors import DashboardError, InvalidRequest
from data.events import TYPES, AnyEvent
from data.instants import add, parse_instant
from data.models import Instant
from ingest import message
from ingest.archive import Archive, days
from ingest.archive_lines import Line
from ingest.envelope import older_than_retention
from ingest.headers import Headers
from ingest.taking import Incoming, take

DAY_SECONDS = 24 * 3600
SHOWN_PROBLEMS = 100

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when deliveries were received: the first instant belongs to it, the last does not."""

    first: Instant
    until: Instant

    @classmethod
    def parse(cls, first: str, until: str) -> "Span":
        """Of dates or instants; a date's whole day belongs to it. ValueError says what is wrong."""
        span = cls(_instant(first), _instant(until, ends=True))
        if span.first >= span.until:
            raise ValueError("--from must be before --to")
        return span


@dataclass(slots=True)
class Tally:
    """What was found on the way."""

    objects: int = 0
    deliveries: int = 0
    repeated: int = 0  # archived twice, because a worker ended between archive and delete
    too_late: int = 0  # events of days that were closed when they came
    ignored: int = 0  # deliveries that say nothing now
    problems: int = 0
    events: Counter[tuple[str, str]] = field(default_factory=Counter)  # by source and type

    def lines(self) -> list[str]:
        """For people."""
        parts = (f"{self.repeated:,} of them twice", f"{self.ignored:,} ignored", f"{self.problems:,} unreadable")
        said = [f"{self.objects:,} objects, {self.deliveries:,} deliveries ({', '.join(parts)})"]
        said += [f"{source} {kind}: {count:,}" for (source, kind), count in sorted(self.events.items())]
        if self.too_late:
            said.append(f"{self.too_late:,} events came after their days were closed: left out without --late")
        return said


class Archived:
    """The deliveries of a span of time, of one source or of all. `complain` gets a line for each problem."""

    def __init__(
        self, archive: Archive, catalog: Catalog, retention_days: int, span: Span, *, source: str | None = None,
        late: bool = False, say: Say, complain: Say,
    ) -> None:  # fmt: skip
        self._archive = archive
        self._catalog = catalog
        self._retention = retention_days
        self._span = span
        self._source = source
        self._late = late
        self._say = say
        self._complain = complain
        self.tally = Tally()

    def days(self) -> Iterator[list[AnyEvent]]:
        """The events of each day in the order they were received."""
        for day in days(self._span.first[:10], add(self._span.until, -0.001)[:10]):
            keys = self._archive.keys(day)
            lines = self._lines(keys)
            events = [event for line in lines for event in self._events(line)]
            if keys:
                self._say(f"{day}: {len(lines):,} deliveries, {len(events):,} events")
            yield events

    def _lines(self, keys: list[str]) -> list[Line]:
        """The lines of these objects within the span, each delivery once, by time of receipt."""
        found: dict[tuple[Instant, str], Line] = {}
        for key in keys:
            self.tally.objects += 1
            for line in self._archive.read(key):
                if isinstance(line, InvalidRequest):
                    self._problem(f"{key}: {line}")
                elif self._span.first <= line.received_at < self._span.until and self._source in (None, line.source):
                    self.tally.repeated += (line.received_at, line.message_id) in found
                    found[line.received_at, line.message_id] = line
        self.tally.deliveries += len(found)
        return [found[name] for name in sorted(found)]

    def _events(self, line: Line) -> list[AnyEvent]:
        try:
            events = taken(line, self._catalog)
        except DashboardError as error:
            self._problem(f"delivery {line.message_id} of {line.received_at} ({line.source}): {error}")
            return []
        if not events:
            self.tally.ignored += 1
        due = [event for event in events if self._late or not self._too_late(line, event)]
        self.tally.too_late += len(events) - len(due)
        self.tally.events.update((event.source, TYPES[type(event)].value) for event in due)
        return due

    def _too_late(self, line: Line, event: AnyEvent) -> bool:
        return line.too_late or older_than_retention(event, self._retention)

    def _problem(self, sentence: str) -> None:
        self.tally.problems += 1
        if self.tally.problems <= SHOWN_PROBLEMS:
            self._complain(sentence)


def taken(line: Line, catalog: Catalog) -> list[AnyEvent]:
    """The events of an archived delivery; none where it says nothing now. InvalidRequest, NotFound."""
    if line.raw is None:
        said = {"source": line.source, "receivedAt": line.received_at, "events": list(line.events)}
        return list(message.parse(json.dumps(said), line.received_at, catalog.suites).events)
    if line.sender == message.QUEUE:
        text = line.raw.decode("utf-8", "surrogatepass")
        return list(message.parse(text, line.received_at, catalog.suites).events)
    incoming = Incoming(line.raw, Headers(line.headers.items()), line.sender, line.params)
    return list(take(incoming, line.received_at, catalog).events)


def _instant(text: str, ends: bool = False) -> Instant:
    """A date's first moment, or the first one after it; else the instant itself."""
    try:
        if len(text) != len("2026-02-24"):
            return parse_instant(text)
        return add(parse_instant(f"{text}T00:00:00Z"), DAY_SECONDS if ends else 0)
    except ValueError:
        raise ValueError(f"must be a date or a time with an offset, not {text[:40]!r}") from None
