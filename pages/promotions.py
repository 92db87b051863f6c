"""/promotions: what is on its way where, what waits and what would block it, and what was promoted. All filters are
the address.
"""

from dataclasses import replace

from dash import register_page

import context
from components import filters, promotion_lanes, states
from components.definitions import about
from components.freezes import freezes_table
from components.links import link, page_path
from components.panel import panel
from components.promotion_lanes import PATH
from components.tags import Child, Node, el
from components.words import counted
from data import promotion_path, visible
from data.errors import Unavailable
from data.generation import Generation
from data.instants import to_instant
from data.models import Instant, Scope
from data.promotion_views import Lane, Lanes
from data.store_promotions import Recent
from pages import live
from pages.drawing import Args, Part, View
from pages.promotion_spread import spread_parts
from pages.promotion_waves import debt_panel, waves_panel
from pages.promotion_ways import ways_panel
from pages.promotions_asked import SHOWS, Asked, asked_of
from pages.promotions_list import Within, promotions_panel


def view(generation: Generation, args: Args) -> View:
    """The parts of the page."""
    scope, now = context.scope(), context.now()
    asked = asked_of(args)
    clusters = {one.cluster_id: one for one in visible.clusters(generation, scope)}
    recent = _recent(scope, list(clusters), asked)
    shown = promotion_path.lanes(generation, scope, now, recent.promotions if recent else None)
    lanes = [lane for lane in shown.lanes if asked.keeps(lane)]
    within = Within(_of_team(scope, asked.team, shown), tuple(clusters))
    names = {cluster_id: one.name for cluster_id, one in clusters.items()}
    names |= {one.service.service_id: one.service.name for one in shown.lanes}
    moment = to_instant(now)

    def ways() -> Node:
        return ways_panel(generation, scope, asked, recent, shown, lanes, names)

    parts = [
        Part("head", lambda: _head(shown, lanes, asked, names), lasting=False),
        Part("freezes", lambda: _freezes(shown, names, moment), lasting=False),
        Part("lanes", lambda: _lanes(shown, lanes, asked, names, moment), lasting=False),
    ]
    return View([
        *parts,
        *spread_parts(generation, scope, asked),
        Part("waves", lambda: waves_panel(generation, scope, asked, lanes), lasting=False),
        Part("debt", lambda: debt_panel(lanes, names, asked, moment), lasting=False),
        Part("ways", ways, what="promotions of these days", lasting=False),
        Part("history", lambda: promotions_panel(asked, names, within, args),
             what="promotions", lasting=False),
    ], of=(asked.service, asked.stage, asked.version))  # fmt: skip


def _recent(scope: Scope, cluster_ids: list[str], asked: Asked) -> Recent | None:
    """The promotions of the period, and of the days whose promotions may still block something.

    None while they cannot be read, which the page says where they are missed.
    """
    since = min(asked.days.since, to_instant(context.now() - promotion_path.BLOCKERS_FROM))
    try:
        return context.store().recent_promotions(scope, cluster_ids, since)
    except Unavailable:
        return None


def _of_team(scope: Scope, team: str | None, shown: Lanes) -> Scope:
    """The scope, narrowed to a team's services."""
    if team is None:
        return scope
    mine = frozenset(lane.service.service_id for lane in shown.lanes if lane.service.team == team)
    return replace(scope, services=mine)


