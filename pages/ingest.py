"""/ingest: how the intake is doing, what became of deliveries, what is in quarantine, the lab and the set-up."""

from collections.abc import Callable

from dash import register_page

import context
from components import contradictions, filters, intake_state, sources_table, states
from components.links import page_path
from components.panel import panel
from components.tags import Child, Node, el
from data.errors import Unavailable
from data.generation import Generation
from pages import ingest_deliveries, ingest_lab, ingest_quarantine, ingest_set_up, live
from pages.drawing import Args, Part, View

PATH = "/ingest"
STATUS = "status"
VIEWS = (
    (STATUS, "Status"),
    ("deliveries", "Deliveries"),
    ("dead-letters", "Dead letters"),
    ("lab", "Lab"),
    ("set-up", "Set-up"),
)


def view(generation: Generation, args: Args) -> View:
    """The parts of the view the address names."""
    context.keep_no_view()  # it follows from more than the generation
    asked = args.get("view", STATUS)
    shown = asked if asked in dict(VIEWS) else STATUS
    head = Part("head", lambda: _head(shown))
    parts: dict[str, Callable[[], list[Part]]] = {
        STATUS: lambda: _status_parts(generation),
        "deliveries": lambda: ingest_deliveries.parts(args),
        "dead-letters": lambda: ingest_quarantine.parts(args),
        "lab": lambda: ingest_lab.parts(generation, args),
        "set-up": lambda: ingest_set_up.parts(args),
    }
    return View([head, *parts[shown]()], of=(shown, *map(str, sorted(args.items()))))


def _head(shown: str) -> Node:
    words = dict(VIEWS)[shown]
    heading = el("H1", "Ingest", tabIndex="-1", data_title="Ingest" if shown == STATUS else f"{words} - ingest")
    options = [(name, page_path(PATH, {"view": v if v != STATUS else None}), v == shown) for v, name in VIEWS]
    return el("Div", heading, filters.segments("Views of the intake", options), cls="page-head")


def _status_parts(generation: Generation) -> list[Part]:
    return [
        Part("numbers", _numbers, cls="kpis", what="the state of the intake", lasting=False),
        Part("sources", lambda: _sources(generation), what="the sources", lasting=False),
        Part("disagreements", _disagreements, what="where sources disagree", lasting=False),
        Part("workers", _workers, what="the workers", lasting=False),
    ]


def _numbers() -> list[Node]:
    return intake_state.tiles(context.intake().status())


def _sources(generation: Generation) -> Node:
    status = context.intake().status()
    if status.sources is None:
        raise Unavailable("the sources could not be read")
    twice = sources_table.opened_twice_notice(context.intake().opened_twice(context.scope(), generation.catalog))
    silences = context.intake().silences()
    body: Child = sources_table.sources_table(status.sources) if status.sources else _nobody()
    return panel(
        "Sources", contradictions.silence_notice(silences), twice, body, contradictions.usual_gaps(silences),
        anchor="sources", note="deliveries of the last 24 hours, by UTC hour",
    )  # fmt: skip


def _disagreements() -> list[Node]:
    found = context.alerts().disagreements(context.scope())
    if not found:
        return []
    note = "of the last 30 days, the newest first; the build's page has every word of each"
    return [panel("Sources disagree", contradictions.disagreements_table(found), anchor="disagreements", note=note)]


def _nobody() -> Node:
    where = el("A", "Set-up", href=page_path(PATH, {"view": "set-up"}))
    return states.empty("No source has sent anything yet.", el("P", where, " has what to copy for each."))


def _workers() -> Node:
    status = context.intake().status()
    if status.workers is None:
        raise Unavailable("the workers could not be read")
    as_of = context.freshness().as_of
    silent = intake_state.silent_workers(status.workers)
    rows = intake_state.workers_table(status.workers) if status.workers else None
    return panel("Workers and data", silent, rows, intake_state.shown_facts(status, as_of), anchor="workers")


register_page(__name__, path=PATH, title="Ingest - DQD", connects=True, layout=live.serve("ingest", view))
