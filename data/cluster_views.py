"""What the cluster-region's page says beyond the summary: plain answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.models import Instant


@dataclass(frozen=True, slots=True)
class Bar:
    """One attempt on the timeline; `ended` None = it runs, or its end was never told."""

    attempt_id: str
    version: str
    outcome: str  # one of OUTCOMES
    started: Instant
    ended: Instant | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class SwimLane:
    """One service: how often it was tried in the period, and its bars, oldest first."""

    service_id: str
    attempts: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class SwimLanes:
    """The timeline of one cluster-region from `since` to `until`; what is not drawn is counted all the same."""

    lanes: Sequence[SwimLane]
    since: Instant
    until: Instant
    now: Instant
    attempts: int  # in the period, drawn or not
    services: int  # with an attempt in the period

    @property
    def drawn(self) -> int:
        """How many attempts have a bar."""
        return sum(len(lane.bars) for lane in self.lanes)
