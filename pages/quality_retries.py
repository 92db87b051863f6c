"""The second view of the quality page: what retries cost, and builds that did differently by place."""

from collections.abc import Callable
from datetime import datetime

from components import kpi, states
from components import quality_retries as shown
from components.definitions import titled
from components.exporting import csv_link, csv_path
from components.links import analytics_path, page_path
from components.panel import panel
from components.tags import Child, Node, el
from components.words import age, number, percent, rate
from data.generation import Generation
from data.models import Scope
from data.quality_queries import flakiness
from data.quality_views import Flakiness
from pages.drawing import Part
from pages.quality_asked import Asked
from pages.quality_rows import LIMIT, pager, piece


def parts(generation: Generation, scope: Scope, now: datetime, wish: Asked) -> list[Part]:
    """The parts below the head."""
    found = flakiness(generation, scope, wish.filter, now)
    return [
        Part("numbers", lambda: _numbers(found, wish), cls="kpis"),
        Part("tax", lambda: _tax(found, wish), cls="quality-groups"),
        Part("retries", lambda: _retries(found, wish)),
        Part("places", lambda: _places(found)),
        Part("mixed", lambda: _mixed(found, wish)),
    ]


def _numbers(found: Flakiness, wish: Asked) -> list[Node]:
    tax, same = found.tax, found.same_build
    failed = analytics_path({"service": wish.service, "cluster": wish.cluster, "team": wish.team, "status": "FAILED",
                             "from": found.filter.start, "to": found.filter.end}, "rows")  # fmt: skip
    mixed = f"of {number(same.compared)} tried on several"
    return [
        kpi.card("Failed attempts", number(tax.failed), href=failed, note="in this time", meaning="attempts"),
        kpi.card("Retries", number(tax.retries), href="#retries", note=f"ended by {number(tax.rescued)} successes",
                 meaning="retry"),
        kpi.card("Share of failures", rate(tax.share), href="#retries", note="succeeded unchanged"),
        kpi.card("Time lost", age(tax.lost_sec) if tax.retries else "–", href="#retries",
                 note="first failed start to success", meaning="flake-tax"),
        kpi.card("Builds that differ", number(same.mixed), href="#mixed", note=mixed, meaning="same-build"),
    ]  # fmt: skip


def _tax(found: Flakiness, wish: Asked) -> list[Node]:
    tax = found.tax
    if not tax.retries:
        return [panel("Time lost", states.empty("No failed attempt succeeded unchanged.", symbol="check2"))]

    def narrowed(name: str) -> Callable[[str], str]:
        return lambda key: page_path("/quality", wish.query | {name: key}, "retries")

    groups = (
        ("Time lost by cluster-region", "Cluster-region", tax.clusters, narrowed("cluster")),
        ("Time lost by service", "Service", tax.services, narrowed("service")),
        ("Time lost by reason", "Reason", tax.reasons, None),
    )
    return [
        panel(title, shown.groups_table(title, name, of[:LIMIT], href), _rest(len(of)))
        for title, name, of, href in groups
    ]


def _rest(groups: int) -> Node | None:
    return el("P", f"and {number(groups - LIMIT)} with less", cls="hint") if groups > LIMIT else None


def _retries(found: Flakiness, wish: Asked) -> Node:
    rows = piece(found.tax.rows, wish)
    body = shown.retries_table(rows) if rows else states.empty("No retry in this time.", symbol="check2")
    note: list[Child] = [titled("failed, then succeeded unchanged", "retry"),
                         csv_link(csv_path("quality/retries", wish.chosen), "these rows")]  # fmt: skip
    return panel("Retries", body, pager(wish, len(found.tax.rows), found.tax.retries, "retries"), note=note,
                 anchor="retries")  # fmt: skip


def _places(found: Flakiness) -> Node:
    same = found.same_build
    if not same.regions:
        body = states.empty("No version was tried on more than one cluster-region.", symbol="question-circle")
    else:
        body = shown.regions_table(same.regions)
    share = f"{percent(same.mixed / same.compared)} of {number(same.compared)} versions" if same.compared else "–"
    return panel("Same build, different outcome", body, note=[titled(share, "same-build")], anchor="places")


def _mixed(found: Flakiness, wish: Asked) -> Node:
    same = found.same_build
    rows = piece(same.rows, wish)
    body = shown.mixed_table(rows) if rows else states.empty("No version differs by place.", symbol="check2")
    note = [csv_link(csv_path("quality/places", wish.chosen), "these rows")]
    return panel("Versions that differ", body, pager(wish, len(same.rows), same.mixed, "mixed"), note=note,
                 anchor="mixed")  # fmt: skip
