"""Promotions: which version moved from where to where, how far it got, and by whom."""

from collections.abc import Sequence

from components.badges import promotion_badge
from components.links import cluster_path, link, page_path, service_path
from components.panel import row, table
from components.tags import Child, Node, el, icon, mono
from components.words import none, when
from data.models import Promotion


def promotions_table(items: Sequence[Promotion], *, services: bool = False) -> Node:
    """Promotions in the order given; `services` says of which service each is."""
    names = ["Version", "Path", "Status", "When", "By", "Approved by", "Reason"]
    names[1:1] = ["Service"] if services else []
    return table("Promotions, newest first", [(name, "") for name in names], [_row(one, services) for one in items])


def _row(one: Promotion, services: bool) -> Node:
    address = page_path("/promotions", {"service": one.service_id, "version": one.build_version}, "spread")
    service = [link(one.service_id, service_path(one.service_id))] if services else []
    path: list[Child] = [
        link(one.from_cluster_id, cluster_path(one.from_cluster_id)),
        icon("arrow-right", "between"), el("Span", " to ", cls="visually-hidden"),
        link(one.to_cluster_id, cluster_path(one.to_cluster_id)),
    ]  # fmt: skip
    version, done = link(mono(one.build_version), address), promotion_badge(one.status)
    return row(
        version, *service, el("Td", path, cls="nowrap"), done, el("Td", when(one.promoted_at), cls="nowrap"),
        one.promoted_by or none("not given"), one.approver or none("not given"),
        el("Td", one.reason or none("not given"), cls="why wrap"),
    )  # fmt: skip
