"""The delivery metrics, the ledger they are made of, and its file: the queries the page stands on."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import orjson
from flask import Blueprint, Response

import context
from api import caching, delivery_json, params, params_delivery
from api.csv_files import Table, flat
from api.exports import FILE, sent, span
from api.params import Asked
from api.read import NOT_FOUND, summary
from api.routing import Answer, Routes
from data import delivery_queries, delivery_rows
from data.cursors import Cursors, query_text
from data.delivery_leads import LEFT_OUT
from data.delivery_views import LedgerPage, LedgerRow
from data.generation import Generation
from data.long_lists import MOST_ROWS
from data.models import Scope

bp = Blueprint("delivery", __name__)
routes = Routes(bp, "Dashboard", "/api")
exports = Routes(bp, "Exports", "/api")

AT = "ledger"
COLUMNS = (
    "attemptId", "clusterId", "serviceId", "buildVersion", "status", "trigger", "startedAt", "endedAt", "kind",
    "excluded", "failure", "detectedAt", "recoveredAt", "recoveredBy", "recoverySec", "incidentId", "rework",
    "leadP50Sec", "leadN", *(f"leadExcluded.{reason}" for reason in LEFT_OUT), "promotionLeadSec", "firstOfRelease",
)  # fmt: skip


@routes.get(
    "/metrics/dora", Answer("The five metrics with their evidence.", "Delivery"), accepts=params_delivery.DELIVERY,
    also=NOT_FOUND,
)  # fmt: skip
def dora(asked: Asked) -> Response:
    """Deployment frequency, change lead time, change failure rate, recovery time and rework rate.

    Of production, by everything, a team, a service or a cluster-region, in buckets and by scope. An attempt belongs
    to the UTC day on which it started. A value that there is no evidence for is null, with the reason.
    """

    def make(gen: Generation, scope: Scope, now: datetime) -> dict[str, Any]:
        wanted = params_delivery.delivery_filter(asked, now)
        return delivery_json.delivery(delivery_queries.delivery(gen, scope, wanted, now))

    return summary("metrics dora", asked, make)


@routes.get(
    "/metrics/dora/ledger", Answer("A page of the ledger, newest first.", "DeliveryLedger"),
    accepts=(*params_delivery.LEDGER, *params.PAGED), also=NOT_FOUND,
)  # fmt: skip
def dora_ledger(asked: Asked) -> Response:
    """The attempts of production that the metrics count, and those that they leave out, with the reason."""
    gen, scope, now = context.generation(), context.scope(), context.now()
    wanted = params_delivery.ledger_filter(asked, now)
    bound = query_text(AT, {"of": orjson.dumps(wanted).decode()}, scope)
    cursors = Cursors(context.settings().cursor_secret)
    after = cursors.open(bound, asked.cursor).get(AT) if asked.cursor else None
    found = delivery_rows.ledger(gen, scope, wanted, now, asked.limit, after)
    following = cursors.seal(bound, {AT: found.next}) if found.next else None
    return caching.sent_once({"generation": gen.generation} | delivery_json.ledger(found, following))


@exports.get("/exports/delivery-ledger.csv", FILE, accepts=params_delivery.LEDGER, also=NOT_FOUND)
def delivery_ledger_csv(asked: Asked) -> Response:
    """The ledger of the delivery metrics, newest first, as CSV.

    `leadP50Sec` is the median of the `leadN` commits with a time.
    """
    gen, scope, now = context.generation(), context.scope(), context.now()
    wanted = params_delivery.ledger_filter(asked, now)
    found = delivery_rows.ledger(gen, scope, wanted, now, MOST_ROWS)
    table = Table(COLUMNS, _flat(found.rows), lambda: found.next is not None)
    return sent(table, "delivery-ledger", *_what(found), *span(found.filter.of.start, found.filter.of.end))


def _flat(rows: Iterable[LedgerRow]) -> Iterator[dict[str, Any]]:
    for one in rows:
        times = one.lead_sec
        middle = None
        if times:
            middle = (times[(len(times) - 1) // 2] + times[len(times) // 2]) / 2
        yield flat(delivery_json.row(one)) | {"leadP50Sec": middle, "leadN": len(times)}


def _what(found: LedgerPage) -> tuple[str | None, ...]:
    of = found.filter
    return of.of.team, of.of.service_id, of.of.cluster_id, of.metric, of.kind, of.failure, of.day
