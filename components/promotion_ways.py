"""Promotions counted from cluster-region to cluster-region, and how far one version has come."""

from collections.abc import Mapping, Sequence

from components.badges import badge
from components.links import Query, build_path, cluster_path, link, page_path
from components.panel import number_cell, row, table
from components.tags import Child, Node, el, hidden, icon, mono
from components.theme import Look
from components.words import counted, duration, none, number, when
from data.instants import seconds_between
from data.promotion_views import Convergence, Edge, Reached

PATH = "/promotions"
SERVES = Look("Serves it", "check-circle-fill", "success")
OLDER = Look("Not yet", "hourglass-split", "rollback")
NEWER = Look("Newer", "arrow-up", "nodata")
OTHER = Look("Another version", "question-circle", "nodata")
NOTHING = Look("Nothing serves", "question-circle", "nodata")


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

    def counts(amount: int, status: str | None) -> Node:
        to = page_path(PATH, query | {"cluster": edge.to_cluster_id, "status": status}, "history")
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
        way, number_cell(number(edge.total)), el("Td", el("Div", bar, cls="way-bar", aria_hidden="true")),
        counts(edge.succeeded, "SUCCEEDED"), counts(edge.failed, "FAILED"), counts(edge.rejected, "REJECTED"), open_,
        number_cell(took or none("its steps were not reported")),
    )  # fmt: skip


def convergence(found: Convergence) -> list[Node]:
    """Where a version serves and since when, and what the others serve."""
    service_id = found.service.service_id
    others: list[Child] = [
        el("Li", el("A", one, href=page_path(PATH, {"service": service_id, "version": one}, "spread"),
                    cls="segment keep mono", aria_current="true" if one == found.version else None))
        for one in found.versions
    ]  # fmt: skip
    return [
        el("Nav", el("Ul", others, cls="segments"), aria_label="Versions that serve"),
        el("P", summary(found), cls="spread-words"),
        table(
            f"Where {found.version} serves",
            [(name, "") for name in ("Cluster-region", "State", "Serving", "Since", "After the first")],
            [_place(place, found) for place in found.places],
        ),
    ]


def summary(found: Convergence) -> str:
    """`3.4.2 serves on 4 of 6 cluster-regions; still older on Aquila EU.`"""
    lag = [place.cluster.name for place in found.places if not place.serves and place.newer is False]
    words = f"{found.version} serves on {found.serving} of {counted(len(found.places), 'cluster-region')}"
    if lag:
        words += f"; older versions still serve on {', '.join(lag)}"
    return f"{words}."


def _place(place: Reached, found: Convergence) -> Node:
    current = place.state.current if place.state else None
    serving = current.serving if current else None
    if place.serves:
        how = SERVES
    elif serving is None:
        how = NOTHING
    else:
        how = OTHER if place.newer is None else NEWER if place.newer else OLDER
    version = link(mono(serving.build_version), build_path(serving.attempt_id)) if serving else none("nothing serves")
    lag: Child = none("it does not serve here")
    if place.serves and place.since and found.first:
        lag = (
            "the first" if place.since == found.first else f"+ {duration(seconds_between(found.first, place.since))}"
        )
    return row(
        link(place.cluster.name, cluster_path(place.cluster.cluster_id), cls="strong"), badge(how), version,
        el("Td", when(current.serving_since if current else None), cls="nowrap"), lag,
    )  # fmt: skip
