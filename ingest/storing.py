"""One round: messages become events, events become facts, and each message is sorted by what came of it."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol

from data.errors import Conflict, InvalidRequest, Unavailable
from data.events import AnyEvent
from data.models import Instant
from ingest import message as messages
from ingest.envelope import older_than_retention
from ingest.known import KnownCatalog
from ingest.message import Delivery
from ingest.queue import Message

log = logging.getLogger(__name__)

PASSING = (Unavailable, Conflict)


class Applies(Protocol):
    """What stores events (`data.apply.Applier`)."""

    def apply(self, events: Sequence[AnyEvent], known: set[int]) -> list[Exception | None]: ...


@dataclass(frozen=True, slots=True)
class Done:
    """A delivery, which of its events were for the tables, and which of those nobody had said before."""

    delivery: Delivery
    due: Sequence[AnyEvent]
    new: Sequence[AnyEvent]


@dataclass(slots=True)
class Outcome:
    """What came of each message of a round; `done` by receipt, of each that could be read."""

    stored: list[Message] = field(default_factory=list)  # everything it causes is stored, or nothing is to be
    passing: list[tuple[Message, Exception]] = field(default_factory=list)  # may succeed later
    refused: list[tuple[Message, str]] = field(default_factory=list)  # never will
    heard: dict[str, Instant] = field(default_factory=dict)  # source -> latest receivedAt of what was stored
    events: int = 0
    done: dict[str, Done] = field(default_factory=dict)


class Storing:
    """Stores rounds of messages."""

    def __init__(self, applier: Applies, catalog: KnownCatalog, retention_days: int) -> None:
        self._applier = applier
        self._catalog = catalog
        self._retention = retention_days

    def store(self, received: Sequence[Message]) -> Outcome:
        """Store what can be stored; never raises for a message's sake."""
        try:
            suites = self._catalog.current().suites
        except PASSING as away:
            return postponed(received, away)
        outcome = Outcome()
        deliveries = _parse(received, suites, outcome)
        work = [(message, delivery, self._due(delivery)) for message, delivery in deliveries]
        known: set[int] = set()
        due = [event for _, _, events in work for event in events]
        results = self._apply([events for _, _, events in work], known)
        fresh = iter(place not in known for place in range(len(due)))
        for (message, delivery, events), error in zip(work, results, strict=True):
            outcome.done[message.receipt] = Done(delivery, events, [event for event in events if next(fresh)])
            _sort(outcome, message, delivery, error)
            outcome.events += len(events) if error is None else 0
        return outcome

    def _due(self, delivery: Delivery) -> list[AnyEvent]:
        """The delivery's events but those of sealed days, which are for the archive only."""
        if delivery.archive_only:
            return []
        return [event for event in delivery.events if not older_than_retention(event, self._retention)]

    def _apply(
        self, groups: Sequence[Sequence[AnyEvent]], known: set[int], first: int = 0
    ) -> list[Exception | None]:  # fmt: skip
        """For each message's events the first failure; all of them are applied together.

        `known` is given the places of events that were said before, counted from `first`.
        """
        events = [event for group in groups for event in group]
        if not events:
            return [None] * len(groups)
        starts = [first + start for start in accumulate((len(group) for group in groups), initial=0)]
        try:
            self._catalog.register(events)
            places: set[int] = set()
            results = iter(self._applier.apply(events, places))
        except PASSING as error:
            return [error] * len(groups)
        except Exception as error:  # the one broad except: one bad message must not stop the rest
            log.exception("events could not be applied", extra={"messages": len(groups)})
            if len(groups) == 1:
                return [error]
            return [self._apply([group], known, start)[0] for group, start in zip(groups, starts, strict=False)]
        known |= {first + place for place in places}
        errors = [_first_error([next(results) for _ in group]) for group in groups]
        return [
            self._judged_alone(group, error, len(groups), start)
            for group, error, start in zip(groups, errors, starts, strict=False)
        ]

    def _judged_alone(
        self, group: Sequence[AnyEvent], error: Exception | None, of: int, start: int
    ) -> Exception | None:  # fmt: skip
        """A failure that no other try mends may be a neighbour's, met in a batch: it is tried without them."""
        if error is None or isinstance(error, PASSING) or of == 1:
            return error
        # Whether it was said before is known from the first try: by now it would be, by ourselves.
        return self._apply([group], set(), start)[0]


def postponed(received: Sequence[Message], error: Exception) -> Outcome:
    """All of them may succeed later."""
    return Outcome(passing=[(message, error) for message in received])


def _parse(received: Sequence[Message], suites: Collection[str], outcome: Outcome) -> list[tuple[Message, Delivery]]:
    """Those that can be read; the others are refused with their reason."""
    readable = []
    for one in received:
        try:
            readable.append((one, messages.parse(one.body, one.sent_at, suites)))
        except InvalidRequest as error:
            outcome.refused.append((one, str(error)))
    return readable


def _sort(outcome: Outcome, message: Message, delivery: Delivery, error: Exception | None) -> None:
    if error is None:
        outcome.stored.append(message)
        latest = outcome.heard.get(delivery.source, "")
        outcome.heard[delivery.source] = max(latest, delivery.received_at)
    elif isinstance(error, PASSING):
        outcome.passing.append((message, error))
    else:
        outcome.refused.append((message, f"{type(error).__name__}: {error}"))


def _first_error(results: Sequence[Exception | None]) -> Exception | None:
    """A lasting failure before a passing one: no other try could store the whole message."""
    failures = [error for error in results if error is not None]
    lasting = [error for error in failures if not isinstance(error, PASSING)]
    return next(iter(lasting or failures), None)
