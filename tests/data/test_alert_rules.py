"""What fires: pure, from facts and rules; the same facts told again, or told late, change nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.alert_metrics import measured, measured_apart, step
from data.alert_models import (
    AlertEvent,
    AlertKind,
    AlertMetric,
    AlertRule,
    Measured,
    Standing,
    alert_body,
    rule_body,
    to_alert,
    to_rule,
)
from data.alert_rules import MOST_AGE_SEC, Told, of_attempts
from data.catalog_file import CatalogFileError, parse_catalog
from data.catalog_models import Catalog, Freeze
from data.delivery_queries import delivery
from data.delivery_views import DeliveryFilter, MetricId
from data.disagreements import Disagreement, disagreements
from data.events import DeploymentEvent, sealed, to_claim
from data.instants import add, day_before, to_instant
from data.models import EVERYTHING, Claim, Gate, Status, Trigger, Verdict
from tests.read_model import AQUILA, CATALOG, MIRA, NOW, attempt, generation

NOW_TEXT = to_instant(NOW)
BEGAN = add(NOW_TEXT, -900)


def a_rule(on: AlertEvent | None = AlertEvent.FAILED, **changes: Any) -> AlertRule:
    return AlertRule(**({"rule_id": "r", "name": "A rule", "to": ("ops",), "on": on} | changes))


def catalog(*rules: AlertRule, **more: Any) -> Catalog:
    return Catalog(clusters=CATALOG.clusters, services=CATALOG.services, alerts=rules, **more)


def failed(**changes: Any) -> Told:
    return Told(attempt(BEGAN, **({"status": Status.FAILED, "cluster_id": AQUILA} | changes)))


def test_a_failed_attempt_in_production_fires_and_leads_to_its_build():
    (fired,) = of_attempts(catalog(a_rule(stage="Production")), [failed(failure_reason="out of memory")], NOW_TEXT)
    assert (fired.kind, fired.cluster_id, fired.to) == (AlertKind.FAILED, AQUILA, ("ops",))
    assert fired.title == "Failed: Authentication on Aquila, 1.0.0"
    assert fired.text == "Reason: out of memory"
    assert fired.path == f"/builds/{(fired.attempt_id or '').replace(':', '%3A')}"
    assert to_alert(alert_body(fired)) == fired


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ({"stage": "Production"}, {"cluster_id": MIRA}),
        ({"clusters": (MIRA,)}, {}),
        ({"services": ("billing",)}, {}),
        ({"team": "Identity"}, {}),
        ({}, {"cancelled": True}),
        ({}, {"status": Status.SUCCESS}),
        ({"on": AlertEvent.ROLLED_BACK}, {}),
    ],
)
def test_what_a_rule_is_not_about_does_not_fire(rule: dict[str, Any], changes: dict[str, Any]):
    assert not of_attempts(catalog(a_rule(**({"on": AlertEvent.FAILED} | rule))), [failed(**changes)], NOW_TEXT)


def test_what_happened_more_than_an_hour_ago_is_history():
    long_ago = add(NOW_TEXT, -MOST_AGE_SEC - 1)
    old = Told(attempt(add(long_ago, -60), status=Status.FAILED, ended_at=long_ago))
    assert not of_attempts(catalog(a_rule()), [old], NOW_TEXT)
    assert of_attempts(catalog(a_rule()), [old], add(NOW_TEXT, -1))


@given(st.permutations([0, 1, 2]))
def test_the_keys_do_not_depend_on_when_and_in_which_order_facts_are_told(order: list[int]):
    told = [failed(n=str(n)) for n in order]
    first = of_attempts(catalog(a_rule()), told, NOW_TEXT)
    again = of_attempts(catalog(a_rule()), told[::-1], add(NOW_TEXT, 60))
    assert {one.key for one in first} == {one.key for one in again}
    assert len({one.key for one in first}) == 3


def test_a_rollback_fires_for_the_change_that_was_taken_back_and_for_the_recovery():
    rules = catalog(a_rule(AlertEvent.ROLLED_BACK))
    gone = failed(status=Status.ROLLBACK, n="1")
    back = failed(status=Status.SUCCESS, trigger=Trigger.ROLLBACK, build_version="0.9.0", n="2")
    assert [one.title.split(":")[0] for one in of_attempts(rules, [gone, back], NOW_TEXT)] == [
        "Rolled back", "Went back to an earlier version",
    ]  # fmt: skip


def test_a_gate_that_failed_late_fires_by_the_time_of_its_result_and_once_a_suite():
    begun = add(NOW_TEXT, -8000)
    gates = (Gate("SANITY", Verdict.FAILED, 10, 8, 2, 0), Gate("FUNCTIONAL", Verdict.FAILED))
    one = attempt(begun, gates=gates)
    rules = catalog(a_rule(AlertEvent.GATE_FAILED))
    assert not of_attempts(rules, [Told(one)], NOW_TEXT)
    (fired,) = of_attempts(rules, [Told(one, {"SANITY": add(NOW_TEXT, -60)})], NOW_TEXT)
    assert (fired.title.split(":")[0], fired.text) == ("Sanity gate failed", "2 of 10 tests failed.")


def test_a_deployment_within_a_freeze_fires_and_one_outside_does_not():
    freeze = Freeze("Year's end", add(NOW_TEXT, -1000), add(NOW_TEXT, 9000), (AQUILA,), reason="Peak")
    rules = catalog(a_rule(AlertEvent.DEPLOYED_DURING_FREEZE), freezes=(freeze,))
    (fired,) = of_attempts(rules, [failed(status=Status.IN_PROGRESS)], NOW_TEXT)
    assert fired.text == f"The freeze “Year's end” (Peak) lasts until {freeze.end}."
    assert not of_attempts(rules, [failed(cluster_id=MIRA)], NOW_TEXT)
    assert not of_attempts(rules, [Told(attempt(add(NOW_TEXT, -1100), cluster_id=AQUILA))], NOW_TEXT)


def said(source: str, status: Status, minutes: int = 0, **changes: Any) -> Claim:
    """A source's word on an attempt."""
    ended = None if status is Status.IN_PROGRESS else add(NOW_TEXT, 60 * minutes)
    event = DeploymentEvent(
        source=source, event_time=add(NOW_TEXT, 60 * minutes), attempt_id="m:s:1:1", cluster_id="m", service_id="s",
        build_version="1", status=status, started_at=NOW_TEXT, **({"ended_at": ended} | changes),
    )  # fmt: skip
    return to_claim(sealed(event, received_at=NOW_TEXT))


