"""Rules × numbers → cells, levels and what is missing for the next level. Pure.

A service has a level where it keeps all rules of that level and of those below that are asked of it. No data is not
kept. An exempt rule counts neither for nor against; but a level is earned by at least one rule that is kept, never by
exemptions, or by being asked nothing, alone: such a level is passed over.
"""

from collections.abc import Iterable, Mapping, Sequence

from data.catalog_models import Service
from data.models import Day
from data.scorecard_metrics import METRICS
from data.scorecard_models import LEVELS, Exemption, Level, ScoreRule
from data.scorecard_views import (
    NO_LEVEL,
    Card,
    CardFilter,
    Cell,
    Measured,
    Outcome,
    RuleShown,
    ServiceCard,
    TeamCard,
)

AGAINST = frozenset({Outcome.FAIL, Outcome.NO_DATA})
COUNTING = AGAINST | {Outcome.PASS}
NOT_MEASURED = "not_measured"
SMALL_SAMPLE = "small_sample"
NOT_EXACT = "not_exact"


def in_order(rules: Iterable[ScoreRule]) -> list[ScoreRule]:
    """Rules by level, lowest first, else as they are given."""
    return sorted(rules, key=lambda rule: LEVELS.index(rule.level))


def shown(rules: Iterable[ScoreRule]) -> list[RuleShown]:
    """Rules in order, each with its metric."""
    return [RuleShown(rule, METRICS[rule.metric]) for rule in in_order(rules)]


def cell(rule: ScoreRule, measured: Measured | None, exemption: Exemption | None, day: Day) -> Cell:
    """What a rule that is asked of a service says of it; what was measured stands beside an exemption too."""
    found = measured or Measured(None, reason=NOT_MEASURED)
    outcome, reason = _judged(rule, found)
    expired = exemption is not None and not exemption.holds_on(day)
    if exemption is not None and not expired:
        outcome = Outcome.EXEMPT
    return Cell(
        rule.rule_id, outcome, found.value, found.n, reason, found.at_least,
        gap=_gap(rule, found.value) if outcome is Outcome.FAIL else None, exemption=exemption, expired=expired,
    )  # fmt: skip


def _judged(rule: ScoreRule, found: Measured) -> tuple[Outcome, str | None]:
    if found.value is None:
        return Outcome.NO_DATA, found.reason
    if found.n is not None and found.n < rule.least_n:
        return Outcome.NO_DATA, SMALL_SAMPLE
    kept = rule.keeps_from(found.value) if found.at_least else rule.keeps(found.value)
    if kept is None:
        return Outcome.NO_DATA, NOT_EXACT
    return (Outcome.PASS if kept else Outcome.FAIL), None


def _gap(rule: ScoreRule, value: float | None) -> float | None:
    """How far a value is from the threshold; 0 where it stands on it and the rule wants it beyond."""
    return None if value is None else round(abs(rule.threshold - value), 9)


def level_of(rules: Sequence[ScoreRule], cells: Sequence[Cell]) -> Level | None:
    """The highest level that is earned; rules and cells go together."""
    earned: Level | None = None
    for level in LEVELS:
        outcomes = [one.outcome for rule, one in zip(rules, cells, strict=True) if rule.level is level]
        if any(outcome in AGAINST for outcome in outcomes):
            break
        if Outcome.PASS in outcomes:
            earned = level
    return earned


def next_of(rules: Sequence[ScoreRule], cells: Sequence[Cell]) -> tuple[Level | None, tuple[str, ...]]:
    """The first level that is not kept, and the rules in its way: the nearest to its threshold first."""
    for level in LEVELS:
        missing = [
            (rule, one)
            for rule, one in zip(rules, cells, strict=True)
            if rule.level is level and one.outcome in AGAINST
        ]
        if missing:
            missing.sort(key=lambda pair: _distance(*pair))
            return level, tuple(rule.rule_id for rule, _ in missing)
    return None, ()


def _distance(rule: ScoreRule, one: Cell) -> float:
    """How far away a rule is, in shares of its threshold; without data nobody knows, so it comes last."""
    return float("inf") if one.gap is None else one.gap / (abs(rule.threshold) or 1.0)


def service_card(
    service: Service,
    rules: Sequence[ScoreRule],
    exemptions: Mapping[tuple[str, str], Exemption],
    numbers: Mapping[str, Measured],
    day: Day,
) -> ServiceCard:
    """A service judged; `numbers` by rule id, `exemptions` by (rule id, service id), rules in their order."""
    cells = tuple(
        cell(rule, numbers.get(rule.rule_id), exemptions.get((rule.rule_id, service.service_id)), day)
        if rule.asks(service.team, service.tier)
        else Cell(rule.rule_id, Outcome.NOT_ASKED)
        for rule in rules
    )
    next_level, missing = next_of(rules, cells)
    earned = level_of(rules, cells)
    return ServiceCard(
        service.service_id, service.name, service.team, service.tier, earned, next_level, missing, cells
    )


def teams(services: Iterable[ServiceCard]) -> list[TeamCard]:
    """The services by team."""
    found: dict[str, list[ServiceCard]] = {}
    for one in services:
        found.setdefault(one.team, []).append(one)
    return [_team(team, found[team]) for team in sorted(found, key=lambda team: (not team, team.casefold(), team))]


def _team(team: str, services: Sequence[ServiceCard]) -> TeamCard:
    levels = {level: sum(one.level is level for one in services) for level in (None, *LEVELS)}
    lowest = next(level for level, count in levels.items() if count)
    cells = [cell for one in services for cell in one.cells]
    return TeamCard(
        team, len(services), levels, lowest,
        passed=sum(one.outcome is Outcome.PASS for one in cells),
        asked=sum(one.outcome in COUNTING for one in cells),
    )  # fmt: skip


def narrowed(card: Card, wanted: CardFilter) -> Card:
    """The part of a card that is asked for: services of a team or level, one rule's column; teams as they are left.

    Levels stay what they are by all rules.
    """
    rules = [one for one in card.rules if wanted.rule in (None, one.rule.rule_id)]
    kept = [
        one
        for one in card.services
        if wanted.team in (None, one.team) and wanted.level in (None, str(one.level.value if one.level else NO_LEVEL))
    ]
    return Card(card.day, rules, kept, teams(kept))


def standing(one: ServiceCard) -> tuple[Level | None, int, int]:
    """Level, rules kept, rules that count."""
    return one.level, one.count(Outcome.PASS), sum(cell.outcome in COUNTING for cell in one.cells)
