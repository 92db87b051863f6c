"""What the dashboard knows: attempts, gates, test runs, promotions, clusters, services.

Times are `Instant`: UTC text `YYYY-MM-DDTHH:MM:SS.mmmZ`, so that they sort as text. Durations are seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

Instant = str
Day = str  # UTC date, YYYY-MM-DD
PairDayKey = tuple[str, str, Day]  # (cluster id, service id, day)

T = TypeVar("T")


class Status(StrEnum):
    """What became of an attempt; ROLLBACK = it went out and was rolled back."""

    IN_PROGRESS = "IN_PROGRESS"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    ROLLBACK = "ROLLBACK"
    LIVE = "LIVE"


SUCCESSFUL = frozenset({Status.SUCCESS, Status.LIVE})
TERMINAL = frozenset({Status.SUCCESS, Status.LIVE, Status.FAILED, Status.ROLLBACK})


class Trigger(StrEnum):
    """Why an attempt was made; `rollback` = it is the recovery."""

    MERGE = "merge"
    PROMOTION = "promotion"
    MANUAL = "manual"
    ROLLBACK = "rollback"
    HOTFIX = "hotfix"
    UNKNOWN = "unknown"


class PromotionStatus(StrEnum):
    """How far a promotion got, in this order of rank."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    REJECTED = "REJECTED"


class Verdict(StrEnum):
    """What a gate says; missing (no run, or zero tests) is never passed."""

    PASSED = "passed"
    FAILED = "failed"
    PARTIAL = "partial"
    MISSING = "missing"


class Health(StrEnum):
    """Health of a pair: by its latest finished, not cancelled attempt and that attempt's gates."""

    HEALTHY = "healthy"
    ATTENTION = "attention"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Gate:
    """The counting run of one suite for one attempt. Counts are None where only an outcome was sent.

    `runs`: how many of the suite's runs said something, None where that was not kept or is not held; `turned`: of two
    of them, one after the other, one passed and one did not.
    """

    suite: str
    verdict: Verdict
    total: int | None = None
    passed: int | None = None
    failed: int | None = None
    skipped: int | None = None
    duration_sec: float | None = None
    runs: int | None = None
    turned: bool = False


@dataclass(frozen=True, slots=True)
class FailedTest:
    """One test that failed in a run: as much as tells a reader where to look."""

    name: str
    message: str | None = None
    duration_sec: float | None = None


@dataclass(frozen=True, slots=True)
class TestRun:
    """One run of one suite for one attempt."""

    __test__ = False  # not a pytest class

    attempt_id: str
    suite: str
    test_run_id: str
    verdict: Verdict
    total: int | None
    passed: int | None
    failed: int | None
    skipped: int | None
    duration_sec: float | None = None
    executed_at: Instant | None = None
    report_url: str | None = None
    source: str = ""
    failed_tests: tuple[FailedTest, ...] = ()


@dataclass(frozen=True, slots=True)
class Commit:
    """A change a deployment carries."""

    sha: str
    committed_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to put one build of one service on one cluster-region: the fold of its claims."""

    attempt_id: str
    cluster_id: str
    service_id: str
    build_version: str
    status: Status
    started_at: Instant
    ended_at: Instant | None = None
    trigger: Trigger = Trigger.UNKNOWN
    git_sha: str | None = None
    failure_reason: str | None = None
    rollback_to_build: str | None = None
    cancelled: bool = False
    hotfix: bool = False
    labels: tuple[str, ...] = ()
    commits: tuple[Commit, ...] = ()
    committed_at: Instant | None = None
    image: str | None = None  # leads to the change where git_sha is that of a configuration repository
    actor: str | None = None
    run_url: str | None = None
    source: str = ""
    received_at: Instant = ""  # the first time we heard of it
    heard_at: Instant = ""  # the last time we heard anything of it, its test results included
    gates: tuple[Gate, ...] = ()
    expires_at: int | None = None  # epoch seconds; None = never (serving or last good)
    rev: str = ""  # digest of everything the fold read

    @property
    def pair(self) -> tuple[str, str]:
        """(cluster id, service id)."""
        return self.cluster_id, self.service_id


@dataclass(frozen=True, slots=True)
class Promotion:
    """The act of moving a version of a service from one cluster-region to the next."""

    promotion_id: str
    service_id: str
    build_version: str
    from_cluster_id: str
    to_cluster_id: str
    promoted_at: Instant
    status: PromotionStatus = PromotionStatus.SUCCEEDED
    status_at: Instant | None = None  # when it got there, as its sender says
    promoted_by: str | None = None
    approver: str | None = None
    reason: str | None = None
    source: str = ""
    received_at: Instant = ""
    expires_at: int | None = None
    rev: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something broke for users; linked to an attempt by id, or to a pair and time."""

    incident_id: str
    service_id: str
    cluster_id: str | None
    started_at: Instant
    resolved_at: Instant | None = None
    attempt_id: str | None = None
    title: str | None = None
    url: str | None = None
    source: str = ""
    received_at: Instant = ""
    expires_at: int | None = None
    rev: str = ""


