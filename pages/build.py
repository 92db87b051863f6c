"""/builds/<attempt_id>: one attempt, what became of it and why."""

from urllib.parse import unquote

from dash import register_page

import context
from components import build_views, contradictions, states, theme
from components.build_steps import build_steps
from components.copying import copy_button
from components.failed_tests import gate_failures
from components.links import build_path, link, service_path
from components.panel import panel
from components.tags import Child, Node, el, mono
from components.timeline import timeline
from components.words import counted, duration, number
from data import keys
from data.builds import build
from data.comparison import gate_changes
from data.disagreements import disagreements
from data.errors import NotFound
from data.generation import Generation
from data.health import with_missing
from data.neighbours import neighbours
from data.queries import serving_attempts
from data.service_views import Neighbours
from data.timeline import steps
from data.usual_duration import Usual, unusually_long, usual
from data.views import BuildDetail
from pages import live
from pages.drawing import Args, Part, View


def view(generation: Generation, args: Args) -> View:
    """The parts of the page; all of it is read from the store."""
    attempt_id = unquote(args.get("attempt_id", ""))
    return View(
        [Part("build", lambda: _build(generation, attempt_id), what="this build", lasting=False, heading="Build")]
    )


def _build(generation: Generation, attempt_id: str) -> list[Node]:
    serving = attempt_id if attempt_id in serving_attempts(generation) else None
    try:
        detail = build(context.store(), context.scope(), attempt_id, generation.catalog, serving)
    except NotFound:
        return [_missing(attempt_id)]
    around = neighbours(context.store(), context.scope(), detail.attempt)
    times = timeline(steps(detail.attempt, detail.runs, detail.claims))
    attempt = detail.attempt
    repository = generation.catalog.service(attempt.service_id).repository
    facts = build_views.fact_list(attempt, detail.built_from, repository)
    usual_here = usual(generation, context.scope(), attempt.cluster_id, attempt.service_id)
    return [
        _head(detail, around, unusually_long(attempt, usual_here, context.now())),
        panel("Timeline", times, anchor="timeline"),
        el("Div", _left(detail, around), cls="half"),
        el("Div", panel("Facts", facts, anchor="facts"), cls="half"),
        panel("Test runs", build_views.runs_table(detail.runs), anchor="runs"),
        panel(
            "What each source said", contradictions.disagreement_notice(disagreements(detail.claims)),
            build_views.claims_table(detail.claims), build_views.raw_events(detail.claims),
            anchor="claims", note=counted(len(detail.claims), "event"),
        ),
    ]  # fmt: skip


def _head(detail: BuildDetail, around: Neighbours, long: Usual | None) -> Node:
    attempt = detail.attempt
    word = theme.status(attempt.status, attempt.cancelled).word.lower()
    what = f"{attempt.service_id} {attempt.build_version}"
    heading = el(
        "H1", attempt.service_id, " ", mono(attempt.build_version), el("Span", f" on {attempt.cluster_id}"),
        tabIndex="-1", data_title=f"{what} {word} - build",
    )  # fmt: skip
    named = el("Div", heading, copy_button(attempt.build_version, "the version"), cls="copied head-name")
    return el("Div", build_steps(around), named, build_views.headline(detail, _long(long)), cls="page-head")


def _long(than: Usual | None) -> str | None:
    """That it runs for longer than is usual here, with what is."""
    if than is None:
        return None
    return f"Unusually long: more than twice the median of {duration(than.seconds)} here (n {number(than.n)})."


def _left(detail: BuildDetail, around: Neighbours) -> list[Node]:
    """How it was tested, and what else happened with this version."""
    panels = [
        _gates(detail, around),
        panel("The same version elsewhere", build_views.siblings_table(detail.siblings), anchor="siblings"),
    ]
    if detail.promotions:
        steps_ = el("Ul", build_views.promotion_steps(detail.promotions), cls="plain build-promotions")
        panels.append(panel("Promotions of this version", steps_, anchor="promotions"))
    if detail.incidents:
        panels.append(panel("Incidents", build_views.incident_rows(detail.incidents), anchor="incidents"))
    return panels


def _gates(detail: BuildDetail, around: Neighbours) -> Node:
    """With what served before on the pair, where that is known."""
    before = around.served_before
    if before is None:
        gates = build_views.gates_table(detail.gates)
        return panel("Gates", gates, gate_failures(detail.runs), anchor="gates")
    service_id, mine = detail.attempt.service_id, detail.attempt.attempt_id
    earlier = with_missing(before.gates, [gate.suite for gate in detail.gates])
    changes = {one.suite: one for one in gate_changes(earlier, detail.gates)}
    both = service_path(service_id, {"compare": f"{before.attempt_id},{mine}"}, "compare")
    served = link(mono(before.build_version), build_path(before.attempt_id))
    note: list[Child] = ["before: ", served, ", ", link("compare", both)]
    gates = build_views.gates_table(detail.gates, changes)
    return panel("Gates", gates, gate_failures(detail.runs), anchor="gates", note=note)


def _missing(attempt_id: str) -> Node:
    parts = keys.split_attempt_id(attempt_id)
    near = [(f"Attempts of {parts[1]}", service_path(parts[1], {"cluster": parts[0]}, "attempts"))] if parts else []
    return states.not_found("Build", attempt_id, near, ("All services", "/services"))


def title(attempt_id: str = "") -> str:
    """The title until the page itself knows more."""
    parts = keys.split_attempt_id(unquote(attempt_id))
    return f"{parts[1]} {parts[2]} on {parts[0]} - build - DQD" if parts else "Build - DQD"


register_page(__name__, path_template="/builds/<attempt_id>", title=title, layout=live.serve("build", view))
