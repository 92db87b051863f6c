"""API keys as a web process knows them: read at most every half minute, so that a revoked key is soon dead."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from data.api_key_models import ApiKey
from data.errors import Unavailable

log = logging.getLogger(__name__)

REFRESH_SECONDS = 30.0
RETRY_SECONDS = 5.0


class KnownKeys:
    """Keys by id. While the table is away the last known ones hold; where none were ever read, Unavailable."""

    def __init__(self, read: Callable[[], list[ApiKey]], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: Mapping[str, ApiKey] | None = None
        self._next = float("-inf")

    def get(self, key_id: str) -> ApiKey | None:
        """The key of that id, dead or alive; None where there is none."""
        # Only the very first readers wait for each other: later ones go by what is known meanwhile.
        if self._monotonic() >= self._next and self._lock.acquire(blocking=self._known is None):
            try:
                if self._monotonic() >= self._next:
                    self._refresh()
            finally:
                self._lock.release()
        if self._known is None:
            raise Unavailable("the API keys are not known")
        return self._known.get(key_id)

    def _refresh(self) -> None:
        try:
            self._known = {key.key_id: key for key in self._read()}
            self._next = self._monotonic() + REFRESH_SECONDS
        except Unavailable as error:
            self._next = self._monotonic() + RETRY_SECONDS
            log.warning("the API keys stay as they were", extra={"reason": str(error)})
