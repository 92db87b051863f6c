"""/clusters: every cluster-region along the promotion path; filters and order are the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dash import register_page

import context
from components import filters, states, theme
from components.clusters_table import clusters_table
from components.links import Query, page_path
from components.panel import panel
from components.tags import Child, Node, el
from components.words import counted
from data import queries
from data.catalog_models import ClusterType
from data.cluster_lists import SORTS, matching, ordered, weeks_rates
from data.generation import Generation
from data.instants import to_instant
from data.views import ClusterHealth
from pages import live
from pages.drawing import Args, Part, View

PATH = "/clusters"
USUAL = SORTS[0]
LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which cluster-regions, in what order."""

    kind: ClusterType | None = None
    text: str | None = None
    sort: str = USUAL

    @property
    def query(self) -> Query:
        """As the address says it; what is usual is not said."""
        sort = self.sort if self.sort != USUAL else None
        return {"type": self.kind and self.kind.value, "q": self.text, "sort": sort}

    def address(self, **changes: str | None) -> str:
        """This list with something else."""
        return page_path(PATH, self.query | changes)

    @property
    def active(self) -> list[tuple[str, str]]:
        """The filters that hold, each with the address without it."""
        kind = [(f"stage: {self.kind.value}", self.address(type=None))] if self.kind else []
        return kind + ([(f"text: {self.text}", self.address(q=None))] if self.text else [])


def _asked(args: Mapping[str, str]) -> _Asked:
    kind, sort = args.get("type", "").casefold(), args.get("sort", USUAL)
    return _Asked(
        next((one for one in ClusterType if one.value.casefold() == kind), None),
        " ".join(args.get("q", "").split())[:LONGEST_TEXT].strip() or None,
        sort if sort.removeprefix("-") in SORTS else USUAL,
    )


def view(generation: Generation, args: Args) -> View:
    """The parts of the page."""
    found, asked = queries.clusters(generation, context.scope()), _asked(args)
    if not found:
        return View([Part("empty", _empty, lasting=False)])
    plain = replace(asked, text=None)
    return View(
        [
            Part("head", lambda: el("Div", el("H1", "Cluster-regions", tabIndex="-1"), cls="page-head")),
            Part("filters", lambda: _form(found, asked), steady=lambda: _form(found, plain), lasting=False),
            Part("clusters", lambda: _list(generation, found, asked), lasting=False),
        ]
    )


def _empty() -> list[Node]:
    heading = el("Div", el("H1", "Cluster-regions", tabIndex="-1"), cls="page-head")
    return [heading, el("Div", states.first_event(f"{to_instant(context.now())[:19]}Z"), cls="panel")]


def _form(found: list[ClusterHealth], asked: _Asked) -> Node:
    kinds = [one for one in theme.STAGES if any(cluster.cluster.type is one for cluster in found)]
    return filters.form(
        PATH, "Filters",
        filters.text_field("q", "Find", asked.text, "Name, region or role"),
        filters.select("type", "Stage", [(one.value, one.value) for one in kinds], asked.kind and asked.kind.value),
        filters.kept("sort", asked.query["sort"]), live=True,
    )  # fmt: skip


def _list(generation: Generation, found: list[ClusterHealth], asked: _Asked) -> Node:
    shown = ordered(matching(found, asked.kind, asked.text), asked.sort)
    clear = page_path(PATH, {"sort": asked.query["sort"]})
    if not shown:
        chips = [filters.chip(*one) for one in asked.active]
        return panel("Cluster-regions", states.no_match("cluster-regions", chips, clear))
    rates = weeks_rates(generation, context.scope(), to_instant(context.now())[:10])

    def sorted_by(sort: str) -> str:
        return asked.address(sort=sort if sort != USUAL else None)

    every = counted(len(found), "cluster-region")
    size: Child = el("Span", every if len(shown) == len(found) else f"{len(shown)} of {every}", role="status")
    return panel(
        "Cluster-regions",
        filters.chips(asked.active, clear), clusters_table(shown, rates, asked.sort, sorted_by), note=size,
    )  # fmt: skip


register_page(__name__, path=PATH, title="Cluster-regions - DQD", layout=live.serve("clusters", view))
