"""DynamoDB items <-> models, in the low-level attribute-value form. Pure.

What is queried or read by others is a plain attribute; what only we read is compact JSON in one string, because
each attribute costs the client more than the text of all of them together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

import orjson

from data import keys
from data.events import camel
from data.models import (
    Attempt,
    Claim,
    Commit,
    FailedTest,
    Gate,
    Incident,
    Promotion,
    PromotionStatus,
    Status,
    TestRun,
    Trigger,
    Verdict,
)

Item = dict[str, dict[str, Any]]
M = TypeVar("M", Attempt, Promotion, Incident, TestRun, Claim)

ENUMS: dict[tuple[type[Any], str], type[Any]] = {
    (Attempt, "status"): Status,
    (Attempt, "trigger"): Trigger,
    (Promotion, "status"): PromotionStatus,
    (TestRun, "verdict"): Verdict,
}
WHOLE_NUMBERS = frozenset({"expires_at", "total", "passed", "failed", "skipped"})
RENAMED: dict[tuple[type[Any], str], str] = {(TestRun, "suite"): "suiteType"}
NAMES: dict[type[Any], tuple[tuple[str, str], ...]] = {
    model: tuple((f.name, RENAMED.get((model, f.name), camel(f.name))) for f in fields(model))
    for model in (Attempt, Promotion, Incident, TestRun, Claim)
}


def text(value: str) -> dict[str, str]:
    """A string attribute."""
    return {"S": value}


def number(value: float) -> dict[str, str]:
    """A number attribute; whole numbers are written without a fraction."""
    return {"N": str(int(value)) if value == int(value) else repr(value)}


def encode(value: Any) -> dict[str, Any]:
    """One attribute: text, number, truth, or JSON text for what is nested."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": str(value)}
    if isinstance(value, int | float):
        return number(value)
    return {"S": to_json(value)}


# A list in an item may be longer than we know: while versions of ours follow each other, both read what either wrote.
GATE_FIELDS, COMMIT_FIELDS, FAILED_FIELDS = (len(fields(one)) for one in (Gate, Commit, FailedTest))


