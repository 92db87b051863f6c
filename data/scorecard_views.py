"""What the score card shows, live or from a snapshot: cells, levels, teams. Values are in their metric's unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.models import Day
from data.scorecard_metrics import MetricKind
from data.scorecard_models import Exemption, Level, ScoreRule


class Outcome(StrEnum):
    """What a rule says of a service. Of these only `pass` counts for it, and `fail` and `no_data` against it."""

    PASS = "pass"
    FAIL = "fail"
    NO_DATA = "no_data"
    EXEMPT = "exempt"
    NOT_ASKED = "not_asked"  # the rule is for other teams or tiers


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric of one service. `value` None has a `reason`; `at_least`: it is so much or more."""

    value: float | None
    n: int | None = None
    reason: str | None = None
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One rule for one service. `gap`: how far it is from the threshold; the exemption stands here, expired too."""

    rule_id: str
    outcome: Outcome
    value: float | None = None
    n: int | None = None
    reason: str | None = None
    at_least: bool = False
    gap: float | None = None
    exemption: Exemption | None = None
    expired: bool = False


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A service: what it earned, and what is missing for more."""

    service_id: str
    name: str
    team: str
    tier: str
    level: Level | None
    next_level: Level | None  # None: there is nothing more to earn
    missing: tuple[str, ...]  # ids of the rules in its way there, fewest steps first
    cells: tuple[Cell, ...]  # in the order of the rules

    def cell(self, rule_id: str) -> Cell:
        """What a rule says of it."""
        return next(one for one in self.cells if one.rule_id == rule_id)

    def count(self, outcome: Outcome) -> int:
        """How many rules say so."""
        return sum(one.outcome is outcome for one in self.cells)


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team: its services by level, and how many of what is asked of them is kept."""

    team: str  # "" = services without one
    services: int
    levels: Mapping[Level | None, int]
    lowest: Level | None
    passed: int
    asked: int  # rules that count: passed, failed and without data


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule with what its metric is."""

    rule: ScoreRule
    kind: MetricKind


@dataclass(frozen=True, slots=True)
class Card:
    """The score card of one day."""

    day: Day
    rules: Sequence[RuleShown]  # by level, then in the catalog's order
    services: Sequence[ServiceCard]  # by name
    teams: Sequence[TeamCard]  # by name


@dataclass(frozen=True, slots=True)
class Standing:
    """A service on one day, in short, for histories: level, rules kept, rules asked."""

    day: Day
    level: Level | None
    passed: int
    asked: int


@dataclass(frozen=True, slots=True)
class CardFilter:
    """Which part of a card is asked for. `level`: services that have exactly this; "none" = that have none."""

    team: str | None = None
    rule: str | None = None
    level: str | None = None


NO_LEVEL = "none"
