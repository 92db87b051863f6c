"""Two attempts side by side: what differs, gate by gate, which tests broke or were mended, what came between."""

from collections.abc import Sequence

from components import theme
from components.badges import attempt_badge, verdict_badge
from components.copying import copied
from components.links import build_path, cluster_path, link
from components.panel import number_cell, row, table
from components.tags import Child, Children, Node, el, hidden, icon, mono
from components.words import THIN, age, counted, duration, none, number, percent, when
from data.instants import seconds_between
from data.models import Attempt, Gate
from data.service_views import Comparison, GateChange, Side, TestChange

SHOWN_COMMITS = 40
SHOWN_TESTS = 30


def comparison_view(found: Comparison) -> list[Node]:
    """The tables and lists of a comparison."""
    return [
        el(
            "Div", _facts(found), el("Div", _gates(found.gates), _tests(found), _commits(found), cls="compared-side"),
            cls="compared",
        )
    ]  # fmt: skip


def _facts(found: Comparison) -> Node:
    a, b = found.a.attempt, found.b.attempt
    longer = None
    if found.a.seconds is not None and found.b.seconds is not None:
        longer = _signed_duration(found.b.seconds - found.a.seconds)
    rows = [
        _fact("Build", [_build(a)], [_build(b)], a.build_version != b.build_version),
        _fact("Commit", _sha(a), _sha(b), a.git_sha != b.git_sha),
        _fact("Cluster-region", _cluster(a), _cluster(b), a.cluster_id != b.cluster_id),
        _fact("Status", attempt_badge(a), attempt_badge(b), (a.status, a.cancelled) != (b.status, b.cancelled)),
        _fact("Reason", a.failure_reason or none(), b.failure_reason or none(), a.failure_reason != b.failure_reason),
        _fact("Started", when(a.started_at), when(b.started_at), False, _later(a, b)),
        _fact("Took", _took(found.a), _took(found.b), False, longer),
        _fact("Trigger", theme.TRIGGER[a.trigger], theme.TRIGGER[b.trigger], a.trigger is not b.trigger),
        _fact("By", a.actor or none("not given"), b.actor or none("not given"), a.actor != b.actor),
    ]
    columns = [("What", ""), ("A, earlier", ""), ("B, later", ""), ("Difference", "")]
    return table("The two attempts", columns, rows, cls="two-sides")


def _fact(name: str, a: Children, b: Children, changed: bool, words: str | None = None) -> Node:
    mark = el("Span", "changed", cls="tag tag-changed") if changed else words or hidden("the same")
    return row(name, a, b, mark, cls="is-changed" if changed else "")


def _build(one: Attempt) -> Node:
    return link(mono(one.build_version), build_path(one.attempt_id), cls="strong")


def _cluster(one: Attempt) -> Node:
    return link(one.cluster_id, cluster_path(one.cluster_id))


def _sha(one: Attempt) -> Node:
    return copied(one.git_sha, f"commit {one.git_sha[:7]}", one.git_sha[:7]) if one.git_sha else none("not given")


def _took(one: Side) -> Child:
    return none("not finished") if one.seconds is None else duration(one.seconds)


def _signed_duration(seconds: float) -> str:
    if round(seconds) == 0:
        return "as long"
    return f"{duration(abs(seconds))} {'longer' if seconds > 0 else 'shorter'}"


def _later(a: Attempt, b: Attempt) -> str | None:
    seconds = seconds_between(a.started_at, b.started_at)
    return f"{age(seconds)} later" if seconds > 0 else None


def _gates(changes: Sequence[GateChange]) -> Node:
    if not changes:
        return el("P", "No suite is expected of this service and none ran.", cls="ink-2 note")
    rows = [
        row(
            one.suite.capitalize(), _verdict(one.a), number_cell(_rate(one.a)),
            _verdict(one.b), number_cell(_rate(one.b)), number_cell(delta(one)),
        )
        for one in changes
    ]  # fmt: skip
    columns = [("Suite", ""), ("A", ""), ("Pass rate", "num"), ("B", ""), ("Pass rate", "num"), ("Difference", "num")]
    return table("Gates of the two attempts", columns, rows)


