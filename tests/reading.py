"""Reading component trees in tests: their words, links and parts."""

from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from components.markup import SOURCE
from components.tags import HTML


def nodes(tree: Any, kind: str | None = None) -> Iterator[dict[str, Any]]:
    """Every component of the tree, in order, of a type if one is named."""
    if isinstance(tree, list | tuple):
        for part in tree:
            yield from nodes(part, kind)
    elif isinstance(tree, dict) and "props" in tree:
        if kind in (None, tree["type"]):
            yield tree
        yield from nodes(_inside(tree), kind)


def words(tree: Any) -> str:
    """All the text of the tree, as a screen reader would come by it."""
    if isinstance(tree, list | tuple):
        return " ".join(filter(None, map(words, tree)))
    if isinstance(tree, dict):
        return words(_inside(tree))
    return "" if tree is None else str(tree)


def hrefs(tree: Any) -> list[str]:
    """Where the links of the tree lead; what the browser has yet to give an address is none."""
    return [one["props"]["href"] for one in nodes(tree, "A") if "href" in one["props"]]


def with_class(tree: Any, name: str) -> list[dict[str, Any]]:
    """The components that have this class."""
    return [one for one in nodes(tree) if name in one["props"].get("className", "").split()]


def named(tree: Any, component_id: str) -> dict[str, Any]:
    """The component of this id."""
    return next(one for one in nodes(tree) if one["props"].get("id") == component_id)


def _inside(tree: dict[str, Any]) -> Any:
    """The children of a component; what is drawn as markup reads like any other."""
    props = tree["props"]
    return parsed(props[SOURCE]) if SOURCE in props else props.get("children")


@lru_cache(maxsize=64)
def parsed(html: str) -> list[Any]:
    """The components that HTML text stands for: what a browser makes of `components/markup.py`."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"not closed: {reader.open[1:]}"
    found: list[Any] = reader.open[0]["props"].get("children", [])
    return found


class _Reader(HTMLParser):
    """Collects the tree; every tag must be closed in its order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[dict[str, Any]] = [{"namespace": HTML, "type": "", "props": {}}]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {"class": "className", "tabindex": "tabIndex", "datetime": "dateTime", "colspan": "colSpan"}
        props: dict[str, Any] = {names.get(name, name): value or "" for name, value in attrs}
        one = {"namespace": HTML, "type": tag.capitalize(), "props": props}
        self._add(one)
        self.open.append(one)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()["type"] == tag.capitalize()

    def handle_data(self, data: str) -> None:
        inside = self.open[-1]["props"].setdefault("children", [])
        if inside and isinstance(inside[-1], str):
            inside[-1] += data
        else:
            inside.append(data)

    def _add(self, one: dict[str, Any]) -> None:
        self.open[-1]["props"].setdefault("children", []).append(one)
