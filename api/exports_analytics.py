"""The charts of the analytics page as CSV files: the same numbers, by the same query."""

from collections.abc import Callable

from flask import Blueprint, Response

import context
from api import export_tables, params
from api.csv_files import Table
from api.exports import FILE, NOT_FOUND, days_of, sent, span
from api.params import Asked
from api.routing import Routes
from data import analytics_queries
from data.views import Analytics, AnalyticsFilter

bp = Blueprint("exports_analytics", __name__)
routes = Routes(bp, "Exports", "/api")

ACCEPTS = (params.SERVICE_ID, params.CLUSTER_ID, *params.DAYS)


@routes.get("/exports/analytics/builds.csv", FILE, accepts=ACCEPTS, also=NOT_FOUND)
def builds_csv(asked: Asked) -> Response:
    """Build attempts per day and outcome, as CSV.

    `deploys` are the finished ones; `partial` marks the running day.
    """
    return _sent("builds", export_tables.builds, asked)


@routes.get("/exports/analytics/suites.csv", FILE, accepts=ACCEPTS, also=NOT_FOUND)
def suites_csv(asked: Asked) -> Response:
    """Test pass rate per day and suite, in percent of the tests that were not skipped, as CSV."""
    return _sent("suites", export_tables.suites, asked)


@routes.get("/exports/analytics/durations.csv", FILE, accepts=ACCEPTS, also=NOT_FOUND)
def durations_csv(asked: Asked) -> Response:
    """Deploy duration of the successful attempts per day, as CSV."""
    return _sent("durations", export_tables.durations, asked)


def _sent(chart: str, table: Callable[[Analytics], Table], asked: Asked) -> Response:
    first, last = days_of(asked)
    wanted = AnalyticsFilter(first, last, asked.service_id, asked.cluster_id)
    found = analytics_queries.analytics(context.generation(), context.scope(), wanted, context.now())
    days = span(found.filter.start, found.filter.end)
    return sent(table(found), "analytics", chart, asked.service_id, asked.cluster_id, *days)
