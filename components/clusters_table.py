"""All cluster-regions as a table that sorts by its headings."""

from collections.abc import Mapping, Sequence

from components import kpi, theme
from components.badges import unconfirmed
from components.links import analytics_path, cluster_path, link
from components.panel import number_cell, row, table
from components.sorting import Address, sort_heading
from components.tags import Node, el, icon
from components.words import none, number, percent, when
from data.models import Status
from data.views import ClusterHealth, Rate


def clusters_table(items: Sequence[ClusterHealth], rates: Mapping[str, Rate], sort: str, address: Address) -> Node:
    """A row a cluster-region; `address` is the page in another order."""
    columns: list[tuple[str, str] | Node] = [
        sort_heading("Cluster-region", "name", sort, address), sort_heading("Stage", "path", sort, address),
        ("Region", ""), sort_heading("Services", "attention", sort, address, newest=True),
        sort_heading("In progress", "running", sort, address, newest=True), ("Success, 7 days", "num"),
        sort_heading("Latest attempt", "latest", sort, address, newest=True),
    ]  # fmt: skip
    return table("Cluster-regions", columns, [_row(one, rates.get(one.cluster.cluster_id)) for one in items],
                 cls="clusters")  # fmt: skip


def _row(one: ClusterHealth, rate: Rate | None) -> Node:
    cluster = one.cluster
    name = link(cluster.name, cluster_path(cluster.cluster_id), cls="strong")
    role = el("Div", cluster.role, cls="ink-2 small") if cluster.role else None
    return row(
        [name, unconfirmed(cluster.confirmed), role], cluster.type.value, cluster.region or none("not given"),
        el("Td", _states(one), cls="states"), _running(one), number_cell(_rate(one, rate)),
        el("Td", when(one.latest_attempt_at), cls="nowrap"),
        cls="row-attention" if one.attention else "",
    )  # fmt: skip


def _states(one: ClusterHealth) -> Node:
    """How many of its services are well, as a bar and as words that lead to them."""
    if not one.services:
        return el("Span", "nothing deployed yet", cls="ink-2 small")
    path = cluster_path(one.cluster.cluster_id, anchor="services")
    parts = [("need attention", one.attention, "failed", path), ("unknown", one.unknown, "nodata", path),
             ("healthy", one.healthy, "success", path)]  # fmt: skip
    shown = [part for part in parts if part[1]]
    return kpi.parts_bar(shown, f"Services on {one.cluster.name}", "service")


def _running(one: ClusterHealth) -> Node:
    if not one.in_progress:
        return el("Span", "0", cls="ink-2")
    look = theme.STATUS[Status.IN_PROGRESS]
    path = cluster_path(one.cluster.cluster_id, {"status": Status.IN_PROGRESS.value}, "attempts")
    return link([icon(look.icon), f" {number(one.in_progress)} running"], path, cls=f"tone-{look.tone} nowrap")


def _rate(one: ClusterHealth, rate: Rate | None) -> list[Node]:
    if rate is None or rate.value is None:
        return [none("no finished attempts")]
    rows = analytics_path({"cluster": one.cluster.cluster_id, "range": "7d"})
    return [link(percent(rate.value), rows), el("Span", f"n {number(rate.n)}", cls="of")]
