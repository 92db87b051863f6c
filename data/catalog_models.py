"""What people set: clusters, services, suites, freezes, how senders' names become ids, and who opens attempts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from data.alert_models import AlertRule
from data.models import Instant
from data.scorecard_models import Exemption, ScoreRule


class ClusterType(StrEnum):
    """The stage a cluster-region serves; metrics of production count only PRODUCTION."""

    DEVELOPMENT = "Development"
    STAGING = "Staging"
    PRODUCTION = "Production"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster-region; `order` is its place on the promotion path (lowest first)."""

    cluster_id: str
    name: str
    type: ClusterType = ClusterType.UNKNOWN
    role: str = ""
    description: str = ""
    order: int = 1000
    region: str = ""
    confirmed: bool = True
    sender_names: tuple[str, ...] = ()
    soak_hours: float | None = None  # how long a version should serve here before it moves on


@dataclass(frozen=True, slots=True)
class Service:
    """A deployable service; `suites` are the ones expected to test each attempt."""

    service_id: str
    name: str
    team: str = ""
    tier: str = ""
    repository: str = ""
    suites: tuple[str, ...] = ()
    sender_names: tuple[str, ...] = ()
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the mapping from what senders call things to our ids; `when` and targets are patterns.

    Every rule whose `when` fits contributes; of several that give the same target the first holds.
    """

    name: str
    source: str  # a sender's name, or "*"
    when: tuple[tuple[str, str], ...] = ()  # (what the sender names, pattern)
    service: str | None = None
    cluster: str | None = None
    version: str | None = None
    deployment: bool | None = None  # whether a run, pipeline, job … is a deployment at all
    ignore: bool = False


@dataclass(frozen=True, slots=True)
class Freeze:
    """A window [start, end) in which nothing should be deployed; no clusters or services named = all of them."""

    name: str
    start: Instant
    end: Instant
    clusters: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    reason: str = ""

    def covers(self, cluster_id: str, service_id: str) -> bool:
        """Whether it holds for this service on this cluster."""
        return self.covers_cluster(cluster_id) and (not self.services or service_id in self.services)

    def covers_cluster(self, cluster_id: str) -> bool:
        """Whether it holds for some service on this cluster."""
        return not self.clusters or cluster_id in self.clusters

    def holds_at(self, now: Instant) -> bool:
        """Whether the window is open."""
        return self.start <= now < self.end


@dataclass(frozen=True, slots=True)
class GateRule:
    """What must be shown of a version before it goes on to cluster-regions of a type; the first that fits holds."""

    name: str
    to: ClusterType
    services: tuple[str, ...] = ()  # none named = all of them
    suites: tuple[str, ...] | None = None  # that must have passed in the stage before; None: those of the service
    min_pass_rate: float | None = None  # percent of the tests not skipped, to a tenth, of each of these suites
    soak_hours: float | None = None  # served in the stage before; the longer of it and the cluster's own

    def covers(self, to: ClusterType, service_id: str) -> bool:
        """Whether it is about this service on its way to that stage."""
        return self.to is to and (not self.services or service_id in self.services)


DOCUMENT_SUITES = ("FUNCTIONAL", "SANITY", "REGRESSION")


@dataclass(frozen=True, slots=True)
class Catalog:
    """What people set: the known clusters and services, suites, and who opens attempts."""

    clusters: tuple[Cluster, ...] = ()
    services: tuple[Service, ...] = ()
    suites: tuple[str, ...] = DOCUMENT_SUITES
    openers: tuple[tuple[str, str], ...] = ()  # ("*" | cluster | cluster#service, source)
    rules: tuple[Rule, ...] = ()
    freezes: tuple[Freeze, ...] = ()  # by start
    gates: tuple[GateRule, ...] = ()  # in the order of the file
    alerts: tuple[AlertRule, ...] = ()  # by id
    score_rules: tuple[ScoreRule, ...] = ()  # of the score card, in the order of the file
    exemptions: tuple[Exemption, ...] = ()  # by rule, then service
    # lower-case name -> id, made once a catalog: every delivery looks names up
    service_names: Mapping[str, str] = field(init=False, repr=False, compare=False)
    cluster_names: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        services = ((one.service_id, one.sender_names) for one in self.services)
        clusters = ((one.cluster_id, one.sender_names) for one in self.clusters)
        object.__setattr__(self, "service_names", _names(services))
        object.__setattr__(self, "cluster_names", _names(clusters))

    def opener(self, cluster_id: str, service_id: str) -> str | None:
        """The one source that opens attempts of this pair; None = every source does."""
        lines = dict(self.openers)
        keys = (f"{cluster_id}#{service_id}", f"*#{service_id}", cluster_id, "*")
        return next((lines[key] for key in keys if key in lines), None)

    def cluster(self, cluster_id: str) -> Cluster:
        """The cluster as set, or an unconfirmed one of that id."""
        known = (c for c in self.clusters if c.cluster_id == cluster_id)
        return next(known, Cluster(cluster_id, cluster_id, confirmed=False))

    def service(self, service_id: str) -> Service:
        """The service as set, or an unconfirmed one of that id."""
        known = (s for s in self.services if s.service_id == service_id)
        return next(known, Service(service_id, service_id, confirmed=False))


def _names(entries: Iterable[tuple[str, Sequence[str]]]) -> Mapping[str, str]:
    """Lower-case name -> id: every id itself, which stands above what senders call it."""
    found: dict[str, str] = {}
    ids: dict[str, str] = {}
    for own_id, names in entries:
        found |= {name.lower(): own_id for name in names}
        ids[own_id] = own_id
    return found | ids
