"""The head of the analytics page: what is shown, and every way to show something else. All of it is the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components import filters
from components.copying import fixed_days
from components.links import Query, analytics_path, link
from components.tags import Child, Node, el, hidden, icon
from data.models import Day
from data.views import Analytics
from pages.analytics_asked import RANGES, Asked, wider

PATH = "/analytics"
TIMES = ("range", "from", "to")


@dataclass(frozen=True, slots=True)
class Names:
    """What can be chosen: services and cluster-regions by id, teams."""

    services: Mapping[str, str]
    clusters: Mapping[str, str]
    teams: Sequence[str]


def head(asked: Asked, shown: Analytics, names: Names, compared: str | None, today: Day) -> list[Node]:
    """Heading, filters, range, comparison; `compared`: the time compared with, or why there is none."""
    query = asked.query
    heading = el("H1", "Analytics", tabIndex="-1", data_title="Analytics")
    since, until = asked.time.ends
    words = el("P", fixed_days(asked.time.words, since, until), compared, cls="ink-2")
    clipped = shown.filter.start if not asked.time.hours and asked.time.start < shown.filter.start else None
    held = el("P", f"Numbers are held since {clipped}.", cls="hint") if clipped else None
    toolbar = el(
        "Div", _choices(asked, names), _ranges(asked, query, today), _days(asked), _compare(asked, query),
        cls="toolbar",
    )  # fmt: skip
    return [el("Div", heading, words, held, cls="page-head"), toolbar, *_chips(asked, names)]


def _choices(asked: Asked, names: Names) -> Node:
    rest = [filters.kept(name, value) for name, value in asked.time.query.items()]
    return filters.form(
        PATH, "Filters",
        filters.select("team", "Team", [(one, one) for one in names.teams], asked.team) if names.teams else None,
        filters.select("service", "Service", list(names.services.items()), asked.service),
        filters.select("cluster", "Cluster-region", list(names.clusters.items()), asked.cluster),
        *rest, filters.kept("compare", "1" if asked.compare else None),
    )  # fmt: skip


def _ranges(asked: Asked, query: Query, today: Day) -> Node:
    base = {name: value for name, value in query.items() if name not in TIMES}
    options = [(words, analytics_path(base | {"range": name}), name == asked.time.name) for name, words in RANGES]
    longer = wider(asked.time, today)
    out = None
    if longer is not None:
        out = link([icon("zoom-out"), "Zoom out"], analytics_path(base | longer), cls="keep zoom-out")
    return el("Div", filters.segments("Range", options), out, cls="ranges")


def _days(asked: Asked) -> Node:
    return filters.form(
        PATH, "Custom days",
        filters.day_field("from", "From", asked.time.start), filters.day_field("to", "To", asked.time.end),
        filters.kept("team", asked.team), filters.kept("service", asked.service),
        filters.kept("cluster", asked.cluster), filters.kept("compare", "1" if asked.compare else None),
        button="Apply",
    )  # fmt: skip


def _compare(asked: Asked, query: Query) -> Node:
    other = analytics_path(query | {"compare": None if asked.compare else "1"})
    mark = icon("check2") if asked.compare else None
    words: list[Child] = [mark, "Compare", hidden(" with the period before")]
    return el(
        "A",
        *words,
        title="Compare with the period before",
        href=other,
        cls="keep toggle",
        aria_current="true" if asked.compare else None,
    )


def _chips(asked: Asked, names: Names) -> list[Node]:
    query, active = asked.query, []
    if asked.team:
        active.append((f"team: {asked.team}", analytics_path(query | {"team": None})))
    if asked.service:
        active.append((f"service: {names.services[asked.service]}", analytics_path(query | {"service": None})))
    if asked.cluster:
        words = f"cluster-region: {names.clusters[asked.cluster]}"
        active.append((words, analytics_path(query | {"cluster": None})))
    found = filters.chips(active, PATH)
    return [found] if found else []
