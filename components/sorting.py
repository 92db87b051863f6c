"""Headings that sort: the order is in the address, and said to those who cannot see the arrow."""

from collections.abc import Callable

from components.tags import Node, el, icon

Address = Callable[[str], str]


def sort_heading(
    words: str, name: str, current: str, address: Address, *, newest: bool = False, cls: str = ""
) -> Node:
    """A column's heading; a click sorts by it, the next one the other way round. `newest`: first from the end."""
    mine, backwards = current.removeprefix("-") == name, current.startswith("-")
    wanted = (name if backwards else f"-{name}") if mine else f"-{name}" if newest else name
    arrow = icon("arrow-down" if backwards else "arrow-up") if mine else None
    state = ("descending" if backwards else "ascending") if mine else None
    way = el("A", words, arrow, href=address(wanted), cls="sort keep")
    return el("Th", way, scope="col", cls=cls, aria_sort=state)
