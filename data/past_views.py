"""What looking back says: plain answers, shared by pages and API."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.catalog_models import Cluster, Service
from data.models import AttemptRow, Instant, Verdict
from data.views import PairState


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a line of time: how many attempts began in it, and how many of them failed or were rolled back."""

    attempts: int
    failed: int


@dataclass(frozen=True, slots=True)
class Beside:
    """The last change before an instant and the first after it, in epoch milliseconds of whole seconds."""

    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """The line of time one can look back along, in epoch milliseconds, and the changes beside one instant of it."""

    first: int
    last: int
    marks: Sequence[Mark]
    beside: Beside


class What(StrEnum):
    """What became of a pair, the worst first; one word each."""

    BROKE = "broke"
    FAILED = "failed attempts"
    ROLLED_BACK = "went back"
    RETIRED = "retired"
    RECOVERED = "recovered"
    DEPLOYED = "new version"
    NEW = "first deployed"
    REDEPLOYED = "deployed again"
    RUNNING = "running"
    GATES = "gates changed"
    OTHER = "changed"


@dataclass(frozen=True, slots=True)
class GateMove:
    """A suite's verdict before and after; None where the attempt of that time had no such gate."""

    suite: str
    before: Verdict | None
    after: Verdict | None


@dataclass(frozen=True, slots=True)
class PairChange:
    """One pair at two instants, and what failed on it in between; a state is None where it was not there."""

    cluster: Cluster
    service: Service
    what: What
    before: PairState | None
    after: PairState | None
    gates: tuple[GateMove, ...]  # those whose verdict is another one
    failed: tuple[AttemptRow, ...]  # failed or rolled back in between, newest first
    attempts: int  # begun in between


@dataclass(frozen=True, slots=True)
class ChangesBetween:
    """What changed from one instant to a later one: production first, what broke first."""

    since: Instant
    until: Instant
    rows: Sequence[PairChange]
    pairs: int  # looked at
    attempts: int  # begun in between
    failed: int  # of all pairs


@dataclass(frozen=True, slots=True)
class ChangesOf:
    """Which pairs are asked about; None: all."""

    cluster_id: str | None = None
    service_id: str | None = None
    team: str | None = None
