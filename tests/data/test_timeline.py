"""An attempt's time as steps; what was not sent has none."""

from typing import Any

from data.models import Claim, Status, Verdict
from data.timeline import steps
from tests.facts import a_run, an_attempt, at

ATTEMPT = an_attempt(10)


def claim(minute: int, **changes: Any) -> Claim:
    values: dict[str, Any] = {
        "event_id": str(minute), "kind": "deployment", "source": "ci", "event_time": at(minute),
        "received_at": at(minute), "digest": str(minute), "body": "{}",
    }  # fmt: skip
    return Claim(**(values | changes))


def test_waiting_is_from_the_first_word_of_it_to_its_start():
    waiting, rollout = steps(ATTEMPT, [], [claim(10), claim(4), claim(20)])
    assert (waiting.name, waiting.start, waiting.end) == ("Waiting", at(4), at(10))
    assert (rollout.start, rollout.end, rollout.tone) == (at(10), at(20), "success")


def test_what_was_first_heard_of_at_its_start_did_not_wait():
    assert [one.name for one in steps(ATTEMPT, [], [claim(10), claim(20)])] == ["Rollout"]


def test_words_on_its_tests_or_on_the_version_alone_are_no_waiting():
    others = [claim(1, kind="test-result"), claim(2, observation=True), claim(3, event_time="")]
    assert [one.name for one in steps(ATTEMPT, [], others)] == ["Rollout"]


def test_an_attempt_that_runs_is_open_and_one_whose_end_was_not_sent_is_not():
    [running] = steps(an_attempt(10, status=Status.IN_PROGRESS, ended_at=None), [], [])
    assert running.open and running.end is None
    [ended] = steps(an_attempt(10, status=Status.FAILED, ended_at=None), [], [])
    assert not ended.open and ended.end is None


def test_tests_stand_in_order_of_time_and_those_without_a_time_nowhere():
    sanity = a_run(ATTEMPT, "SANITY", executed_at=at(12), duration_sec=60.0, verdict=Verdict.FAILED)
    functional = a_run(ATTEMPT, executed_at=at(11), duration_sec=None)
    unknown = a_run(ATTEMPT, "REGRESSION", executed_at=None)
    _, first, second = steps(ATTEMPT, [sanity, unknown, functional], [])
    assert (first.name, first.start, first.end) == ("Functional tests", at(11), None)
    assert (second.name, second.end, second.tone) == ("Sanity tests", at(13), "failed")


def test_tests_that_ran_much_later_are_far():
    late = a_run(ATTEMPT, executed_at=at(20 + 61))
    soon = a_run(ATTEMPT, "SANITY", executed_at=at(20 + 59))
    assert [one.far for one in steps(ATTEMPT, [late, soon], [])] == [False, False, True]
    assert not steps(an_attempt(10, ended_at=at(70)), [late], [])[1].far


def test_a_cancelled_attempt_is_no_failure():
    [rollout] = steps(an_attempt(10, status=Status.FAILED, cancelled=True), [], [])
    assert rollout.tone == "cancelled"
