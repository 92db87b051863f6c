"""Failed tests through the folds: with the run, not with what lists read."""

from dataclasses import replace

from data import codec, rows
from data.events import REMEMBERED_BODY, TestResultEvent, from_claim, sealed, to_claim
from data.folds import Version, fold_attempt
from data.models import FailedTest, Verdict

ATTEMPT = "mira-us-west-2:authn:3.4.2:7"
FAILED = (FailedTest("shop.CartTest.adds", "expected 3\nbut got 4", 0.25), FailedTest("no.reason"))


def result(*failed: FailedTest) -> TestResultEvent:
    event = TestResultEvent(
        source="junit", event_time="2026-02-24T10:00:00.000Z", attempt_id=ATTEMPT, cluster_id="mira-us-west-2",
        service_id="authn", build_version="3.4.2", suite="SANITY", test_run_id="r", verdict=Verdict.FAILED,
        total=4, passed=4 - len(failed), failed=len(failed), skipped=0, executed_at="2026-02-24T10:00:00.000Z",
        failed_tests=failed,
    )  # fmt: skip
    return replace(sealed(event), received_at="2026-02-24T10:01:00.000Z")


def test_a_claim_gives_the_failed_tests_back_as_they_were_said() -> None:
    event = result(*FAILED)
    assert from_claim(to_claim(event)) == event


def test_a_claim_too_long_to_be_remembered_gives_them_back_too() -> None:
    event = result(FailedTest("long", "x" * REMEMBERED_BODY))
    assert from_claim(to_claim(event)) == event


def test_the_run_keeps_them_and_its_copy_as_a_gate_does_not() -> None:
    fold = fold_attempt(ATTEMPT, [to_claim(result(*FAILED))], Version(), 90)
    items = rows.run_items(fold, None)
    gate, run = items.pop("SANITY"), items.popitem()[1]
    assert codec.to_test_run(run).failed_tests == FAILED
    assert codec.to_test_run(gate).failed_tests == ()
    assert codec.to_test_run(gate) == replace(codec.to_test_run(run), failed_tests=())


def test_a_run_without_failures_takes_no_room_for_them() -> None:
    (run,) = fold_attempt(ATTEMPT, [to_claim(result())], Version(), 90).runs
    assert "failedTests" not in codec.from_test_run(run, as_gate=False, expires_at=None)
