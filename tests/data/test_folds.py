"""What the claims on an attempt come to: status, fields, gates, bindings."""

from dataclasses import replace
from typing import Any

from data import codec, keys, rows
from data.events import DeploymentEvent, TestResultEvent, sealed, to_claim
from data.folds import CLAIMS_KEPT, Listed, Version, bound_to, fold_attempt
from data.models import Attempt, Claim, Gate, Status, Trigger, Verdict

CLUSTER, SERVICE, VERSION = "mira-us-west-2", "authn", "3.4.2"
ATTEMPT = keys.attempt_id(CLUSTER, SERVICE, VERSION, "1")


def at(minute: int) -> str:
    return f"2026-02-24T10:{minute:02d}:00.000Z"


def said(status: Status, minute: int = 0, **fields: Any) -> Claim:
    ended = None if status is Status.IN_PROGRESS else at(minute)
    values: dict[str, Any] = {
        "source": "github-actions", "event_time": at(minute), "attempt_id": ATTEMPT, "cluster_id": CLUSTER,
        "service_id": SERVICE, "build_version": VERSION, "status": status, "started_at": at(0), "ended_at": ended,
    }  # fmt: skip
    event = replace(sealed(DeploymentEvent(**(values | fields))), received_at=at(59))
    return to_claim(event)


def a_run_of(suite: str, minute: int | None, failed: int = 0, run: str = "r", **fields: Any) -> Claim:
    executed = at(minute) if minute is not None else None
    silent = fields.pop("silent", False)
    verdict = Verdict.MISSING if silent else Verdict.FAILED if failed else Verdict.PASSED
    event = TestResultEvent(
        source="github-actions", event_time=executed or "", attempt_id=fields.pop("attempt_id", ATTEMPT),
        cluster_id=CLUSTER, service_id=SERVICE, build_version=VERSION, suite=suite, test_run_id=run,
        verdict=verdict, total=0 if silent else 10, passed=0 if silent else 10 - failed, failed=failed, skipped=0,
        executed_at=executed, **fields,
    )  # fmt: skip
    return to_claim(replace(sealed(event), received_at=at(59)))


def folded(*claims: Claim, version: Version = Version()) -> Attempt:  # noqa: B008 (frozen)
    attempt = fold_attempt(ATTEMPT, claims, version, 90).attempt
    assert attempt is not None
    return attempt


def test_a_late_event_does_not_reopen_a_finished_attempt() -> None:
    assert folded(said(Status.SUCCESS, 10), said(Status.IN_PROGRESS, 30)).status is Status.SUCCESS


def test_a_rollback_outranks_everything_and_live_outranks_success() -> None:
    assert folded(said(Status.LIVE, 20), said(Status.SUCCESS, 30)).status is Status.LIVE
    assert folded(said(Status.ROLLBACK, 5), said(Status.LIVE, 30)).status is Status.ROLLBACK


def test_of_success_and_failure_the_later_counts_and_at_one_time_the_failure() -> None:
    assert folded(said(Status.FAILED, 10), said(Status.SUCCESS, 11)).status is Status.SUCCESS
    assert folded(said(Status.FAILED, 11), said(Status.SUCCESS, 11)).status is Status.FAILED


def test_each_field_is_the_last_word_of_those_who_said_one() -> None:
    attempt = folded(
        said(Status.IN_PROGRESS, actor="mia", trigger=Trigger.MERGE),
        said(Status.SUCCESS, 10, actor="noor"),
        said(Status.IN_PROGRESS, 50, actor="late"),
    )
    assert (attempt.actor, attempt.trigger, attempt.git_sha) == ("noor", Trigger.MERGE, None)


def test_an_attempt_started_when_the_earliest_source_says() -> None:
    assert folded(said(Status.SUCCESS, 10), said(Status.IN_PROGRESS, 5, started_at=at(3))).started_at == at(0)


def test_a_run_that_was_cancelled_and_then_succeeded_was_not_cancelled() -> None:
    cancelled = said(Status.FAILED, 5, cancelled=True)
    assert folded(cancelled).cancelled
    assert not folded(cancelled, said(Status.SUCCESS, 9)).cancelled


def test_the_gate_is_the_latest_run_of_its_suite_and_every_run_is_kept() -> None:
    claims = [said(Status.SUCCESS, 10), a_run_of("SANITY", 6, failed=2, run="a"), a_run_of("SANITY", 7, run="b")]
    fold = fold_attempt(ATTEMPT, claims, Version(), 90)
    assert [run.test_run_id for run in fold.runs] == ["a", "b"]
    assert [(gate.suite, gate.verdict) for gate in folded(*claims).gates] == [("SANITY", Verdict.PASSED)]


