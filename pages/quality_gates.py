"""The third and fourth view of the quality page: what gates were worth, and what a rule would have done."""

from datetime import datetime

from components import filters, kpi, states
from components import quality_gates as shown
from components.definitions import titled
from components.exporting import csv_link, csv_path
from components.links import page_path
from components.panel import panel
from components.tags import Child, Node, el, icon
from components.words import age, number
from data import visible
from data.gate_queries import back_test, effectiveness
from data.generation import Generation
from data.models import Scope
from data.quality_views import BackTest, BackTestRule, CaseKind, Effectiveness, GateCase
from pages.drawing import Part
from pages.quality_asked import MOST_SOAK, Asked, rule_query
from pages.quality_rows import pager, piece

PATH = "/quality"


def parts(generation: Generation, scope: Scope, now: datetime, wish: Asked) -> list[Part]:
    """The parts of the gates' view."""
    found = effectiveness(generation, scope, wish.filter, now)
    return [Part("gates", lambda: _gates(found, wish)), Part("cases", lambda: _cases(found, wish))]


def _gates(found: Effectiveness, wish: Asked) -> Node:
    def href(suite: str, kind: CaseKind) -> str:
        return page_path(PATH, wish.query | {"suite": suite, "case": kind}, "cases")

    note: list[Child] = [titled("by the first failed attempt", "gate-case"),
                         csv_link(csv_path("gates/effectiveness", wish.chosen), "gates")]  # fmt: skip
    hint = el("P", "Change failures are those of production, as delivery counts them. A number leads to its cases.",
              cls="hint")  # fmt: skip
    return panel("What gates are worth", shown.suites_table(found, href), hint, note=note, anchor="gates")


def _cases(found: Effectiveness, wish: Asked) -> Node:
    chosen = [one for one in found.cases if _fits(one, wish)]
    kinds = [(None, "All"), *((kind, many) for kind, (_, many, _, _) in shown.KINDS.items())]
    choice = filters.segments("What it was", [
        (words, page_path(PATH, wish.query | {"case": kind}, "cases"), kind == wish.kind) for kind, words in kinds
    ])  # fmt: skip
    active = []
    if wish.suite:
        active.append((f"suite: {wish.suite.lower()}", page_path(PATH, wish.query | {"suite": None}, "cases")))
    chips = filters.chips(active, page_path(PATH, wish.query | {"suite": None, "case": None}, "cases"))
    rows = piece(chosen, wish)
    body = shown.cases_table(rows) if rows else states.empty("No such case in this time.", symbol="check2")
    cut = el("P", f"Of the newest {number(len(found.cases))} of {number(found.total)} cases.", cls="hint")
    note = [csv_link(csv_path("gates/cases", wish.chosen), "cases")]
    return panel("Cases", choice, chips, body, pager(wish, len(chosen), len(chosen), "cases"),
                 cut if found.total > len(found.cases) else None, note=note, anchor="cases")  # fmt: skip


def _fits(one: GateCase, wish: Asked) -> bool:
    return wish.suite in (None, one.suite) and wish.kind in (None, one.kind)


def back_test_parts(generation: Generation, scope: Scope, now: datetime, wish: Asked) -> list[Part]:
    """The parts of the back-test."""
    suites = visible.suites(generation, scope)
    rule = wish.rule
    if not rule.suites and rule.soak_hours is None:
        return [Part("rule", lambda: _rule(wish, suites))]
    found = back_test(generation, scope, wish.filter, rule, now)
    return [
        Part("rule", lambda: _rule(wish, suites)),
        Part("numbers", lambda: _numbers(found), cls="kpis kpis-6"),
        Part("judged", lambda: _judged(found, wish)),
    ]


def _rule(wish: Asked, suites: list[str]) -> Node:
    rule = wish.rule
    toggles = [
        (one.capitalize(), page_path(PATH, _query(wish, _toggled(rule, one))), one in rule.suites) for one in suites
    ]
    items: list[Child] = [
        el("Li", el("A", icon("check2") if on else None, words, href=href, cls="segment keep",
                    aria_current="true" if on else None))
        for words, href, on in toggles
    ]  # fmt: skip
    choice = el("Div", el("Span", "Suites that must have passed in the stage before", cls="field-label"),
                el("Nav", el("Ul", items, cls="segments"), aria_label="Suites of the rule"), cls="field")  # fmt: skip
    rest = {k: v for k, v in wish.query.items() if k not in ("minPassRate", "soakHours")}
    form = filters.form(
        PATH, "Rule",
        shown.number_field("minPassRate", "Least pass rate, %", wish.rule_query["minPassRate"], 100, "just passed"),
        shown.number_field("soakHours", "Hours served before", wish.rule_query["soakHours"], int(MOST_SOAK), "none"),
        *[filters.kept(name, value) for name, value in rest.items()], button="Try",
    )  # fmt: skip
    offer = None
    if not rule.suites and rule.soak_hours is None:
        offer = el("P", "Choose suites or hours: the page then says what such a rule would have done to the "
                   "deployments of production in this time.", cls="hint")  # fmt: skip
    return panel("The rule", el("Div", choice, form, cls="toolbar"), offer, _policy(wish),
                 note=[titled("back-test", "back-test")], anchor="rule")  # fmt: skip


def _policy(wish: Asked) -> Node | None:
    """The rule as what the catalog takes."""
    if not wish.rule.suites and wish.rule.soak_hours is None:
        return None
    words: list[Child] = [icon("download"), " Policy as YAML"]
    return el("P", el("A", words, href=page_path("/api/gates/policy.yaml", wish.rule_query), download="",
                      cls="csv", title="The rule for the catalog's gates: section"))  # fmt: skip


def _toggled(rule: BackTestRule, suite: str) -> BackTestRule:
    mine = rule.suites
    suites = tuple(one for one in mine if one != suite) if suite in mine else (*mine, suite)
    return BackTestRule(suites, rule.min_rate, rule.soak_hours)


def _query(wish: Asked, rule: BackTestRule) -> dict[str, str | None]:
    return wish.query | rule_query(rule)


def _numbers(found: BackTest) -> list[Node]:
    rows = "#judged"
    left = f"; {number(found.left_out)} without a stage before" if found.left_out else ""
    median = "–" if found.median_delay_sec is None else age(found.median_delay_sec)
    return [
        kpi.card("Deployments", number(found.deployments), href=rows, note=f"of production{left}"),
        kpi.card("Held back rightly", number(found.blocked_rightly), href=rows, note="were change failures",
                 meaning="back-test"),
        kpi.card("Held back wrongly", number(found.blocked_wrongly), href=rows, note="went well",
                 meaning="back-test"),
        kpi.card("Missed", number(found.missed), href=rows, note="let go, change failures",
                 meaning="back-test"),
        kpi.card("Let go rightly", number(found.let_go_rightly), href=rows, note="went well"),
        kpi.card("Delay added", age(found.delay_sec) if found.delayed else "–", href=rows,
                 note=f"median {median}, of {number(found.delayed)} that served too short", meaning="back-test"),
    ]  # fmt: skip


def _judged(found: BackTest, wish: Asked) -> Node:
    rows = piece(found.rows, wish)
    body = shown.judged_table(rows, shown.reason_words) if rows else states.empty(
        "The rule would have held nothing back, and no deployment failed." if found.deployments
        else "No deployment of production in this time.", symbol="question-circle",
    )  # fmt: skip
    note = [csv_link(csv_path("gates/backtest", wish.chosen | wish.rule_query), "these rows")]
    return panel("Held back or missed", body, pager(wish, len(found.rows), found.total, "judged"), note=note,
                 anchor="judged")  # fmt: skip
