"""Cards with a heading, and tables that scroll inside them."""

from collections.abc import Sequence

from components.tags import Child, Children, Node, el


def panel(title: str, *body: Children, anchor: str | None = None, note: Children = None, cls: str = "") -> Node:
    """A titled card; with an anchor it can be linked to and takes the focus then."""
    heading = el("H2", title, id=anchor, tabIndex="-1" if anchor else None, cls="panel-title")
    # a list is several children, not one
    aside = el("Div", note, cls="panel-note") if note is not None else None
    return el("Section", el("Div", heading, aside, cls="panel-head"), *body, cls=f"panel {cls}".rstrip())


def table(
    caption: str,
    columns: Sequence[tuple[str, str] | Node],
    rows: Sequence[Node],
    *,
    cls: str = "",
    anchor: str | None = None,
) -> Node:
    """A table in a region of its own that scrolls sideways; columns are (heading, class) or ready headings."""
    head: list[Child] = [
        one if isinstance(one, dict) else el("Th", one[0], scope="col", cls=one[1]) for one in columns
    ]
    content = el(
        "Table", el("Caption", caption, cls="visually-hidden"), el("Thead", el("Tr", head)),
        el("Tbody", list(rows)), cls=f"grid {cls}".rstrip(), id=anchor,
    )  # fmt: skip
    return el("Div", content, cls="scroller", role="region", tabIndex="0", aria_label=caption)


def row(*cells: Children, cls: str = "") -> Node:
    """A table row whose first cell names it."""
    first, *others = cells
    return el("Tr", el("Th", first, scope="row"), *[_cell(cell) for cell in others], cls=cls)


def _cell(content: Children) -> Node:
    return content if isinstance(content, dict) and content["type"] == "Td" else el("Td", content)


def number_cell(content: Children, cls: str = "") -> Node:
    """A right-aligned cell with tabular figures."""
    return el("Td", content, cls=f"num {cls}".rstrip())


def facts(pairs: Sequence[tuple[str, Children]]) -> Node:
    """Names and values, one line each; a pair without a value is left out."""
    lines: list[Child] = []
    for name, value in pairs:
        if value is not None:
            lines.append(el("Div", el("Dt", name), el("Dd", value), cls="fact"))
    return el("Dl", lines, cls="facts")
