"""Every address that leads nowhere."""

from dash import register_page

from components.links import link
from components.tags import Node, el
from data.generation import Generation
from pages import live
from pages.drawing import Args, Part, View


def view(_generation: Generation, _args: Args) -> View:
    """The parts of the page."""
    return View([Part("missing", _missing, lasting=False)])


def _missing() -> Node:
    return el(
        "Div", el("H1", "Page not found", tabIndex="-1", data_title="Page not found"),
        el("P", "No page of the dashboard has this address."),
        el("P", link("To the overview", "/"), " · ", link("All services", "/services"), " · ",
           link("All cluster-regions", "/clusters")),
        cls="panel empty-page",
    )  # fmt: skip


register_page(__name__, title="Page not found - DQD", layout=live.serve("not_found", view))
