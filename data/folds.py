"""From claims to attempts: pure, and the same result for any order and any repetition of the same claims.

A fact is a function of the *set* of its claims, each with the first time it was received, kept by the condition
under which a claim is put; everything here is a maximum, a minimum or a sort.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from data.events import DeploymentEvent, TestResultEvent, from_claim
from data.instants import epoch
from data.models import (
    SUCCESSFUL,
    Attempt,
    Claim,
    Gate,
    Instant,
    Status,
    TestRun,
    Trigger,
    Verdict,
)

FOLD_VERSION = "3"
CLAIMS_KEPT = 50
RANK = {Status.IN_PROGRESS: 0, Status.FAILED: 1, Status.SUCCESS: 1, Status.LIVE: 2, Status.ROLLBACK: 3}


@dataclass(frozen=True, slots=True)
class Listed:
    """What the version's partition says of one of its attempts: all that binding needs."""

    attempt_id: str
    started_at: Instant
    git_sha: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """The partition of a version: its attempts, and the claims that named none of them."""

    listed: tuple[Listed, ...] = ()
    waiting: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class AttemptFold:
    """What the claims say of an attempt; `attempt` None while only its test results have come."""

    attempt: Attempt | None
    runs: tuple[TestRun, ...]  # every run, by (suite, executedAt, testRunId)
    gate_runs: tuple[TestRun, ...]  # the latest of each suite
    dropped: tuple[Claim, ...]  # own claims beyond the number that is kept


def digest(lines: Iterable[str]) -> str:
    """A short digest of lines in the order given."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:24]


def expiry(instant: Instant, retention_days: int) -> int:
    """Epoch second at which what happened then may be forgotten."""
    return epoch(instant) + retention_days * 86_400


def listing(attempt: Attempt) -> Listed:
    """How an attempt stands in its version's partition."""
    return Listed(attempt.attempt_id, attempt.started_at, attempt.git_sha)


def bound_to(claim: Claim, listed: Collection[Listed]) -> str | None:
    """The attempt a waiting claim belongs to: the last one started at or before it; None = it waits."""
    event = from_claim(claim)
    if isinstance(event, TestResultEvent):
        moment = event.executed_at
    elif isinstance(event, DeploymentEvent):
        moment = event.event_time
    else:
        return None
    candidates = [
        one
        for one in listed
        if (moment is None or one.started_at <= moment) and same_commit(one.git_sha, event.git_sha)
    ]
    newest = max(candidates, key=lambda one: (one.started_at, one.attempt_id), default=None)
    return newest.attempt_id if newest else None


def same_commit(one: str | None, other: str | None) -> bool:
    """Whether two SHAs may be the same commit: unknown fits any, short fits long."""
    return one is None or other is None or one.startswith(other) or other.startswith(one)


def fold_attempt(attempt_id: str, own: Sequence[Claim], version: Version, retention_days: int) -> AttemptFold:
    """An attempt from its own claims and those of its version that are bound to it."""
    kept, dropped = keep(own)
    bound, _ = keep([c for c in version.waiting if bound_to(c, version.listed) == attempt_id])
    words = [from_claim(claim) for claim in kept]
    bound_words = [from_claim(claim) for claim in bound]
    results = [e for e in (*words, *bound_words) if isinstance(e, TestResultEvent)]
    runs = fold_runs(attempt_id, results)
    gate_runs = latest_of_each_suite(runs)
    deployments = [e for e in words if isinstance(e, DeploymentEvent)]
    observations = [e for e in bound_words if isinstance(e, DeploymentEvent)]
    attempt = None
    if deployments:
        gates = tuple(as_gate(run, runs) for run in gate_runs)
        attempt = _attempt(attempt_id, deployments, observations, gates, fold_rev(kept, version), retention_days)
        attempt = replace(attempt, heard_at=max(event.received_at for event in (*words, *bound_words)))
    return AttemptFold(attempt, runs, gate_runs, tuple(dropped))


def fold_rev(own: Sequence[Claim], version: Version) -> str:
    """Digest of everything an attempt's fold reads; a version's partition counts once something waits in it."""
    lines = [FOLD_VERSION, *claim_lines(own)]
    if version.waiting:
        lines += ["waiting", *claim_lines(version.waiting)]
        lines += sorted(f"{one.attempt_id} {one.started_at} {one.git_sha or ''}" for one in version.listed)
    return digest(lines)


def claim_lines(claims: Iterable[Claim]) -> list[str]:
    """What a digest of claims is made of."""
    return sorted(f"{c.event_id} {c.digest} {c.received_at}" for c in claims)


def keep(claims: Iterable[Claim]) -> tuple[list[Claim], list[Claim]]:
    """(kept, dropped): of each kind, and of each suite, the CLAIMS_KEPT greatest by event time and digest."""
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        event = from_claim(claim) if claim.kind == "test-result" else None
        suite = event.suite if isinstance(event, TestResultEvent) else ""
        groups.setdefault(f"{claim.kind} {suite}", []).append(claim)
    kept: list[Claim] = []
    dropped: list[Claim] = []
    for group in groups.values():
        group.sort(key=lambda c: (c.event_time, c.digest, c.event_id), reverse=True)
        kept += group[:CLAIMS_KEPT]
        dropped += group[CLAIMS_KEPT:]
    return kept, dropped


