"""/ingest?view=set-up: what to copy into each source."""

from components import setups
from components.panel import panel
from components.tags import Node, el, mono
from pages.drawing import Args, Part


def parts(args: Args) -> list[Part]:
    """The choice of a source, and what that one needs."""
    chosen = setups.named(args.get("for", ""))
    return [Part("set-up-choice", lambda: _choice(chosen)), Part("set-up", lambda: _set_up(chosen))]


def _choice(chosen: setups.Setup) -> Node:
    words = el(
        "P", mono("$WEBHOOK_SECRET"), " stands for this installation's secret, which is shown nowhere; ",
        mono("my-cluster"), " and ", mono("my-service"), " for what is yours.", cls="ink-2",
    )  # fmt: skip
    return panel("Connect a source", el("Div", setups.choice(chosen), cls="toolbar"), words, anchor="sources")


def _set_up(chosen: setups.Setup) -> Node:
    return panel(chosen.title, setups.body(chosen), anchor="set-up")
