"""/clusters/<cluster_id>: how one cluster-region is doing, and what was tried on it."""

from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from urllib.parse import unquote

from dash import register_page

import context
from components import filters, states
from components.badges import unconfirmed
from components.copying import fixed_days
from components.links import cluster_path
from components.tags import Node, el
from components.words import period as period_words
from data import queries
from data.errors import NotFound
from data.generation import Generation
from data.models import Attempt, Page
from data.period_numbers import compared
from data.store_attempts import AttemptFilter
from data.views import ClusterSummary
from pages import live
from pages.asked import Period, identifier, outcome, period, trigger
from pages.attempts_list import Asked, attempts_panel
from pages.cluster_services import chosen, services_head, services_part
from pages.cluster_timeline import timeline_parts
from pages.drawing import Args, Part, View
from pages.summary_numbers import summary_numbers

USUAL = "90d"


def view(generation: Generation, args: Args) -> View:
    """The parts of the page."""
    cluster_id, now, scope = unquote(args.get("cluster_id", "")), context.now(), context.scope()
    days = period(args, now, USUAL)
    try:
        shown = queries.cluster_summary(generation, scope, cluster_id, days.start, days.end, now)
    except NotFound:
        return View([Part("missing", lambda: _missing(generation, cluster_id), lasting=False)])
    listed = _asked(days, args, cluster_id)
    order = chosen(args)
    numbers = cache(lambda: compared(generation, scope, shown.start, shown.end, cluster_id=cluster_id))
    return View(
        [
            Part("head", lambda: _head(shown, listed, days), lasting=False),
            Part("numbers", lambda: summary_numbers(listed.path, days.query, numbers()), cls="kpis kpis-6"),
            *timeline_parts(generation, shown, days, now),
            Part(
                "services-head",
                lambda: services_head(shown, listed, order),
                cls="joined-above",
                steady=lambda: services_head(shown, listed, replace(order, text=None)),
                lasting=False,
            ),
            Part(
                "services", lambda: services_part(generation, shown, listed, order), cls="joined-below", lasting=False
            ),
            Part("attempts", lambda: _attempts(shown, listed), what="attempts", lasting=False),
        ],
        of=(cluster_id, days.name, days.start, days.end),
    )


def _asked(days: Period, args: Args, cluster_id: str) -> Asked:
    service = identifier(args, "service")
    others = (("service", service),) if service else ()
    kept = tuple((name, value) for name, value in chosen(args).query.items() if value)
    path = cluster_path(cluster_id)
    return Asked(path, days, outcome(args), others, args.get("cursor"), kept, trigger(args))


def _head(shown: ClusterSummary, listed: Asked, days: Period) -> Node:
    cluster, health = shown.cluster, shown.health
    about = " · ".join(part for part in (cluster.type.value, cluster.region, cluster.role) if part)
    title = f"{health.attention} need attention on {cluster.name}" if health.attention else cluster.name
    return el(
        "Div",
        el("H1", cluster.name, " ", unconfirmed(cluster.confirmed), tabIndex="-1", data_title=title),
        el("P", about, cls="ink-2"), el("P", cluster.description, cls="ink-2") if cluster.description else None,
        el("Div", filters.range_filter(listed.path, listed.query, days.name), _days(shown, listed),
           fixed_days(period_words(shown.start, shown.end), shown.start, shown.end, "ink-2 small"), cls="toolbar"),
        cls="page-head",
    )  # fmt: skip


def _days(shown: ClusterSummary, listed: Asked) -> Node:
    rest = {name: value for name, value in listed.query.items() if name not in ("range", "from", "to")}
    return filters.form(
        listed.path, "Custom days",
        filters.day_field("from", "From", shown.start), filters.day_field("to", "To", shown.end),
        *[filters.kept(name, value) for name, value in rest.items()], button="Apply",
    )  # fmt: skip


def _attempts(shown: ClusterSummary, listed: Asked) -> Node:
    cluster_id, service = shown.cluster.cluster_id, dict(listed.others).get("service")

    def fetch(wanted: AttemptFilter) -> Page[Attempt]:
        return context.store().cluster_attempts(context.scope(), cluster_id, service_id=service, **wanted)

    options = [(one.service_id, one.name) for one, _ in shown.services]
    choices = [("service", filters.select("service", "Service", options, service))]
    return attempts_panel(listed, fetch, of={"clusterId": cluster_id}, without="cluster", choices=choices)


def _missing(generation: Generation, cluster_id: str) -> Node:
    scope = context.scope()
    known = {one.cluster.cluster_id: one.cluster.name for one in queries.clusters(generation, scope)}
    near = [(known[one], cluster_path(one)) for one in get_close_matches(cluster_id, known, n=5, cutoff=0.4)]
    return states.not_found("Cluster-region", cluster_id, near, ("All cluster-regions", "/clusters"))


def title(cluster_id: str = "") -> str:
    """The title until the page itself knows more."""
    return f"{unquote(cluster_id)} - cluster-region - DQD"


register_page(__name__, path_template="/clusters/<cluster_id>", title=title, layout=live.serve("cluster", view))
