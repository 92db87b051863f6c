"""The charts of the analytics page as CSV files: the same numbers, by the same query."""

from collections.abc import Callable

from flask import Blueprint, Response

import context
from api import export_charts, params
from api.csv_files import Table
from api.exports import FILE, NOT_FOUND, sent, span
from api.params import Asked
from api.routing import Routes
from data import analytics_queries
from data.views import Analytics

bp = Blueprint("exports_analytics", __name__)
routes = Routes(bp, "Exports", "/api")


@routes.get("/exports/analytics/builds.csv", FILE, accepts=params.ANALYTICS, also=NOT_FOUND)
def builds_csv(asked: Asked) -> Response:
    """Build attempts per day or hour and outcome, as CSV.

    `partial` marks the running day.
    """
    return _sent("builds", export_charts.builds, asked)


@routes.get("/exports/analytics/suites.csv", FILE, accepts=params.ANALYTICS, also=NOT_FOUND)
def suites_csv(asked: Asked) -> Response:
    """Test pass rate per day or hour and suite, in percent of the `n` tests that were not skipped, as CSV."""
    return _sent("suites", export_charts.suites, asked)


@routes.get("/exports/analytics/durations.csv", FILE, accepts=params.ANALYTICS, also=NOT_FOUND)
def durations_csv(asked: Asked) -> Response:
    """Deploy duration of the successful attempts per day or hour, as CSV.

    Median, 90th percentile and mean of `n`. Where `exact` is false the percentiles are within 1 %.
    """
    return _sent("durations", export_charts.durations, asked)


@routes.get("/exports/analytics/frequency.csv", FILE, accepts=params.ANALYTICS, also=NOT_FOUND)
def frequency_csv(asked: Asked) -> Response:
    """Finished attempts per day or hour, with the Monday of its week, as CSV."""
    return _sent("frequency", export_charts.frequency, asked)


@routes.get("/exports/analytics/reasons.csv", FILE, accepts=params.ANALYTICS, also=NOT_FOUND)
def reasons_csv(asked: Asked) -> Response:
    """Why attempts failed or were rolled back, the most frequent first, as CSV.

    Reasons that say the same count as one, with one of them as it was sent; the less frequent `kinds` are one row.
    """
    return _sent("reasons", export_charts.reasons, asked)


@routes.get("/exports/analytics/flaky.csv", FILE, accepts=params.ANALYTICS, also=NOT_FOUND)
def flaky_csv(asked: Asked) -> Response:
    """Suites that changed their verdict over one version, as CSV.

    `n` versions were judged more than once on one cluster-region, of which so many `flipped`. `deploy` stands for
    deploys that passed only when repeated.
    """
    return _sent("flaky", export_charts.flaky, asked)


def _sent(chart: str, table: Callable[[Analytics], Table], asked: Asked) -> Response:
    now = context.now()
    wanted = params.analytics_filter(asked, now, context.settings().retention_days)
    found = analytics_queries.analytics(context.generation(), context.scope(), wanted, now)
    of = found.filter
    time = span(of.start, of.end) if of.hours is None else span(*(moment[:13] for moment in of.hours))
    return sent(table(found), "analytics", chart, asked.team, asked.service_id, asked.cluster_id, *time)
