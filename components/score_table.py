"""The score card: services side by side, every number with its n, its heat and its rows."""

from components.definitions import titled
from components.links import Query, analytics_path, link, service_path
from components.panel import number_cell, row, table
from components.tags import Child, Node, el, hidden
from components.words import minutes as minutes_words
from components.words import number, percent, reason
from data.catalog_models import ClusterType
from data.views import Rate, Scorecard, ScoreRow

STEPS = (0.8, 0.9, 0.95, 0.99)  # where the heat of a share that should be high gets stronger

PRODUCTION = ClusterType.PRODUCTION.value
DEFINED = (  # column and anchor of its definition
    ("Healthy", "healthy"), ("Attempts", "attempts"), ("Success rate", "attempt-success-rate"),
    ("Rolled back", "rollback-rate"), ("Deploy duration", "deploy-duration"),
)  # fmt: skip


def score_table(card: Scorecard, query: Query) -> Node:
    """One row per service; a gap is hatched and says why."""
    columns: list[tuple[str, str] | Node] = [("Service", ""), *(_heading(*one) for one in DEFINED[:4])]
    columns += [("To production", "num"), _heading(*DEFINED[4])]
    columns += [_heading(f"{suite.capitalize()} tests", "pass-rate") for suite in card.suites]
    columns += [_heading("Gates missing", "gates-missing")]
    rows = [_row(one, card, query) for one in card.rows]
    return table("Score card, by service", columns, rows, cls="score")


def _heading(title: str, anchor: str) -> Node:
    return el("Th", titled(title, anchor), scope="col", cls="num")


def _row(one: ScoreRow, card: Scorecard, query: Query) -> Node:
    service_id, counts = one.service.service_id, one.counts
    page = service_path(service_id, query)

    def rows(status: str | None) -> str:
        return service_path(service_id, query | {"status": status}, "attempts")

    production = service_path(service_id, query | {"stage": PRODUCTION, "status": "SUCCESS"}, "attempts")
    trend = analytics_path(query | {"service": service_id})
    return row(
        link(one.service.name, page, cls="strong"),
        number_cell([link(number(one.healthy), f"{page}#state"), _of(f"of {one.pairs}")]),
        number_cell(link(number(counts.total), rows(None))),
        _heat(one.success_rate, rows("SUCCESS")),
        number_cell([link(number(counts.rollback), rows("ROLLBACK")), _share(one.rollback_rate)]),
        number_cell(link(number(one.production_deploys), production)),
        number_cell(minutes_words(one.mean_deploy_minutes)),
        *[_suite(one, suite, trend) for suite in card.suites],
        number_cell(link(number(one.gates_missing), f"{page}#state")),
    )  # fmt: skip


def _suite(one: ScoreRow, suite: str, href: str) -> Node:
    if suite not in one.suites:
        return el("Td", el("Span", "not expected", cls="ink-2 small"), cls="num")
    return _heat(one.suites[suite], href)


def _of(words: str) -> Node:
    return el("Span", words, cls="of")


def _share(rate: Rate) -> Node:
    return _of(reason(rate) if rate.value is None else f"{percent(rate.value)} of {number(rate.n)}")


def _heat(rate: Rate, href: str) -> Node:
    """A share in a cell whose strength follows it; the number is always in it."""
    if rate.value is None:
        return number_cell([el("Span", "No data"), hidden(f": {reason(rate)}")], cls="gap")
    level = sum(rate.value >= step for step in STEPS)
    shown: list[Child] = [link(percent(rate.value), href), _of(f"n {number(rate.n)}")]
    return number_cell(shown, cls=f"heat heat-{level}")


def legend() -> Node:
    """What the heat says."""
    bounds = ["below 80 %", "80 %", "90 %", "95 %", "99 % and more"]
    steps = [el("Span", words, cls=f"heat heat-{level}") for level, words in enumerate(bounds)]
    return el("P", "Heat of a share: ", steps, el("Span", "No data", cls="gap"), cls="legend")
