"""Filters whose state is the address: links and forms that lead to another one, nothing kept elsewhere."""

from collections.abc import Callable, Sequence

import dash_bootstrap_components  # noqa: F401  # registers the library whose components are named below

from components.links import Query, link, page_path
from components.tags import BOOTSTRAP, Child, Node, el, icon, node
from data.models import Day

ALL = "all"  # a select's "no filter": its library keeps the empty value for itself
RANGES = (("1d", "24 h"), ("7d", "7 d"), ("14d", "14 d"), ("30d", "30 d"), ("90d", "90 d"))
STATUSES = (
    (None, "All"),
    ("SUCCESS", "Success"),
    ("FAILED", "Failed"),
    ("ROLLBACK", "Rolled back"),
    ("IN_PROGRESS", "In progress"),
    ("CANCELLED", "Cancelled"),
)


def segments(label: str, options: Sequence[tuple[str, str, bool]]) -> Node:
    """Links of which one is current: (words, address, current)."""
    items: list[Child] = [
        el("Li", el("A", words, href=href, cls="segment keep", aria_current="true" if current else None))
        for words, href, current in options
    ]
    return el("Nav", el("Ul", items, cls="segments"), aria_label=label)


def status_filter(
    path: str,
    query: Query,
    current: str | None,
    anchor: str = "attempts",
    statuses: Sequence[tuple[str | None, str]] = STATUSES,
) -> Node:
    """Which outcomes a list of attempts shows."""
    base = {name: value for name, value in query.items() if name not in ("status", "cursor", "page")}
    options = [(w, page_path(path, base | {"status": v}, anchor), v == current) for v, w in statuses]
    return segments("Status", options)


def range_filter(path: str, query: Query, current: str | None) -> Node:
    """How far back a page looks."""
    base = {name: value for name, value in query.items() if name not in ("range", "from", "to", "day", "cursor")}
    options = [(words, page_path(path, base | {"range": v}), v == current) for v, words in RANGES]
    return segments("Range", options)


def form(path: str, label: str, *fields: Child, button: str | None = None, live: bool = False) -> Node:
    """Fields that change the address: a select at once, dates with the button.

    `live`: text too, as it is typed; what follows from it is redrawn, the form itself is not (`Part.steady`).
    """
    submit = el("Button", button, type="submit", cls="btn btn-outline-secondary") if button else None
    return el("Form", *fields, submit, action=path, method="get", cls="filters", aria_label=label,
              data_live="1" if live else None)  # fmt: skip


def select(
    name: str, label: str, options: Sequence[tuple[str, str]], value: str | None, every: str | None = None
) -> Node:
    """A choice among all and each; the options are (value, words), `every` the words for all."""
    listed = [{"value": ALL, "label": every or f"All {label.lower()}s"}]
    listed += [{"value": one, "label": words} for one, words in options]
    field = f"filter-{name}"
    chosen = node(BOOTSTRAP, "Select", id=field, name=name, options=listed, value=value or ALL)
    return el("Div", el("Label", label, htmlFor=field), chosen, cls="field")


def day_field(name: str, label: str, value: Day | None) -> Node:
    """A UTC day."""
    field = f"filter-{name}"
    chosen = node(BOOTSTRAP, "Input", id=field, name=name, type="date", value=value or "")
    return el("Div", el("Label", label, htmlFor=field), chosen, cls="field")


def text_field(name: str, label: str, value: str | None, hint: str | None = None) -> Node:
    """A word to look for."""
    field = f"filter-{name}"
    chosen = node(BOOTSTRAP, "Input", id=field, name=name, type="search", value=value or "", maxLength=100,
                  placeholder=hint)  # fmt: skip
    return el("Div", el("Label", label, htmlFor=field), chosen, cls="field")


def pages(label: str, page: int, of: int, address: Callable[[str | None], str]) -> Node | None:
    """The way to the page before and after; `address` leads to a page, None is the first."""
    if of < 2:
        return None

    def to(words: str, number: int) -> Node | None:
        if not 1 <= number <= of:
            return None
        return link(words, address(str(number) if number > 1 else None), cls="btn btn-outline-secondary keep")

    said = el("Span", f"page {page} of {of}", cls="hint")
    return el("Nav", to("Previous", page - 1), to("Next", page + 1), said, cls="pager", aria_label=label)


def kept(name: str, value: str | None) -> Node | None:
    """A filter the form carries along without showing it."""
    return None if value is None else el("Div", data_keep=name, data_value=value, hidden=True)


def chip(words: str, without: str) -> Node:
    """An active filter; the link takes it off."""
    remove = el("A", icon("x-lg"), href=without, cls="keep chip-x", aria_label=f"Remove filter {words}")
    return el("Li", words, remove, cls="chip")


def chips(active: Sequence[tuple[str, str]], clear: str) -> Node | None:
    """The active filters, each removable: (words, address without it)."""
    if not active:
        return None
    items: list[Child] = [chip(words, without) for words, without in active]
    items.append(el("Li", link("Clear filters", clear, cls="keep")))
    return el("Ul", items, cls="chips", aria_label="Active filters")
