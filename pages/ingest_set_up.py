"""/ingest?view=set-up: what to copy into each source."""

from components import setups
from components.panel import panel
from components.tags import Node, el, mono
from pages.drawing import Args, Part


def parts(_args: Args) -> list[Part]:
    """One panel a source."""
    return [Part("set-up-index", _index), *[_part(one) for one in setups.SETUPS]]


def _index() -> Node:
    secret = el(
        "P", mono("$WEBHOOK_SECRET"), " stands for this installation's secret, which is shown nowhere. ",
        "What is named ", mono("my-cluster"), " and ", mono("my-service"), " is yours to put in.",
    )  # fmt: skip
    return panel("Connect a source", secret, setups.index(), anchor="set-up")


def _part(setup: setups.Setup) -> Part:
    shown = panel(setup.title, setups.body(setup), anchor=setups.anchor(setup))
    return Part(f"set-up-{setup.name}", lambda: shown)
