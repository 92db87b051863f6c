"""What analytics say of a generation, and that the rows behind a number are as many as it says."""

import dataclasses
from datetime import UTC, datetime

import pytest

from data.analytics_queries import analytics, previous
from data.analytics_rows import Rows, RowsWanted, rows
from data.analytics_views import Week
from data.catalog_models import Service
from data.errors import NotFound
from data.models import EVERYTHING, Scope, Status
from data.views import AnalyticsFilter
from tests.read_model import AQUILA, CATALOG, NOW, SUITES, attempt, gate, generation

TEAMS = dataclasses.replace(
    CATALOG, services=(Service("billing", "Billing", team="money", suites=()), Service("authn", "Authn", team="core"))
)
FAILED = {"status": Status.FAILED}
ATTEMPTS = [
    attempt("2026-02-23T09:15:00Z", failure_reason="pod a-1 not ready", **FAILED),
    attempt("2026-02-23T09:45:00Z", gates=(gate("SANITY"),)),
    attempt("2026-02-23T11:00:00Z", service_id="billing", failure_reason="pod b-22 not ready", **FAILED),
    attempt("2026-02-23T11:30:00Z", cluster_id=AQUILA, status=Status.ROLLBACK),
    attempt("2026-02-24T11:59:00Z", status=Status.IN_PROGRESS),
    attempt("2026-02-20T11:00:00Z", gates=(gate("SANITY", failed=1),)),
    attempt("2026-02-20T12:00:00Z", **FAILED, cancelled=True),
]  # fmt: skip
GEN = generation(ATTEMPTS, catalog=TEAMS)
WEEK = AnalyticsFilter("2026-02-18", "2026-02-24")
MORNING = AnalyticsFilter("2026-02-23", "2026-02-23", hours=("2026-02-23T09:00:00.000Z", "2026-02-23T12:00:00.000Z"))


def shown(wanted: AnalyticsFilter, scope: Scope = EVERYTHING, now: datetime = NOW):
    return analytics(GEN, scope, wanted, now)


def found(wanted: RowsWanted, first: int = 0, limit: int = 50) -> Rows:
    return rows(GEN, EVERYTHING, wanted, NOW, first, limit)


def test_a_team_is_its_services():
    assert shown(dataclasses.replace(WEEK, team="money")).counts.failed == 1
    assert shown(dataclasses.replace(WEEK, team="core")).counts.failed == 1
    assert shown(dataclasses.replace(WEEK, team="money", service_id="authn")).counts.total == 0
    with pytest.raises(NotFound, match="team 'nobody'"):
        shown(dataclasses.replace(WEEK, team="nobody"))


def test_a_team_whose_services_are_out_of_scope_does_not_exist():
    with pytest.raises(NotFound):
        shown(dataclasses.replace(WEEK, team="money"), Scope(services=frozenset({"authn"})))


def test_by_the_hour_every_hour_is_there_with_true_zeros():
    view = shown(MORNING)
    assert [one[11:13] for one in view.labels] == ["09", "10", "11"]
    assert (view.success, view.failed, view.rollback) == ([1, 0, 0], [1, 0, 1], [0, 0, 1])
    assert view.deploys == [2, 0, 2]
    assert [one.p50 for one in view.durations] == [10.0, None, None]
    assert view.deploy_minutes == [10.0, None, None]
    assert view.weeks == []


def test_by_the_hour_a_suite_is_judged_by_its_gates():
    [sanity] = [one for one in shown(MORNING).suites if one.suite == "SANITY"]
    assert (sanity.pass_rate, sanity.tests, sanity.overall.n) == ([1.0, None, None], [1, 0, 0], 1)


def test_the_sum_of_hours_is_the_day():
    day = shown(AnalyticsFilter("2026-02-23", "2026-02-23"))
    hours = shown(dataclasses.replace(MORNING, hours=("2026-02-23T00:00:00.000Z", "2026-02-24T00:00:00.000Z")))
    assert hours.counts == day.counts
    assert (hours.duration, hours.mean_deploy_minutes) == (day.duration, day.mean_deploy_minutes)
    assert (hours.reasons, hours.flakes) == (day.reasons, day.flakes)


def test_hours_that_are_still_to_come_are_not_shown():
    today = dataclasses.replace(MORNING, hours=("2026-02-24T00:00:00.000Z", "2026-02-25T00:00:00.000Z"))
    view = shown(today)
    assert len(view.labels) == 13
    assert view.partial == "2026-02-24T12:00:00.000Z"
    assert shown(today, now=datetime(2026, 2, 24, 13, 30, tzinfo=UTC)).partial == "2026-02-24T13:00:00.000Z"


def test_hours_of_which_none_has_come_are_empty():
    tomorrow = dataclasses.replace(MORNING, hours=("2026-02-25T00:00:00.000Z", "2026-02-26T00:00:00.000Z"))
    view = shown(tomorrow)
    assert (view.labels, view.success_rate.value, view.duration.p50) == ([], None, None)


