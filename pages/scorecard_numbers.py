"""The measured numbers of every service, side by side: the score card without judgement."""

import context
from components import filters, states
from components.copying import fixed_days
from components.links import Query
from components.panel import panel
from components.score_table import legend, score_table
from components.tags import Node, el
from components.words import period as period_words
from data import queries
from data.generation import Generation
from data.instants import to_instant
from data.views import Scorecard
from pages import files
from pages.asked import Period, period
from pages.drawing import Args, Part, View
from pages.scorecard_asked import PATH, views

USUAL = "30d"


def numbers_view(generation: Generation, args: Args, query: Query, ruled: bool) -> View:
    """The parts of this view; `query` leads to it, `ruled`: there is another view beside it."""
    days = period(args, context.now(), USUAL)
    card = queries.scorecard(generation, context.scope(), days.start, days.end, context.now())
    return View(
        [
            Part("head", lambda: _head(card, days, query, ruled)),
            Part("card", lambda: _card(card, days), lasting=bool(card.rows)),
        ],
        of=("numbers", days.name, days.start, days.end, str(ruled)),
    )


def _head(card: Scorecard, days: Period, query: Query, ruled: bool) -> list[Node | None]:
    heading = el("H1", "Score card", tabIndex="-1", data_title="Score card")
    words = el("P", fixed_days(period_words(card.start, card.end), card.start, card.end), cls="ink-2")
    file = files.csv("scorecard", {"from": card.start, "to": card.end}, "the score card") if card.rows else None
    chosen = filters.range_filter(PATH, query | days.query, days.name)
    toolbar = el("Div", views("numbers") if ruled else None, chosen, file, cls="toolbar")
    return [el("Div", heading, words, cls="page-head"), toolbar]


def _card(card: Scorecard, days: Period) -> Node:
    if not card.rows:
        return el("Div", states.first_event(f"{to_instant(context.now())[:19]}Z"), cls="panel")
    query: Query = dict(days.query) if days.name is None else {"range": days.name}
    return panel("Services", score_table(card, query), legend(), anchor="services")
