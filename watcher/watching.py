"""The watcher itself: changes in, words for the queue out, sent by whoever leads.

Every watcher follows the cluster, so that another can take over without a gap; only the leader sends. Whoever takes
over says the current verdict of each rollout again: the queue's worker knows a repeated word by its id.
"""

import logging
import queue
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from data.catalog_models import Catalog
from data.errors import InvalidRequest, Unavailable
from data.instants import to_instant
from ingest.mapping import Named
from ingest.normalizers.workloads import Workload
from ingest.sending import SendTen
from watcher.cluster import Absent, Away, Cluster, Scope
from watcher.feed import Change, Listed, Removed, Seen
from watcher.judging import Judge, Rollout, workload_of
from watcher.pending import Pending
from watcher.reports import Report, Retirement, named, pair

log = logging.getLogger(__name__)

WAITING_CHANGES = 1_000
HELD_SECONDS = 300.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
MOST_AT_ONCE = 100
SYSTEM = "kube-"


class Leads(Protocol):
    """Who may send (`watcher.lease.Election`)."""

    @property
    def leads(self) -> bool: ...
    @property
    def follows(self) -> bool: ...


@dataclass(slots=True)
class Known:
    """A workload that is there."""

    scope: Scope
    name: str
    namespace: str
    names: Named
    rollout: Rollout = field(default_factory=Rollout)


@dataclass(slots=True)
class Pause:
    """When to try again, a little later each time."""

    until: float = 0.0
    length: float = FIRST_PAUSE

    def longer(self, now: float) -> None:
        """After a failure."""
        self.until = now + random.uniform(self.length / 2, self.length)
        self.length = min(self.length * 2, LONGEST_PAUSE)

    def over(self) -> None:
        """After a success."""
        self.until, self.length = 0.0, FIRST_PAUSE


@dataclass(frozen=True, slots=True)
class Outside:
    """What the watcher stands on."""

    cluster: Cluster
    cluster_name: str
    catalog: Callable[[], Catalog]
    send_ten: SendTen
    clock: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic


