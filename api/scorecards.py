"""The score card over the API: of today as it is, of a past day as its snapshot has it, and a service's history."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response

import context
from api import caching, params, params_scorecard
from api.csv_files import Row, Table
from api.exports import FILE, sent
from api.params import Asked
from api.routing import Answer, Routes
from data import scorecard_json, scorecard_queries, visible
from data.errors import InvalidRequest, NotFound
from data.instants import to_instant
from data.models import Day, Scope
from data.scorecard_rules import narrowed
from data.scorecard_views import Card, CardFilter, Standing

bp = Blueprint("scorecards", __name__)
routes = Routes(bp, "Dashboard", "/api")
exports = Routes(bp, "Exports", "/api")

NONE_HERE = {
    404: Answer("There is no snapshot of that day, or no such thing within your scope.", "Problem",
                "application/problem+json"),
}  # fmt: skip
HISTORY_DAYS = 90
COLUMNS = (
    "date", "serviceId", "serviceName", "team", "tier", "level", "rule", "ruleTitle", "ruleLevel", "metric", "suite",
    "operator", "threshold", "unit", "days", "outcome", "value", "n", "atLeast", "gap", "reason", "exemption.reason",
    "exemption.approver", "exemption.expires", "exemptionExpired",
)  # fmt: skip


@routes.get("/scorecards", Answer("The card.", "ScoreCard"), accepts=params_scorecard.SCORECARD, also=NONE_HERE)
def scorecards(asked: Asked) -> Response:
    """Which services keep which rules of the catalog, their levels, and what is missing for the next.

    Without `date`, or with today's, it is worked out now; of a day that is over it is the snapshot that was taken,
    404 where none was. Values are in the rule's `unit`; where there is none, `reason` says why, and the rule is not
    kept. An exempt rule counts neither for nor against.
    """
    gen, found = context.generation(), _asked(asked)
    about = {"asOf": gen.as_of, "generation": gen.generation, "live": found.day == _today()}
    return caching.sent_once(about | scorecard_json.card(found))


@routes.get(
    "/scorecards/<service_id>/history", Answer("The days that have a snapshot, oldest first.", "ScoreHistory"),
    accepts=params_scorecard.SCORE_HISTORY, also=NONE_HERE,
)  # fmt: skip
def scorecard_history(asked: Asked, service_id: str) -> Response:
    """How a service stood on each day that has a snapshot, with what each rule said then.

    The last 90 days unless `from` and `to` say otherwise. Days without a snapshot are not there.
    """
    gen, scope = context.generation(), context.scope()
    visible.service(gen, scope, service_id)
    first, last = params.period(asked, _today(), HISTORY_DAYS)
    _of_everything(scope)
    found = context.store().scorecard_history(scope, service_id, first, last)
    days = [_standing(one) | {"outcomes": outcomes} for one, outcomes in found]
    return caching.sent_once({"serviceId": service_id, "from": first, "to": last, "days": days})


@exports.get("/exports/scorecards.csv", FILE, accepts=params_scorecard.SCORECARD, also=NONE_HERE)
def scorecards_csv(asked: Asked) -> Response:
    """A row for each service and rule of the score card, today's or a snapshot, as CSV."""
    found = _asked(asked)
    return sent(Table(COLUMNS, _rows(found)), "scorecard-rules", asked.team, asked.rule, asked.score_level, found.day)


def _asked(asked: Asked) -> Card:
    """The part of the card that is asked for."""
    gen, scope, today = context.generation(), context.scope(), _today()
    day = asked.day or today
    if day > today:
        raise InvalidRequest("lies in the future", "date")
    found: Card | None = None
    if day == today:
        found = scorecard_queries.card(gen, scope, context.now())
    else:
        _of_everything(scope)
        found = context.store().scorecard(scope, day)
    if found is None:
        raise NotFound(f"there is no snapshot of the score card of {day}")
    wanted = CardFilter(asked.team, asked.rule, asked.score_level)
    if wanted.team is not None and all(one.team != wanted.team for one in found.services):
        raise NotFound(f"there is no team {wanted.team!r}")
    if wanted.rule is not None and all(one.rule.rule_id != wanted.rule for one in found.rules):
        raise NotFound(f"there is no rule {wanted.rule!r}")
    return narrowed(found, wanted)


def _of_everything(scope: Scope) -> None:
    if scope.clusters is not None:
        raise NotFound("snapshots are of all cluster-regions, and not all of them are yours to see")


def _today() -> Day:
    return to_instant(context.now())[:10]


def _standing(one: Standing) -> dict[str, Any]:
    level = one.level.value if one.level else None
    return {"date": one.day, "level": level, "passed": one.passed, "asked": one.asked}


def _rows(found: Card) -> Iterator[Row]:
    rules = {one.rule.rule_id: scorecard_json.rule(one) for one in found.rules}
    for of in found.services:
        service = scorecard_json.service(of, found)
        about = {name: service[name] for name in ("serviceId", "serviceName", "team", "tier", "level")}
        for cell in service["cells"]:
            rule = rules[cell["rule"]]
            named = {name: rule[name] for name in ("metric", "suite", "operator", "threshold", "unit", "days")}
            exemption = {f"exemption.{name}": value for name, value in (cell["exemption"] or {}).items()}
            asked = {"date": found.day, "ruleTitle": rule["title"], "ruleLevel": rule["level"]}
            yield asked | about | cell | named | exemption
