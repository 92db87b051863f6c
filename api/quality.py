"""Tests, retries and gates over HTTP: the queries the page stands on, their files, and the check for pipelines."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson
import yaml
from flask import Blueprint, Response, g

import context
from api import caching, params_quality, quality_json
from api.csv_files import Table, flat
from api.errors import MEDIA_TYPE
from api.exports import FILE, sent, span
from api.params import Asked
from api.read import NOT_FOUND, summary
from api.routing import Answer, Routes
from data import gate_check, gate_queries, promotion_path, quality_queries
from data.catalog_models import ClusterType
from data.errors import Unavailable
from data.generation import Generation
from data.instants import to_instant
from data.models import Scope
from data.quality_views import QualityFilter

bp = Blueprint("quality", __name__)
routes = Routes(bp, "Dashboard", "/api")
exports = Routes(bp, "Exports", "/api")

YAML = "application/yaml"
DENIED = {
    409: Answer("It may not go there; the problem says why.", "GateDenied", MEDIA_TYPE),
}
POLICY = Answer(
    "The rule as YAML for the catalog's `gates:`.", "PolicyFile", YAML,
    {"Content-Disposition": "The file's name."},
)  # fmt: skip
SUITE_COLUMNS = (
    "suite", "gates", "gatesPassed", "total", "passed", "failed", "skipped", "passRate.value", "passRate.n",
    "passRateWithSkipped.value", "meanSec", "p50Sec", "p90Sec", "timed", "meanSecBefore",
)  # fmt: skip
TURN_COLUMNS = (
    "suite", "clusterId", "serviceId", "buildVersion", "failedAttemptId", "failedAt", "passedAttemptId", "passedAt",
)  # fmt: skip
RETRY_COLUMNS = (
    "attemptId", "clusterId", "serviceId", "buildVersion", "startedAt", "lostSec", "succeededAttemptId",
    "succeededAt", "failureReason",
)  # fmt: skip
PLACE_COLUMNS = ("serviceId", "buildVersion", "clusterId", "attemptId", "startedAt", "succeeded", "failureReason")
EFFECT_COLUMNS = (
    "suite", "gates", "catches", "overruled", "falseAlarms", "undecided", "escapes", "changeFailuresTested",
    "precision.value", "precision.n", "escapeRate.value", "escapeRate.n", "durationSec", "timed", "minutesPerCatch",
    "reason",
)  # fmt: skip
CASE_COLUMNS = ("suite", "kind", "clusterId", "serviceId", "buildVersion", "attemptId", "at", "decidedBy")
JUDGED_COLUMNS = (
    "attemptId", "clusterId", "serviceId", "buildVersion", "startedAt", "blocked", "failed", "reasons", "soakSec",
    "missingSec",
)  # fmt: skip

Make = Callable[[Generation, Scope, QualityFilter, datetime], dict[str, Any]]


@routes.get(
    "/quality", Answer("How tests did.", "Quality"), accepts=params_quality.QUALITY, also=NOT_FOUND
)  # fmt: skip
def quality(asked: Asked) -> Response:
    """Pass rates with and without skipped tests, suite durations, flaky suites, what failed and then passed.

    An attempt belongs to the UTC day on which it started. Rows are the newest 1,000.
    """
    return _answer("quality", asked, lambda *of: quality_json.quality(quality_queries.quality(*of)))


@routes.get(
    "/quality/flakes", Answer("What retries cost, and builds that differ by place.", "Flakes"),
    accepts=params_quality.QUALITY, also=NOT_FOUND,
)  # fmt: skip
def flakes(asked: Asked) -> Response:
    """Failed attempts that succeeded unchanged, the time they cost, and versions that did differently by place.

    A retry has lost the time from its start to the next attempt's start, the last one to the success's end.
    """
    return _answer("flakes", asked, lambda *of: quality_json.flakes(quality_queries.flakiness(*of)))


@routes.get(
    "/gates/effectiveness", Answer("What each suite's gate was worth.", "GateEffectiveness"),
    accepts=params_quality.QUALITY, also=NOT_FOUND,
)  # fmt: skip
def gate_effectiveness(asked: Asked) -> Response:
    """Catches, false alarms, overruled and undecided cases, escapes, and minutes per catch of each suite.

    Change failures are those of production, as the delivery metrics count them.
    """
    return _answer("gates", asked, lambda *of: quality_json.effectiveness(gate_queries.effectiveness(*of)))


@routes.get(
    "/gates/backtest", Answer("What the rule would have done.", "GateBackTest"),
    accepts=(*params_quality.QUALITY, *params_quality.RULE), also=NOT_FOUND,
)  # fmt: skip
def gate_back_test(asked: Asked) -> Response:
    """What a rule would have done to the deployments of production: held back rightly and wrongly, missed, delayed.

    What a version did not show in the stage before holds it back; without suites and hours: never served there.
    """
    rule = params_quality.rule(asked)

    def make(gen: Generation, scope: Scope, wanted: QualityFilter, now: datetime) -> dict[str, Any]:
        return quality_json.back_test(gate_queries.back_test(gen, scope, wanted, rule, now))

    return _answer("back-test", asked, make)


@routes.get("/gates/policy.yaml", POLICY, accepts=params_quality.RULE)
def gate_policy(asked: Asked) -> Response:
    """A rule as YAML, to be put into the catalog."""
    rule = params_quality.rule(asked)
    gate: dict[str, Any] = {"name": "Into production", "to": ClusterType.PRODUCTION.value}
    gate["suites"] = list(rule.suites)
    if rule.min_rate is not None and rule.suites:
        gate["min_pass_rate"] = rule.min_rate
    if rule.soak_hours is not None:
        gate["soak_hours"] = rule.soak_hours
    body = yaml.safe_dump({"gates": [gate]}, sort_keys=False, allow_unicode=True)
    answer = Response(body, mimetype=YAML)
    answer.headers["Content-Disposition"] = 'attachment; filename="gates.yaml"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@routes.get(
    "/gates/check", Answer("It may go there.", "GateDecision"), accepts=params_quality.CHECK, also=NOT_FOUND | DENIED
)
def gate_decision(asked: Asked) -> Response:
    """May this version go to this cluster-region now? For a pipeline: 200 is yes, 409 is no, with every reason.

    Asked are the rules of the catalog, or the path's own where it has none. What is not shown is a no. With
    `curl --fail` a no ends the step.
    """
    gen, scope, now = context.generation(), context.scope(), context.now()
    since = to_instant(now - promotion_path.BLOCKERS_FROM)
    service_id, version, cluster_id = asked.service_id or "", asked.version or "", asked.to_cluster_id or ""
    try:
        recent = context.store().recent_promotions(scope, [cluster_id], since).promotions
    except Unavailable:  # the answer says so, and is a no
        recent = None
    found = gate_check.check(gen, scope, service_id, version, cluster_id, recent, now)
    body: dict[str, Any] = {"asOf": gen.as_of, "generation": gen.generation} | quality_json.decision(found)
    if found.allowed:
        return caching.sent_as_is(body)
    problem = {
        "type": "/api/docs#schema-GateDenied", "title": "The version may not go there", "status": 409,
        "detail": "; ".join(body["reasons"]), "requestId": g.get("request_id"),
    }  # fmt: skip
    answer = Response(orjson.dumps(problem | body), 409, mimetype=MEDIA_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@exports.get("/exports/quality/suites.csv", FILE, accepts=params_quality.QUALITY, also=NOT_FOUND)
def quality_suites_csv(asked: Asked) -> Response:
    """Suites with their pass rates and durations, as CSV."""
    gen, scope, wanted, now = _of(asked)
    found = quality_queries.quality(gen, scope, wanted, now)
    return _sent("suites", SUITE_COLUMNS, map(quality_json.suite, found.suites), found.filter)


@exports.get("/exports/quality/turns.csv", FILE, accepts=params_quality.QUALITY, also=NOT_FOUND)
def quality_turns_csv(asked: Asked) -> Response:
    """What failed and then passed unchanged, newest first, as CSV."""
    gen, scope, wanted, now = _of(asked)
    found = quality_queries.quality(gen, scope, wanted, now)
    cut = found.turned > len(found.turns)
    return _sent("failed-then-passed", TURN_COLUMNS, map(quality_json.turn, found.turns), found.filter, cut)


@exports.get("/exports/quality/retries.csv", FILE, accepts=params_quality.QUALITY, also=NOT_FOUND)
def quality_retries_csv(asked: Asked) -> Response:
    """Failed attempts that succeeded unchanged, newest first, as CSV."""
    gen, scope, wanted, now = _of(asked)
    found = quality_queries.flakiness(gen, scope, wanted, now)
    cut = found.tax.retries > len(found.tax.rows)
    return _sent("retries", RETRY_COLUMNS, map(quality_json.retry, found.tax.rows), found.filter, cut)


@exports.get("/exports/quality/places.csv", FILE, accepts=params_quality.QUALITY, also=NOT_FOUND)
def quality_places_csv(asked: Asked) -> Response:
    """Versions that succeeded here and failed there: a row a version and place, newest first, as CSV."""
    gen, scope, wanted, now = _of(asked)
    found = quality_queries.flakiness(gen, scope, wanted, now)
    versions = map(quality_json.mixed, found.same_build.rows)
    rows = ({**one, **place} for one in versions for place in one["places"])
    cut = found.same_build.mixed > len(found.same_build.rows)
    return _sent("places", PLACE_COLUMNS, rows, found.filter, cut)


@exports.get("/exports/gates/effectiveness.csv", FILE, accepts=params_quality.QUALITY, also=NOT_FOUND)
def gates_effectiveness_csv(asked: Asked) -> Response:
    """What each suite's gate was worth, as CSV."""
    gen, scope, wanted, now = _of(asked)
    found = gate_queries.effectiveness(gen, scope, wanted, now)
    return _sent("gates", EFFECT_COLUMNS, map(quality_json.effect, found.suites), found.filter)


