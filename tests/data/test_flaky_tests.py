"""Names of flaky tests, from the runs that really are in the tables."""

from collections.abc import Iterator
from typing import Any

import pytest

from data.flaky_tests import LOOKED_AT, FlakyTest, flaky_tests
from data.models import EVERYTHING, FailedTest, Scope, Verdict
from data.quality_views import Turn
from tests.conftest import Aws, fresh_aws
from tests.facts import Facts, a_run, an_attempt

ATTEMPTS = [an_attempt(minute) for minute in range(3)]


def turn(number: int, suite: str | None = "FUNCTIONAL") -> Turn:
    one = ATTEMPTS[number % 3]
    return Turn(suite, one.cluster_id, one.service_id, one.build_version, one.attempt_id, one.started_at, "", "")


def failed(number: int, *names: str) -> Any:
    tests = tuple(FailedTest(name) for name in names)
    return a_run(ATTEMPTS[number], verdict=Verdict.FAILED, failed=len(names), failed_tests=tests)


@pytest.fixture(scope="module")
def aws(emulator: str, aws_clients: Any) -> Iterator[Aws]:
    with fresh_aws(emulator, *aws_clients) as found:
        facts = Facts(found.dynamodb, found.tables)
        facts.attempts(*ATTEMPTS)
        facts.runs(failed(0, "adds", "removes", "adds"), failed(1, "adds"), a_run(ATTEMPTS[2]))
        yield found


def test_a_test_counts_once_a_run_and_the_most_frequent_comes_first(aws):
    store = Facts(aws.dynamodb, aws.tables).store()
    found = flaky_tests(store, EVERYTHING, [turn(0), turn(1), turn(2), turn(0, None)])
    assert found.tests == [FlakyTest("FUNCTIONAL", "adds", 2), FlakyTest("FUNCTIONAL", "removes", 1)]
    assert (found.looked_at, found.with_names) == (3, 2)


def test_of_a_suite_that_passed_in_a_later_run_the_run_that_failed_is_asked(aws):
    again = an_attempt(9)
    first = a_run(again, test_run_id="run-0", verdict=Verdict.FAILED, failed_tests=(FailedTest("wavers"),))
    Facts(aws.dynamodb, aws.tables).runs(first, a_run(again))
    store = Facts(aws.dynamodb, aws.tables).store()
    turned = Turn("FUNCTIONAL", *again.pair, again.build_version, again.attempt_id, "", again.attempt_id, "")
    found = flaky_tests(store, EVERYTHING, [turned])
    assert (found.tests, found.with_names) == ([FlakyTest("FUNCTIONAL", "wavers", 1)], 1)


def test_of_many_turns_the_newest_are_looked_at(aws):
    store = Facts(aws.dynamodb, aws.tables).store()
    assert flaky_tests(store, EVERYTHING, [turn(n) for n in range(200)]).looked_at == LOOKED_AT


def test_what_is_out_of_scope_is_not_read(aws):
    store = Facts(aws.dynamodb, aws.tables).store()
    assert flaky_tests(store, Scope(services=frozenset({"billing"})), [turn(0)]).tests == []
