"""What the overview and the list of services share: the filters of the matrix, and the matrix they leave."""

from components import favourites, filters, matrix, states, theme
from components.panel import panel
from components.tags import Node, el
from components.words import counted, number
from data.catalog_models import ClusterType
from data.generation import Generation
from data.models import Scope
from data.views import Overview
from pages import files, matrix_asked
from pages.matrix_asked import ROWS, Asked

TITLE = "Services by cluster-region"


def some_of(some: int, every: int, one: str) -> str:
    """`13 services`, `3 of 13 services`."""
    return counted(some, one) if some == every else f"{number(some)} of {counted(every, one)}"


def size(shown: Overview, every: Overview) -> Node:
    """What is shown, of how much: said again where a filter changes it."""
    services = some_of(len(shown.services), len(every.services), "service")
    words = f"{services} on {some_of(len(shown.clusters), len(every.clusters), 'cluster-region')}"
    return el("P", words, cls="ink-2", role="status")


def form(asked: Asked, every: Overview) -> Node:
    """The fields, with the choices there are."""
    teams = sorted({row.service.team for row in every.services if row.service.team}, key=str.casefold)
    kinds = {one.cluster.type for one in every.clusters}
    return matrix_asked.form(asked, teams, [one for one in theme.STAGES if one in kinds])


def active(asked: Asked) -> Node:
    """The way to the favourites, and the filters that hold."""
    starred = favourites.toggle(asked.path, asked.query, asked.wanted.favourites is not None)
    return el("Div", starred, filters.chips(matrix_asked.active(asked), asked.clear), cls="active-filters")


def production(shown: Overview) -> frozenset[str]:
    """The cluster-regions whose trouble comes first."""
    kinds = (one.cluster for one in shown.clusters)
    return frozenset(one.cluster_id for one in kinds if one.type is ClusterType.PRODUCTION)


def kept_rows(generation: Generation, scope: Scope) -> matrix.Rows:
    """The rows of the matrix that were written of this generation: a filter shows others, not other ones."""
    kept: matrix.Rows = generation.memo.get(("matrix rows", scope.key), dict)
    return kept


def matrix_panel(
    asked: Asked, shown: Overview, every: Overview, behind: matrix.BehindOf, file: str, kept: matrix.Rows
) -> Node:
    """A page of the matrix in the order asked for, or what keeps it empty; `file`: the export it is taken away as."""
    if not shown.services:
        chips = [filters.chip(*one) for one in matrix_asked.active(asked)]
        return panel(TITLE, states.no_match("services", chips, asked.clear), anchor="matrix")
    rows = matrix_asked.ordered(shown.services, asked.order, production(shown))
    pages = -(-len(rows) // ROWS)
    place = min(asked.page, pages)
    orders = [
        (words, asked.address("matrix", sort=None if name == matrix_asked.BY_STATUS else name), name == asked.order)
        for name, words in matrix_asked.ORDERS
    ]
    table = matrix.matrix(shown.clusters, rows[(place - 1) * ROWS : place * ROWS], behind, kept)
    pager = filters.pages("Pages of services", place, pages, lambda to: asked.address("matrix", page=to))
    csv = files.csv(file, asked.wanted.query, "these services")
    tools = el("Div", filters.segments("Order", orders), csv, cls="toolbar")
    return panel(TITLE, tools, table, pager, matrix.legend(), anchor="matrix",
                 note=some_of(len(shown.services), len(every.services), "service"))  # fmt: skip
