"""What retries cost, and which builds did differently by place."""

from collections.abc import Callable, Sequence

from components.links import build_path, cluster_path, link, service_path
from components.panel import number_cell, row, table
from components.tags import Child, Node, el, hidden, icon, mono
from components.words import age, none, number, percent, reason, when
from data.quality_views import MixedVersion, RegionShare, TaxGroup, TaxRow


def groups_table(title: str, name: str, groups: Sequence[TaxGroup], href: Callable[[str], str] | None) -> Node:
    """Retries and time lost of each; how many failed attempts that is of, where that is known."""
    told = any(one.failed is not None for one in groups)
    columns = [(name, ""), ("Retries", "num"), *([("Of failed", "num")] if told else []), ("Time lost", "num")]
    return table(title, columns, [_group(one, href) for one in groups])


def _group(one: TaxGroup, href: Callable[[str], str] | None) -> Node:
    cells: list[Node] = [number_cell(number(one.retries))]
    if one.failed is not None:
        cells.append(number_cell(number(one.failed)))
    named = el("Span", one.name, cls="wrap") if href is None else link(one.name, href(one.key), cls="strong")
    return row(named, *cells, number_cell(age(one.lost_sec)))


def retries_table(rows: Sequence[TaxRow]) -> Node:
    """Each retry with the success that ended it."""
    columns = [("Service", ""), ("Version", ""), ("Cluster-region", ""), ("Failed", ""), ("Succeeded", ""),
               ("Time lost", "num"), ("Reason", "")]  # fmt: skip
    return table("Retries, newest first", columns, [_retry(one) for one in rows])


def _retry(one: TaxRow) -> Node:
    failed = link([hidden(f"{one.service_id} {one.version}, failed "), when(one.started_at)],
                  build_path(one.attempt_id))  # fmt: skip
    succeeded = link([hidden(f"{one.service_id} {one.version}, succeeded "), when(one.success_at)],
                     build_path(one.success_id))  # fmt: skip
    return row(
        link(one.service_id, service_path(one.service_id), cls="strong"), mono(one.version),
        link(one.cluster_id, cluster_path(one.cluster_id)), el("Td", failed, cls="nowrap"),
        el("Td", succeeded, cls="nowrap"), number_cell(age(one.lost_sec)),
        el("Span", one.reason, cls="wrap") if one.reason else none("no reason given"),
    )  # fmt: skip


def regions_table(regions: Sequence[RegionShare]) -> Node:
    """How often a version failed here and succeeded elsewhere."""
    columns = [("Cluster-region", ""), ("Failed here, succeeded elsewhere", "num"), ("Versions compared", "num"),
               ("Share", "num")]  # fmt: skip
    rows = [
        row(
            link(one.name, cluster_path(one.cluster_id), cls="strong"), number_cell(number(one.failed)),
            number_cell(number(one.share.n)),
            number_cell(
                el("Span", reason(one.share), cls="ink-2 small")
                if one.share.value is None else percent(one.share.value)
            ),
        )
        for one in regions
    ]  # fmt: skip
    return table("Same build, different outcome, by cluster-region", columns, rows)


def mixed_table(rows: Sequence[MixedVersion]) -> Node:
    """Versions that succeeded here and failed there; each place leads to the deciding build."""
    columns = [("Version", ""), ("Succeeded on", ""), ("Failed on", "")]
    return table("Versions that differ by place, newest first", columns, [_mixed(one) for one in rows])


def _mixed(one: MixedVersion) -> Node:
    name: list[Child] = [link(one.service_id, service_path(one.service_id), cls="strong"), " ", mono(one.version)]
    return row(name, _places(one, True), _places(one, False))


def _places(one: MixedVersion, good: bool) -> Node:
    symbol, tone = ("check-circle-fill", "success") if good else ("x-octagon-fill", "failed")
    items: list[Child] = [
        el(
            "Li", icon(symbol, f"tone-{tone}"), " ",
            link([hidden(f"{one.service_id} {one.version} on "), place.cluster_id], build_path(place.attempt_id)),
            " ", el("Span", place.reason, cls="ink-2 small wrap") if place.reason and not good else None,
        )
        for place in one.places
        if place.succeeded is good
    ]  # fmt: skip
    return el("Td", el("Ul", items, cls="plain"))
