"""What the screens are told of a generation: health by the rule, parts that add up, scopes that hold."""

import dataclasses
from datetime import timedelta

import pytest

from data import queries
from data.analytics_queries import analytics
from data.errors import NotFound
from data.models import EVERYTHING, Gate, Health, Scope, Status, Verdict
from data.views import AnalyticsFilter, Counts, Rate
from tests.read_model import AQUILA, MIRA, NOW, PAVO, SUITES, attempt, gate, generation

TODAY, YESTERDAY = "2026-02-24", "2026-02-23"
PASSED = tuple(gate(suite) for suite in SUITES)


def state(*attempts):
    [(_, found)] = queries.cluster_summary(generation(attempts), EVERYTHING, MIRA, TODAY, TODAY, NOW).services
    return found


def test_a_pair_is_healthy_when_its_latest_finished_attempt_succeeded_and_no_gate_failed():
    found = state(attempt("2026-02-24T10:00:00Z", gates=PASSED))
    assert (found.health, found.why) == (Health.HEALTHY, "")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": Status.FAILED, "failure_reason": "image pull"}, "failed: image pull"),
        ({"status": Status.FAILED}, "failed"),
        ({"status": Status.ROLLBACK}, "rolled back"),
        ({"gates": (gate("SANITY", failed=1),)}, "sanity gate failed"),
        ({"gates": (gate("SANITY", failed=1), gate("REGRESSION", failed=2))}, "sanity and regression gates failed"),
    ],
)
def test_a_pair_needs_attention_otherwise_and_says_why(changes, why):
    found = state(attempt("2026-02-24T09:00:00Z"), attempt("2026-02-24T10:00:00Z", **changes))
    assert (found.health, found.why) == (Health.ATTENTION, why)


def test_a_cancelled_or_running_attempt_changes_nothing_about_health():
    found = state(
        attempt("2026-02-24T09:00:00Z"),
        attempt("2026-02-24T10:00:00Z", status=Status.FAILED, cancelled=True),
        attempt("2026-02-24T11:00:00Z", status=Status.IN_PROGRESS),
    )
    assert found.health is Health.HEALTHY
    assert found.latest.status is Status.IN_PROGRESS
    assert found.serving_version == "1.0.0"


def test_a_pair_that_never_finished_an_attempt_is_unknown():
    found = state(attempt("2026-02-24T11:00:00Z", status=Status.IN_PROGRESS))
    assert (found.health, found.why) == (Health.UNKNOWN, "no attempt has finished yet")


def test_an_expected_suite_without_a_run_is_missing_and_never_passed():
    found = state(attempt("2026-02-24T10:00:00Z", gates=(gate("SANITY"), gate("EXTRA"))))
    verdicts = [(one.suite, one.verdict) for one in found.gates]
    assert verdicts == [
        ("FUNCTIONAL", Verdict.MISSING), ("SANITY", Verdict.PASSED), ("EXTRA", Verdict.PASSED),
    ]  # fmt: skip


def test_the_parts_of_a_clusters_health_add_up():
    view = queries.overview(generation([
        attempt("2026-02-24T10:00:00Z"),
        attempt("2026-02-24T10:00:00Z", service_id="billing", status=Status.FAILED),
        attempt("2026-02-24T11:00:00Z", service_id="new", status=Status.IN_PROGRESS),
    ]), EVERYTHING, NOW)  # fmt: skip
    [mira, pavo, aquila] = view.clusters
    assert [one.cluster.cluster_id for one in view.clusters] == [MIRA, PAVO, AQUILA]
    assert (mira.services, mira.healthy, mira.attention, mira.unknown) == (3, 1, 1, 1)
    assert (mira.in_progress, mira.latest_attempt_at) == (1, "2026-02-24T11:00:00.000Z")
    assert (pavo.services, pavo.latest_attempt_at) == (0, None)


def test_attention_lists_production_first_then_the_newest():
    view = queries.overview(generation([
        attempt("2026-02-24T10:00:00Z", status=Status.FAILED),
        attempt("2026-02-24T11:00:00Z", cluster_id=PAVO, status=Status.FAILED),
        attempt("2026-02-23T10:00:00Z", cluster_id=AQUILA, status=Status.ROLLBACK),
    ]), EVERYTHING, NOW)  # fmt: skip
    assert [one.cluster_id for one in view.attention] == [AQUILA, PAVO, MIRA]