class Watcher:
    """Takes changes from the feeds and sends what they come to. `step` is one turn of its loop."""

    def __init__(self, outside: Outside, election: Leads, skips_system: bool = True) -> None:
        self._out = outside
        self._election = election
        self._judge = Judge(outside.cluster, outside.cluster_name, outside.clock)
        self._skips_system = skips_system
        self._changes: queue.Queue[Change] = queue.Queue(WAITING_CHANGES)
        self._known: dict[str, Known] = {}
        self._unjudged: dict[tuple[str, str], tuple[Scope, Workload]] = {}  # could not be looked up yet
        self._leaving: dict[str, Known] = {}  # left a watch; whether they were deleted is not known yet
        self._look = Pause()
        self._send = Pause()
        self._led = False
        self.pending = Pending(outside.monotonic)

    def tell(self, change: Change) -> None:
        """What a feed saw; blocks while too much waits."""
        self._changes.put(change)

    def step(self, seconds: float) -> None:
        """Wait so long for changes, take what is there, and send."""
        try:
            self._take(self._changes.get(timeout=seconds))
            for _ in range(MOST_AT_ONCE):
                self._take(self._changes.get_nowait())
        except queue.Empty:
            pass
        if not self._rests:
            self._look_again()
        self.deliver()

    def deliver(self) -> None:
        """Send what waits, where we lead; forget what another leader has sent."""
        leads = self._election.leads
        if leads and not self._led:
            self._say_again()
        self._led = leads
        if not leads:
            if self._election.follows:
                self.pending.forget_older(HELD_SECONDS)
            return
        if not len(self.pending) or self._out.monotonic() < self._send.until:
            return
        try:
            self.pending.send(self._out.send_ten, self._out.catalog(), to_instant(self._out.clock()))
        except Unavailable as away:
            log.warning("words wait", extra={"count": len(self.pending), "reason": str(away)})
            self._send.longer(self._out.monotonic())
        else:
            self._send.over()

    @property
    def _rests(self) -> bool:
        """Whether a look-up failed just now: asking for each object in turn would only take time."""
        return self._out.monotonic() < self._look.until

    def _take(self, change: Change) -> None:
        if isinstance(change, Listed):
            uids = {str(one.get("metadata", {}).get("uid")) for one in change.objects}
            for uid in [uid for uid, known in self._known.items() if known.scope == change.scope and uid not in uids]:
                self._left(uid)
            for one in change.objects:
                self._take(Seen(change.scope, one))
            return
        try:
            workload = workload_of(change.scope.kind.name, change.object)
        except InvalidRequest as error:
            log.warning("an object is not as it should be", extra={"reason": str(error)})
            return
        if workload.metadata.uid is None or (self._skips_system and workload.metadata.namespace.startswith(SYSTEM)):
            return
        if isinstance(change, Removed):
            self._left(workload.metadata.uid)
        else:
            self._see(change.scope, workload)

    def _see(self, scope: Scope, workload: Workload) -> None:
        uid, where = str(workload.metadata.uid), workload.metadata
        names = named(workload, None, self._out.cluster_name)
        known = self._known.setdefault(uid, Known(scope, where.name, where.namespace, names))
        known.names = names
        key = (uid, workload.revision or "")
        if self._rests:
            self._unjudged[key] = (scope, workload)
            return
        overtaken = self._judge.overtaken(workload, known.rollout)
        if overtaken is not None:
            self._say(overtaken)
        try:
            report = self._judge.judge(workload, known.rollout)
        except Away as away:
            log.warning("a rollout waits to be judged", extra={"workload": where.name, "reason": str(away)})
            self._unjudged[key] = (scope, workload)
            self._look.longer(self._out.monotonic())
            return
        except InvalidRequest as error:
            log.warning("a rollout cannot be judged", extra={"workload": where.name, "reason": str(error)})
            return
        self._unjudged.pop(key, None)
        if report is not None:
            self._say(report)

    def _say(self, report: Report) -> None:
        log.info("verdict", extra={"about": ".".join(report.key), "status": report.verdict.status.value})
        self.pending.put(report)

    def _left(self, uid: str) -> None:
        """It may have been deleted, or only no longer have the labels we watch for."""
        known = self._known.pop(uid, None)
        for key in [key for key in self._unjudged if key[0] == uid]:
            del self._unjudged[key]
        if known is not None:
            self._leaving[uid] = known
            self._part(uid, known)

    def _part(self, uid: str, known: Known) -> None:
        if self._rests:
            return
        try:
            self._out.cluster.get(known.scope.kind, known.namespace, known.name)
            deleted = False  # it left the watch only, or another of its name took its place
        except Absent:
            deleted = True
        except Away:
            self._look.longer(self._out.monotonic())
            return
        if not deleted:
            del self._leaving[uid]
            return
        try:
            shared = pair(known.names, self._out.catalog()) in self._pairs()
        except Unavailable:
            self._look.longer(self._out.monotonic())
            return
        del self._leaving[uid]
        cut_short = self._judge.cut_short(known.rollout)
        if cut_short is not None:
            self._say(cut_short)
        if not shared:  # what else runs as the same service keeps it there
            self.pending.put(Retirement(uid, known.names, to_instant(self._out.clock())))

    def _pairs(self) -> set[tuple[str | None, str | None]]:
        catalog = self._out.catalog()
        return {pair(known.names, catalog) for known in self._known.values()}

    def _look_again(self) -> None:
        """Try again what could not be looked up."""
        if not self._unjudged and not self._leaving:
            return
        for uid, known in list(self._leaving.items()):
            self._part(uid, known)
        for scope, workload in list(self._unjudged.values()):
            self._see(scope, workload)
        if not self._rests:
            self._look.over()

    def _say_again(self) -> None:
        """The current verdict of each rollout: who led before may have died with it unsent."""
        for known in self._known.values():
            if known.rollout.report is not None:
                self.pending.put(known.rollout.report)
