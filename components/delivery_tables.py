"""Delivery as tables: the numbers of each chart, the failures by rule, what is known of the deployments."""

from collections.abc import Callable, Sequence

from components.definitions import about
from components.delivery_words import FAILURES, counted_out, ledger_path, why
from components.links import Query, link
from components.panel import facts, number_cell, row, table
from components.tags import Child, Children, Node, el
from components.words import age, counted, none, number, percent
from data.delivery_judge import Failure
from data.delivery_views import Bucket, Coverage, Delivery, MetricId, Promoted
from data.models import Day

Href = Callable[[Day], str]
NAMES = {"day": "Day", "week": "ISO week from", "month": "Month"}
GOOD_FROM = 0.95  # a share of what is known from which nothing more need be sent


def deployments_table(shown: Delivery, href: Href) -> Node:
    """What went out, newest first."""

    def cells(one: Bucket) -> list[Children]:
        if one.deployments is None:
            return [none("before the first event")] * 2 + [number(one.failed)]
        return [number(one.deployments), number(one.releases or 0), number(one.failed)]

    return _over_time(shown, "Deployments", ("Deployments", "Releases", "Failed since"), cells, href)


def troubles_table(shown: Delivery, href: Href) -> Node:
    """What failed, and what was unplanned."""

    def cells(one: Bucket) -> list[Children]:
        counts: list[Children] = [number(value) for value in (one.failed, one.restores, one.rework)]
        rate = percent(one.rework / one.all_deployments) if one.all_deployments else none("nothing went out")
        return [*counts, rate]

    names = ("Failed deployments", "Restores", "Rework", "Rework rate")
    return _over_time(shown, "Failures and restores", names, cells, href)


def leads_table(shown: Delivery, href: Href) -> Node:
    """How long commits took."""

    def cells(one: Bucket) -> list[Children]:
        return [_time(one.lead_p50), _time(one.lead_p90), number(one.lead_n)]

    return _over_time(shown, "Change lead time", ("p50", "p90", "Commits (n)"), cells, href)


def recovery_table(shown: Delivery, href: Href) -> Node:
    """How soon what failed was mended."""

    def cells(one: Bucket) -> list[Children]:
        return [_time(one.recovery_p50), number(one.recovery_n), number(one.failed)]

    return _over_time(shown, "Recovery time", ("Median", "Recovered (n)", "Failed deployments"), cells, href)


def _time(seconds: float | None) -> Child:
    return none("nothing to measure") if seconds is None else age(seconds)


def _over_time(
    shown: Delivery, caption: str, names: Sequence[str], cells: Callable[[Bucket], list[Children]], href: Href
) -> Node:
    rows = [
        row(link(_label(one, shown.grain), href(one.label), cls="keep"), *[number_cell(cell) for cell in cells(one)])
        for one in reversed(shown.buckets)
    ]
    return table(f"{caption} per {shown.grain}", [(NAMES[shown.grain], ""), *[(name, "num") for name in names]], rows)


def _label(one: Bucket, grain: str) -> str:
    words = one.label[:7] if grain == "month" else one.label
    return f"{words}, partial" if one.partial else words


def failures_table(shown: Delivery, query: Query) -> Node:
    """Failed deployments by the rule that says so; each leads to its rows."""
    rows = [
        row(_rule(rule), number_cell(link(
            number(shown.failures.get(rule, 0)),
            ledger_path(query, MetricId.FAILURE_RATE, included="1", failure=rule.value), cls="keep",
        )))
        for rule in Failure
    ]  # fmt: skip
    return table("Failed deployments by rule", [("Rule", ""), ("Deployments", "num")], rows)


def _rule(rule: Failure) -> str:
    words = FAILURES[rule]
    return words[0].upper() + words[1:]


def coverage_facts(coverage: Coverage, excluded: Sequence[tuple[str, int]], docs: str) -> list[Node]:
    """What is known of the deployments, what was left out of numbers, and what to send."""
    if not coverage.n:
        return [el("P", "No deployments in this time: there is nothing that could be known.", cls="hint")]
    lines = (
        ("Commit time", coverage.commit_time, "commitSha and committedAt, or commits[]"),
        ("Tests of every expected suite", coverage.tests, "a test_result for each suite"),
        ("End", coverage.ended, "endedAt"),
        ("Trigger", coverage.trigger, "trigger"),
    )
    shown = [(name, _share(known, coverage.n)) for name, known, _ in lines]
    lacking = [f"{name.lower()} ({send})" for name, known, send in lines if known < GOOD_FROM * coverage.n]
    out = [facts(shown)]
    if lacking:
        out.append(el("P", f"To know more, send: {'; '.join(lacking)}.", cls="hint"))
        out.append(el("P", link("How to send it", docs), cls="hint"))
    if excluded:
        said = ", ".join(counted_out(code, count) for code, count in excluded)
        out.append(el("P", f"Left out of a number: {said}.", cls="hint"))
    return out


def _share(known: int, n: int) -> str:
    return f"{percent(known / n)}, {number(known)} of {counted(n, 'deployment')}"


def promoted_facts(promoted: Promoted) -> Node:
    """How long versions took from the lowest stage to production."""
    median: Child = none(why(promoted.reason)) if promoted.p50 is None else age(promoted.p50)
    reason = el("Span", f" {why(promoted.reason)}", cls="ink-2 small") if promoted.p50 is None else None
    return facts([
        ("Median", [median, reason]),
        ("p90", age(promoted.p90) if promoted.p90 is not None else None),
        ("Versions", f"n = {number(promoted.n)}"),
        ("Directly", f"{counted(promoted.direct_to_prod, 'version')} never seen in a lower stage"),
    ])  # fmt: skip


def also(shown: Delivery, query: Query) -> Node:
    """What else is counted in production; each number leads to its rows."""
    numbers = shown.numbers

    def rows(words: str, count: int, **which: str | None) -> Node:
        return link(f"{number(count)} {words if count == 1 else words + 's'}", ledger_path(query, None, **which))

    rate = numbers.failed_rollout_rate
    share = f" ({percent(rate)} of {counted(numbers.terminal, 'finished attempt')})" if rate is not None else ""
    parts: list[Children] = [
        rows("deployment", numbers.deployments, kind="deployment"), " of ", counted(numbers.releases, "release"),
        " on ", counted(numbers.days_deployed, "day"), "; ",
        rows("restore", numbers.restores, kind="restore"), ", ",
        rows("redeploy", numbers.redeploys, kind="redeploy"), ", ",
        rows("failed rollout", numbers.failed_rollouts, kind="failed_rollout"), share, " ",
        about("failed-rollout-rate", "Failed rollout rate") if rate is not None else None,
    ]  # fmt: skip
    return el("P", *parts, cls="delivery-also")
