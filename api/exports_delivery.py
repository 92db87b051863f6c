"""The charts and the comparison of the delivery page as CSV files: the same numbers, by the same query."""

from typing import Any

from flask import Blueprint, Response

import context
from api import delivery_json, params_delivery
from api.csv_files import Table, flat
from api.exports import FILE, NOT_FOUND, sent, span
from api.params import Asked
from api.routing import Routes
from data import delivery_queries
from data.delivery_views import Delivery, MetricId

bp = Blueprint("exports_delivery", __name__)
routes = Routes(bp, "Exports", "/api")

BUCKET = (
    "label", "partial", "deployments", "releases", "failed", "restores", "rework", "allDeployments", "leadP50Sec",
    "leadP90Sec", "leadN", "recoveryP50Sec", "recoveryN",
)  # fmt: skip
OF_METRIC = ("unit", "value", "n", "reason", "low", "high", "p90", "band", "score")
SCOPE = (
    "by", "id", "name", "deployments", "releases", "failed", "restores", "rework",
    *(f"metrics.{metric.value}.{name}" for metric in MetricId for name in OF_METRIC), "score", "coverage.grade",
)  # fmt: skip
BYS = {"service": "services", "team": "teams", "cluster": "clusters"}


@routes.get("/exports/delivery.csv", FILE, accepts=params_delivery.DELIVERY, also=NOT_FOUND)
def delivery_csv(asked: Asked) -> Response:
    """Deployments, failures, lead and recovery times per day, ISO week or month, as CSV.

    `partial` marks what is not over or is cut by the period; an empty cell is what is not known.
    """
    found = _found(asked)
    rows = delivery_json.delivery(found)["buckets"]
    return _sent(Table(BUCKET, rows), "delivery", asked, found)


@routes.get("/exports/delivery-comparison.csv", FILE, accepts=params_delivery.DELIVERY, also=NOT_FOUND)
def delivery_comparison_csv(asked: Asked) -> Response:
    """The five metrics by service, by team and by cluster-region, as CSV.

    `by` says which of the three a row is of. Rates are in percent, times in seconds.
    """
    found = _found(asked)
    told = delivery_json.delivery(found)
    rows = [_row(by, one) for by, name in BYS.items() for one in told[name]]
    return _sent(Table(SCOPE, rows), "delivery-comparison", asked, found)


def _row(by: str, one: dict[str, Any]) -> dict[str, Any]:
    return {"by": by} | flat(one)


def _found(asked: Asked) -> Delivery:
    now = context.now()
    wanted = params_delivery.delivery_filter(asked, now)
    return delivery_queries.delivery(context.generation(), context.scope(), wanted, now)


def _sent(table: Table, name: str, asked: Asked, found: Delivery) -> Response:
    of = found.filter
    return sent(table, name, asked.team, asked.service_id, asked.cluster_id, *span(of.start, of.end))
