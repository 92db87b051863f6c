"""What people do about quarantined messages: look, send again (edited or not), discard; each with its audit line.

The record leads. A message is put on the queue before its record says so, and its copy leaves the dead-letter
queue last: cut off at any point nothing is lost, and doing it again does no harm.
"""

import json
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.cursors import Cursors, query_text
from data.errors import Conflict, DashboardError, InvalidRequest, Unavailable
from data.instants import seconds_between, to_instant
from data.models import EVERYTHING, Page
from ingest import message, strict_json
from ingest.dead_letters import DeadLetter, DeadLetters, Looked
from ingest.deliveries import Deliveries
from ingest.quarantine_records import Action, Audited, Quarantined, State
from ingest.queue import MAX_BYTES, Queue

log = logging.getLogger(__name__)

MOST_REPLAYS = 3  # by the daily job: a message that ends its worker each time must not come back for ever
IN_HAND_SECONDS = 3600  # a precautionary record this young may be of a message that is being worked on
PAGE = 100
MOST_NAME = 100
STREAM = "records"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of several: how many were sent again, and of those that were not, why."""

    sent: int
    refused: tuple[tuple[str, str], ...] = ()  # (id, reason)
    more: bool = False  # there are records that were not looked at


class QuarantineDesk:
    """The quarantine as people and the daily job use it. `suites` are those the catalog knows now."""

    def __init__(
        self, deliveries: Deliveries, queue: Queue, cursors: Cursors, suites: Callable[[], Collection[str]],
        clock: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._deliveries = deliveries
        self._queue = queue
        self._cursors = cursors
        self._suites = suites
        self._clock = clock

    def page(self, cursor: str | None = None, limit: int = 50, state: State | None = None) -> Page[Quarantined]:
        """The newest records, without their bodies."""
        query = query_text("quarantine", {"state": state}, EVERYTHING)
        after = self._cursors.open(query, cursor).get(STREAM) if cursor else None
        records, last = self._deliveries.quarantine_page(after, limit, state)
        return Page(records, self._cursors.seal(query, {STREAM: last}) if last else None)

    def get(self, record_id: str) -> Quarantined:
        """A record with its body; NotFound."""
        return self._deliveries.quarantine_record(record_id)

    def audit(self, cursor: str | None = None, limit: int = 50) -> Page[Audited]:
        """Who did what, the latest first."""
        query = query_text("audit", {}, EVERYTHING)
        after = self._cursors.open(query, cursor).get(STREAM) if cursor else None
        said, last = self._deliveries.audit_page(after, limit)
        return Page(said, self._cursors.seal(query, {STREAM: last}) if last else None)

    def replay(self, record_id: str, by: str, body: str | None = None) -> Quarantined:
        """Put the message, or `body` in its place, on the queue again; the record as it is then.

        InvalidRequest where it still could not be read, Conflict where it was discarded.
        """
        replayed = self._send(self.get(record_id), by, body)
        self._remove([replayed])
        return replayed

    def discard(self, record_id: str, by: str) -> Quarantined:
        """Give the message up; its record stays for as long as records do."""
        discarded = self._settle(self.get(record_id), State.DISCARDED, Action.DISCARDED, by)
        self._remove([discarded])
        return discarded

    def replay_all(self, by: str, most: int = 500) -> Replayed:
        """Send every open message again that can be read now, at most so many."""
        return self._replay_each(lambda record: True, by, most)

    def retry(self, by: str, most: int = 10_000) -> Replayed:
        """The daily job: send again what failed for a passing reason, and never what could not be understood."""
        now = to_instant(self._clock())

        def due(record: Quarantined) -> bool:
            in_hand = not record.final and seconds_between(record.quarantined_at, now) < IN_HAND_SECONDS
            return record.passing and record.replays < MOST_REPLAYS and not in_hand

        return self._replay_each(due, by, most)

    def sweep(self, seconds: float = 20.0) -> Looked:
        """Take from the dead-letter queue what records say is settled: what an interruption left there."""
        settled = {record.message_id for record in self._records() if record.state is not State.OPEN}
        return self._dead_letters().remove(lambda letter: letter.message_id in settled, seconds=seconds)

    def _replay_each(self, due: Callable[[Quarantined], bool], by: str, most: int) -> Replayed:
        sent: list[Quarantined] = []
        refused: list[tuple[str, str]] = []
        more = False
        for record in self._records(State.OPEN):
            if not due(record):
                continue
            if len(sent) + len(refused) == most:
                more = True
                break
            try:
                sent.append(self._send(self.get(record.id), by, None))
            except Unavailable:
                self._remove(sent)
                raise
            except DashboardError as error:
                refused.append((record.id, str(error)))
        self._remove(sent)
        return Replayed(len(sent), tuple(refused), more)

    def _records(self, state: State | None = None) -> Iterable[Quarantined]:
        after = None
        while True:
            records, after = self._deliveries.quarantine_page(after, PAGE, state)
            yield from records
            if after is None:
                return

    def _send(self, record: Quarantined, by: str, edited: str | None) -> Quarantined:
        if record.state is State.DISCARDED:
            raise Conflict("the message was discarded")
        text = self._readable(record, edited)
        self._queue.send(text, replays=record.replays + 1)
        action = Action.REPLAYED if edited is None else Action.EDITED
        return self._settle(record, State.REPLAYED, action, by)

    def _readable(self, record: Quarantined, edited: str | None) -> str:
        """The text to send; InvalidRequest where no worker could read it."""
        text = record.body if edited is None else edited
        message.parse(text, record.sent_at, self._suites())
        body = strict_json.parse(text.encode("utf-8", "surrogatepass"))
        if edited is not None and edited != record.body:
            body.pop("raw", None)  # the archive keeps what was sent: now that is the edited message itself
        body.setdefault("receivedAt", record.sent_at)  # it was received then, not when it is sent again
        text = json.dumps(body, ensure_ascii=True, separators=(",", ":"))
        if len(text) > MAX_BYTES:
            raise InvalidRequest(f"must be at most {MAX_BYTES:,} bytes", "body")
        return text

    def _settle(self, record: Quarantined, state: State, action: Action, by: str) -> Quarantined:
        at = to_instant(self._clock())
        by = by.encode("utf-8", "replace").decode().strip()[:MOST_NAME] or "nobody"
        self._deliveries.audit(Audited(at, by, action, record.id, record.reason))
        self._deliveries.settle(record, state, by, at)
        log.info("settled", extra={"messageId": record.message_id, "action": action.value, "by": by})
        return replace(record, state=state, settled_by=by, settled_at=at)

    def _remove(self, settled: Sequence[Quarantined]) -> None:
        """Take their copies from the dead-letter queue; what stays there is the sweep's."""
        ids = {record.message_id for record in settled}

        def wanted(letter: DeadLetter) -> bool:
            return letter.message_id in ids

        try:
            if ids and self._dead_letters().remove(wanted, most=len(ids)).removed < len(ids):
                log.info("some copies stay on the dead-letter queue until the sweep")
        except Unavailable as error:
            log.warning("copies stay on the dead-letter queue", extra={"reason": str(error)[:300]})

    def _dead_letters(self) -> DeadLetters:
        return self._queue.dead_letters()
