"""/services: every service on every cluster-region. Filters, order and page are the address, as on the overview."""

from dash import register_page

import context
from components import states
from components.tags import Node, el
from data import promotion_path, queries
from data.generation import Generation
from data.instants import to_instant
from pages import live, matrix_asked, matrix_panel
from pages.drawing import Args, Part, View

PATH = "/services"


def view(generation: Generation, args: Args) -> View:
    """The parts of the page."""
    scope, now = context.scope(), context.now()
    asked = matrix_asked.asked(PATH, args)
    every = queries.held_overview(generation, scope, now)
    if not every.services:
        return View([Part("empty", _empty, lasting=False)])
    shown = queries.overview(generation, scope, now, asked.wanted)
    behind = promotion_path.behind(generation, scope)
    kept = matrix_panel.kept_rows(generation, scope)
    return View(
        [
            Part("head", lambda: _head(matrix_panel.size(shown, every))),
            Part("filters", lambda: matrix_panel.form(asked, every), cls="matrix-filters",
                 steady=lambda: matrix_panel.form(asked.without_text, every)),
            Part("active", lambda: matrix_panel.active(asked), cls="matrix-active"),
            Part("matrix", lambda: matrix_panel.matrix_panel(asked, shown, every, behind, "services", kept)),
        ],
        of=(to_instant(now)[:13], asked.order, str(asked.page), *asked.wanted.query.values()),
    )  # fmt: skip


def _head(*about: Node) -> Node:
    return el("Div", el("H1", "Services", tabIndex="-1", data_title="Services"), *about, cls="page-head")


def _empty() -> list[Node]:
    return [_head(), el("Div", states.first_event(f"{to_instant(context.now())[:19]}Z"), cls="panel")]


register_page(__name__, path=PATH, title="Services - DQD", layout=live.serve("services", view))
