"""The score card's part of the catalog: from its file, and to and from the entries of its table. Pure."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from data.scorecard_models import Exemption, Level, ScoreRule

if TYPE_CHECKING:
    from data import catalog_schema
    from data.catalog_models import Catalog

RULE = "SCORE_RULE"
EXEMPTION = "EXEMPTION"
KINDS = (RULE, EXEMPTION)

Body = dict[str, Any]


class Read(TypedDict):
    """The catalog's fields that are read here."""

    score_rules: tuple[ScoreRule, ...]
    exemptions: tuple[Exemption, ...]


def score_rule(one: "catalog_schema.ScoreRule") -> ScoreRule:
    """A rule as the file has it."""
    return ScoreRule(
        one.id, one.title, one.metric, one.operator, float(one.threshold), Level(one.level), one.why, one.suite,
        one.days, one.least_n, tuple(one.teams or ()), tuple(one.tiers or ()),
    )  # fmt: skip


def exemptions(given: "Iterable[catalog_schema.Exemption]") -> tuple[Exemption, ...]:
    """Exemptions as the file has them."""
    return _in_order(Exemption(one.rule, one.service, one.reason, one.approver, one.expires) for one in given)


def entries(catalog: "Catalog") -> dict[tuple[str, str], Body]:
    """The catalog's entries of the score card; the place of a rule is part of what it says."""
    out = {(RULE, one.rule_id): rule_body(one) | {"order": place} for place, one in enumerate(catalog.score_rules)}
    return out | {(EXEMPTION, f"{one.rule_id}#{one.service_id}"): exemption_body(one) for one in catalog.exemptions}


def read(of: Mapping[str, Mapping[str, Body]]) -> Read:
    """The fields these entries, by kind, make."""
    rules = sorted(of[RULE].values(), key=lambda body: (body["order"], body["id"]))
    return Read(
        score_rules=tuple(rule_of(body) for body in rules),
        exemptions=_in_order(exemption_of(body) for body in of[EXEMPTION].values()),
    )


def rule_body(rule: ScoreRule) -> Body:
    """A rule as JSON."""
    return {
        "id": rule.rule_id, "title": rule.title, "metric": rule.metric, "operator": rule.operator,
        "threshold": rule.threshold, "level": rule.level.value, "why": rule.why, "suite": rule.suite,
        "days": rule.days, "leastN": rule.least_n, "teams": list(rule.teams), "tiers": list(rule.tiers),
    }  # fmt: skip


def rule_of(body: Body) -> ScoreRule:
    """The rule of `rule_body`."""
    return ScoreRule(
        body["id"], body["title"], body["metric"], body["operator"], body["threshold"], Level(body["level"]),
        body["why"], body["suite"], body["days"], body["leastN"], tuple(body["teams"]), tuple(body["tiers"]),
    )  # fmt: skip


def exemption_body(one: Exemption) -> Body:
    """An exemption as JSON."""
    return {
        "rule": one.rule_id, "service": one.service_id, "reason": one.reason, "approver": one.approver,
        "expires": one.expires,
    }  # fmt: skip


def exemption_of(body: Body) -> Exemption:
    """The exemption of `exemption_body`."""
    return Exemption(body["rule"], body["service"], body["reason"], body["approver"], body["expires"])


def _in_order(found: Iterable[Exemption]) -> tuple[Exemption, ...]:
    return tuple(sorted(found, key=lambda one: (one.rule_id, one.service_id)))
