"""/services/<service_id>: how one service is doing on every cluster-region, and what was tried."""

from difflib import get_close_matches
from urllib.parse import unquote

from dash import register_page

import context
from components import favourites, filters, state_views, states
from components.badge_snippet import badges
from components.badges import unconfirmed
from components.copying import fixed_days
from components.links import Query, link, page_path, safe_link, service_path
from components.panel import panel
from components.promotion_lanes import PATH
from components.promotions_table import promotions_table
from components.tags import Children, Node, el
from components.words import period as period_words
from data import promotion_path, queries
from data.errors import NotFound
from data.generation import Generation
from data.instants import to_instant
from data.matrix_filter import BehindOf
from data.models import Attempt, Health, Page
from data.period_numbers import compared
from data.store_attempts import AttemptFilter
from data.views import ServiceSummary
from pages import live
from pages import service_history as history
from pages.asked import Period, identifier, outcome, period, trigger
from pages.attempts_list import Asked, attempts_panel
from pages.delivery_line import delivery_line
from pages.drawing import Args, Part, View
from pages.merged import merged
from pages.summary_numbers import summary_numbers

USUAL = "90d"
PROMOTIONS = 10
STAGED_ROWS = 100


def view(generation: Generation, args: Args) -> View:
    """The parts of the page."""
    service_id, days = unquote(args.get("service_id", "")), period(args, context.now(), USUAL)
    scope, now = context.scope(), context.now()
    try:
        shown = queries.service_summary(generation, scope, service_id, days.start, days.end, now)
    except NotFound:
        return View([Part("missing", lambda: _missing(generation, service_id), lasting=False)])
    path, newest = service_path(service_id), history.newest_attempts(service_id)
    numbers = compared(generation, scope, days.start, days.end, service_id=service_id)
    return View(
        [
            Part("head", lambda: _head(shown, path, days)),
            Part("numbers", lambda: summary_numbers(path, days.query, numbers), cls="kpis kpis-6"),
            Part("delivery", lambda: delivery_line(generation, scope, service_id, days, now)),
            Part("state", lambda: _state(shown, promotion_path.behind(generation, scope))),
            Part("rollback", lambda: history.rollback_part(shown), what="the way back", lasting=False),
            Part("versions", lambda: history.versions_part(shown, newest), what="versions", lasting=False),
            Part("compare", lambda: _compare(generation, shown, path, days, args), what="this part", lasting=False),
            Part(
                "attempts",
                lambda: _attempts(generation, shown, newest, path, days, args),
                what="attempts",
                lasting=False,
            ),
            Part("promotions", lambda: _promotions(service_id), what="promotions", lasting=False),
        ],
        of=(service_id, days.name, days.start, days.end, to_instant(now)[:13]),
    )


def _head(shown: ServiceSummary, path: str, days: Period) -> Node:
    service = shown.service
    about = " · ".join(part for part in (service.team, service.tier) if part)
    ill = sum(state.health is Health.ATTENTION for _, state in shown.states)
    title = f"{ill} need attention: {service.name}" if ill else service.name
    return el(
        "Div",
        el("Div", el("H1", service.name, " ", unconfirmed(service.confirmed), tabIndex="-1", data_title=title),
           favourites.star(service.service_id, service.name), cls="head-name"),
        el("P", about, " ", _repository(service.repository), cls="ink-2"),
        el("Div", filters.range_filter(path, days.query, days.name),
           fixed_days(period_words(shown.start, shown.end), shown.start, shown.end, "ink-2 small"), cls="toolbar"),
        cls="page-head",
    )  # fmt: skip


def _repository(repository: str) -> Node | None:
    """A link where it is an address, else the name."""
    if not repository:
        return None
    return safe_link("Repository", repository) or el("Span", repository, cls="mono")


def _state(shown: ServiceSummary, behind: BehindOf) -> Node:
    gone = state_views.retired_note(shown.retired)
    if not shown.states:
        nothing = "Deployed nowhere now." if shown.retired else "Never deployed anywhere yet."
        return panel("Cluster-regions", [states.empty(nothing), gone], anchor="state")
    to_copy = badges(shown.service, [one for one, _ in shown.states], context.settings().public_url)
    return panel("Cluster-regions", [state_views.clusters_table(shown.states, behind), gone, to_copy], anchor="state")


def _asked(shown: ServiceSummary, path: str, days: Period, args: Args) -> tuple[Asked, list[str]]:
    """The list of attempts, and the cluster-regions of the stage it is narrowed to (none: it is not)."""
    cluster, stage = identifier(args, "cluster"), args.get("stage")
    staged = [one.cluster_id for one, _ in shown.states if one.type.value == stage and not cluster]
    others = (("cluster", cluster),) if cluster else (("stage", stage),) if staged and stage else ()
    ids = history.chosen(args, shown.service.service_id)
    kept = ((history.COMPARE, ",".join(ids)),) if ids else ()
    return Asked(path, days, outcome(args), others, args.get("cursor"), kept, trigger(args)), staged


def _compare(generation: Generation, shown: ServiceSummary, path: str, days: Period, args: Args) -> Children:
    ids = history.chosen(args, shown.service.service_id)
    asked, _ = _asked(shown, path, days, args)
    query = asked.query | {"cursor": asked.cursor}
    return history.compare_part(generation, shown.service.service_id, ids, path, query)


def _attempts(
    generation: Generation, shown: ServiceSummary, newest: history.Newest, path: str, days: Period, args: Args
) -> Node:
    asked, staged = _asked(shown, path, days, args)
    service_id, cluster = shown.service.service_id, identifier(args, "cluster")

    def fetch(wanted: AttemptFilter) -> Page[Attempt]:
        store, scope = context.store(), context.scope()
        if not staged:
            return store.service_attempts(scope, service_id, cluster_id=cluster, **wanted)
        own = wanted | AttemptFilter(limit=STAGED_ROWS, cursor=None)
        return merged(staged, lambda one: store.pair_attempts(scope, one, service_id, **own), STAGED_ROWS)

    options = [(one.cluster_id, one.name) for one, _ in shown.states]
    choices = [("cluster", filters.select("cluster", "Cluster-region", options, cluster))]
    ids = history.chosen(args, service_id)
    beside = history.history_of(generation, shown, newest, asked, ids)
    of: Query = {"serviceId": service_id}
    return attempts_panel(asked, fetch, of=of, without="service", choices=choices, history=beside)


def _promotions(service_id: str) -> Node:
    found = context.store().service_promotions(context.scope(), service_id, limit=PROMOTIONS)
    if not found.items:
        return panel("Promotions", states.empty("No promotion was reported."), anchor="promotions")
    everything = page_path(PATH, {"service": service_id}, "spread")
    note: Children = [
        f"the newest {PROMOTIONS}, " if found.cursor else None, link("its lane, how versions spread", everything),
    ]  # fmt: skip
    return panel("Promotions", promotions_table(found.items), anchor="promotions", note=note)


def _missing(generation: Generation, service_id: str) -> Node:
    rows = queries.services(generation, context.scope(), context.now())
    known = {one.service.service_id: one.service.name for one in rows}
    near = [(known[one], service_path(one)) for one in get_close_matches(service_id, known, n=5, cutoff=0.4)]
    return states.not_found("Service", service_id, near, ("All services", "/services"))


def title(service_id: str = "") -> str:
    """The title until the page itself knows more."""
    return f"{unquote(service_id)} - service - DQD"


register_page(__name__, path_template="/services/<service_id>", title=title, layout=live.serve("service", view))
