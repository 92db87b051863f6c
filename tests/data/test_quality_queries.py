"""What is told of tests, retries and gates of a generation, by a filter, and that it agrees with the rows."""

import dataclasses

import pytest

from data.errors import NotFound
from data.gate_queries import back_test, effectiveness
from data.models import EVERYTHING, Scope, Status, Verdict
from data.quality_queries import flakiness, quality
from data.quality_views import BackTestRule, CaseKind, QualityFilter
from tests.data.quality_worlds import FAILED, judged, tried, word
from tests.read_model import AQUILA, MIRA, NOW, PAVO, gate, generation

FEBRUARY = QualityFilter("2026-02-01", "2026-02-24")


def timed(suite: str, seconds: float, **changes: int):
    return dataclasses.replace(gate(suite, **changes), duration_sec=seconds)


ATTEMPTS = [
    tried(1, gates=(timed("SANITY", 60, failed=2, skipped=1), timed("FUNCTIONAL", 600))),
    tried(2, gates=(timed("SANITY", 120),)),
    tried(30, service_id="billing", failure_reason="image pull", **FAILED),
    tried(31, service_id="billing"),
    tried(40, build_version="1.1.0", gates=word("SANITY", Verdict.FAILED)),
    tried(41, build_version="1.2.0", cluster_id=PAVO, gates=(gate("SANITY"),)),
    tried(50, build_version="1.2.0", cluster_id=AQUILA),
    tried(51, build_version="1.2.0", cluster_id=MIRA, status=Status.ROLLBACK),
    tried(60, build_version="1.3.0", cluster_id=AQUILA, status=Status.ROLLBACK),
]
GEN = generation(ATTEMPTS)


def test_pass_rates_leave_skipped_tests_out_or_count_them():
    found = quality(GEN, EVERYTHING, FEBRUARY, NOW)
    assert (found.numbers.passed, found.numbers.total, found.numbers.skipped) == (37, 40, 1)
    assert (found.numbers.pass_rate.value, found.numbers.pass_rate_all.value) == (37 / 39, 37 / 40)
    [billing] = [one for one in found.services if one.service_id == "billing"]
    assert (billing.numbers.pass_rate.value, billing.numbers.pass_rate.reason) == (None, "no_tests")


def test_a_suite_says_how_long_it_took_of_those_gates_that_say_so():
    suites = {one.suite: one for one in quality(GEN, EVERYTHING, FEBRUARY, NOW).suites}
    assert (suites["SANITY"].seconds, suites["SANITY"].timed) == (90.0, 2)
    assert (suites["REGRESSION"].seconds, suites["REGRESSION"].p90) == (None, None)
    assert suites["SANITY"].before is None


def test_a_suite_that_failed_and_passed_unchanged_leads_to_both_builds():
    found = quality(GEN, EVERYTHING, FEBRUARY, NOW)
    assert [(one.suite, one.failed_id, one.passed_id) for one in found.turns] == [
        ("SANITY", ATTEMPTS[0].attempt_id, ATTEMPTS[1].attempt_id)
    ]
    assert [(one.service_id, one.suite, one.flipped) for one in found.flaky] == [("authn", "SANITY", 1)]


def test_what_ran_twice_within_an_attempt_is_flaky_and_what_is_not_known_is_counted():
    twice = tried(3, gates=judged("SANITY", (Verdict.FAILED, Verdict.PASSED)))
    found = quality(generation([twice]), EVERYTHING, FEBRUARY, NOW)
    assert [(one.failed_id, one.passed_id) for one in found.turns] == [(twice.attempt_id, twice.attempt_id)]
    assert [(one.suite, one.flipped, one.n) for one in found.flaky] == [("SANITY", 1, 1)]
    assert (found.turned, found.repeated, found.untold) == (1, 1, 0)
    assert quality(GEN, EVERYTHING, FEBRUARY, NOW).untold == sum(bool(one.gates) for one in ATTEMPTS)


def test_the_tax_is_told_by_place_service_and_reason_with_all_that_failed():
    tax = flakiness(GEN, EVERYTHING, FEBRUARY, NOW).tax
    assert (tax.failed, tax.retries, tax.rescued, tax.share.value) == (1, 1, 1, 1.0)
    assert tax.lost_sec == 3600 + 600
    assert [(one.key, one.retries, one.failed) for one in tax.services] == [("billing", 1, 1)]
    assert [(one.key, one.retries, one.failed) for one in tax.reasons] == [("image pull", 1, None)]
    assert (tax.rows[0].attempt_id, tax.rows[0].success_id) == (ATTEMPTS[2].attempt_id, ATTEMPTS[3].attempt_id)


