"""What gates caught and missed, and what a rule would have done to past deployments."""

from collections.abc import Callable, Sequence

import dash_bootstrap_components  # noqa: F401  # registers the library whose components are named below

from components.definitions import titled
from components.links import build_path, cluster_path, link, service_path
from components.panel import number_cell, row, table
from components.tags import BOOTSTRAP, Child, Node, el, hidden, icon, mono, node
from components.words import REASONS, age, none, number, percent, reason, when
from data.quality_views import BackTestRow, CaseKind, Effectiveness, GateCase, SuiteEffect
from data.views import Rate

Href = Callable[[str, CaseKind], str]

KINDS: dict[CaseKind, tuple[str, str, str, str]] = {  # one, many, icon, tone
    CaseKind.CATCH: ("Catch", "Catches", "check-circle-fill", "success"),
    CaseKind.OVERRULED: ("Overruled", "Overruled", "exclamation-triangle-fill", "rollback"),
    CaseKind.FALSE_ALARM: ("False alarm", "False alarms", "slash-circle", "nodata"),
    CaseKind.UNDECIDED: ("Undecided", "Undecided", "hourglass-split", "progress"),
    CaseKind.ESCAPE: ("Escape", "Escapes", "x-octagon-fill", "failed"),
}
ANCHORS = {
    CaseKind.CATCH: "catch", CaseKind.OVERRULED: "overruled", CaseKind.FALSE_ALARM: "false-alarm",
    CaseKind.UNDECIDED: "gate-case", CaseKind.ESCAPE: "escape",
}  # fmt: skip


def suites_table(view: Effectiveness, href: Href) -> Node:
    """One row per suite: each count leads to its cases."""
    names = [(titled(many, ANCHORS[kind]), kind) for kind, (_, many, _, _) in KINDS.items()]
    columns = [
        _heading("Suite"), _heading("Gates run", "num"),
        *[el("Th", name, scope="col", cls="num") for name, _ in names],
        _heading(titled("Right when it failed", "gate-precision"), "num"),
        _heading(titled("Escaped", "escape"), "num"),
        _heading(titled("Minutes per catch", "minutes-per-catch"), "num"),
    ]  # fmt: skip
    return table("Gates, by suite", columns, [_suite(one, href) for one in view.suites])


def _heading(words: Child, cls: str = "") -> Node:
    return el("Th", words, scope="col", cls=cls)


def _suite(one: SuiteEffect, href: Href) -> Node:
    counts = {
        CaseKind.CATCH: one.catches, CaseKind.OVERRULED: one.overruled, CaseKind.FALSE_ALARM: one.false_alarms,
        CaseKind.UNDECIDED: one.undecided, CaseKind.ESCAPE: one.escapes,
    }  # fmt: skip
    cost = none(REASONS.get(one.reason or "", "no data"))
    if one.minutes_per_catch is not None:
        cost = el(
            "Span", f"{one.minutes_per_catch:,.1f}", title=f"of {one.timed:,} gates that say how long they took"
        )
    return row(
        el("Span", one.suite.capitalize(), cls="strong"), number_cell(number(one.runs)),
        *[number_cell(link([number(counts[kind]), hidden(f" {KINDS[kind][1].lower()} of {one.suite.lower()}")],
                           href(one.suite, kind), cls="keep")) for kind in KINDS],
        number_cell(_share(one.precision)), number_cell(_share(one.escape_rate)), number_cell(cost),
    )  # fmt: skip


def _share(found: Rate) -> list[Child]:
    if found.value is None:
        return [none(reason(found))]
    return [percent(found.value), el("Span", f"n {number(found.n)}", cls="of")]


def cases_table(cases: Sequence[GateCase]) -> Node:
    """The cases with the builds that decided them."""
    columns = [("Suite", ""), ("What it was", ""), ("Service", ""), ("Version", ""), ("Cluster-region", ""),
               ("Build", ""), ("Decided by", "")]  # fmt: skip
    return table("Cases, newest first", columns, [_case(one) for one in cases])


def _case(one: GateCase) -> Node:
    word, _, symbol, tone = KINDS[one.kind]
    build = link([hidden(f"{one.suite.lower()} {one.service_id} {one.version}, "), when(one.at)],
                 f"{build_path(one.attempt_id)}#gates")  # fmt: skip
    by = none("nothing yet, or nothing came after")
    if one.by:
        by = link([mono(one.version), f" on {one.by.split(':', 1)[0]}"], build_path(one.by))
    return row(
        one.suite.capitalize(), el("Span", icon(symbol), " ", word, cls=f"nowrap tone-{tone}"),
        link(one.service_id, service_path(one.service_id), cls="strong"), mono(one.version),
        link(one.cluster_id, cluster_path(one.cluster_id)), el("Td", build, cls="nowrap"), by,
    )  # fmt: skip


def number_field(name: str, label: str, value: str | None, most: int, hint: str) -> Node:
    """A number to a tenth, or nothing."""
    field = f"filter-{name}"
    chosen = node(BOOTSTRAP, "Input", id=field, name=name, type="number", value=value or "", min=0, max=most,
                  step=0.1, placeholder=hint)  # fmt: skip
    return el("Div", el("Label", label, htmlFor=field), chosen, cls="field field-number")


def judged_table(rows: Sequence[BackTestRow], suites_words: Callable[[str], str]) -> Node:
    """What the rule would have held back, and the change failures it would have let go."""
    columns = [("Service", ""), ("Version", ""), ("Cluster-region", ""), ("Deployed", ""), ("The rule", ""),
               ("What became of it", ""), ("Why", ""), ("Served before", "num"), ("Missing", "num")]  # fmt: skip
    return table("Held back or missed, newest first", columns, [_judged(one, suites_words) for one in rows])


def _judged(one: BackTestRow, words: Callable[[str], str]) -> Node:
    outcome = (
        ("x-octagon-fill", "failed", "Change failure") if one.failed else ("check-circle-fill", "success", "Well")
    )
    right = one.blocked is one.failed
    verdict = "Held back" if one.blocked else "Let go"
    tone = "success" if right else "rollback"
    build = link([hidden(f"{one.service_id} {one.version}, "), when(one.started_at)], build_path(one.attempt_id))
    return row(
        link(one.service_id, service_path(one.service_id), cls="strong"), mono(one.version),
        link(one.cluster_id, cluster_path(one.cluster_id)), el("Td", build, cls="nowrap"),
        el("Span", icon("check2" if right else "x-lg"), f" {verdict} {'rightly' if right else 'wrongly'}",
           cls=f"nowrap tone-{tone}"),
        el("Span", icon(outcome[0]), f" {outcome[2]}", cls=f"nowrap tone-{outcome[1]}"),
        ", ".join(map(words, one.reasons)) or none("the rule asks for nothing that was missing"),
        number_cell(none("it had not served there") if one.soak_sec is None else age(one.soak_sec)),
        number_cell(none("nothing") if one.missing_sec is None else age(one.missing_sec)),
    )  # fmt: skip


def reason_words(code: str) -> str:
    """Why a rule holds back, in words."""
    if code == "not_before":
        return "never served in the stage before"
    if code == "soak":
        return "served there too short a time"
    _, suite, what = code.split(":")
    return f"{suite.lower()} {'has no result' if what == 'none' else 'below what is asked'}"
