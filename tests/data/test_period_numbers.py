"""The numbers of some days beside those of as many days before."""

import pytest

from data.models import EVERYTHING, Scope, Status
from data.period_numbers import compared
from data.views import Counts
from tests.read_model import AQUILA, MIRA, PAVO, attempt, generation

TOLD = generation([
    attempt("2026-02-20T10:00:00Z", ended_at="2026-02-20T10:02:00.000Z"),
    attempt("2026-02-21T10:00:00Z", ended_at="2026-02-21T10:04:00.000Z"),
    attempt("2026-02-21T11:00:00Z", ended_at="2026-02-21T11:12:00.000Z"),
    attempt("2026-02-21T12:00:00Z", ended_at=None),  # a success whose end was never told
    attempt("2026-02-21T13:00:00Z", status=Status.FAILED, ended_at="2026-02-21T14:00:00.000Z"),
    attempt("2026-02-18T10:00:00Z", ended_at="2026-02-18T10:20:00.000Z"),
    attempt("2026-02-18T11:00:00Z", status=Status.FAILED, cancelled=True),
    attempt("2026-02-21T10:00:00Z", cluster_id=PAVO, service_id="billing", status=Status.ROLLBACK),
])  # fmt: skip


def test_days_are_counted_with_the_median_duration_of_their_successes():
    found = compared(TOLD, EVERYTHING, "2026-02-20", "2026-02-21", cluster_id=MIRA).now
    assert found.counts == Counts(success=4, failed=1)
    assert (found.success_rate.value, found.success_rate.n) == (0.8, 5)
    assert (found.durations.p50, found.durations.n) == (4.0, 3)
    assert found.days == 2


def test_as_many_days_before_are_beside_them():
    before = compared(TOLD, EVERYTHING, "2026-02-20", "2026-02-21", cluster_id=MIRA).before
    assert before is not None
    assert (before.start, before.end) == ("2026-02-18", "2026-02-19")
    assert before.counts == Counts(success=1, cancelled=1)
    assert (before.durations.p50, before.durations.n) == (20.0, 1)


def test_days_from_before_what_is_held_are_not_compared_with():
    held = TOLD.first_day
    found = compared(TOLD, EVERYTHING, held, "2026-02-21")
    assert found.before is None
    assert compared(TOLD, EVERYTHING, "2000-01-01", "2026-02-21").now.start == held


@pytest.mark.parametrize(("asked", "total"), [
    ({}, 6), ({"cluster_id": MIRA}, 5), ({"service_id": "billing"}, 1), ({"cluster_id": AQUILA}, 0),
    ({"cluster_id": MIRA, "service_id": "billing"}, 0),
])  # fmt: skip
def test_numbers_are_of_the_cluster_and_service_asked_for(asked, total):
    assert compared(TOLD, EVERYTHING, "2026-02-20", "2026-02-21", **asked).now.counts.total == total


def test_a_scope_counts_what_it_may_see_and_durations_alike():
    mine = Scope(clusters=frozenset({PAVO}))
    found = compared(TOLD, mine, "2026-02-20", "2026-02-21").now
    assert (found.counts.total, found.durations.n) == (1, 0)


def test_nothing_has_no_rate_and_no_duration():
    found = compared(TOLD, EVERYTHING, "2026-02-23", "2026-02-24", cluster_id=AQUILA).now
    assert (found.success_rate.value, found.success_rate.reason) == (None, "no_attempts")
    assert found.durations.p50 is None
