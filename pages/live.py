"""How a page gets to the browser, and again where it changed.

The layout holds every part, so the first view needs no callback. When the browser learns of a newer generation,
one callback draws the page again and answers only the parts whose digest differs from what the browser has:
scroll, focus, zoom and open menus stay.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from dash import ALL, Dash, Input, Output, Patch, State, ctx, no_update, set_props
from dash.exceptions import PreventUpdate

import context
from components import shell, states
from components.chart_foot import chart_foot
from components.figures import graph
from components.panel import panel
from components.tags import CORE, Node, el, node
from data.errors import DashboardError, NotFound, Unavailable
from data.generation import Generation
from pages import point_in_time
from pages.drawing import Args, Drawing, Part, View, digest
from pages.drawing import Chart as Chart

log = logging.getLogger(__name__)

BODY = "page-body"
MARK = "page-mark"  # the generation this page shows; the browser's script reads it
ADDRESS = "page-address"
DIGESTS = "page-digests"
LONGEST_ARGUMENT = 2000  # a cursor is the longest

Draw = Callable[[Generation, Args], View]


@dataclass(slots=True)
class Pages:
    """The pages by name: where the callback finds what it draws."""

    views: dict[str, Draw] = field(default_factory=dict)

    def serve(self, name: str, view: Draw) -> Callable[..., Node]:
        """The layout function of a page, to be registered with its address."""
        self.views[name] = view

        def layout(**raw: Any) -> Node:
            return page(name, arguments(raw))

        return layout


PAGES = Pages()
serve = PAGES.serve


def arguments(raw: Mapping[str, Any]) -> dict[str, str]:
    """Path variables and query as Dash (or a browser) hands them over; of a repeated one the last counts."""
    given = {name: value[-1] if isinstance(value, list) and value else value for name, value in raw.items()}
    return {
        name: value
        for name, value in given.items()
        if isinstance(value, str) and value and len(value) <= LONGEST_ARGUMENT
    }


def page(name: str, args: Args) -> Node:
    """The whole page with its first view."""
    try:
        drawing = _draw(name, args, first=True)
    except Unavailable as error:
        log.warning("page %s not drawn: %s", name, error)
        problem = el("Div", states.could_not_load("the data", "Not loaded yet"), cls="panel")
        return _document(problem, name, args, 0, {})
    return _document(_body(drawing, name, args), name, args, drawing.generation, drawing.digests)


def _draw(name: str, args: Args, first: bool) -> Drawing:
    return point_in_time.drawing(name, PAGES.views[name], args, first)


def _key(name: str, args: Args) -> str:
    """Part of the ids: an answer that arrives after the reader moved on finds no place to land."""
    return f"{name} {digest(sorted(args.items()))}"


def _document(body: Node, name: str, args: Args, generation: int, digests: dict[str, str]) -> Node:
    address = {"page": name, "args": dict(args)}
    return el(
        "Div", el("Div", body, id=BODY),
        el("Div", str(generation), id=MARK, hidden=True, data_address=orjson.dumps(address).decode()),
        node(CORE, "Store", id=ADDRESS, data=address), node(CORE, "Store", id=DIGESTS, data=digests),
    )  # fmt: skip


def _body(drawing: Drawing, name: str, args: Args) -> Node:
    key = _key(name, args)
    frames = [_frame(part, key, drawing) for part in drawing.view.parts]
    return el("Div", frames, cls=f"page page-{name}")


def _frame(part: Part | Chart, key: str, drawing: Drawing) -> Node:
    content = drawing.pieces[part.name].content
    if isinstance(part, Part):
        return el("Div", content, id=_id("region", key, part.name), cls=f"region {part.cls}".rstrip())
    table = drawing.pieces[part.table_name].content
    numbers = el("Div", table, id=_id("region", key, part.table_name), cls="region")
    return panel(
        part.title, graph(_id("graph", key, part.name), content, part.file_name),
        chart_foot(numbers, part.title, part.csv, part.file_name),
        note=part.note or None, cls=f"region {part.cls}".rstrip(),
    )  # fmt: skip


def _id(kind: str, key: str, name: str) -> dict[str, str]:
    return {"type": kind, "page": key, "name": name}


def register(app: Dash) -> None:
    """The one callback of the pages."""
    app.callback(
        Output({"type": "region", "page": ALL, "name": ALL}, "children"),
        Output({"type": "graph", "page": ALL, "name": ALL}, "figure"),
        Output(BODY, "children"),
        Output(MARK, "children"),
        Output(DIGESTS, "data"),
        Input(shell.LIVE, "data"),
        State(ADDRESS, "data"),
        State(DIGESTS, "data"),
        State(MARK, "children"),
        prevent_initial_call=True,
    )(refresh)


Answer = tuple[list[Any], list[Any], Any, Any, Any]


def refresh(_beat: Any, address: Any, digests: Any, mark: Any) -> Answer:
    """What changed on the page at `address` since it showed `digests`; nothing from an older generation."""
    regions, graphs = (_names_in(outputs) for outputs in ctx.outputs_list[:2])
    name, args = _address(address)
    known = digests if isinstance(digests, dict) else {}
    if name not in PAGES.views:
        raise PreventUpdate
    try:
        drawing = _draw(name, args, first=False)
    except (Unavailable, NotFound) as error:  # what is shown stays; the freshness says how old it is
        log.warning("page %s not refreshed: %s", name, error)
        raise PreventUpdate from error
    if drawing.generation < _number(mark):
        raise PreventUpdate
    if _reshaped(drawing, known):
        body = _body(_draw(name, args, first=True), name, args)
        same = [no_update] * len(regions), [no_update] * len(graphs)
        return *same, body, str(drawing.generation), drawing.digests
    changed = {part: piece.content for part, piece in drawing.pieces.items() if known.get(part) != piece.digest}
    return (
        [changed.get(part, no_update) for part in regions],
        [_data(changed[part]) if part in changed else no_update for part in graphs],
        no_update,
        str(drawing.generation),
        known | drawing.digests,
    )


def _reshaped(drawing: Drawing, known: Mapping[str, Any]) -> bool:
    """Whether the page has other parts than the browser shows: an unknown id became known, say."""
    return not drawing.pieces.keys() <= known.keys() or not known.keys() <= {
        name for part in drawing.view.parts for name in _names(part)
    }


def _names(part: Part | Chart) -> tuple[str, ...]:
    return (part.name, part.table_name) if isinstance(part, Chart) else (part.name,)


def _names_in(outputs: Any) -> list[str]:
    """The names of the parts the browser shows; a call that names none cannot be answered."""
    try:
        names = [one["id"]["name"] for one in outputs]
    except (KeyError, TypeError):
        raise PreventUpdate from None
    return [str(name) for name in names]


def _data(figure: Any) -> Patch:
    """Only the data: a whole figure would throw the reader's zoom away."""
    patch = Patch()
    patch["data"] = figure["data"]
    return patch


def _address(value: Any) -> tuple[str, dict[str, str]]:
    """What a browser says its page is: untrusted like any address."""
    given = value if isinstance(value, dict) else {}
    name, args = given.get("page"), given.get("args")
    return (name if isinstance(name, str) else ""), arguments(args if isinstance(args, dict) else {})


def _number(mark: Any) -> int:
    return int(mark) if isinstance(mark, str) and mark.isascii() and mark.isdigit() and len(mark) < 20 else 0


def show_problem(error: Exception) -> None:
    """Dash's handler of errors in callbacks and layouts: logged with a reference the reader can quote."""
    reference = digest([type(error).__name__, str(error), str(context.now())])
    level = logging.WARNING if isinstance(error, DashboardError) else logging.ERROR
    log.log(level, "page not drawn", exc_info=error, extra={"reference": reference})
    set_props("problem", {"children": shell.problem(reference)})
