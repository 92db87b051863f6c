"""The numbers of the score card beside a slow, obvious count of the raw attempts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.instants import add, day_before, to_instant
from data.models import EVERYTHING, Attempt, Scope, Status
from data.scorecard_models import Level, ScoreRule
from data.scorecard_numbers import numbers
from data.scorecard_queries import card
from data.scorecard_views import Measured, Outcome
from tests.read_model import AQUILA, CATALOG, MIRA, NOW, PAVO, attempt, gate, generation

TODAY, AT = "2026-02-24", to_instant(NOW)


def rule(metric: str, days: int = 30, suite: str | None = None) -> ScoreRule:
    return ScoreRule(metric, metric, metric, ">=", 1.0, Level.BRONZE, days=days, suite=suite)


def measured(attempts: list[Attempt], one: ScoreRule, service: str = "authn", scope: Scope = EVERYTHING) -> Measured:
    return numbers(generation(attempts), scope, [one], TODAY, AT)[service][one.rule_id]


ATTEMPTS = st.lists(
    st.builds(
        lambda days, status, cluster, service, cancelled, minutes, n: attempt(
            f"{day_before(TODAY, days)}T0{n % 10}:0{n // 10 % 6}:00Z", status=status, cluster_id=cluster,
            service_id=service, cancelled=cancelled and status is Status.FAILED, n=str(n),
            ended_at=add(f"{day_before(TODAY, days)}T0{n % 10}:0{n // 10 % 6}:00.000Z", minutes * 60),
        ),
        st.integers(0, 40), st.sampled_from([s for s in Status if s is not Status.IN_PROGRESS]),
        st.sampled_from([MIRA, PAVO, AQUILA]), st.sampled_from(["authn", "billing"]), st.booleans(),
        st.integers(0, 90), st.integers(1, 999),
    ),
    max_size=12, unique_by=lambda one: one.attempt_id,
)  # fmt: skip


@given(ATTEMPTS)
def test_rates_and_durations_are_those_of_the_raw_attempts(attempts):
    rules = [rule("attempt_success_rate"), rule("rollback_rate"), rule("failed_rollout_rate"),
             rule("deploy_duration_mean"), rule("days_since_production")]  # fmt: skip
    found = numbers(generation(attempts), EVERYTHING, rules, TODAY, AT)
    for service in ("authn", "billing"):
        mine = [one for one in attempts if one.service_id == service and not one.cancelled]
        recent = [one for one in mine if one.started_at >= day_before(TODAY, 29)]
        good = [one for one in recent if one.status in (Status.SUCCESS, Status.LIVE)]
        bad = [one for one in recent if one.status is Status.FAILED]
        back = [one for one in recent if one.status is Status.ROLLBACK]
        assert_share(found[service]["attempt_success_rate"], len(good), len(recent))
        assert_share(found[service]["failed_rollout_rate"], len(bad), len(recent))
        assert_share(found[service]["rollback_rate"], len(back), len(good) + len(back))
        took = [(int(one.ended_at[11:13]) - int(one.started_at[11:13])) * 60
                + int(one.ended_at[14:16]) - int(one.started_at[14:16]) for one in good if one.ended_at]  # fmt: skip
        mean = found[service]["deploy_duration_mean"].value
        assert mean == (pytest.approx(sum(took) / len(took), rel=1e-5) if took else None)
        out = [
            one.started_at[:10]
            for one in mine
            if one.cluster_id == AQUILA and one.status in (Status.SUCCESS, Status.LIVE)
        ]
        since = found[service]["days_since_production"].value
        assert since == (next(n for n in range(99) if day_before(TODAY, n) == max(out)) if out else None)


def assert_share(found: Measured, part: int, whole: int) -> None:
    assert found.n == whole
    assert found.value == (pytest.approx(part * 100 / whole) if whole else None)
    assert (found.reason is None) == bool(whole)


def test_a_pass_rate_is_of_one_suite_without_the_skipped():
    gates = (gate("FUNCTIONAL", 10, failed=1, skipped=2), gate("SANITY", 4))
    assert measured(
        [attempt("2026-02-20T10:00:00Z", gates=gates)], rule("pass_rate", suite="FUNCTIONAL")
    ) == Measured(87.5, 8)
    assert measured([attempt("2026-02-20T10:00:00Z")], rule("pass_rate", suite="FUNCTIONAL")).reason == "no_tests"


def test_what_is_of_now_says_why_there_is_nothing_to_count():
    gates = (gate("FUNCTIONAL"),)
    ran = [attempt("2026-02-20T10:00:00Z", gates=gates), attempt("2026-02-20T11:00:00Z", service_id="billing")]
    assert measured(ran, rule("gates_missing")) == Measured(1.0, 1)
    assert measured(ran, rule("gates_missing"), "billing").reason == "no_suites_expected"
    assert measured([], rule("gates_missing")).reason == "never_deployed"
    assert measured([], rule("healthy_pairs")).reason == "never_deployed"
    assert measured(ran, rule("healthy_pairs"), "billing") == Measured(100.0, 1)
    assert measured(ran, rule("versions_behind")).reason == "nothing_in_production"


def test_nine_of_ten_took_no_longer():
    took = [
        attempt(f"2026-02-{day:02}T10:00:00Z", ended_at=f"2026-02-{day:02}T10:{day:02}:00.000Z")
        for day in range(1, 12)
    ]
    assert measured(took, rule("deploy_duration_p90")) == Measured(10.0, 11)
    assert measured(took, rule("deploy_duration_p90"), "billing").reason == "no_successful_attempts"


def test_production_is_behind_what_served_in_the_stage_before():
    served = [
        attempt(f"2026-02-2{n}T10:00:00Z", cluster_id=PAVO, build_version=f"1.{n}.0", status=Status.LIVE)
        for n in (1, 2)
    ]
    served.append(attempt("2026-02-21T12:00:00Z", cluster_id=AQUILA, build_version="1.1.0", status=Status.LIVE))
    assert measured(served, rule("versions_behind")) == Measured(1.0, 1)


def test_a_version_with_two_verdicts_of_a_suite_is_flaky():
    def tried(hour: int, failed: int, version: str) -> Attempt:
        gates = (gate("FUNCTIONAL", failed=failed),)
        return attempt(f"2026-02-20T{hour}:00:00Z", build_version=version, gates=gates)

    flips = [tried(10, 1, "1.0.0"), tried(11, 0, "1.0.0"), tried(12, 0, "1.1.0"), tried(13, 0, "1.1.0")]
    assert measured(flips, rule("flake_share")) == Measured(50.0, 2)
    assert measured(flips[:1], rule("flake_share")).reason == "nothing_judged_twice"


def test_numbers_of_delivery_come_in_the_unit_of_their_rules():
    def live(day: int, **changes: object) -> Attempt:
        values = {"cluster_id": AQUILA, "build_version": f"1.{day}.0", "status": Status.LIVE} | changes
        return attempt(f"2026-02-{day}T10:00:00Z", committed_at=f"2026-02-{day - 1}T10:10:00.000Z", **values)

    shipped = [live(11), live(12), live(13, status=Status.ROLLBACK), live(14)]
    assert measured(shipped, rule("change_failure_rate")) == Measured(25.0, 4)
    assert measured(shipped, rule("deployment_frequency", days=14)) == Measured(round(4 / 14, 9), 4)
    assert measured(shipped, rule("change_lead_time")) == Measured(24.0, 4)
    assert measured(shipped, rule("change_failure_rate"), "billing").value is None
    assert measured(shipped, rule("change_failure_rate"), "billing").reason is not None


def test_a_card_is_cut_to_the_scope_in_services_and_in_numbers():
    attempts = [
        attempt("2026-02-20T10:00:00Z"),
        attempt("2026-02-20T11:00:00Z", cluster_id=PAVO, status=Status.FAILED),
    ]
    catalog = replace(CATALOG, score_rules=(rule("attempt_success_rate"),))
    gen = generation(attempts, catalog=catalog)
    mine = card(gen, Scope(frozenset({MIRA}), frozenset({"authn"})), NOW)
    assert [one.service_id for one in mine.services] == ["authn"]
    assert mine.services[0].cells[0].value == 100.0
    everything = card(gen, EVERYTHING, NOW)
    assert everything.services[0].cells[0].value == 50.0
    assert everything.services[1].cells[0].outcome is Outcome.NO_DATA
