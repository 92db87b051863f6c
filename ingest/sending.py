"""Many requests, one call: whoever waits for the queue at the same time shares a batch.

There is no thread of its own, which would not survive a fork: of the requests that wait some lead, send what is
there, tell each its own outcome and hand on. So nobody waits for company, and batches grow only with the load.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from data.errors import Unavailable

BATCH = 10
BATCH_BYTES = 1_048_576
LEADERS = 1  # measured: a second one makes smaller batches, and each call costs more than it saves
PATIENCE_SECONDS = 4.5
SLOW_SECONDS = 1.0
RETRY_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the queue did not take an entry. `passing`: the next try may help; `whole`: the call itself was refused."""

    reason: str
    passing: bool = False
    whole: bool = False


SendTen = Callable[[Sequence[str]], Sequence[Refusal | None]]


@dataclass(slots=True, eq=False)
class Entry:
    """One message and the request that waits for it. It counts as failed until the queue says otherwise."""

    body: str
    woken: threading.Event = field(default_factory=threading.Event)
    leads: bool = False  # woken to send, not to hear an outcome
    error: Exception | None = field(default_factory=lambda: Unavailable("the message was not sent"))


class Outbox:
    """Where requests leave their messages; `send_ten` puts up to ten on the queue with one call."""

    def __init__(
        self,
        send_ten: SendTen,
        *,
        leaders: int = LEADERS,
        patience: float = PATIENCE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._send_ten = send_ten
        self._most_leaders = leaders
        self._patience = patience
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._waiting: deque[Entry] = deque()
        self._leading = 0

    def send(self, body: str) -> None:
        """Return once the queue has this message; Unavailable where it has not, or nobody can say."""
        entry = Entry(body)
        if self._enters(entry) or self._woken_to_lead(entry):
            self._lead(entry)
        if entry.error is not None:
            raise entry.error

    def _enters(self, entry: Entry) -> bool:
        """Whether there is room for one more to lead; else the entry waits."""
        with self._lock:
            leads = self._leading < self._most_leaders
            if leads:
                self._leading += 1
            else:
                self._waiting.append(entry)
        return leads

    def _woken_to_lead(self, entry: Entry) -> bool:
        """Wait; True where this entry's request is to send, False once its outcome is known or too late."""
        if not entry.woken.wait(self._patience):
            with self._lock:
                if entry in self._waiting:
                    self._waiting.remove(entry)
            # Else it is on its way just now: it may arrive, and the sender's repetition will be recognised.
        return entry.leads

    def _lead(self, first: Entry) -> None:
        """Send the first entry together with those that wait, then hand on."""
        with self._lock:
            batch = self._batch(first)
        away = True
        begun = self._monotonic()
        try:
            away = self._post(batch)
        finally:
            self._hand_on(give_up=away and self._monotonic() - begun > SLOW_SECONDS)
            for entry in batch:
                entry.woken.set()

    def _batch(self, first: Entry) -> list[Entry]:
        batch, size = [first], len(first.body)
        while self._waiting and len(batch) < BATCH and size + len(self._waiting[0].body) <= BATCH_BYTES:
            entry = self._waiting.popleft()
            size += len(entry.body)
            batch.append(entry)
        return batch

    def _post(self, batch: Sequence[Entry]) -> bool:
        """Try once, and once more where that may help; whether the queue is away."""
        try:
            left = self._try(batch)
            again = [entry for entry, refusal in left if refusal.passing]
            if again:
                self._sleep(RETRY_PAUSE_SECONDS)
                self._try(again)
            for entry, refusal in left:
                if refusal.whole and len(batch) > 1:
                    self._try([entry])  # alone, so that the one that is to blame fails alone
        except Unavailable as error:
            for entry in batch:
                entry.error = entry.error and error
            return True
        return False

    def _try(self, batch: Sequence[Entry]) -> list[tuple[Entry, Refusal]]:
        """The entries the queue did not take, and why; those it took are told."""
        left = []
        for entry, refusal in zip(batch, self._send_ten([entry.body for entry in batch]), strict=True):
            if refusal is None:
                entry.error = None
                entry.woken.set()
            else:
                entry.error = Unavailable(f"the queue did not take the message: {refusal.reason}")
                left.append((entry, refusal))
        return left

    def _hand_on(self, *, give_up: bool) -> None:
        """The next in line leads; where the queue keeps us waiting, all that wait are told so instead."""
        with self._lock:
            told = list(self._waiting) if give_up else []
            if give_up:
                self._waiting.clear()
            heir = self._waiting.popleft() if self._waiting else None
            if heir is not None:
                heir.leads = True
            else:
                self._leading -= 1
        for entry in (heir, *told):
            if entry is not None:
                entry.woken.set()
