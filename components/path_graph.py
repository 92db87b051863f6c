"""The promotion path as a graph: stages from left to right, cluster-regions as cards, what was promoted as lines.

Cards and counts are links like any other, placed by per cent across and pixels down. The lines between them are an
SVG that serves as a mask, so that they take the theme's colours; they repeat what the counts say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from components.links import Query, cluster_path, link, page_path
from components.tags import Child, Node, el, hidden, icon
from components.words import counted, number, percent
from data.promotion_views import Edge, PathGraph, PathNode

PATH = "/promotions"
HEAD, CARD, COUNT, GAP = 28, 84, 28, 16  # pixels: stage names, a card, a count before it, between rows
MOST_COUNTS = 5  # before one card; what is more is one count
BETWEEN = 1.25  # the gap between two stages, in widths of a card
THINNEST, THICKEST = 1.5, 9.0

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a card is: its edges in per cent, its middle in pixels."""

    left: float
    right: float
    middle: float


@dataclass(frozen=True, slots=True)
class Line:
    """An edge from where it leaves to where it arrives."""

    edge: Edge
    start: Spot
    right: float
    y: float


def path_graph(graph: PathGraph, names: Names, query: Query) -> Node:
    """The graph; for eyes and keyboards alike, the table beside it says the same."""
    spots, height = _spots(graph)
    lines, more = _lines(graph, spots)
    most = max((edge.total for edge in graph.ways), default=0)
    width = _card_width(graph)
    by_target: dict[str, list[Child]] = {}
    for one in lines:
        by_target.setdefault(one.edge.to_cluster_id, []).append(_count(one, names, query))
    for to, (amount, y) in more.items():
        by_target.setdefault(to, []).append(_more(to, amount, y, spots[to], query))
    inside: list[Child] = [_drawn(lines, most, height, empty) for empty in (True, False)]
    inside += [_tip(one) for one in lines]
    for stage in graph.stages:
        spot = spots[stage[0].cluster.cluster_id]
        place = {"left": _percent(spot.left), "width": _percent(width)}
        inside.append(el("Div", stage[0].cluster.type.value, cls="path-stage", style=place))
        for node in stage:
            inside += by_target.get(node.cluster.cluster_id, [])
            inside.append(_card(node, spots[node.cluster.cluster_id], width))
    label = "Promotions from cluster-region to cluster-region as a graph; the table below says the same"
    return el("Div", inside, cls="path-graph", role="group", aria_label=label, style={"height": f"{height:.0f}px"})


def _card_width(graph: PathGraph) -> float:
    stages = len(graph.stages)
    return 100 / (stages + BETWEEN * (stages - 1))


def _spots(graph: PathGraph) -> tuple[dict[str, Spot], float]:
    """Where the cards are and how high all is: a row is as high as its fullest place needs."""
    width = _card_width(graph)
    step = width * (1 + BETWEEN)
    coming: dict[str, int] = {}
    for edge in graph.ways:
        coming[edge.to_cluster_id] = min(MOST_COUNTS, coming.get(edge.to_cluster_id, 0) + 1)
    rows = max(map(len, graph.stages))
    top, spots = float(HEAD), {}
    for row in range(rows):
        here = [(n, stage[row].cluster.cluster_id) for n, stage in enumerate(graph.stages) if row < len(stage)]
        high = max(CARD, *(COUNT * coming.get(one, 0) for _, one in here))
        for n, one in here:
            spots[one] = Spot(n * step, n * step + width, top + high / 2)
        top += high + GAP
    return spots, top - GAP


def _lines(graph: PathGraph, spots: Mapping[str, Spot]) -> tuple[list[Line], dict[str, tuple[int, float]]]:
    """The lines, those into one card below each other; and of the cards with too many, how many more and where."""
    into: dict[str, list[Edge]] = {}
    for edge in graph.ways:
        into.setdefault(edge.to_cluster_id, []).append(edge)
    lines, more = [], {}
    for to, all_edges in into.items():
        edges = all_edges
        if len(all_edges) > MOST_COUNTS:
            edges = sorted(all_edges, key=lambda edge: -edge.total)[: MOST_COUNTS - 1]
        edges = sorted(edges, key=lambda edge: spots[edge.from_cluster_id].middle)
        places = min(len(all_edges), MOST_COUNTS)
        first = spots[to].middle - COUNT * (places - 1) / 2
        lines += [
            Line(edge, spots[edge.from_cluster_id], spots[to].left, first + COUNT * n) for n, edge in enumerate(edges)
        ]
        if len(edges) < len(all_edges):
            more[to] = len(all_edges) - len(edges), first + COUNT * len(edges)
    return lines, more


