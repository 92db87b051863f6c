"""Threads that bring messages in: one long poll on a shallow queue, several receivers on a deep one."""

import logging
import queue as queues
import threading
import time

from data.errors import Unavailable
from ingest.held import Held
from ingest.queue import BATCH, Message, Queue

log = logging.getLogger(__name__)

ROUND = 100  # messages folded together
LEAST_AHEAD, MOST_AHEAD = 20, 200  # received and not yet taken
AHEAD_SECONDS = 4.0  # what is held when we are told to stop should be stored soon
MOST_HELD = 1000  # with those that wait for another try
PAUSE_SECONDS = 1.0
# Long enough to cost next to nothing, short enough to be waited for: a poll given up when the process ends could
# hand its messages to nobody, which burns one of their three receives.
POLL_SECONDS = 5


class Intake:
    """Receives ahead of the loop, so that a deep queue fills whole rounds and a shallow one does not wait.

    The first thread polls always; the others help as long as receives come back full.
    """

    def __init__(self, queue: Queue, held: Held, threads: int, poll_seconds: int = POLL_SECONDS) -> None:
        self._queue = queue
        self._held = held
        self._poll_seconds = poll_seconds
        self._ready: queues.SimpleQueue[Message] = queues.SimpleQueue()
        self._deep = threading.Event()
        self._open = threading.Event()
        self._ended = threading.Event()
        self._calls = 0
        self._ahead = LEAST_AHEAD
        self._lock = threading.Lock()
        self._open.set()
        roles = [True] + [False] * (threads - 1)
        self._threads = [
            threading.Thread(target=self._run, args=(first,), name=f"receiver-{n}", daemon=True)
            for n, first in enumerate(roles)
        ]

    def start(self) -> None:
        """Begin to receive."""
        for thread in self._threads:
            thread.start()

    def pause(self) -> None:
        """Receive nothing until `resume`: what cannot be stored should stay on the queue."""
        self._open.clear()

    def resume(self) -> None:
        """Receive again."""
        self._open.set()

    def end(self) -> None:
        """Begin no further receive."""
        self._ended.set()
        self._deep.set()
        self._open.set()

    def alive(self) -> bool:
        """Whether every receiver still runs; one ends early only by a fault nobody foresaw."""
        return all(thread.is_alive() for thread in self._threads)

    def pace(self, messages_per_second: float) -> None:
        """How fast messages are stored: no more are fetched ahead than a few seconds' work."""
        self._ahead = int(min(max(messages_per_second * AHEAD_SECONDS, LEAST_AHEAD), MOST_AHEAD))

    def settled(self) -> bool:
        """Whether every receive under way has answered; waits for as long as a poll takes."""
        deadline = time.monotonic() + self._poll_seconds + PAUSE_SECONDS
        while self._calls and time.monotonic() < deadline:
            time.sleep(0.02)
        return not self._calls

    def take(self, wait_seconds: float) -> list[Message]:
        """What has been received, at most a round; waits so long for the first message."""
        taken: list[Message] = []
        most = min(ROUND, self._ahead)
        try:
            taken.append(self._ready.get(timeout=wait_seconds))
            while len(taken) < most:
                taken.append(self._ready.get_nowait())
        except queues.Empty:
            pass  # that is all there is at the moment
        return taken

    def _run(self, first: bool) -> None:
        while not self._ended.is_set():
            if not first:
                self._deep.wait()
            self._open.wait()
            if self._ready.qsize() >= self._ahead or len(self._held) >= MOST_HELD:
                self._ended.wait(0.01)
                continue
            self._receive(first)

    def _receive(self, first: bool) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            self._calls += 1
        try:
            messages = self._queue.receive(self._poll_seconds if first and not self._deep.is_set() else 0)
            self._held.add(messages)
            for message in messages:
                self._ready.put(message)
        except Unavailable as error:
            log.warning("queue does not answer", extra={"reason": str(error)})
            self._ended.wait(PAUSE_SECONDS)
            return
        finally:
            with self._lock:
                self._calls -= 1
        if len(messages) == BATCH:
            self._deep.set()
        elif not self._ended.is_set():
            self._deep.clear()