def test_sources_disagree_where_one_says_failed_and_another_not():
    claims = [said("ci", Status.FAILED), said("argocd", Status.LIVE)]
    assert disagreements(claims) == [Disagreement("status", (("argocd", "LIVE"), ("ci", "FAILED")))]
    told = Told(failed().attempt, disagreements=disagreements(claims))
    (fired,) = of_attempts(catalog(a_rule(AlertEvent.SOURCES_DISAGREE)), [told], NOW_TEXT)
    assert fired.text == "argocd says LIVE; ci says FAILED."


def test_commits_and_ends_far_apart_are_contradictions_too():
    claims = [said("ci", Status.SUCCESS, git_sha="a" * 40), said("argocd", Status.LIVE, 16, git_sha="b" * 7)]
    assert [one.field for one in disagreements(claims)] == ["commit", "end"]


@pytest.mark.parametrize(
    "claims",
    [
        [said("ci", Status.FAILED), said("ci", Status.SUCCESS, 1)],  # a source may change its mind
        [said("ci", Status.SUCCESS), said("argocd", Status.IN_PROGRESS)],  # or not know the end yet
        [said("ci", Status.SUCCESS), said("argocd", Status.ROLLBACK, 5)],  # what went out may be taken back
        [said("ci", Status.SUCCESS, git_sha="a" * 40), said("argocd", Status.LIVE, 14, git_sha="a" * 7)],
        [said("ci", Status.FAILED), said("argocd", Status.LIVE), said("ci", Status.SUCCESS, 2)],
        [],
    ],
)
def test_these_sources_do_not_disagree(claims: list[Claim]):
    assert disagreements(claims) == []


