"""Alerts as tables: the rules and where they stand, what fired and how far it got."""

from collections.abc import Mapping, Sequence

from components.badges import badge
from components.links import Query, cluster_path, link, page_path, service_path
from components.panel import row, table
from components.quarantine_list import action
from components.tags import Child, Node, el, mono
from components.theme import Look
from components.words import counted, none, when
from data.alert_models import (
    METRIC_WORDS,
    AlertEvent,
    AlertKind,
    AlertRule,
    Delivered,
    Fired,
    RuleState,
    Sent,
)

PATH = "/alerts"
MOST_SERVICES = 8
EVENTS: dict[AlertEvent, str] = {
    AlertEvent.FAILED: "An attempt fails",
    AlertEvent.ROLLED_BACK: "A version is rolled back",
    AlertEvent.GATE_FAILED: "A gate fails",
    AlertEvent.DEPLOYED_DURING_FREEZE: "Something is deployed during a freeze",
    AlertEvent.SOURCES_DISAGREE: "Two sources contradict each other",
    AlertEvent.SOURCE_SILENT: "A source is silent for longer than it ever is",
}
KINDS: dict[AlertKind, Look] = {
    AlertKind.FAILED: Look("Failed", "x-octagon-fill", "failed"),
    AlertKind.ROLLED_BACK: Look("Rolled back", "arrow-counterclockwise", "rollback"),
    AlertKind.GATE_FAILED: Look("Gate failed", "x-octagon-fill", "failed"),
    AlertKind.DEPLOYED_DURING_FREEZE: Look("During a freeze", "exclamation-triangle-fill", "rollback"),
    AlertKind.SOURCES_DISAGREE: Look("Sources disagree", "exclamation-triangle-fill", "rollback"),
    AlertKind.SOURCE_SILENT: Look("Source silent", "exclamation-triangle-fill", "rollback"),
    AlertKind.METRIC: Look("Metric", "exclamation-triangle-fill", "failed"),
    AlertKind.METRIC_CLEARED: Look("Cleared", "check-circle-fill", "success"),
    AlertKind.TEST: Look("Test", "question-circle", "nodata"),
}
SENT: dict[Sent, Look] = {
    Sent.PENDING: Look("Pending", "hourglass-split", "progress"),
    Sent.DELIVERED: Look("Delivered", "check-circle-fill", "success"),
    Sent.GIVEN_UP: Look("Given up", "x-octagon-fill", "failed"),
}
FIRING = Look("Fires", "exclamation-triangle-fill", "failed")
QUIET = Look("Quiet", "check-circle-fill", "success")
WAITS = Look("Waits for the event", "hourglass-split", "nodata")


def rules_table(rules: Sequence[AlertRule], states: Mapping[str, RuleState], *, testable: bool) -> Node:
    """A row for each rule; `testable`: admin actions are open."""
    columns = [("Rule", ""), ("When", ""), ("Of what", ""), ("Now", ""), ("Sent to", ""), ("Test", "")]
    rows = [_rule(one, states.get(one.rule_id, RuleState()), testable) for one in rules]
    return table("Alert rules of the catalog", columns, rows, cls="alert-rules")


def _rule(rule: AlertRule, state: RuleState, testable: bool) -> Node:
    name = link(rule.name, page_path(PATH, {"rule": rule.rule_id}, "fired"), title="What it fired")
    test = action("play-fill", "Test", "alert-test", rule.rule_id) if testable else none("admin actions are closed")
    if testable:
        test["props"]["aria-label"] = f"Test {rule.name}"
    return row(
        [name, el("Div", mono(rule.rule_id), cls="ink-2 small")], when_words(rule), about_words(rule),
        _now(rule, state), mono(", ".join(rule.to)), test,
    )  # fmt: skip


def when_words(rule: AlertRule) -> str:
    """Upon what a rule fires."""
    if rule.on is not None:
        return EVENTS[rule.on]
    name = METRIC_WORDS[rule.metric] if rule.metric else ""
    side = "above" if rule.above is not None else "below"
    return f"{name} {side} {rule.threshold:g} %, until {rule.cleared_at:g} % ({rule.window_days} days)"


