"""What is told of software delivery: the five DORA metrics with their evidence, and the ledger they are made of.

Shares are fractions 0..1, times seconds. `value` None always has a `reason`: `no_deployments`, `no_commit_times`,
`no_failures`, `censored` (more than half of the failures are open), `before_first_event`, `not_production`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.delivery_judge import Failure, Kind, Rework
from data.models import Day, Instant, Status, Trigger
from data.views import Freshness


class MetricId(StrEnum):
    """The five, in the order in which they are shown."""

    FREQUENCY = "deployment_frequency"  # deployments a day
    LEAD_TIME = "change_lead_time"  # seconds, p50
    FAILURE_RATE = "change_failure_rate"  # share
    RECOVERY_TIME = "failed_deployment_recovery_time"  # seconds, median
    REWORK_RATE = "deployment_rework_rate"  # share


class Edition(StrEnum):
    """Which benchmark the values are held against."""

    BANDS_2023 = "2023"
    SCORE_2025 = "2025"


class Band(StrEnum):
    """The bands of 2023."""

    ELITE = "elite"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Grade(StrEnum):
    """How much of what a number needs is known: A from 95 %, B from 80 %, C from 50 %, D below."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """What is asked for; days are UTC and both included. A cluster that is not of production has no numbers."""

    start: Day
    end: Day
    service_id: str | None = None
    cluster_id: str | None = None
    team: str | None = None
    edition: Edition = Edition.BANDS_2023


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the deployments: how many have what the numbers need. `grade` None where there are none."""

    n: int
    commit_time: int
    tests: int  # a run for each suite expected of the service
    ended: int
    trigger: int
    grade: Grade | None  # by `complete`
    complete: int = 0  # have all four


@dataclass(frozen=True, slots=True)
class Change:
    """This period beside the equally long one before it: `none` where either n is below 10, steady below 5 %."""

    before: float | None
    before_n: int
    relative: float | None  # (now - before) / before
    trend: str  # up | down | steady | none
    better: bool | None  # by the metric's direction of good; None where there is no trend


@dataclass(frozen=True, slots=True)
class Metric:
    """One of the five. `n` is what the value is of; low and high bound a share (Wilson, 95 %)."""

    metric: MetricId
    value: float | None
    n: int
    reason: str | None = None
    low: float | None = None
    high: float | None = None
    p90: float | None = None  # of times
    approximate: bool = False  # percentiles from a sketch of 1 % error
    band: Band | None = None
    band_reason: str | None = None  # `insufficient_history`, `small_sample`, or as `reason`
    score: float | None = None  # 0..10, edition 2025
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class OpenFailures:
    """Failed deployments nothing has ended yet."""

    count: int
    oldest_sec: float | None
    oldest_since: Instant | None = None  # when it was noticed


@dataclass(frozen=True, slots=True)
class Bucket:
    """A day, ISO week (named by its Monday) or month (its first day) of the period."""

    label: Day
    deployments: int | None  # None before anything was ever heard of the scope
    releases: int | None
    failed: int
    restores: int
    rework: int
    all_deployments: int  # restores included: what rework is a share of
    lead_p50: float | None
    lead_p90: float | None
    lead_n: int
    recovery_p50: float | None
    recovery_n: int
    partial: bool


@dataclass(frozen=True, slots=True)
class Promoted:
    """How long versions took from the first success in the lowest stage to the first in production."""

    p50: float | None
    p90: float | None
    n: int
    direct_to_prod: int  # left out: never seen in a lower stage
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """The five for one scope: everything, a team, a service or a cluster-region."""

    deployments: int
    releases: int  # distinct (service, version); a rollout to several regions is one
    failed: int
    restores: int
    redeploys: int
    failed_rollouts: int
    failed_rollout_rate: float | None  # FAILED / terminal attempts in production
    terminal: int
    rework: int
    days_deployed: int
    metrics: Mapping[MetricId, Metric]
    score: float | None  # mean of the five scores; None unless all five have one
    open_failures: OpenFailures
    coverage: Coverage
    excluded: Mapping[str, int]  # by reason code: attempts or commits left out of a number


@dataclass(frozen=True, slots=True)
class ScopeNumbers:
    """A row of the comparison: one service, team or cluster-region."""

    key: str  # its id; of a team its name
    name: str
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Delivery:
    """The page and the endpoint."""

    freshness: Freshness
    filter: DeliveryFilter
    numbers: Numbers
    previous: DeliveryFilter | None  # what `change` compares with; None where it is not held
    grain: str  # day | week | month
    buckets: Sequence[Bucket]
    promoted: Promoted
    failures: Mapping[Failure, int]  # failed deployments by rule
    services: Sequence[ScopeNumbers]
    teams: Sequence[ScopeNumbers]
    clusters: Sequence[ScopeNumbers]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """An attempt of production and what it counts as; `excluded` None: a deployment (of rework: or a restore)."""

    attempt_id: str
    cluster_id: str
    service_id: str
    build_version: str
    status: Status
    trigger: Trigger
    started_at: Instant
    ended_at: Instant | None
    kind: Kind
    # why it is left out of the metric: restore | redeploy | failed_rollout | cancelled | in_progress; of lead time
    # also no_commit_time | clock_skew | no_end, of recovery time also open
    excluded: str | None
    failure: Failure | None
    detected_at: Instant | None
    recovered_at: Instant | None
    recovered_by: str | None  # attempt id
    recovery_sec: float | None
    incident_id: str | None
    rework: Rework | None
    lead_sec: Sequence[float]  # one a commit with a time, ascending
    lead_excluded: Mapping[str, int]  # no_commit_time, clock_skew, no_end -> commits
    promotion_lead_sec: float | None
    first_of_release: bool


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which rows: those of a number (`metric`), of a kind or rule, or left out of it."""

    of: DeliveryFilter
    metric: MetricId | None = None
    included: bool | None = None  # None = both, with their reasons
    kind: Kind | None = None
    failure: Failure | None = None
    day: Day | None = None  # one day of the period, or the first of one of its buckets


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """A piece of the ledger, newest first. `next`: where it goes on; None at its end."""

    rows: Sequence[LedgerRow]
    total: int  # rows that match, on all pages
    filter: LedgerFilter  # with the days it really covers
    next: tuple[str, str] | None = None
