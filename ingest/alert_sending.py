"""Sends what alerts fired, in a thread beside the worker's loop: what does not arrive waits and is tried again.

Several workers may look at the same time; who takes an alert's delivery has it for a minute. A receiver may hear an
alert twice (its answer was lost, say): the id of the delivery is the same then.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime

from data.alert_book import AlertBook, Due
from data.alert_models import Channel
from data.errors import Unavailable
from data.instants import to_instant
from ingest.alert_posting import NotPosted, post
from ingest.alert_words import Letter, letter
from telemetry import measures

log = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
Post = Callable[[str, Letter], None]


class AlertSender(threading.Thread):
    """Looks every few seconds for what is due, and at once when woken."""

    def __init__(
        self,
        book: AlertBook,
        channels: Iterable[Channel],
        clock: Callable[[], datetime],
        *,
        address: str | None = None,
        post: Post = post,
        every: float = EVERY_SECONDS,
    ) -> None:
        super().__init__(name="alerts", daemon=True)
        self._book = book
        self._channels = {one.name: one for one in channels}
        for name in self._channels:
            measures.ALERTS.touch(name, "delivered")
            measures.ALERTS.touch(name, "failed")
        self._clock = clock
        self._address = address
        self._post = post
        self._every = every
        self._woken = threading.Event()
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.is_set():
            self._woken.wait(self._every)
            self._woken.clear()
            self.try_round()

    def wake(self) -> None:
        """Something is due."""
        self._woken.set()

    def end(self) -> None:
        """Stop after what is on its way."""
        self._ended.set()
        self._woken.set()
        self.join(timeout=3)

    def try_round(self) -> int:
        """Send what is due; how much arrived. Where the table is away all of it waits."""
        try:
            return self._round()
        except Unavailable as error:
            log.warning("alerts not looked at", extra={"reason": str(error)[:300]})
        except Exception:  # the thread must outlive an alert it cannot read or send: the others go on
            log.exception("alerts not sent")
        return 0

    def _round(self) -> int:
        arrived, closed = 0, set[str]()
        for due in self._book.due(self._now()):
            if self._ended.is_set():
                break
            if due.channel not in closed and self._book.take(due, self._now()):
                if self._send(due):
                    arrived += 1
                else:
                    closed.add(due.channel)  # who does not answer one is not asked for the others at once
        return arrived

    def _send(self, due: Due) -> bool:
        channel = self._channels.get(due.channel)
        try:
            if channel is None:
                raise NotPosted("ALERT_CHANNELS of the worker has no channel of this name")
            made = letter(due.alert, channel, self._address, int(self._clock().timestamp()))
            self._post(channel.url, made)
        except NotPosted as refused:
            log.warning("alert not delivered", extra={"channel": due.channel, "reason": str(refused)})
            measures.ALERTS.add(due.channel if channel else "other", "failed")
            self._book.failed(due, str(refused), self._now())
            return False
        measures.ALERTS.add(due.channel, "delivered")
        self._book.delivered(due, self._now())
        return True

    def _now(self) -> str:
        return to_instant(self._clock())
