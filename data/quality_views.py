"""What is told of tests and gates: how suites do, what retries cost, what gates catch, what rules would have blocked.

Shares are `Rate`s with their n, times seconds. `value` None always has a `reason`: `no_tests`, `no_attempts`,
`no_catches`, `nothing_decided`, `no_durations`, `small_sample`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.analytics_views import Flake
from data.models import Day, Instant
from data.views import Freshness, Rate


@dataclass(frozen=True, slots=True)
class QualityFilter:
    """What is asked for; days are UTC and both included."""

    start: Day
    end: Day
    service_id: str | None = None
    cluster_id: str | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class TestNumbers:
    """The gates and tests of one suite, or of all suites together."""

    __test__ = False  # not a pytest class

    gates: int
    gates_passed: int
    total: int
    passed: int
    failed: int
    skipped: int
    pass_rate: Rate  # passed ÷ (total − skipped)
    pass_rate_all: Rate  # passed ÷ total


@dataclass(frozen=True, slots=True)
class SuiteNumbers:
    """One suite in the period, and how long it took; seconds are of pair-days, each weighted by its gates."""

    suite: str
    numbers: TestNumbers
    seconds: float | None  # mean of a gate
    p50: float | None
    p90: float | None
    timed: int  # gates that say how long they took
    before: float | None  # mean in the equally long time before; None where that is not held, or nothing was timed


@dataclass(frozen=True, slots=True)
class ServiceNumbers:
    """One service: all its tests, and each suite that ran."""

    service_id: str
    name: str
    numbers: TestNumbers
    suites: dict[str, TestNumbers]


@dataclass(frozen=True, slots=True)
class Turn:
    """An attempt on which a suite or the deploy failed, and the one of the same version on which it then passed.

    Both are the same attempt where the suite passed in a later run of it.
    """

    suite: str | None  # None: the deploy itself
    cluster_id: str
    service_id: str
    version: str
    failed_id: str
    failed_at: Instant
    passed_id: str
    passed_at: Instant


@dataclass(frozen=True, slots=True)
class Quality:
    """How tests do over the period."""

    freshness: Freshness
    filter: QualityFilter
    numbers: TestNumbers
    suites: Sequence[SuiteNumbers]  # the catalog's in its order, then any other
    services: Sequence[ServiceNumbers]  # by name; those without a test in the period too
    flaky: Sequence[Flake]  # suites, the most flips first
    repeated: int  # versions judged more than once
    turns: Sequence[Turn]  # of suites, newest first, at most MOST_ROWS
    turned: int  # all of them
    untold: int  # attempts of which only the last run of each suite is known: from before runs were counted


@dataclass(frozen=True, slots=True)
class TaxRow:
    """A failed attempt that a success of the same version ended; `lost_sec` until the next attempt, or its end."""

    attempt_id: str
    cluster_id: str
    service_id: str
    version: str
    reason: str | None
    started_at: Instant
    lost_sec: float
    success_id: str
    success_at: Instant


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """The retries of one cluster-region, service or reason; `failed`: all failed attempts there, None of a reason."""

    key: str
    name: str
    retries: int
    lost_sec: float
    failed: int | None


@dataclass(frozen=True, slots=True)
class FlakeTax:
    """What failed attempts that succeeded unchanged cost."""

    failed: int  # all failed attempts of the period
    retries: int  # those that succeeded unchanged later
    rescued: int  # successes that ended them
    lost_sec: float
    share: Rate  # retries ÷ failed
    clusters: Sequence[TaxGroup]  # the most time lost first, as below
    services: Sequence[TaxGroup]
    reasons: Sequence[TaxGroup]
    rows: Sequence[TaxRow]  # newest first, at most MOST_ROWS


@dataclass(frozen=True, slots=True)
class RegionShare:
    """How often a version failed here and succeeded elsewhere. `share` None below the least n."""

    cluster_id: str
    name: str
    failed: int
    share: Rate


@dataclass(frozen=True, slots=True)
class Place:
    """What became of a version on one cluster-region: of its last finished attempt there."""

    cluster_id: str
    attempt_id: str
    started_at: Instant
    succeeded: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class MixedVersion:
    """A version that succeeded on some cluster-regions and failed on others."""

    service_id: str
    version: str
    places: Sequence[Place]  # by promotion order

    @property
    def newest(self) -> Instant:
        """When it was last tried."""
        return max(one.started_at for one in self.places)


@dataclass(frozen=True, slots=True)
class SameBuild:
    """Same build, different outcome. `compared`: versions tried on more than one cluster-region."""

    compared: int
    mixed: int
    regions: Sequence[RegionShare]  # by promotion order
    rows: Sequence[MixedVersion]  # newest first, at most MOST_ROWS


@dataclass(frozen=True, slots=True)
class Flakiness:
    """The second view: retries and builds that differ by place."""

    freshness: Freshness
    filter: QualityFilter
    tax: FlakeTax
    same_build: SameBuild


class CaseKind(StrEnum):
    """What a gate's word turned out to be."""

    CATCH = "catch"  # it failed and the version went no further
    FALSE_ALARM = "false_alarm"  # it failed, and passed unchanged, or production took the version and was well
    OVERRULED = "overruled"  # it failed, production took the version all the same, and that was a change failure
    UNDECIDED = "undecided"  # it failed; the version is still the newest there and has not gone on
    ESCAPE = "escape"  # it passed wherever it ran, and production had a change failure


