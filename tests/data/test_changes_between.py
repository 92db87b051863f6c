"""What changed between two instants, told from the states of both."""

import pytest
from hypothesis import given

from data.changes_between import changes_between
from data.instants import from_instant
from data.models import EVERYTHING, Scope, Status, Verdict
from data.past_views import ChangesOf, GateMove, What
from data.point_in_time import generation_at
from tests.data.test_point_in_time import MOMENTS, histories
from tests.read_model import AQUILA, MIRA, PAVO, attempt, gate, generation

A, B = "2026-02-24T09:00:00.000Z", "2026-02-24T11:00:00.000Z"
OLD = attempt("2026-02-20T10:00:00Z", build_version="1.1.0")


def between(*attempts, of=ChangesOf(), scope=EVERYTHING):  # noqa: B008  # frozen
    gen = generation(attempts)
    return changes_between(generation_at(gen, A), generation_at(gen, B), scope, of)


def at_ten(**changes):
    return attempt("2026-02-24T10:00:00Z", **changes)


BECAME = [
    (What.DEPLOYED, [OLD, at_ten(build_version="1.2.0")]),
    (What.ROLLED_BACK, [OLD, at_ten(build_version="1.0.0")]),
    (What.REDEPLOYED, [OLD, at_ten(build_version="1.1.0")]),
    (What.BROKE, [OLD, at_ten(build_version="1.2.0", status=Status.FAILED)]),
    (What.BROKE, [OLD, at_ten(build_version="1.2.0", gates=(gate("SANITY", failed=1),))]),
    (What.BROKE, [at_ten(status=Status.FAILED)]),
    (What.NEW, [at_ten()]),
    (What.RUNNING, [OLD, at_ten(status=Status.IN_PROGRESS)]),
    (What.RECOVERED, [attempt("2026-02-20T10:00:00Z", status=Status.FAILED), at_ten()]),
    (What.FAILED, [attempt("2026-02-20T10:00:00Z", status=Status.FAILED), at_ten(status=Status.ROLLBACK)]),
]


@pytest.mark.parametrize(("what", "attempts"), BECAME)
def test_the_gravest_thing_that_happened_to_a_pair_is_named(what, attempts):
    [row] = between(*attempts).rows
    assert row.what is what


def test_a_row_says_what_was_before_and_what_is_after():
    late = at_ten(build_version="1.2.0", gates=(gate("FUNCTIONAL"), gate("SANITY", failed=1)))
    tested = attempt("2026-02-20T10:00:00Z", gates=(gate("FUNCTIONAL"), gate("SANITY")))
    [row] = between(tested, late).rows
    assert row.before is not None and row.after is not None
    assert (row.before.serving_version, row.after.serving_version) == ("1.0.0", "1.2.0")
    assert row.gates == (GateMove("SANITY", Verdict.PASSED, Verdict.FAILED),)


def test_what_failed_in_between_is_listed_whenever_it_began():
    began_before = attempt("2026-02-24T08:55:00Z", build_version="1.2.0", status=Status.FAILED)
    began_within = at_ten(build_version="1.3.0", status=Status.ROLLBACK)
    cancelled = at_ten(build_version="1.4.0", status=Status.FAILED, cancelled=True)
    long_ago = attempt("2026-02-21T10:00:00Z", status=Status.FAILED)
    found = between(OLD, long_ago, began_before, began_within, cancelled)
    [row] = found.rows
    assert [one.build_version for one in row.failed] == ["1.3.0", "1.2.0"]
    assert (row.attempts, found.attempts, found.failed) == (2, 2, 2)


def test_production_comes_first_then_what_is_gravest():
    broken = {"build_version": "1.2.0", "status": Status.FAILED}
    found = between(
        at_ten(cluster_id=AQUILA), at_ten(cluster_id=PAVO), at_ten(cluster_id=MIRA, **broken),
        at_ten(cluster_id=AQUILA, service_id="billing", **broken),
    )  # fmt: skip
    assert [(row.cluster.cluster_id, row.what) for row in found.rows] == [
        (AQUILA, What.BROKE), (AQUILA, What.NEW), (MIRA, What.BROKE), (PAVO, What.NEW),
    ]  # fmt: skip


def test_only_what_is_asked_for_and_allowed_is_told():
    both = at_ten(), at_ten(cluster_id=PAVO), at_ten(service_id="billing")
    assert between(*both).pairs == 3
    assert [one.cluster.cluster_id for one in between(*both, of=ChangesOf(cluster_id=PAVO)).rows] == [PAVO]
    assert [one.service.service_id for one in between(*both, of=ChangesOf(service_id="billing")).rows] == ["billing"]
    assert between(*both, of=ChangesOf(team="nobody")).pairs == 0
    assert between(*both, scope=Scope(clusters=frozenset({PAVO}))).attempts == 1


def test_what_stayed_is_no_change():
    found = between(OLD)
    assert (found.rows, found.pairs, found.attempts, found.failed) == ([], 1, 0, 0)


@given(histories(), MOMENTS)
def test_an_instant_does_not_differ_from_itself(history, at):
    gen = generation(history, now=from_instant("2026-02-26T00:00:00.000Z"))
    then = generation_at(gen, at)
    found = changes_between(then, then, EVERYTHING)
    assert (list(found.rows), found.attempts, found.failed) == ([], 0, 0)
