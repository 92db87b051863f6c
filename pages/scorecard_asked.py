"""What the address of the score card asks for: a view of it, and the team, rule and level to show."""

from collections.abc import Mapping
from dataclasses import dataclass

from components import filters
from components.links import Query, page_path
from components.tags import Node
from data.scorecard_models import LEVELS
from data.scorecard_views import NO_LEVEL, Card, CardFilter

PATH = "/scorecard"
VIEWS = (("rules", "Rules"), ("numbers", "Numbers"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter that fits the card, and how the address says it."""

    wanted: CardFilter
    query: Query

    def address(self, **changes: str | None) -> str:
        """The page with another filter."""
        return page_path(PATH, self.query | changes)


def asked(args: Mapping[str, str], card: Card) -> Asked:
    """What is asked for; teams, rules and levels there are not count as not said."""
    team, rule, level = args.get("team"), args.get("rule"), args.get("level")
    wanted = CardFilter(
        team if team in {one.team for one in card.services} else None,
        rule if rule in {one.rule.rule_id for one in card.rules} else None,
        level if level in {NO_LEVEL, *(one.value for one in LEVELS)} else None,
    )
    return Asked(wanted, {"team": wanted.team, "rule": wanted.rule, "level": wanted.level})


def views(current: str) -> Node:
    """The way to the other view."""
    return filters.segments(
        "View", [(words, page_path(PATH, {"view": name}), name == current) for name, words in VIEWS]
    )
