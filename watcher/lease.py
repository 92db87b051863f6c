"""Which of several watchers leads: it holds a Lease, and stops in good time when it cannot renew it.

The client library's own election cannot be ended without waiting for the lease to run out, so this is our own.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from watcher.cluster import LEASE, Absent, Away, Cluster

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a lease lasts; its holder trusts it for less, and looks at it more often."""

    lasts: float = 15.0

    @property
    def trusted(self) -> float:
        """How long after a renewal its holder acts."""
        return self.lasts * 2 / 3

    @property
    def every(self) -> float:
        """How often it is renewed, or looked at."""
        return self.lasts * 2 / 15


class Election:
    """One candidate. It leads while its last renewal is younger than it trusts one."""

    def __init__(
        self,
        cluster: Cluster,
        namespace: str,
        name: str,
        identity: str,
        pace: Pace | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._name = name
        self._identity = identity
        self._pace = pace or Pace()
        self._monotonic = monotonic
        self._renewed: float | None = None  # when this candidate's hold was last confirmed
        self._observed: tuple[str, float] | None = None  # another's lease as it was, and since when it is so

    @property
    def leads(self) -> bool:
        """Whether this candidate may act."""
        return self._renewed is not None and self._monotonic() - self._renewed < self._pace.trusted

    @property
    def follows(self) -> bool:
        """Whether another candidate is known to lead."""
        return self._observed is not None and self._monotonic() - self._observed[1] < self._pace.lasts

    def run(self, stop: threading.Event) -> None:
        """Stand until told to stop; then let go, so that another need not wait."""
        while not stop.is_set():
            self.stand()
            stop.wait(self._pace.every * random.uniform(0.8, 1.2))
        self.let_go()

    def stand(self) -> None:
        """Take, renew or look at the lease, once."""
        asked = self._monotonic()
        try:
            held = self._took()
        except Away as away:
            log.warning("the lease cannot be reached", extra={"reason": str(away)})
            return
        if held and self._renewed is None:
            log.info("leads", extra={"identity": self._identity})
        elif not held and self._renewed is not None:
            log.warning("no longer leads", extra={"identity": self._identity})
        self._renewed = asked if held else None
        if held:
            self._observed = None

    def let_go(self) -> None:
        """Give the lease up, where it is ours."""
        if self._renewed is None:
            return
        self._renewed = None
        try:
            lease = self._cluster.get(LEASE, self._namespace, self._name)
            if lease["spec"].get("holderIdentity") == self._identity:
                lease["spec"] |= {"holderIdentity": "", "renewTime": _now()}
                self._cluster.replace(LEASE, self._namespace, lease)
        except Away as away:
            log.info("the lease runs out by itself", extra={"reason": str(away)})

    def _took(self) -> bool:
        try:
            lease = self._cluster.get(LEASE, self._namespace, self._name)
        except Absent:
            return self._cluster.create(LEASE, self._namespace, self._fresh())
        spec: dict[str, Any] = lease.setdefault("spec", {})
        holder = spec.get("holderIdentity") or ""
        if holder not in ("", self._identity) and not self._ran_out(holder, str(spec.get("renewTime"))):
            return False
        if holder != self._identity:
            spec |= {"acquireTime": _now(), "leaseTransitions": int(spec.get("leaseTransitions") or 0) + 1}
        spec |= {"holderIdentity": self._identity, "renewTime": _now(), "leaseDurationSeconds": self._seconds()}
        return self._cluster.replace(LEASE, self._namespace, lease)

    def _ran_out(self, holder: str, renewed: str) -> bool:
        """Whether another's lease did not change for as long as it lasts: by our own clock, whatever theirs says."""
        seen = f"{holder} {renewed}"
        if self._observed is None or self._observed[0] != seen:
            self._observed = (seen, self._monotonic())
            return False
        return self._monotonic() - self._observed[1] >= self._pace.lasts

    def _fresh(self) -> dict[str, Any]:
        return {
            "apiVersion": f"{LEASE.group}/{LEASE.version}",
            "kind": LEASE.name,
            "metadata": {"name": self._name, "namespace": self._namespace},
            "spec": {
                "holderIdentity": self._identity, "leaseDurationSeconds": self._seconds(),
                "acquireTime": _now(), "renewTime": _now(), "leaseTransitions": 0,
            },
        }  # fmt: skip

    def _seconds(self) -> int:
        return max(1, round(self._pace.lasts))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
