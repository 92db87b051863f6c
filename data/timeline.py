"""An attempt's time as steps: waiting, rollout, tests. Pure; nothing is guessed, what was not sent has no step."""

from collections.abc import Iterable

from data.instants import add, seconds_between
from data.models import TERMINAL, Attempt, Claim, Instant, TestRun
from data.service_views import Step

FAR_SECONDS = 3600  # tests that begin later than this, and than FAR_TIMES the rollout's length, are far
FAR_TIMES = 3
DEPLOYMENT = "deployment"
WAITING = "waiting"


def steps(attempt: Attempt, runs: Iterable[TestRun], claims: Iterable[Claim]) -> list[Step]:
    """In order of time: waiting (where it was reported before it started), the rollout, each run of a suite."""
    found = []
    reported = _first_reported(claims)
    if reported is not None and reported < attempt.started_at:
        found.append(Step("Waiting", reported, attempt.started_at, WAITING))
    tone = "cancelled" if attempt.cancelled else attempt.status.lower()
    going_on = attempt.ended_at is None and attempt.status not in TERMINAL
    found.append(Step("Rollout", attempt.started_at, attempt.ended_at, tone, open=going_on))
    tests = sorted((run for run in runs if run.executed_at), key=lambda run: (run.executed_at or "", run.suite))
    return found + [_test(run, run.executed_at, attempt) for run in tests if run.executed_at]


def _first_reported(claims: Iterable[Claim]) -> Instant | None:
    """Of the attempt itself, not of its tests; an observation is of the version, so it tells nothing of the wait."""
    own = (one.event_time for one in claims if one.kind == DEPLOYMENT and one.event_time and not one.observation)
    return min(own, default=None)


def _test(run: TestRun, began: Instant, attempt: Attempt) -> Step:
    end = add(began, run.duration_sec) if run.duration_sec else None
    return Step(f"{run.suite.capitalize()} tests", began, end, run.verdict, is_test=True, far=_is_far(began, attempt))


def _is_far(began: Instant, attempt: Attempt) -> bool:
    over = attempt.ended_at or attempt.started_at
    length = seconds_between(attempt.started_at, over)
    return abs(seconds_between(over, began)) > max(FAR_SECONDS, FAR_TIMES * length)
