"""/delivery: how fast and how safely changes reach users, by the five metrics, each with the rows it is made of."""

from dataclasses import replace

from dash import register_page

import context
from components import delivery_cards, states
from components import delivery_figures as figures
from components import delivery_tables as tables
from components.definitions import about
from components.delivery_benchmark import benchmark
from components.delivery_compare import BYS, compare_table
from components.delivery_words import PATH, ledger_path
from components.exporting import csv_link, csv_path
from components.filters import segments
from components.links import page_path
from components.panel import panel
from components.tags import Node, el
from data import visible
from data.catalog_models import ClusterType
from data.delivery_judge import Kind
from data.delivery_queries import delivery
from data.delivery_views import Delivery, MetricId
from data.generation import Generation
from data.instants import to_instant
from pages import live
from pages.delivery_asked import Asked, asked, ledger_asked
from pages.delivery_head import Names, head
from pages.delivery_rows import ledger_panel
from pages.drawing import Args, Chart, Part, View

SENDING = "/ingest?view=set-up"


def view(generation: Generation, args: Args) -> View:
    """The parts of the page."""
    scope, now = context.scope(), context.now()
    known = visible.services(generation, scope)
    if not known:
        return View([Part("empty", _empty, lasting=False)])
    every = visible.clusters(generation, scope)
    clusters = {one.cluster_id: one.name for one in every}
    services, teams = {one.service_id: one.name for one in known}, {one.team for one in known if one.team}
    wish, rows = asked(args, now, services, clusters, teams), ledger_asked(args)
    shown = delivery(generation, scope, wish.filter, now)
    production = {
        one.cluster_id: one.name
        for one in every
        if one.type is ClusterType.PRODUCTION or one.cluster_id == wish.cluster
    }
    names = Names(services, production, sorted(teams))
    return View(
        [
            Part("head", lambda: head(wish, shown, names)),
            Part("numbers", lambda: delivery_cards.cards(shown, wish.query), cls="kpis kpis-delivery"),
            Part("also", lambda: tables.also(shown, wish.query)),
            *_charts(shown, wish),
            Part("benchmark", lambda: _benchmark(shown, wish)),
            Part("compare", lambda: _compare(shown, wish)),
            Part("rules", lambda: _rules(shown, wish), cls="third"),
            Part("promoted", lambda: _promoted(shown), cls="third"),
            Part("coverage", lambda: _coverage(shown), cls="third"),
            Part("ledger", lambda: ledger_panel(generation, wish, rows, services | clusters), lasting=False),
        ],
        of=(to_instant(now)[:13], str(wish)),
    )


def _empty() -> list[Node]:
    heading = el("H1", "Delivery", tabIndex="-1", data_title="Delivery")
    return [heading, el("Div", states.first_event(f"{to_instant(context.now())[:19]}Z"), cls="panel")]


def _charts(shown: Delivery, wish: Asked) -> list[Chart]:
    per = shown.grain

    def to(metric: MetricId | None, **which: str | None) -> figures.Href:
        return lambda day: ledger_path(wish.query, metric, day=day, **which)

    went = to(None, kind=Kind.DEPLOYMENT.value)
    failed, back = to(MetricId.RECOVERY_TIME, included="1"), to(None, kind=Kind.RESTORE.value)
    leads = to(MetricId.LEAD_TIME, included="1")
    made = [
        Chart("deployments", f"Deployments per {per}", lambda: figures.deployments(shown, went),
              lambda: tables.deployments_table(shown, went), "lighter: not over, or cut by the period", "half"),
        Chart("lead", "Change lead time, p50 and p90", lambda: figures.lead_times(shown, leads),
              lambda: tables.leads_table(shown, leads), "commit to production; gaps have no commit times", "half"),
        Chart("failures", f"Failed deployments and restores per {per}",
              lambda: figures.troubles(shown, failed, back), lambda: tables.troubles_table(shown, failed),
              f"by the {per} each was started", "half"),
        Chart("recovery", "Recovery time, median", lambda: figures.recovery(shown, failed),
              lambda: tables.recovery_table(shown, failed), f"of what failed that {per} and has recovered", "half"),
    ]  # fmt: skip
    file = csv_path("delivery", wish.chosen)
    return [replace(chart, csv=file, file_name=f"delivery-{chart.name}") for chart in made]


def _benchmark(shown: Delivery, wish: Asked) -> Node:
    words = "Bands of 2023" if wish.query["edition"] is None else "Score of 2025"
    return panel(words, benchmark(shown, wish.query), anchor="benchmark")


def _compare(shown: Delivery, wish: Asked) -> Node:
    options = [
        (words, page_path(PATH, wish.query | {"by": by}, "compare"), by == wish.by) for by, words in BYS.items()
    ]
    rows = {"service": shown.services, "team": shown.teams, "cluster": shown.clusters}[wish.by]
    if not rows:
        body = states.empty("Nothing to compare: nothing went to production in these days.")
    else:
        body = compare_table(rows, wish.by, wish.sort, wish.edition, wish.query)
    file = csv_link(csv_path("delivery-comparison", wish.chosen), "the comparison")
    return panel("Side by side", el("Div", segments("By", options), file, cls="toolbar"), body, anchor="compare")


def _rules(shown: Delivery, wish: Asked) -> Node:
    return panel("Failed deployments by rule", tables.failures_table(shown, wish.query), anchor="rules",
                 note=about("change-failure", "Change failure"))  # fmt: skip


def _promoted(shown: Delivery) -> Node:
    return panel("Promotion lead time", tables.promoted_facts(shown.promoted), anchor="promoted",
                 note=about("promotion-lead-time", "Promotion lead time"))  # fmt: skip


def _coverage(shown: Delivery) -> Node:
    grade = shown.numbers.coverage.grade
    title = f"Coverage: {grade}" if grade else "Coverage"
    body = tables.coverage_facts(shown.numbers.coverage, tuple(shown.numbers.excluded.items()), SENDING)
    return panel(title, body, anchor="coverage", note=about("coverage-grade", "Coverage"))


register_page(__name__, path=PATH, title="Delivery - DQD", layout=live.serve("delivery", view))