RATE = a_rule(None, metric=AlertMetric.ATTEMPT_SUCCESS_RATE, below=80.0, clear=90.0, least=5)


def stepped(values: list[float | None], rule: AlertRule = RATE) -> list[bool]:
    """Whether it fires after each value."""
    was: Standing | None = None
    out = []
    for value in values:
        was = step(rule, Measured(value, 10), was, NOW_TEXT) or was
        out.append(was is not None and was.firing)
    return out


def test_a_metric_fires_beyond_its_threshold_and_is_over_only_beyond_the_other_one():
    assert stepped([85, 79, 85, 89.9, 90, 85, None]) == [False, True, True, True, False, False, False]
    above = a_rule(None, metric=AlertMetric.ROLLBACK_RATE, above=10.0)
    assert stepped([10, 10.1, 10], above) == [False, True, False]


def test_too_few_attempts_change_nothing():
    assert step(RATE, Measured(0.0, 4), None, NOW_TEXT) is None
    assert step(RATE, Measured(100.0, 4), Standing(True, NOW_TEXT, 70.0, 1), NOW_TEXT) is None


@given(st.lists(st.one_of(st.none(), st.floats(0, 100)), max_size=30))
def test_hysteresis_is_what_a_slow_reading_of_the_rule_says(values: list[float | None]):
    firing, expected = False, []
    for value in values:
        if value is not None and not firing and value < 80:
            firing = True
        elif value is not None and firing and value >= 90:
            firing = False
        expected.append(firing)
    assert stepped(values) == expected


def test_a_rate_counts_the_finished_attempts_of_its_window_alone():
    day = timedelta(days=1)
    attempts = [
        attempt(to_instant(NOW - day), n="1"),
        attempt(to_instant(NOW - day), n="2", status=Status.FAILED),
        attempt(to_instant(NOW - day), n="3", status=Status.FAILED, cancelled=True),
        attempt(to_instant(NOW - day), n="4", status=Status.IN_PROGRESS),
        attempt(to_instant(NOW - day), n="5", status=Status.FAILED, cluster_id=AQUILA),
        attempt(to_instant(NOW - 9 * day), n="6", status=Status.FAILED),
    ]
    held = generation(attempts, catalog=CATALOG)
    assert measured(held, RATE, NOW) == Measured(100 / 3, 3)
    staged = a_rule(None, metric=AlertMetric.FAILED_ATTEMPT_RATE, above=1.0, stage="Production")
    assert measured(held, staged, NOW) == Measured(100.0, 1)
    nobody = a_rule(None, metric=AlertMetric.ROLLBACK_RATE, above=1.0, team="Nobody")
    assert measured(held, nobody, NOW) == Measured(None, 0, "no_attempts")


def test_delivery_metrics_are_the_delivery_page_s_own_numbers_of_production():
    hours = timedelta(hours=1)
    put_out = [("1.0.0", 30, {}), ("1.1.0", 20, {}), ("1.0.0", 19, {"trigger": Trigger.ROLLBACK}), ("1.2.0", 5, {})]
    attempts = [
        attempt(to_instant(NOW - n * hours), n=str(n), build_version=version, cluster_id=AQUILA, **more)
        for version, n, more in put_out
    ]
    held = generation([*attempts, attempt(to_instant(NOW - hours), status=Status.FAILED)], catalog=CATALOG)
    rule = a_rule(None, metric=AlertMetric.CHANGE_FAILURE_RATE, above=15.0)
    wanted = DeliveryFilter(day_before(NOW_TEXT[:10], 6), NOW_TEXT[:10])
    shown = delivery(held, EVERYTHING, wanted, NOW).numbers.metrics[MetricId.FAILURE_RATE]
    found = measured(held, rule, NOW)
    assert shown.value is not None
    assert (found.value, found.n) == (100 * shown.value, 3)
    elsewhere = a_rule(None, metric=AlertMetric.REWORK_RATE, above=1.0, stage="Staging")
    assert measured(held, elsewhere, NOW).value is None