@dataclass(frozen=True, slots=True)
class Build:
    """What an image was built from, as its pipeline said once per build."""

    image: str
    sha: str
    committed_at: Instant | None = None
    source: str = ""
    received_at: Instant = ""
    expires_at: int | None = None
    rev: str = ""


@dataclass(frozen=True, slots=True)
class Retirement:
    """A pair that was taken away: from `moments` on, each until the next deployment, it does not serve."""

    cluster_id: str
    service_id: str
    moments: tuple[Instant, ...]  # ascending
    rev: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source said about a fact; contradictions show here."""

    event_id: str
    kind: str  # deployment | test-result | promotion | incident
    source: str
    event_time: Instant
    received_at: Instant
    digest: str
    body: str  # canonical JSON of the normalised event
    observation: bool = False  # tied to the attempt by version and time, not by id


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of the last attempts of a pair, for the history strip."""

    attempt_id: str
    status: Status
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt as the read model keeps it (a transition): what summaries and folds need, no more."""

    attempt_id: str
    build_version: str
    status: Status
    trigger: Trigger
    started_at: Instant
    ended_at: Instant | None = None
    git_sha: str | None = None
    rollback_to_build: str | None = None
    failure_reason: str | None = None
    cancelled: bool = False
    hotfix: bool = False
    committed_at: Instant | None = None
    commits: tuple[Commit, ...] = ()
    image: str | None = None
    gates: tuple[Gate, ...] = ()
    run_url: str | None = None
    received_at: Instant = ""
    heard_at: Instant = ""
    rev: str = ""


@dataclass(frozen=True, slots=True)
class SuiteTotals:
    """Sums over the gates of one suite on one pair and day; runs with null counts are only in `gates`."""

    suite: str
    gates: int = 0
    gates_passed: int = 0
    total: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class PairDay:
    """DAY: everything of one pair on one UTC day (of startedAt)."""

    cluster_id: str
    service_id: str
    day: Day
    counts: dict[str, int] = field(default_factory=dict)  # by Status; cancelled attempts are not in it
    triggers: dict[str, int] = field(default_factory=dict)
    cancelled: int = 0
    duration_sec_sum: float = 0.0  # of successful attempts with an end
    duration_n: int = 0
    suites: tuple[SuiteTotals, ...] = ()
    rows: tuple[AttemptRow, ...] = ()  # by (startedAt, attemptId)
    rev: str = ""


@dataclass(frozen=True, slots=True)
class Current:
    """CURRENT: what a pair looks like now, folded from its days newest first."""

    cluster_id: str
    service_id: str
    latest: AttemptRow
    latest_finished: AttemptRow | None  # not cancelled
    serving: AttemptRow | None
    serving_since: Instant | None
    last_good: AttemptRow | None  # the newest good version other than the serving one
    outcomes: tuple[Outcome, ...]  # last 12, oldest first
    rev: str = ""
    exempt: tuple[str, ...] = ()  # attempt ids that TTL spares
    retired_at: Instant | None = None  # taken away since, with no deployment after it
    retirements: tuple[Instant, ...] = ()  # every time it was taken away, ascending
    unsettled: tuple[str, ...] = ()  # attempt ids whose expiry is still to be set as `exempt` says


@dataclass(frozen=True, slots=True)
class Scope:
    """What the caller may see. None = no restriction; everything else is answered as if it did not exist."""

    clusters: frozenset[str] | None = None
    services: frozenset[str] | None = None

    def allows_cluster(self, cluster_id: str) -> bool:
        return self.clusters is None or cluster_id in self.clusters

    def allows_service(self, service_id: str) -> bool:
        return self.services is None or service_id in self.services

    def allows(self, cluster_id: str, service_id: str) -> bool:
        return self.allows_cluster(cluster_id) and self.allows_service(service_id)

    @property
    def key(self) -> str:
        """A text that is equal exactly for equal scopes; part of cache keys and cursors."""
        parts = (self.clusters, self.services)
        return "|".join("*" if part is None else ",".join(sorted(part)) for part in parts)


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A bounded piece of a list; `cursor` None = the end was reached."""

    items: Sequence[T]
    cursor: str | None = None
