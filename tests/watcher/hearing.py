"""What watchers put on the queue, heard as the worker would hear it."""

import time
from collections.abc import Callable

from data.events import AnyEvent, DeploymentEvent, RetirementEvent
from data.models import TERMINAL, Status, Trigger
from ingest import message
from tests.conftest import Aws
from tests.ingest.working import queue_of

SUITES = ("FUNCTIONAL",)
PATIENCE_SECONDS = 30.0

Rollout = tuple[str, str, str]


def rollout(event: DeploymentEvent) -> Rollout:
    """What an event is about."""
    return event.service_id, event.build_version, event.attempt_id.rsplit(".", 1)[1]


class Heard:
    """What watchers put on the queue."""

    def __init__(self, aws: Aws) -> None:
        self._queue = queue_of(aws)
        self.events: list[AnyEvent] = []
        self.takeover = 0  # how many were heard before another watcher led

    def _more(self) -> None:
        while received := self._queue.receive():
            for one in received:
                self.events += message.parse(one.body, one.sent_at, SUITES).events
            self._queue.delete(received)

    def wait_for(self, wanted: Callable[[DeploymentEvent], bool]) -> DeploymentEvent:
        """The first word of that kind."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            self._more()
            found = [event for event in self.events if isinstance(event, DeploymentEvent) and wanted(event)]
            if found:
                return found[0]
            assert time.monotonic() < deadline, f"it was never said; only {self.events}"
            time.sleep(0.1)

    def verdict(self, service: str, version: str, status: Status) -> DeploymentEvent:
        """Wait for a verdict."""
        return self.wait_for(lambda e: (e.service_id, e.build_version, e.status) == (service, version, status))

    def are_told_once_each(self, before_takeover: set[Rollout], in_all: set[Rollout]) -> None:
        """Every rollout ended and no other was told; before another watcher led no word came twice."""
        self._more()
        told = [event for event in self.events if isinstance(event, DeploymentEvent)]
        assert {rollout(event) for event in told} == in_all
        assert {rollout(event) for event in told if event.status in TERMINAL} == in_all
        early = [e for e in self.events[: self.takeover] if isinstance(e, DeploymentEvent)]
        assert {rollout(event) for event in early} == before_takeover
        assert len({event.event_id for event in early}) == len(early)
        for one in {event.event_id for event in told if event.trigger is not Trigger.ROLLBACK}:
            assert len({event.digest for event in told if event.event_id == one}) == 1
        # whoever takes over says again what stands; that is the same word, which the worker knows by its id
        starts = [{e.started_at for e in told if rollout(e) == one and e.build_version != "1.0.0"} for one in in_all]
        assert all(len(times) <= 1 for times in starts)

    def retirement(self, service: str) -> RetirementEvent:
        """Wait until a service is retired."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            self._more()
            found = [e for e in self.events if isinstance(e, RetirementEvent) and e.service_id == service]
            if found:
                return found[-1]
            assert time.monotonic() < deadline, f"{service} never was retired"
            time.sleep(0.1)
