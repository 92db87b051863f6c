"""The numbers of each chart as a table, for those who read or copy rather than look."""

from collections.abc import Sequence

from components.analytics_bars import flake_words
from components.analytics_figures import FINISHED, Href, KeyHref, said, totals
from components.links import link
from components.panel import number_cell, row, table
from components.tags import Children, Node, el
from components.words import minutes as minutes_words
from components.words import none, number, percent
from data.analytics_views import Durations, FailureReason, Week
from data.views import Analytics

Columns = list[tuple[str, str]]


def builds_table(view: Analytics, before: Analytics | None, href: Href) -> Node:
    """Attempts by day (or hour) and outcome, newest first."""
    series = (view.failed, view.rollback, view.success, view.in_progress, view.cancelled)
    names = ("Failed", "Rolled back", "Success", "In progress", "Cancelled (apart)")
    earlier = _earlier(view, before, totals(before)) if before else None
    rows = [
        row(_time(view, place, href), *[number_cell(number(counts[place])) for counts in series],
            *_compared(earlier, place))
        for place in _newest_first(view)
    ]  # fmt: skip
    columns = [*_times(view), *[(name, "num") for name in names], *_before(before, "all")]
    return table(f"Build attempts per {view.filter.grain}", columns, rows)


def suites_table(view: Analytics, href: Href) -> Node:
    """Pass rate and what it is of, by day (or hour) and suite."""
    of = "gates" if view.filter.hours else "tests"
    columns = _times(view)
    for suite in view.suites:
        name = suite.suite.capitalize()
        columns += [(f"{name}, pass rate", "num"), (f"{name}, {of}", "num")]
    rows = []
    for place in _newest_first(view):
        cells: list[Children] = []
        for suite in view.suites:
            rate = suite.pass_rate[place]
            cells.append(number_cell(none("no tests ran") if rate is None else percent(rate)))
            cells.append(number_cell(number(suite.tests[place])))
        rows.append(row(_time(view, place, href), *cells))
    return table(f"Pass rate per suite and {view.filter.grain}", columns, rows)


def durations_table(view: Analytics, before: Analytics | None, href: Href) -> Node:
    """Median, ninetieth percentile and mean of deploy durations by day (or hour)."""
    earlier = _earlier(view, before, [minutes_words(one.p50) for one in before.durations]) if before else None
    rows = [
        row(_time(view, place, href, "SUCCESS"), *_duration(view.durations[place]),
            number_cell(minutes_words(view.deploy_minutes[place])), *_compared(earlier, place))
        for place in _newest_first(view)
    ]  # fmt: skip
    names = ("p50", "p90", "Successful deploys (n)", "Mean")
    columns = [*_times(view), *[(name, "num") for name in names], *_before(before, "p50")]
    return table(f"Deploy duration per {view.filter.grain}", columns, rows)


def _duration(one: Durations) -> list[Node]:
    n = number(one.n) if one.exact else f"{number(one.n)}, within 1 %"
    return [number_cell(minutes_words(one.p50)), number_cell(minutes_words(one.p90)), number_cell(n)]


def frequency_table(view: Analytics, before: Analytics | None, href: Href) -> Node:
    """Deploys by day (or hour), newest first."""
    earlier = _earlier(view, before, before.deploys) if before else None
    rows = [
        row(_time(view, place, href, FINISHED), number_cell(number(view.deploys[place])), *_compared(earlier, place))
        for place in _newest_first(view)
    ]
    columns = [*_times(view), ("Deploys", "num"), *_before(before, "deploys")]
    return table(f"Deploys per {view.filter.grain}", columns, rows)


def weeks_table(view: Analytics, href: KeyHref) -> Node:
    """Deploys by ISO week, newest first."""
    rows = [
        row(
            link(_week(one), href(one.monday), cls="keep"),
            f"{one.start} to {one.end}",
            number_cell(number(one.deploys)),
        )
        for one in reversed(view.weeks)
    ]
    return table("Deploys per week", [("ISO week from", ""), ("Days (UTC)", ""), ("Deploys", "num")], rows)


def _week(one: Week) -> str:
    return f"{one.monday}, partial" if one.partial else one.monday


def reasons_table(view: Analytics, href: KeyHref) -> Node:
    """What failed for which reason, with reasons as they were sent."""
    rows = [
        row(link(one.words, href(one.key), cls="keep wrap"), number_cell(number(one.failed)),
            number_cell(number(one.rolled_back)), el("Td", _examples(one), cls="wrap examples"))
        for one in view.reasons.all
    ]  # fmt: skip
    columns = [("Reason, names and numbers folded", ""), ("Failed", "num"), ("Rolled back", "num"), ("As sent", "")]
    return table("Failure reasons", columns, rows or _none("Nothing failed or was rolled back.", 4), cls="reasons")


def _examples(one: FailureReason) -> Children:
    if not one.examples:
        return none("no reason was given")
    return el("Ul", [el("Li", f"{text} ({number(count)})") for text, count in one.examples], cls="plain")


def flakes_table(view: Analytics, href: KeyHref) -> Node:
    """Suites and deploys that said two things of one version."""
    rows = [
        row(link(flake_words(one), href(one.key), cls="keep"), number_cell(number(one.flipped)),
            number_cell(number(one.n)), number_cell(percent(one.flipped / one.n)))
        for one in view.flakes.found
    ]  # fmt: skip
    names = ("Versions flipped", "Versions judged more than once (n)", "Share")
    rows = rows or _none("No version flipped.", 4)
    return table("Flaky suites and deploys", [("Service and suite", ""), *[(name, "num") for name in names]], rows)


def _none(words: str, columns: int) -> list[Node]:
    return [el("Tr", el("Td", words, colSpan=columns, cls="ink-2"))]


def _newest_first(view: Analytics) -> range:
    return range(len(view.labels) - 1, -1, -1)


def _times(view: Analytics) -> Columns:
    return [("Hour (UTC)" if view.filter.hours else "Day", "")]


def _time(view: Analytics, place: int, href: Href, status: str | None = None) -> Node:
    label = view.labels[place]
    words = said(label)
    return link(f"{words}, so far" if label == view.partial else words, href(label, status), cls="keep")


def _before(before: Analytics | None, what: str) -> Columns:
    return [(f"Period before, {what}", "num")] if before else []


def _earlier(view: Analytics, before: Analytics, values: Sequence[Children]) -> list[Children]:
    """What stood at the same place of the period before."""
    return [values[place] if place < len(before.labels) else none("not in the period before")
            for place in range(len(view.labels))]  # fmt: skip


def _compared(earlier: Sequence[Children] | None, place: int) -> list[Node]:
    if earlier is None:
        return []
    value = earlier[place]
    return [number_cell(number(value) if isinstance(value, int) else value)]
