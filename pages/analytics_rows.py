"""The attempts behind a number or a bar of the analytics page."""

from collections.abc import Sequence

import context
from components import filters, states
from components.analytics_figures import FINISHED
from components.attempts_table import attempts_table
from components.exporting import csv_link, csv_path
from components.links import Query, analytics_path, link
from components.panel import panel
from components.tags import Child, Node, el
from components.words import counted, number
from data.analytics_rows import Rows
from data.analytics_rows import rows as found_rows
from data.analytics_views import FailureReason
from data.instants import day_before
from data.models import Instant
from data.queries import serving_attempts
from data.views import Analytics
from pages.analytics_asked import STATUSES, Asked, RowsAsked

ROWS = "rows"  # the panel's anchor
LIMIT = 50


def rows(asked: Asked, wanted: RowsAsked | None, shown: Analytics) -> Node:
    """The panel; without a wish only the offer to show them."""
    query = asked.query
    if wanted is None:
        show = link(
            f"Show the attempts of these {asked.time.grain}s", analytics_path(query | {"rows": "1"}, ROWS), cls="keep"
        )
        return panel("Attempts", el("P", show, cls="hint"), anchor=ROWS)
    generation, scope = context.generation(), context.scope()
    first = (wanted.page - 1) * LIMIT
    found = found_rows(generation, scope, wanted.wanted, context.now(), first, LIMIT)
    own = query | wanted.query
    chosen = filters.status_filter("/analytics", own | {"status": wanted.status}, wanted.status, ROWS, STATUSES)
    tools = el("Div", chosen, link("Close", analytics_path(query), cls="keep"), _csv(asked, wanted), cls="toolbar")
    return panel(
        "Attempts", tools, _chips(wanted, own, shown), _list(found, wanted, own),
        _pager(found, first, wanted, own), anchor=ROWS, note=wanted.words,
    )  # fmt: skip


def _list(found: Rows, wanted: RowsAsked, own: Query) -> Node:
    if found.found:
        kept = context.store().standing(context.scope(), found.found)
        gone = len(found.found) - len(kept)
        table = attempts_table(kept, "Attempts, newest first", serving=serving_attempts(context.generation()))
        words = f"{counted(gone, 'row has', 'rows have')} expired since: the numbers stay."
        return el("Div", table if kept else None, el("P", words, cls="hint") if gone else None)
    if wanted.status or wanted.wanted.reason or wanted.wanted.flake:
        clear = analytics_path(own | {"status": None, "reason": None, "flaky": None}, ROWS)
        return states.no_match("attempts", [], clear)
    return states.empty("No attempts in this time.")


def _chips(wanted: RowsAsked, own: Query, shown: Analytics) -> Node | None:
    active = []
    if wanted.status:
        words = dict(STATUSES)[wanted.status].lower()
        active.append((f"status: {words}", analytics_path(own, ROWS)))
    rest = own | {"status": wanted.status}
    if wanted.wanted.reason:
        words = _reason(shown.reasons.all, wanted.wanted.reason)
        active.append((f"reason: {words}", analytics_path(rest | {"reason": None}, ROWS)))
    if wanted.wanted.flake:
        words = wanted.wanted.flake.replace(":", ": ").lower()
        active.append((f"flaky: {words}", analytics_path(rest | {"flaky": None}, ROWS)))
    clear = analytics_path(own | {"reason": None, "flaky": None}, ROWS)
    return filters.chips(active, clear)


def _reason(known: Sequence[FailureReason], key: str) -> str:
    return next((one.words for one in known if one.key == key), "one that is not among these")


def _pager(found: Rows, first: int, wanted: RowsAsked, own: Query) -> Node | None:
    if not found.found:
        return None
    last = first + len(found.found)
    words = el("P", f"{number(first + 1)}–{number(last)} of {counted(found.total, 'attempt')}", cls="hint")

    def page(name: str, place: int) -> Child:
        address = analytics_path(own | {"status": wanted.status, "page": str(place)}, ROWS)
        return link(name, address, cls="btn btn-outline-secondary keep")

    newer = page("Newer attempts", wanted.page - 1) if first and wanted.page > 1 else None
    older = page("Older attempts", wanted.page + 1) if last < found.total else None
    return el("Nav", newer, older, words, cls="pager", aria_label="Pages of attempts")


def _csv(asked: Asked, wanted: RowsAsked) -> Node | None:
    """The same rows as a file, where the file knows the filter: not of reasons, flakes and mixed outcomes."""
    if wanted.wanted.reason or wanted.wanted.flake or wanted.status == FINISHED:
        return None
    since, until = wanted.wanted.part or asked.time.hours or _days(asked)
    cancelled = "true" if wanted.status == "CANCELLED" else "false" if wanted.status else None
    status = wanted.status if wanted.status != "CANCELLED" else None
    query = asked.chosen | {"status": status, "cancelled": cancelled, "from": since, "to": until}
    return csv_link(csv_path("attempts", query), "these attempts")


def _days(asked: Asked) -> tuple[Instant, Instant]:
    return f"{asked.time.start}T00:00:00Z", f"{day_before(asked.time.end, -1)}T00:00:00Z"
