"""The attempts behind a number or a bar of the analytics page."""

from dataclasses import dataclass

import context
from components import filters, states
from components.attempts_table import attempts_table
from components.links import Query, analytics_path, link
from components.panel import panel
from components.tags import Node, el
from data import queries
from data.models import Attempt, Instant, Page
from data.queries import serving_attempts
from data.store_attempts import AttemptFilter
from data.views import AnalyticsFilter
from pages.asked import stored
from pages.merged import MERGED, merged

ROWS = "rows"  # the panel's anchor
LIMIT = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which attempts: service and cluster, [since, until), outcome; `query` is how the address says the time."""

    asked: AnalyticsFilter
    since: Instant
    until: Instant
    status: str | None
    words: str
    query: Query
    cursor: str | None


def rows(wanted: Wanted | None, query: Query) -> Node:
    """The panel; without a wish only the offer to show them."""
    if wanted is None:
        show = link("Show the attempts of these days", analytics_path(query | {"rows": "1"}, ROWS), cls="keep")
        return panel("Attempts", el("P", show, cls="hint"), anchor=ROWS)
    own = query | wanted.query
    page = _fetch(wanted)
    chosen = filters.status_filter("/analytics", own | {"status": wanted.status}, wanted.status, ROWS)
    if page.items:
        found = attempts_table(page.items, "Attempts, newest first", serving=serving_attempts(context.generation()))
    elif wanted.status:
        chip = filters.chip(f"status: {wanted.status.lower()}", analytics_path(own, ROWS))
        found = states.no_match("attempts", [chip], analytics_path(own, ROWS))
    else:
        found = states.empty("No attempts in this time.")
    back = link("Close", analytics_path(query), cls="keep")
    return panel("Attempts", el("Div", chosen, back, cls="toolbar"), found, _more(wanted, page, own),
                 anchor=ROWS, note=wanted.words)  # fmt: skip


def _more(wanted: Wanted, page: Page[Attempt], own: Query) -> Node | None:
    if page.cursor is None:
        return None
    if page.cursor == MERGED:
        return el("P", f"These are the newest {LIMIT}. Choose a service or a cluster-region for all.", cls="hint")
    older = analytics_path(own | {"status": wanted.status, "cursor": page.cursor}, ROWS)
    return el("Nav", link("Older attempts", older, cls="btn btn-outline-secondary keep"), cls="pager",
              aria_label="Pages of attempts")  # fmt: skip


def _fetch(wanted: Wanted) -> Page[Attempt]:
    store, scope, asked = context.store(), context.scope(), wanted.asked
    status, cancelled = stored(wanted.status)
    what = AttemptFilter(status=status, cancelled=cancelled, since=wanted.since, until=wanted.until, limit=LIMIT)
    if asked.service_id:
        more = what | AttemptFilter(cursor=wanted.cursor)
        return store.service_attempts(scope, asked.service_id, cluster_id=asked.cluster_id, **more)
    if asked.cluster_id:
        return store.cluster_attempts(scope, asked.cluster_id, **(what | AttemptFilter(cursor=wanted.cursor)))
    known = [one.cluster.cluster_id for one in queries.clusters(context.generation(), scope)]
    return merged(known, lambda one: store.cluster_attempts(scope, one, **what), LIMIT)
