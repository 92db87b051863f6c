"""One list and watch: everything that happens to one kind of object, told in order, across lost connections.

A list tells what is there; a watch goes on from it. A watch that ends or breaks is taken up where it was; one whose
place is no longer known (410) begins with a new list, and whatever was known and is not listed is gone.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from watcher.cluster import GONE, Absent, Away, Cluster, Gone, Scope

log = logging.getLogger(__name__)

WATCH_SECONDS = 60
ABSENT_SECONDS = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
DOUBTFUL_PAUSE = 4.0
QUICK = 1.0


@dataclass(frozen=True, slots=True)
class Listed:
    """Everything there is."""

    scope: Scope
    objects: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """An object is new, or changed."""

    scope: Scope
    object: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Removed:
    """An object left the watch."""

    scope: Scope
    object: dict[str, Any]


Change = Listed | Seen | Removed


class Feed:
    """Follows one scope until told to stop; `tell` may block, which holds the watch back."""

    def __init__(
        self,
        cluster: Cluster,
        scope: Scope,
        tell: Callable[[Change], None],
        stop: threading.Event,
        watch_seconds: int = WATCH_SECONDS,
    ) -> None:
        self._cluster = cluster
        self._scope = scope
        self._tell = tell
        self._stop = stop
        self._seconds = watch_seconds
        self._pause = FIRST_PAUSE

    def run(self) -> None:
        """List, then watch, again and again."""
        since = ""
        while not self._stop.is_set():
            try:
                since = self._watched(since) if since else self._listed()
            except Gone as gone:
                log.info("a watch begins anew", extra={"kind": self._scope.kind.name, "reason": str(gone)})
                since = ""
            except Absent:
                since = ""
                self._wait(ABSENT_SECONDS)  # the kind is not installed (yet)
            except Away as away:
                log.warning("the API is away", extra={"kind": self._scope.kind.name, "reason": str(away)})
                self._back_off()

    def _listed(self) -> str:
        """Tell everything there is; the version to go on from."""
        objects: list[dict[str, Any]] = []
        go_on = ""
        while True:
            page = self._cluster.page(self._scope, go_on)
            objects += page.get("items") or []
            go_on = page.get("metadata", {}).get("continue") or ""
            if not go_on:
                break
        self._tell(Listed(self._scope, tuple(objects)))
        self._pause = FIRST_PAUSE
        return _version(page)

    def _watched(self, since: str) -> str:
        """Tell what happens until the watch ends; the version to go on from, even where it breaks."""
        began = time.monotonic()
        place = since
        try:
            with self._cluster.watch(self._scope, since, self._seconds) as stream:
                for event in stream.events():
                    place = self._took(event)
                    self._pause = FIRST_PAUSE
                    if self._stop.is_set():
                        return place
        except (Gone, Absent):
            raise
        except Away as away:
            log.info("a watch broke", extra={"kind": self._scope.kind.name, "reason": str(away)})
            self._back_off()
            return place if self._pause <= DOUBTFUL_PAUSE else ""  # the place itself may be what is refused
        if time.monotonic() - began < QUICK and place == since:
            self._back_off()  # a server that ends every watch at once is not to be asked without pause
        return place

    def _took(self, event: dict[str, Any]) -> str:
        """Tell one event; the version it leaves us at."""
        kind, thing = event.get("type"), event.get("object")
        if not isinstance(thing, dict):
            raise Away("an event is about nothing")
        if kind == "ERROR":
            reason = f"{thing.get('code')} {thing.get('reason')}: {thing.get('message')}"
            raise Gone(reason) if thing.get("code") == GONE else Away(reason)
        version = _version(thing)
        if kind in ("ADDED", "MODIFIED"):
            self._tell(Seen(self._scope, thing))
        elif kind == "DELETED":
            self._tell(Removed(self._scope, thing))
        return version

    def _back_off(self) -> None:
        self._wait(random.uniform(self._pause / 2, self._pause))
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _wait(self, seconds: float) -> None:
        self._stop.wait(seconds)


def _version(thing: dict[str, Any]) -> str:
    """The version of an object or a list."""
    meta = thing.get("metadata")
    version = meta.get("resourceVersion") if isinstance(meta, dict) else None
    if not isinstance(version, str) or not version:
        raise Away("the API's answer has no version to go on from")
    return version
