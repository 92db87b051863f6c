"""The heat map of the score card: services by rules, what each earned, how that moved, what is missing for more."""

from collections.abc import Mapping, Sequence

from components import markup
from components.definitions import about
from components.delivery_words import ledger_path
from components.links import Query, analytics_path, link, page_path, service_path
from components.tags import Child, Children, Node, el, hidden, icon
from components.words import counted
from data.delivery_views import MetricId
from data.instants import day_before
from data.models import Day
from data.scorecard_metrics import Rows
from data.scorecard_models import LEVELS, Level
from data.scorecard_views import Card, Cell, Outcome, RuleShown, ServiceCard, Standing
from data.scorecard_words import OUTCOMES, asked, found, lacking, reason

ICONS = {
    Outcome.PASS: "check-circle-fill",
    Outcome.FAIL: "x-octagon-fill",
    Outcome.NO_DATA: "question-circle",
    Outcome.EXEMPT: "slash-circle",
}
NAMED_RANGES = {1: "1d", 7: "7d", 14: "14d", 30: "30d", 90: "90d"}
SHOWN_MISSING = 3
PRODUCTION = "Production"

Weeks = Sequence[Mapping[str, Standing] | None]  # oldest first; None: no snapshot in that week


def rules_path(query: Query | None = None, anchor: str = "") -> str:
    """The score card."""
    return page_path("/scorecard", query, anchor)


def level_badge(level: Level | None) -> Node:
    """Pips and the word: one for Bronze, three for Gold."""
    place = LEVELS.index(level) + 1 if level else 0
    pips: list[Child] = [el("Span", cls="pip" if at < place else "pip pip-off") for at in range(len(LEVELS))]
    return el(
        "Span", el("Span", pips, cls="pips", aria_hidden="true"), level.value if level else "No level", cls="level"
    )


def heat_map(card: Card, weeks: Weeks | None) -> Node:
    """The table; `weeks` None: histories cannot be told, then there is no column for them."""
    rows = [_row(one, card, weeks) for one in card.services]
    caption = "Score card: services by rules"
    table = el(
        "Table", el("Caption", caption, cls="visually-hidden"), _head(card, weeks is not None),
        el("Tbody", rows), cls="grid rules",
    )  # fmt: skip
    return markup.drawn(
        el("Div", table, cls="scroller", role="region", tabIndex="0", aria_label=caption), cls="markup"
    )


def _head(card: Card, with_history: bool) -> Node:
    groups = [(level, [one for one in card.rules if one.rule.level is level]) for level in LEVELS]
    first: list[Child] = [el("Th", "Service", scope="col", rowSpan="2"), el("Th", "Level", scope="col", rowSpan="2")]
    if with_history:
        first.append(el("Th", "12 weeks", scope="col", rowSpan="2"))
    first.append(el("Th", "Closest next level", scope="col", rowSpan="2"))
    first += [
        el("Th", level_badge(level), scope="colgroup", colSpan=str(len(rules)), cls="rule-group")
        for level, rules in groups
        if rules
    ]
    second: list[Child] = [_rule_head(one) for one in card.rules]
    return el("Thead", el("Tr", first), el("Tr", second) if second else None)


def _rule_head(one: RuleShown) -> Node:
    name = link(one.rule.title, rules_path({"rule": one.rule.rule_id}), cls="keep", title=one.kind.title)
    meaning = about(one.kind.anchor, one.rule.title)
    wanted = el("Span", asked(one.rule, one.kind.unit), " ", meaning, cls="rule-asked")
    return el("Th", name, wanted, scope="col", cls="rule-head")


def _row(one: ServiceCard, card: Card, weeks: Weeks | None) -> Node:
    cells: list[Child] = [
        el("Th", link(one.name, service_path(one.service_id), cls="strong"), _team(one), scope="row",
           id=f"service-{one.service_id}"),
        el("Td", level_badge(one.level)),
    ]  # fmt: skip
    if weeks is not None:
        cells.append(el("Td", history(one, weeks)))
    cells.append(el("Td", closest(one, card), cls="closest"))
    cells += [cell_of(one, one.cell(shown.rule.rule_id), shown, card.day) for shown in card.rules]
    return el("Tr", cells)


def _team(one: ServiceCard) -> Node | None:
    words = " · ".join(word for word in (one.team, one.tier) if word)
    return el("Span", words, cls="stage-name") if words else None


