"""The worker's loop: take messages, store them, delete what is stored, wait or set aside what is not.

A message leaves the queue only when everything it causes is stored, or a quarantine record says why not.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.errors import Unavailable
from data.instants import to_instant
from data.models import Instant
from ingest import judging, telling
from ingest.deliveries import Deliveries
from ingest.held import Held, HoldKeeper, Ticks
from ingest.outlets import Outlets
from ingest.quarantine import Quarantine
from ingest.queue import Message, Queue
from ingest.receiving import Intake
from ingest.storing import Outcome, Storing, postponed
from ingest.verdict_book import VerdictBook

log = logging.getLogger(__name__)

Refused = tuple[Message, str]

IDLE_SECONDS = 0.5
FIRST_BACKOFF, LAST_BACKOFF = 10.0, 640.0
MOST_TRIES = 8
PROBE_SECONDS = 2.0
DRAIN_SECONDS = 10.0
MOST_VISIBILITY = 43_200


@dataclass(slots=True)
class Waiting:
    """A message that waits in this process for another try."""

    message: Message
    tries: int
    due: float


class Worker:
    """Drains the queue until told to stop. `probe` raises Unavailable as long as a place to store is away."""

    def __init__(
        self,
        queue: Queue,
        storing: Storing,
        deliveries: Deliveries,
        *,
        held: Held,
        intake: Intake,
        ticks: Ticks,
        outlets: Outlets,
        book: VerdictBook,
        probe: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._queue = queue
        self._storing = storing
        self._deliveries = deliveries
        self._held = held
        self._intake = intake
        self._ticks = ticks
        self._keeper = HoldKeeper(queue, held, ticks)
        self._outlets = outlets
        self._book = book
        self._probe = probe
        self._clock = clock
        self._quarantine = Quarantine(deliveries, queue, clock)
        self._waiting: dict[str, Waiting] = {}
        self._heard: dict[str, Instant] = {}
        self.counts = {"stored": 0, "events": 0, "refused": 0, "retried": 0}
        telling.prepare()
        self.away = False

    def drain(self, stop: threading.Event) -> None:
        """Work until `stop`; then finish what is at hand and give back the rest."""
        self._intake.start()
        self._keeper.start()
        self._book.start()
        try:
            while not stop.is_set():
                self._step(stop)
        finally:
            self._finish()
            self._keeper.end()
            self._book.end()

    def _step(self, stop: threading.Event) -> None:
        self._ticks.tick()
        if not self._intake.alive():
            raise RuntimeError("a receiver ended; the process starts over")
        due = self._due()
        messages = due + self._intake.take(0 if due else IDLE_SECONDS)
        if messages and self._round(messages):
            self._wait_for_stores(stop)

    def _due(self) -> list[Message]:
        now = time.monotonic()
        return [one.message for one in self._waiting.values() if one.due <= now]

    def _round(self, messages: Sequence[Message]) -> bool:
        """Store a round and settle each message; whether a place to store seems to be away."""
        started = time.monotonic()
        in_case, outcome = self._store(messages)
        self._outlets.pass_on(outcome)
        aside = self._set_aside(outcome)
        self._forget(in_case, outcome)
        self._hear(outcome)
        self._delete([*outcome.stored, *aside])
        seconds = time.monotonic() - started
        self._note_stored(outcome, seconds)
        for message, error in outcome.passing:
            self._postpone(message, error)
        self._intake.pace(len(messages) / max(seconds, 0.001))
        self._count(outcome, len(aside), seconds)
        return any(isinstance(error, Unavailable) for _, error in outcome.passing)

    def _store(self, messages: Sequence[Message]) -> tuple[list[Message], Outcome]:
        """Those recorded just in case, and what came of all."""
        try:
            in_case = self._quarantine.record_last_receives(messages)
        except Unavailable as away:
            return [], postponed(messages, away)
        return in_case, self._storing.store(messages)

    def _set_aside(self, outcome: Outcome) -> list[Message]:
        """Set aside what is refused, and what failed too often. Those done."""
        too_often = [(m, e) for m, e in outcome.passing if self._tries(m) >= MOST_TRIES]
        outcome.passing = [(m, e) for m, e in outcome.passing if self._tries(m) < MOST_TRIES]
        given_up = [(m, f"given up after {MOST_TRIES} tries: {error}") for m, error in too_often]
        done = []
        for refused, passing in ((outcome.refused, False), (given_up, True)):
            aside, later = self._quarantine.set_aside(refused, passing=passing)
            self._note_aside(outcome, refused, aside, given_up=passing)
            outcome.passing += later
            done += aside
        return done

    def _note_aside(
        self, outcome: Outcome, refused: Sequence[Refused], aside: Sequence[Message], *, given_up: bool
    ) -> None:  # fmt: skip
        now, receipts = to_instant(self._clock()), {message.receipt for message in aside}
        for message, reason in refused:
            if message.receipt in receipts:
                done = outcome.done.get(message.receipt)
                noted = judging.quarantined(message, reason, done, now, given_up=given_up)
                self._book.note(noted)
                telling.quarantined(message, done, noted)

    def _note_stored(self, outcome: Outcome, seconds: float) -> None:
        now = to_instant(self._clock())
        for message in outcome.stored:
            done = outcome.done[message.receipt]
            noted = judging.stored(done, now)
            if noted is not None:
                self._book.note(noted)
            telling.stored(message, done, now, seconds)

    def _forget(self, in_case: Sequence[Message], outcome: Outcome) -> None:
        """A message whose precautionary record stays is not done yet."""
        for message, error in self._quarantine.forget(in_case, outcome.stored):
            outcome.stored.remove(message)
            outcome.passing.append((message, error))

    def _hear(self, outcome: Outcome) -> None:
        """Note the sources heard from; a note that fails is made again with the source's next event."""
        for source, received_at in outcome.heard.items():
            if self._heard.get(source, "") >= received_at:
                continue
            try:
                self._deliveries.heard(source, received_at)
            except Unavailable as error:
                log.warning("source not noted", extra={"source": source, "reason": str(error)})
            else:
                self._heard[source] = received_at

    def _delete(self, messages: Sequence[Message]) -> None:
        """What cannot be deleted comes again, and storing it again changes nothing."""
        try:
            self._queue.delete(messages)
        except Unavailable as error:
            log.warning("not deleted", extra={"count": len(messages), "reason": str(error)})
        self._release(messages)

    def _release(self, messages: Sequence[Message]) -> None:
        self._held.drop(messages)
        for message in messages:
            self._waiting.pop(message.receipt, None)

    def _tries(self, message: Message) -> int:
        waiting = self._waiting.get(message.receipt)
        return waiting.tries if waiting else 0

    def _postpone(self, message: Message, error: Exception) -> None:
        """Try again here, later: giving it back would burn one of its receives."""
        tries = self._tries(message) + 1
        delay = backoff(tries, random.random())
        self._waiting[message.receipt] = Waiting(message, tries, time.monotonic() + delay)
        log.info("postponed", extra={"messageId": message.id, "tries": tries, "reason": str(error)[:300]})
        try:
            self._queue.hide([message], min(int(delay) + self._queue.visibility_seconds(), MOST_VISIBILITY))
        except Unavailable as refused:
            log.warning("hold not extended", extra={"messageId": message.id, "reason": str(refused)})

    def _wait_for_stores(self, stop: threading.Event) -> None:
        """Receive nothing while what we store in is away; when it is back, everything that waits is due at once."""
        self._intake.pause()
        try:
            while not stop.is_set() and self._is_away():
                self.away = True
                self._ticks.tick()
                stop.wait(PROBE_SECONDS)
            if self.away:
                log.info("the stores are back", extra={"waiting": len(self._waiting)})
                for one in self._waiting.values():
                    one.due, one.tries = 0.0, 0
        finally:
            self.away = False
            self._intake.resume()

    def _is_away(self) -> bool:
        try:
            self._probe()
        except Unavailable as error:
            log.warning("a store is away", extra={"waiting": len(self._waiting), "reason": str(error)[:300]})
            return True
        return False

    def _count(self, outcome: Outcome, aside: int, seconds: float) -> None:
        self.counts["stored"] += len(outcome.stored)
        self.counts["events"] += outcome.events
        self.counts["refused"] += aside
        self.counts["retried"] += len(outcome.passing)
        telling.round_done(outcome, aside, seconds)

    def _finish(self) -> None:
        """Store what was received already, as far as time allows; the rest goes back to the queue at once."""
        deadline = time.monotonic() + DRAIN_SECONDS
        self._intake.end()
        if not self._intake.settled():
            log.warning("a receive was left without its answer")
        while (messages := self._intake.take(0)) and time.monotonic() < deadline:
            self._ticks.tick()
            if self._round(messages):
                break
        back = self._held.to_extend()
        if back:
            try:
                self._queue.hide(back, 0)
            except Unavailable as error:
                log.warning("not given back", extra={"count": len(back), "reason": str(error)})
        self._release(back)
        log.info("stopped", extra={"givenBack": len(back), **self.counts})


def backoff(tries: int, chance: float) -> float:
    """Seconds before the next try: ten, doubled each time, with jitter against marching in step."""
    return float(min(FIRST_BACKOFF * 2 ** max(tries - 1, 0), LAST_BACKOFF) * (1 + chance / 4))
