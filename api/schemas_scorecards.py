"""The schemas of the score card."""

from typing import Any

from api.schemas import COUNT, DAY, ID, TEXT, TIME, TRUTH, Schema, array, closed, maybe, ref, words
from data.scorecard_models import COMPARED, Level, Unit
from data.scorecard_views import NO_LEVEL, Outcome

NUMBER: Schema = {"type": "number"}
LEVEL = words(Level)
NO_OR_LEVEL: Schema = {"anyOf": [LEVEL, {"type": "null"}]}
OUTCOMES = {"type": "object", "additionalProperties": words(Outcome), "description": "By rule, what it said."}

SCORECARD_SCHEMAS: dict[str, Schema] = {
    "ScoreRule": closed(
        "A rule of the catalog.",
        id=ID, title=TEXT, metric=TEXT, metricTitle=TEXT, suite=maybe(TEXT),
        operator={"type": "string", "enum": list(COMPARED)}, threshold=NUMBER, unit=words(Unit), level=LEVEL,
        why=TEXT, days=COUNT, leastN=COUNT | {"description": "A smaller sample is no data."},
        teams=array(TEXT), tiers=array(TEXT),
        definition=TEXT | {"description": "Where the metric is defined, on the dashboard."},
    ),
    "ScoreExemption": closed(
        "Why a rule need not be kept.", rule=ID, service=ID, reason=TEXT, approver=TEXT,
        expires=DAY | {"description": "The last day it counts."},
    ),
    "ScoreCell": closed(
        "One rule for one service.",
        rule=ID, outcome=words(Outcome), value=maybe(NUMBER, "In the rule's unit; null where there is none."),
        n=maybe(COUNT), reason=maybe(TEXT, "Why there is no verdict."),
        atLeast=TRUTH | {"description": "The value is so much or more."},
        gap=maybe(NUMBER, "How far the value is from the threshold, where the rule is not kept."),
        exemption={"anyOf": [ref("ScoreExemption"), {"type": "null"}]}, exemptionExpired=TRUTH,
    ),
    "ScoreCard": closed(
        "Services by rules.", asOf=TIME, generation=COUNT,
        live=TRUTH | {"description": "False: it is a snapshot."}, date=DAY, rules=array(ref("ScoreRule")),
        services=array(closed(
            "A service.", serviceId=ID, serviceName=TEXT, team=TEXT, tier=TEXT, level=NO_OR_LEVEL,
            nextLevel=NO_OR_LEVEL, missing=array(ID) | {"description": "Rules in the way of it, the nearest first."},
            cells=array(ref("ScoreCell")),
        )),
        teams=array(closed(
            "A team; of services without one the name is empty.", team=TEXT, services=COUNT, lowest=NO_OR_LEVEL,
            levels=closed("Services by level.", **dict.fromkeys((NO_LEVEL, *(one.value for one in Level)), COUNT)),
            passed=COUNT, asked=COUNT | {"description": "Rules that count: neither exempt nor for others."},
        )),
    ),
    "ScoreHistory": closed(
        "A service on the days that have a snapshot.", **{"serviceId": ID, "from": DAY, "to": DAY},
        days=array(closed("A day.", date=DAY, level=NO_OR_LEVEL, passed=COUNT, asked=COUNT, outcomes=OUTCOMES)),
    ),
}  # fmt: skip

CELL = {
    "rule": "deployments-work", "outcome": "fail", "value": 87.5, "n": 16, "reason": None, "atLeast": False,
    "gap": 2.5, "exemption": None, "exemptionExpired": False,
}  # fmt: skip
RULE: dict[str, Any] = {
    "id": "deployments-work", "title": "Deployments work", "metric": "attempt_success_rate",
    "metricTitle": "Attempts that succeed", "suite": None, "operator": ">=", "threshold": 90.0, "unit": "%",
    "level": "Bronze", "why": "", "days": 30, "leastN": 5, "teams": [], "tiers": [],
    "definition": "/docs/metrics#attempt-success-rate",
}  # fmt: skip
SCORECARD_EXAMPLES = {
    "ScoreCard": {
        "asOf": "2026-02-24T12:00:00.000Z", "generation": 1771934400000, "live": True, "date": "2026-02-24",
        "rules": [RULE],
        "services": [{
            "serviceId": "authn", "serviceName": "AuthN", "team": "Identity", "tier": "Tier 1", "level": None,
            "nextLevel": "Bronze", "missing": ["deployments-work"], "cells": [CELL],
        }],
        "teams": [{
            "team": "Identity", "services": 1, "lowest": None,
            "levels": {"none": 1, "Bronze": 0, "Silver": 0, "Gold": 0}, "passed": 0, "asked": 1,
        }],
    },
    "ScoreHistory": {
        "serviceId": "authn", "from": "2026-02-01", "to": "2026-02-24",
        "days": [{
            "date": "2026-02-23", "level": "Bronze", "passed": 4, "asked": 6,
            "outcomes": {"deployments-work": "pass"},
        }],
    },
}  # fmt: skip
