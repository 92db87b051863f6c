"""Watches metrics that rules are on, and sources that fell silent: a thread of each web process, which has the data.

Several processes may watch at once: a rule's step is noted on the condition that nobody noted it before, and an alert
is kept once a key, put before the step, so that no step is without its alert.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from data.alert_book import AlertBook
from data.alert_metrics import alert_of, standing_key, step, subjects
from data.alert_models import AlertEvent, AlertRule
from data.errors import Unavailable
from data.generation import Generation
from data.instants import to_instant
from ingest.silence import Silence, alert_of_silence

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0


class AlertWatch(threading.Thread):
    """Looks once a minute; `silences` is asked only where a rule wants to know."""

    def __init__(
        self,
        book: AlertBook,
        generation: Callable[[], Generation],
        silences: Callable[[], list[Silence]],
        clock: Callable[[], datetime],
        every: float = EVERY_SECONDS,
    ) -> None:
        super().__init__(name="alert-watch", daemon=True)
        self._book = book
        self._generation = generation
        self._silences = silences
        self._clock = clock
        self._every = every
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(self._every):
            self.try_look()

    def end(self) -> None:
        """Stop after the look that is under way."""
        self._ended.set()
        self.join(timeout=3)

    def try_look(self) -> int:
        """Look once; how many alerts were new. What cannot be looked at now is looked at next time."""
        try:
            return self._look()
        except Unavailable as error:
            log.warning("alerts not watched", extra={"reason": str(error)[:300]})
        except Exception:  # the thread must outlive a rule it cannot measure: the next look may
            log.exception("alerts not watched")
        return 0

    def _look(self) -> int:
        generation, now = self._generation(), self._clock()
        rules = generation.catalog.alerts
        if generation.freshness(now).stale:
            return 0  # old numbers must not wake anybody
        return self._metrics(generation, [r for r in rules if r.metric], now) + self._silent(
            [r for r in rules if r.on is AlertEvent.SOURCE_SILENT]
        )

    def _metrics(self, generation: Generation, rules: list[AlertRule], now: datetime) -> int:
        if not rules:
            return 0
        instant, fired = to_instant(now), 0
        standings = self._book.standings()
        for rule in rules:
            for service_id, found in subjects(generation, rule, now).items():
                key = standing_key(rule, service_id)
                was = standings.get(key)
                after = step(rule, found, was, instant)
                if after is not None:
                    name = generation.services[service_id].name if service_id else ""
                    alert = alert_of(rule, after, found, rows_path(rule, service_id), service_id, name)
                    fired += self._book.fire(alert, instant)
                    self._book.stand(key, after, was)
        return fired

    def _silent(self, rules: list[AlertRule]) -> int:
        if not rules:
            return 0
        now = to_instant(self._clock())
        silent = [one for one in self._silences() if one.is_silent]
        return sum(self._book.fire(alert_of_silence(rule, one, now), now) for rule in rules for one in silent)


def rows_path(rule: AlertRule, service_id: str | None = None) -> str:
    """The numbers behind a metric: the analytics of what the rule is about, as far as one filter can say it."""
    services = rule.services if service_id is None else (service_id,)
    one = {"cluster": rule.clusters, "service": services, "team": (rule.team,) if rule.team else ()}
    query = {name: values[0] for name, values in one.items() if len(values) == 1}
    return "/analytics?" + urlencode(query | {"range": f"{rule.window_days}d"})
