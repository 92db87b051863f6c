"""The history of promotions over all services: its filters, its rows, and the way to older ones."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import context
from components import filters, states, theme
from components.links import Query, link, page_path
from components.panel import panel
from components.promotion_lanes import PATH
from components.promotions_table import promotions_table
from components.tags import Node, el
from data.errors import InvalidRequest
from data.models import Page, Promotion, PromotionStatus, Scope
from pages.asked import identifier
from pages.drawing import Args

ROWS = 25
ANCHOR = "history"
STATUSES = {status.value: status for status in PromotionStatus}
LISTED: dict[str, Callable[[Args], str | None]] = {
    "cluster": lambda args: identifier(args, "cluster"),
    "status": lambda args: args.get("status") if args.get("status") in STATUSES else None,
}


@dataclass(frozen=True, slots=True)
class Within:
    """What the list is of: what the reader may see and asked for, and the cluster-regions there are."""

    scope: Scope
    cluster_ids: tuple[str, ...]


def promotions_panel(query: Query, service: str | None, names: Mapping[str, str], within: Within, args: Args) -> Node:
    """The panel; Unavailable where the store does not answer."""
    cluster, status = query["cluster"], query["status"]

    def fetch(cursor: str | None) -> Page[Promotion]:
        store, scope = context.store(), within.scope
        wanted = STATUSES[status] if status else None
        if service:
            return store.service_promotions(
                scope, service, cluster_id=cluster, status=wanted, limit=ROWS, cursor=cursor
            )
        if cluster:
            return store.cluster_promotions(scope, cluster, status=wanted, limit=ROWS, cursor=cursor)
        return store.all_promotions(scope, within.cluster_ids, status=wanted, limit=ROWS, cursor=cursor)

    cursor = args.get("cursor")
    try:
        page = fetch(cursor)
    except InvalidRequest:  # a cursor of another list, or an old one: its first page
        cursor, page = None, fetch(None)
    choices = el("Div", _statuses(query, status), _clusters(query, cluster, names, within.cluster_ids), cls="toolbar")
    return panel(
        "History", choices,
        _rows(page, query, service, names), _pager(query, cursor, page), anchor=ANCHOR, note="newest first",
    )  # fmt: skip


def _statuses(query: Query, status: str | None) -> Node:
    options = [("All", page_path(PATH, query | {"status": None}, ANCHOR), status is None)]
    for one, look in theme.PROMOTION.items():
        options.append((look.word, page_path(PATH, query | {"status": one.value}, ANCHOR), status == one.value))
    return filters.segments("Status", options)


def _clusters(query: Query, cluster: str | None, names: Mapping[str, str], cluster_ids: Collection[str]) -> Node:
    rest = {name: value for name, value in query.items() if name != "cluster"}
    return filters.form(
        PATH, "Filter promotions by target",
        filters.select("cluster", "Target", [(one, names.get(one, one)) for one in cluster_ids], cluster),
        *[filters.kept(name, value) for name, value in rest.items()],
    )  # fmt: skip


def _rows(page: Page[Promotion], query: Query, service: str | None, names: Mapping[str, str]) -> Node:
    if page.items:
        return promotions_table(page.items, services=not service)
    if page.cursor:
        return states.empty("None in this stretch.", el("P", "Older promotions may match."), symbol="funnel")
    active = []
    if query["cluster"]:
        words = f"target: {names.get(query['cluster'], query['cluster'])}"
        active.append((words, page_path(PATH, query | {"cluster": None}, ANCHOR)))
    if query["status"]:
        words = f"status: {theme.PROMOTION[STATUSES[query['status']]].word.lower()}"
        active.append((words, page_path(PATH, query | {"status": None}, ANCHOR)))
    if active:
        return states.no_match("promotions", [filters.chip(*one) for one in active], page_path(PATH, None, ANCHOR))
    return states.empty("No promotion was reported.")


def _pager(query: Query, cursor: str | None, page: Page[Promotion]) -> Node | None:
    if not cursor and not page.cursor:
        return None
    look = "btn btn-outline-secondary keep"
    newest = link("Newest", page_path(PATH, query, ANCHOR), cls=look) if cursor else None
    older = page_path(PATH, query | {"cursor": page.cursor}, ANCHOR) if page.cursor else None
    return el(
        "Nav", newest, link("Older promotions", older, cls=look) if older else None, cls="pager",
        aria_label="Pages of promotions",
    )  # fmt: skip
