"""Setting messages aside: a record says why and holds the body, a copy goes to the dead-letter queue."""

from collections.abc import Callable, Sequence
from datetime import datetime

from data.errors import Unavailable
from data.instants import to_instant
from ingest.deliveries import Deliveries
from ingest.message import source_of
from ingest.quarantine_records import Quarantined
from ingest.queue import Message, Queue

MAX_RECEIVES = 3
LAST_RECEIVE = "received for the last time; it was not stored before its worker ended"

Failed = tuple[Message, Exception]


class Quarantine:
    """Where messages go that cannot be stored."""

    def __init__(self, deliveries: Deliveries, queue: Queue, clock: Callable[[], datetime]) -> None:
        self._deliveries = deliveries
        self._queue = queue
        self._clock = clock

    def record_last_receives(self, messages: Sequence[Message]) -> list[Message]:
        """SQS takes a message away after its last receive; should we not live to say why, the record is there.

        Those recorded, to be given to `forget` when they are stored.
        """
        last = [message for message in messages if message.receives >= MAX_RECEIVES]
        for message in last:
            self._deliveries.quarantine(self._record(message, LAST_RECEIVE, final=False, passing=True))
        return last

    def forget(self, recorded: Sequence[Message], stored: Sequence[Message]) -> list[Failed]:
        """Remove the records of those that were stored after all; those whose record stayed, and why."""
        receipts = {message.receipt for message in stored}
        stayed: list[Failed] = []
        for message in recorded:
            if message.receipt in receipts:
                try:
                    self._deliveries.release(self._record(message, LAST_RECEIVE, final=False, passing=True))
                except Unavailable as error:
                    stayed.append((message, error))
        return stayed

    def set_aside(
        self, refused: Sequence[tuple[Message, str]], *, passing: bool = False
    ) -> tuple[list[Message], list[Failed]]:
        """Record, then copy: in this order nothing is lost. Those done, to be deleted; and those still to do.

        `passing`: the reason was an outage or the like; the daily job tries these again.
        """
        done: list[Message] = []
        later: list[Failed] = []
        for message, reason in refused:
            try:
                self._deliveries.quarantine(self._record(message, reason, final=True, passing=passing))
                self._queue.set_aside(message, reason)
            except Unavailable as error:
                later.append((message, error))
                continue
            done.append(message)
        return done, later

    def _record(self, message: Message, reason: str, *, final: bool, passing: bool) -> Quarantined:
        return Quarantined(
            message_id=message.id,
            sent_at=message.sent_at,
            reason=reason,
            body=message.body,
            receives=message.receives,
            source=source_of(message.body),
            quarantined_at=to_instant(self._clock()),
            final=final,
            passing=passing,
            replays=message.replays,
        )
