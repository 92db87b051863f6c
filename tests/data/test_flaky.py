"""What says two things of one version, small enough to see by eye."""

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics_parts import flakes
from data.analytics_views import Flake, Flakes
from data.columns import columns_of
from data.day_numbers import day_number
from data.flaky import attempts_behind, untold
from data.flips import HOUR_MS
from data.models import EVERYTHING, Gate, Status, Verdict
from tests.data.quality_worlds import judged
from tests.read_model import AQUILA, MIRA, attempt, gate, pair_days

FAILED = {"status": Status.FAILED}


def frame(*attempts) -> pd.DataFrame:
    return columns_of(pair_days(attempts)).attempts.frame(EVERYTHING, 0, 4_000_000_000_000)


def told(*attempts) -> Flakes:
    return flakes(columns_of(pair_days(attempts)), EVERYTHING, 0, 4_000_000 * 1_000_000)


def tried(hour: int, **changes):
    return attempt(f"2026-02-02T{hour:02}:00:00Z", **changes)


def test_a_deploy_that_failed_and_then_passed_unchanged_is_flaky():
    assert told(tried(1, **FAILED), tried(2)).found == (Flake("authn", None, 1, 1),)


def test_two_failures_before_the_success_are_one_version():
    assert told(tried(1, **FAILED), tried(2, **FAILED), tried(3)).found == (Flake("authn", None, 1, 1),)


@pytest.mark.parametrize(
    "attempts",
    [
        [tried(1), tried(2, **FAILED)],
        [tried(1, **FAILED), tried(2, build_version="1.0.1")],
        [tried(1, **FAILED), tried(2, cluster_id=AQUILA)],
        [tried(1, **FAILED), tried(2, service_id="billing")],
        [tried(1, status=Status.ROLLBACK), tried(2)],
        [tried(1, status=Status.FAILED, cancelled=True), tried(2)],
        [tried(1, status=Status.IN_PROGRESS), tried(2)],
        [tried(1)],
        [],
    ],
)
def test_nothing_else_is_a_flaky_deploy(attempts):
    assert told(*attempts).found == ()


def test_the_share_is_of_the_versions_tried_more_than_once():
    found = told(
        tried(1, **FAILED), tried(2),
        tried(3, build_version="2.0.0"), tried(4, build_version="2.0.0"),
        tried(5, build_version="3.0.0"),
    )  # fmt: skip
    assert found.found == (Flake("authn", None, 1, 2),)
    assert found.repeated == 2


def test_a_suite_is_flaky_where_its_verdict_changes_in_either_direction():
    bad, good = (gate("SANITY", failed=1),), (gate("SANITY"),)
    assert told(tried(1, gates=good), tried(2, gates=bad)).found == (Flake("authn", "SANITY", 1, 1),)
    assert told(tried(1, gates=bad), tried(2, gates=good)).found == (Flake("authn", "SANITY", 1, 1),)
    assert told(tried(1, gates=bad), tried(2, gates=bad)).found == ()


def test_a_missing_verdict_says_nothing_and_a_partial_one_is_no_pass():
    none, part = (gate("SANITY", total=0),), (Gate("SANITY", Verdict.PARTIAL, 10, 9, 1, 0),)
    good = (gate("SANITY"),)
    assert told(tried(1, gates=good), tried(2, gates=none), tried(3, gates=good)).found == ()
    assert told(tried(1, gates=good), tried(2, gates=none), tried(3, gates=part)).found == (
        Flake("authn", "SANITY", 1, 1),
    )


def ran(hour: int, *verdicts: Verdict, **changes):
    """An attempt of which SANITY said this, run after run."""
    return tried(hour, gates=judged("SANITY", verdicts), **changes)


