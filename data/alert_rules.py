"""From facts and rules to alerts. Pure: what fires follows from the facts alone, so telling it twice fires once.

Each alert has a key made of its rule and of what it is about; who stores it does so once a key.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from data.alert_models import Alert, AlertEvent, AlertKind, AlertRule
from data.catalog_models import Catalog
from data.disagreements import Disagreement
from data.instants import seconds_between
from data.models import SUCCESSFUL, Attempt, Instant, Status, Trigger, Verdict

MOST_AGE_SEC = 3600.0  # what happened earlier is history: a replay or a late source must not wake anybody
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Told:
    """An attempt as it stands, when each suite last said something, and on what its sources disagree."""

    attempt: Attempt
    suites: Mapping[str, Instant] = field(default_factory=dict)
    disagreements: Sequence[Disagreement] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    """One thing to tell of an attempt: the end of its key, when, and the words."""

    subject: str
    at: Instant
    title: str
    text: str = ""


def of_attempts(catalog: Catalog, told: Iterable[Told], now: Instant) -> list[Alert]:
    """What the catalog's rules on events fire for these attempts."""
    rules = [rule for rule in catalog.alerts if rule.on in CASES]
    return [alert for one in told for rule in rules for alert in _alerts(rule, catalog, one, now)]


def covers(rule: AlertRule, catalog: Catalog, cluster_id: str, service_id: str) -> bool:
    """Whether a rule is about this service on this cluster-region."""
    return (
        (not rule.clusters or cluster_id in rule.clusters)
        and (not rule.services or service_id in rule.services)
        and (rule.stage is None or catalog.cluster(cluster_id).type == rule.stage)
        and (not rule.team or catalog.service(service_id).team == rule.team)
    )


def key_of(rule_id: str, kind: str, *subject: str) -> str:
    """The same for the same thing told by the same rule."""
    return hashlib.sha256("\n".join((rule_id, kind, *subject)).encode()).hexdigest()[:24]


def build_path(attempt_id: str) -> str:
    """The page of an attempt."""
    return f"/builds/{quote(attempt_id, safe='')}"


def a_test(rule: AlertRule, at: Instant, by: str) -> Alert:
    """What a rule's channels are given to see whether it arrives."""
    return Alert(
        key=key_of(rule.rule_id, AlertKind.TEST, at, by), rule_id=rule.rule_id, rule_name=rule.name,
        kind=AlertKind.TEST, at=at, title=f"Test of “{rule.name}”",
        text=f"{by} fired this to see whether it arrives. Nothing happened.", to=rule.to, path="/alerts",
    )  # fmt: skip


def _alerts(rule: AlertRule, catalog: Catalog, told: Told, now: Instant) -> Iterator[Alert]:
    attempt = told.attempt
    if rule.on is None or not covers(rule, catalog, *attempt.pair):
        return
    where = f"{catalog.service(attempt.service_id).name} on {catalog.cluster(attempt.cluster_id).name}"
    for case in CASES[rule.on](told, catalog):
        if seconds_between(case.at, now) > MOST_AGE_SEC:
            continue
        yield Alert(
            key=key_of(rule.rule_id, rule.on, attempt.attempt_id, case.subject), rule_id=rule.rule_id,
            rule_name=rule.name, kind=AlertKind(rule.on.value), at=case.at,
            title=f"{case.title}: {where}, {attempt.build_version}", text=case.text, to=rule.to,
            path=build_path(attempt.attempt_id), cluster_id=attempt.cluster_id, service_id=attempt.service_id,
            build_version=attempt.build_version, attempt_id=attempt.attempt_id,
        )  # fmt: skip


def _moment(attempt: Attempt) -> Instant:
    return attempt.ended_at or attempt.started_at


def _failed(told: Told, _catalog: Catalog) -> Iterator[_Case]:
    attempt = told.attempt
    if attempt.status is Status.FAILED and not attempt.cancelled:
        why = (attempt.failure_reason or "").strip()[:LONGEST_REASON]
        yield _Case("", _moment(attempt), "Failed", f"Reason: {why}" if why else "No reason was given.")


def _rolled_back(told: Told, _catalog: Catalog) -> Iterator[_Case]:
    """The change that was taken back, and the recovery where a source tells of it: two attempts, an alert each."""
    attempt = told.attempt
    if attempt.status is Status.ROLLBACK:
        yield _Case("", _moment(attempt), "Rolled back", "It went out and was taken back.")
    elif attempt.status in SUCCESSFUL and (attempt.trigger is Trigger.ROLLBACK or attempt.rollback_to_build):
        yield _Case("", _moment(attempt), "Went back to an earlier version", "This deployment is the recovery.")


def _gate_failed(told: Told, _catalog: Catalog) -> Iterator[_Case]:
    for gate in told.attempt.gates:
        if gate.verdict is Verdict.FAILED:
            at = max(_moment(told.attempt), told.suites.get(gate.suite, ""))
            counts = f"{gate.failed} of {gate.total} tests failed." if gate.failed and gate.total else ""
            yield _Case(gate.suite, at, f"{gate.suite.capitalize()} gate failed", counts)


def _during_freeze(told: Told, catalog: Catalog) -> Iterator[_Case]:
    attempt = told.attempt
    for freeze in catalog.freezes:
        if freeze.covers(*attempt.pair) and freeze.holds_at(attempt.started_at) and not attempt.cancelled:
            why = f" ({freeze.reason})" if freeze.reason else ""
            text = f"The freeze “{freeze.name}”{why} lasts until {freeze.end}."
            yield _Case(freeze.name, attempt.started_at, "Deployed during a freeze", text)


def _disagree(told: Told, _catalog: Catalog) -> Iterator[_Case]:
    for one in told.disagreements:
        said = "; ".join(f"{source} says {value}" for source, value in one.said)
        yield _Case(one.field, _moment(told.attempt), f"Sources disagree on {one.field}", f"{said}.")


CASES: dict[AlertEvent, Callable[[Told, Catalog], Iterator[_Case]]] = {
    AlertEvent.FAILED: _failed,
    AlertEvent.ROLLED_BACK: _rolled_back,
    AlertEvent.GATE_FAILED: _gate_failed,
    AlertEvent.DEPLOYED_DURING_FREEZE: _during_freeze,
    AlertEvent.SOURCES_DISAGREE: _disagree,
}
