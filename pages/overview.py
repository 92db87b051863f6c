"""/: is everything all right, and where not? Filters, order and page are the address."""

from dataclasses import dataclass

from dash import register_page

import context
from components import attention, kpi, markup, state_views, states, theme
from components.links import Query, analytics_path, link
from components.panel import panel
from components.tags import Node, el, icon
from components.words import counted, number
from data import promotion_path, queries
from data.generation import Generation
from data.instants import to_instant
from data.matrix_filter import MatrixFilter
from data.models import Health
from data.promotion_views import Behind
from data.views import Overview, PairState
from pages import live, matrix_asked, matrix_panel
from pages.drawing import Args, Part, View
from pages.matrix_asked import Asked

PATH = "/"
WEEK_BEFORE = "the 7 days before"


@dataclass(frozen=True, slots=True)
class _Page:
    """What the parts are drawn from: everything, and what the filters leave of it."""

    asked: Asked
    every: Overview
    shown: Overview
    behind: dict[tuple[str, str], Behind]
    hour: str

    @property
    def names(self) -> dict[str, str]:
        names = {one.service.service_id: one.service.name for one in self.shown.services}
        return names | {one.cluster.cluster_id: one.cluster.name for one in self.shown.clusters}

    @property
    def production(self) -> frozenset[str]:
        return matrix_panel.production(self.shown)

    @property
    def totals(self) -> tuple[int, int, int]:
        """Pairs that are healthy, need attention, are unknown."""
        rows = self.shown.clusters
        healthy, ill = sum(one.healthy for one in rows), sum(one.attention for one in rows)
        return healthy, ill, sum(one.unknown for one in rows)


def view(generation: Generation, args: Args) -> View:
    """The parts of the page: always the same ones, so that a filter redraws only what it changes."""
    scope, now = context.scope(), context.now()
    asked = matrix_asked.asked(PATH, args)
    every = queries.held_overview(generation, scope, now)
    if not every.services:
        return View([Part("empty", _empty, lasting=False)])
    behind = promotion_path.behind(generation, scope)
    shown = queries.overview(generation, scope, now, asked.wanted)
    kept = matrix_panel.kept_rows(generation, scope)
    page = _Page(asked, every, shown, behind, to_instant(now)[:13])
    return View(
        [
            Part("head", lambda: _head(page)),
            Part(
                "filters",
                lambda: matrix_panel.form(asked, every),
                cls="matrix-filters",
                steady=lambda: matrix_panel.form(asked.without_text, every),
            ),
            Part("active", lambda: matrix_panel.active(asked), cls="matrix-active"),
            Part("bar", lambda: _bar(page)),
            Part("numbers", lambda: _numbers(page), cls="kpis", lasting=False),
            Part("attention", lambda: _attention(page)),
            Part("stages", lambda: _stages(page)),
            Part("running", lambda: _running(page)),
            Part("matrix", lambda: matrix_panel.matrix_panel(asked, shown, every, behind, "matrix", kept)),
        ],
        of=(page.hour, asked.order, str(asked.page), *asked.wanted.query.values()),
    )


def _empty() -> list[Node]:
    return [
        el("H1", "Overview", tabIndex="-1", data_title="Overview"),
        el("Div", states.first_event(f"{to_instant(context.now())[:19]}Z"), cls="panel"),
    ]


def _head(page: _Page) -> Node:
    _, ill, unknown = page.totals
    title = f"{ill} need attention" if ill else "All healthy" if not unknown else "Overview"
    heading = el("H1", "Overview", tabIndex="-1", data_title=title)
    return el("Div", heading, matrix_panel.size(page.shown, page.every), cls="page-head")


def _bar(page: _Page) -> Node | None:
    """How many pairs are well, as one bar; each part leads to the services it is about."""
    if not page.shown.services:
        return None
    healthy, ill, unknown = page.totals
    asked = page.asked
    return kpi.parts_bar(
        [
            ("need attention", ill, "failed", asked.address("attention")),
            ("unknown", unknown, "nodata", asked.address("matrix", status="unknown")),
            ("healthy", healthy, "success", asked.address("matrix", status="healthy")),
        ],
        "Services on cluster-regions",
        "pair",
    )


def _numbers(page: _Page) -> list[Node] | None:
    shown = page.shown
    if not shown.services:
        return None
    healthy, ill, unknown = page.totals
    day, running = shown.last_24h, len(shown.in_progress)
    failed = f"{number(day.failed)} failed, {number(day.rollback)} rolled back"
    failed += f", {number(day.cancelled)} cancelled apart" if day.cancelled else ""
    previous = shown.previous_success_rate_7d
    critical = sum(state.cluster_id in page.production for state in shown.attention)
    where = f"{number(critical)} in production; of {counted(healthy + ill + unknown, 'service')} on cluster-regions"
    return [
        kpi.card("Need attention", number(ill), href=page.asked.address("attention"), note=where),
        kpi.card("Attempts, last 24 h", number(day.total), href=_rows(page, {"last": "24h"}), note=failed),
        kpi.rate_card("Success rate, 7 days", shown.success_rate_7d, href=_analytics(page, {"range": "7d"}),
                      delta=kpi.moved_rate(shown.success_rate_7d, previous, WEEK_BEFORE)),
        kpi.card("Finished attempts, 7 days", number(shown.deploys_7d), href=_rows(page, {"range": "7d"}),
                 delta=kpi.moved_count(shown.deploys_7d, shown.previous_deploys_7d, "", WEEK_BEFORE)),
        kpi.card("In progress", number(running), href=page.asked.address("running"), note="right now"),
    ]  # fmt: skip


def _rows(page: _Page, query: Query) -> str:
    return _analytics(page, query, "rows")


def _analytics(page: _Page, query: Query, anchor: str = "") -> str:
    """Where the attempts behind a number are listed, as far as an address can say: else the cells of the services."""
    wanted = page.asked.wanted
    if not wanted:
        return analytics_path(query, anchor)
    if wanted == MatrixFilter(team=wanted.team):
        return analytics_path(query | {"team": wanted.team}, anchor)
    found = page.shown.services
    if len(found) == 1 and wanted.type is None:
        return analytics_path(query | {"service": found[0].service.service_id}, anchor)
    return page.asked.address("matrix")


def _attention(page: _Page) -> Node | None:
    shown = page.shown
    if not shown.services:
        return None
    if not shown.attention:
        body = el(
            "P", icon(theme.HEALTH[Health.HEALTHY].icon), " Nothing needs attention.", cls="all-well tone-success"
        )
        return panel("Needs attention", body, anchor="attention")
    more = len(shown.attention) - attention.SHOWN
    where = page.asked.address("matrix", status="attention")
    rest = el("P", "and ", link(f"{number(more)} more in the matrix", where), cls="hint") if more > 0 else None
    services = {row.service.service_id: row.service for row in shown.services}
    table = markup.drawn(attention.attention_list(shown.attention, page.names, services))
    return panel("Needs attention", table, rest, anchor="attention", note="production first, newest first")


def _stages(page: _Page) -> Node | None:
    if not page.shown.services:
        return None
    return panel("Cluster-regions by stage", markup.drawn(state_views.stages(page.shown.clusters, page.hour)))


def _running(page: _Page) -> Node | None:
    if not page.shown.services:
        return None
    found: list[PairState] = list(page.shown.in_progress)
    if not found:
        return panel("In progress", el("P", "No deployment is running.", cls="hint"), anchor="running")
    return panel("In progress", markup.drawn(attention.running_list(found, page.names)), anchor="running")


register_page(__name__, path=PATH, title="Overview - DQD", layout=live.serve("overview", view))
