"""Promotions: which version moved from where to where, how far it got, and by whom."""

from collections.abc import Sequence

from components.badges import promotion_badge
from components.links import cluster_path, link
from components.panel import row, table
from components.tags import Child, Node, el, icon, mono
from components.words import none, when
from data.models import Promotion


def promotions_table(items: Sequence[Promotion]) -> Node:
    """Promotions in the order given."""
    columns = [(name, "") for name in ("Version", "Path", "Status", "When", "By", "Approved by", "Reason")]
    return table("Promotions, newest first", columns, [_row(one) for one in items])


def _row(one: Promotion) -> Node:
    path: list[Child] = [
        link(one.from_cluster_id, cluster_path(one.from_cluster_id)),
        icon("arrow-right", "between"), el("Span", " to ", cls="visually-hidden"),
        link(one.to_cluster_id, cluster_path(one.to_cluster_id)),
    ]  # fmt: skip
    return row(
        mono(one.build_version), path, promotion_badge(one.status), el("Td", when(one.promoted_at), cls="nowrap"),
        one.promoted_by or none("not given"), one.approver or none("not given"), one.reason or none("not given"),
    )  # fmt: skip
