"""How a pair is doing, and in which words: by its latest finished, not cancelled attempt. Pure."""

from collections.abc import Iterable, Sequence

from data.catalog_models import Service
from data.models import (
    SUCCESSFUL,
    AttemptRow,
    Current,
    Gate,
    Health,
    Status,
    Verdict,
)
from data.views import PairState


def pair_state(current: Current, service: Service) -> PairState:
    """The state of one pair as the screens show it."""
    finished = current.latest_finished
    gates = with_missing(finished.gates, service.suites) if finished else ()
    health, why = judged(finished, gates)
    return PairState(current.cluster_id, current.service_id, health, why, current, gates)


def judged(finished: AttemptRow | None, gates: Iterable[Gate]) -> tuple[Health, str]:
    """Health and the reason in words; the reason is empty exactly when healthy."""
    if finished is None:
        return Health.UNKNOWN, "no attempt has finished yet"
    if finished.status is Status.ROLLBACK:
        return Health.ATTENTION, _with("rolled back", finished.failure_reason)
    if finished.status not in SUCCESSFUL:
        return Health.ATTENTION, _with("failed", finished.failure_reason)
    failed = [gate.suite.lower() for gate in gates if gate.verdict is Verdict.FAILED]
    if failed:
        return Health.ATTENTION, f"{' and '.join(failed)} gate{'s' if len(failed) > 1 else ''} failed"
    return Health.HEALTHY, ""


def with_missing(gates: Iterable[Gate], expected: Sequence[str]) -> tuple[Gate, ...]:
    """The gates with the expected suites first, MISSING where they never ran; others follow by name."""
    found = {gate.suite: gate for gate in gates}
    first = [found.pop(suite, Gate(suite, Verdict.MISSING)) for suite in expected]
    return *first, *(found[suite] for suite in sorted(found))


def _with(word: str, reason: str | None) -> str:
    return f"{word}: {reason}" if reason else word