def _head(shown: Lanes, lanes: list[Lane], asked: Asked, names: dict[str, str]) -> Node:
    waiting = [one for lane in lanes for one in lane.waiting]
    ready = sum(promotion_lanes.look(one) is promotion_lanes.READY for one in waiting)
    blocked = sum(bool(one.blockers) for one in waiting)
    words = f"{counted(len(waiting), 'version')} waiting: {ready} ready, {blocked} blocked or soaking"
    title = f"{len(waiting)} waiting" if waiting else "Promotions"
    teams = sorted({lane.service.team for lane in shown.lanes if lane.service.team})
    services = [(lane.service.service_id, lane.service.name) for lane in shown.lanes]
    rest = {name: value for name, value in asked.query.items() if name not in ("team", "service", "q")}
    form = filters.form(
        PATH, "Filters",
        filters.select("team", "Team", [(one, one) for one in teams], asked.team),
        filters.select("service", "Service", services, asked.service),
        filters.text_field("q", "Name or version", asked.text),
        *[filters.kept(name, value) for name, value in rest.items()], button="Apply",
    )  # fmt: skip
    shows = [(word, page_path(PATH, asked.query | {"show": name}), name == asked.show) for name, word in SHOWS]
    summary = el("P", words, " ", about("waiting", "waiting"), cls="ink-2")
    return el(
        "Div", el("H1", "Promotions", tabIndex="-1", data_title=title), summary,
        el("Div", form, filters.segments("Show", shows), cls="toolbar"), filters.chips(_active(asked, names), PATH),
        cls="page-head",
    )  # fmt: skip


def _active(asked: Asked, names: dict[str, str]) -> list[tuple[str, str]]:
    said = {
        "team": asked.team,
        "service": names.get(asked.service, asked.service) if asked.service else None,
        "q": f"“{asked.text}”" if asked.text else None,
    }
    without = {name: page_path(PATH, asked.query | {name: None}) for name in said}
    words = {"team": "team", "service": "service", "q": "name or version"}
    return [(f"{words[name]}: {value}", without[name]) for name, value in said.items() if value]


def _freezes(shown: Lanes, names: dict[str, str], now: Instant) -> Node | None:
    if not shown.freezes:
        return el("P", "No freeze now or in the next 14 days.", cls="hint")
    table = freezes_table(shown.freezes, names, now)
    return panel("Freezes", table, anchor="freezes", note="now and in the next 14 days")


def _lanes(shown: Lanes, lanes: list[Lane], asked: Asked, names: dict[str, str], now: Instant) -> Node:
    if not shown.lanes:
        return el("Div", states.first_event(f"{now[:19]}Z"), cls="panel")
    if not lanes:
        chips = [filters.chip(*one) for one in _active(asked, names)]
        if asked.show:
            word = dict(SHOWS)[asked.show].lower()
            chips.append(filters.chip(f"show: {word}", page_path(PATH, asked.query | {"show": None})))
        return panel("Lanes", states.no_match("services", chips, PATH), anchor="lanes")
    notes: list[Child] = []
    if not shown.promotions_read:
        words = "Promotions could not be read: whether one is pending or was rejected is not known."
        notes.append(el("P", words, cls="hint could-not-load", role="status"))
    if shown.off_path:
        unknown = ", ".join(one.name for one in shown.off_path)
        notes.append(
            el("P", f"Not on the path, because the catalog does not say their stage: {unknown}.", cls="hint")
        )
    size = promotion_lanes.lanes_a_page(shown)
    pages = -(-len(lanes) // size)
    page = min(asked.page, pages)
    table = promotion_lanes.lanes_table(shown, lanes[(page - 1) * size : page * size], names, now)
    return panel("Lanes", table, _lane_pages(asked, page, pages), notes, promotion_lanes.legend(), anchor="lanes",
                 note=counted(len(lanes), "service"))  # fmt: skip


def _lane_pages(asked: Asked, page: int, pages: int) -> Node | None:
    if pages < 2:
        return None

    def to(words: str, number: int) -> Node | None:
        known = 1 <= number <= pages
        address = page_path(PATH, asked.query | {"page": str(number) if number > 1 else None}, "lanes")
        return link(words, address, cls="btn btn-outline-secondary keep") if known else None

    said = el("Span", f"page {page} of {pages}", cls="hint")
    return el("Nav", to("Previous", page - 1), to("Next services", page + 1), said, cls="pager",
              aria_label="Pages of services")  # fmt: skip


register_page(__name__, path=PATH, title="Promotions - DQD", layout=live.serve("promotions", view), connects=True)