def gate_of(*runs: int) -> Gate:
    """The gate of runs with so many failed tests, one after the other; -1: a run that says nothing."""
    made = [a_run_of("SANITY", 6 + n, max(failed, 0), f"r{n}", silent=failed < 0) for n, failed in enumerate(runs)]
    other = a_run_of("FUNCTIONAL", 20, 3, "z")
    (gate,) = (one for one in folded(said(Status.SUCCESS, 5), *made, other).gates if one.suite == "SANITY")
    return gate


def test_a_gate_says_how_many_runs_there_were_and_whether_their_verdict_turned() -> None:
    told = {
        runs: (gate_of(*runs).runs, gate_of(*runs).turned) for runs in ((0,), (1, 2), (1, 0), (0, 1, 0), (1, -1, 0))
    }
    assert told == {
        (0,): (1, False),
        (1, 2): (2, False),
        (1, 0): (2, True),
        (0, 1, 0): (3, True),
        (1, -1, 0): (2, True),
    }
    assert (gate_of(-1).runs, gate_of(-1).turned) == (0, False)


def test_what_was_written_before_runs_were_counted_does_not_know_them() -> None:
    gates = (gate_of(1, 0), gate_of(0))
    written = codec.gate_list(gates)
    assert codec.to_gates(written) == gates
    assert [(one.runs, one.turned) for one in codec.to_gates(row[:7] for row in written)] == [(None, False)] * 2


def test_a_suite_that_passed_in_the_end_leads_to_its_last_run_that_had_not() -> None:
    runs = [a_run_of("SANITY", 6 + n, failed, f"r{n}") for n, failed in enumerate((1, 2, 0))]
    items = rows.run_items(fold_attempt(ATTEMPT, runs, Version(), 90), None)
    assert rows.failing_run(items["SANITY"]) == (ATTEMPT, keys.run_sk("SANITY", at(7), "r1"))
    failed = rows.run_items(fold_attempt(ATTEMPT, runs[:2], Version(), 90), None)
    assert rows.failing_run(failed["SANITY"]) == (ATTEMPT, keys.run_sk("SANITY", at(7), "r1"))


def test_results_that_come_first_wait_for_their_attempt() -> None:
    fold = fold_attempt(ATTEMPT, [a_run_of("SANITY", 6)], Version(), 90)
    assert fold.attempt is None
    assert [run.suite for run in fold.runs] == ["SANITY"]


def listed(n: str, minute: int, sha: str | None = None) -> Listed:
    return Listed(keys.attempt_id(CLUSTER, SERVICE, VERSION, n), at(minute), sha)


def test_a_result_without_an_attempt_belongs_to_the_last_one_started_before_it() -> None:
    attempts = [listed("1", 0), listed("2", 20)]
    waiting = [a_run_of("SANITY", minute, attempt_id=None) for minute in (10, 20, 30)]
    assert [bound_to(claim, attempts) for claim in waiting] == [
        attempts[0].attempt_id, attempts[1].attempt_id, attempts[1].attempt_id
    ]  # fmt: skip
    assert bound_to(a_run_of("SANITY", None, attempt_id=None), attempts) == attempts[1].attempt_id
    assert bound_to(a_run_of("SANITY", 10, attempt_id=None), attempts[1:]) is None


def test_a_result_with_a_commit_belongs_to_an_attempt_of_that_commit() -> None:
    attempts = [listed("1", 0, "abc1234"), listed("2", 5, "fff0000")]
    claim = a_run_of("SANITY", 10, attempt_id=None, git_sha="abc1234def")
    assert bound_to(claim, attempts) == attempts[0].attempt_id


def test_another_source_observes_and_its_word_counts_as_a_claim() -> None:
    observed = said(Status.LIVE, 20, source="argocd", started_at="2026-02-24T09:00:00.000Z")
    attempt = folded(said(Status.SUCCESS, 10), version=Version((listed("1", 0),), (observed,)))
    assert attempt.status is Status.LIVE
    assert attempt.source == "github-actions"
    assert attempt.started_at == at(0)  # when it began, only those say who open attempts


def test_a_flood_of_claims_is_cut_to_the_latest_and_no_kind_drives_out_another() -> None:
    results = [a_run_of("SANITY", 6, run=f"run-{n:03d}") for n in range(CLAIMS_KEPT + 7)]
    fold = fold_attempt(ATTEMPT, [said(Status.SUCCESS, 1), *results], Version(), 90)
    assert len(fold.dropped) == 7
    assert len(fold.runs) == CLAIMS_KEPT
    assert fold.attempt is not None
    assert fold.attempt.status is Status.SUCCESS


def test_what_failed_on_the_way_of_a_success_is_not_its_reason() -> None:
    step = said(Status.IN_PROGRESS, 5, failure_reason="smoke: step 3")
    assert folded(step, said(Status.FAILED, 9)).failure_reason == "smoke: step 3"
    assert folded(step, said(Status.SUCCESS, 9)).failure_reason is None
