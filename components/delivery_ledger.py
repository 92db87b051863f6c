"""The rows behind a number of delivery: what was counted, what was left out and why, what failed and until when."""

from collections.abc import Mapping, Sequence

from components.badges import badge
from components.delivery_words import FAILURES, KINDS, OPEN, REWORKS, left_out
from components.links import build_path, cluster_path, link, service_path
from components.panel import number_cell, row, table
from components.tags import Child, Children, Node, el, mono
from components.theme import STATUS, TRIGGER
from components.words import age, counted, none, number, when
from data.delivery_judge import Failure
from data.delivery_views import LedgerRow

MOST_LEADS = 3  # lead times of one deployment that are spelled out
COLUMNS = ("Build", "Service", "Cluster-region", "Started", "Counts as", "Failure", "Recovery", "Lead time")


def ledger_table(rows: Sequence[LedgerRow], names: Mapping[str, str], caption: str) -> Node:
    """Newest first; `names` of services and cluster-regions by id."""
    columns = [(name, "num" if name in ("Recovery", "Lead time") else "") for name in COLUMNS]
    return table(caption, columns, [_row(one, names) for one in rows], cls="ledger")


def _row(one: LedgerRow, names: Mapping[str, str]) -> Node:
    return row(
        [link(mono(one.build_version), build_path(one.attempt_id)), _status(one)],
        link(names.get(one.service_id, one.service_id), service_path(one.service_id)),
        el("Td", link(names.get(one.cluster_id, one.cluster_id), cluster_path(one.cluster_id)), cls="nowrap"),
        el("Td", when(one.started_at), cls="nowrap"), _counts_as(one), _failure(one), _recovery(one), _lead(one),
        cls="left-out" if one.excluded else "",
    )  # fmt: skip


def _status(one: LedgerRow) -> Node:
    words = f"{STATUS[one.status].word.lower()}, {TRIGGER[one.trigger]}"
    return el("Div", words, cls="ink-2 small")


def _counts_as(one: LedgerRow) -> Node:
    parts: list[Child] = [el("Div", KINDS[one.kind])]
    if one.excluded:
        parts.append(el("Div", f"left out: {left_out(one.excluded)}", cls="ink-2 small"))
    if one.first_of_release:
        parts.append(el("Div", "first of its release", cls="ink-2 small"))
    if one.rework:
        parts.append(el("Div", f"rework: {REWORKS[one.rework]}", cls="ink-2 small"))
    return el("Td", parts)


def _failure(one: LedgerRow) -> Node:
    if one.failure is None:
        return el("Td", none("it did not fail"))
    words = FAILURES[one.failure]
    named = one.incident_id is not None and one.failure is not Failure.INCIDENT
    incident = el("Div", "incident ", mono(one.incident_id or ""), cls="small wrap") if one.incident_id else None
    return el("Td", el("Div", words) if named or not incident else None, incident, cls="wrap")


def _recovery(one: LedgerRow) -> Node:
    if one.failure is None:
        return number_cell(none("nothing to recover from"))
    if one.recovered_at is None:
        return number_cell(badge(OPEN))
    took: Child = age(one.recovery_sec) if one.recovery_sec is not None else none("no time")
    by: Children = link("by this build", build_path(one.recovered_by)) if one.recovered_by else "incident ended"
    return number_cell([el("Div", took), el("Div", by, cls="small")])


def _lead(one: LedgerRow) -> Node:
    parts: list[Child] = []
    if one.lead_sec:
        shown = [age(seconds) for seconds in one.lead_sec[:MOST_LEADS]]
        more = len(one.lead_sec) - len(shown)
        words = ", ".join(shown) + (f" and {number(more)} more, up to {age(one.lead_sec[-1])}" if more else "")
        parts.append(el("Div", words, cls="wrap"))
    for code, count in one.lead_excluded.items():
        parts.append(el("Div", f"{counted(count, 'commit')}: {left_out(code)}", cls="ink-2 small"))
    if one.promotion_lead_sec is not None:
        parts.append(el("Div", f"promotion {age(one.promotion_lead_sec)}", cls="ink-2 small"))
    return number_cell(parts or none("no lead time"))