def test_each_service_is_measured_as_a_rule_on_it_alone_would_be():
    hours = timedelta(hours=1)
    attempts = [
        attempt(to_instant(NOW - n * hours), n=str(n), service_id=("authn", "billing")[n % 2], cluster_id=AQUILA,
                build_version=f"1.{n}.0", status=Status.FAILED if n % 3 == 0 else Status.ROLLBACK if n % 5 == 0
                else Status.SUCCESS)
        for n in range(1, 24)
    ]  # fmt: skip
    held = generation(attempts, catalog=CATALOG)
    for metric in AlertMetric:
        rule = a_rule(None, metric=metric, above=1.0)
        alone = {one: measured(held, replace(rule, services=(one,)), NOW) for one in ("authn", "billing")}
        assert measured_apart(held, replace(rule, per_service=True), NOW) == alone
    nobody = a_rule(None, metric=AlertMetric.ROLLBACK_RATE, above=1.0, team="Nobody", per_service=True)
    assert measured_apart(held, nobody, NOW) == {}


FILE = """
clusters: [{id: m, name: M, type: Production, order: 1}]
services: [{id: s, name: S, team: T}]
alerts:
  - """


def test_a_rule_passes_through_file_and_table():
    text = (
        "{id: b, name: B, metric: rollback_rate, above: 10, clear: 5.5, window_days: 14, team: T, to: [ops, pager]}"
    )
    (rule,) = parse_catalog(FILE + text).alerts
    assert (rule.metric, rule.above, rule.cleared_at, rule.to) == ("rollback_rate", 10.0, 5.5, ("ops", "pager"))
    assert to_rule("b", rule_body(rule)) == rule
    (each,) = parse_catalog(FILE + text.replace("above", "per: service, above")).alerts
    assert (each.per_service, rule.per_service) == (True, False)
    assert to_rule("b", rule_body(each)) == each
    kept_before = {name: value for name, value in rule_body(rule).items() if name != "perService"}
    assert to_rule("b", kept_before) == rule


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{id: a, name: A, to: [ops]}", "alerts.0: needs either event or metric"),
        ("{id: a, name: A, event: failed, to: []}", "alerts.0.to: "),
        ("{id: a, name: A, event: fails, to: [o]}", "alerts.0.event: Input should be 'failed'"),
        ("{id: a, name: A, event: failed, above: 3, to: [o]}", "alerts.0.above: is for rules on a metric"),
        ("{id: a, name: A, event: failed, per: service, to: [o]}", "alerts.0.per: is for rules on a metric"),
        ("{id: a, name: A, metric: rollback_rate, above: 5, per: team, to: [o]}", "alerts.0.per: "),
        ("{id: a, name: A, metric: rollback_rate, to: [o]}", "alerts.0.metric: needs either above or below"),
        ("{id: a, name: A, metric: rollback_rate, above: 5, clear: 6, to: [o]}", "clear: must not be greater"),
        ("{id: a, name: A, event: failed, clusters: [x], to: [o]}", "x is none of the clusters above"),
        ("{id: a, name: A, event: failed, team: X, to: [o]}", "X is the team of none of the services"),
        ("{id: a, name: A, event: source_silent, stage: Production, to: [o]}", "alerts.0.stage: cannot be told"),
    ],
)
def test_a_rule_that_could_never_do_its_work_is_refused(text: str, complaint: str):
    with pytest.raises(CatalogFileError) as refused:
        parse_catalog(FILE + text)
    assert complaint in str(refused.value)