def _verdict(gate: Gate | None) -> Node:
    return none("not expected and not run") if gate is None else verdict_badge(gate.verdict)


def _rate(gate: Gate | None) -> Child:
    if gate is None or gate.total is None or gate.passed is None:
        return none("no counts were sent")
    ran = gate.total - (gate.skipped or 0)
    return percent(gate.passed / ran) if ran > 0 else none("no tests ran")


def delta(change: GateChange) -> Node:
    """Pass rate in points and failed tests, coloured by whether that is good."""
    if change.rate_delta is None:
        return none("one of the two has no counts")
    points, failed = round(change.rate_delta * 100, 1), change.failed_delta
    if not points and not failed:
        return el("Span", "same", cls="ink-2")
    words = []
    if points:
        words.append(f"{'+' if points > 0 else '−'}{abs(points):.1f}{THIN}points")
    if failed:
        words.append(f"{number(abs(failed))} {'more' if failed > 0 else 'fewer'} failed")
    good = (change.rate_delta, -(failed or 0)) > (0, 0)
    sign = icon("arrow-up" if change.rate_delta > 0 else "arrow-down") if points else None
    return el("Span", sign, ", ".join(words), cls=f"delta delta-{'good' if good else 'bad'}")


def _tests(found: Comparison) -> Node:
    groups = [
        ("Failing in B, not in A", found.new_failures, "x-octagon-fill", "failed"),
        ("Mended in B", found.fixed, "check-circle-fill", "success"),
        ("Failing in both", found.still_failing, "x-octagon-fill", "failed"),
    ]
    shown: list[Child] = [_group(*one) for one in groups if one[1]]
    if not shown:
        shown.append(el("P", "No test is known to be newly failing, mended or failing in both.", cls="ink-2"))
    if found.unnamed:
        suites = " and ".join(suite.lower() for suite in found.unnamed)
        shown.append(el("P", f"Not every failed {suites} test was named: more may differ.", cls="ink-2 small"))
    return el("Div", el("H3", "Failed tests", cls="failed-tests-title"), shown)


def _group(title: str, tests: Sequence[TestChange], symbol: str, tone: str) -> Node:
    lines: list[Child] = [
        el("Li", el("Span", mono(one.name), cls="wrap"), el("Span", f" {one.suite.lower()}", cls="ink-2 small"))
        for one in tests[:SHOWN_TESTS]
    ]
    if len(tests) > SHOWN_TESTS:
        lines.append(el("Li", f"and {number(len(tests) - SHOWN_TESTS)} more", cls="ink-2"))
    heading = el("P", icon(symbol, f"tone-{tone}"), f" {title} ({number(len(tests))})", cls="strong")
    return el("Div", heading, el("Ul", lines, cls="plain"), cls="test-changes")


def _commits(found: Comparison) -> Node:
    heading = el("H3", "Commits between", cls="failed-tests-title")
    a, b = found.a.attempt, found.b.attempt
    if a.build_version == b.build_version:
        return el("Div", heading, el("P", "None: it is the same version.", cls="ink-2"))
    if not found.commits:
        return el("Div", heading, el("P", "None were sent with these attempts.", cls="ink-2"))
    lines: list[Child] = [
        el("Li", copied(one.sha, f"commit {one.sha[:7]}", one.sha[:7]), _committed(one.committed_at))
        for one in found.commits[:SHOWN_COMMITS]
    ]
    more = len(found.commits) - SHOWN_COMMITS
    words = counted(len(found.commits), "commit")
    note = words if found.commits_complete else f"at least {words}: not every attempt between named its own"
    rest = el("P", f"and {number(more)} more", cls="ink-2") if more > 0 else None
    return el("Div", heading, el("P", note, cls="ink-2 small"), el("Ul", lines, cls="plain"), rest)


def _committed(instant: str | None) -> Child:
    return el("Span", " committed ", when(instant), cls="ink-2 small") if instant else None
