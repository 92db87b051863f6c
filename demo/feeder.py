"""Keeps the demo living: what its world says at this moment goes to the real webhook.

What is said when follows from the clock alone (`demo/present.py`), and a mark in the tables says how far it was
told: so a feeder that was stopped in the middle of rollouts goes on and finishes them.
"""

import logging
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from data import aws
from data.errors import Unavailable
from demo import past, present, visits
from demo.mark import Marks
from demo.past import Spoken
from demo.visits import Visit
from demo.webhook import LONGEST_WAIT, Answer, Outcome, Webhook

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
HURRY_SECONDS = 0.1  # between two envelopes, when there is much to catch up with


class Sender(Protocol):
    """Where envelopes go."""

    def send(self, envelope: dict[str, Any]) -> Answer: ...


class Mark(Protocol):
    """How far the world has been told."""

    def told_until(self) -> datetime | None: ...
    def move(self, until: datetime) -> None: ...


class Feeder:
    """Tells the world's present until it is stopped."""

    def __init__(
        self, sender: Sender, mark: Mark, clock: Callable[[], datetime], stop: threading.Event,
        visitor: Callable[[Visit], Answer] | None = None,
    ) -> None:  # fmt: skip
        self._sender = sender
        self._visitor = visitor
        self._mark = mark
        self._clock = clock
        self._stop = stop
        self._failures = 0

    def run(self) -> None:
        """Tell, look at the clock, tell on; returns soon after `stop` is set."""
        told = self._begin()
        while told is not None and not self._stop.wait(LOOK_SECONDS):
            now = self._clock()
            if now <= told:
                continue
            if not self._tell(past.between(told, now)) or not self._visit(visits.between(told, now)):
                return
            told = now

    def _begin(self) -> datetime | None:
        """Where to go on; None when stopped before the tables could say."""
        while not self._stop.is_set():
            try:
                told = self._mark.told_until()
            except Unavailable as error:
                self._wait_longer(f"the tables are away: {error}", None)
                continue
            self._failures = 0
            return told or self._clock() - timedelta(seconds=present.SLOT)
        return None

    def _tell(self, spoken: Sequence[Spoken]) -> bool:
        """Send all in order, moving the mark with each second that is complete; False when stopped on the way."""
        for place, one in enumerate(spoken):
            if not self._send(one):
                return False
            if place + 1 == len(spoken) or spoken[place + 1].at > one.at:
                self._move(datetime.fromtimestamp(one.at, UTC))
            if place + 1 < len(spoken) and self._stop.wait(HURRY_SECONDS):
                return False
        return True

    def _visit(self, visited: Sequence[Visit]) -> bool:
        """Deliver as real senders do: once, some of it to be refused. False when stopped on the way."""
        if self._visitor is None:
            return True
        for visit in visited:
            if self._visitor(visit).outcome is Outcome.AWAY:
                log.info("A delivery of a real sender was lost, as theirs would be.")
            if self._stop.wait(HURRY_SECONDS):
                return False
        return True

    def _send(self, one: Spoken) -> bool:
        """Until it is taken or refused for good; False when stopped before."""
        while not self._stop.is_set():
            answer = self._sender.send(one.received.body)
            if answer.outcome is not Outcome.AWAY:
                self._sent(answer)
                return True
            self._wait_longer(answer.why, answer.retry_after)
        return False

    def _sent(self, answer: Answer) -> None:
        if self._failures:
            log.info("The dashboard takes events again.")
        self._failures = 0
        if answer.outcome is Outcome.REFUSED:
            log.error("The dashboard refused an event of the demo: %s", answer.why)

    def _move(self, until: datetime) -> None:
        try:
            self._mark.move(until)
        except Unavailable as error:
            # Not lost: the next move says it too, and telling something twice changes nothing.
            log.warning("The demo's mark could not be moved: %s", error)

    def _wait_longer(self, why: str, asked: float | None) -> None:
        if not self._failures:
            log.warning("The dashboard does not take events (%s); trying on.", why)
        self._stop.wait(asked if asked is not None else min(2.0**self._failures, LONGEST_WAIT))
        self._failures = min(self._failures + 1, 10)


def main() -> int:
    """`python -m demo.feeder`: exit 0 when told to stop, 2 when the settings are wrong."""
    from settings import Settings, SettingsError

    try:
        settings = Settings.from_env()
        if not settings.webhook_secrets:
            raise SettingsError("WEBHOOK_SECRET is not set: the feeder cannot send without it.")
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    logging.basicConfig(level=settings.log_level, format="feeder: %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    client = aws.dynamodb(settings.aws_endpoint_url, settings.aws_region, role="worker")
    webhook = Webhook(f"http://127.0.0.1:{settings.port}/api/ingest/webhook", settings.webhook_secrets[0])
    Feeder(webhook, Marks(client, settings.tables), lambda: datetime.now(UTC), stop, webhook.visit).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