def to_json(value: Any) -> str:
    """Compact, deterministic JSON."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def gate_list(gates: Iterable[Gate]) -> list[list[Any]]:
    """Gates as short lists: suite, verdict, total, passed, failed, skipped, seconds; runs where known; turned."""
    return [
        [g.suite, g.verdict, g.total, g.passed, g.failed, g.skipped, g.duration_sec, *_runs_of(g)] for g in gates
    ]  # fmt: skip


def _runs_of(gate: Gate) -> list[Any]:
    """Nothing where they are not known, as in lists from before runs were counted."""
    return [] if gate.runs is None else [gate.runs, *([True] if gate.turned else [])]


def to_gates(rows: Iterable[list[Any]]) -> tuple[Gate, ...]:
    """The gates of `gate_list`."""
    return tuple(Gate(row[0], Verdict(row[1]), *row[2:GATE_FIELDS]) for row in rows)


def commit_list(commits: Iterable[Commit]) -> list[list[Any]]:
    """Commits as [sha, committedAt]."""
    return [[c.sha, c.committed_at] for c in commits]


def to_commits(rows: Iterable[list[Any]]) -> tuple[Commit, ...]:
    """The commits of `commit_list`."""
    return tuple(Commit(*row[:COMMIT_FIELDS]) for row in rows)


def failed_list(tests: Iterable[FailedTest]) -> list[list[Any]]:
    """Failed tests as [name, message, seconds]."""
    return [[one.name, one.message, one.duration_sec] for one in tests]


def to_failed(rows: Iterable[list[Any]]) -> tuple[FailedTest, ...]:
    """The failed tests of `failed_list`."""
    return tuple(FailedTest(*row[:FAILED_FIELDS]) for row in rows)


# What an attribute that is not there means, for fields without a default of their own.
ABSENT: dict[type[Any], dict[str, Any]] = {
    Attempt: {},
    Promotion: {},
    Incident: {"cluster_id": None},
    TestRun: {"verdict": Verdict.MISSING, "total": None, "passed": None, "failed": None, "skipped": None},
    Claim: {"event_time": "", "received_at": ""},
}
NESTED_OUT: dict[str, Any] = {"gates": gate_list, "commits": commit_list, "labels": list, "failed_tests": failed_list}
NESTED_IN: dict[str, Any] = {"gates": to_gates, "commits": to_commits, "labels": tuple, "failed_tests": to_failed}


def _item(model: Attempt | Promotion | Incident | TestRun | Claim, pk: str, sk: str) -> Item:
    item: Item = {"pk": text(pk), "sk": text(sk)}
    for name, attribute in NAMES[type(model)]:
        value = getattr(model, name)
        if name in NESTED_OUT:
            value = NESTED_OUT[name](value)
        if value is None or value is False or value == "" or value == []:
            continue
        item[attribute] = encode(value)
    return item


def _model(model: type[M], item: Mapping[str, Mapping[str, Any]]) -> M:
    values: dict[str, Any] = dict(ABSENT[model])
    for name, attribute in NAMES[model]:
        if attribute not in item:
            continue
        kind, value = next(iter(item[attribute].items()))
        if kind == "N":
            value = int(value) if name in WHOLE_NUMBERS else float(value)
        elif name in NESTED_IN:
            value = NESTED_IN[name](orjson.loads(value))
        elif (model, name) in ENUMS:
            value = ENUMS[model, name](value)
        values[name] = value
    return model(**values)


def from_attempt(attempt: Attempt) -> Item:
    """The item of `deployment-attempts`."""
    pk = keys.pair(attempt.cluster_id, attempt.service_id)
    return _item(attempt, pk, keys.attempt_sk(attempt.started_at, attempt.attempt_id))


def to_attempt(item: Mapping[str, Mapping[str, Any]]) -> Attempt:
    """The attempt of a table or index item; attributes an index leaves out get their defaults."""
    return _model(Attempt, item)


def from_promotion(promotion: Promotion) -> Item:
    """The item of `promotions`."""
    sk = keys.promotion_sk(promotion.promoted_at, promotion.promotion_id)
    return _item(promotion, promotion.service_id, sk)


def to_promotion(item: Mapping[str, Mapping[str, Any]]) -> Promotion:
    """The promotion of an item."""
    return _model(Promotion, item)


def from_incident(incident: Incident) -> Item:
    """The item of an incident in `dashboard-events`."""
    sk = keys.promotion_sk(incident.started_at, incident.incident_id)
    return _item(incident, keys.incidents_of(incident.service_id), sk)


def to_incident(item: Mapping[str, Mapping[str, Any]]) -> Incident:
    """The incident of an item."""
    return _model(Incident, item)


def from_test_run(run: TestRun, *, as_gate: bool, expires_at: int | None) -> Item:
    """The item of a run in `test-runs`: under its suite as the gate, else under its own key with its failed tests."""
    sk = run.suite if as_gate else keys.run_sk(run.suite, run.executed_at, run.test_run_id)
    item = _item(replace(run, failed_tests=()) if as_gate else run, run.attempt_id, sk)
    return item if expires_at is None else item | {"expiresAt": number(expires_at)}


def to_test_run(item: Mapping[str, Mapping[str, Any]]) -> TestRun:
    """The run of an item."""
    return _model(TestRun, item)


def from_claim(claim: Claim, pk: str, expires_at: int | None) -> Item:
    """The item of a claim within its fact's partition; without `expires_at` it stays."""
    item = _item(claim, pk, keys.claim_sk(claim.event_id, claim.digest))
    return item if expires_at is None else item | {"expiresAt": number(expires_at)}


def to_claim(item: Mapping[str, Mapping[str, Any]]) -> Claim:
    """The claim of an item."""
    return _model(Claim, item)
