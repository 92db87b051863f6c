"""What the routes of the delivery metrics may be asked."""

from dataclasses import replace
from datetime import datetime

from api import values
from api.params import CLUSTER_ID, DAY_SCHEMA, FIRST, LAST, SERVICE_ID, TEAM, Asked, Parameter, period, word
from data.delivery_judge import Failure, Kind
from data.delivery_views import DeliveryFilter, Edition, LedgerFilter, MetricId
from data.instants import to_instant

DELIVERY_DAYS = 30

EDITION = word(
    "edition", "edition", Edition,
    "Which benchmark the values are held against: the bands of 2023 (without it), or the scores of 2025.", "2023",
)  # fmt: skip
METRIC = word(
    "metric", "metric", MetricId,
    "Only rows this metric is about; `excluded` then says why a row is left out of it.", "change_failure_rate",
)  # fmt: skip
INCLUDED = Parameter(
    "included", "included", values.truth, {"type": "boolean"},
    "Only rows that count, or only those that are left out.", True,
)  # fmt: skip
KIND = word("kind", "kind", Kind, "Only attempts that count as this.", "deployment")
FAILURE = word("failure", "failure", Failure, "Only deployments that failed by this rule.", "restored")
ONE_DAY = Parameter(
    "day", "ledger_day", values.first, DAY_SCHEMA, "Only this day of the period, or the bucket of this name.",
    "2026-02-20",
)  # fmt: skip

DELIVERY = (
    SERVICE_ID, CLUSTER_ID, TEAM,
    replace(FIRST, description=f"The first UTC day counted. Without it {DELIVERY_DAYS} days."), LAST, EDITION,
)  # fmt: skip
LEDGER = (*DELIVERY, METRIC, INCLUDED, KIND, FAILURE, ONE_DAY)


def delivery_filter(query: Asked, now: datetime) -> DeliveryFilter:
    """What is asked of the delivery metrics: whole days, the last 30 if nothing is said."""
    days = period(query, to_instant(now)[:10], DELIVERY_DAYS)
    return DeliveryFilter(*days, query.service_id, query.cluster_id, query.team, query.edition)


def ledger_filter(query: Asked, now: datetime) -> LedgerFilter:
    """Which rows of the ledger are asked for."""
    of = delivery_filter(query, now)
    return LedgerFilter(of, query.metric, query.included, query.kind, query.failure, query.ledger_day)
