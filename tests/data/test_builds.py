"""One attempt with its surroundings: what belongs to it, in how many calls."""

import pytest

from data.builds import build, concerns
from data.catalog_models import Catalog, Service
from data.errors import NotFound, Unavailable
from data.models import (
    EVERYTHING,
    Claim,
    Scope,
    Verdict,
)
from data.store_builds import batch_get
from tests.data.test_store import calls
from tests.facts import AQUILA, MIRA, PAVO, Facts, a_gate, a_promotion, a_run, an_attempt, an_incident, at

CATALOG = Catalog(services=(Service("authn", "AuthN", suites=("FUNCTIONAL", "REGRESSION")),))


def a_claim(event_id: str, minute: int) -> Claim:
    return Claim(event_id, "deployment", "github-actions", at(minute), at(minute), f"digest-{event_id}", "{}")


@pytest.fixture
def facts(aws) -> Facts:
    return Facts(aws.dynamodb, aws.tables)


def test_a_build_has_its_runs_claims_siblings_promotions_and_incidents(facts):
    mine = an_attempt(10, gates=(a_gate(),))
    elsewhere = an_attempt(50, cluster_id=PAVO)
    facts.attempts(
        mine, elsewhere, an_attempt(90), an_attempt(5, build_version="3.4.1"),
        an_attempt(60, service_id="billing"),
    )  # fmt: skip
    first = a_run(mine, test_run_id="first", executed_at=at(12))
    second = a_run(mine, test_run_id="second", executed_at=at(14))
    facts.runs(first, second, a_run(elsewhere))
    facts.claims(mine, a_claim("b", 20), a_claim("a", 11))
    facts.promotions(a_promotion(30), a_promotion(40, build_version="3.4.1"))
    facts.incidents(an_incident(20), an_incident(21, cluster_id=AQUILA), an_incident(5))

    found = build(facts.store(), EVERYTHING, mine.attempt_id, CATALOG, mine.attempt_id)

    assert found.attempt == mine and found.serving
    assert found.runs == (second, first)
    assert [one.event_id for one in found.claims] == ["a", "b"]
    assert [one.started_at for one in found.siblings] == [at(90), at(50)]
    assert [one.promotion_id for one in found.promotions] == ["p30"]
    assert [one.incident_id for one in found.incidents] == ["i20"]
    assert [(gate.suite, gate.verdict) for gate in found.gates] == [
        ("FUNCTIONAL", Verdict.PASSED), ("REGRESSION", Verdict.MISSING),
    ]  # fmt: skip


def test_a_build_costs_a_bounded_number_of_calls_however_many_siblings_it_has(facts, aws, monkeypatch):
    """D11, D01: at most eight calls, of which at most two read the attempt, and none scans."""
    attempts = [an_attempt(n) for n in range(80)]
    facts.attempts(*attempts)
    made = calls(monkeypatch, aws.dynamodb)
    found = build(facts.store(), EVERYTHING, attempts[3].attempt_id, CATALOG, None)
    assert len(found.siblings) == 50
    assert found.siblings[0].started_at == at(79)
    assert len(made) <= 8 and made.count("GetItem") == 1 and "Scan" not in made


def test_an_incident_that_names_an_attempt_is_of_that_attempt_alone():
    mine = an_attempt(10)
    assert concerns(an_incident(20, attempt_id=mine.attempt_id, cluster_id=PAVO), mine)
    assert not concerns(an_incident(20, attempt_id=an_attempt(11).attempt_id), mine)
    assert concerns(an_incident(20, cluster_id=None), mine)
    assert not concerns(an_incident(20, cluster_id=PAVO), mine)


@pytest.mark.parametrize("attempt_id", ["", "nonsense", "a:b:c", f"{MIRA}:authn:3.4.2:404", f"{MIRA}:authn:3.4.2:#"])
def test_an_unknown_build_is_not_found(facts, attempt_id):
    with pytest.raises(NotFound):
        build(facts.store(), EVERYTHING, attempt_id, CATALOG, None)
    assert facts.store().test_runs(EVERYTHING, attempt_id) == []


def test_results_that_came_before_their_attempt_make_no_build(facts):
    facts.runs(a_run(an_attempt(10)))
    with pytest.raises(NotFound):
        build(facts.store(), EVERYTHING, an_attempt(10).attempt_id, CATALOG, None)


def test_evidence_is_hidden_from_those_who_may_not_see_its_pair(facts):
    mine = an_attempt(10)
    facts.attempts(mine)
    facts.runs(a_run(mine))
    facts.claims(mine, a_claim("a", 11))
    theirs = Scope(clusters=frozenset({PAVO}))
    assert facts.store().test_runs(theirs, mine.attempt_id) == []
    assert facts.store().claims(theirs, mine.attempt_id) == []
    assert len(facts.store().test_runs(EVERYTHING, mine.attempt_id)) == 1


def test_an_attempt_that_moves_between_two_reads_is_found(facts, aws, monkeypatch):
    """Its earlier start became known: the new item is there, the pointer follows, the old item goes."""
    early, late = an_attempt(5, n="1"), an_attempt(9, n="1")
    facts.attempts(early)
    store = facts.store()
    real = store._item
    stale = [{"startedAt": {"S": late.started_at}}]
    monkeypatch.setattr(
        store, "_item", lambda table, pk, sk: stale.pop() if sk == "ATTEMPT" and stale else real(table, pk, sk)
    )
    assert store.attempt(EVERYTHING, early.attempt_id) == early


class Reluctant:
    """Answers a part of each batch, as DynamoDB may."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self.calls = 0

    def batch_get_item(self, RequestItems):  # noqa: N803
        self.calls += 1
        (table, asked), *_ = RequestItems.items()
        done, left = asked["Keys"][: self.at_once], asked["Keys"][self.at_once :]
        return {"Responses": {table: done}, "UnprocessedKeys": {table: {"Keys": left}} if left else {}}


def test_what_a_batch_left_over_is_asked_for_again():
    """D03."""
    client = Reluctant(40)
    wanted = [(f"p{n}", "s") for n in range(100)]
    rows = batch_get(client, {"t": wanted})["t"]  # type: ignore[arg-type]
    assert [row["pk"]["S"] for row in rows] == [pk for pk, _ in wanted]
    assert client.calls == 3


def test_a_batch_that_stays_unanswered_is_an_outage_and_not_a_short_answer():
    with pytest.raises(Unavailable):
        batch_get(Reluctant(0), {"t": [("p", "s")]})  # type: ignore[arg-type]


def test_attempts_are_read_by_id_and_start_in_one_call_newest_first(facts, aws, monkeypatch):
    early, late = an_attempt(10, expires_at=None), an_attempt(20, expires_at=None)
    facts.attempts(early, late)
    wanted = [(one.attempt_id, one.started_at) for one in (early, late)]
    moved = [(early.attempt_id, at(11)), ("nowhere:authn:1:1", at(10))]
    made = calls(monkeypatch, aws.dynamodb)
    assert facts.store().standing(EVERYTHING, [*wanted, *moved]) == [late, early]
    assert made == ["BatchGetItem"]
    assert facts.store().standing(Scope(services=frozenset({"billing"})), wanted) == []
    assert facts.store().standing(EVERYTHING, []) == []
