"""Two attempts side by side: gates with deltas, tests that broke or were mended, commits between; nothing guessed."""

from typing import Any

import pytest

from data.catalog_models import Catalog, Service
from data.comparison import compare, compared, gate_changes, side
from data.errors import NotFound
from data.models import EVERYTHING, Attempt, Commit, FailedTest, Gate, Scope, TestRun, Verdict
from data.service_views import Comparison
from tests.facts import MIRA, PAVO, Facts, a_gate, a_run, an_attempt

CATALOG = Catalog(services=(Service("authn", "AuthN", suites=("FUNCTIONAL",)),))
A, B = an_attempt(1, build_version="3.4.1"), an_attempt(20, build_version="3.4.2")


def run(of: Attempt, *failed: str, **changes: Any) -> TestRun:
    values: dict[str, Any] = {"failed": len(failed), "failed_tests": tuple(FailedTest(name) for name in failed)}
    return a_run(of, **(values | changes))


def both(before: list[TestRun], after: list[TestRun]) -> Comparison:
    return compared(side(A, before, ()), side(B, after, ()), [B], True)


def names(changes: Any) -> list[str]:
    return [one.name for one in changes]


def test_tests_are_new_fixed_or_still_failing():
    found = both([run(A, "x", "y")], [run(B, "y", "z")])
    assert (names(found.new_failures), names(found.fixed), names(found.still_failing)) == (["z"], ["x"], ["y"])
    assert found.unnamed == ()


def test_a_name_that_may_be_among_the_unnamed_is_neither_new_nor_fixed():
    found = both([run(A, "x", failed=60)], [run(B, "z")])
    assert names(found.new_failures) == []  # z may have failed before, unnamed
    assert names(found.fixed) == ["x"]
    assert found.unnamed == ("FUNCTIONAL",)
    assert names(both([run(A, "x")], [run(B, "z", failed=None)]).fixed) == []


def test_a_suite_that_did_not_run_on_both_sides_breaks_and_mends_nothing():
    assert both([], [run(B, "z")]).new_failures == ()
    gone = run(B, verdict=Verdict.MISSING, total=0, passed=0)
    assert both([run(A, "x")], [gone]).fixed == ()


def test_of_each_suite_the_newest_run_counts():
    found = both([run(A)], [run(B, "z", test_run_id="second"), run(B, "w", test_run_id="first")])
    assert names(found.new_failures) == ["z"]


def test_gates_have_deltas_only_where_both_have_counts():
    before = (a_gate(total=100, failed=2), a_gate("SANITY"), a_gate("LOAD"))
    after = (a_gate(total=100, failed=5), Gate("SANITY", Verdict.MISSING), Gate("UI", Verdict.PASSED))
    functional, sanity, ui, load = gate_changes(before, after)
    assert functional.rate_delta == pytest.approx(-0.03)
    assert functional.failed_delta == 3
    assert (sanity.rate_delta, sanity.failed_delta) == (None, None)
    assert (ui.a, load.b) == (None, None)


def test_commits_are_those_of_the_attempts_after_the_earlier_one():
    first = an_attempt(1, build_version="3.4.1", commits=(Commit("aaaaaaa"),))
    second = an_attempt(10, build_version="3.4.2", commits=(Commit("bbbbbbb"),))
    third = an_attempt(20, build_version="3.4.3", commits=(Commit("bbbbbbb"), Commit("ccccccc"), Commit("aaaaaaa")))
    found = compared(side(first, [], ()), side(third, [], ()), [second, third], True)
    assert [one.sha for one in found.commits] == ["bbbbbbb", "ccccccc"]
    assert found.commits_complete
    silent = an_attempt(15, build_version="3.4.2")
    assert not compared(side(first, [], ()), side(third, [], ()), [silent, third], True).commits_complete


@pytest.fixture
def facts(aws) -> Facts:
    return Facts(aws.dynamodb, aws.tables)


def test_two_attempts_are_read_with_what_came_between_them(facts):
    first = an_attempt(1, build_version="3.4.1", gates=(a_gate(failed=1),))
    between = an_attempt(10, build_version="3.4.2", commits=(Commit("bbbbbbb"),))
    last = an_attempt(20, build_version="3.4.3", commits=(Commit("ccccccc"),), gates=(a_gate(),))
    after = an_attempt(30, build_version="3.4.4", commits=(Commit("ddddddd"),))
    facts.attempts(first, between, last, after)
    facts.runs(run(first, "x"), run(last))
    found = compare(facts.store(), EVERYTHING, "authn", (first.attempt_id, last.attempt_id), CATALOG)
    assert [one.sha for one in found.commits] == ["bbbbbbb", "ccccccc"] and found.commits_complete
    assert names(found.fixed) == ["x"]
    assert found.a.seconds == found.b.seconds == 600
    backwards = compare(facts.store(), EVERYTHING, "authn", (last.attempt_id, first.attempt_id), CATALOG)
    assert (names(backwards.new_failures), backwards.commits) == (["x"], found.commits)


def test_attempts_of_different_regions_are_compared_by_what_the_later_one_brought(facts):
    here = an_attempt(1, build_version="3.4.1")
    there = an_attempt(20, build_version="3.4.2", cluster_id=PAVO, commits=(Commit("ccccccc"),))
    facts.attempts(here, there, an_attempt(10, build_version="3.4.0", commits=(Commit("bbbbbbb"),)))
    found = compare(facts.store(), EVERYTHING, "authn", (here.attempt_id, there.attempt_id), CATALOG)
    assert [one.sha for one in found.commits] == ["ccccccc"]


def test_an_attempt_of_another_service_or_out_of_scope_is_not_found(facts):
    mine, other = an_attempt(1), an_attempt(2, service_id="billing")
    elsewhere = an_attempt(3, cluster_id=PAVO)
    facts.attempts(mine, other, elsewhere)
    for foreign in (other, elsewhere):
        with pytest.raises(NotFound):
            compare(
                facts.store(),
                Scope(clusters=frozenset({MIRA})),
                "authn",
                (mine.attempt_id, foreign.attempt_id),
                CATALOG,
            )
