"""Two attempts of a service side by side: what is different, which commits lie between, which tests broke."""

from collections.abc import Iterable, Sequence

from data.catalog_models import Catalog
from data.errors import NotFound
from data.health import with_missing
from data.instants import seconds_between
from data.models import Attempt, Gate, Scope, TestRun
from data.service_views import Comparison, GateChange, Side, TestChange
from data.store import Store

BETWEEN = 100  # attempts of the pair whose commits are gathered


def compare(store: Store, scope: Scope, service_id: str, ids: tuple[str, str], catalog: Catalog) -> Comparison:
    """Two attempts of the service, by seven reads at most; NotFound names the one that is none of its."""
    a, b = (_side(store, scope, service_id, one, catalog) for one in ids)
    earlier, later = sorted((a.attempt, b.attempt), key=lambda one: (one.started_at, one.attempt_id))
    carried, whole = _carried(store, scope, earlier, later)
    return compared(a, b, carried, whole)


def _side(store: Store, scope: Scope, service_id: str, attempt_id: str, catalog: Catalog) -> Side:
    attempt = store.attempt(scope, attempt_id)
    if attempt.service_id != service_id:
        raise NotFound(f"{attempt_id} is no build attempt of {service_id}")
    return side(attempt, store.test_runs(scope, attempt_id), catalog.service(service_id).suites)


def side(attempt: Attempt, newest_first: Iterable[TestRun], suites: Sequence[str]) -> Side:
    """One attempt as it is compared; of each suite the newest run counts."""
    counting: dict[str, TestRun] = {}
    for run in newest_first:
        counting.setdefault(run.suite, run)
    seconds = None if attempt.ended_at is None else seconds_between(attempt.started_at, attempt.ended_at)
    return Side(attempt, seconds, with_missing(attempt.gates, suites), tuple(counting.values()))


def _carried(store: Store, scope: Scope, earlier: Attempt, later: Attempt) -> tuple[list[Attempt], bool]:
    """What came onto the later one's pair after the earlier one, the later one last."""
    if earlier.attempt_id == later.attempt_id or earlier.build_version == later.build_version:
        return [], True
    if earlier.pair != later.pair:  # another cluster-region: only the later one itself says what it brought
        return [later], False
    page = store.since(scope, *later.pair, earlier.started_at, None, BETWEEN)
    after = [one for one in page.items if _place(earlier) < _place(one) <= _place(later)]
    return after, any(one.attempt_id == later.attempt_id for one in after)


def _place(one: Attempt) -> tuple[str, str]:
    return one.started_at, one.attempt_id


def compared(a: Side, b: Side, carried: Sequence[Attempt], whole: bool) -> Comparison:
    """The differences. Pure."""
    earlier = min(a.attempt, b.attempt, key=_place)
    old = {commit.sha for commit in earlier.commits}
    commits = {commit.sha: commit for one in carried for commit in one.commits if commit.sha not in old}
    new, fixed, still, unnamed = _tests(a, b)
    return Comparison(
        a=a,
        b=b,
        commits=tuple(commits.values()),
        commits_complete=whole and all(one.commits for one in carried),
        gates=gate_changes(a.gates, b.gates),
        new_failures=new,
        fixed=fixed,
        still_failing=still,
        unnamed=unnamed,
    )


def gate_changes(before: Sequence[Gate], after: Sequence[Gate]) -> tuple[GateChange, ...]:
    """Suite by suite, those of the second side first in its order."""
    of_a, of_b = {gate.suite: gate for gate in before}, {gate.suite: gate for gate in after}
    return tuple(_change(suite, of_a.get(suite), of_b.get(suite)) for suite in {**of_b, **of_a})


def _change(suite: str, a: Gate | None, b: Gate | None) -> GateChange:
    rates = pass_rate(a), pass_rate(b)
    rate_delta = None if rates[0] is None or rates[1] is None else rates[1] - rates[0]
    counts = a.failed if a else None, b.failed if b else None
    failed_delta = None if counts[0] is None or counts[1] is None else counts[1] - counts[0]
    return GateChange(suite, a, b, rate_delta, failed_delta)


def pass_rate(gate: Gate | None) -> float | None:
    """Passed of those not skipped; None where nothing ran or no counts were sent."""
    if gate is None or gate.total is None or gate.passed is None:
        return None
    ran = gate.total - (gate.skipped or 0)
    return gate.passed / ran if ran > 0 else None


Changes = tuple[TestChange, ...]


def _tests(a: Side, b: Side) -> tuple[Changes, Changes, Changes, tuple[str, ...]]:
    of_a, of_b = {run.suite: run for run in a.runs}, {run.suite: run for run in b.runs}
    new: list[TestChange] = []
    fixed: list[TestChange] = []
    still: list[TestChange] = []
    unnamed: list[str] = []
    for suite in sorted(of_a.keys() & of_b.keys()):
        first, second = _named(of_a[suite]), _named(of_b[suite])
        if _ran(of_a[suite]) and _all_named(of_a[suite]):
            new += [TestChange(suite, name) for name in second if name not in first]
        if _ran(of_b[suite]) and _all_named(of_b[suite]):
            fixed += [TestChange(suite, name) for name in first if name not in second]
        still += [TestChange(suite, name) for name in first if name in second]
        if not (_all_named(of_a[suite]) and _all_named(of_b[suite])):
            unnamed.append(suite)
    return tuple(new), tuple(fixed), tuple(still), tuple(unnamed)


def _named(run: TestRun) -> list[str]:
    return list(dict.fromkeys(test.name for test in run.failed_tests))


def _ran(run: TestRun) -> bool:
    return run.verdict != "missing"


def _all_named(run: TestRun) -> bool:
    """Whether every test that failed is named: only then a name that is absent means that it did not fail."""
    return run.failed is not None and run.failed <= len(run.failed_tests)
