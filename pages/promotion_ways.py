"""The promotions page's ways: from where to where how much was promoted in the period, as a graph and as a table."""

from collections.abc import Mapping

from components import filters, promotion_ways, states
from components.copying import fixed_days
from components.panel import panel
from components.path_graph import path_graph
from components.promotion_lanes import PATH
from components.tags import Node, el
from components.words import number
from components.words import period as period_words
from data import promotion_paths, visible
from data.errors import Unavailable
from data.generation import Generation
from data.models import Scope
from data.promotion_views import Lane, Lanes, PathGraph
from data.store_promotions import Recent
from pages.promotions_asked import GRAPH, LIST, Asked

ANCHOR = "ways"


def ways_panel(
    generation: Generation, scope: Scope, asked: Asked, recent: Recent | None, shown: Lanes, lanes: list[Lane],
    names: Mapping[str, str],
) -> Node:  # fmt: skip
    """The panel; Unavailable while promotions cannot be read."""
    if recent is None:
        raise Unavailable("promotions of the period")
    clusters = {one.cluster_id: one for one in visible.clusters(generation, scope)}
    wanted = {
        one.service_id for one in visible.services(generation, scope) if _is_of(asked, one.service_id, one.team)
    }
    counted = [
        one
        for one in recent.promotions
        if asked.days.since <= one.promoted_at < asked.days.until and one.service_id in wanted
    ]
    found = promotion_paths.edges(counted, clusters)
    path = promotion_paths.graph(shown, lanes, found)
    graph = _graph(path, names, asked) if len(shown.stages) > 1 and asked.view == GRAPH else []
    empty = states.empty("No promotion was reported in these days.")
    body = promotion_ways.edges_table(found, names, asked.query) if found else empty
    words = f"Counted are the newest {recent.most} into each cluster-region; there were more."
    partly = None if recent.complete else el("P", words, cls="hint")
    days = filters.range_filter(PATH, asked.query, asked.days.name)
    views = [("Graph", GRAPH), ("List", LIST)]
    options = [
        (word, asked.path(ANCHOR, view=one if one != GRAPH else None), one == asked.view) for word, one in views
    ]
    chosen = el("Div", filters.segments("View", options), cls="path-view") if len(shown.stages) > 1 else None
    return panel(
        "Ways", el("Div", days, chosen, cls="toolbar"), *graph, body, partly, anchor=ANCHOR,
        note=fixed_days(period_words(asked.days.start, asked.days.end), asked.days.start, asked.days.end),
    )  # fmt: skip


def _graph(path: PathGraph, names: Mapping[str, str], asked: Asked) -> list[Node]:
    """The graph, and how much of the table it does not show."""
    drawn = [path_graph(path, names, asked.query)]
    detours = sum(edge.total for edge in path.others)
    words = f"{number(detours)} went another way than from stage to stage: they are in the table."
    return [*drawn, el("P", words, cls="hint")] if detours else drawn


def _is_of(asked: Asked, service_id: str, team: str) -> bool:
    return (not asked.service or service_id == asked.service) and (not asked.team or team == asked.team)
