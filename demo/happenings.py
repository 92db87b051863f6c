"""What happens in the demo's world, and what the tools say of it, as webhook envelopes. Pure.

Times are epoch seconds, as senders round them.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from data import keys
from data.models import Status, Trigger
from demo.releases import Release
from demo.world import MINUTE, instant

CI = "https://ci.example.com"
REPORTS = "https://reports.example.com"
STATUS_PAGE = "https://status.example.com"
LATE = 250  # one delivery of so many hangs about for minutes
TELLING = (
    "attemptId", "promotionId", "incidentId", "testRunId", "status", "clusterId", "serviceId", "buildVersion",
    "startedAt",
)  # fmt: skip


class Said(NamedTuple):
    """One envelope, when its sender speaks of (epoch seconds) and how long it took to reach us (ms)."""

    at: int
    delay_ms: int
    envelope: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """One run of one suite after a rollout."""

    suite: str
    executed: int
    total: int
    failed: int = 0
    skipped: int = 0
    not_run: int = 0
    seconds: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """One try to put a release on a cluster, with all that came of it."""

    release: Release
    cluster_id: str
    started: int
    ended: int
    trigger: Trigger
    failure: str | None = None  # None: it succeeded
    cancelled: bool = False
    hotfix: bool = False
    rolled_back: int | None = None  # when, although it had succeeded
    rollback_to: str | None = None
    progress: tuple[int, ...] = ()  # when the tool reported that it is still at it
    live: int | None = None  # when a second source saw it serve
    runs: tuple[SuiteRun, ...] = ()
    actor: str | None = None  # None: the author of the release

    @property
    def number(self) -> int:
        return self.started // MINUTE % 100_000

    @property
    def attempt_id(self) -> str:
        return keys.attempt_id(self.cluster_id, self.release.service.id, self.release.version, str(self.number))

    @property
    def succeeded(self) -> bool:
        return self.failure is None

    def said(self) -> Iterator[Said]:
        """Begun, still at it, ended, tested, seen to serve, rolled back: one envelope each."""
        source = self.release.service.source
        opening = self._payload(Status.IN_PROGRESS, self.started) | self._changes()
        yield _said(source, "deployment", self.started, opening)
        for at in self.progress:
            yield _said(source, "deployment", at, self._payload(Status.IN_PROGRESS, at))
        if self.failure is not None:
            failed = {"failureReason": self.failure} | ({"cancelled": True} if self.cancelled else {})
            yield _said(source, "deployment", self.ended, self._ended(Status.FAILED, self.ended, failed))
        else:
            yield _said(source, "deployment", self.ended, self._ended(Status.SUCCESS, self.ended, {}))
        for place, run in enumerate(self.runs):
            yield _said(source, "test-result", run.executed, self._result(run, place))
        if self.live is not None:
            yield _said("k8s-controller", "deployment", self.live, self._ended(Status.LIVE, self.live, {}))
        if self.rolled_back is not None:
            back = {"rollbackToBuild": self.rollback_to, "failureReason": "Rolled back: error budget burned"}
            what = self._ended(Status.ROLLBACK, self.rolled_back, back)
            yield _said(source, "deployment", self.rolled_back, what)

    def _payload(self, status: Status, at: int) -> dict[str, Any]:
        release, service = self.release, self.release.service
        payload: dict[str, Any] = {
            "clusterId": self.cluster_id,
            "serviceId": service.id,
            "buildVersion": release.version,
            "attemptNumber": self.number,
            "gitSha": release.git_sha,
            "status": status.value,
            "startedAt": instant(self.started),
            "eventTime": instant(at),
            "trigger": self.trigger.value,
            "actor": self.actor or release.author,
            "runUrl": f"{CI}/{service.id}/runs/{self.number}",
        }
        if self.hotfix:
            payload |= {"hotfix": True, "labels": ["hotfix"]}
        if self.trigger is Trigger.ROLLBACK:
            payload["rollbackToBuild"] = release.version
        return payload

    def _changes(self) -> dict[str, Any]:
        """What the release carries; said once, when the rollout begins."""
        commits = self.release.commits
        return {
            "commits": [{"sha": sha, "committedAt": instant(when)} for sha, when in commits],
            "committedAt": instant(commits[-1][1]),
        }

    def _ended(self, status: Status, at: int, more: dict[str, Any]) -> dict[str, Any]:
        return self._payload(status, at) | {"endedAt": instant(self.ended)} | more

    def _result(self, run: SuiteRun, place: int) -> dict[str, Any]:
        path = f"{self.release.service.id}/{self.release.version}/{self.cluster_id}/{self.number}"
        return {
            "attemptId": self.attempt_id,
            "suiteType": run.suite,
            "testRunId": f"{self.number}-{place + 1}-{run.suite.lower()}",
            "total": run.total,
            "passed": run.total - run.failed - run.skipped - run.not_run,
            "failed": run.failed,
            "skipped": run.skipped,
            "durationSec": run.seconds,
            "executedAt": instant(run.executed),
            "reportUrl": f"{REPORTS}/{path}/{run.suite.lower()}-{place + 1}",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoting:
    """A version on its way from one cluster to the next; `steps` are (when, status) in order."""

    release: Release
    from_cluster_id: str
    to_cluster_id: str
    steps: tuple[tuple[int, str], ...]
    by: str
    approver: str | None = None
    reason: str | None = None

    def said(self) -> Iterator[Said]:
        """One envelope a step. `promotedAt` is the same in all: when it was asked for."""
        asked = self.steps[0][0]
        version, service = self.release.version, self.release.service
        for at, status in self.steps:
            payload: dict[str, Any] = {
                "promotionId": f"{service.id}-{version}-{self.to_cluster_id}-{asked // MINUTE % 100_000}",
                "serviceId": service.id,
                "buildVersion": version,
                "fromClusterId": self.from_cluster_id,
                "toClusterId": self.to_cluster_id,
                "promotedAt": instant(asked),
                "eventTime": instant(at),
                "status": status,
                "promotedBy": self.by,
            }
            if self.approver and status != "PENDING":
                payload["approver"] = self.approver
            if self.reason and (at, status) == self.steps[-1]:
                payload["reason"] = self.reason
            yield _said(service.source, "promotion", at, payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Something broke for users because of a rollout."""

    rollout: Rollout
    started: int
    resolved: int
    title: str

    def said(self) -> Iterator[Said]:
        """Opened, then resolved."""
        number = self.started // MINUTE % 100_000
        opened = {
            "incidentId": f"INC-{number}",
            "serviceId": self.rollout.release.service.id,
            "clusterId": self.rollout.cluster_id,
            "startedAt": instant(self.started),
            "attemptId": self.rollout.attempt_id,
            "title": self.title,
            "url": f"{STATUS_PAGE}/incidents/{number}",
        }
        yield _said("pagerduty", "incident", self.started, opened)
        yield _said("pagerduty", "incident", self.resolved, opened | {"resolvedAt": instant(self.resolved)})


Happening = Rollout | Promoting | Outage


def _said(source: str, kind: str, at: int, payload: dict[str, Any]) -> Said:
    """The envelope, with a delivery id that is the same whenever the same thing is said."""
    words = f"{source} {at} {[payload.get(key, '') for key in TELLING]}"
    digest = hashlib.sha1(words.encode(), usedforsecurity=False).hexdigest()
    late, number = divmod(int(digest[24:], 16), LATE)
    delay = 150 + number * 9 if late % LATE else (5 * MINUTE + number) * 1000
    return Said(at, delay, {"source": source, "eventType": kind, "eventId": digest[:24], "payload": payload})