def about_words(rule: AlertRule) -> str:
    """What a rule is about."""
    said = [rule.stage or "", f"team {rule.team}" if rule.team else "", *rule.clusters, *rule.services]
    what = ", ".join(one for one in said if one)
    if rule.per_service:
        return f"each service: {what}" if what else "each service"
    return what or "everything"


def _now(rule: AlertRule, state: RuleState) -> list[Child]:
    if rule.metric is None:
        return [el("Span", WAITS.word, cls="ink-2")]
    if rule.per_service:
        return _each(state)
    found, standing = state.found, state.standing
    if found is None or found.value is None:
        return [none("no finished attempts in its window")]
    fires = standing is not None and standing.firing
    said: list[Child] = [badge(FIRING if fires else QUIET), f" {found.value:.1f} % of {found.n:,}"]
    if found.n < rule.least:
        said.append(el("Div", f"too few to judge: {rule.least} are needed", cls="ink-2 small"))
    elif standing is not None:
        said.append(el("Div", "since ", when(standing.since), cls="ink-2 small"))
    return said


def _each(state: RuleState) -> list[Child]:
    """The services for which a rule fires, those that fire longest first."""
    firing = [(one.standing.since, name, one) for name, one in state.services.items() if one.standing and one.firing]
    if not state.services:
        return [none("no finished attempts in its window")]
    looked_at = f" of {counted(len(state.services), 'service')}"
    if not firing:
        return [badge(QUIET), f" none{looked_at}"]
    listed: list[Child] = []
    for since, name, one in sorted(firing, key=lambda of: of[:2])[:MOST_SERVICES]:
        value = f" {one.found.value:.1f} % of {one.found.n:,}" if one.found and one.found.value is not None else ""
        listed.append(el("Li", link(name, service_path(name)), value, ", since ", when(since)))
    if len(firing) > MOST_SERVICES:
        listed.append(el("Li", f"and {len(firing) - MOST_SERVICES:,} more"))
    return [badge(FIRING), f" {len(firing):,}{looked_at}", el("Ul", listed, cls="plain small")]


def fired_table(fired: Sequence[Fired]) -> Node:
    """A row for each alert, newest first; its title leads to the rows behind it."""
    columns = [("What", ""), ("Kind", ""), ("Where", ""), ("Fired", ""), ("Rule", ""), ("Sent to", "")]
    return table("Alerts that fired", columns, [_fired(one) for one in fired], cls="alerts-fired")


def _fired(one: Fired) -> Node:
    alert = one.alert
    what: list[Child] = [link(alert.title, alert.path, cls="wrap")]
    if alert.text:
        what.append(el("Div", alert.text, cls="ink-2 small wrap"))
    rule = link(alert.rule_name, page_path(PATH, {"rule": alert.rule_id}, "fired"))
    sent: list[Child] = [_channel(name, said) for name, said in one.channels.items()]
    return row(
        what, badge(KINDS[alert.kind]),
        el("Td", _where(one), cls="where"), el("Td", when(one.fired_at), cls="nowrap"),
        rule, el("Ul", sent, cls="plain"),
    )  # fmt: skip


def _where(one: Fired) -> list[Child]:
    alert, said = one.alert, list[Child]()
    if alert.service_id:
        said.append(link(alert.service_id, service_path(alert.service_id)))
    if alert.cluster_id:
        said += [el("Br") if said else "", link(alert.cluster_id, cluster_path(alert.cluster_id))]
    return said or [none("about no single place")]


def _channel(name: str, said: Delivered) -> Node:
    parts: list[Child] = [badge(SENT[said.state]), " ", mono(name)]
    if said.at and said.state is Sent.DELIVERED:
        parts += [" ", when(said.at)]
    if said.reason and said.state is not Sent.DELIVERED:
        tried = f", tried {counted(said.tries, 'time')}" if said.tries else ""
        parts.append(el("Div", f"{said.reason}{tried}", cls="ink-2 small wrap"))
    return el("Li", parts)


def rule_filter(rule: AlertRule | None, rule_id: str) -> Node:
    """The rule the list is narrowed to, and the way out."""
    words = rule.name if rule else rule_id
    everything: Query = {}
    return el(
        "P",
        "Only of ",
        el("Strong", words),
        ". ",
        link("Show all", page_path(PATH, everything, "fired")),
        cls="alerts-only",
    )
