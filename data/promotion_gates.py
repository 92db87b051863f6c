"""What must be shown of a version before it goes on: the one home of that judgement. Pure.

The promotions page tells what blocks a version that waits, `GET /api/gates/check` whether a pipeline may go on: both
are made of these findings, so that they cannot disagree. A rule of the catalog adds to what the path itself asks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from data.catalog_models import Cluster, ClusterType, Freeze, GateRule, Service
from data.health import with_missing
from data.instants import add, seconds_between
from data.models import Gate, Health, Instant, Promotion, PromotionStatus, Verdict
from data.promotion_views import Blocker, BlockerKind
from data.views import PairState

HOUR = 3600
STOPPED = {
    PromotionStatus.PENDING: (BlockerKind.PROMOTION_PENDING, "waits for approval"),
    PromotionStatus.REJECTED: (BlockerKind.PROMOTION_REJECTED, "was rejected"),
    PromotionStatus.FAILED: (BlockerKind.PROMOTION_FAILED, "failed"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was asked and what was found; it passed unless something blocks."""

    code: str
    cluster_id: str  # where it was looked for
    asked: str
    found: str
    blocker: Blocker | None = None

    @property
    def passed(self) -> bool:
        return self.blocker is None


def rule_for(rules: Iterable[GateRule], to: ClusterType, service_id: str) -> GateRule | None:
    """The first rule about this service on its way to that stage."""
    return next((one for one in rules if one.covers(to, service_id)), None)


def required(service: Service, rule: GateRule | None) -> tuple[str, ...]:
    """The suites that must have passed."""
    return service.suites if rule is None or rule.suites is None else rule.suites


def soak_hours(cluster: Cluster, rule: GateRule | None) -> float | None:
    """How long a version should serve here before it goes on: the longer of the cluster's time and the rule's."""
    asked = [one for one in (cluster.soak_hours, rule.soak_hours if rule else None) if one]
    return max(asked, default=None)


def soak_until(state: PairState, cluster: Cluster, rule: GateRule | None) -> Instant | None:
    """When what serves here has served long enough; None where nothing is asked."""
    hours, since = soak_hours(cluster, rule), state.current.serving_since
    return add(since, hours * HOUR) if hours and since else None


def where_it_serves(
    state: PairState, service: Service, cluster: Cluster, rule: GateRule | None, now: Instant
) -> list[Finding]:
    """What the version that serves here shows for going on: gates, soak, and that nothing failed after it."""
    serving = state.current.serving
    gates = with_missing(serving.gates if serving else (), required(service, rule))
    return [
        *(_gate(gate, service, cluster, rule) for gate in gates),
        *_soak(state, cluster, rule, now),
        _health(state),
    ]


def _gate(gate: Gate, service: Service, cluster: Cluster, rule: GateRule | None) -> Finding:
    name, here = gate.suite.capitalize(), cluster.cluster_id
    is_asked = gate.suite in required(service, rule)
    least = rule.min_pass_rate if rule and is_asked else None
    asked = f"{name} passed" if is_asked else f"{name} not failed"
    if least is not None:
        asked += f", at least {least:g} % of its tests"
    found = f"{gate.verdict.value}{_counts(gate)}"
    blocker = None
    if gate.verdict is Verdict.MISSING:
        if is_asked:
            blocker = Blocker(BlockerKind.GATE_MISSING, here, f"{name} has no result")
    elif gate.verdict is Verdict.FAILED and least is None:
        counts = f": {gate.failed:,} of {gate.total:,} tests" if gate.failed and gate.total else ""
        blocker = Blocker(BlockerKind.GATE_FAILED, here, f"{name} failed{counts}")
    elif least is not None:
        blocker = _below(gate, least, here)
    elif gate.verdict is not Verdict.PASSED and rule is not None and is_asked:
        blocker = Blocker(BlockerKind.GATE_FAILED, here, f"{name} is {gate.verdict.value}, not passed")
    return Finding(f"gate:{gate.suite}", here, asked, found, blocker)


def _counts(gate: Gate) -> str:
    return "" if gate.passed is None or gate.total is None else f", {gate.passed:,} of {gate.total:,} tests"


def _below(gate: Gate, least: float, here: str) -> Blocker | None:
    """What blocks where the share of tests passed is below `least`, or is not told."""
    name = gate.suite.capitalize()
    if gate.passed is None or gate.total is None or gate.skipped is None or gate.total <= gate.skipped:
        return Blocker(BlockerKind.GATE_MISSING, here, f"{name} does not say how many tests passed")
    tests = gate.total - gate.skipped
    if gate.passed * 1000 >= round(least * 10) * tests:
        return None
    words = f"{name} passed {gate.passed:,} of {tests:,} tests, {least:g} % are asked for"
    return Blocker(BlockerKind.GATE_FAILED, here, words)


def _soak(state: PairState, cluster: Cluster, rule: GateRule | None, now: Instant) -> Iterator[Finding]:
    hours, until, since = soak_hours(cluster, rule), soak_until(state, cluster, rule), state.current.serving_since
    if hours is None or until is None or since is None:
        return
    served = max(0.0, seconds_between(since, now)) / HOUR
    blocker = None
    if until > now:
        words = f"Soaking: {hours:g} h here before it moves on"
        blocker = Blocker(BlockerKind.SOAK, cluster.cluster_id, words, until)
    yield Finding("soak", cluster.cluster_id, f"served {hours:g} h", f"served {served:.1f} h", blocker)


def _health(state: PairState) -> Finding:
    """A failed gate of the version itself is told as such; here it is what was tried after it."""
    finished, serving = state.current.latest_finished, state.current.serving
    blocker = None
    if state.health is Health.ATTENTION and finished and serving and finished.attempt_id != serving.attempt_id:
        blocker = Blocker(BlockerKind.UNHEALTHY, state.cluster_id, f"{finished.build_version} {state.why}")
    found = blocker.words if blocker else "nothing that failed"
    return Finding("healthy", state.cluster_id, "nothing failed there after it", found, blocker)


def freezes_at(target: str, service: Service, freezes: Iterable[Freeze]) -> list[Finding]:
    """Whether one of the freezes open now holds there."""
    frozen = [
        Blocker(BlockerKind.FREEZE, target, f"Freeze {one.name}" + (f": {one.reason}" if one.reason else ""), one.end)
        for one in freezes
        if one.covers(target, service.service_id)
    ]
    found = [Finding("freeze", target, "no freeze", one.words, one) for one in frozen]
    return found or [Finding("freeze", target, "no freeze", "no freeze")]


def promotion_to(target: str, one: Promotion | None) -> Finding:
    """Whether the newest promotion of the version there, if there is one, stands in its way."""
    asked = "no promotion that is pending, rejected or failed"
    if one is None or one.status not in STOPPED:
        return Finding("promotion", target, asked, one.status.value.lower() if one else "no promotion")
    kind, what = STOPPED[one.status]
    by = f" by {one.approver}" if one.status is PromotionStatus.REJECTED and one.approver else ""
    if one.status is PromotionStatus.PENDING and one.promoted_by:
        by = f", asked for by {one.promoted_by}"
    words = f"Its promotion {what}{by}" + (f": {one.reason}" if one.reason else "")
    return Finding("promotion", target, asked, words, Blocker(kind, one.to_cluster_id, words))


def blockers(found: Iterable[Finding]) -> Iterator[Blocker]:
    """What blocks."""
    return (one.blocker for one in found if one.blocker)
