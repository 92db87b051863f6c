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
from pages import files
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


def services_head(shown: ClusterSummary, listed: Asked, order: Chosen) -> Node:
    """The heading and the text to look for; apart, so that typing does not draw it again."""
    query = listed.query | order.query | {"cursor": listed.cursor}
    search = filters.form(
        listed.path, "Filter services", filters.text_field("q", "Find", order.text, "Service, team or version"),
        *[filters.kept(name, value) for name, value in query.items() if name != "q"], live=True,
    )  # fmt: skip
    if not shown.services:
        return panel("Services", anchor=ANCHOR)
    return panel("Services", search, anchor=ANCHOR)


def services_part(generation: Generation, shown: ClusterSummary, listed: Asked, order: Chosen) -> Node:
    """The services themselves; the rest of the address stays."""
    if not shown.services:
        return el("Div", states.empty("Nothing was ever deployed here."), cls="panel")
    found = ordered(matching(shown.services, order.text), order.sort)
    query = listed.query | {"cursor": listed.cursor}

    def address(**changes: str | None) -> str:
        return page_path(listed.path, query | changes, ANCHOR)

    def sorted_by(sort: str) -> str:
        return address(sort=sort if sort != USUAL else None)

    chips = [(f"text: {order.text}", address(q=None))] if order.text else []
    if not found:
        body = states.no_match("services", [filters.chip(*one) for one in chips], address(q=None))
        return el("Div", body, cls="panel")
    behind = promotion_path.behind(generation, context.scope())
    of: Query = {"clusterId": shown.cluster.cluster_id, "q": order.text}
    size = el("P", _size(shown, len(found)), cls="hint", role="status")
    return el(
        "Div", el("Div", size, files.csv("cluster-services", of, "these services"), cls="size-and-file"),
        filters.chips(chips, address(q=None)),
        services_table(found, behind, order.sort, sorted_by), cls="panel",
    )  # fmt: skip


def _size(shown: ClusterSummary, found: int) -> str:
    """How many are shown, and how all of them are."""
    health = shown.health
    every = counted(len(shown.services), "service")
    parts = [every if found == len(shown.services) else f"{found} of {every}", f"{health.healthy} healthy"]
    parts.append(counted(health.attention, "needs attention", "need attention"))
    return ", ".join([*parts, f"{health.unknown} unknown"] if health.unknown else parts)
