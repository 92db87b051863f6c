"""A score card as JSON and back: the API's answer, the items of the table and the file in the archive say the same.

Pure. Values are in their metric's unit, days are UTC dates.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from data.catalog_scorecard import exemption_body, exemption_of, rule_body, rule_of
from data.models import Day
from data.scorecard_metrics import METRICS, MetricKind, Rows
from data.scorecard_models import Level, Unit
from data.scorecard_rules import teams
from data.scorecard_views import Card, Cell, Outcome, RuleShown, ServiceCard, TeamCard

Json = dict[str, Any]


def text(body: Mapping[str, Any]) -> str:
    """Equal text for equal content."""
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()


def card(found: Card) -> Json:
    """The whole card."""
    return {
        "date": found.day,
        "rules": [rule(one) for one in found.rules],
        "services": [service(one, found) for one in found.services],
        "teams": [team(one) for one in found.teams],
    }


def rule(one: RuleShown) -> Json:
    """A rule with what its metric is."""
    about = {
        "metricTitle": one.kind.title,
        "unit": one.kind.unit.value,
        "definition": f"/docs/metrics#{one.kind.anchor}",
    }
    return rule_body(one.rule) | about


def service(one: ServiceCard, of: Card) -> Json:
    """A service's cells; only those of the rules the card shows."""
    shown = {rule.rule.rule_id for rule in of.rules}
    return {
        "serviceId": one.service_id, "serviceName": one.name, "team": one.team, "tier": one.tier,
        "level": _level(one.level), "nextLevel": _level(one.next_level), "missing": list(one.missing),
        "cells": [cell(found) for found in one.cells if found.rule_id in shown],
    }  # fmt: skip


def cell(one: Cell) -> Json:
    """One rule for one service."""
    return {
        "rule": one.rule_id, "outcome": one.outcome.value, "value": one.value, "n": one.n, "reason": one.reason,
        "atLeast": one.at_least, "gap": one.gap, "exemptionExpired": one.expired,
        "exemption": exemption_body(one.exemption) if one.exemption else None,
    }  # fmt: skip


def team(one: TeamCard) -> Json:
    """A team's roll-up."""
    return {
        "team": one.team, "services": one.services, "lowest": _level(one.lowest),
        "levels": {level.value if level else "none": count for level, count in one.levels.items()},
        "passed": one.passed, "asked": one.asked,
    }  # fmt: skip


def _level(level: Level | None) -> str | None:
    return level.value if level else None


def card_of(day: Day, rules: list[Json], services: list[Json]) -> Card:
    """The card of these rules and services; services in the order they had."""
    found = [service_of(one) for one in services]
    return Card(day, [rule_of_json(one) for one in rules], found, teams(found))


def rule_of_json(body: Json) -> RuleShown:
    """A rule as it was; a metric that is no longer known keeps its name and unit."""
    bare = MetricKind(body["metric"], body["metricTitle"], Unit(body["unit"]), "", Rows.STATE, True, "")
    return RuleShown(rule_of(body), METRICS.get(body["metric"], bare))


def service_of(body: Json) -> ServiceCard:
    """A service as it was."""
    return ServiceCard(
        body["serviceId"], body["serviceName"], body["team"], body["tier"], _level_of(body["level"]),
        _level_of(body["nextLevel"]), tuple(body["missing"]), tuple(cell_of(one) for one in body["cells"]),
    )  # fmt: skip


def cell_of(body: Json) -> Cell:
    """A cell as it was."""
    exemption = exemption_of(body["exemption"]) if body["exemption"] else None
    return Cell(
        body["rule"], Outcome(body["outcome"]), body["value"], body["n"], body["reason"], body["atLeast"],
        body["gap"], exemption, body["exemptionExpired"],
    )  # fmt: skip


def _level_of(text: str | None) -> Level | None:
    return Level(text) if text else None
