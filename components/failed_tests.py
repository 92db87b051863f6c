"""The failed tests of an attempt's gates: which, why, and how many more than are named."""

from collections.abc import Sequence

from components.tags import Child, Node, el, mono
from components.words import THIN, counted, duration, number
from data.models import FailedTest, TestRun

SHOWN = 10  # tests of a suite; the others unfold


def gate_failures(runs_newest_first: Sequence[TestRun]) -> list[Node]:
    """For each suite whose counting run names failed tests: a heading, the tests, and how many more failed."""
    latest: dict[str, TestRun] = {}
    for run in runs_newest_first:
        latest.setdefault(run.suite, run)
    return [_suite(latest[suite]) for suite in sorted(latest) if latest[suite].failed_tests]


def _suite(run: TestRun) -> Node:
    failed = run.failed if run.failed is not None else len(run.failed_tests)
    heading = el("H3", f"{run.suite.capitalize()}: {counted(failed, 'failed test')}", cls="failed-tests-title")
    first, others = run.failed_tests[:SHOWN], run.failed_tests[SHOWN:]
    unfolding = el("Details", el("Summary", f"Show {number(len(others))} more"), _list(others)) if others else None
    unnamed = failed - len(run.failed_tests)
    rest = el("P", f"and {number(unnamed)} more failed", cls="ink-2 failed-tests-more") if unnamed > 0 else None
    return el("Div", heading, _list(first), unfolding, rest, cls="failed-tests")


def _list(tests: Sequence[FailedTest]) -> Node:
    return el("Ul", list(map(_test, tests)), cls="plain")


def _test(test: FailedTest) -> Node:
    line: list[Child] = [el("Span", mono(test.name), cls="wrap")]
    if test.duration_sec is not None:
        line.append(el("Span", _took(test.duration_sec), cls="ink-2 failed-test-time"))
    if test.message is None:
        return el("Li", el("Div", line, cls="failed-test"))
    said = el("Pre", test.message, cls="failed-test-message", tabIndex="0", aria_label=f"Why {test.name} failed")
    return el("Li", el("Details", el("Summary", el("Span", line, cls="failed-test")), said))


def _took(seconds: float) -> str:
    """Most tests take less than a second."""
    if seconds >= 1:
        return duration(seconds)
    return f"{seconds * 1000:.0f}{THIN}ms" if seconds >= 0.0005 else f"<{THIN}1{THIN}ms"
