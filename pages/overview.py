"""/: is everything all right, and where not?"""

from dash import register_page

import context
from components import kpi, state_views, states, theme
from components.links import analytics_path, page_path
from components.panel import panel
from components.tags import Node, el
from components.words import counted, number
from data import promotion_path, queries
from data.generation import Generation
from data.instants import to_instant
from data.models import Health
from data.views import Overview
from pages import live
from pages.drawing import Args, Part, View

WEEK_BEFORE = "the 7 days before"


def view(generation: Generation, _args: Args) -> View:
    """The parts of the page."""
    shown = queries.overview(generation, context.scope(), context.now())
    if not shown.services:
        return View([Part("empty", _empty, lasting=False)])
    names = _names(shown)
    return View(
        [
            Part("head", lambda: _head(shown)),
            Part("numbers", lambda: _numbers(shown), cls="kpis", lasting=False),
            Part("attention", lambda: _attention(shown, names)),
            Part("running", lambda: _running(shown, names)),
            Part("stages", lambda: panel("Cluster-regions by stage", state_views.stages(shown.clusters))),
            Part("matrix", lambda: _matrix(shown, promotion_path.behind(generation, context.scope()))),
        ],
        of=(to_instant(context.now())[:10],),
    )


def _empty() -> list[Node]:
    return [
        el("H1", "Overview", tabIndex="-1", data_title="Overview"),
        el("Div", states.first_event(f"{to_instant(context.now())[:19]}Z"), cls="panel"),
    ]


def _names(shown: Overview) -> dict[str, str]:
    names = {one.service.service_id: one.service.name for one in shown.services}
    return names | {one.cluster.cluster_id: one.cluster.name for one in shown.clusters}


def _totals(shown: Overview) -> tuple[int, int, int]:
    rows = shown.clusters
    healthy, attention = sum(one.healthy for one in rows), sum(one.attention for one in rows)
    return healthy, attention, sum(one.unknown for one in rows)


def _head(shown: Overview) -> list[Node]:
    healthy, attention, unknown = _totals(shown)
    bar = kpi.parts_bar(
        [
            ("need attention", attention, "failed", "/#attention"),
            ("unknown", unknown, "nodata", page_path("/services", {"health": Health.UNKNOWN.value})),
            ("healthy", healthy, "success", page_path("/services", {"health": Health.HEALTHY.value})),
        ],
        "Services on cluster-regions",
        "pair",
    )
    title = f"{attention} need attention" if attention else "All healthy" if not unknown else "Overview"
    heading = el("H1", "Overview", tabIndex="-1", data_title=title)
    size = f"{counted(len(shown.services), 'service')} on {counted(len(shown.clusters), 'cluster-region')}"
    return [el("Div", heading, el("P", size, cls="ink-2"), cls="page-head"), bar]


def _numbers(shown: Overview) -> list[Node]:
    healthy, attention, unknown = _totals(shown)
    day, running = shown.last_24h, len(shown.in_progress)
    week = analytics_path({"range": "7d"})
    failed = f"{number(day.failed)} failed, {number(day.rollback)} rolled back"
    failed += f", {number(day.cancelled)} cancelled apart" if day.cancelled else ""
    previous = shown.previous_success_rate_7d
    return [
        kpi.card("Need attention", number(attention), href="/#attention",
                 note=f"of {counted(healthy + attention + unknown, 'service')} on cluster-regions"),
        kpi.card("Attempts, last 24 h", number(day.total), href=analytics_path({"last": "24h"}, "rows"),
                 note=failed),
        kpi.rate_card("Success rate, 7 days", shown.success_rate_7d, href=week,
                      delta=kpi.moved_rate(shown.success_rate_7d, previous, WEEK_BEFORE)),
        kpi.card("Finished attempts, 7 days", number(shown.deploys_7d),
                 href=analytics_path({"range": "7d"}, "rows"),
                 delta=kpi.moved_count(shown.deploys_7d, shown.previous_deploys_7d, "", WEEK_BEFORE)),
        kpi.card("In progress", number(running), href="/#running", note="right now"),
    ]  # fmt: skip


def _attention(shown: Overview, names: dict[str, str]) -> Node:
    if not shown.attention:
        look = theme.HEALTH[Health.HEALTHY]
        body = states.empty("Nothing needs attention.", symbol=look.icon)
        return panel("Needs attention", body, anchor="attention")
    more = len(shown.attention) - state_views.SHOWN_ATTENTION
    rest = el("P", f"and {counted(more, 'more')} in the matrix below", cls="hint") if more > 0 else None
    table = state_views.attention_list(shown.attention, names)
    return panel("Needs attention", table, rest, anchor="attention", note="production first, newest first")


def _running(shown: Overview, names: dict[str, str]) -> Node:
    if not shown.in_progress:
        return panel("In progress", el("P", "No deployment is running.", cls="hint"), anchor="running")
    return panel("In progress", state_views.running_list(shown.in_progress, names), anchor="running")


def _matrix(shown: Overview, behind: state_views.BehindOf) -> Node:
    legend = el(
        "P", "Serving version, since when, and the gates of the latest finished attempt: ",
        el("Span", "F", cls="gate gate-passed"), " passed ", el("Span", "F", cls="gate gate-failed"), " failed ",
        el("Span", "F", cls="gate gate-partial"), " partial ", el("Span", "F", cls="gate gate-missing"), " no data",
        cls="legend",
    )  # fmt: skip
    table = state_views.matrix(shown.clusters, shown.services, behind)
    return panel("Services by cluster-region", table, legend, anchor="matrix")


register_page(__name__, path="/", title="Overview - DQD", layout=live.serve("overview", view))