def test_the_overviews_day_rolls_and_its_weeks_are_utc_days():
    view = queries.overview(generation([
        attempt("2026-02-23T11:59:59Z"),
        attempt("2026-02-23T12:00:00Z", status=Status.FAILED),
        attempt("2026-02-24T11:00:00Z", status=Status.IN_PROGRESS),
        attempt("2026-02-18T00:00:00Z"),
        attempt("2026-02-17T23:59:59Z", status=Status.FAILED),
        attempt("2026-02-11T00:00:00Z"),
        attempt("2026-02-10T23:59:59Z"),
    ]), EVERYTHING, NOW)  # fmt: skip
    assert view.last_24h == Counts(failed=1, in_progress=1)
    assert (view.deploys_7d, view.success_rate_7d) == (3, Rate(2 / 3, 3))
    assert (view.previous_deploys_7d, view.previous_success_rate_7d) == (2, Rate(0.5, 2))


def test_services_are_listed_by_name_with_their_clusters_in_promotion_order():
    rows = queries.services(generation([
        attempt("2026-02-24T10:00:00Z", cluster_id=AQUILA),
        attempt("2026-02-24T10:00:00Z"),
    ]), EVERYTHING, NOW)  # fmt: skip
    assert [(row.service.name, list(row.states)) for row in rows] == [
        ("Authentication", [MIRA, AQUILA]), ("Billing", []),
    ]  # fmt: skip


def test_a_cluster_summary_counts_its_days_only_and_states_them():
    view = queries.cluster_summary(generation([
        attempt("2026-02-22T23:59:59Z"),
        attempt("2026-02-23T00:00:00Z"),
        attempt("2026-02-24T10:00:00Z", service_id="billing", status=Status.FAILED),
        attempt("2026-02-24T10:00:00Z", cluster_id=PAVO),
    ]), EVERYTHING, MIRA, YESTERDAY, TODAY, NOW)  # fmt: skip
    assert (view.start, view.end, view.counts) == (YESTERDAY, TODAY, Counts(success=1, failed=1))
    assert [service.service_id for service, _ in view.services] == ["billing", "authn"]


def test_a_service_summary_covers_every_cluster():
    view = queries.service_summary(generation([
        attempt("2026-02-24T10:00:00Z"),
        attempt("2026-02-24T10:00:00Z", cluster_id=AQUILA, status=Status.FAILED),
        attempt("2026-02-24T10:00:00Z", service_id="billing"),
    ]), EVERYTHING, "authn", TODAY, TODAY, NOW)  # fmt: skip
    assert [cluster.cluster_id for cluster, _ in view.states] == [MIRA, AQUILA]
    assert (view.counts, view.success_rate) == (Counts(success=1, failed=1), Rate(0.5, 2))


def test_analytics_flag_the_running_day_and_show_every_suite_of_the_catalog():
    view = analytics(
        generation([attempt("2026-02-24T10:00:00Z", gates=(gate("SANITY", failed=1),))]),
        EVERYTHING, AnalyticsFilter(YESTERDAY, TODAY), NOW,
    )  # fmt: skip
    assert (view.labels, view.success, view.deploys) == ([YESTERDAY, TODAY], [0, 1], [0, 1])
    assert view.partial == TODAY
    assert [one.suite for one in view.suites] == ["FUNCTIONAL", "SANITY", "REGRESSION"]
    assert view.suites[1].pass_rate == [None, pytest.approx(0.9)]
    assert view.suites[0].overall == Rate(None, 0, "no_tests")


def test_a_past_range_has_no_partial():
    view = analytics(generation([]), EVERYTHING, AnalyticsFilter("2026-02-01", "2026-02-02"), NOW)
    assert (view.partial, view.success_rate) == (None, Rate(None, 0, "no_attempts"))


def test_analytics_say_which_days_they_hold():
    view = analytics(generation([]), EVERYTHING, AnalyticsFilter("2024-01-01", TODAY), NOW)
    assert view.filter.start == view.labels[0] == "2025-08-08"


def test_the_scorecard_gives_every_service_its_measured_numbers():
    view = queries.scorecard(generation([
        attempt("2026-02-24T10:00:00Z", gates=(gate("SANITY", failed=5),)),
        attempt("2026-02-24T10:00:00Z", cluster_id=AQUILA, gates=PASSED),
        attempt("2026-02-24T09:00:00Z", cluster_id=AQUILA, status=Status.ROLLBACK),
    ]), EVERYTHING, TODAY, TODAY, NOW)  # fmt: skip
    [authn, billing] = view.rows
    assert (authn.healthy, authn.pairs, authn.gates_missing) == (1, 2, 1)
    assert (authn.success_rate, authn.rollback_rate) == (Rate(2 / 3, 3), Rate(1 / 3, 3))
    assert authn.production_deploys == 1
    assert authn.suites == {"FUNCTIONAL": Rate(1.0, 10), "SANITY": Rate(0.75, 20)}
    assert (billing.pairs, billing.success_rate, billing.mean_deploy_minutes) == (
        0,
        Rate(None, 0, "no_attempts"),
        None,
    )


