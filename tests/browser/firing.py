"""Rules on alerts and what they fired, for the pages that show it: some arrived, some did not."""

from typing import TYPE_CHECKING

from data.alert_book import AlertBook
from data.alert_models import AlertEvent, AlertMetric, AlertRule
from data.alert_rules import Told, of_attempts
from data.catalog_models import Catalog
from data.instants import add
from data.models import Instant, Status
from data.tables import TableNames
from tests.read_model import AQUILA, CATALOG, attempt

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

RULES = (
    AlertRule(
        rule_id="failed-in-production", name="Failed in production", to=("ops", "pager"), on=AlertEvent.FAILED,
        stage="Production",
    ),
    AlertRule(
        rule_id="success-rate", name="Success rate", to=("ops",), metric=AlertMetric.ATTEMPT_SUCCESS_RATE, below=99.0
    ),
)  # fmt: skip
WATCHED = Catalog(CATALOG.clusters, CATALOG.services, alerts=RULES)


def fire(client: "DynamoDBClient", tables: TableNames, began: Instant) -> None:
    """Two failures, ten minutes before: one told to everybody, one that a receiver did not take."""
    book = AlertBook(client, tables)
    for minutes in (20, 10):
        at = add(began, -60 * minutes)
        one = attempt(
            add(at, -600), ended_at=at, status=Status.FAILED, cluster_id=AQUILA,
            failure_reason="image pull <img src=x onerror=window.__x=1>",
        )  # fmt: skip
        for alert in of_attempts(WATCHED, [Told(one)], at):
            book.fire(alert, at)
    for place, due in enumerate(book.due(began)):
        book.take(due, began)
        if place:
            book.delivered(due, began)
        else:
            book.failed(due, "answered 503: <b>Service Unavailable</b>", began)
