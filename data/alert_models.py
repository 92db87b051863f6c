"""Alerts: the rules people set, what one of them fired, and where it is sent. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from data.models import Instant

Body = dict[str, Any]


class AlertEvent(StrEnum):
    """What a rule on events waits for."""

    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    GATE_FAILED = "gate_failed"
    DEPLOYED_DURING_FREEZE = "deployed_during_freeze"
    SOURCES_DISAGREE = "sources_disagree"
    SOURCE_SILENT = "source_silent"


class AlertMetric(StrEnum):
    """What a rule on a metric watches; all in percent."""

    ATTEMPT_SUCCESS_RATE = "attempt_success_rate"
    FAILED_ATTEMPT_RATE = "failed_attempt_rate"
    ROLLBACK_RATE = "rollback_rate"
    CHANGE_FAILURE_RATE = "change_failure_rate"
    REWORK_RATE = "deployment_rework_rate"


METRIC_WORDS = {
    AlertMetric.ATTEMPT_SUCCESS_RATE: "Attempt success rate",
    AlertMetric.FAILED_ATTEMPT_RATE: "Failed attempts",
    AlertMetric.ROLLBACK_RATE: "Rolled back",
    AlertMetric.CHANGE_FAILURE_RATE: "Change failure rate",
    AlertMetric.REWORK_RATE: "Deployment rework rate",
}


class AlertKind(StrEnum):
    """What an alert tells: one of the events, a metric beyond its threshold or back again, or a test."""

    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    GATE_FAILED = "gate_failed"
    DEPLOYED_DURING_FREEZE = "deployed_during_freeze"
    SOURCES_DISAGREE = "sources_disagree"
    SOURCE_SILENT = "source_silent"
    METRIC = "metric"
    METRIC_CLEARED = "metric_cleared"
    TEST = "test"


class Sent(StrEnum):
    """How far an alert got on one of its channels."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """A rule on an event (`on`) or on a metric; empty filters mean everything, `stage` is a cluster's type.

    A metric fires beyond `above` or `below` and is over at or within `clear`; it is of the attempts of the last
    `window_days`, and says nothing below `least` of them.
    """

    rule_id: str
    name: str
    to: tuple[str, ...]
    on: AlertEvent | None = None
    metric: AlertMetric | None = None
    above: float | None = None
    below: float | None = None
    clear: float | None = None
    window_days: int = 7
    least: int = 10
    per_service: bool = False  # a metric of each service apart, not of all together
    stage: str | None = None
    clusters: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    team: str = ""

    @property
    def threshold(self) -> float | None:
        """Beyond which value a metric fires."""
        return self.below if self.above is None else self.above

    @property
    def cleared_at(self) -> float | None:
        """At which value it is over."""
        return self.threshold if self.clear is None else self.clear


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What a rule fired. `key` is the same however often the same is found; `path` leads to the rows behind it."""

    key: str
    rule_id: str
    rule_name: str
    kind: AlertKind
    at: Instant  # when what it tells of happened
    title: str
    text: str
    to: tuple[str, ...]
    path: str
    cluster_id: str | None = None
    service_id: str | None = None
    build_version: str | None = None
    attempt_id: str | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """How far an alert got on one channel, and why not further."""

    state: Sent
    at: Instant | None = None
    tries: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Fired:
    """An alert in the list of what fired."""

    alert: Alert
    fired_at: Instant
    channels: Mapping[str, Delivered]

    @property
    def id(self) -> str:
        """What names it outside."""
        return self.alert.key


@dataclass(frozen=True, slots=True)
class Channel:
    """Where alerts are sent: Slack's incoming webhook, or any webhook, whose deliveries are signed."""

    name: str
    kind: str  # slack | webhook
    url: str = field(repr=False)  # Slack's is a secret itself
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric's value in percent, of how many; None = there is nothing to say, and why."""

    value: float | None
    n: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a rule fires (of one service, where it is on each), since when, at which value.

    `number` counts its changes.
    """

    firing: bool
    since: Instant
    value: float
    number: int


@dataclass(frozen=True, slots=True)
class RuleState:
    """Where a rule on a metric stands: its value now, and its last step. `services`: of a rule on each service."""

    found: Measured | None = None
    standing: Standing | None = None
    services: Mapping[str, "RuleState"] = field(default_factory=dict)

    @property
    def firing(self) -> bool:
        """Whether it fires, for any service."""
        return bool(self.standing and self.standing.firing) or any(one.firing for one in self.services.values())


def alert_body(alert: Alert) -> Body:
    """An alert as JSON: what is stored, answered and sent."""
    return {
        "key": alert.key, "ruleId": alert.rule_id, "ruleName": alert.rule_name, "kind": alert.kind.value,
        "at": alert.at, "title": alert.title, "text": alert.text, "to": list(alert.to), "path": alert.path,
        "clusterId": alert.cluster_id, "serviceId": alert.service_id, "buildVersion": alert.build_version,
        "attemptId": alert.attempt_id,
    }  # fmt: skip


def to_alert(body: Mapping[str, Any]) -> Alert:
    """The alert of such a body."""
    return Alert(
        key=body["key"], rule_id=body["ruleId"], rule_name=body["ruleName"], kind=AlertKind(body["kind"]),
        at=body["at"], title=body["title"], text=body["text"], to=tuple(body["to"]), path=body["path"],
        cluster_id=body["clusterId"], service_id=body["serviceId"], build_version=body["buildVersion"],
        attempt_id=body["attemptId"],
    )  # fmt: skip


def rule_body(rule: AlertRule) -> Body:
    """A rule as the catalog keeps it."""
    return {
        "name": rule.name, "to": list(rule.to), "on": rule.on, "metric": rule.metric, "above": rule.above,
        "below": rule.below, "clear": rule.clear, "windowDays": rule.window_days, "least": rule.least,
        "perService": rule.per_service, "stage": rule.stage, "clusters": list(rule.clusters),
        "services": list(rule.services), "team": rule.team,
    }  # fmt: skip


def to_rule(rule_id: str, body: Mapping[str, Any]) -> AlertRule:
    """The rule of a catalog's entry."""
    return AlertRule(
        rule_id=rule_id, name=body["name"], to=tuple(body["to"]),
        on=AlertEvent(body["on"]) if body["on"] else None,
        metric=AlertMetric(body["metric"]) if body["metric"] else None,
        above=body["above"], below=body["below"], clear=body["clear"], window_days=body["windowDays"],
        least=body["least"], per_service=body.get("perService", False), stage=body["stage"],
        clusters=tuple(body["clusters"]), services=tuple(body["services"]), team=body["team"],
    )  # fmt: skip
