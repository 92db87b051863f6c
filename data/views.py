"""What the screens and the API show: plain answers of `data/queries.py`, shared by both so they cannot disagree.

A rate is a fraction 0..1 or None; wherever it can be None a `reason` says why (`no_attempts`, `no_tests`, …).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from data.analytics_views import Durations, FailureReasons, Flakes, Grain, Week
from data.catalog_models import Cluster, Service
from data.models import (
    Attempt,
    AttemptRow,
    Build,
    Claim,
    Current,
    Day,
    Gate,
    Health,
    Incident,
    Instant,
    Promotion,
    TestRun,
)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its sample size; `value` None when there is nothing to divide by."""

    value: float | None
    n: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Attempts by outcome. `total` = success + failed + rollback + in_progress; cancelled stand apart."""

    success: int = 0  # SUCCESS and LIVE
    failed: int = 0
    rollback: int = 0
    in_progress: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        return self.success + self.failed + self.rollback + self.in_progress

    @property
    def terminal(self) -> int:
        return self.success + self.failed + self.rollback


@dataclass(frozen=True, slots=True)
class Freshness:
    """Which generation answered and how old its data is."""

    generation: int  # grows; milliseconds
    as_of: Instant  # when the read model was last found up to date
    age_sec: float
    stale: bool  # three refreshes were missed


@dataclass(frozen=True, slots=True)
class PairState:
    """One service on one cluster: what serves, what was tried last, how it is."""

    cluster_id: str
    service_id: str
    health: Health
    why: str  # "" when healthy, else the reason in words ("failed: image pull", "regression gate failed", …)
    current: Current
    gates: tuple[Gate, ...]  # of the latest finished attempt; expected suites without a run are MISSING

    @property
    def serving_version(self) -> str | None:
        return self.current.serving.build_version if self.current.serving else None

    @property
    def latest(self) -> AttemptRow:
        return self.current.latest


@dataclass(frozen=True, slots=True)
class ClusterHealth:
    """A cluster-region and how many of its services are well; the three parts add up to `services`."""

    cluster: Cluster
    services: int
    healthy: int
    attention: int
    unknown: int
    in_progress: int
    latest_attempt_at: Instant | None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service and its state on each cluster where it ever was (cluster id -> state)."""

    service: Service
    states: dict[str, PairState]


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page: cluster-regions, the matrix, what needs attention, the last day in numbers."""

    freshness: Freshness
    clusters: Sequence[ClusterHealth]  # by promotion order, then name
    services: Sequence[ServiceRow]  # by name
    attention: Sequence[PairState]  # production first, newest first
    in_progress: Sequence[PairState]
    last_24h: Counts
    success_rate_7d: Rate
    previous_success_rate_7d: Rate
    deploys_7d: int
    previous_deploys_7d: int


@dataclass(frozen=True, slots=True)
class ClusterSummary:
    """One cluster-region in the period [start, end] (both days included)."""

    freshness: Freshness
    cluster: Cluster
    health: ClusterHealth
    start: Day
    end: Day
    counts: Counts
    success_rate: Rate
    services: Sequence[tuple[Service, PairState]]  # attention first, then by name


@dataclass(frozen=True, slots=True)
class ServiceSummary:
    """One service over all its cluster-regions in the period [start, end]."""

    freshness: Freshness
    service: Service
    start: Day
    end: Day
    counts: Counts
    success_rate: Rate
    states: Sequence[tuple[Cluster, PairState]]  # by promotion order
    retired: Sequence[tuple[Cluster, Instant]]  # where it was taken away, and when


@dataclass(frozen=True, slots=True)
class AnalyticsFilter:
    """What analytics are asked for; days are UTC and both included. `hours`: only [since, until), hour by hour."""

    start: Day
    end: Day
    service_id: str | None = None
    cluster_id: str | None = None
    team: str | None = None
    hours: tuple[Instant, Instant] | None = None

    @property
    def grain(self) -> Grain:
        """What one entry of a series stands for."""
        return "hour" if self.hours else "day"


@dataclass(frozen=True, slots=True)
class SuiteSeries:
    """One suite over time; `pass_rate` is passed ÷ (total − skipped), None where no tests ran.

    By the hour test counts are not held: there it is of gates, passed ÷ all with a verdict.
    """

    suite: str
    pass_rate: Sequence[float | None]
    tests: Sequence[int]  # what the rates are of
    overall: Rate


@dataclass(frozen=True, slots=True)
class Analytics:
    """Series over the filter's time, every day (or hour) of it present; no data is None, never 0 %."""

    freshness: Freshness
    filter: AnalyticsFilter
    labels: Sequence[str]  # days; by the hour the first instant of each
    success: Sequence[int]
    failed: Sequence[int]
    rollback: Sequence[int]
    in_progress: Sequence[int]
    cancelled: Sequence[int]
    deploys: Sequence[int]  # all terminal attempts
    deploy_minutes: Sequence[float | None]  # mean duration of successful attempts (API: avgLeadTimeMin)
    durations: Sequence[Durations]  # of successful attempts
    duration: Durations
    weeks: Sequence[Week]  # ISO weeks; none by the hour
    suites: Sequence[SuiteSeries]
    reasons: FailureReasons
    flakes: Flakes
    counts: Counts
    success_rate: Rate
    mean_deploy_minutes: float | None
    partial: str | None  # the label of the running day or hour, if within the range


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """The measured numbers of one service over the period; levels and rules come on top of these."""

    service: Service
    healthy: int
    pairs: int
    counts: Counts
    success_rate: Rate
    rollback_rate: Rate  # ROLLBACK ÷ (SUCCESS + LIVE + ROLLBACK)
    production_deploys: int  # successful attempts on Production clusters
    mean_deploy_minutes: float | None
    suites: dict[str, Rate]  # suite -> pass rate; expected suites always present
    gates_missing: int  # expected suites without a run on the latest finished attempts


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All services side by side in the period [start, end]."""

    freshness: Freshness
    start: Day
    end: Day
    suites: Sequence[str]
    rows: Sequence[ScoreRow]


@dataclass(frozen=True, slots=True)
class BuildDetail:
    """One attempt with everything known of it."""

    attempt: Attempt
    serving: bool
    runs: Sequence[TestRun]  # every run, newest first
    gates: tuple[Gate, ...]  # expected suites without a run are MISSING
    claims: Sequence[Claim]  # by event time
    siblings: Sequence[Attempt]  # the same version on other clusters or tried again, newest first
    promotions: Sequence[Promotion]  # of this version, newest first
    incidents: Sequence[Incident]
    built_from: Build | None = None  # what its image was built from, where its pipeline said so
