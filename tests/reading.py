"""Reading component trees in tests: their words, links and parts."""

from collections.abc import Iterator
from typing import Any


def nodes(tree: Any, kind: str | None = None) -> Iterator[dict[str, Any]]:
    """Every component of the tree, in order, of a type if one is named."""
    if isinstance(tree, list | tuple):
        for part in tree:
            yield from nodes(part, kind)
    elif isinstance(tree, dict) and "props" in tree:
        if kind in (None, tree["type"]):
            yield tree
        yield from nodes(tree["props"].get("children"), kind)


def words(tree: Any) -> str:
    """All the text of the tree, as a screen reader would come by it."""
    if isinstance(tree, list | tuple):
        return " ".join(filter(None, map(words, tree)))
    if isinstance(tree, dict):
        return words(tree["props"].get("children"))
    return "" if tree is None else str(tree)


def hrefs(tree: Any) -> list[str]:
    """Where the links of the tree lead."""
    return [one["props"]["href"] for one in nodes(tree, "A")]


def with_class(tree: Any, name: str) -> list[dict[str, Any]]:
    """The components that have this class."""
    return [one for one in nodes(tree) if name in one["props"].get("className", "").split()]


def named(tree: Any, component_id: str) -> dict[str, Any]:
    """The component of this id."""
    return next(one for one in nodes(tree) if one["props"].get("id") == component_id)
