"""/services: every service with its state on each cluster-region; `health=` keeps those with such a state."""

from dash import register_page

import context
from components import filters, matrix, states, theme
from components.links import page_path
from components.panel import panel
from components.tags import Node, el
from components.words import counted
from data import promotion_path, queries
from data.generation import Generation
from data.instants import to_instant
from data.models import Health
from data.views import ServiceRow
from pages import live
from pages.drawing import Args, Part, View


def view(generation: Generation, args: Args) -> View:
    """The parts of the page."""
    return View([Part("services", lambda: _services(generation, args), lasting=False)])


def _services(generation: Generation, args: Args) -> list[Node]:
    scope = context.scope()
    every = queries.services(generation, scope, context.now())
    heading = el("Div", el("H1", "Services", tabIndex="-1"), cls="page-head")
    if not every:
        return [heading, el("Div", states.first_event(f"{to_instant(context.now())[:19]}Z"), cls="panel")]
    wanted = next((health for health in Health if health.value == args.get("health")), None)
    found = [row for row in every if wanted is None or _has(row, wanted)]
    toolbar = el("Div", filters.segments("Health", _options(wanted)), cls="toolbar")
    if not found:
        empty = states.empty("No service is in this state.", symbol="funnel")
        return [heading, panel("By cluster-region", toolbar, empty)]
    table = matrix.matrix(queries.clusters(generation, scope), found, promotion_path.behind(generation, scope))
    return [heading, panel("By cluster-region", toolbar, table, note=counted(len(found), "service"))]


def _options(wanted: Health | None) -> list[tuple[str, str, bool]]:
    options = [("All", "/services", wanted is None)]
    for health, look in theme.HEALTH.items():
        options.append((look.word, page_path("/services", {"health": health.value}), health is wanted))
    return options


def _has(row: ServiceRow, health: Health) -> bool:
    return any(state.health is health for state in row.states.values())


register_page(__name__, path="/services", title="Services - DQD", layout=live.serve("services", view))
