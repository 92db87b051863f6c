"""/analytics: how builds, tests and durations develop, and the attempts behind each day."""

from dataclasses import replace
from datetime import datetime

from dash import register_page

import context
from components import analytics_bars as bars
from components import analytics_figures as figures
from components import chart_tables as tables
from components import states
from components.exporting import csv_path
from components.links import Query, analytics_path
from components.tags import Node, el
from data import queries
from data.analytics_queries import analytics, previous
from data.generation import Generation
from data.instants import to_instant
from data.models import Scope
from data.views import Analytics, AnalyticsFilter
from pages import analytics_head, analytics_rows, live
from pages.analytics_asked import Asked, asked, rows_asked, words_of
from pages.analytics_numbers import numbers
from pages.analytics_rows import ROWS
from pages.drawing import Args, Chart, Part, View

FLAKY = (
    "one version, judged again on the same cluster-region: the suite changed its verdict, or a failed deploy passed"
)
UNHELD = ". Nothing to compare with: the period before is not held in full."


def view(generation: Generation, args: Args) -> View:
    """The parts of the page."""
    scope, now = context.scope(), context.now()
    clusters = {one.cluster.cluster_id: one.cluster.name for one in queries.clusters(generation, scope)}
    known = [one.service for one in queries.services(generation, scope, now)]
    if not known:
        return View([Part("empty", _empty, lasting=False)])
    services, teams = {one.service_id: one.name for one in known}, {one.team for one in known if one.team}
    wish = asked(args, now, services, clusters, teams)
    shown = analytics(generation, scope, wish.filter, now)
    earlier = previous(generation, shown.filter) if wish.compare else None
    before = _before(generation, scope, earlier, now)
    names = analytics_head.Names(services, clusters, sorted(teams))
    compared = _compared(earlier, before) if wish.compare else None
    return View(
        [
            Part("head", lambda: analytics_head.head(wish, shown, names, compared, to_instant(now)[:10])),
            Part("numbers", lambda: numbers(shown, before, wish.query), cls="kpis kpis-6"),
            *_charts(shown, before, wish),
            Part("rows", lambda: analytics_rows.rows(wish, rows_asked(args, wish, now), shown), what="attempts",
                 lasting=False),
        ],
        of=(to_instant(now)[:13], str(wish)),
    )  # fmt: skip


def _empty() -> list[Node]:
    heading = el("H1", "Analytics", tabIndex="-1", data_title="Analytics")
    return [heading, el("Div", states.first_event(f"{to_instant(context.now())[:19]}Z"), cls="panel")]


def _before(generation: Generation, scope: Scope, earlier: AnalyticsFilter | None, now: datetime) -> Analytics | None:
    """The period before; None where there is nothing in it to compare with."""
    found = analytics(generation, scope, earlier, now) if earlier else None
    return found if found and found.counts.total else None


def _compared(earlier: AnalyticsFilter | None, before: Analytics | None) -> str:
    if earlier is None:
        return UNHELD
    words = words_of(earlier.start, earlier.end, earlier.hours)
    return f", compared with {words}" if before else f". Nothing to compare with: no attempts are known of {words}."


def _charts(shown: Analytics, before: Analytics | None, wish: Asked) -> list[Chart]:
    made = _of_time(shown, before, _at(wish.query, shown.filter.grain), _by("week", wish.query))
    made += _of_kinds(shown, before, _by("reason", wish.query), _by("flaky", wish.query))
    return [
        replace(chart, csv=_csv(shown, wish, chart.name), file_name=_file(shown, wish, chart.name)) for chart in made
    ]


def _of_time(
    shown: Analytics, before: Analytics | None, href: figures.Href, week_href: figures.KeyHref
) -> list[Chart]:
    grain, hourly, weekly = shown.filter.grain, shown.filter.hours is not None, figures.by_week(shown)
    so_far = f"{figures.said(shown.partial)}{' UTC' if hourly else ''} is not over" if shown.partial else ""

    def deploys() -> Node:
        return tables.weeks_table(shown, week_href) if weekly else tables.frequency_table(shown, before, href)

    return [
        Chart("builds", f"Build attempts per {grain}", lambda: figures.builds(shown, before, href),
              lambda: tables.builds_table(shown, before, href), so_far, "wide"),
        Chart("frequency", f"Deploys per {'week' if weekly else grain}",
              lambda: figures.frequency(shown, before, href, week_href), deploys, "all finished attempts", "narrow"),
        Chart("durations", "Deploy duration, p50 and p90, minutes", lambda: figures.durations(shown, before, href),
              lambda: tables.durations_table(shown, before, href), f"open points: fewer than 5 that {grain}", "half"),
        Chart("suites", f"{'Gates passed' if hourly else 'Test pass rate'} per suite, %",
              lambda: figures.pass_rates(shown, before, href), lambda: tables.suites_table(shown, href),
              "of gates with a verdict" if hourly else "passed of those not skipped", "half"),
    ]  # fmt: skip


def _of_kinds(
    shown: Analytics, before: Analytics | None, reason: figures.KeyHref, flake: figures.KeyHref
) -> list[Chart]:
    return [
        Chart("reasons", "Failure reasons, attempts", lambda: bars.reasons(shown, before, reason),
              lambda: tables.reasons_table(shown, reason), "names (…) and numbers (#) folded", "half tall"),
        Chart("flaky", "Flaky suites and deploys, versions", lambda: bars.flakes(shown, flake),
              lambda: tables.flakes_table(shown, flake), FLAKY, "half tall"),
    ]  # fmt: skip


def _at(query: Query, grain: str) -> figures.Href:
    """Where a bar of a day or hour leads."""
    return lambda label, status: analytics_path(
        query | {grain: f"{label[:16]}Z" if grain == "hour" else label, "status": status}, ROWS
    )


def _by(name: str, query: Query) -> figures.KeyHref:
    """Where a bar of a week, a reason or a flake leads."""
    of = {"status": figures.FINISHED} if name == "week" else {}
    return lambda key: analytics_path(query | of | {name: key}, ROWS)


def _csv(shown: Analytics, wish: Asked, chart: str) -> str:
    of = shown.filter
    time: Query = {"from": of.start, "to": of.end}
    if of.hours:
        time = {"grain": "hour", "from": of.hours[0], "to": of.hours[1]}
    return csv_path(f"analytics/{chart}", wish.chosen | time)


def _file(shown: Analytics, wish: Asked, chart: str) -> str:
    words = (chart, *wish.chosen.values(), shown.filter.start, "to", shown.filter.end)
    return "-".join(one for one in words if one)


register_page(__name__, path="/analytics", title="Analytics - DQD", layout=live.serve("analytics", view))
