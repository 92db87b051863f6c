"""From a workload as the API shows it to a report: what it looks up, and what it remembers of a rollout."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from data.instants import to_instant
from data.models import Instant, Status
from ingest import schema
from ingest.normalizers import rollout_states
from ingest.normalizers.rollout_states import Verdict
from ingest.normalizers.workloads import Pod, ReplicaSet, Workload
from watcher import begun
from watcher.begun import Begun
from watcher.cluster import Away, Cluster
from watcher.reports import Report, named

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Rollout:
    """What is remembered of the rollout a workload is at."""

    revision: str = ""
    begun: Begun | None = None
    told: Status | None = None
    report: Report | None = field(default=None, repr=False)

    def news(self, status: Status) -> bool:
        """Whether that verdict says more than the last one: what ended well or badly is not under way again."""
        return status is not self.told and self.told is not Status.SUCCESS and not (
            self.told is Status.FAILED and status is Status.IN_PROGRESS
        )  # fmt: skip


class Judge:
    """Judges workloads of one cluster; Away where it could not look up what it needs."""

    def __init__(self, cluster: Cluster, cluster_name: str, clock: Callable[[], datetime]) -> None:
        self._cluster = cluster
        self._name = cluster_name
        self._clock = clock

    def judge(self, workload: Workload, at: Rollout) -> Report | None:
        """What is new about the workload's rollout, remembered in `at`; None where nothing is."""
        revision, uid = workload.revision, workload.metadata.uid
        if revision is None or uid is None:
            return None  # its controller has not begun
        if revision != at.revision:
            at.revision, at.begun, at.told, at.report = revision, None, None, None
        seen = rollout_states.rollout(workload) if workload.kind == "Rollout" else None
        if at.begun is None:
            at.begun = self._begun(workload, seen)
        if at.begun is None:
            return None
        verdict = seen if workload.kind == "Rollout" else rollout_states.deployment(workload, at.begun.replica_set)
        if verdict is None or not at.news(verdict.status):
            return None
        if verdict.status is Status.FAILED:
            verdict = self._explained(workload, at.begun, verdict)
        names = named(workload, at.begun, self._name)
        at.told = verdict.status
        at.report = Report(uid, revision, workload.attempt_number(), names, at.begun, verdict)
        return at.report

    def overtaken(self, workload: Workload, at: Rollout) -> Report | None:
        """The end of a rollout that another one overtook; None where it had ended, or still goes on.

        Its controller never says more of it. What its pods say makes it a failure; else it was cancelled.
        """
        if at.report is None or at.told is not Status.IN_PROGRESS or workload.revision in (None, at.revision):
            return None
        why = self._why(workload, at.report.begun)
        return self._unseen(at.report, "another rollout began before it was done", why)

    def cut_short(self, at: Rollout) -> Report | None:
        """The end of a rollout whose workload was deleted; None where it had ended."""
        if at.report is None or at.told is not Status.IN_PROGRESS:
            return None
        return self._unseen(at.report, "it was deleted before it was done", None)

    def _unseen(self, report: Report, how: str, why: str | None) -> Report:
        reason = f"{why.rstrip('.')}; {how}" if why else how
        verdict = Verdict(Status.FAILED, self._now(), reason[:2000])
        return replace(report, verdict=verdict, unseen_end=True, cancelled=why is None)

    def _begun(self, workload: Workload, seen: Verdict | None) -> Begun | None:
        found = self._cluster.replica_sets(workload.metadata.namespace, begun.selector(workload))
        replica_sets = [schema.read(ReplicaSet, one) for one in found]
        own = begun.own_replica_set(workload, replica_sets)
        if own is None:
            return None
        if workload.kind == "Deployment":
            seen = rollout_states.deployment(workload, own.metadata.name)
        return begun.begun(workload, own, replica_sets, begun.again_since(workload, own, seen, self._now()))

    def _now(self) -> Instant:
        return to_instant(self._clock())

    def _explained(self, workload: Workload, at: Begun, verdict: Verdict) -> Verdict:
        """The verdict with the pods' own reason before the controller's."""
        why = self._why(workload, at, unready=True)
        said = ". ".join(filter(None, ((why or "").rstrip("."), verdict.reason)))
        return replace(verdict, reason=said[:2000] or None)

    def _why(self, workload: Workload, at: Begun, *, unready: bool = False) -> str | None:
        """Why a rollout's pods are not ready; None where they say nothing, or cannot be asked."""
        selector = begun.pods_of(workload, at)
        if selector is None:
            return None
        try:
            pods = self._cluster.pods(workload.metadata.namespace, selector)
        except Away as away:
            log.warning("a failure is told without its pods' reason", extra={"reason": str(away)})
            return None
        return rollout_states.failure_of((schema.read(Pod, pod) for pod in pods), unready=unready)


def workload_of(kind: str, thing: dict[str, Any]) -> Workload:
    """The object as a workload: a list's items do not say their kind."""
    return schema.read(Workload, thing | {"kind": kind})
