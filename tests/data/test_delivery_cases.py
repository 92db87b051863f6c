"""The delivery metrics in cases one can count: numbers, edges of time, what is said where there is no evidence."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from data.delivery_judge import Failure, Kind
from data.delivery_queries import delivery, failed_deployments, numbers_by_service
from data.delivery_views import Band, DeliveryFilter, Edition, Grade, MetricId
from data.errors import NotFound
from data.instants import add, day_before
from data.models import EVERYTHING, Incident, Scope, Status, Trigger
from tests.data.test_delivery import LYRA, PERIOD, made, metric, numbers, out, rows
from tests.read_model import AQUILA, MIRA, NOW, PAVO, gate

WENT_BACK = [
    out("2026-02-10T10:00:00Z", "1.0.0"), out("2026-02-11T10:00:00Z", "2.0.0"),
    out("2026-02-12T10:00:00Z", "3.0.0"), out("2026-02-13T10:00:00Z", "1.0.0"),
]  # fmt: skip


def of_day(found, day):
    return next(one for one in found.buckets if one.label == day)


def test_going_back_to_the_first_of_three_versions_blames_the_second():
    gen = made(WENT_BACK)
    found = numbers(gen)
    assert (found.deployments, found.restores, found.failed, found.releases) == (3, 1, 1, 3)
    assert [one.build_version for one in rows(gen, failure=Failure.RESTORED)] == ["2.0.0"]
    (failed,) = failed_deployments(gen, EVERYTHING, 0, 10**14)
    assert (failed.service_id, failed.build_version, failed.cluster_id) == ("authn", "2.0.0", AQUILA)
    assert found.metrics[MetricId.RECOVERY_TIME].value == 2 * 86_400
    assert found.metrics[MetricId.REWORK_RATE].value == 1 / 4


def test_one_rollout_to_two_regions_is_one_release_and_two_deployments():
    gen = made([out("2026-02-10T10:00:00Z", "1.0.0"), out("2026-02-10T10:05:00Z", "1.0.0", LYRA)])
    found = delivery(gen, EVERYTHING, PERIOD, NOW)
    assert (found.numbers.releases, found.numbers.deployments) == (1, 2)
    assert [(one.key, one.numbers.releases) for one in found.clusters] == [(AQUILA, 1), (LYRA, 1)]
    assert numbers(gen, replace(PERIOD, cluster_id=LYRA)).releases == 1


def test_without_evidence_there_is_no_number_and_no_band():
    found = numbers(made([]))
    assert {one.value for one in found.metrics.values()} == {None}
    assert {one.band for one in found.metrics.values()} == {None}
    assert [found.metrics[which].reason for which in MetricId] == [
        "before_first_event", "no_deployments", "no_deployments", "no_failures", "no_deployments",
    ]  # fmt: skip
    assert (found.coverage.grade, found.score) == (None, None)


def test_an_empty_period_after_the_first_event_has_true_zeros():
    gen = made(WENT_BACK)
    found = delivery(gen, EVERYTHING, DeliveryFilter("2026-02-15", "2026-02-20"), NOW)
    assert found.numbers.metrics[MetricId.FREQUENCY].value == 0
    assert [one.deployments for one in found.buckets] == [0] * 6
    early = delivery(gen, EVERYTHING, DeliveryFilter("2026-02-08", "2026-02-10"), NOW)
    assert [one.deployments for one in early.buckets] == [None, None, 1]
    assert early.numbers.metrics[MetricId.FREQUENCY].value == 1.0  # a day, of the one since the first event


def test_a_period_of_one_day_is_that_day():
    gen = made(WENT_BACK)
    found = delivery(gen, EVERYTHING, DeliveryFilter("2026-02-11", "2026-02-11"), NOW)
    assert (found.numbers.deployments, len(found.buckets), found.grain) == (1, 1, "day")


def test_a_period_that_lies_ahead_has_no_day():
    found = delivery(made(WENT_BACK), EVERYTHING, DeliveryFilter("2026-03-01", "9999-12-31"), NOW)
    assert (found.buckets, found.previous) == ([], None)
    assert found.numbers.metrics[MetricId.FREQUENCY].reason == "before_first_event"


def test_a_late_attempt_comes_into_the_bucket_that_was_shown_already():
    before = delivery(made(WENT_BACK), EVERYTHING, PERIOD, NOW)
    late = out("2026-02-10T23:00:00Z", "1.5.0", received_at="2026-02-24T11:00:00.000Z")
    after = delivery(made([*WENT_BACK, late]), EVERYTHING, PERIOD, NOW)
    assert (of_day(before, "2026-02-10").deployments, of_day(after, "2026-02-10").deployments) == (1, 2)


def test_an_attempt_belongs_to_the_utc_day_it_started_whatever_clocks_did_that_night():
    night = [out("2026-03-29T00:59:00Z", "1"), out("2026-03-29T23:59:00Z", "2"), out("2026-03-30T00:00:00Z", "3")]
    found = delivery(
        made(night), EVERYTHING, DeliveryFilter("2026-03-28", "2026-03-30"), datetime(2026, 3, 30, 9, tzinfo=UTC)
    )
    assert [one.deployments for one in found.buckets] == [None, 2, 1]


def test_the_53rd_iso_week_reaches_into_the_next_year():
    now = datetime(2027, 1, 20, 12, tzinfo=UTC)
    gen = replace(
        made([out("2026-12-31T10:00:00Z", "1"), out("2027-01-03T10:00:00Z", "2"), out("2027-01-04T10:00:00Z", "3")]),
        first_day="2026-06-01",
    )
    found = delivery(gen, EVERYTHING, DeliveryFilter("2026-11-30", "2027-01-19"), now)
    assert found.grain == "week"
    assert [(one.label, one.deployments) for one in found.buckets][4:6] == [("2026-12-28", 2), ("2027-01-04", 1)]
    assert [one.partial for one in found.buckets] == [False] * 7 + [True]


def test_long_periods_are_told_by_the_month():
    gen = made(WENT_BACK)
    found = delivery(gen, EVERYTHING, DeliveryFilter("2025-10-15", "2026-02-24"), NOW)
    assert [one.label for one in found.buckets] == [
        "2025-10-01",
        "2025-11-01",
        "2025-12-01",
        "2026-01-01",
        "2026-02-01",
    ]
    assert [one.partial for one in found.buckets] == [True, False, False, False, True]
    month = rows(gen, DeliveryFilter("2025-10-15", "2026-02-24"), day="2026-02-01")
    assert len(month) == 4


def test_more_than_half_of_the_failures_open_says_nothing_of_recovery():
    back = {"status": Status.ROLLBACK}
    gen = made([out("2026-02-10T10:00:00Z", "1", **back), out("2026-02-11T10:00:00Z", "2", LYRA, **back)])
    found = numbers(gen)
    assert found.metrics[MetricId.RECOVERY_TIME].value is None
    assert found.metrics[MetricId.RECOVERY_TIME].reason == "censored"
    assert (found.open_failures.count, found.open_failures.oldest_since) == (2, "2026-02-10T10:10:00.000Z")
    assert found.open_failures.oldest_sec == 14 * 86_400 + 110 * 60


def test_a_cluster_that_is_not_production_has_no_numbers():
    found = numbers(made(WENT_BACK), replace(PERIOD, cluster_id=MIRA))
    assert {one.reason for one in found.metrics.values()} == {"not_production"}


@pytest.mark.parametrize("change", [{"service_id": "x"}, {"cluster_id": "x"}, {"team": "x"}])
def test_what_is_unknown_is_not_found(change):
    with pytest.raises(NotFound):
        delivery(made(WENT_BACK), EVERYTHING, replace(PERIOD, **change), NOW)


def test_what_is_out_of_scope_is_in_no_number():
    gen = made([*WENT_BACK, out("2026-02-10T10:00:00Z", "1.0.0", LYRA)])
    narrow = Scope(clusters=frozenset({LYRA}))
    assert delivery(gen, narrow, PERIOD, NOW).numbers.deployments == 1
    assert [one.key for one in delivery(gen, narrow, PERIOD, NOW).clusters] == [LYRA]
    assert failed_deployments(gen, narrow, 0, 10**14) == []


def test_releases_on_some_of_the_clusters_are_the_first_on_those():
    gen = made([
        out("2026-02-10T10:00:00Z", "1.0.0"), out("2026-02-11T10:00:00Z", "1.0.0", LYRA),
        out("2026-02-12T10:00:00Z", "2.0.0", LYRA),
    ])  # fmt: skip
    assert numbers(gen, DeliveryFilter("2026-02-11", "2026-02-24")).releases == 1
    assert numbers(gen, DeliveryFilter("2026-02-11", "2026-02-24", cluster_id=LYRA)).releases == 2


def test_a_small_sample_has_its_band_greyed_and_its_interval_wide():
    found = metric(made(WENT_BACK), MetricId.FAILURE_RATE)
    assert (found.band, found.band_reason, found.n) == (Band.LOW, "small_sample", 3)
    assert found.low < 0.07 < 0.79 < found.high


def test_the_frequency_has_a_band_after_four_full_weeks():
    daily = [out(f"{day_before('2026-02-23', back)}T10:00:00Z", f"1.{100 - back}.0") for back in range(35)]
    assert metric(made(daily), MetricId.FREQUENCY).band is Band.ELITE
    weekly = [one for place, one in enumerate(daily) if place % 7 == 0]
    assert metric(made(weekly), MetricId.FREQUENCY).band is Band.HIGH
    cut = DeliveryFilter("2026-01-27", "2026-02-24")  # three full weeks
    assert metric(made(weekly), MetricId.FREQUENCY, cut).band_reason == "insufficient_history"
    whole = DeliveryFilter("2026-01-19", "2026-02-24")
    assert metric(made(weekly), MetricId.FREQUENCY, whole).band is Band.HIGH
    once = made([daily[0], daily[-1]])
    assert metric(once, MetricId.FREQUENCY, whole).band_reason is None
    assert metric(made(daily[:3]), MetricId.FREQUENCY).band_reason == "insufficient_history"


def test_each_edition_has_its_own_worth():
    gen = made(WENT_BACK)
    bands = numbers(gen)
    assert {one.score for one in bands.metrics.values()} == {None}
    scores = numbers(gen, replace(PERIOD, edition=Edition.SCORE_2025))
    assert {one.band for one in scores.metrics.values()} == {None}
    assert scores.metrics[MetricId.REWORK_RATE].score == 7.5
    assert scores.metrics[MetricId.RECOVERY_TIME].score == 6.0  # a day to a week
    assert scores.score is None  # there is no lead time


def test_this_period_is_held_against_the_one_before():
    many = [out(add("2026-02-01T00:00:00.000Z", hour * 3600), f"1.{hour}.0") for hour in range(0, 240, 12)]
    gen = made(
        [
            out("2026-01-01T00:00:00Z", "0.1.0"),
            *many,
            *(out(add(one.started_at, 10 * 86_400), f"2.{n}.0") for n, one in enumerate(many)),
            *(out(add(one.started_at, 10 * 86_400 + 3600), f"2.{n}.1") for n, one in enumerate(many)),
        ]
    )
    change = metric(gen, MetricId.FREQUENCY, DeliveryFilter("2026-02-11", "2026-02-20")).change
    assert (change.trend, change.better, change.relative, change.before_n) == ("up", True, 1.0, 20)
    assert metric(gen, MetricId.LEAD_TIME, DeliveryFilter("2026-02-11", "2026-02-20")).change.trend == "none"


def test_promotion_lead_time_is_from_the_first_success_in_the_lowest_stage():
    gen = made([
        out("2026-02-08T10:00:00Z", "1.0.0", MIRA, status=Status.FAILED), out("2026-02-09T10:00:00Z", "1.0.0", MIRA),
        out("2026-02-09T20:00:00Z", "1.0.0", PAVO), out("2026-02-10T10:00:00Z", "1.0.0"),
        out("2026-02-12T10:00:00Z", "1.0.0", LYRA), out("2026-02-12T12:00:00Z", "1.1.0"),
    ])  # fmt: skip
    found = delivery(gen, EVERYTHING, PERIOD, NOW).promoted
    assert (found.p50, found.n, found.direct_to_prod) == (86_400, 1, 1)


def test_an_incident_without_a_cluster_concerns_the_latest_deployment_of_the_service_anywhere():
    deployed = [out("2026-02-10T10:00:00Z", "1.0.0"), out("2026-02-10T12:00:00Z", "1.0.0", LYRA)]
    gen = made(deployed, [Incident("INC-1", "authn", None, "2026-02-11T00:00:00.000Z", "2026-02-11T01:00:00.000Z")])
    (failed,) = rows(gen, failure=Failure.INCIDENT)
    assert (failed.cluster_id, failed.incident_id, failed.recovery_sec) == (LYRA, "INC-1", 3600)
    late = [Incident("INC-1", "authn", None, "2026-02-13T12:10:00.001Z")]
    assert rows(made(deployed, late), failure=Failure.INCIDENT) == []


def test_coverage_counts_what_the_numbers_need():
    full = {"trigger": Trigger.MERGE, "gates": (gate("FUNCTIONAL"),), "committed_at": "2026-02-01T00:00:00.000Z"}
    gen = made(
        [out("2026-02-10T10:00:00Z", "1", **full), out("2026-02-11T10:00:00Z", "2", **full | {"ended_at": None})]
    )
    found = numbers(gen).coverage
    assert (found.n, found.commit_time, found.tests, found.ended, found.trigger, found.complete) == (2, 2, 2, 1, 2, 1)
    assert found.grade is Grade.C


def test_numbers_by_service_are_those_of_the_page():
    gen = made([*WENT_BACK, out("2026-02-10T10:00:00Z", "1.0.0", service_id="billing")])
    by_service = numbers_by_service(gen, EVERYTHING, PERIOD.start, PERIOD.end, NOW)
    listed = delivery(gen, EVERYTHING, PERIOD, NOW).services
    assert by_service == {one.key: one.numbers for one in listed}
    alone = numbers(gen, replace(PERIOD, service_id="authn"))
    assert (
        replace(alone, metrics={which: replace(one, change=None) for which, one in alone.metrics.items()})
        == by_service["authn"]
    )


def test_a_row_left_out_says_why():
    gen = made([*WENT_BACK, out("2026-02-14T10:00:00Z", "4.0.0", status=Status.FAILED)])
    left = rows(gen, metric=MetricId.LEAD_TIME, included=False)
    assert [one.excluded for one in left] == ["failed_rollout", "restore"] + ["no_commit_time"] * 3
    assert [one.kind for one in rows(gen, metric=MetricId.REWORK_RATE, included=False)] == [Kind.FAILED_ROLLOUT]
    assert len(rows(gen, day="2026-02-10")) == 1
