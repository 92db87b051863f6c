"""A generation as of an instant is what a slow look at the attempts that had begun then says."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data import aggregations as agg
from data import queries
from data.attempt_columns import attempt_rows
from data.current import fold_current
from data.day_numbers import milliseconds
from data.days import fold_day
from data.instants import add, from_instant, to_instant
from data.models import EVERYTHING, Attempt, AttemptRow, Current, Gate, Health, Instant, Retirement, Status
from data.point_in_time import generation_at, holds, is_lean, with_rows
from data.standing_folds import retired
from tests.read_model import MIRA, NOW, PAVO, attempt, gate, generation

START = "2026-02-22T20:00:00.000Z"
END = to_instant(NOW)
PAIRS = ((MIRA, "authn"), (MIRA, "billing"), (PAVO, "authn"))
MOMENTS = st.integers(0, 40).map(lambda hours: add(START, hours * 3600))


@st.composite
def attempts(draw: st.DrawFn) -> Attempt:
    """One of a few pairs' attempts; starts and ends often fall together."""
    cluster, service = draw(st.sampled_from(PAIRS))
    started, status = draw(MOMENTS), draw(st.sampled_from(list(Status)))
    ended = None if status is Status.IN_PROGRESS else draw(st.sampled_from([None, 0, 3600, 7200, 100_000]))
    gates = (gate("FUNCTIONAL", failed=draw(st.sampled_from([0, 0, 1]))),) if draw(st.booleans()) else ()
    return attempt(
        started, cluster_id=cluster, service_id=service, status=status, gates=gates,
        build_version=draw(st.sampled_from(["1.0.0", "1.1.0", "1.2.0"])), n=str(draw(st.integers(0, 30))),
        ended_at=None if ended is None else add(started, ended),
        cancelled=status is Status.FAILED and draw(st.booleans()),
        failure_reason="image pull" if status is Status.FAILED else None,
    )  # fmt: skip


def histories(most: int = 30) -> st.SearchStrategy[list[Attempt]]:
    """Attempts with an id of their own each."""
    return st.lists(attempts(), max_size=most, unique_by=lambda one: one.attempt_id)


def slowly(history: list[Attempt], at: Instant) -> list[Attempt]:
    """The attempts as they were, told one by one."""
    then = []
    for one in history:
        if one.started_at > at:
            continue
        if one.ended_at is not None and one.ended_at > at:
            one = replace(  # noqa: PLW2901
                one, status=Status.IN_PROGRESS, ended_at=None, cancelled=False, gates=(), failure_reason=None
            )
        then.append(one)
    return then


def folded(history: list[Attempt]) -> dict[tuple[str, str], Current]:
    found: dict[tuple[str, str], Current] = {}
    for pair in PAIRS:
        mine = [one for one in history if one.pair == pair]
        if mine:
            current = fold_current(*pair, [fold_day(*pair, "", mine)])
            assert current is not None
            found[pair] = current
    return found


def told(currents: dict[tuple[str, str], Current]) -> dict[tuple[str, str], object]:
    """What both ways must agree upon: columns hold no counts of tests, no SHA and no links."""
    return {pair: (
        *(lean(row) for row in (one.latest, one.latest_finished, one.serving, one.last_good)),
        one.serving_since, one.outcomes, one.retired_at,
    ) for pair, one in currents.items()}  # fmt: skip


def lean(row: AttemptRow | None) -> AttemptRow | None:
    gates = tuple(Gate(one.suite, one.verdict) for one in row.gates) if row else ()
    return replace(row, gates=gates, git_sha=None, commits=(), image=None, run_url=None, rev="") if row else None


@given(histories(), MOMENTS)
def test_a_past_state_is_a_slow_fold_of_what_had_begun(history, at):
    past = generation_at(generation(history), at)
    assert told(dict(past.currents)) == told(folded(slowly(history, at)))


