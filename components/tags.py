"""Component trees as plain data.

A page has a thousand elements and is drawn again at each refresh: a dict costs a fraction of a Dash
component object, compares and hashes as it is, and Dash sends both the same way.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

Node = dict[str, Any]
Child = Node | str | int | None
Children = Child | Sequence[Child]

HTML = "dash_html_components"
CORE = "dash_core_components"
BOOTSTRAP = "dash_bootstrap_components"


def el(tag: str, *children: Children, cls: str = "", **props: Any) -> Node:
    """One HTML element; `aria_label` becomes `aria-label`, a None leaves its property out."""
    return node(HTML, tag, *children, className=cls or None, **props)


def node(namespace: str, kind: str, *children: Children, **props: Any) -> Node:
    """One component of a Dash library."""
    given = {_attribute(name): value for name, value in props.items() if value is not None}
    inside = _flat(children)
    if inside:
        given["children"] = inside[0] if len(inside) == 1 else inside
    return {"namespace": namespace, "type": kind, "props": given}


def icon(name: str, cls: str = "") -> Node:
    """A Bootstrap icon; decoration only, the words stand beside it."""
    return el("I", cls=f"bi bi-{name} {cls}".rstrip(), aria_hidden="true")


def hidden(text: str) -> Node:
    """Text for screen readers only."""
    return el("Span", text, cls="visually-hidden")


def mono(text: str, title: str | None = None) -> Node:
    """A version, a SHA or an id."""
    return el("Span", text, cls="mono", title=title)


@cache
def _attribute(name: str) -> str:
    return name.replace("_", "-") if name.startswith(("aria_", "data_")) else name


def _flat(children: tuple[Children, ...]) -> list[Child]:
    out: list[Child] = []
    for child in children:
        if child is None:
            continue
        if isinstance(child, (list, tuple)):
            out.extend([part for part in child if part is not None])
        else:
            out.append(cast(Child, child))
    return out
