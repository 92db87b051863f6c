"""Which attempts are deployments, which of them failed and until when: the golden cases of the definitions."""

import pytest

from data.delivery_judge import Failure, Kind, Rework, Trouble, Try, concerned, judged, walk
from data.models import Status, Trigger

HOUR = 3_600_000
D, R, SAME, OUT = Kind.DEPLOYMENT, Kind.RESTORE, Kind.REDEPLOY, Kind.FAILED_ROLLOUT


def tried(version, hour, status=Status.SUCCESS, trigger=Trigger.PROMOTION, **more):
    """An attempt that ends at this hour and took a quarter of one."""
    end = round(hour * HOUR)
    return Try(f"{version}@{hour}", version, status, trigger, end - HOUR // 4, end, **more)


def verdicts(tries, troubles=None, hurt=frozenset()):
    return judged(tries, walk(tries, hurt), troubles or {})


def kinds(found):
    return [one.kind for one in found]


def failures(found):
    return {place: one.failure for place, one in enumerate(found) if one.failure}


def test_going_back_over_two_versions_blames_the_first_deployed_after_the_target():
    found = verdicts([tried("1.0.0", 1), tried("2.0.0", 2), tried("3.0.0", 3), tried("1.0.0", 4)])
    assert kinds(found) == [D, D, D, R]
    assert failures(found) == {1: Failure.RESTORED}
    assert (found[1].detected, found[1].recovered, found[1].recovered_by) == (2 * HOUR, 4 * HOUR, 3)


def test_putting_the_newer_version_out_again_is_a_deployment():
    found = verdicts([tried("1.0.0", 1), tried("2.0.0", 2), tried("1.0.0", 3), tried("2.0.0", 4)])
    assert kinds(found) == [D, D, R, D]
    assert failures(found) == {1: Failure.RESTORED}


def test_the_same_version_again_is_nothing():
    assert kinds(verdicts([tried("1.0.0", 1), tried("1.0.0", 2)])) == [D, SAME]


def test_tries_that_never_served_are_no_deployments():
    found = verdicts([tried("1", 1, Status.FAILED), tried("1", 2, Status.FAILED), tried("1", 3)])
    assert kinds(found) == [OUT, OUT, D]
    assert failures(found) == {}


def test_a_rollback_of_a_rollback_is_no_second_failure():
    back = {"trigger": Trigger.ROLLBACK}
    found = verdicts([tried("1.0.0", 1), tried("2.0.0", 2), tried("1.0.0", 3, **back), tried("2.0.0", 4, **back)])
    assert kinds(found) == [D, D, R, R]
    assert failures(found) == {1: Failure.RESTORED}


def test_its_own_status_fails_a_deployment_and_the_way_back_it_names_makes_it_no_restore():
    bad = tried("2.0.0", 2, Status.ROLLBACK, names_way_back=True)
    found = verdicts([tried("1.0.0", 1), bad, tried("1.0.0", 3, trigger=Trigger.ROLLBACK)])
    assert kinds(found) == [D, D, R]
    assert failures(found) == {1: Failure.ROLLED_BACK}
    assert found[1].recovered == 3 * HOUR


def test_a_version_that_was_rolled_back_and_comes_again_is_deployed_again():
    found = verdicts([tried("1.0.0", 1), tried("2.0.0", 2, Status.ROLLBACK), tried("2.0.0", 3)])
    assert kinds(found) == [D, D, D]
    assert found[1].recovered_by == 2


def test_words_that_are_no_semver_are_older_where_they_were_seen_first():
    found = verdicts([tried("blue", 1), tried("green", 2), tried("blue", 3), tried("amber", 4)])
    assert kinds(found) == [D, D, R, D]


def test_an_older_version_that_never_served_here_is_a_deployment():
    assert kinds(verdicts([tried("2.0.0", 1), tried("1.9.0", 2)])) == [D, D]


def test_a_rollback_to_what_is_not_held_blames_the_latest_deployment():
    found = verdicts([tried("2.0.0", 1), tried("3.0.0", 2), tried("1.0.0", 3, trigger=Trigger.ROLLBACK)])
    assert failures(found) == {1: Failure.RESTORED}


@pytest.mark.parametrize(("hours", "failed"), [(24, {0: Failure.HOTFIX}), (24.01, {})])
def test_a_hotfix_within_a_day_tells_on_the_deployment_before_it(hours, failed):
    found = verdicts([tried("1.0.0", 1), tried("1.0.1", 1 + hours, trigger=Trigger.HOTFIX)])
    assert failures(found) == failed
    assert [one.rework for one in found] == [None, Rework.HOTFIX]


def test_a_rollback_is_the_better_reason_where_a_hotfix_came_first():
    fix = tried("2.0.1", 3, hotfix=True)
    found = verdicts([tried("1.0.0", 1), tried("2.0.0", 2), fix, tried("1.0.0", 4)])
    assert failures(found) == {1: Failure.RESTORED}
    assert found[1].recovered == 4 * HOUR


def test_an_incident_fails_a_deployment_and_what_ends_it_is_rework():
    found = verdicts([tried("1.0.0", 1), tried("1.1.0", 5)], {0: Trouble("INC-1", 2 * HOUR)})
    assert failures(found) == {0: Failure.INCIDENT}
    assert (found[0].detected, found[0].recovered, found[0].incident_id) == (2 * HOUR, 5 * HOUR, "INC-1")
    assert found[1].rework is Rework.INCIDENT_FIX


def test_an_incident_resolved_before_the_next_deployment_ended_the_failure():
    found = verdicts([tried("1.0.0", 1), tried("1.1.0", 500)], {0: Trouble("INC-1", 2 * HOUR, 3 * HOUR)})
    assert (found[0].recovered, found[0].recovered_by, found[1].rework) == (3 * HOUR, None, None)


def test_a_failed_rollout_that_an_incident_names_counts_as_a_deployment_that_failed():
    tries = [tried("1.0.0", 1), tried("2.0.0", 2, Status.FAILED), tried("1.0.0", 3)]
    found = verdicts(tries, {1: Trouble("INC-2", 2 * HOUR)}, hurt={1})
    assert kinds(found) == [D, D, SAME]
    assert failures(found) == {1: Failure.INCIDENT}
    assert found[1].recovered == 3 * HOUR


def test_a_failure_nothing_ended_stays_open():
    found = verdicts([tried("1.0.0", 1), tried("2.0.0", 2, Status.ROLLBACK)])
    assert (found[1].failure, found[1].recovered) == (Failure.ROLLED_BACK, None)


def test_cancelled_and_running_attempts_count_nowhere():
    tries = [
        tried("1", 1, cancelled=True),
        tried("2", 2, Status.FAILED, cancelled=True),
        tried("3", 3, Status.IN_PROGRESS),
    ]
    assert kinds(verdicts(tries)) == [Kind.CANCELLED, Kind.CANCELLED, Kind.IN_PROGRESS]


def test_what_serves_is_decided_by_the_end_and_not_by_the_start():
    slow = Try("slow", "2.0.0", Status.SUCCESS, Trigger.MERGE, HOUR, 9 * HOUR)
    quick = Try("quick", "1.0.0", Status.SUCCESS, Trigger.MERGE, 2 * HOUR, 3 * HOUR)
    assert kinds(verdicts([slow, quick])) == [D, D]


def test_an_incident_that_names_none_is_about_the_latest_deployment_within_three_days():
    ends = [10 * HOUR, 20 * HOUR]
    assert concerned(ends, 15 * HOUR) == 0
    assert concerned(ends, 20 * HOUR) == 1
    assert concerned(ends, 92 * HOUR) == 1
    assert concerned(ends, 92 * HOUR + 1) is None
    assert concerned(ends, 9 * HOUR) is None