@dataclass(frozen=True, slots=True)
class GateCase:
    """One case; `by`: the attempt that decided it, where one did."""

    suite: str
    kind: CaseKind
    cluster_id: str
    service_id: str
    version: str
    attempt_id: str
    at: Instant
    by: str | None


@dataclass(frozen=True, slots=True)
class SuiteEffect:
    """What the gate of one suite was worth in the period."""

    suite: str
    runs: int
    catches: int
    false_alarms: int
    overruled: int
    undecided: int
    escapes: int
    judged_failures: int  # failed deployments whose version the suite had tested: what escapes are of
    precision: Rate  # (catches + overruled) ÷ (catches + overruled + false alarms)
    escape_rate: Rate  # escapes ÷ judged failures
    seconds: float
    timed: int
    minutes_per_catch: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Effectiveness:
    """Every suite's gate, and the cases behind the counts."""

    freshness: Freshness
    filter: QualityFilter
    suites: Sequence[SuiteEffect]
    cases: Sequence[GateCase]  # newest first, at most MOST_ROWS
    total: int


@dataclass(frozen=True, slots=True)
class BackTestRule:
    """A rule to try: each suite passed, or that share of its tests; and hours served in the stage before."""

    suites: tuple[str, ...] = ()
    min_rate: float | None = None  # percent of the tests not skipped, to a tenth
    soak_hours: float | None = None


@dataclass(frozen=True, slots=True)
class BackTestRow:
    """One past deployment: whether the rule would have held it back, why, and what became of it."""

    attempt_id: str
    cluster_id: str
    service_id: str
    version: str
    started_at: Instant
    blocked: bool
    failed: bool  # it was a change failure
    reasons: tuple[str, ...]  # not_before | suite:NAME:failed | suite:NAME:none | soak
    soak_sec: float | None  # how long it had served in the stage before; None: it had not
    missing_sec: float | None  # of the soak; None where none is missing or it cannot be told


@dataclass(frozen=True, slots=True)
class BackTest:
    """What a rule would have done to the deployments of the period."""

    freshness: Freshness
    filter: QualityFilter
    rule: BackTestRule
    deployments: int  # those judged
    left_out: int  # on cluster-regions without a stage before
    blocked_rightly: int
    blocked_wrongly: int
    let_go_rightly: int
    missed: int
    delayed: int  # those whose soak was too short
    delay_sec: float
    median_delay_sec: float | None
    rows: Sequence[BackTestRow]  # blocked and missed, newest first, at most MOST_ROWS
    total: int
