"""Promotions counted from cluster-region to cluster-region."""

from collections.abc import Mapping, Sequence

from components.links import Query, link, page_path
from components.panel import number_cell, row, table
from components.tags import Child, Node, el, hidden, icon
from components.words import duration, none, number
from data.promotion_views import Edge

PATH = "/promotions"


def edges_table(edges: Sequence[Edge], names: Mapping[str, str], query: Query) -> Node:
    """Each way with its counts; a count leads to its rows in the history."""
    most = max((edge.total for edge in edges), default=1)
    columns = [("Way", ""), ("Promotions", "num"), ("", "bars"), ("Succeeded", "num"), ("Failed", "num"),
               ("Rejected", "num"), ("Going on", "num"), ("Median time", "num")]  # fmt: skip
    rows = [_edge(edge, most, names, query) for edge in edges]
    return table("Promotions from cluster-region to cluster-region", columns, rows, cls="ways")


def _edge(edge: Edge, most: int, names: Mapping[str, str], query: Query) -> Node:
    way: list[Child] = [
        names.get(edge.from_cluster_id, edge.from_cluster_id), icon("arrow-right", "between"), hidden(" to "),
        names.get(edge.to_cluster_id, edge.to_cluster_id),
    ]  # fmt: skip

    ends: Query = {"origin": edge.from_cluster_id, "cluster": edge.to_cluster_id}

    def counts(amount: int, status: str | None) -> Node:
        to = page_path(PATH, query | ends | {"status": status}, "history")
        return number_cell(link(number(amount), to, cls="keep") if amount else "0")

    parts = (("failed", edge.failed + edge.rejected), ("nodata", edge.open), ("success", edge.succeeded))
    bar: list[Child] = [
        el("Span", cls=f"part fill-{tone}", style={"width": f"{100 * amount / most:.1f}%"})
        for tone, amount in parts
        if amount
    ]
    took: list[Child] = (
        [duration(edge.median_sec), el("Span", f"n {edge.timed}", cls="of")] if edge.median_sec else []
    )
    open_ = number_cell(number(edge.open))
    return row(
        way, counts(edge.total, None), el("Td", el("Div", bar, cls="way-bar", aria_hidden="true")),
        counts(edge.succeeded, "SUCCEEDED"), counts(edge.failed, "FAILED"), counts(edge.rejected, "REJECTED"), open_,
        number_cell(took or none("its steps were not reported")),
    )  # fmt: skip
