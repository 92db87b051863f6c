"""/analytics: how builds, tests and durations develop, and the attempts behind each day."""

from dataclasses import replace
from datetime import timedelta

from dash import register_page

import context
from components import chart_tables, figures, filters, kpi
from components.copying import fixed_days
from components.links import Query, analytics_path, link
from components.tags import Child, Node, el
from components.words import minutes as minutes_words
from components.words import number, rate
from components.words import period as period_words
from data import analytics_queries, queries
from data.generation import Generation
from data.instants import to_instant
from data.models import Day
from data.views import Analytics, AnalyticsFilter
from pages import analytics_rows, live
from pages.analytics_rows import ROWS, Wanted
from pages.asked import Period, identifier, outcome, period, single_day
from pages.drawing import Args, Chart, Part, View

USUAL = "14d"
PATH = "/analytics"


def view(generation: Generation, args: Args) -> View:
    """The parts of the page."""
    scope, now = context.scope(), context.now()
    clusters = {one.cluster.cluster_id: one.cluster.name for one in queries.clusters(generation, scope)}
    services = {one.service.service_id: one.service.name for one in queries.services(generation, scope, now)}
    days, service, cluster = period(args, now, USUAL), identifier(args, "service"), identifier(args, "cluster")
    wanted = AnalyticsFilter(
        days.start, days.end, service if service in services else None, cluster if cluster in clusters else None
    )
    shown = analytics_queries.analytics(generation, scope, wanted, now)
    query: Query = dict(days.query) | {"service": wanted.service_id, "cluster": wanted.cluster_id}

    def href(day: Day, status: str | None) -> str:
        return analytics_path(query | {"day": day, "status": status}, ROWS)

    return View(
        [
            Part("head", lambda: _head(shown, query, days, services, clusters)),
            Part("numbers", lambda: _numbers(shown, query), cls="kpis"),
            *_charts(shown, href),
            Part("rows", lambda: analytics_rows.rows(_wanted(args, shown, days), query), what="attempts",
                 lasting=False),
        ],
        of=(to_instant(now)[:10], days.name, days.start, days.end, wanted.service_id, wanted.cluster_id),
    )  # fmt: skip


def _charts(shown: Analytics, href: figures.Href) -> list[Chart]:
    so_far = f"{shown.partial} is not over" if shown.partial else ""
    return [
        Chart("builds", "Build attempts per day", lambda: figures.builds_per_day(shown, href),
              lambda: chart_tables.builds_table(shown, href), note=so_far),
        Chart("suites", "Test pass rate per suite, %", lambda: figures.pass_rates(shown, href),
              lambda: chart_tables.suites_table(shown, href), note="passed of those not skipped", cls="half"),
        Chart("durations", "Mean deploy duration, minutes", lambda: figures.deploy_minutes(shown, href),
              lambda: chart_tables.durations_table(shown, href), note="successful attempts", cls="half"),
    ]  # fmt: skip


def _head(
    shown: Analytics, query: Query, days: Period, services: dict[str, str], clusters: dict[str, str]
) -> list[Node]:
    asked = shown.filter
    choices = filters.form(
        PATH, "Filters",
        filters.select("service", "Service", list(services.items()), asked.service_id),
        filters.select("cluster", "Cluster-region", list(clusters.items()), asked.cluster_id),
        *[filters.kept(name, value) for name, value in days.query.items()],
    )  # fmt: skip
    custom = filters.form(
        PATH, "Custom days",
        filters.day_field("from", "From", days.start), filters.day_field("to", "To", days.end),
        filters.kept("service", asked.service_id), filters.kept("cluster", asked.cluster_id), button="Apply",
    )  # fmt: skip
    heading = el("H1", "Analytics", tabIndex="-1", data_title="Analytics")
    words = el("P", fixed_days(period_words(days.start, days.end), days.start, days.end), cls="ink-2")
    held = el("P", f"Numbers are held since {asked.start}.", cls="hint") if days.start < asked.start else None
    toolbar = el("Div", choices, filters.range_filter(PATH, query, days.name), custom, cls="toolbar")
    return [el("Div", heading, words, held, cls="page-head"), toolbar, *_chips(asked, query, services, clusters)]


def _chips(asked: AnalyticsFilter, query: Query, services: dict[str, str], clusters: dict[str, str]) -> list[Node]:
    active = []
    if asked.service_id:
        active.append((f"service: {services[asked.service_id]}", analytics_path(query | {"service": None})))
    if asked.cluster_id:
        active.append((f"cluster-region: {clusters[asked.cluster_id]}", analytics_path(query | {"cluster": None})))
    found = filters.chips(active, PATH)
    return [found] if found else []


def _numbers(shown: Analytics, query: Query) -> list[Node]:
    counts = shown.counts

    def to_rows(status: str | None) -> str:
        return analytics_path(query | {"rows": "1", "status": status}, ROWS)

    apart = f"{number(counts.cancelled)} cancelled apart" if counts.cancelled else "all outcomes"
    mean = minutes_words(shown.mean_deploy_minutes)
    return [
        kpi.card("Attempts", number(counts.total), href=to_rows(None), note=apart),
        kpi.rate_card("Success rate", shown.success_rate, href=to_rows("SUCCESS")),
        kpi.card("Failed", number(counts.failed), href=to_rows("FAILED"),
                 note=link(f"{number(counts.rollback)} rolled back", to_rows("ROLLBACK"))),
        kpi.card("Mean deploy duration", mean, href=to_rows("SUCCESS"), note="successful attempts"),
        kpi.card("Tests passed", _suite_rates(shown), href=to_rows(None), note="of those not skipped"),
    ]  # fmt: skip


def _suite_rates(shown: Analytics) -> Node:
    lines: list[Child] = [
        el("Span", el("Span", one.suite.capitalize()), el("Span", rate(one.overall)),
           el("Span", f"n {number(one.overall.n)}", cls="of"), cls="suite-rate")
        for one in shown.suites
    ]  # fmt: skip
    return el("Span", lines, cls="suite-rates")


def _wanted(args: Args, shown: Analytics, days: Period) -> Wanted | None:
    """Which attempts the rows show; None where nobody asked for any."""
    day, status = single_day(args), outcome(args)
    asked = replace(shown.filter)
    if args.get("last") == "24h":
        now = context.now()
        since, until = to_instant(now - timedelta(hours=24)), to_instant(now + timedelta(seconds=1))
        return Wanted(asked, since, until, status, "the last 24 hours", {"last": "24h"}, args.get("cursor"))
    if day:
        one = Period(day, day, None, {"day": day})
        return Wanted(asked, one.since, one.until, status, period_words(day, day), one.query, args.get("cursor"))
    if args.get("rows") or status:
        words = period_words(days.start, days.end)
        return Wanted(asked, days.since, days.until, status, words, {"rows": "1"}, args.get("cursor"))
    return None


register_page(__name__, path=PATH, title="Analytics - DQD", layout=live.serve("analytics", view))
