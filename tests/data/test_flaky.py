"""What says two things of one version, small enough to see by eye."""

import pandas as pd
import pytest

from data.analytics_parts import flakes
from data.analytics_views import Flake, Flakes
from data.columns import columns_of
from data.flaky import attempts_behind
from data.models import EVERYTHING, Gate, Status, Verdict
from tests.read_model import AQUILA, attempt, gate, pair_days

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
