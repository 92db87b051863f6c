"""/clusters/<cluster_id>: how one cluster-region is doing, and what was tried on it."""

from difflib import get_close_matches
from urllib.parse import unquote

from dash import register_page

import context
from components import filters, state_views, states
from components.badges import unconfirmed
from components.links import cluster_path
from components.panel import panel
from components.tags import Node, el
from components.words import counted
from components.words import period as period_words
from data import queries
from data.errors import NotFound
from data.generation import Generation
from data.models import Attempt, Page
from data.store_attempts import AttemptFilter
from data.views import ClusterSummary
from pages import live
from pages.asked import Period, identifier, outcome, period
from pages.attempts_list import Asked, attempts_panel
from pages.drawing import Args, Part, View
from pages.summary_numbers import summary_numbers

USUAL = "90d"


def view(generation: Generation, args: Args) -> View:
    """The parts of the page."""
    cluster_id, days = unquote(args.get("cluster_id", "")), period(args, context.now(), USUAL)
    scope, now = context.scope(), context.now()
    try:
        shown = queries.cluster_summary(generation, scope, cluster_id, days.start, days.end, now)
    except NotFound:
        return View([Part("missing", lambda: _missing(generation, cluster_id), lasting=False)])
    path = cluster_path(cluster_id)
    numbers = (path, days, shown.counts, shown.success_rate)
    return View(
        [
            Part("head", lambda: _head(shown, path, days)),
            Part("numbers", lambda: summary_numbers(*numbers), cls="kpis kpis-6"),
            Part("services", lambda: _services(shown)),
            Part("attempts", lambda: _attempts(cluster_id, path, days, args), what="attempts", lasting=False),
        ],
        of=(cluster_id, days.name, days.start, days.end),
    )


def _head(shown: ClusterSummary, path: str, days: Period) -> Node:
    cluster, health = shown.cluster, shown.health
    about = " · ".join(part for part in (cluster.type.value, cluster.region, cluster.role) if part)
    title = f"{health.attention} need attention on {cluster.name}" if health.attention else cluster.name
    return el(
        "Div",
        el("H1", cluster.name, " ", unconfirmed(cluster.confirmed), tabIndex="-1", data_title=title),
        el("P", about, cls="ink-2"), el("P", cluster.description, cls="ink-2") if cluster.description else None,
        el("Div", filters.range_filter(path, days.query, days.name),
           el("Span", period_words(shown.start, shown.end), cls="ink-2 small"), cls="toolbar"),
        cls="page-head",
    )  # fmt: skip


def _services(shown: ClusterSummary) -> Node:
    health = shown.health
    parts = [f"{health.healthy} healthy", counted(health.attention, "needs attention", "need attention")]
    parts += [f"{health.unknown} unknown"] if health.unknown else []
    if not shown.services:
        empty = states.empty("Nothing was ever deployed here.")
        return panel("Services", empty, anchor="services")
    return panel("Services", state_views.services_table(shown.services), anchor="services", note=", ".join(parts))


def _attempts(cluster_id: str, path: str, days: Period, args: Args) -> Node:
    service = identifier(args, "service")
    others = (("service", service),) if service else ()
    asked = Asked(path, days, outcome(args), others, args.get("cursor"))

    def fetch(wanted: AttemptFilter) -> Page[Attempt]:
        return context.store().cluster_attempts(context.scope(), cluster_id, service_id=service, **wanted)

    return attempts_panel(asked, fetch, without="cluster")


def _missing(generation: Generation, cluster_id: str) -> Node:
    scope = context.scope()
    known = {one.cluster.cluster_id: one.cluster.name for one in queries.clusters(generation, scope)}
    near = [(known[one], cluster_path(one)) for one in get_close_matches(cluster_id, known, n=5, cutoff=0.4)]
    return states.not_found("Cluster-region", cluster_id, near, ("All cluster-regions", "/clusters"))


def title(cluster_id: str = "") -> str:
    """The title until the page itself knows more."""
    return f"{unquote(cluster_id)} - cluster-region - DQD"


register_page(__name__, path_template="/clusters/<cluster_id>", title=title, layout=live.serve("cluster", view))
