"""What the worker's batches fire: called with the attempts they settled, before their messages are deleted.

An alert that could not be kept leaves the messages on the queue, as if the tables had not taken them; told again,
the same facts give the same keys.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from data.alert_book import AlertBook
from data.alert_rules import Told, of_attempts
from data.catalog_models import Catalog
from data.disagreement_notes import DisagreementNotes
from data.disagreements import disagreements
from data.errors import Unavailable
from data.events import TestResultEvent, from_claim
from data.instants import to_instant
from data.models import Claim, Instant
from data.settle import Settled

log = logging.getLogger(__name__)


class Alerting:
    """Fires what the catalog's rules say of settled attempts, and notes on what their sources disagree."""

    def __init__(
        self,
        book: AlertBook,
        notes: DisagreementNotes,
        catalog: Callable[[], Catalog],
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._book = book
        self._notes = notes
        self._catalog = catalog
        self._clock = clock
        self._wake = wake

    def __call__(self, settled: Sequence[Settled]) -> None:
        """Unavailable where an alert could not be kept; what cannot be judged keeps no event from being stored."""
        try:
            self._fire(settled)
        except Unavailable:
            raise
        except Exception:  # an alert is worth less than the event it is about
            log.exception("alerts not judged", extra={"attempts": len(settled)})

    def _fire(self, settled: Sequence[Settled]) -> None:
        now = to_instant(self._clock())
        told, of_several = [], []
        for one in settled:
            if one.attempt is None:
                continue
            claims = one.every_claim()
            contradictions = tuple(disagreements(claims))
            told.append(Told(one.attempt, _suites(claims), contradictions))
            if _sources(claims) > 1:
                of_several.append((one.attempt, contradictions))
        self._notes.note(of_several, now)
        fired = [self._book.fire(alert, now) for alert in of_attempts(self._catalog(), told, now)]
        if any(fired):
            log.info("alerts fired", extra={"count": sum(fired)})
            self._wake()


def _suites(claims: Iterable[Claim]) -> dict[str, Instant]:
    """When each suite last said something of an attempt."""
    found: dict[str, Instant] = {}
    for claim in claims:
        event = from_claim(claim) if claim.kind == "test-result" else None
        if isinstance(event, TestResultEvent):
            found[event.suite] = max(found.get(event.suite, ""), event.event_time)
    return found


def _sources(claims: Iterable[Claim]) -> int:
    """How many sources told of the deployment."""
    return len({claim.source for claim in claims if claim.kind == "deployment"})
