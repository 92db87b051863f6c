"""What waits for the queue: the latest word on each rollout, kept while the queue is away, but not without bound."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from data.catalog_models import Catalog
from data.errors import Unavailable
from data.models import Instant
from ingest.sending import BATCH, SendTen
from watcher.reports import Key, NotToBeSent, Word, message

log = logging.getLogger(__name__)

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A word, and when it was noticed."""

    word: Word
    noticed: float


class Pending:
    """Words in the order they came; a newer one on the same rollout takes the place of the older."""

    def __init__(self, monotonic: Callable[[], float], most: int = MOST) -> None:
        self._monotonic = monotonic
        self._most = most
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self.sent = 0

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, word: Word) -> None:
        """Keep a word until it is sent; of too many the oldest are given up, and that is said."""
        self._entries[word.key] = Entry(word, self._monotonic())
        while len(self._entries) > self._most:
            key, _ = self._entries.popitem(last=False)
            log.error("given up: too many words wait for the queue", extra={"about": ".".join(key)})

    def forget_older(self, seconds: float) -> None:
        """Drop what was noticed longer ago: whoever leads has sent it."""
        limit = self._monotonic() - seconds
        for key in [key for key, entry in self._entries.items() if entry.noticed < limit]:
            del self._entries[key]

    def send(self, send_ten: SendTen, catalog: Catalog, now: Instant) -> None:
        """Send everything, in batches; Unavailable where the queue is away, with what is left still kept."""
        while self._entries:
            batch = self._batch(catalog, now)
            if not batch:
                continue
            outcomes = send_ten([text for _, text in batch])
            refused = False
            for (key, _), refusal in zip(batch, outcomes, strict=True):
                if refusal is None:
                    del self._entries[key]
                    self.sent += 1
                elif refusal.passing or refusal.whole:
                    refused = True
                else:
                    log.error("the queue refuses a word", extra={"about": ".".join(key), "reason": refusal.reason})
                    del self._entries[key]
            if refused:
                raise Unavailable("the queue did not take every word")

    def _batch(self, catalog: Catalog, now: Instant) -> list[tuple[Key, str]]:
        """The next words with their messages; those that are not to be sent are dropped on the way."""
        batch: list[tuple[Key, str]] = []
        for key, entry in list(self._entries.items()):
            try:
                batch.append((key, message(entry.word, catalog, now)))
            except NotToBeSent as why:
                log.info("passed over", extra={"about": ".".join(key), "reason": str(why)})
                del self._entries[key]
            if len(batch) == BATCH:
                break
        return batch
