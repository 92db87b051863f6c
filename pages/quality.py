"""/quality: how tests do, what retries cost, what gates catch, and what a rule would have done."""

from collections.abc import Mapping

from dash import register_page

import context
from components import filters, states
from components.copying import fixed_days
from components.links import page_path
from components.tags import Node, el
from components.words import period as period_words
from data import queries, visible
from data.catalog_models import Service
from data.generation import Generation
from data.instants import to_instant
from pages import live, quality_gates, quality_retries, quality_tests
from pages.drawing import Args, Part, View
from pages.quality_asked import USUAL, VIEWS, Asked, asked

PATH = "/quality"
PARTS = {
    "tests": quality_tests.parts,
    "flakes": quality_retries.parts,
    "gates": quality_gates.parts,
    "backtest": quality_gates.back_test_parts,
}


def view(generation: Generation, args: Args) -> View:
    """The parts of the page."""
    scope, now = context.scope(), context.now()
    known = [one.service for one in queries.services(generation, scope, now)]
    if not known:
        return View([Part("empty", _empty, lasting=False)])
    clusters = {one.cluster_id: one.name for one in visible.clusters(generation, scope)}
    services = {one.service_id: one.name for one in known}
    teams = sorted({one.team for one in known if one.team})
    suites = visible.suites(generation, scope)
    wish = asked(args, now, services, clusters, teams, suites)
    first = max(wish.days.start, generation.first_day)
    parts = PARTS[wish.view](generation, scope, now, wish)
    return View(
        [Part("head", lambda: _head(wish, known, clusters, first)), *parts],
        of=(to_instant(now)[:10], str(wish), *suites),
    )


def _empty() -> list[Node]:
    heading = el("H1", "Quality", tabIndex="-1", data_title="Quality")
    return [heading, el("Div", states.first_event(f"{to_instant(context.now())[:19]}Z"), cls="panel")]


def _head(wish: Asked, known: list[Service], clusters: Mapping[str, str], first: str) -> list[Node]:
    days, word = wish.days, dict(VIEWS)[wish.view]
    heading = el("H1", "Quality", tabIndex="-1", data_title=f"Quality, {word.lower()}")
    said = el("P", fixed_days(period_words(days.start, days.end), days.start, days.end), cls="ink-2")
    held = el("P", f"Numbers are held since {first}.", cls="hint") if first > days.start else None
    shown = [
        (words, page_path(PATH, wish.base | {"view": None if name == "tests" else name}), name == wish.view)
        for name, words in VIEWS
    ]
    services = {one.service_id: one.name for one in known}
    teams = sorted({one.team for one in known if one.team})
    rest = {name: value for name, value in wish.query.items() if name not in ("team", "service", "cluster")}
    form = filters.form(
        PATH, "Filters",
        filters.select("team", "Team", [(one, one) for one in teams], wish.team) if teams else None,
        filters.select("service", "Service", list(services.items()), wish.service),
        filters.select("cluster", "Cluster-region", list(clusters.items()), wish.cluster),
        *[filters.kept(name, value) for name, value in rest.items()],
    )  # fmt: skip
    named = days.name if days.name != USUAL or days.query else USUAL
    toolbar = el("Div", form, filters.range_filter(PATH, wish.query, named), _days(wish), cls="toolbar")
    active = filters.chips(_active(wish, services, clusters), page_path(PATH, {"view": wish.query["view"]}))
    return [
        el("Div", heading, said, held, cls="page-head"), filters.segments("Views", shown), toolbar,
        *([active] if active else []),
    ]  # fmt: skip


def _days(wish: Asked) -> Node:
    rest = {name: value for name, value in wish.query.items() if name not in ("range", "from", "to")}
    return filters.form(
        PATH, "Custom days",
        filters.day_field("from", "From", wish.days.start), filters.day_field("to", "To", wish.days.end),
        *[filters.kept(name, value) for name, value in rest.items()], button="Apply",
    )  # fmt: skip


def _active(wish: Asked, services: Mapping[str, str], clusters: Mapping[str, str]) -> list[tuple[str, str]]:
    said = {
        "team": ("team", wish.team),
        "service": ("service", services[wish.service] if wish.service else None),
        "cluster": ("cluster-region", clusters[wish.cluster] if wish.cluster else None),
    }
    return [
        (f"{words}: {value}", page_path(PATH, wish.query | {name: None}))
        for name, (words, value) in said.items()
        if value
    ]


register_page(__name__, path=PATH, title="Quality - DQD", layout=live.serve("quality", view))
