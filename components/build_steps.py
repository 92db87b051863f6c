"""The way from an attempt to the one before and after it on its pair; `[` and `]` follow these links."""

from components.badges import quiet
from components.links import build_path
from components.tags import Child, Node, el, icon, mono
from components.theme import status
from data.models import Attempt
from data.service_views import Neighbours


def build_steps(around: Neighbours) -> Node:
    """Both directions; an end of the history is said."""
    back = _step("previous", around.previous, "the first here")
    on = _step("next", around.next, "the latest here")
    return el("Nav", back, on, cls="build-steps", aria_label="Attempts of this service on this cluster-region")


def _step(direction: str, to: Attempt | None, end: str) -> Node:
    symbol = icon("arrow-left" if direction == "previous" else "arrow-right")
    if to is None:
        return el("Span", end, cls="ink-2")
    look = status(to.status, to.cancelled)
    said: list[Child] = [f"{direction.capitalize()} ", mono(to.build_version), " ", quiet(look)]
    said = [symbol, " ", *said] if direction == "previous" else [*said, " ", symbol]
    key = "[" if direction == "previous" else "]"
    address = build_path(to.attempt_id)
    return el("A", said, href=address, title=f"Key {key}", data_step=direction, aria_keyshortcuts=key)
