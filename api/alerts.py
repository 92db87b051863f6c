"""/api/alerts: the rules, what they fired and how far it got, and a test of a rule for whoever has the admin key."""

from typing import Any

from flask import Blueprint, Response

import context
from api import admin, caching, params
from api.params import Asked
from api.quarantine import ADMIN, Acting, said
from api.routing import Answer, Operation, Routes
from data.alert_desk import rule_states
from data.alert_models import AlertRule, Fired, RuleState, alert_body

PROBLEM = "application/problem+json"
JSON = "application/json"

bp = Blueprint("alerts", __name__)
routes = Routes(bp, "Alerts", "/api")

OPERATIONS = [
    Operation(
        "post", "/api/alerts/<rule_id>/test", "test_alert", "Fire a test of a rule",
        "It is kept and sent like any alert of the rule, and says that nothing happened. Within ten seconds one test "
        "is sent, however often it is asked for.",
        "Alerts",
        {200: Answer("The test, pending on the rule's channels.", "FiredAlert")} | ADMIN | {
            404: Answer("The catalog has no such rule.", "Problem", PROBLEM),
            413: Answer("The body is too large.", "Problem", PROBLEM),
            415: Answer("The body is not JSON.", "Problem", PROBLEM),
        },
        headers=admin.SCHEMES, body={JSON: "Acting"},
    )
]  # fmt: skip


@routes.get(
    "/alerts", Answer("A page of alerts, newest first.", "AlertPage"), accepts=(params.RULE, *params.PAGED)
)  # fmt: skip
def alerts(asked: Asked) -> Response:
    """What alerts fired in the last 30 days, newest first, and whether they arrived.

    Where a filter matches few, a page can be short, or even empty, and still have a `nextCursor`.
    """
    page = context.alerts().fired(context.scope(), asked.limit, asked.rule, asked.cursor)
    return caching.sent_once({"alerts": [fired_part(one) for one in page.items], "nextCursor": page.cursor})


@routes.get("/alerts/rules", Answer("The rules of the catalog.", "AlertRules"))
def alert_rules(_asked: Asked) -> Response:
    """The rules of the catalog, and where those on metrics stand."""
    generation, scope = context.generation(), context.scope()
    states = rule_states(generation, scope, context.alerts().standings(scope), context.now())
    rules = [rule_part(one, states.get(one.rule_id, RuleState())) for one in generation.catalog.alerts]
    return caching.sent_once({"rules": rules})


@bp.post("/alerts/<rule_id>/test")
def test_alert(rule_id: str) -> dict[str, Any]:
    """Fire a test of a rule."""
    admin.admit()
    by = said(Acting).by
    fired = context.alerts().test(context.generation(), context.scope(), rule_id, by)
    context.intake().note_test(rule_id, fired.alert.rule_name, by)
    return fired_part(fired)


def fired_part(one: Fired) -> dict[str, Any]:
    """An alert and how far it got."""
    body = alert_body(one.alert)
    del body["to"]
    channels = [
        {"channel": name, "state": got.state.value, "at": got.at, "tries": got.tries, "reason": got.reason}
        for name, got in one.channels.items()
    ]
    return {"id": body.pop("key"), "firedAt": one.fired_at, **body, "channels": channels}


def rule_part(rule: AlertRule, state: RuleState) -> dict[str, Any]:
    """A rule, the value of its metric now, and whether it fires; of a rule on each service, which ones fire."""
    found, standing = state.found, state.standing
    services = [
        {"serviceId": service_id, "since": one.standing.since, **_value(one)}
        for service_id, one in state.services.items()
        if one.standing and one.standing.firing
    ]
    return {
        "id": rule.rule_id, "name": rule.name, "event": rule.on, "metric": rule.metric, "above": rule.above,
        "below": rule.below, "clear": rule.cleared_at, "windowDays": rule.window_days if rule.metric else None,
        "least": rule.least if rule.metric else None, "per": "service" if rule.per_service else None,
        "stage": rule.stage, "clusterIds": list(rule.clusters), "serviceIds": list(rule.services),
        "team": rule.team or None, "channels": list(rule.to), **_value(state),
        "reason": None if found is None else found.reason, "firing": None if rule.metric is None else state.firing,
        "since": standing.since if standing else None, "services": services if rule.per_service else None,
    }  # fmt: skip


def _value(state: RuleState) -> dict[str, Any]:
    found = state.found
    return {"value": None if found is None else found.value, "n": None if found is None else found.n}