@given(histories(), MOMENTS)
def test_the_sums_of_the_past_are_those_of_what_had_begun(history, at):
    past = generation_at(generation(history), at)
    expected = generation(slowly(history, at), now=from_instant(at))
    for days in ("2026-02-22", "2026-02-23", "2026-02-24"):
        assert agg.counts(agg.selected(past.columns.days, EVERYTHING, days, days)) == agg.counts(
            agg.selected(expected.columns.days, EVERYTHING, days, days)
        )
    everything = (0, milliseconds("2027-01-01T00:00:00.000Z"))
    rows, wanted = (attempt_rows(gen.attempts.frame(EVERYTHING, *everything)) for gen in (past, expected))
    assert sorted(map(repr, rows)) == sorted(map(repr, wanted))


@given(histories())
def test_now_is_the_newest_generation(history):
    gen = generation(history)
    past = generation_at(gen, max([END, *(one.ended_at or "" for one in history)]))
    assert past.currents == gen.currents


@given(histories(), MOMENTS, st.lists(MOMENTS, max_size=3, unique=True))
def test_retirements_count_from_their_time_on(history, at, moments):
    pair = PAIRS[0]
    gen = generation(history)
    if pair not in gen.currents:
        return
    ordered = tuple(sorted(moments))
    gone = retired(gen.currents[pair], Retirement(*pair, ordered))
    past = generation_at(replace(gen, currents={**gen.currents, pair: gone}), at)
    then = folded(slowly(history, at)).get(pair)
    if then is None:
        assert pair not in past.currents
        return
    before = tuple(one for one in ordered if one <= at)
    expected = retired(then, Retirement(*pair, before))
    assert told({pair: past.currents[pair]}) == told({pair: expected})


def test_a_state_of_the_past_keeps_what_is_held_whole_of_its_attempts():
    old = attempt("2026-02-20T10:00:00Z", run_url="https://ci.example.com/1", gates=(gate("SANITY"),))
    new = attempt("2026-02-24T10:00:00Z", build_version="1.1.0")
    [state] = generation_at(generation([old, new]), "2026-02-24T09:00:00.000Z").currents.values()
    assert state.serving is not None
    assert state.serving.run_url == "https://ci.example.com/1"
    assert state.serving.gates == old.gates


def test_what_columns_do_not_hold_can_be_filled_in_from_the_store():
    versions = [attempt(f"2026-02-2{day}T10:00:00Z", build_version=f"1.{day}.0", status=Status.FAILED)
                for day in range(4)]  # fmt: skip
    past = generation_at(generation(versions), "2026-02-21T12:00:00.000Z")
    [state] = past.currents.values()
    assert is_lean(state.latest)
    full = fold_day(*versions[1].pair, "2026-02-21", [replace(versions[1], run_url="https://ci.example.com/7")]).rows
    [state] = with_rows(past, full).currents.values()
    assert state.latest.run_url == "https://ci.example.com/7"
    assert state.latest_finished == state.latest


def test_queries_work_on_the_past_unchanged():
    gen = generation([attempt("2026-02-20T10:00:00Z"), attempt("2026-02-24T10:00:00Z", status=Status.FAILED)])
    at = "2026-02-24T10:05:00.000Z"
    now, then = (
        queries.overview(gen, EVERYTHING, NOW),
        queries.overview(generation_at(gen, at), EVERYTHING, from_instant(at)),
    )
    assert [one.health for one in now.attention] == [Health.ATTENTION]
    assert (then.attention, len(then.in_progress)) == ([], 1)
    assert (then.last_24h.failed, then.last_24h.in_progress, then.deploys_7d) == (0, 1, 1)
    assert then.freshness.as_of == at


def test_days_before_the_first_held_are_not_held():
    gen = generation([])
    assert not holds(gen, f"{(datetime.fromisoformat(gen.first_day) - timedelta(1)).date()}T23:59:59.000Z")
    assert holds(gen, f"{gen.first_day}T00:00:00.000Z")


def test_the_past_is_worked_out_once():
    gen = generation([attempt("2026-02-20T10:00:00Z"), attempt("2026-02-24T10:00:00Z")])
    at = "2026-02-21T00:00:00.000Z"
    assert generation_at(gen, at) is generation_at(gen, at)
