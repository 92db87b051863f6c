"""What analytics say beside daily counts: durations, deploys over time, why attempts failed, what is flaky."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from data.models import Day

Grain = Literal["day", "hour"]


@dataclass(frozen=True, slots=True)
class Durations:
    """How long deploys took, in minutes; both None where there was none. Not `exact`: within 1 %."""

    p50: float | None = None
    p90: float | None = None
    n: int = 0
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Week:
    """The deploys of one ISO week as far as the range reaches; `partial`: it has days outside, or is not over."""

    monday: Day
    start: Day
    end: Day
    deploys: int
    partial: bool


@dataclass(frozen=True, slots=True)
class FailureReason:
    """Failed and rolled back attempts whose reasons say the same; `examples` are reasons as they were sent."""

    key: str  # names it in an address
    words: str
    failed: int
    rolled_back: int
    examples: Sequence[tuple[str, int]] = ()  # (text, attempts), the most frequent first

    @property
    def attempts(self) -> int:
        return self.failed + self.rolled_back


@dataclass(frozen=True, slots=True)
class FailureReasons:
    """The most frequent reasons first; `others`: the attempts of all further ones, `other_kinds` in number."""

    top: Sequence[FailureReason] = ()
    others: FailureReason | None = None
    other_kinds: int = 0

    @property
    def all(self) -> Sequence[FailureReason]:
        """The top and the others: together everything that failed or was rolled back."""
        return [*self.top, self.others] if self.others else list(self.top)


@dataclass(frozen=True, slots=True)
class Flake:
    """A suite of a service that changed its verdict over one version, or deploys that passed only when repeated.

    `n`: the versions judged more than once on one cluster-region, of which `flipped` did so.
    """

    service_id: str
    suite: str | None  # None: the deploy itself
    flipped: int
    n: int

    @property
    def key(self) -> str:
        """Names it in an address."""
        return f"{self.service_id}:{self.suite or 'deploy'}"


@dataclass(frozen=True, slots=True)
class Flakes:
    """Those with a flip, the most first; `repeated`: versions judged more than once that were looked at, all told."""

    found: Sequence[Flake] = field(default_factory=tuple)
    repeated: int = 0