def _drawn(lines: Sequence[Line], most: int, height: float, empty: bool) -> Node | None:
    """The lines along which something went, or those along which nothing did, as one mask."""
    paths = [_path(one, most) for one in lines if (one.edge.total == 0) is empty]
    if not paths:
        return None
    dash = " stroke-dasharray='3 5'" if empty else ""
    box = f"0 {HEAD} 100 {height - HEAD:.0f}"  # below the stage names, which would else seem to stand on it
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='{box}' preserveAspectRatio='none'>"
        f"<g fill='none' stroke='#000'{dash}>{''.join(paths)}</g></svg>"
    )
    mask = f'url("data:image/svg+xml,{quote(svg)}")'
    return el("Div", cls=f"path-lines{' path-empty' if empty else ''}", style={"maskImage": mask}, aria_hidden="true")


def _path(line: Line, most: int) -> str:
    """It bends early and arrives straight, under its count."""
    width = THINNEST + (THICKEST - THINNEST) * line.edge.total / most if line.edge.total else 1.0
    start, gap = line.start.right, line.right - line.start.right
    near, far, bent = start + gap * 0.22, start + gap * 0.12, start + gap * 0.36
    y = line.start.middle
    return (
        f"<path vector-effect='non-scaling-stroke' stroke-width='{width:.1f}' "
        f"d='M{start:.2f} {y:.1f} C{near:.2f} {y:.1f} {far:.2f} {line.y:.1f} {bent:.2f} {line.y:.1f} "
        f"L{line.right - 0.3:.2f} {line.y:.1f}'/>"
    )


def _tip(line: Line) -> Node:
    cls = "path-tip" if line.edge.total else "path-tip path-tip-empty"
    return el("Span", cls=cls, style={"left": _percent(line.right), "top": f"{line.y:.1f}px"}, aria_hidden="true")


def _count(line: Line, names: Names, query: Query) -> Node:
    """How many went this way, and what became of them where it was not good."""
    edge = line.edge
    way = f"from {names.get(edge.from_cluster_id, edge.from_cluster_id)} "
    way += f"to {names.get(edge.to_cluster_id, edge.to_cluster_id)}"
    place = {"right": _percent(100 - line.right), "top": f"{line.y:.1f}px"}
    if not edge.total:
        said = el("Span", "none", hidden(f" {way}"), cls="path-count path-none", title=f"No promotion {way}")
        return el("Span", said, cls="path-at", style=place)
    parts: list[Child] = [el("Span", number(edge.total), cls="strong"), hidden(f" promotions {way}")]
    stopped = edge.failed + edge.rejected
    if stopped:
        word = "failed" if not edge.rejected else "rejected" if not edge.failed else "failed or rejected"
        share = el("Span", f", {percent(stopped / edge.total)}", cls="path-share")
        parts.append(
            el("Span", icon("x-octagon-fill"), f" {number(stopped)} {word}", share, cls="path-stopped tone-failed")
        )
    if edge.open:
        words = el("Span", " going on", cls="path-share")
        parts.append(el("Span", icon("hourglass-split"), f" {number(edge.open)}", words, cls="tone-progress"))
    address = page_path(
        PATH, query | {"origin": edge.from_cluster_id, "cluster": edge.to_cluster_id, "status": None}, "history"
    )
    title = f"{counted(edge.total, 'promotion')} {way}"
    return el("Span", link(parts, address, cls="path-count keep", title=title), cls="path-at", style=place)


def _more(to: str, amount: int, y: float, spot: Spot, query: Query) -> Node:
    address = page_path(PATH, query | {"origin": None, "cluster": to, "status": None}, "history")
    place = {"right": _percent(100 - spot.left), "top": f"{y:.1f}px"}
    words = f"from {counted(amount, 'more cluster-region')}"
    return el("Span", link(words, address, cls="path-count keep"), cls="path-at", style=place)


def _card(node: PathNode, spot: Spot, width: float) -> Node:
    """A cluster-region: how its services are, and what waits to go on."""
    cluster = node.cluster
    lines: list[Child] = [el("Span", cluster.name, cls="path-name")]
    if not node.services:
        lines.append(el("Span", "no service here", cls="ink-2"))
    elif node.attention:
        words = f" {node.attention} of {node.services} need attention"
        lines.append(el("Span", icon("exclamation-triangle-fill"), words, cls="tone-failed"))
    else:
        unknown = f", {node.unknown} unknown" if node.unknown else ""
        words = f" {node.healthy} of {node.services} healthy{unknown}"
        lines.append(el("Span", icon("check-circle-fill", "tone-success"), words, cls="ink-2"))
    if node.waiting:
        lines.append(el("Span", icon("hourglass-split"), f" {counted(node.waiting, 'version')} waiting"))
    place = {
        "left": _percent(spot.left), "width": _percent(width), "top": f"{spot.middle - CARD / 2:.1f}px",
        "height": f"{CARD}px",
    }  # fmt: skip
    return el("A", lines, href=cluster_path(cluster.cluster_id), cls="path-card", style=place)


def _percent(value: float) -> str:
    return f"{value:.3f}%"
