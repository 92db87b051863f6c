"""The ledger of a number of delivery: the rows it is made of and those left out of it, a page at a time."""

from collections.abc import Mapping

import context
from components import filters, states
from components.definitions import about
from components.delivery_ledger import ledger_table
from components.delivery_words import FAILURES, KINDS, LEDGER, LONG_TITLES, PATH, anchor
from components.exporting import csv_link, csv_path
from components.links import link, page_path
from components.panel import panel
from components.tags import Child, Node, el
from components.words import counted, number
from data.delivery_judge import Failure, Kind
from data.delivery_rows import ledger
from data.delivery_views import LedgerPage
from data.generation import Generation
from pages.delivery_asked import Asked, LedgerAsked, cursor_of

LIMIT = 50
INCLUDED = ((None, "All"), ("1", "Counted"), ("0", "Left out"))


def ledger_panel(
    generation: Generation, asked: Asked, wanted: LedgerAsked | None, names: Mapping[str, str]
) -> Node:  # fmt: skip
    """The panel; without a wish only the offer to show everything."""
    if wanted is None:
        show = link("Show every attempt of these days in production", asked.path(LEDGER, ledger="all"), cls="keep")
        return panel("Ledger", el("P", show, cls="hint"), anchor=LEDGER)
    found = ledger(generation, context.scope(), wanted.filter(asked.filter), context.now(), LIMIT, wanted.after)
    title = f"Ledger: {LONG_TITLES[wanted.metric].lower()}" if wanted.metric else "Ledger"
    note = about(anchor(wanted.metric), LONG_TITLES[wanted.metric]) if wanted.metric else None
    return panel(
        title, _tools(asked, wanted), _chips(asked, wanted), _list(found, asked, wanted, names),
        _pager(found, asked, wanted), anchor=LEDGER, note=note,
    )  # fmt: skip


def _tools(asked: Asked, wanted: LedgerAsked) -> Node:
    current = wanted.query["included"]
    options = [(words, wanted.path(asked.query, included=value), value == current) for value, words in INCLUDED]
    kept = asked.query | {"ledger": wanted.metric.value if wanted.metric else "all"} | wanted.query
    form = filters.form(
        PATH, "Rows",
        filters.select("kind", "Counts as", [(one.value, KINDS[one]) for one in Kind],
                       wanted.kind.value if wanted.kind else None, every="Everything"),
        filters.select("failure", "Failure", [(one.value, FAILURES[one]) for one in Failure],
                       wanted.failure.value if wanted.failure else None, every="Failed or not"),
        *[filters.kept(name, value) for name, value in kept.items() if name not in ("kind", "failure")],
    )  # fmt: skip
    csv = csv_link(csv_path("delivery-ledger", asked.chosen | wanted.api), "these rows")
    close = link("Close", page_path(PATH, asked.query), cls="keep")
    return el("Div", filters.segments("Rows", options) if wanted.metric else None, form, close, csv, cls="toolbar")


def _chips(asked: Asked, wanted: LedgerAsked) -> Node | None:
    active = []
    if wanted.day:
        active.append((f"from: {wanted.day}", wanted.path(asked.query, day=None)))
    return filters.chips(active, wanted.path(asked.query, day=None, kind=None, failure=None, included=None))


def _list(found: LedgerPage, asked: Asked, wanted: LedgerAsked, names: Mapping[str, str]) -> Node:
    if found.rows:
        return ledger_table(found.rows, names, "Ledger, newest first")
    if wanted.kind or wanted.failure or wanted.day or wanted.included is not None:
        clear = wanted.path(asked.query, day=None, kind=None, failure=None, included=None)
        return states.no_match("rows", [], clear)
    return states.empty("Nothing was tried in production in these days.")


def _pager(found: LedgerPage, asked: Asked, wanted: LedgerAsked) -> Node | None:
    if not found.rows:
        return None

    def page(words: str, cursor: str | None) -> Child:
        return link(words, wanted.path(asked.query, cursor=cursor), cls="btn btn-outline-secondary keep")

    said = f"{number(len(found.rows))} of {counted(found.total, 'row')}"
    newest = page("Newest", None) if wanted.after else None
    older = page("Older", cursor_of(found.next)) if found.next else None
    return el("Nav", newest, older, el("P", said, cls="hint"), cls="pager", aria_label="Pages of the ledger")
