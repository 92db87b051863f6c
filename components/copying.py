"""Copy buttons: beside every id, SHA and version whose whole text somebody may need. `assets/4-copy.js` copies."""

from components.tags import Node, el, icon, mono


def copy_button(text: str, what: str) -> Node:
    """Puts `text` on the clipboard; `what` says which text that is."""
    label = f"Copy {what}"
    return el("Button", icon("clipboard"), type="button", cls="copy", aria_label=label, title=label, data_copy=text)


def copied(text: str, what: str, shown: str | None = None) -> Node:
    """A text in mono with its copy button; `shown` where only a part of it is seen."""
    seen = mono(text if shown is None else shown, text if shown is not None else None)
    return el("Span", seen, copy_button(text, what), cls="copied")


def fixed_days(words: str, start: str, end: str, cls: str = "") -> Node:
    """The days a page shows. A copied link names them (`from`, `to`), where the page's own address may count back."""
    return el("Span", words, cls=cls, data_from=start, data_to=end)
