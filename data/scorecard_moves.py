"""What moved on the score card between two days, and the digest that tells it. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from data.models import Day
from data.scorecard_models import LEVELS, Level
from data.scorecard_rules import AGAINST
from data.scorecard_views import Card, Cell, Outcome, RuleShown, ServiceCard
from data.scorecard_words import OUTCOMES, asked, found

MOST_SERVICES = 20
MOST_RULES = 6


@dataclass(frozen=True, slots=True)
class Turn:
    """A rule that says something else of a service now."""

    shown: RuleShown
    before: Outcome
    now: Cell


@dataclass(frozen=True, slots=True)
class Move:
    """A service whose level or rules changed."""

    service: ServiceCard
    before: Level | None
    better: tuple[Turn, ...]
    worse: tuple[Turn, ...]

    @property
    def steps(self) -> int:
        """How many levels it went up; negative: down."""
        return _place(self.service.level) - _place(self.before)


def _place(level: Level | None) -> int:
    return LEVELS.index(level) + 1 if level else 0


def moves(before: Card, now: Card) -> list[Move]:
    """The services that are on both, where something moved: levels lost first, then won, then the rest, by name.

    A rule counts where both cards have it: a new rule is no move of anybody.
    """
    old = {one.service_id: one for one in before.services}
    told = [_move(old[one.service_id], one, now) for one in now.services if one.service_id in old]
    moved = [one for one in told if one.steps or one.better or one.worse]
    return sorted(moved, key=lambda one: ((one.steps >= 0) + (one.steps == 0), one.service.name.casefold()))


def _move(before: ServiceCard, now: ServiceCard, card: Card) -> Move:
    was = {one.rule_id: one.outcome for one in before.cells}
    turns = [
        Turn(shown, was[shown.rule.rule_id], now.cell(shown.rule.rule_id))
        for shown in card.rules
        if shown.rule.rule_id in was
    ]
    return Move(
        now, before.level,
        better=tuple(one for one in turns if one.before in AGAINST and one.now.outcome not in AGAINST),
        worse=tuple(one for one in turns if one.before not in AGAINST and one.now.outcome in AGAINST),
    )  # fmt: skip


def rules_changed(before: Card, now: Card) -> list[str]:
    """Titles of rules that came, went or ask something else: they too can move a level."""
    old, new = ({one.rule.rule_id: one.rule for one in card.rules} for card in (before, now))
    changed = [rule.title for name, rule in new.items() if old.get(name) != rule]
    return [*changed, *(rule.title for name, rule in old.items() if name not in new)]


def iso_week(day: Day) -> str:
    """`2026-W48`."""
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02d}"


Address = Callable[[str], str | None]  # service id -> its address, where the dashboard's is known


def digest(before: Card, now: Card, told: Sequence[Move], address: Address, page: str | None) -> str:
    """The digest in the markup of Slack's messages; what people set is escaped."""
    return "\n".join(_lines(before, now, told, address, page))


def _lines(before: Card, now: Card, told: Sequence[Move], address: Address, page: str | None) -> Iterator[str]:
    title = _link(f"Score card, week {iso_week(now.day)}", page)
    down, up = (sum((one.steps * sign) > 0 for one in told) for sign in (-1, 1))
    counted = f"{down} down, {up} up, {len(told) - down - up} otherwise changed"
    yield f"*{title}* ({before.day} to {now.day}, UTC): {counted}"
    if changed := rules_changed(before, now):
        yield f"Rules that changed: {escaped(', '.join(changed))}"
    for one in told[:MOST_SERVICES]:
        yield _head(one, address)
        yield from _turns("no longer kept", one.worse)
        yield from _turns("in the way no more", one.better)
    if len(told) > MOST_SERVICES:
        yield f"… and {len(told) - MOST_SERVICES} more services"


def _head(one: Move, address: Address) -> str:
    name = _link(one.service.name, address(one.service.service_id))
    team = f" ({escaped(one.service.team)})" if one.service.team else ""
    if one.steps == 0:
        return f"• *{name}*{team} stays {_level(one.service.level)}"
    arrow = ":arrow_up:" if one.steps > 0 else ":arrow_down:"
    return f"• {arrow} *{name}*{team} {_level(one.before)} → {_level(one.service.level)}"


def _level(level: Level | None) -> str:
    return level.value if level else "no level"


def _turns(words: str, turns: Sequence[Turn]) -> Iterator[str]:
    for one in turns[:MOST_RULES]:
        unit = one.shown.kind.unit
        value = found(one.now, unit)
        what = f"{value}, {asked(one.shown.rule, unit)} is asked"
        if one.now.outcome not in (Outcome.PASS, Outcome.FAIL):
            what = f"{OUTCOMES[one.now.outcome].lower()}: {what}"
        yield f"      {words}: {escaped(one.shown.rule.title)} ({escaped(what)})"
    if len(turns) > MOST_RULES:
        yield f"      {words}: {len(turns) - MOST_RULES} more rules"


def _link(words: str, address: str | None) -> str:
    return f"<{address}|{escaped(words)}>" if address else escaped(words)


def escaped(words: str) -> str:
    """Text that Slack shows as it is: nobody is mentioned, nothing becomes a link."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "¦")
