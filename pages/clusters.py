"""/clusters: every cluster-region along the promotion path."""

from dash import register_page

import context
from components import state_views, states
from components.panel import panel
from components.tags import Node, el
from data import queries
from data.generation import Generation
from data.instants import to_instant
from pages import live
from pages.drawing import Args, Part, View


def view(generation: Generation, _args: Args) -> View:
    """The parts of the page."""
    return View([Part("stages", lambda: _stages(generation), lasting=False)])


def _stages(generation: Generation) -> list[Node]:
    found = queries.clusters(generation, context.scope())
    heading = el("Div", el("H1", "Cluster-regions", tabIndex="-1"), cls="page-head")
    if not found:
        return [heading, el("Div", states.first_event(f"{to_instant(context.now())[:19]}Z"), cls="panel")]
    return [heading, panel("By stage", state_views.stages(found))]


register_page(__name__, path="/clusters", title="Cluster-regions - DQD", layout=live.serve("clusters", view))
