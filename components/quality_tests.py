"""How tests do: which services are below a minimum, suites and how long they take, what failed and then passed."""

from collections.abc import Callable, Sequence

from components.links import build_path, link, service_path
from components.panel import number_cell, row, table
from components.score_table import STEPS
from components.tags import Child, Node, el, hidden, icon, mono
from components.words import counted, duration, none, number, percent, rate, reason, when
from data.analytics_views import Flake
from data.quality_views import Quality, ServiceNumbers, SuiteNumbers, TestNumbers, Turn
from data.views import Rate

STEADY = 0.05
Href = Callable[[str | None, str | None], str]  # (service, suite) -> where their numbers are


def chosen_rate(of: TestNumbers, skipped: bool) -> Rate:
    """The pass rate, with skipped tests or without."""
    return of.pass_rate_all if skipped else of.pass_rate


def health(view: Quality, minimum: float, skipped: bool, href: Href) -> Node:
    """A tile for each service: at least the minimum, below it, or without a test."""
    tiles: list[Child] = [_tile(one, minimum, chosen_rate(one.numbers, skipped), href) for one in view.services]
    return el("Ul", tiles, cls="health-tiles")


def _tile(one: ServiceNumbers, minimum: float, found: Rate, href: Href) -> Node:
    if found.value is None:
        tone, symbol, said = "nodata", "question-circle", "No tests"
    elif found.value * 100 >= minimum:
        tone, symbol, said = "success", "check-circle-fill", "Healthy"
    else:
        tone, symbol, said = "failed", "x-octagon-fill", f"Below {minimum:g} %"
    value = el("Span", rate(found), cls="tile-value")
    return el(
        "Li", link(one.name, href(one.service_id, None), cls="strong keep"), value,
        el("Span", icon(symbol), " ", said, cls=f"tile-said tone-{tone}"),
        el("Span", f"n {number(found.n)}", cls="hint"), cls=f"health-tile tile-{tone}",
    )  # fmt: skip


def suites_table(view: Quality, skipped: bool, href: Href) -> Node:
    """One row per suite, the slowest first."""
    columns = [
        ("Suite", ""), ("Pass rate", "num"), ("Tests", "num"), ("Failed", "num"), ("Skipped", "num"),
        ("Gates passed", "num"), ("Mean", "num"), ("p50", "num"), ("p90", "num"), ("Than before", ""),
    ]  # fmt: skip
    ordered = sorted(view.suites, key=lambda one: (-(one.p90 or -1), one.suite))
    return table("Suites, the slowest first", columns, [_suite(one, skipped, href) for one in ordered])


def _suite(one: SuiteNumbers, skipped: bool, href: Href) -> Node:
    sums = one.numbers
    return row(
        el("Span", one.suite.capitalize(), cls="strong"), number_cell(_share(chosen_rate(sums, skipped))),
        number_cell(number(sums.total)), number_cell(number(sums.failed)), number_cell(number(sums.skipped)),
        number_cell(
            link(f"{number(sums.gates_passed)} of {number(sums.gates)}", href(None, one.suite))
            if sums.gates else none("no gate")
        ),
        *[number_cell(none(f"{one.suite.capitalize()} does not say how long it took") if value is None
                      else duration(value)) for value in (one.seconds, one.p50, one.p90)],
        _moved(one),
    )  # fmt: skip


def _share(found: Rate) -> list[Child]:
    return [rate(found), el("Span", f"n {number(found.n)}", cls="of")]


def _moved(one: SuiteNumbers) -> Node:
    """How the mean moved: shorter is good."""
    if one.seconds is None or one.before is None:
        return none("nothing to compare with")
    if abs(one.seconds - one.before) <= STEADY * one.before:
        return el("Span", icon("dash-lg"), " as long", cls="delta delta-neutral")
    slower = one.seconds > one.before
    words = f" {duration(abs(one.seconds - one.before))} {'longer' if slower else 'shorter'}"
    return el(
        "Span",
        icon("arrow-up" if slower else "arrow-down"),
        words,
        cls=f"delta delta-{'bad' if slower else 'good'}",
    )


