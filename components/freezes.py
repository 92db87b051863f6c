"""Freezes of the catalog: those open now and those that begin soon, with a strip of the days they cover."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from components.badges import badge
from components.panel import row, table
from components.tags import Child, Node, el
from components.theme import Look
from components.words import when
from data.catalog_models import Freeze
from data.instants import add, seconds_between
from data.models import Instant

OPEN = Look("Open", "pause-fill", "rollback")
COMING = Look("Coming", "pause-fill", "nodata")
STRIP = timedelta(days=14)
LEAST_PERCENT = 1.0  # what is too short to be seen is still there


def freezes_table(freezes: Sequence[Freeze], names: Mapping[str, str], now: Instant) -> Node:
    """Freezes that are open or coming, by start."""
    today = f"{now[:10]}T00:00:00.000Z"
    rows = [
        row(
            freeze.name,
            badge(OPEN if freeze.holds_at(now) else COMING),
            el("Td", when(freeze.start), " to ", when(freeze.end)),
            el("Td", _strip(freeze, today)),
            el("Td", _scope(freeze.clusters, names, "all cluster-regions"), cls="wrap"),
            el("Td", _scope(freeze.services, names, "all services"), cls="wrap"),
            el("Td", freeze.reason or "no reason given", cls="why"),
        )
        for freeze in freezes
    ]
    last = add(today, (STRIP - timedelta(days=1)).total_seconds())
    strip = f"{today[5:10]} to {last[5:10]} UTC"
    names_ = ("Freeze", "State", "Window", strip, "Cluster-regions", "Services", "Reason")
    return table("Freezes open now or coming", [(name, "") for name in names_], rows, cls="freezes")


def _strip(freeze: Freeze, today: Instant) -> Node:
    """The days of the strip, and which of them the freeze covers; its window says the same in words."""
    whole = STRIP.total_seconds()
    left = min(max(seconds_between(today, freeze.start) / whole, 0), 1) * 100
    right = min(max(seconds_between(today, freeze.end) / whole, 0), 1) * 100
    width = max(right - left, LEAST_PERCENT)
    bar = el("Span", cls="freeze-bar", style={"left": f"{min(left, 100 - width):.2f}%", "width": f"{width:.2f}%"})
    days: list[Child] = [el("Span") for _ in range(STRIP.days)]
    return el("Div", el("Div", days, cls="freeze-days"), bar, cls="freeze-strip", aria_hidden="true")


def _scope(ids: Sequence[str], names: Mapping[str, str], every: str) -> str:
    return ", ".join(names.get(one, one) for one in ids) if ids else every
