"""The way back of a pair in trouble: to what, how it was tested, what would be lost, how long it takes."""

from typing import Any

import pytest

from data.catalog_models import Service
from data.models import EVERYTHING, Attempt, Commit, Page, Scope, Status, Trigger, Verdict
from data.rollback import expected, in_trouble, rollback, rollback_card
from data.service_views import Basis, Rollback
from tests.data.test_store import calls
from tests.facts import MIRA, Facts, an_attempt
from tests.read_model import PAVO, attempt, currents, gate, pair_days


def tried(day: int, version: str, **changes: Any) -> Attempt:
    return attempt(f"2026-02-{day:02d}T10:00:00Z", build_version=version, **changes)


def card(*past: Attempt, recoveries: tuple[Attempt, ...] = (), more: bool = False) -> Rollback:
    [current] = currents(pair_days(past)).values()
    good = current.last_good
    since = [one for one in past if good and one.started_at >= good.started_at]
    return rollback_card(current, ("FUNCTIONAL", "SANITY"), Page(since, "more" if more else None), recoveries)


GOOD = tried(1, "1.0.0", gates=(gate("FUNCTIONAL"),))
NEXT = tried(4, "1.1.0", commits=(Commit("aaaaaaa"), Commit("bbbbbbb")))
FAILED = tried(6, "1.2.0", status=Status.FAILED, commits=(Commit("ccccccc"),))


def test_the_card_names_the_last_good_version_its_tests_and_its_days():
    found = card(GOOD, NEXT, FAILED)
    assert found.in_trouble
    assert found.last_good and found.last_good.build_version == "1.0.0"
    assert found.serving and found.serving.build_version == "1.1.0"
    assert [(one.suite, one.verdict) for one in found.gates] == [
        ("FUNCTIONAL", Verdict.PASSED), ("SANITY", Verdict.MISSING),
    ]  # fmt: skip
    assert found.live_seconds == 3 * 86_400


def test_lost_are_the_versions_that_were_put_out_after_it_and_their_commits():
    found = card(GOOD, NEXT, FAILED)
    assert found.lost_versions == ("1.1.0",)  # 1.2.0 never served
    assert [one.sha for one in found.lost_commits] == ["aaaaaaa", "bbbbbbb"]
    assert found.lost_complete
    assert not card(GOOD, NEXT, FAILED, more=True).lost_complete
    assert not card(GOOD, tried(4, "1.1.0"), FAILED).lost_complete  # its commits were not sent


def test_a_redeployment_of_the_last_good_version_loses_nothing_of_its_own():
    found = card(GOOD, tried(2, "1.0.0"), NEXT, FAILED)
    assert found.last_good and found.last_good.started_at[8:10] == "02"
    assert found.lost_versions == ("1.1.0",)


def test_without_another_good_version_there_is_nothing_to_go_back_to():
    found = card(NEXT, FAILED)
    assert (found.last_good, found.live_seconds, found.lost_versions, found.gates) == (None, None, (), ())


@pytest.mark.parametrize(
    ("last", "wanted"),
    [({"status": Status.FAILED}, True), ({"status": Status.ROLLBACK}, True), ({}, False),
     ({"status": Status.FAILED, "cancelled": True}, False), ({"status": Status.IN_PROGRESS}, False)],
)  # fmt: skip
def test_a_pair_is_in_trouble_when_its_latest_finished_attempt_failed_or_was_rolled_back(last, wanted):
    [current] = currents(pair_days([GOOD, tried(3, "1.1.0", **last)])).values()
    assert in_trouble(current) is wanted


def recovery(day: int, minutes: int, cluster: str = MIRA) -> Attempt:
    start = f"2026-01-{day:02d}T10:00:00.000Z"
    return attempt(
        start, build_version="1.0.0", cluster_id=cluster, trigger=Trigger.ROLLBACK, n=str(day),
        ended_at=f"2026-01-{day:02d}T10:{minutes:02d}:00.000Z",
    )  # fmt: skip


def test_expected_is_the_median_of_the_pairs_own_rollbacks():
    past = [recovery(1, 4), recovery(2, 20), recovery(3, 6), recovery(4, 50, PAVO)]
    assert expected(past, MIRA).minutes == 6
    assert (expected(past, MIRA).n, expected(past, MIRA).basis) == (3, Basis.PAIR)


def test_else_of_the_service_and_without_any_it_is_not_known():
    past = [recovery(1, 4), recovery(2, 20)]
    found = expected(past, PAVO)
    assert (found.minutes, found.n, found.basis) == (12, 2, Basis.SERVICE)
    none = expected([], PAVO)
    assert (none.minutes, none.n, none.basis) == (None, 0, None)


def test_the_card_is_read_in_two_queries_within_the_scope(aws, monkeypatch):
    facts = Facts(aws.dynamodb, aws.tables)
    good = an_attempt(0, build_version="1.0.0")
    serving = an_attempt(60, build_version="1.1.0", commits=(Commit("aaaaaaa"),))
    broken = an_attempt(90, build_version="1.2.0", status=Status.FAILED)
    before = an_attempt(-600, build_version="0.9.0", trigger=Trigger.ROLLBACK)
    elsewhere = an_attempt(-500, build_version="0.9.0", trigger=Trigger.ROLLBACK, cluster_id=PAVO)
    facts.attempts(before, elsewhere, good, serving, broken)
    [current] = currents(pair_days([good, serving, broken])).values()
    made = calls(monkeypatch, aws.dynamodb)
    found = rollback(facts.store(), Scope(clusters=frozenset({MIRA})), current, Service("authn", "AuthN"))
    assert made == ["Query", "Query"]
    assert found.lost_versions == ("1.1.0",) and [one.sha for one in found.lost_commits] == ["aaaaaaa"]
    assert (found.expected.minutes, found.expected.n) == (10, 1)
    everywhere = rollback(facts.store(), EVERYTHING, current, Service("authn", "AuthN"))
    assert everywhere.expected.basis is Basis.PAIR
