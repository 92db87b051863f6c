"""The head of the delivery page: what is shown, the edition it is held against, ways to show something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components import filters
from components.copying import fixed_days
from components.definitions import about
from components.delivery_words import PATH
from components.links import page_path
from components.tags import Node, el
from components.words import period as period_words
from data.delivery_views import Delivery, Edition
from pages.delivery_asked import Asked

EDITIONS = ((Edition.BANDS_2023, "Bands 2023", "bands-2023"), (Edition.SCORE_2025, "Score 2025", "score-2025"))


@dataclass(frozen=True, slots=True)
class Names:
    """What can be chosen: services and production cluster-regions by id, teams."""

    services: Mapping[str, str]
    clusters: Mapping[str, str]
    teams: Sequence[str]


def head(asked: Asked, shown: Delivery, names: Names) -> list[Node]:
    """Heading, days, filters, range, edition."""
    days = asked.days
    words = fixed_days(period_words(shown.filter.start, shown.filter.end), shown.filter.start, shown.filter.end)
    before = shown.previous
    compared = f", compared with {period_words(before.start, before.end)}" if before else None
    clipped = shown.filter.start if days.start < shown.filter.start else None
    held = el("P", f"Numbers are held since {clipped}.", cls="hint") if clipped else None
    heading = el("H1", "Delivery", tabIndex="-1", data_title="Delivery")
    toolbar = el(
        "Div", _choices(asked, names), filters.range_filter(PATH, asked.query, days.name), _days(asked),
        _editions(asked), cls="toolbar",
    )  # fmt: skip
    line = el("P", words, ", production", compared, cls="ink-2")
    return [el("Div", heading, line, held, cls="page-head"), toolbar, *_chips(asked, names)]


def _choices(asked: Asked, names: Names) -> Node:
    rest = {name: value for name, value in asked.query.items() if name not in ("team", "service", "cluster")}
    return filters.form(
        PATH, "Filters",
        filters.select("team", "Team", [(one, one) for one in names.teams], asked.team) if names.teams else None,
        filters.select("service", "Service", list(names.services.items()), asked.service),
        filters.select("cluster", "Cluster-region", list(names.clusters.items()), asked.cluster),
        *[filters.kept(name, value) for name, value in rest.items()],
    )  # fmt: skip


def _days(asked: Asked) -> Node:
    rest = {name: value for name, value in asked.query.items() if name not in ("range", "from", "to")}
    return filters.form(
        PATH, "Custom days",
        filters.day_field("from", "From", asked.days.start), filters.day_field("to", "To", asked.days.end),
        *[filters.kept(name, value) for name, value in rest.items()], button="Apply",
    )  # fmt: skip


def _editions(asked: Asked) -> Node:
    options = [
        (words, asked.path(edition=edition.value if edition is not Edition.BANDS_2023 else None),
         edition is asked.edition)
        for edition, words, _ in EDITIONS
    ]  # fmt: skip
    [(title, anchor)] = [(words, anchor) for edition, words, anchor in EDITIONS if edition is asked.edition]
    label = el("Span", "Held against ", about(anchor, title), cls="hint")
    return el("Div", label, filters.segments("Edition", options), cls="editions")


def _chips(asked: Asked, names: Names) -> list[Node]:
    active = []
    if asked.team:
        active.append((f"team: {asked.team}", asked.path(team=None)))
    if asked.service:
        active.append((f"service: {names.services[asked.service]}", asked.path(service=None)))
    if asked.cluster:
        active.append((f"cluster-region: {names.clusters[asked.cluster]}", asked.path(cluster=None)))
    edition = asked.query["edition"]
    found = filters.chips(active, page_path(PATH, {"edition": edition}))
    return [found] if found else []
