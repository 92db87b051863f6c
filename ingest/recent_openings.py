"""The attempts that deliveries opened lately, followed from look to look, so that a look reads only what is new."""

from collections.abc import Callable
from itertools import takewhile

from data.events import DeploymentEvent
from data.instants import add
from data.models import Instant, Page
from ingest.verdicts import Noted

KEPT_SECONDS = 24 * 3600
MOST_ATTEMPTS = 5000
MOST_PAGES = 8  # of one look; what a first look does not reach is not known

Read = Callable[[str | None], Page[Noted]]


class RecentOpenings:
    """Of each attempt the word with the earliest start, newest attempts only. For one thread at a time."""

    def __init__(self) -> None:
        self._attempts: dict[str, DeploymentEvent] = {}
        self._newest: Noted | None = None

    def look(self, read: Read, now: Instant) -> list[DeploymentEvent]:
        """Take in what was accepted since the last look; all that is known then. `read` gives pages, newest first."""
        new, cursor = list[Noted](), None
        for _ in range(MOST_PAGES):
            page = read(cursor)
            fresh = list(takewhile(lambda noted: noted != self._newest, page.items))
            new += fresh
            cursor = page.cursor
            if cursor is None or len(fresh) < len(page.items):
                break
        for noted in new:
            self._take(noted)
        self._newest = new[0] if new else self._newest  # not before all was read: a look may be cut off
        return self._kept(now)

    def _take(self, noted: Noted) -> None:
        for event in noted.events:
            if isinstance(event, DeploymentEvent):
                known = self._attempts.get(event.attempt_id)
                if known is None or event.started_at < known.started_at:
                    self._attempts[event.attempt_id] = event

    def _kept(self, now: Instant) -> list[DeploymentEvent]:
        """The attempts of the last day, and of those the newest so many."""
        oldest = add(now, -KEPT_SECONDS)
        recent = sorted((e for e in self._attempts.values() if e.started_at >= oldest), key=lambda e: e.started_at)
        kept = recent[-MOST_ATTEMPTS:]
        self._attempts = {event.attempt_id: event for event in kept}
        return kept