def test_an_attempt_belongs_to_the_day_it_started_whenever_it_was_rescued():
    evening = generation([tried(23, **FAILED), tried(25)])
    first = QualityFilter("2026-02-02", "2026-02-02")
    assert flakiness(evening, EVERYTHING, first, NOW).tax.retries == 1
    assert flakiness(evening, EVERYTHING, QualityFilter("2026-02-03", "2026-02-03"), NOW).tax.retries == 0


def test_below_the_least_n_no_share_of_a_region_is_told():
    same = flakiness(GEN, EVERYTHING, FEBRUARY, NOW).same_build
    assert (same.compared, same.mixed) == (1, 1)
    assert {(one.cluster_id, one.share.value, one.share.reason) for one in same.regions} == {
        (cluster, None, "small_sample") for cluster in (MIRA, PAVO, AQUILA)
    }
    assert [place.succeeded for place in same.rows[0].places] == [False, True, True]


def test_the_gates_cases_add_up_to_their_counts():
    found = effectiveness(GEN, EVERYTHING, FEBRUARY, NOW)
    [sanity] = [one for one in found.suites if one.suite == "SANITY"]
    assert (sanity.false_alarms, sanity.catches, sanity.escapes, sanity.runs) == (1, 1, 0, 4)
    assert (sanity.seconds, sanity.minutes_per_catch) == (180.0, 3.0)
    assert (sanity.precision.value, sanity.precision.n) == (0.5, 2)
    assert sanity.escape_rate.reason == "no_failures"
    assert found.total == len(found.cases) == 2
    [functional] = [one for one in found.suites if one.suite == "FUNCTIONAL"]
    assert (functional.minutes_per_catch, functional.reason) == (None, "no_catches")


def test_a_failed_deployment_whose_suites_had_passed_is_an_escape():
    gen = generation([
        tried(1, cluster_id=PAVO, gates=(gate("SANITY"),)), tried(5, cluster_id=AQUILA, status=Status.ROLLBACK)
    ])  # fmt: skip
    found = effectiveness(gen, EVERYTHING, FEBRUARY, NOW)
    assert [(one.suite, one.kind) for one in found.cases] == [("SANITY", CaseKind.ESCAPE)]


def test_a_back_test_judges_each_deployment_once():
    found = back_test(GEN, EVERYTHING, FEBRUARY, BackTestRule(("SANITY",), None, 12.0), NOW)
    assert (found.deployments, found.left_out) == (2, 0)
    assert (found.blocked_rightly, found.blocked_wrongly, found.let_go_rightly, found.missed) == (1, 1, 0, 0)
    assert (found.delayed, found.median_delay_sec) == (1, 12 * 3600 - 9 * 3600 + 600)
    assert [one.reasons for one in found.rows] == [("not_before", "suite:SANITY:none"), ("soak",)]


def test_a_filter_leaves_out_what_it_does_not_name_and_refuses_what_there_is_not():
    team = dataclasses.replace(FEBRUARY, service_id="billing")
    assert effectiveness(GEN, EVERYTHING, team, NOW).total == 0
    assert flakiness(GEN, EVERYTHING, dataclasses.replace(FEBRUARY, cluster_id=PAVO), NOW).tax.retries == 0
    with pytest.raises(NotFound):
        quality(GEN, EVERYTHING, dataclasses.replace(FEBRUARY, service_id="nobody"), NOW)
    with pytest.raises(NotFound):
        quality(GEN, Scope(services=frozenset({"authn"})), team, NOW)


def test_nothing_gives_no_number():
    empty = generation([])
    assert quality(empty, EVERYTHING, FEBRUARY, NOW).numbers.pass_rate.value is None
    assert flakiness(empty, EVERYTHING, FEBRUARY, NOW).tax.share.reason == "no_failures"
    assert effectiveness(empty, EVERYTHING, FEBRUARY, NOW).cases == []
    assert back_test(empty, EVERYTHING, FEBRUARY, BackTestRule(), NOW).median_delay_sec is None