def cell_of(service: ServiceCard, cell: Cell, shown: RuleShown, day: Day) -> Node:
    """What a rule says of a service: icon, number and hidden word; the number leads to its rows."""
    if cell.outcome is Outcome.NOT_ASKED:
        return el("Td", el("Span", "–", aria_hidden="true"), hidden("not asked of this service"), cls="rule-none")
    words = "No data" if cell.value is None else found(cell, shown.kind.unit)
    title = f"{OUTCOMES[cell.outcome]}: {found(cell, shown.kind.unit)}, {asked(shown.rule, shown.kind.unit)} is asked"
    why = f"{title}{_because(cell)}"
    notes: list[Child] = []
    if cell.n is not None and cell.value is not None and shown.kind.unit.value == "%":
        notes.append(el("Span", f"n {cell.n:,}", cls="rule-n"))
    if cell.outcome is Outcome.NO_DATA and cell.value is not None:
        notes.append(el("Span", reason(cell), cls="rule-n"))
    if cell.outcome is Outcome.EXEMPT and cell.exemption:
        notes.append(el("Span", f"exempt to {cell.exemption.expires}", cls="rule-n"))
    if cell.expired:
        notes.append(el("Span", "exemption expired", cls="rule-n rule-expired"))
    shape = "gap" if cell.outcome is Outcome.NO_DATA else f"rule-{cell.outcome.value}"
    return el(
        "Td", link([icon(ICONS[cell.outcome]), words, hidden(f": {why}")], rows_path(service, shown, day), title=why),
        notes, cls=f"rule-cell {shape}",
    )  # fmt: skip


def _because(cell: Cell) -> str:
    if cell.exemption is None:
        return ""
    what = "Its exemption expired" if cell.expired else "Exempt until"
    return f". {what} {cell.exemption.expires}: {cell.exemption.reason} ({cell.exemption.approver})"


def rows_path(service: ServiceCard, shown: RuleShown, day: Day) -> str:
    """Where the rows behind a number are."""
    rule, rows = shown.rule, shown.kind.rows
    days: Query = {"from": day_before(day, rule.days - 1), "to": day}
    mine: Query = {"service": service.service_id, **days}
    if rows is Rows.LEDGER:
        return ledger_path(mine, MetricId(rule.metric))
    if rows in (Rows.TESTS, Rows.FLAKY):
        return analytics_path(mine)
    if rows is Rows.STATE:
        return service_path(service.service_id, None, "state")
    if rows is Rows.PRODUCTION:
        return service_path(service.service_id, {"stage": PRODUCTION, "status": "SUCCESS"}, "attempts")
    status = {Rows.FAILED: "FAILED", Rows.ROLLED_BACK: "ROLLBACK", Rows.SUCCEEDED: "SUCCESS"}.get(rows)
    return service_path(service.service_id, days | {"status": status}, "attempts")


def closest(one: ServiceCard, card: Card) -> Children:
    """The next level and what is in its way, the nearest first."""
    if one.next_level is None:
        return el("Span", "All that is asked is kept" if one.level else "Nothing is asked of it", cls="ink-2")
    shown = {rule.rule.rule_id: rule for rule in card.rules}
    told = [rule_id for rule_id in one.missing if rule_id in shown]
    lines: list[Child] = [
        el("Li", f"{shown[rule_id].rule.title}: {lacking(one.cell(rule_id), shown[rule_id])}")
        for rule_id in told[:SHOWN_MISSING]
    ]
    if len(one.missing) > len(lines):
        lines.append(el("Li", f"and {counted(len(one.missing) - len(lines), 'more rule', 'more rules')}"))
    return [
        el("Span", f"{one.next_level.value}, {counted(len(one.missing), 'rule')} away"),
        el("Ul", lines, cls="plain"),
    ]


def history(one: ServiceCard, weeks: Weeks) -> Node:
    """A bar for each week as high as the level then; a week without a snapshot is a gap."""
    stood = [week.get(one.service_id) if week is not None else None for week in weeks]
    known = [each for each in stood if each is not None]
    if not known:
        return el("Span", "–", hidden("no snapshots yet"), cls="none", title="no snapshots yet")
    words = ", ".join(f"{each.day} {each.level.value if each.level else 'no level'}" for each in known)
    bars: list[Child] = [el("Span", cls=_bar(each)) for each in stood]
    label = f"Level by week: {words}"
    return el("Span", bars, cls="levels", role="img", aria_label=label, title=label)


def _bar(each: Standing | None) -> str:
    if each is None:
        return "level-bar level-gap"
    return f"level-bar level-{LEVELS.index(each.level) + 1 if each.level else 0}"


def legend(with_history: bool) -> Node:
    """What the cells and bars say."""
    looks: list[Child] = [
        el("Span", icon(ICONS[Outcome.PASS]), "kept", cls="rule-pass"),
        el("Span", icon(ICONS[Outcome.FAIL]), "not kept", cls="rule-fail"),
        el("Span", icon(ICONS[Outcome.NO_DATA]), "no data, which is not kept", cls="gap"),
        el("Span", icon(ICONS[Outcome.EXEMPT]), "exempt, neither kept nor not", cls="rule-exempt"),
        el("Span", "– not asked of this service"),
    ]
    bars = "Bars: level at the end of each week, from the daily snapshots." if with_history else None
    return el("P", looks, bars, cls="legend rule-legend")
