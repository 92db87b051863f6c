"""The history of promotions over all services: its filters, its rows, and the way to older ones."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import context
from components import filters, states, theme
from components.links import link
from components.panel import panel
from components.promotion_lanes import PATH
from components.promotions_table import promotions_table
from components.tags import Node, el
from components.words import period as period_words
from data.errors import InvalidRequest
from data.models import Page, Promotion, Scope
from data.store_promotions import PromotionFilter
from pages import files
from pages.drawing import Args
from pages.promotions_asked import STATUSES, Asked

ROWS = 25
ANCHOR = "history"


@dataclass(frozen=True, slots=True)
class Within:
    """What the list is of: what the reader may see and asked for, and the cluster-regions there are."""

    scope: Scope
    cluster_ids: tuple[str, ...]


def promotions_panel(asked: Asked, names: Mapping[str, str], within: Within, args: Args) -> Node:
    """The panel, of the period the ways are counted in; Unavailable where the store does not answer."""
    status, cluster, service = asked.others["status"], asked.others["cluster"], asked.service
    wanted = PromotionFilter(
        status=STATUSES[status] if status else None, version=asked.version, from_cluster_id=asked.others["origin"],
        since=asked.days.since, until=asked.days.until, limit=ROWS,
    )  # fmt: skip

    def fetch(cursor: str | None) -> Page[Promotion]:
        store, scope, here = context.store(), within.scope, wanted | PromotionFilter(cursor=cursor)
        if service:
            return store.service_promotions(scope, service, cluster_id=cluster, **here)
        if cluster:
            return store.cluster_promotions(scope, cluster, **here)
        return store.all_promotions(scope, within.cluster_ids, **here)

    cursor = args.get("cursor")
    try:
        page = fetch(cursor)
    except InvalidRequest:  # a cursor of another list, or an old one: its first page
        cursor, page = None, fetch(None)
    choices = el(
        "Div", _statuses(asked, status), _ranges(asked), _form(asked, names, within.cluster_ids),
        _file(asked) if page.items else None, cls="toolbar",
    )  # fmt: skip
    return panel(
        "History", choices, filters.chips(_active(asked, names), _unfiltered(asked)), _rows(asked, page),
        _pager(asked, cursor, page), anchor=ANCHOR,
        note=f"newest first, {period_words(asked.days.start, asked.days.end)}",
    )  # fmt: skip


def _file(asked: Asked) -> Node:
    """The same list as a file, all of it."""
    of = {"serviceId": asked.service, "team": asked.team, "clusterId": asked.others["cluster"]}
    of |= {"fromClusterId": asked.others["origin"], "buildVersion": asked.version, "status": asked.others["status"]}
    return files.csv("promotions", of | {"from": asked.days.start, "to": asked.days.end}, "these promotions")


def _statuses(asked: Asked, status: str | None) -> Node:
    options = [("All", asked.path(ANCHOR, status=None), status is None)]
    for one, look in theme.PROMOTION.items():
        options.append((look.word, asked.path(ANCHOR, status=one.value), status == one.value))
    return filters.segments("Status", options)


def _ranges(asked: Asked) -> Node:
    own = {"range": None, "from": None, "to": None}
    options = [
        (words, asked.path(ANCHOR, **own | {"range": one}), one == asked.days.name) for one, words in filters.RANGES
    ]
    return filters.segments("Days of the history", options)


def _form(asked: Asked, names: Mapping[str, str], cluster_ids: Collection[str]) -> Node:
    places = [(one, names.get(one, one)) for one in cluster_ids]
    own = ("origin", "cluster", "version")
    return filters.form(
        PATH, "Filter the history",
        filters.select("origin", "Origin", places, asked.others["origin"]),
        filters.select("cluster", "Target", places, asked.others["cluster"]),
        filters.text_field("version", "Version", asked.version),
        *[filters.kept(name, value) for name, value in asked.query.items() if name not in own], button="Filter",
    )  # fmt: skip


def _active(asked: Asked, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """The filters of the history alone, each with the address without it."""
    said = {name: value for name, value in asked.others.items() if value}
    words = {"origin": "origin", "cluster": "target", "version": "version", "status": "status"}
    shown = {
        name: names.get(value, value) if name in ("origin", "cluster") else value for name, value in said.items()
    }
    if "status" in said:
        shown["status"] = theme.PROMOTION[STATUSES[said["status"]]].word.lower()
    return [(f"{words[name]}: {value}", asked.path(ANCHOR, **{name: None})) for name, value in shown.items()]


def _unfiltered(asked: Asked) -> str:
    return asked.path(ANCHOR, **dict.fromkeys(asked.others))


def _rows(asked: Asked, page: Page[Promotion]) -> Node:
    if page.items:
        return promotions_table(page.items, services=not asked.service)
    if page.cursor:
        return states.empty("None in this stretch.", el("P", "Older promotions may match."), symbol="funnel")
    if any(asked.others.values()):
        return states.empty("No promotions match.", symbol="funnel")
    return states.empty("No promotion to list in these days.")


def _pager(asked: Asked, cursor: str | None, page: Page[Promotion]) -> Node | None:
    if not cursor and not page.cursor:
        return None
    look = "btn btn-outline-secondary keep"
    newest = link("Newest", asked.path(ANCHOR), cls=look) if cursor else None
    older = asked.path(ANCHOR, cursor=page.cursor) if page.cursor else None
    return el(
        "Nav", newest, link("Older promotions", older, cls=look) if older else None, cls="pager",
        aria_label="Pages of promotions",
    )  # fmt: skip