def services_table(view: Quality, skipped: bool, href: Href) -> Node:
    """Pass rates, service by suite."""
    names = [one.suite for one in view.suites]
    columns = [("Service", ""), ("All suites", "num"), *((name.capitalize(), "num") for name in names)]
    rows = [
        row(
            link(one.name, service_path(one.service_id), cls="strong"),
            _heat(chosen_rate(one.numbers, skipped), href(one.service_id, None)),
            *[_cell(one.suites.get(name), skipped, href(one.service_id, name)) for name in names],
        )
        for one in view.services
    ]
    return table("Pass rates, service by suite", columns, rows, cls="score")


def _cell(found: TestNumbers | None, skipped: bool, href: str) -> Node:
    if found is None:
        return number_cell([el("Span", "No data"), hidden(": no run")], cls="gap")
    return _heat(chosen_rate(found, skipped), href)


def _heat(found: Rate, href: str) -> Node:
    """A share in a cell whose strength follows it; the number is always in it."""
    if found.value is None:
        return number_cell([el("Span", "No data"), hidden(f": {reason(found)}")], cls="gap")
    level = sum(found.value >= step for step in STEPS)
    shown: list[Child] = [link(percent(found.value), href, cls="keep"), el("Span", f"n {number(found.n)}", cls="of")]
    return number_cell(shown, cls=f"heat heat-{level}")


def flaky_table(flaky: Sequence[Flake], href: Callable[[Flake], str]) -> Node:
    """Suites whose verdict changed over one version."""
    rows = [
        row(
            link(one.service_id, service_path(one.service_id), cls="strong"), (one.suite or "").capitalize(),
            number_cell(link(number(one.flipped), href(one))), number_cell(number(one.n)),
            number_cell(percent(one.flipped / one.n)),
        )
        for one in flaky
    ]  # fmt: skip
    columns = [("Service", ""), ("Suite", ""), ("Versions that flipped", "num"), ("Judged again", "num"),
               ("Share", "num")]  # fmt: skip
    return table("Flaky suites, the most flips first", columns, rows)


def turns_table(turns: Sequence[Turn]) -> Node:
    """What failed and then passed unchanged: both builds, with their reports."""
    rows = [
        row(
            link(one.service_id, service_path(one.service_id), cls="strong"), mono(one.version), one.cluster_id,
            (one.suite or "deploy").capitalize(), _build("failed", one.failed_id, one.failed_at, one),
            _build("passed", one.passed_id, one.passed_at, one)
            if one.passed_id != one.failed_id else el("Td", "in a later run of it"),
        )
        for one in turns
    ]  # fmt: skip
    columns = [("Service", ""), ("Version", ""), ("Cluster-region", ""), ("Suite", ""), ("Failed", ""),
               ("Passed", "")]  # fmt: skip
    return table("Failed, then passed unchanged, newest first", columns, rows)


def _build(word: str, attempt_id: str, at: str, one: Turn) -> Node:
    says = hidden(f"{one.service_id} {one.version}, {word} ")
    return el("Td", link([says, when(at)], f"{build_path(attempt_id)}#gates"), cls="nowrap")


def tests_table(tests: Sequence[tuple[str, str, int]]) -> Node:
    """Names of tests that failed before their suite passed unchanged: (suite, name, times)."""
    rows = [
        row(el("Span", name, cls="mono wrap"), suite.capitalize(), number_cell(number(times)))
        for suite, name, times in tests
    ]
    return table("Flaky tests, the most often first", [("Test", ""), ("Suite", ""), ("Times", "num")], rows)


def below(view: Quality, minimum: float, skipped: bool) -> str:
    """`2 services below 100 %, 9 healthy, 1 without tests`."""
    found = [chosen_rate(one.numbers, skipped).value for one in view.services]
    low = sum(value is not None and value * 100 < minimum for value in found)
    silent = sum(value is None for value in found)
    return (
        f"{counted(low, 'service')} below {minimum:g} %, {len(found) - low - silent} healthy, {silent} without tests"
    )