@exports.get("/exports/gates/cases.csv", FILE, accepts=params_quality.QUALITY, also=NOT_FOUND)
def gates_cases_csv(asked: Asked) -> Response:
    """The cases of gates, newest first, as CSV."""
    gen, scope, wanted, now = _of(asked)
    found = gate_queries.effectiveness(gen, scope, wanted, now)
    cut = found.total > len(found.cases)
    return _sent("gate-cases", CASE_COLUMNS, map(quality_json.case, found.cases), found.filter, cut)


@exports.get(
    "/exports/gates/backtest.csv", FILE, accepts=(*params_quality.QUALITY, *params_quality.RULE), also=NOT_FOUND
)
def gates_backtest_csv(asked: Asked) -> Response:
    """The deployments a rule would have held back, and the change failures it would have let go, as CSV."""
    rule = params_quality.rule(asked)
    gen, scope, wanted, now = _of(asked)
    found = gate_queries.back_test(gen, scope, wanted, rule, now)
    rows = ({**one, "reasons": " ".join(one["reasons"])} for one in map(quality_json.judged, found.rows))
    return _sent("backtest", JUDGED_COLUMNS, rows, found.filter, found.total > len(found.rows))


def _of(asked: Asked) -> tuple[Generation, Scope, QualityFilter, datetime]:
    now = context.now()
    wanted = params_quality.quality_filter(asked, now, context.settings().retention_days)
    return context.generation(), context.scope(), wanted, now


def _answer(name: str, asked: Asked, make: Make) -> Response:
    """An answer that follows from the generation, the scope, what was asked and the hour."""

    def made(gen: Generation, scope: Scope, now: datetime) -> dict[str, Any]:
        return make(gen, scope, params_quality.quality_filter(asked, now, context.settings().retention_days), now)

    return summary(name, asked, made)


def _sent(
    name: str, columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]], of: QualityFilter, cut: bool = False
) -> Response:
    table = Table(columns, map(flat, rows), lambda: cut)
    return sent(table, "quality", name, of.team, of.service_id, of.cluster_id, *span(of.start, of.end))
