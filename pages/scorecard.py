"""/scorecard: which services keep which rules, what they earned by it and what is missing for more.

Filters are the address: `?team=&rule=&level=`; `view=numbers` shows what was measured, without judgement.
"""

from collections.abc import Mapping

from dash import register_page

import context
from components import filters, states
from components.links import link, page_path
from components.panel import panel
from components.score_parts import exemptions_panel, rules_panel, teams_panel
from components.score_rules import Weeks, heat_map, legend
from components.tags import Node, el
from components.words import counted
from data import scorecard_queries
from data.errors import Unavailable
from data.generation import Generation
from data.instants import to_instant
from data.scorecard_models import LEVELS
from data.scorecard_rules import narrowed
from data.scorecard_views import NO_LEVEL, Card
from pages import files, live
from pages.drawing import Args, Part, View
from pages.scorecard_asked import PATH, Asked, asked, views
from pages.scorecard_numbers import numbers_view

NONE_WORDS = "No level"


def view(generation: Generation, args: Args) -> View:
    """The parts of the page."""
    ruled = bool(generation.catalog.score_rules)
    if args.get("view") == "numbers" or not ruled:
        return numbers_view(generation, args, {"view": "numbers"} if ruled else {}, ruled)
    whole = scorecard_queries.card(generation, context.scope(), context.now())
    if not whole.services:
        return View([Part("empty", _empty, lasting=False)])
    wish = asked(args, whole)
    card = narrowed(whole, wish.wanted)
    return View(
        [
            Part("head", lambda: _head(whole, card, wish)),
            Part("teams", lambda: teams_panel(card, {"rule": wish.wanted.rule})),
            Part("card", lambda: _card(card, wish), what="the score card", lasting=False),
            Part("rules", lambda: rules_panel(card, wish.wanted.rule)),
            Part("exemptions", lambda: _exemptions(generation, card)),
        ],
        of=("rules", whole.day, wish.wanted.team, wish.wanted.rule, wish.wanted.level),
    )


def _title() -> Node:
    return el("H1", "Score card", tabIndex="-1", data_title="Score card")


def _empty() -> list[Node]:
    first = el("Div", states.first_event(f"{to_instant(context.now())[:19]}Z"), cls="panel")
    return [el("Div", _title(), cls="page-head"), first]


def _head(whole: Card, card: Card, wish: Asked) -> list[Node | None]:
    levels = [(level, sum(one.level is level for one in whole.services)) for level in (*reversed(LEVELS), None)]
    words = ", ".join(f"{count} {level.value if level else 'without a level'}" for level, count in levels)
    teams = sorted({one.team for one in whole.services if one.team})
    titles = [(one.rule.rule_id, one.rule.title) for one in whole.rules]
    choices = [*((level.value, level.value) for level in LEVELS), (NO_LEVEL, NONE_WORDS)]
    form = filters.form(
        PATH, "Filters",
        filters.select("team", "Team", [(one, one) for one in teams], wish.wanted.team),
        filters.select("rule", "Rule", titles, wish.wanted.rule),
        filters.select("level", "Level", choices, wish.wanted.level),
    )  # fmt: skip
    file = files.csv("scorecards", {**wish.query}, "the rules of each service")
    return [
        el(
            "Div",
            _title(),
            el("P", f"{counted(len(whole.services), 'service')}: {words}", cls="ink-2"),
            cls="page-head",
        ),
        el("Div", views("rules"), form, file, cls="toolbar"),
        _chips(wish, dict(titles)),
    ]


def _chips(wish: Asked, titles: Mapping[str, str]) -> Node | None:
    said = {
        "team": wish.wanted.team,
        "rule": titles.get(wish.wanted.rule or ""),
        "level": NONE_WORDS if wish.wanted.level == NO_LEVEL else wish.wanted.level,
    }
    active = [(f"{name}: {words}", wish.address(**{name: None})) for name, words in said.items() if words]
    return filters.chips(active, PATH)


def _card(card: Card, wish: Asked) -> Node:
    if not card.services:
        return el("Div", states.no_match("services", [], page_path(PATH, {})), cls="panel")
    weeks = _weeks(card)
    note = None if weeks is not None else "the history could not be read just now"
    about = link("how it is judged", page_path("/docs/metrics", None, "scorecard"))
    return panel(
        "Services by rules",
        heat_map(card, weeks),
        legend(weeks is not None),
        anchor="services",
        note=[note, " ", about],
    )


def _weeks(card: Card) -> Weeks | None:
    """How services stood at the end of each of the last weeks; None while that cannot be read."""
    try:
        return scorecard_queries.weeks(context.store(), context.scope(), card.day)
    except Unavailable:
        return None


def _exemptions(generation: Generation, card: Card) -> Node | None:
    names = {one.service_id: one.name for one in card.services}
    titles = {one.rule.rule_id: one.rule.title for one in card.rules}
    mine = [one for one in generation.catalog.exemptions if one.service_id in names and one.rule_id in titles]
    return exemptions_panel(mine, names, titles, card.day) if mine else None


register_page(__name__, path=PATH, title="Score card - DQD", layout=live.serve("scorecard", view), connects=True)
