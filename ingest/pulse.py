"""The worker's sign of life: an item the dashboard shows and a file a probe looks at."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from data.errors import Unavailable
from data.instants import to_instant
from ingest.deliveries import Deliveries, Heartbeat
from ingest.held import Ticks

log = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
STUCK_SECONDS = 90.0  # a round may wait so long for a slow table; longer is a loop that hangs


class Pulse(threading.Thread):
    """Beats as long as the loop comes round; a loop that hangs lets the file grow old."""

    def __init__(
        self,
        worker_id: str,
        deliveries: Deliveries,
        ticks: Ticks,
        clock: Callable[[], datetime],
        said: Callable[[], Mapping[str, Any]],
        file: Path | None,
    ) -> None:
        super().__init__(name="pulse", daemon=True)
        self._worker_id = worker_id
        self._deliveries = deliveries
        self._ticks = ticks
        self._clock = clock
        self._said = said
        self._file = file
        self._ended = threading.Event()

    def run(self) -> None:
        self.beat()
        while not self._ended.wait(EVERY_SECONDS):
            self.beat()

    def beat(self) -> None:
        """Say once that we are there, and when the loop last came round."""
        if self._file is not None and self._ticks.age() < STUCK_SECONDS:
            self._file.touch()
        now = self._clock()
        ticked = now - timedelta(seconds=self._ticks.age())
        try:
            self._deliveries.beat(Heartbeat(self._worker_id, to_instant(now), to_instant(ticked), self._said()))
        except Unavailable as error:
            log.warning("heartbeat not written", extra={"reason": str(error)[:300]})

    def end(self) -> None:
        """Stop; a worker that ends on purpose is not missed."""
        self._ended.set()
        self.join(timeout=3)
        try:
            self._deliveries.retire(self._worker_id)
        except Unavailable as error:
            log.warning("heartbeat not removed", extra={"reason": str(error)[:300]})
