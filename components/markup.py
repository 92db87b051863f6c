"""Big tables as one component: our plain-data trees as HTML text, the only way in for markup.

The browser's framework pays for every component, so a matrix of a thousand cells is handed over as one text, which
`assets/5-markup.js` puts in. What senders wrote is escaped; a tag, an attribute or an address that is not known to be
harmless is a mistake of ours and refused, as is nesting that a browser would read as another tree.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from components.links import safe_url
from components.tags import HTML, Child, Node, el

INLINE = frozenset({"A", "Abbr", "B", "Button", "Code", "Em", "I", "Small", "Span", "Strong", "Time"})
BLOCK = frozenset({"Div", "H2", "H3", "H4", "Li", "Ol", "P", "Section", "Ul"})
TABLE = frozenset({"Caption", "Table", "Tbody", "Td", "Th", "Thead", "Tr"})
TAGS = INLINE | BLOCK | TABLE
# Where a browser would move or split other content: what may stand in these, text beside it only where listed.
INSIDE: Mapping[str, frozenset[str]] = {
    "Table": frozenset({"Caption", "Thead", "Tbody"}), "Thead": frozenset({"Tr"}), "Tbody": frozenset({"Tr"}),
    "Tr": frozenset({"Th", "Td"}), "Ul": frozenset({"Li"}), "Ol": frozenset({"Li"}),
}  # fmt: skip
ONLY_IN = {child: parent for parent, children in INSIDE.items() for child in children if child not in ("Tr", "Li")}
PHRASING = frozenset({"P", "H2", "H3", "H4", *INLINE})  # hold text and inline elements alone
ATTRIBUTES = {
    "className": "class", "colSpan": "colspan", "dateTime": "datetime", "id": "id", "rel": "rel", "role": "role",
    "rowSpan": "rowspan", "scope": "scope", "tabIndex": "tabindex", "title": "title", "type": "type",
}  # fmt: skip
OPEN_NAME = re.compile(r"(?:aria|data)(?:-[a-z0-9]+)+")
SOURCE = "data-html"  # the attribute the browser's script reads
UNSAFE = re.compile(r"[\x00-\x20\\\x7f]")  # in an address of ours


class Html(str):
    """What was written already, to be put into a larger tree without writing it again. Only `fragment` makes it."""

    tag: str


def drawn(tree: Node, cls: str = "") -> Node:
    """A tree as one component."""
    return el("Div", cls=cls, **{SOURCE: to_html(tree)})


def fragment(tree: Node) -> Html:
    """A tree as written."""
    written = Html(to_html(tree, inside=next((of for of, tags in INSIDE.items() if tree["type"] in tags), "Div")))
    written.tag = tree["type"]
    return written


def to_html(child: Child, inside: str = "Div") -> str:
    """The HTML of a tree or text that will stand in an `inside`; ValueError for what is not on the lists."""
    out: list[str] = []
    _write(child, out, inside, frozenset())
    return "".join(out)


def _write(child: Child, out: list[str], parent: str, within: frozenset[str]) -> None:
    if child is None:
        return
    if isinstance(child, Html):
        _check_place(child.tag, parent, within)
        out.append(child)
        return
    if not isinstance(child, dict):
        if parent in INSIDE:
            raise ValueError(f"text cannot stand in {parent} itself")
        out.append(_text(str(child)))
        return
    tag, props = child.get("type"), child.get("props", {})
    if child.get("namespace") != HTML or tag not in TAGS:
        raise ValueError(f"{tag!r} is no tag that may be drawn as markup")
    _check_place(tag, parent, within)
    name = tag.lower()
    out.append(f"<{name}{_attributes(tag, props)}>")
    inside = within | {tag} if tag in ("A", "Button") else within
    children = props.get("children")
    for one in children if isinstance(children, list | tuple) else (children,):
        _write(one, out, tag, inside)
    out.append(f"</{name}>")


def _check_place(tag: str, parent: str, within: frozenset[str]) -> None:
    allowed = INSIDE.get(parent)
    misplaced = tag not in allowed if allowed is not None else ONLY_IN.get(tag) is not None or tag in ("Tr", "Li")
    if misplaced or (parent in PHRASING and tag not in INLINE) or (tag in ("A", "Button") and within):
        raise ValueError(f"{tag} cannot stand in {parent}")


def _attributes(tag: str, props: Mapping[str, Any]) -> str:
    written = [_attribute(tag, name, value) for name, value in props.items() if name != "children"]
    return "".join(written)


def _attribute(tag: str, name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    if name == "hidden" and value is True:
        return " hidden"
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError(f"{name} cannot be {value!r}")
    if name == "href" and tag == "A":
        return f' href="{_text(_address(str(value)))}"'
    known = ATTRIBUTES.get(name) or (name if OPEN_NAME.fullmatch(name) and name != SOURCE else None)
    if known is None or (known == "type" and (tag, value) != ("Button", "button")):
        raise ValueError(f"{name!r} is no attribute that may be drawn as markup")
    return f' {known}="{_text(str(value))}"'


def _address(href: str) -> str:
    """One of ours, or http(s)."""
    ours = href.startswith(("/", "#")) and not href.startswith("//")
    if ours and not UNSAFE.search(href):
        return href
    if safe_url(href) is None:
        raise ValueError(f"{href!r} is no address to lead to")
    return href


def _text(text: str) -> str:
    """Escaped for content and quoted attributes alike; a parser reads back what went in, NUL apart."""
    return escape(text).replace("\r", "&#13;").replace("\0", "\ufffd")
