"""The first view of the quality page: pass rates, health, suites, what is flaky, what failed and then passed."""

from datetime import datetime

import context
from components import filters, kpi, states
from components import quality_tests as shown
from components.definitions import titled
from components.exporting import csv_link, csv_path
from components.links import analytics_path, page_path
from components.panel import panel
from components.tags import Child, Node, el
from components.words import counted, number, rate
from data.analytics_views import Flake
from data.flaky_tests import flaky_tests
from data.generation import Generation
from data.models import Scope
from data.quality_queries import quality
from data.quality_views import Quality
from pages.drawing import Part
from pages.quality_asked import MINIMA, Asked
from pages.quality_rows import LIMIT, pager, piece

PATH = "/quality"


def parts(generation: Generation, scope: Scope, now: datetime, wish: Asked) -> list[Part]:
    """The parts below the head."""
    found = quality(generation, scope, wish.filter, now)
    return [
        Part("numbers", lambda: _numbers(found, wish), cls="kpis"),
        Part("health", lambda: _health(found, wish)),
        Part("suites", lambda: _suites(found, wish)),
        Part("services", lambda: _services(found, wish)),
        Part("flaky", lambda: _flaky(found, wish)),
        Part("turns", lambda: _turns(found, wish)),
        Part("flaky-tests", lambda: _flaky_tests(scope, found), what="the names of flaky tests", lasting=False),
    ]


def _numbers(found: Quality, wish: Asked) -> list[Node]:
    sums = found.numbers
    used = shown.chosen_rate(sums, wish.skipped)
    words = "of all tests" if wish.skipped else "of tests not skipped"
    trend = analytics_path({"service": wish.service, "cluster": wish.cluster, "team": wish.team,
                            "from": found.filter.start, "to": found.filter.end})  # fmt: skip
    gates = f"{number(sums.gates_passed)} of {number(sums.gates)}" if sums.gates else "–"
    return [
        kpi.card("Test pass rate", rate(used), href=trend, note=f"{words}, n = {number(used.n)}",
                 meaning="pass-rate-all" if wish.skipped else "pass-rate"),
        kpi.card("Tests failed", number(sums.failed) if sums.total else "–", href="#suites-panel",
                 note=f"of {number(sums.total)}, {number(sums.skipped)} skipped"),
        kpi.card("Gates passed", gates, href="#suites-panel", note="runs that count for an attempt",
                 meaning="gate"),
        kpi.card("Flaky suites", number(len(found.flaky)), href="#flaky",
                 note=f"{counted(found.repeated, 'version')} judged again", meaning="flaky"),
        kpi.card("Failed, then passed", number(found.turned), href="#turns", note="unchanged, by suite and version",
                 meaning="failed-then-passed"),
    ]  # fmt: skip


def _href(wish: Asked) -> shown.Href:
    """Where the attempts behind a service's numbers are."""

    def href(service: str | None, _suite: str | None) -> str:
        return analytics_path({
            "service": service or wish.service, "cluster": wish.cluster, "team": wish.team, "rows": "1",
            "from": wish.days.start, "to": wish.days.end,
        }, "rows")  # fmt: skip

    return href


def _health(found: Quality, wish: Asked) -> Node:
    minima = [
        (f"{one} %", page_path(PATH, wish.query | {"min": None if one == "100" else one}), float(one) == wish.minimum)
        for one in MINIMA
    ]
    skipped = [
        ("Not counted", page_path(PATH, wish.query | {"skipped": None}), not wish.skipped),
        ("Counted", page_path(PATH, wish.query | {"skipped": "1"}), wish.skipped),
    ]
    tools = el(
        "Div", _named("At least", filters.segments("Least pass rate", minima)),
        _named("Skipped tests", filters.segments("Skipped tests", skipped)), cls="toolbar",
    )  # fmt: skip
    tiles = shown.health(found, wish.minimum, wish.skipped, _href(wish))
    note = shown.below(found, wish.minimum, wish.skipped)
    return panel("Component health", tools, tiles, note=[titled(note, "component-health")], anchor="health")


def _named(words: str, choice: Node) -> Node:
    return el("Div", el("Span", words, cls="field-label"), choice, cls="field")


def _csv(name: str, wish: Asked, of: str) -> Node:
    return csv_link(csv_path(f"quality/{name}", wish.chosen), of)


def _suites(found: Quality, wish: Asked) -> Node:
    note: list[Child] = [titled("the slowest first", "suite-duration"), _csv("suites", wish, "suites")]
    return panel("Suites", shown.suites_table(found, wish.skipped, _href(wish)), note=note, anchor="suites-panel")


def _services(found: Quality, wish: Asked) -> Node:
    anchor = "pass-rate-all" if wish.skipped else "pass-rate"
    words = "passed of all tests" if wish.skipped else "passed of tests not skipped"
    table = shown.services_table(found, wish.skipped, _href(wish))
    return panel("Pass rate, service by suite", table, note=[titled(words, anchor)], anchor="services")


def _flaky(found: Quality, wish: Asked) -> Node:
    def href(one: Flake) -> str:
        query = {"from": wish.days.start, "to": wish.days.end, "cluster": wish.cluster, "team": wish.team}
        return analytics_path({**query, "flaky": one.key}, "rows")

    body = shown.flaky_table(found.flaky[:LIMIT], href) if found.flaky else states.empty(
        f"No suite flipped over {counted(found.repeated, 'version')} judged more than once.", symbol="check2"
    )  # fmt: skip
    untold = f"Of {counted(found.untold, 'attempt')} of these days only the last run of each suite is known."
    older = el("P", untold, cls="hint") if found.untold else None
    rest = len(found.flaky) - LIMIT
    more = el("P", f"and {number(rest)} more with fewer flips", cls="hint") if rest > 0 else None
    return panel("Flaky suites", body, more, older, note=[titled("verdict changed, version did not", "flaky")],
                 anchor="flaky")  # fmt: skip


def _flaky_tests(scope: Scope, found: Quality) -> Node | None:
    """Which tests the failed runs name; nothing where nothing failed and then passed."""
    if not found.turns:
        return None
    told = flaky_tests(context.store(), scope, found.turns)
    words = f"of the newest {counted(told.looked_at, 'such run')}; {number(told.with_names)} name what failed"
    nothing = states.empty("None of these runs names the tests that failed.", symbol="question-circle")
    body = shown.tests_table([(one.suite, one.name, one.times) for one in told.tests]) if told.tests else nothing
    return panel("Flaky tests", body, note=[titled(words, "flaky-test")], anchor="flaky-tests")


def _turns(found: Quality, wish: Asked) -> Node:
    rows = piece(found.turns, wish)
    body = (
        shown.turns_table(rows)
        if rows
        else states.empty("Nothing failed and then passed unchanged.", symbol="check2")
    )
    note: list[Child] = [
        titled("by suite and version", "failed-then-passed"),
        _csv("turns", wish, "these rows"),
    ]
    return panel("Failed, then passed", body, pager(wish, len(found.turns), found.turned, "turns"), note=note,
                 anchor="turns")  # fmt: skip
