"""The numbers of each chart as a table, for those who read or copy rather than look."""

from components.figures import Href
from components.links import link
from components.panel import number_cell, row, table
from components.tags import Children, Node
from components.words import minutes as minutes_words
from components.words import none, number, percent
from data.models import Day
from data.views import Analytics


def builds_table(view: Analytics, href: Href) -> Node:
    """Attempts by day and outcome, newest first."""
    series = (view.failed, view.rollback, view.success, view.in_progress, view.cancelled)
    rows = [
        row(_day(view, place, href), *[number_cell(number(counts[place])) for counts in series])
        for place in _newest_first(view)
    ]
    names = ("Failed", "Rolled back", "Success", "In progress", "Cancelled (apart)")
    return table("Build attempts per day", [("Day", ""), *[(name, "num") for name in names]], rows)


def suites_table(view: Analytics, href: Href) -> Node:
    """Pass rate and number of tests by day and suite."""
    columns = [("Day", "")]
    for suite in view.suites:
        name = suite.suite.capitalize()
        columns += [(f"{name}, pass rate", "num"), (f"{name}, tests", "num")]
    rows = []
    for place in _newest_first(view):
        cells: list[Children] = []
        for suite in view.suites:
            rate = suite.pass_rate[place]
            cells.append(number_cell(none("no tests ran") if rate is None else percent(rate)))
            cells.append(number_cell(number(suite.tests[place])))
        rows.append(row(_day(view, place, href), *cells))
    return table("Pass rate per suite and day", columns, rows)


def durations_table(view: Analytics, href: Href) -> Node:
    """Mean deploy duration by day."""
    rows = [
        row(_day(view, place, href), number_cell(minutes_words(view.deploy_minutes[place])))
        for place in _newest_first(view)
    ]
    return table("Mean deploy duration per day", [("Day", ""), ("Deploy duration", "num")], rows)


def _newest_first(view: Analytics) -> range:
    return range(len(view.labels) - 1, -1, -1)


def _day(view: Analytics, place: int, href: Href) -> Node:
    day: Day = view.labels[place]
    return link(f"{day}, so far" if day == view.partial else day, href(day, None), cls="keep")
