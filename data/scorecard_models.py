"""What people set for the score card: rules, levels and exemptions. Pure."""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from data.models import Day


class Level(StrEnum):
    """What a service can earn, lowest first."""

    BRONZE = "Bronze"
    SILVER = "Silver"
    GOLD = "Gold"


LEVELS = tuple(Level)

COMPARED: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip


class Unit(StrEnum):
    """What a metric's values, and so the thresholds of its rules, are given in."""

    PERCENT = "%"
    COUNT = ""
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"
    A_DAY = "a day"


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """One thing that is asked of services: `metric` `operator` `threshold`, in the metric's unit.

    No teams or tiers named = it is asked of every service. `days`: how far back it looks, the running day included;
    metrics of the state as it is now do not look back. A sample smaller than `least_n` tells nothing.
    """

    rule_id: str
    title: str
    metric: str
    operator: str
    threshold: float
    level: Level
    why: str = ""
    suite: str | None = None  # of metrics that are of one test suite
    days: int = 30
    least_n: int = 1
    teams: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()

    def asks(self, team: str, tier: str) -> bool:
        """Whether it is asked of a service of this team and tier."""
        return (not self.teams or team in self.teams) and (not self.tiers or tier in self.tiers)

    def keeps(self, value: float) -> bool:
        """Whether a value satisfies it."""
        return COMPARED[self.operator](value, self.threshold)

    def keeps_from(self, least: float) -> bool | None:
        """The same of a value that is at least so great; None where that does not decide it."""
        first, last = self.keeps(least), self.keeps(math.inf)
        return first if first == last and self.operator != "=" else None


@dataclass(frozen=True, slots=True)
class Exemption:
    """A rule that somebody said a service need not keep, and until when: `expires` is the last day it counts."""

    rule_id: str
    service_id: str
    reason: str
    approver: str
    expires: Day

    def holds_on(self, day: Day) -> bool:
        """Whether it still counts."""
        return day <= self.expires
