"""A verdict on a rollout as the queue's message, and a deletion as a retirement. Pure."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from data.catalog_models import Catalog
from data.errors import InvalidRequest
from data.events import EventType
from data.models import Instant, Status, Trigger
from ingest import envelope
from ingest.mapping import Mapped, Named, mapped
from ingest.message import SCHEMA_VERSION
from ingest.normalizers import wording, workloads
from ingest.normalizers.rollout_states import Verdict
from ingest.normalizers.workloads import Workload
from watcher.begun import Begun

SOURCE = "kubernetes"
Key = tuple[str, str]  # (uid, revision): the latest word on it is the one to send


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict on one rollout."""

    uid: str
    revision: str
    number: str | None
    names: Named
    begun: Begun
    verdict: Verdict
    unseen_end: bool = False  # it was overtaken: any word on how it ended holds against this one
    cancelled: bool = False

    @property
    def key(self) -> Key:
        """What it is about."""
        return self.uid, self.revision


@dataclass(frozen=True, slots=True)
class Retirement:
    """A workload that was deleted."""

    uid: str
    names: Named
    at: Instant

    @property
    def key(self) -> Key:
        """What it is about."""
        return self.uid, "retired"


Word = Report | Retirement


class NotToBeSent(Exception):
    """Why a word is not for the dashboard: one sentence for the log."""


def named(workload: Workload, begun: Begun | None, cluster: str) -> Named:
    """What the cluster calls a workload."""
    image = begun.image.reference if begun and begun.image else None
    return workloads.named(SOURCE, workload, image, cluster, kind=workload.kind)


def message(word: Word, catalog: Catalog, now: Instant) -> str:
    """The message that says it; NotToBeSent where no rule, no version or our own rules stand against it."""
    found = mapped(catalog, word.names)
    if found.ignored_by is not None:
        raise NotToBeSent(f"the rule “{found.ignored_by}” ignores it")
    if found.service_id is None or found.cluster_id is None:
        raise NotToBeSent("its names give no service or no cluster")
    if isinstance(word, Report):
        said = _said(EventType.DEPLOYMENT, f"{word.uid}.{word.revision}.{word.verdict.status}", _payload(word, found))
    else:
        pair = {"clusterId": found.cluster_id, "serviceId": found.service_id}
        said = _said(EventType.RETIREMENT, f"{word.uid}.retired", pair | {"retiredAt": word.at})
    _check(said, now, catalog.suites)
    return json.dumps(said, ensure_ascii=True, separators=(",", ":"))


def pair(names: Named, catalog: Catalog) -> tuple[str | None, str | None]:
    """(cluster, service) these names come to."""
    found = mapped(catalog, names)
    return found.cluster_id, found.service_id


def _payload(report: Report, found: Mapped) -> dict[str, Any]:
    begun, verdict = report.begun, report.verdict
    version = found.version or begun.version
    if version is None:
        raise NotToBeSent("its image names no version: annotate ddq/version, or add a rule that gives one")
    ended = verdict.at if verdict.status is not Status.IN_PROGRESS else None
    at = begun.started_at if report.unseen_end else max(begun.started_at, verdict.at or begun.started_at)
    return wording.said(
        clusterId=found.cluster_id, serviceId=found.service_id, buildVersion=version,
        attemptNumber=report.number, status=verdict.status.value, startedAt=begun.started_at,
        endedAt=wording.not_before(ended, begun.started_at),
        eventTime=at, failureReason=verdict.reason, cancelled=report.cancelled or None,
        image=begun.image.reference if begun.image else None,
        trigger=Trigger.ROLLBACK.value if begun.goes_back else None,
    )  # fmt: skip


def _said(kind: EventType, event_id: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "schemaVersion": SCHEMA_VERSION, "eventId": event_id, "eventType": kind.value, "source": SOURCE,
        "payload": payload,
    }  # fmt: skip


def _check(said: dict[str, Any], now: Instant, suites: Collection[str]) -> None:
    """What the worker would refuse is not put on its queue."""
    try:
        envelope.normalize({key: said[key] for key in said if key != "schemaVersion"}, now, suites=suites)
    except InvalidRequest as error:
        raise NotToBeSent(str(error)) from error
