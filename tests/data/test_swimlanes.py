"""Attempts as lanes on a line of time: which are drawn, in what order, and what is said of the rest."""

from collections.abc import Collection
from functools import partial

import pandas as pd
import pytest

from data.cluster_views import SwimLanes
from data.columns import columns_of
from data.day_numbers import milliseconds
from data.models import EVERYTHING, Attempt, Status
from data.swimlanes import COLUMNS, swim_lanes
from tests.read_model import MIRA, attempt, pair_days

FIRST, LAST = milliseconds("2026-02-20T00:00:00.000Z"), milliseconds("2026-02-25T00:00:00.000Z")
NOW = milliseconds("2026-02-24T12:34:56.000Z")


def lanes(*attempts: Attempt, first: frozenset[str] = frozenset(), most: tuple[int, int] = (30, 600)) -> SwimLanes:
    held = columns_of(pair_days(attempts)).attempts
    own = partial(held.frame, EVERYTHING, FIRST, LAST, cluster_ids=(MIRA,))
    tried = own(columns=("service", "started"))

    def newest(services: Collection[str], most: int) -> pd.DataFrame:
        return own(service_ids=services, columns=COLUMNS, newest=most)

    return swim_lanes(tried, newest, first, (FIRST, LAST), NOW, most)


def of(service: str, *starts: str) -> list[Attempt]:
    return [attempt(f"2026-02-{start}:00Z", service_id=service) for start in starts]


def test_a_bar_says_what_its_attempt_was():
    failed = attempt(
        "2026-02-21T10:00:00Z", status=Status.FAILED, failure_reason="image pull", build_version="1.2.3", n="7"
    )
    running = attempt("2026-02-22T10:00:00Z", status=Status.IN_PROGRESS)
    [lane] = lanes(running, failed).lanes
    first, second = lane.bars
    assert (lane.service_id, lane.attempts) == ("authn", 2)
    assert first.attempt_id == failed.attempt_id == f"{MIRA}:authn:1.2.3:7"
    assert (first.version, first.outcome, first.reason) == ("1.2.3", "failed", "image pull")
    assert (first.started, first.ended) == ("2026-02-21T10:00:00.000Z", "2026-02-21T10:10:00.000Z")
    assert (second.outcome, second.ended, second.reason) == ("in_progress", None, None)


@pytest.mark.parametrize(("changes", "outcome"), [
    ({"status": Status.SUCCESS}, "success"), ({"status": Status.LIVE}, "success"),
    ({"status": Status.ROLLBACK}, "rollback"), ({"status": Status.FAILED, "cancelled": True}, "cancelled"),
])  # fmt: skip
def test_a_cancelled_attempt_is_no_failure_and_what_is_live_is_a_success(changes, outcome):
    [lane] = lanes(attempt("2026-02-21T10:00:00Z", **changes)).lanes
    assert [bar.outcome for bar in lane.bars] == [outcome]


def test_services_that_need_attention_come_first_then_those_tried_most():
    tried = [*of("authn", "21T10:00"), *of("billing", "21T10:00", "22T10:00"), *of("cart", "21T10:00")]
    assert [one.service_id for one in lanes(*tried).lanes] == ["billing", "authn", "cart"]
    assert [one.service_id for one in lanes(*tried, first=frozenset({"cart"})).lanes] == ["cart", "billing", "authn"]


def test_of_too_many_services_those_tried_last_have_a_lane_and_all_are_counted():
    tried = [*of("authn", "20T10:00", "20T11:00"), *of("billing", "23T10:00"), *of("cart", "22T10:00")]
    shown = lanes(*tried, most=(2, 600))
    assert sorted(one.service_id for one in shown.lanes) == ["billing", "cart"]
    assert (shown.services, shown.attempts, shown.drawn) == (3, 4, 2)


def test_of_too_many_attempts_the_newest_have_a_bar_and_the_line_begins_there():
    tried = [*of("authn", "20T10:00", "20T11:00", "23T10:20"), *of("billing", "23T12:00")]
    shown = lanes(*tried, most=(30, 2))
    assert shown.drawn == 2
    assert {one.service_id: (one.attempts, len(one.bars)) for one in shown.lanes} == {
        "authn": (3, 1),
        "billing": (1, 1),
    }
    assert shown.since == "2026-02-23T10:00:00.000Z"


def test_the_line_is_of_the_days_asked_for_and_ends_with_the_running_hour():
    shown = lanes(*of("authn", "22T10:00"))
    assert shown.since == "2026-02-20T00:00:00.000Z"
    assert shown.until == "2026-02-24T13:00:00.000Z"
    assert shown.now == "2026-02-24T12:34:00.000Z"


def test_days_without_an_attempt_have_no_lanes():
    shown = lanes()
    assert (shown.lanes, shown.attempts, shown.services, shown.drawn) == ([], 0, 0, 0)


def test_attempts_of_the_same_moment_are_all_drawn():
    twins = [attempt("2026-02-21T10:00:00Z", n=n) for n in ("1", "2")]
    [lane] = lanes(*twins).lanes
    assert [bar.attempt_id for bar in lane.bars] == [one.attempt_id for one in twins]
