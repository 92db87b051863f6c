"""What the service and build pages say beyond the summaries: plain answers, shared by pages and API."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from data.catalog_models import ClusterType
from data.models import Attempt, AttemptRow, Commit, Gate, Instant, Status, TestRun


@dataclass(frozen=True, slots=True)
class Tried:
    """The newest attempt of a version on a cluster; the serving one where the version serves there."""

    attempt_id: str
    status: Status
    cancelled: bool
    started_at: Instant
    serving: bool


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version: its place from the newest (1), and what became of it by cluster id."""

    version: str
    place: int
    tried: Mapping[str, Tried]


@dataclass(frozen=True, slots=True)
class Skew:
    """Two cluster-regions of one stage serve different versions; `steps` versions lie between, one counted."""

    stage: ClusterType
    ahead: str
    behind: str
    ahead_version: str
    behind_version: str
    steps: int
    at_least: bool  # older versions were not read: there may be more between


@dataclass(frozen=True, slots=True)
class Active:
    """From when a success served until the next one there; `until` None = it still does."""

    since: Instant
    until: Instant | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Each None where there is none; what served before also where it is further back than LOOKED_AT."""

    previous: Attempt | None = None
    next: Attempt | None = None
    served_before: Attempt | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: the attempt, how long it ran, its gates, and the run of each suite that counts."""

    attempt: Attempt
    seconds: float | None  # None while it runs
    gates: tuple[Gate, ...]
    runs: tuple[TestRun, ...]


@dataclass(frozen=True, slots=True)
class GateChange:
    """One suite on both sides; a delta is None where one side has no number."""

    suite: str
    a: Gate | None
    b: Gate | None
    rate_delta: float | None  # of the pass rate, -1..1
    failed_delta: int | None


@dataclass(frozen=True, slots=True)
class TestChange:
    """One failed test of a suite that ran on both sides."""

    __test__ = False  # not a pytest class

    suite: str
    name: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The first side is `a`, the second `b`; new and fixed are told from a to b."""

    a: Side
    b: Side
    commits: tuple[Commit, ...]  # those sent with the attempts after the earlier one, up to the later one
    commits_complete: bool  # every one of those attempts named its commits
    gates: tuple[GateChange, ...]
    new_failures: tuple[TestChange, ...]
    fixed: tuple[TestChange, ...]
    still_failing: tuple[TestChange, ...]
    unnamed: tuple[str, ...]  # suites of which more tests failed than were named


class Basis(StrEnum):
    """Whose past rollbacks the expectation rests on."""

    PAIR = "pair"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Expected:
    """The median of past rollbacks in minutes; None where there is none, and then n is 0."""

    minutes: float | None
    n: int
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class Rollback:
    """One pair: what serves, the last good version other than it, and what going back there would mean."""

    cluster_id: str
    service_id: str
    in_trouble: bool
    finished: AttemptRow | None  # the latest that finished
    serving: AttemptRow | None
    last_good: AttemptRow | None
    gates: tuple[Gate, ...]  # of the last good one; expected suites without a run are MISSING
    live_seconds: float | None  # from when it served until the next success; None where that is not known
    lost_versions: tuple[str, ...]  # put out successfully after it, oldest first
    lost_commits: tuple[Commit, ...]
    lost_complete: bool  # everything after it was looked at, and each attempt named its commits
    expected: Expected


@dataclass(frozen=True, slots=True)
class Step:
    """One stretch of an attempt's time; `end` None = a moment, or still going on (`open`)."""

    name: str
    start: Instant
    end: Instant | None
    tone: str  # waiting | a status' or a verdict's word in lower case
    is_test: bool = False
    open: bool = False
    far: bool = False  # so much later that it would squeeze the rest
