"""Normalised events: what every sender's words become at the border.

Pure data. `ingest/` makes them from foreign JSON, the folds in `data/` make facts of them. The canonical JSON
of an event (camelCase, sorted keys, no nulls, no receivedAt) is what a claim keeps and what its digest is made of.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

import orjson

from data.models import Claim, Commit, FailedTest, Instant, PromotionStatus, Status, Trigger, Verdict


class EventType(StrEnum):
    """The kinds of normalised event."""

    DEPLOYMENT = "deployment"
    TEST_RESULT = "test-result"
    PROMOTION = "promotion"
    INCIDENT = "incident"
    BUILD = "build"
    RETIREMENT = "retirement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event has. `event_time` is the sender's, `received_at` ours (intake)."""

    source: str
    event_time: Instant
    event_id: str = ""  # sender's delivery id with its source, else a digest; filled by `sealed`
    received_at: Instant = ""
    digest: str = ""  # of the canonical body; filled by `sealed`


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentEvent(Event):
    """A source's word on one attempt."""

    attempt_id: str
    cluster_id: str
    service_id: str
    build_version: str
    status: Status
    started_at: Instant
    ended_at: Instant | None = None
    trigger: Trigger | None = None
    git_sha: str | None = None
    failure_reason: str | None = None
    rollback_to_build: str | None = None
    cancelled: bool | None = None
    hotfix: bool | None = None
    labels: tuple[str, ...] | None = None
    commits: tuple[Commit, ...] | None = None
    committed_at: Instant | None = None
    image: str | None = None
    actor: str | None = None
    run_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResultEvent(Event):
    """One run of one suite, for a named attempt or for (cluster, service, version)."""

    __test__ = False

    attempt_id: str | None = None
    cluster_id: str
    service_id: str
    build_version: str
    git_sha: str | None = None
    suite: str
    test_run_id: str
    verdict: Verdict
    total: int | None = None
    passed: int | None = None
    failed: int | None = None
    skipped: int | None = None
    duration_sec: float | None = None
    executed_at: Instant | None = None
    report_url: str | None = None
    failed_tests: tuple[FailedTest, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionEvent(Event):
    """A source's word on one promotion."""

    promotion_id: str
    service_id: str
    build_version: str
    from_cluster_id: str
    to_cluster_id: str
    promoted_at: Instant
    status: PromotionStatus = PromotionStatus.SUCCEEDED
    promoted_by: str | None = None
    approver: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEvent(Event):
    """A source's word on one incident."""

    incident_id: str
    service_id: str
    cluster_id: str | None = None
    started_at: Instant
    resolved_at: Instant | None = None
    attempt_id: str | None = None
    title: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildEvent(Event):
    """What an image was built from."""

    image: str
    sha: str
    committed_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetirementEvent(Event):
    """A service was taken from a cluster; a later deployment brings it back."""

    cluster_id: str
    service_id: str
    retired_at: Instant


AnyEvent = DeploymentEvent | TestResultEvent | PromotionEvent | IncidentEvent | BuildEvent | RetirementEvent
E = TypeVar("E", bound=Event)

CLASSES: dict[EventType, type[Any]] = {
    EventType.DEPLOYMENT: DeploymentEvent,
    EventType.TEST_RESULT: TestResultEvent,
    EventType.PROMOTION: PromotionEvent,
    EventType.INCIDENT: IncidentEvent,
    EventType.BUILD: BuildEvent,
    EventType.RETIREMENT: RetirementEvent,
}
TYPES: dict[type[Any], EventType] = {cls: kind for kind, cls in CLASSES.items()}
ENUMS: dict[str, type[StrEnum]] = {"trigger": Trigger, "verdict": Verdict}
REMEMBERED_BODY = 4096  # a long list of failed tests is read anew each time: thousands of them are too much to keep
NOT_IN_BODY = frozenset({"event_id", "received_at", "digest"})


def camel(name: str) -> str:
    """`build_version` -> `buildVersion`."""
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


FIELDS: dict[EventType, tuple[tuple[str, str], ...]] = {
    kind: tuple((f.name, camel(f.name)) for f in fields(cls) if f.name not in NOT_IN_BODY)
    for kind, cls in CLASSES.items()
}


def to_body(event: Event) -> str:
    """Canonical JSON of what was said: equal for equal statements, whenever and however often received."""
    out: dict[str, Any] = {}
    for name, key in FIELDS[TYPES[type(event)]]:
        value = getattr(event, name)
        if value is None:
            continue
        if name == "commits":
            value = [{"sha": c.sha} | ({"committedAt": c.committed_at} if c.committed_at else {}) for c in value]
        elif name == "failed_tests":
            value = [failed_test_out(one) for one in value]
        out[key] = value
    return orjson.dumps(out, option=orjson.OPT_SORT_KEYS).decode()


def failed_test_out(test: FailedTest) -> dict[str, Any]:
    """A failed test as JSON: what is not known is left out."""
    said = {"name": test.name, "message": test.message, "durationSec": test.duration_sec}
    return {key: value for key, value in said.items() if value is not None}


def failed_test_in(said: Mapping[str, Any]) -> FailedTest:
    """The failed test a JSON object describes."""
    return FailedTest(said["name"], said.get("message"), said.get("durationSec"))


def from_body(kind: EventType, body: str, **meta: str) -> AnyEvent:
    """The event a canonical body was made from; `meta` gives event_id, received_at, digest."""
    raw = orjson.loads(body)
    values: dict[str, Any] = {name: raw[key] for name, key in FIELDS[kind] if key in raw}
    if "status" in values:
        values["status"] = (PromotionStatus if kind is EventType.PROMOTION else Status)(values["status"])
    for name, enum in ENUMS.items():
        if name in values:
            values[name] = enum(values[name])
    if "labels" in values:
        values["labels"] = tuple(values["labels"])
    if "commits" in values:
        values["commits"] = tuple(Commit(c["sha"], c.get("committedAt")) for c in values["commits"])
    if "failed_tests" in values:
        values["failed_tests"] = tuple(failed_test_in(one) for one in values["failed_tests"])
    event: AnyEvent = CLASSES[kind](**values, **meta)
    return event


def sealed(event: E, delivery_id: str | None = None, received_at: Instant | None = None) -> E:
    """The event with its digest and its id: the sender's delivery id with its source, else the digest."""
    digest = hashlib.sha256(to_body(event).encode()).hexdigest()[:32]
    event_id = f"{event.source}:{delivery_id}" if delivery_id else digest
    return replace(event, digest=digest, event_id=event_id, received_at=received_at or event.received_at)


def to_claim(event: AnyEvent, observation: bool = False) -> Claim:
    """The claim that keeps this event beside its fact."""
    return Claim(
        event.event_id, TYPES[type(event)].value, event.source, event.event_time, event.received_at,
        event.digest, to_body(event), observation,
    )  # fmt: skip


def from_claim(claim: Claim) -> AnyEvent:
    """The event a claim keeps."""
    return _remembered(claim) if len(claim.body) <= REMEMBERED_BODY else _from_claim(claim)


def _from_claim(claim: Claim) -> AnyEvent:
    return from_body(
        EventType(claim.kind), claim.body,
        event_id=claim.event_id, received_at=claim.received_at, digest=claim.digest,
    )  # fmt: skip


# A fold reads each of its claims several times, the next one most of them again.
_remembered = lru_cache(maxsize=8192)(_from_claim)