def test_a_gate_without_counts_is_left_out_of_pass_rates():
    view = queries.scorecard(generation([
        attempt("2026-02-24T10:00:00Z", gates=(Gate("SANITY", Verdict.FAILED),)),
    ]), EVERYTHING, TODAY, TODAY, NOW)  # fmt: skip
    assert view.rows[0].suites["SANITY"] == Rate(None, 0, "no_tests")


def test_what_is_out_of_scope_does_not_exist():
    gen = generation([
        attempt("2026-02-24T10:00:00Z"),
        attempt("2026-02-24T10:00:00Z", service_id="billing", status=Status.FAILED),
        attempt("2026-02-24T10:00:00Z", cluster_id=AQUILA, status=Status.FAILED),
    ])  # fmt: skip
    mine = Scope(clusters=frozenset({MIRA}), services=frozenset({"authn"}))
    view = queries.overview(gen, mine, NOW)
    assert [one.cluster.cluster_id for one in view.clusters] == [MIRA]
    assert [row.service.service_id for row in view.services] == ["authn"]
    assert (list(view.attention), view.last_24h, view.deploys_7d) == ([], Counts(success=1), 1)
    assert queries.cluster_summary(gen, mine, MIRA, TODAY, TODAY, NOW).counts == Counts(success=1)
    assert queries.service_summary(gen, mine, "authn", TODAY, TODAY, NOW).counts == Counts(success=1)
    assert analytics(gen, mine, AnalyticsFilter(TODAY, TODAY), NOW).counts == Counts(success=1)
    assert [row.service.service_id for row in queries.scorecard(gen, mine, TODAY, TODAY, NOW).rows] == ["authn"]
    for ask in (
        lambda: queries.cluster_summary(gen, mine, AQUILA, TODAY, TODAY, NOW),
        lambda: queries.service_summary(gen, mine, "billing", TODAY, TODAY, NOW),
        lambda: analytics(gen, mine, AnalyticsFilter(TODAY, TODAY, cluster_id=AQUILA), NOW),
        lambda: analytics(gen, mine, AnalyticsFilter(TODAY, TODAY, service_id="billing"), NOW),
    ):
        with pytest.raises(NotFound):
            ask()


def test_another_scopes_answer_is_never_given_again_from_memory():
    gen = generation([attempt("2026-02-24T10:00:00Z"), attempt("2026-02-24T10:00:00Z", cluster_id=AQUILA)])
    everything = queries.overview(gen, EVERYTHING, NOW)
    mine = queries.overview(gen, Scope(clusters=frozenset({MIRA})), NOW)
    assert (everything.deploys_7d, mine.deploys_7d) == (2, 1)


@pytest.mark.parametrize("unknown", ["nowhere", "", "mira"])
def test_unknown_ids_are_not_found(unknown):
    gen = generation([attempt("2026-02-24T10:00:00Z")])
    with pytest.raises(NotFound):
        queries.cluster_summary(gen, EVERYTHING, unknown, TODAY, TODAY, NOW)
    with pytest.raises(NotFound):
        queries.service_summary(gen, EVERYTHING, unknown, TODAY, TODAY, NOW)


def test_age_is_told_at_the_moment_of_asking_though_answers_are_kept():
    gen = generation([attempt("2026-02-24T10:00:00Z")])
    assert queries.overview(gen, EVERYTHING, NOW).freshness.age_sec == 0.0
    later = queries.overview(gen, EVERYTHING, NOW + timedelta(seconds=60)).freshness
    assert (later.age_sec, later.stale, later.generation) == (60.0, True, 1000)


def test_the_work_is_done_once_a_generation():
    gen = generation([attempt("2026-02-24T10:00:00Z")])
    first = queries.overview(gen, EVERYTHING, NOW)
    moved = dataclasses.replace(gen, as_of="2026-02-24T12:00:03.000Z")
    assert queries.overview(moved, EVERYTHING, NOW).clusters is first.clusters


def test_a_service_only_seen_is_shown_unconfirmed():
    rows = queries.services(generation([attempt("2026-02-24T10:00:00Z", service_id="new")]), EVERYTHING, NOW)
    assert [row.service.confirmed for row in rows if row.service.service_id == "new"] == [False]


def test_the_serving_attempts_are_known_by_id():
    gen = generation([attempt("2026-02-24T10:00:00Z", n="1"), attempt("2026-02-24T11:00:00Z", n="2")])
    assert queries.serving_attempts(gen) == {f"{MIRA}:authn:1.0.0:2"}