def test_weeks_begin_on_monday_and_a_cut_off_or_running_one_is_partial():
    view = shown(AnalyticsFilter("2026-02-11", "2026-02-24"))
    assert view.weeks == [
        Week("2026-02-09", "2026-02-11", "2026-02-15", 0, True),
        Week("2026-02-16", "2026-02-16", "2026-02-22", 1, False),
        Week("2026-02-23", "2026-02-23", "2026-02-24", 4, True),
    ]


def test_week_53_belongs_to_its_monday():
    gen = generation([attempt("2027-01-02T10:00:00Z")], now=datetime(2027, 1, 10, tzinfo=UTC))
    view = analytics(gen, EVERYTHING, AnalyticsFilter("2026-12-28", "2027-01-03"), datetime(2027, 1, 10, tzinfo=UTC))
    assert view.weeks == [Week("2026-12-28", "2026-12-28", "2027-01-03", 1, False)]


def test_the_period_before_is_as_long_and_ends_where_this_one_begins():
    before = previous(GEN, WEEK)
    assert before and (before.start, before.end) == ("2026-02-11", "2026-02-17")
    hours = previous(GEN, MORNING)
    assert hours and hours.hours == ("2026-02-23T06:00:00.000Z", "2026-02-23T09:00:00.000Z")


def test_a_period_before_that_is_not_held_in_full_is_none():
    assert previous(GEN, AnalyticsFilter(GEN.first_day, "2026-02-24")) is None


@pytest.mark.parametrize("wanted", [
    WEEK, MORNING, dataclasses.replace(WEEK, service_id="authn"), dataclasses.replace(WEEK, cluster_id=AQUILA),
    dataclasses.replace(WEEK, team="money"),
], ids=["all", "hours", "service", "cluster", "team"])  # fmt: skip
def test_every_number_has_as_many_rows(wanted):
    view = shown(wanted)
    for name in ("success", "failed", "rollback", "in_progress", "cancelled"):
        assert found(RowsWanted(wanted, (name,))).total == getattr(view.counts, name)
    assert found(RowsWanted(wanted, ("success", "failed", "rollback"))).total == view.counts.terminal
    for reason in view.reasons.all:
        assert found(RowsWanted(wanted, reason=reason.key)).total == reason.attempts
    for flake in view.flakes.found:
        assert found(RowsWanted(wanted, flake=flake.key)).total >= 2 * flake.flipped


def test_rows_that_say_the_same_are_found_by_the_reason_they_share():
    [reason] = [one for one in shown(WEEK).reasons.top if one.words == "pod … not ready"]
    assert found(RowsWanted(WEEK, reason=reason.key)).found == [
        (ATTEMPTS[2].attempt_id, ATTEMPTS[2].started_at), (ATTEMPTS[0].attempt_id, ATTEMPTS[0].started_at),
    ]  # fmt: skip


def test_others_are_the_reasons_that_are_not_named():
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
    many = [attempt(f"2026-02-23T{n:02}:00:00Z", failure_reason=one, **FAILED) for n, one in enumerate(words)]
    gen = generation(many)
    view = analytics(gen, EVERYTHING, WEEK, NOW)
    assert view.reasons.others and view.reasons.others.attempts == 2
    assert rows(gen, EVERYTHING, RowsWanted(WEEK, reason="others"), NOW, 0, 50).total == 2


def test_rows_come_newest_first_page_by_page():
    pages = [found(RowsWanted(WEEK), first, 3) for first in (0, 3, 6)]
    names = [name for page in pages for name, _ in page.found]
    assert names == [one.attempt_id for one in sorted(ATTEMPTS, key=lambda one: one.started_at, reverse=True)]
    assert {page.total for page in pages} == {7}


def test_a_bar_has_the_rows_of_its_part_of_the_time():
    hour = ("2026-02-23T09:00:00.000Z", "2026-02-23T10:00:00.000Z")
    assert found(RowsWanted(WEEK, part=hour)).total == 2
    assert found(RowsWanted(WEEK, ("failed",), hour)).total == 1
    assert found(RowsWanted(WEEK, flake="authn:deploy", part=hour)).total == 2


def test_a_key_nobody_knows_has_no_rows():
    for wanted in (RowsWanted(WEEK, reason="x"), RowsWanted(WEEK, flake="x"), RowsWanted(WEEK, flake="authn:NONE")):
        assert found(wanted) == Rows([], 0)


def test_the_suites_of_the_catalog_are_there_though_nothing_ran():
    catalog = dataclasses.replace(TEAMS, suites=SUITES)
    view = analytics(generation([], catalog=catalog), EVERYTHING, MORNING, NOW)
    assert [(one.suite, one.overall.value) for one in view.suites] == [(suite, None) for suite in SUITES]
