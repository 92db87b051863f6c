"""What retries cost: golden cases, and held against a walk over the attempts one by one."""

from hypothesis import given

from data.flake_tax import retries
from data.instants import seconds_between
from data.models import SUCCESSFUL, Attempt, Status
from tests.data.quality_worlds import FAILED, frame, pairs, tried, worlds
from tests.read_model import AQUILA


def lost(*attempts: Attempt) -> list[tuple[str, float, str]]:
    """(number of the retry, hours lost, number of the success)."""
    found = retries(frame(list(attempts)))
    rows = zip(found["number"].tolist(), found["lost"].tolist(), found["by"].tolist(), strict=True)
    return [(number, ms / 3_600_000, by) for number, ms, by in rows]


def test_two_failures_and_a_success_of_one_version_are_two_retries_from_the_first_start_to_the_success_end():
    found = lost(tried(1, n="1", **FAILED), tried(3, n="2", **FAILED), tried(6, n="3"))
    assert found == [("1", 2.0, "3"), ("2", 3 + 1 / 6, "3")]


def test_without_an_end_of_the_success_time_is_lost_up_to_its_start():
    assert lost(tried(1, n="1", **FAILED), tried(3, n="2", ended_at=None)) == [("1", 2.0, "2")]


def test_another_version_in_between_is_a_change():
    assert lost(tried(1, **FAILED), tried(2, build_version="2.0.0", **FAILED), tried(3)) == []


def test_a_success_elsewhere_or_of_another_service_rescues_nothing():
    assert lost(tried(1, **FAILED), tried(2, cluster_id=AQUILA), tried(3, service_id="billing")) == []


def test_cancelled_and_running_attempts_in_between_are_passed_over():
    passed_over = tried(2, cancelled=True, **FAILED), tried(3, status=Status.IN_PROGRESS)
    assert lost(tried(1, n="1", **FAILED), *passed_over, tried(4, n="4", ended_at=None)) == [("1", 3.0, "4")]


def test_a_rollback_rescues_nothing_and_what_never_succeeded_is_no_retry():
    assert lost(tried(1, **FAILED), tried(2, status=Status.ROLLBACK), tried(3)) == []
    assert lost(tried(1, **FAILED), tried(2, **FAILED)) == lost() == []


def slowly(attempts: list[Attempt]) -> set[tuple[str, str, float]]:
    """(failed attempt, success, seconds lost), one attempt after the other."""
    found = set()
    for of_pair in pairs(attempts):
        finished = [one for one in of_pair if not one.cancelled and one.status is not Status.IN_PROGRESS]
        for place, one in enumerate(finished):
            row = [one]
            for later in finished[place + 1 :]:
                if row[-1].status is not Status.FAILED or later.build_version != one.build_version:
                    break
                row.append(later)
            if one.status is Status.FAILED and row[-1].status in SUCCESSFUL:
                until = row[1].started_at if len(row) > 2 else (row[1].ended_at or row[1].started_at)
                found.add((one.attempt_id, row[-1].attempt_id, seconds_between(one.started_at, until)))
    return found


@given(worlds())
def test_retries_are_those_found_one_by_one(attempts):
    found = retries(frame(attempts))
    ids = [f"{c}:{s}:{v}" for c, s, v in zip(found["cluster"], found["service"], found["version"], strict=True)]
    assert slowly(attempts) == {
        (f"{build}:{number}", f"{build}:{by}", ms / 1000)
        for build, number, by, ms in zip(ids, found["number"], found["by"], found["lost"], strict=True)
    }
