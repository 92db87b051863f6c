"""The attempts around one on its pair, and what served when it came: one bounded Query each way."""

import pytest

from data.models import EVERYTHING, Scope, Status, Trigger
from data.neighbours import neighbours, served_before
from data.service_views import Neighbours
from tests.data.test_store import calls
from tests.facts import MIRA, PAVO, Facts, an_attempt


@pytest.fixture
def facts(aws) -> Facts:
    return Facts(aws.dynamodb, aws.tables)


def ids(found: Neighbours) -> list[str | None]:
    return [one.attempt_id if one else None for one in (found.previous, found.next)]


def test_previous_and_next_are_of_the_same_pair(facts, aws, monkeypatch):
    attempts = [an_attempt(n, build_version=f"1.{n}.0") for n in (0, 20, 40)]
    facts.attempts(*attempts, an_attempt(30, cluster_id=PAVO), an_attempt(25, service_id="billing"))
    made = calls(monkeypatch, aws.dynamodb)
    found = neighbours(facts.store(), EVERYTHING, attempts[1])
    assert made == ["Query", "Query"]
    assert ids(found) == [attempts[0].attempt_id, attempts[2].attempt_id]
    assert neighbours(facts.store(), EVERYTHING, attempts[0]).previous is None
    assert neighbours(facts.store(), EVERYTHING, attempts[2]).next is None


def test_attempts_that_began_in_the_same_moment_are_told_apart_by_their_ids(facts):
    one, two, three = (an_attempt(5, n=n) for n in ("1", "2", "3"))
    facts.attempts(one, two, three)
    found = neighbours(facts.store(), EVERYTHING, two)
    assert ids(found) == [one.attempt_id, three.attempt_id]


def test_out_of_scope_there_are_no_neighbours(facts):
    attempts = [an_attempt(n) for n in (0, 20, 40)]
    facts.attempts(*attempts)
    found = neighbours(facts.store(), Scope(clusters=frozenset({PAVO})), attempts[1])
    assert (found.previous, found.next, found.served_before) == (None, None, None)


def test_what_served_before_is_the_last_success_that_had_ended():
    good, failed = an_attempt(0), an_attempt(20, status=Status.FAILED)
    rolled = an_attempt(40, status=Status.ROLLBACK)
    overlapping = an_attempt(95, build_version="3.5.0")
    mine = an_attempt(100)
    assert served_before(mine, [overlapping, rolled, failed, good]) == good
    assert served_before(mine, [failed]) is None
    assert served_before(an_attempt(105), [overlapping, good]) == overlapping


def test_an_attempt_without_an_end_served_from_its_start_for_all_we_know():
    live = an_attempt(50, status=Status.LIVE, ended_at=None)
    assert served_before(an_attempt(60), [live, an_attempt(0)]) == live


def test_recoveries_are_the_successful_rollbacks_of_a_service_within_the_scope(facts):
    good = an_attempt(10, trigger=Trigger.ROLLBACK)
    facts.attempts(
        good, an_attempt(20, trigger=Trigger.ROLLBACK, status=Status.FAILED), an_attempt(30),
        an_attempt(40, trigger=Trigger.ROLLBACK, cluster_id=PAVO),
        an_attempt(50, trigger=Trigger.ROLLBACK, service_id="billing"),
    )  # fmt: skip
    store = facts.store()
    assert [one.cluster_id for one in store.recoveries(EVERYTHING, "authn", 10)] == [PAVO, MIRA]
    [mine] = store.recoveries(Scope(clusters=frozenset({MIRA})), "authn", 10)
    assert mine.attempt_id == good.attempt_id
    assert store.recoveries(Scope(services=frozenset({"billing"})), "authn", 10) == []


def test_since_goes_forward_with_commits_and_says_when_there_is_more(facts):
    facts.attempts(*(an_attempt(n) for n in range(6)))
    store, start = facts.store(), an_attempt(2).started_at
    page = store.since(EVERYTHING, MIRA, "authn", start, None, 3)
    assert [one.attempt_id.split(":")[3] for one in page.items] == ["2", "3", "4"]
    assert page.cursor is not None
    assert store.since(EVERYTHING, MIRA, "authn", start, None, 4).cursor is None
    assert list(store.since(Scope(clusters=frozenset({PAVO})), MIRA, "authn", start, None, 4).items) == []