def test_a_suite_is_flaky_where_it_turns_within_one_attempt_and_the_attempt_stands_behind_it():
    turned = ran(1, Verdict.FAILED, Verdict.PASSED)
    assert told(turned) == Flakes((Flake("authn", "SANITY", 1, 1),), 1)
    assert told(ran(1, Verdict.PASSED, Verdict.PASSED)) == Flakes((), 1)
    assert told(ran(1, Verdict.MISSING, Verdict.PASSED)) == Flakes((), 0)
    assert attempts_behind(frame(turned, ran(2, service_id="billing")), "authn", "SANITY").tolist() == [True, False]


def test_of_what_was_written_before_runs_were_counted_nothing_is_claimed():
    old, new = tried(1, gates=(Gate("SANITY", Verdict.PASSED),)), ran(2, Verdict.PASSED)
    assert len(untold(frame(old, new, tried(3)))) == 1
    assert told(old).found == ()


@st.composite
def histories(draw):
    """Attempts of one suite, each with its runs, and a range of hours."""
    hours = draw(st.lists(st.integers(0, 23), max_size=8))
    runs = st.lists(st.sampled_from((Verdict.PASSED, Verdict.FAILED, Verdict.MISSING)), max_size=3)
    made = [
        (hour, draw(runs), draw(st.sampled_from(("1", "2"))), draw(st.sampled_from((MIRA, AQUILA)))) for hour in hours
    ]
    return sorted(made, key=lambda one: one[0]), *sorted(draw(st.tuples(st.integers(0, 24), st.integers(0, 24))))


def walked(made) -> tuple[int, int]:
    """(versions judged more than once, those that flipped); a last run without a verdict is no gate."""
    judged_once, again, flipped = set(), set(), set()
    last: dict[tuple[object, ...], Verdict] = {}
    for _hour, runs, *version in made:
        build, said = tuple(version), [one for one in runs if one is not Verdict.MISSING]
        if len(said) > 1:
            again.add(build)
        if any(one != following for one, following in pairwise(said)):
            flipped.add(build)
        if runs and runs[-1] is not Verdict.MISSING:
            if build in judged_once:
                again.add(build)
            if last.get(build, runs[-1]) != runs[-1]:
                flipped.add(build)
            judged_once.add(build)
            last[build] = runs[-1]
    return len(again), len(flipped)


@given(histories())
def test_every_run_of_any_hours_tells_what_a_walk_over_them_finds(history):
    made, since, until = history
    columns = columns_of(pair_days(
        ran(hour, *runs, build_version=version, cluster_id=cluster, n=str(place))
        for place, (hour, runs, version, cluster) in enumerate(made)
    ))  # fmt: skip
    start = day_number("2026-02-02") * 24
    found = flakes(columns, EVERYTHING, (start + since) * HOUR_MS, (start + until) * HOUR_MS)
    within = [one for one in made if since <= one[0] < until]
    of_suite = [one for one in found.found if one.suite == "SANITY"]
    again, flipped = walked(within)
    assert [(one.n, one.flipped) for one in of_suite] == ([(again, flipped)] if flipped else [])


def test_the_most_flaky_come_first():
    found = told(
        tried(1, **FAILED), tried(2), tried(3, build_version="2", **FAILED), tried(4, build_version="2"),
        tried(5, service_id="billing", **FAILED), tried(6, service_id="billing"),
    ).found  # fmt: skip
    assert [(one.service_id, one.flipped) for one in found] == [("authn", 2), ("billing", 1)]
    assert found[0].key == "authn:deploy"


def test_the_attempts_behind_are_those_of_the_versions_that_flipped():
    attempts = frame(
        tried(1, **FAILED), tried(2), tried(3, build_version="2"), tried(4, build_version="2"),
        tried(5, service_id="billing", **FAILED), tried(6, status=Status.IN_PROGRESS),
    )  # fmt: skip
    assert attempts_behind(attempts, "authn", None).tolist() == [True, True, False, False, False, False]
    assert not attempts_behind(attempts, "nobody", None).any()
    assert not attempts_behind(attempts, "authn", "NONE").any()
