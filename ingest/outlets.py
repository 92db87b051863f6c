"""Where deliveries go beside the tables, before their messages are deleted: the archive, and the bus.

What an outlet does not take stays on the queue, as if the tables had not taken it.
"""

import logging
from collections.abc import Callable

from data.errors import Unavailable
from ingest.archive import Archive
from ingest.archive_lines import line_of
from ingest.fanout import Bus
from ingest.storing import Outcome

log = logging.getLogger(__name__)


class Outlets:
    """The archive and the bus, each where there is one."""

    def __init__(self, archive: Archive | None, bus: Bus | None) -> None:
        self._archive = archive
        self._bus = bus
        log.info("outlets", extra=self.named())

    def named(self) -> dict[str, str | None]:
        """What there is: for the log and the heartbeat."""
        archive, bus = self._archive, self._bus
        return {"archive": archive.bucket if archive else None, "bus": bus.name if bus else None}

    def pass_on(self, outcome: Outcome) -> None:
        """Archive what is stored and publish what was new in it; where that fails, all of it is to be done again."""
        for act in (self._keep, self._publish):
            self._or_again(outcome, act)

    def probe(self) -> None:
        """Return where each outlet answers, else Unavailable."""
        if self._archive:
            self._archive.probe()
        if self._bus:
            self._bus.probe()

    def _keep(self, outcome: Outcome) -> None:
        if self._archive and outcome.stored:
            self._archive.write([line_of(one, outcome.done[one.receipt].delivery) for one in outcome.stored])

    def _publish(self, outcome: Outcome) -> None:
        if self._bus:
            self._bus.publish([event for one in outcome.stored for event in outcome.done[one.receipt].new])

    @staticmethod
    def _or_again(outcome: Outcome, act: Callable[[Outcome], None]) -> None:
        try:
            act(outcome)
        except Unavailable as error:
            log.warning("stored, but not passed on", extra={"count": len(outcome.stored), "reason": str(error)[:300]})
            outcome.passing += [(message, error) for message in outcome.stored]
            outcome.stored.clear()
            outcome.events = 0
