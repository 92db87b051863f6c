"""What the promotions page and its API show: lanes, what waits in them and what blocks it, paths, convergence."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.catalog_models import Cluster, ClusterType, Freeze, Service
from data.models import Gate, Instant, PromotionStatus
from data.views import PairState


class BlockerKind(StrEnum):
    """Why a version should not go on yet."""

    GATE_FAILED = "gate_failed"
    GATE_MISSING = "gate_missing"
    SOAK = "soak"
    FREEZE = "freeze"
    UNHEALTHY = "unhealthy"
    PROMOTION_PENDING = "promotion_pending"
    PROMOTION_REJECTED = "promotion_rejected"
    PROMOTION_FAILED = "promotion_failed"
    NOT_SHOWN = "not_shown"  # said to a pipeline only: the version does not serve in the stage before, say


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason; `until` where it is known when it ends."""

    kind: BlockerKind
    cluster_id: str
    words: str
    until: Instant | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that serves here and nowhere after this place on its way."""

    version: str
    since: Instant
    targets: tuple[str, ...]  # the cluster-regions next on its way that serve something older, or nothing
    soak_until: Instant | None  # None: no soak time is set here
    soak_left_sec: float | None
    gates: tuple[Gate, ...]  # of the attempt that serves; expected suites without a run are MISSING
    blockers: tuple[Blocker, ...]
    under_way: PromotionStatus | None = None  # APPROVED or IN_PROGRESS: somebody is moving it
    by: str | None = None  # who had it promoted here, where that was reported
    moved_by: str | None = None  # who asked for what is under way


@dataclass(frozen=True, slots=True)
class Behind:
    """How many newer versions served before this place; `exact` False: at least so many."""

    versions: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """One cluster-region of a service's lane."""

    cluster: Cluster
    state: PairState | None  # None: never deployed here, or taken away
    waiting: Waiting | None = None
    behind: Behind | None = None  # None: it cannot be told
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """The cluster-regions of one type, and the freezes open or coming there."""

    type: ClusterType
    clusters: tuple[Cluster, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """One service on its way through the stages; `stops` by stage, as in `Lanes.stages`."""

    service: Service
    stops: tuple[tuple[Stop, ...], ...]

    @property
    def waiting(self) -> list[Waiting]:
        """What waits, in the order of the stages."""
        return [stop.waiting for stops in self.stops for stop in stops if stop.waiting]


@dataclass(frozen=True, slots=True)
class Lanes:
    """Services on their way. `promotions_read` False: whether one is pending or rejected is not known."""

    stages: tuple[Stage, ...]
    lanes: Sequence[Lane]
    off_path: tuple[Cluster, ...]  # cluster-regions whose stage nobody has said
    freezes: tuple[Freeze, ...]  # open now or beginning within FREEZES_AHEAD, by start
    promotions_read: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """Promotions from one cluster-region to another; those still going are in `open`."""

    from_cluster_id: str
    to_cluster_id: str
    succeeded: int
    failed: int
    rejected: int
    open: int
    median_sec: float | None  # from asked to done, of those that succeeded and whose steps were reported
    timed: int

    @property
    def total(self) -> int:
        return self.succeeded + self.failed + self.rejected + self.open


@dataclass(frozen=True, slots=True)
class PathNode:
    """One cluster-region and how the services looked at are there; `waiting`: versions that wait to go on."""

    cluster: Cluster
    healthy: int
    attention: int
    unknown: int
    waiting: int

    @property
    def services(self) -> int:
        return self.healthy + self.attention + self.unknown


@dataclass(frozen=True, slots=True)
class PathGraph:
    """The stages in order, what was promoted from each to the next, and what went another way."""

    stages: tuple[tuple[PathNode, ...], ...]
    ways: Sequence[Edge]  # one that the catalog leads along and nothing went has zeros
    others: Sequence[Edge]


@dataclass(frozen=True, slots=True)
class Reached:
    """One cluster-region and the version looked at; `newer`: whether what serves there instead is newer."""

    cluster: Cluster
    state: PairState | None
    serves: bool
    since: Instant | None
    newer: bool | None = None


@dataclass(frozen=True, slots=True)
class Convergence:
    """How far one version got over the cluster-regions of its service."""

    service: Service
    version: str
    versions: tuple[str, ...]  # every version that serves somewhere, newest first where that can be told
    places: tuple[Reached, ...]

    @property
    def serving(self) -> int:
        """On how many cluster-regions it serves."""
        return sum(place.serves for place in self.places)

    @property
    def first(self) -> Instant | None:
        """Since when it serves where it came first."""
        return min((place.since for place in self.places if place.serves and place.since), default=None)


@dataclass(frozen=True, slots=True)
class SpreadStep:
    """From then on so many cluster-regions serve the version or a newer one; `serving` None: it cannot be told."""

    at: Instant
    seconds: float  # since the version's first success
    serving: int | None
    cluster: Cluster | None = None  # where that changed; None: the end of what is known
    attempt_id: str | None = None


@dataclass(frozen=True, slots=True)
class SpreadCurve:
    """How one version spread. `half_sec` and `full_sec`: until half and all had it or a newer one, None: not yet."""

    version: str
    first: SpreadStep
    steps: tuple[SpreadStep, ...]  # the first and the end included
    half_sec: float | None
    full_sec: float | None
    older: tuple[Cluster, ...]  # that serve something older now, or nothing


@dataclass(frozen=True, slots=True)
class Spread:
    """How the newest versions of a service spread over the cluster-regions of a stage, or of all of them."""

    service: Service
    stage: ClusterType | None
    stages: tuple[ClusterType, ...]  # those there are, to choose from
    n: int
    curves: tuple[SpreadCurve, ...]  # newest version first


@dataclass(frozen=True, slots=True)
class ServiceWaves:
    """How the newest versions of a service took a stage's `n` cluster-regions. The medians have their own n."""

    service: Service
    n: int
    waves: tuple[SpreadCurve, ...]  # the one that began last first
    half_sec: float | None
    half_n: int
    full_sec: float | None
    full_n: int


@dataclass(frozen=True, slots=True)
class Waves:
    """The waves of a stage; None: none has several cluster-regions. `complete` False: older ones were left out."""

    stage: ClusterType | None
    stages: tuple[ClusterType, ...]  # those with several cluster-regions, to choose from
    days: int
    complete: bool
    services: tuple[ServiceWaves, ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """A version that waits on a cluster-region."""

    cluster: Cluster
    version: str
    since: Instant
    waited_sec: float
    targets: tuple[str, ...]
    blockers: int


@dataclass(frozen=True, slots=True)
class Debt:
    """What waits of a service, the longest first, and how long all of it has waited together."""

    service: Service
    owed: tuple[Owed, ...]
    total_sec: float
