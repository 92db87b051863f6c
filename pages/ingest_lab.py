"""/ingest?view=lab: try a delivery out, storing nothing."""

from typing import Any
from urllib.parse import parse_qsl

from dash import Dash, Input, Output, State
from dash.exceptions import PreventUpdate

import context
from components import lab_form
from components.panel import panel
from components.samples import SAMPLES, Here
from components.tags import Node, el
from data.errors import InvalidRequest, RateLimited
from data.generation import Generation
from data.instants import to_instant
from ingest.lab import MAX_BYTES, headers_of
from ingest.normalizers import SENDERS
from ingest.taking import Incoming
from pages.drawing import Args, Part

FIRST = "envelope"


def parts(generation: Generation, args: Args) -> list[Part]:
    """Form and result; drawn once, because somebody types into the one and reads the other."""
    asked = args.get("sample", FIRST)
    name = asked if asked in SAMPLES else FIRST
    return [
        Part("lab", lambda: _form(generation, name), cls="half"),
        Part("lab-answer", _answer, cls="half"),
    ]


def _form(generation: Generation, name: str) -> Node:
    here = _here(generation)
    titles = [(one, make(here).title) for one, make in SAMPLES.items()]
    return panel(
        "A delivery", el("Div", lab_form.sample_choice(titles, name), cls="toolbar"),
        lab_form.form(SAMPLES[name](here), sorted(SENDERS)), anchor="lab", note="nothing is sent, nothing is stored",
    )  # fmt: skip


def _here(generation: Generation) -> Here:
    catalog = generation.catalog
    cluster = catalog.clusters[0].cluster_id if catalog.clusters else "my-cluster"
    service = catalog.services[0].service_id if catalog.services else "my-service"
    return Here(to_instant(context.now())[:10], cluster, service)


def _answer() -> Node:
    waiting = el("P", "Choose a sample, paste a delivery or open a file, then try it.", cls="ink-2")
    place = el("Div", waiting, id=lab_form.RESULT, aria_live="polite")
    return panel("What would become of it", place, anchor="lab-answer-title")


def register(app: Dash) -> None:
    """The lab's one callback."""
    app.callback(
        Output(lab_form.RESULT, "children"),
        Input(lab_form.TRY, "n_clicks"),
        State(lab_form.SENDER, "value"),
        State(lab_form.PARAMS, "value"),
        State(lab_form.HEADERS, "value"),
        State(lab_form.BODY, "value"),
        prevent_initial_call=True,
    )(attempt)


def attempt(clicks: Any, sender: Any, params: Any, headers: Any, body: Any) -> list[Node]:
    """What would become of the delivery in the form: untrusted like any request."""
    if not isinstance(clicks, int) or clicks < 1:
        raise PreventUpdate
    try:
        raw = _text(body).encode()
        if len(raw) > MAX_BYTES:
            raise InvalidRequest(f"must be at most {MAX_BYTES:,} bytes", "body")
        named = _text(sender) if sender != lab_form.ANY_SENDER else ""
        given = dict(parse_qsl(_text(params).lstrip("?"), max_num_fields=20))
        incoming = Incoming(raw, headers_of(_text(headers)), named or None, given)
        tried = context.lab().attempt(incoming, context.generation().catalog, context.scope())
    except (InvalidRequest, RateLimited) as error:
        return lab_form.not_tried(str(error))
    except ValueError as error:  # a text no encoder takes, or a query of too many fields
        return lab_form.not_tried(f"This cannot be read: {error}")
    return lab_form.result(tried)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
