"""The columns of attempts say what the attempts said, whatever was replaced on the way."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from data.attempt_columns import AttemptColumns, attempt_rows
from data.day_numbers import EARLIEST
from data.days import to_row
from data.models import EVERYTHING, Gate, Scope, Status, Trigger
from tests.read_model import AQUILA, MIRA, PAVO, attempt, gate, pair_days

FOREVER = (0, 2**50)
DAYS = ("2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02")


def columns(*attempts, first=EARLIEST):
    return AttemptColumns().replaced((), pair_days(attempts), first)


def as_columns_hold_it(one):
    """The row without what columns leave out."""
    gates = tuple(Gate(g.suite, g.verdict) for g in sorted(one.gates, key=lambda g: g.suite))
    return replace(to_row(one), git_sha=None, run_url=None, image=None, commits=(), gates=gates, rev="")


def rows(found, *bounds, **only):
    return attempt_rows(found.frame(EVERYTHING, *(bounds or FOREVER), **only))


@st.composite
def some_attempt(draw):
    day, hour = draw(st.sampled_from(DAYS)), draw(st.integers(0, 23))
    return attempt(
        f"{day}T{hour:02}:00:00.{draw(st.integers(0, 3)):03}Z",
        cluster_id=draw(st.sampled_from((MIRA, PAVO))),
        service_id=draw(st.sampled_from(("authn", "billing"))),
        build_version=draw(st.sampled_from(("1.0.0", "v2+build", "a-version-longer-than-fifteen-characters"))),
        status=draw(st.sampled_from(list(Status))),
        trigger=draw(st.sampled_from(list(Trigger))),
        failure_reason=draw(st.none() | st.text(min_size=1, max_size=30)),
        rollback_to_build=draw(st.none() | st.just("1.0.0")),
        cancelled=draw(st.booleans()),
        hotfix=draw(st.booleans()),
        received_at="2026-02-03T00:00:00.000Z",
        heard_at="2026-02-03T00:00:00.001Z",
        committed_at=draw(st.sampled_from((None, "2026-01-01T00:00:00.000Z", "1999-01-01T00:00:00.000Z"))),
        gates=draw(st.sampled_from(((), (gate("SANITY", failed=1),), (gate("SANITY"), gate("FUNCTIONAL"))))),
        n=str(draw(st.integers(1, 10**6))),
    )  # fmt: skip


some_attempts = st.lists(some_attempt(), max_size=25, unique_by=lambda one: one.attempt_id)


@given(some_attempts)
def test_what_goes_in_comes_out_oldest_first(attempts):
    found = rows(columns(*attempts))
    assert [row.started_at for row in found] == sorted(one.started_at for one in attempts)
    by_id = {row.attempt_id: row for row in found}
    assert by_id == {one.attempt_id: as_columns_hold_it(one) for one in attempts}


@given(some_attempts, some_attempts, st.sampled_from(DAYS))
def test_replaced_days_are_as_if_they_had_always_been_so(before, after, first):
    gone = {(*one.pair, one.started_at[:10]) for one in (*before, *after)}
    kept = [one for one in after if one.started_at[:10] >= first]
    replaced = columns(*before).replaced(gone, pair_days(after), first)
    assert sorted(rows(replaced), key=repr) == sorted(rows(columns(*kept)), key=repr)


@given(some_attempts)
def test_days_that_are_not_named_stay(attempts):
    named = {(MIRA, "authn", "2026-02-01")}
    left = [one for one in attempts if (*one.pair, one.started_at[:10]) not in named]
    found = columns(*attempts).replaced(named, (), EARLIEST)
    assert sorted(rows(found), key=repr) == sorted(rows(columns(*left)), key=repr)


def test_bounds_take_the_first_millisecond_and_leave_the_last():
    one = attempt("2026-02-01T10:00:00.000Z")
    at = 1_769_940_000_000
    assert len(rows(columns(one), at, at + 1)) == 1
    assert rows(columns(one), at + 1, at + 2) == rows(columns(one), at - 5, at) == []


def test_scope_and_filters_leave_the_rest_out():
    found = columns(
        attempt("2026-02-01T10:00:00Z"),
        attempt("2026-02-01T11:00:00Z", service_id="billing"),
        attempt("2026-02-01T12:00:00Z", cluster_id=AQUILA),
    )
    mine = Scope(clusters=frozenset({MIRA}), services=frozenset({"authn", "unheard-of"}))
    assert [row.started_at[11:13] for row in attempt_rows(found.frame(mine, *FOREVER))] == ["10"]
    assert [row.started_at[11:13] for row in rows(found, service_ids=("billing",))] == ["11"]
    assert [row.started_at[11:13] for row in rows(found, cluster_ids=(AQUILA,))] == ["12"]
    assert rows(found, cluster_ids=()) == []


def test_an_untouched_month_is_shared_by_the_next_columns():
    before = columns(attempt("2026-01-31T10:00:00Z"), attempt("2026-02-01T10:00:00Z"))
    after = before.replaced((), pair_days([attempt("2026-02-02T10:00:00Z")]), "2026-01-01")
    assert after.chunks[MIRA, "2026-01"] is before.chunks[MIRA, "2026-01"]
    assert len(after) == 3


def test_an_empty_frame_has_every_column():
    empty = columns().frame(EVERYTHING, *FOREVER)
    assert list(empty.columns) == list(columns(attempt("2026-02-01T10:00:00Z")).frame(EVERYTHING, *FOREVER).columns)
    assert attempt_rows(empty) == []


@given(some_attempts, st.integers(0, 30))
def test_the_newest_are_the_end_of_all(attempts, newest):
    found = columns(*attempts)
    assert rows(found, newest=newest) == rows(found)[len(attempts) - newest if newest < len(attempts) else 0 :]
