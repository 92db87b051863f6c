"""Lists of the quality page, page by page."""

from collections.abc import Sequence
from typing import TypeVar

from components import filters
from components.links import page_path
from components.tags import Node, el
from components.words import number
from pages.quality_asked import Asked

LIMIT = 25
T = TypeVar("T")


def piece(rows: Sequence[T], wish: Asked) -> Sequence[T]:
    """The rows of the page of the list that is asked for, of the last one where there are fewer."""
    page = min(wish.page, max(1, -(-len(rows) // LIMIT)))
    return rows[(page - 1) * LIMIT : page * LIMIT]


def pager(wish: Asked, listed: int, total: int, anchor: str) -> Node | None:
    """The way to other pages, and how many rows there are beyond those that are listed."""
    of = max(1, -(-listed // LIMIT))
    pages = filters.pages(
        f"Pages of {anchor}",
        min(wish.page, of),
        of,
        lambda page: page_path("/quality", wish.query | {"page": page}, anchor),
    )
    more = el("P", f"The newest {number(listed)} of {number(total)}.", cls="hint") if total > listed else None
    return el("Div", pages, more) if pages or more else None