def _deployment_order(event: DeploymentEvent) -> tuple[int, Instant, bool, str, str]:
    return (
        RANK[event.status], event.event_time, event.status is Status.FAILED, event.digest, event.event_id
    )  # fmt: skip


def last_said(events: Sequence[Any], name: str) -> Any:
    """The value of the greatest event that has one; `events` come greatest first."""
    return next((value for event in events if (value := getattr(event, name)) is not None), None)


def _attempt(
    attempt_id: str,
    own: Sequence[DeploymentEvent],
    observations: Sequence[DeploymentEvent],
    gates: tuple[Gate, ...],
    rev: str,
    retention_days: int,
) -> Attempt:
    events = sorted((*own, *observations), key=_deployment_order, reverse=True)
    opener = max(own, key=_deployment_order)
    status = events[0].status
    started_at = min(event.started_at for event in own)
    ended_at = last_said(events, "ended_at")
    said = {name: last_said(events, name) for name in ("labels", "commits")}
    return Attempt(
        attempt_id=attempt_id,
        cluster_id=opener.cluster_id,
        service_id=opener.service_id,
        build_version=opener.build_version,
        status=status,
        started_at=started_at,
        ended_at=ended_at,
        trigger=last_said(events, "trigger") or Trigger.UNKNOWN,
        git_sha=last_said(events, "git_sha"),
        # a step that failed on the way of what succeeded after all is not why it failed
        failure_reason=None if status in SUCCESSFUL else last_said(events, "failure_reason"),
        rollback_to_build=last_said(events, "rollback_to_build"),
        # a run that was cancelled and then succeeded after all was not cancelled
        cancelled=status is Status.FAILED and bool(last_said(events, "cancelled")),
        hotfix=bool(last_said(events, "hotfix")),
        labels=said["labels"] or (),
        commits=said["commits"] or (),
        committed_at=last_said(events, "committed_at"),
        image=last_said(events, "image"),
        actor=last_said(events, "actor"),
        run_url=last_said(events, "run_url"),
        source=opener.source,
        received_at=min(event.received_at for event in own),
        gates=gates,
        expires_at=expiry(started_at, retention_days),
        rev=rev,
    )


def fold_runs(attempt_id: str, results: Sequence[TestResultEvent]) -> tuple[TestRun, ...]:
    """Every run once; of statements on the same run the greatest by event time and digest counts."""
    best: dict[tuple[str, str, str], TestResultEvent] = {}
    for event in results:
        key = (event.suite, event.executed_at or "", event.test_run_id)
        held = best.get(key)
        if held is None or (event.event_time, event.digest) > (held.event_time, held.digest):
            best[key] = event
    return tuple(_run(attempt_id, best[key]) for key in sorted(best))


def _run(attempt_id: str, event: TestResultEvent) -> TestRun:
    return TestRun(
        attempt_id=attempt_id,
        suite=event.suite,
        test_run_id=event.test_run_id,
        verdict=event.verdict,
        total=event.total,
        passed=event.passed,
        failed=event.failed,
        skipped=event.skipped,
        duration_sec=event.duration_sec,
        executed_at=event.executed_at,
        report_url=event.report_url,
        source=event.source,
        failed_tests=event.failed_tests or (),
    )


def latest_of_each_suite(runs: Sequence[TestRun]) -> tuple[TestRun, ...]:
    """The run that counts as gate: the greatest (executedAt or empty, testRunId) of its suite."""
    latest: dict[str, TestRun] = {}
    for run in runs:
        held = latest.get(run.suite)
        if held is None or (run.executed_at or "", run.test_run_id) > (held.executed_at or "", held.test_run_id):
            latest[run.suite] = run
    return tuple(latest[suite] for suite in sorted(latest))


def as_gate(run: TestRun, runs: Sequence[TestRun]) -> Gate:
    """What a list shows of the run that counts, and whether the suite's other runs said something else.

    `runs`: those of the attempt, each suite's in order. A run without a verdict says nothing.
    """
    told = [one.verdict for one in runs if one.suite == run.suite and one.verdict is not Verdict.MISSING]
    passed = [verdict is Verdict.PASSED for verdict in told]
    turned = any(one != following for one, following in pairwise(passed))
    return Gate(
        run.suite, run.verdict, run.total, run.passed, run.failed, run.skipped, run.duration_sec, len(told), turned
    )  # fmt: skip


def failed_before(fold: AttemptFold, run: TestRun) -> TestRun | None:
    """The last run of the suite that did not pass, where the one that counts did; None: there is none."""
    if run.verdict is not Verdict.PASSED:
        return None
    bad = (Verdict.FAILED, Verdict.PARTIAL)
    return next((one for one in reversed(fold.runs) if one.suite == run.suite and one.verdict in bad), None)


def shas_of(own: Iterable[Claim]) -> list[str]:
    """Every commit claimed for an attempt, by which it can be found."""
    words = (from_claim(claim) for claim in own if claim.kind == "deployment")
    return sorted({e.git_sha for e in words if isinstance(e, DeploymentEvent) and e.git_sha})


def starts_of(own: Iterable[Claim]) -> list[Instant]:
    """Every start claimed for an attempt: each is a place where its item may once have stood."""
    words = (from_claim(claim) for claim in own if claim.kind == "deployment")
    return sorted({e.started_at for e in words if isinstance(e, DeploymentEvent)})
