"""The cluster-region page's services: which are shown, and in what order; both are the address."""

from dataclasses import dataclass

import context
from components import filters, states
from components.links import Query, page_path
from components.panel import panel
from components.services_table import services_table
from components.tags import Node, el
from components.words import counted
from data import promotion_path
from data.cluster_queries import SORTS, matching, ordered
from data.generation import Generation
from data.views import ClusterSummary
from pages.attempts_list import Asked
from pages.drawing import Args

ANCHOR = "services"
USUAL = SORTS[0]
LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """The text services must say, and their order."""

    text: str | None = None
    sort: str = USUAL

    @property
    def query(self) -> Query:
        """As the address says it; what is usual is not said."""
        return {"q": self.text, "sort": self.sort if self.sort != USUAL else None}


def chosen(args: Args) -> Chosen:
    """`q=auth&sort=-since`."""
    text = " ".join(args.get("q", "").split())[:LONGEST_TEXT].strip()
    sort = args.get("sort", USUAL)
    return Chosen(text or None, sort if sort.removeprefix("-") in SORTS else USUAL)


def services_part(generation: Generation, shown: ClusterSummary, listed: Asked, order: Chosen) -> Node:
    """The panel; the rest of the address stays."""
    health = shown.health
    if not shown.services:
        return panel("Services", states.empty("Nothing was ever deployed here."), anchor=ANCHOR)
    parts = [f"{health.healthy} healthy", counted(health.attention, "needs attention", "need attention")]
    parts += [f"{health.unknown} unknown"] if health.unknown else []
    found = ordered(matching(shown.services, order.text), order.sort)
    query = listed.query | {"cursor": listed.cursor}

    def address(**changes: str | None) -> str:
        return page_path(listed.path, query | changes, ANCHOR)

    def sorted_by(sort: str) -> str:
        return address(sort=sort if sort != USUAL else None)

    behind = promotion_path.behind(generation, context.scope())
    search = filters.form(
        listed.path, "Filter services", filters.text_field("q", "Service, team or version", order.text),
        *[filters.kept(name, value) for name, value in query.items() if name != "q"], button="Filter",
    )  # fmt: skip
    chips = [(f"text: {order.text}", address(q=None))] if order.text else []
    if not found:
        body: Node = states.no_match("services", [filters.chip(*one) for one in chips], address(q=None))
        return panel("Services", el("Div", search, cls="toolbar"), body, anchor=ANCHOR, note=", ".join(parts))
    if order.text:
        parts.insert(0, f"{len(found)} of {counted(len(shown.services), 'service')}")
    listing = services_table(found, behind, order.sort, sorted_by)
    return panel(
        "Services", el("Div", search, cls="toolbar"), filters.chips(chips, address(q=None)), listing,
        anchor=ANCHOR, note=", ".join(parts),
    )  # fmt: skip
