"""The small links by which what a page shows is taken away as a file."""

from components.links import Query, page_path
from components.tags import Node, el, hidden, icon

MOST = "10,000"  # rows; the exports hold to it


def csv_link(href: str, of: str = "what is shown") -> Node:
    """A download of `of` as CSV, from an address of `csv_path`."""
    return el(
        "A", icon("download"), el("Span", "CSV"), hidden(f" of {of}"), href=href, download="", cls="csv",
        title=f"Download {of} as CSV: all pages, at most {MOST} rows",
    )  # fmt: skip


def csv_path(name: str, query: Query | None = None) -> str:
    """The address of an export, `attempts` or `analytics/builds` say, with the parameters of its API."""
    return page_path(f"/api/exports/{name}.csv", query)
