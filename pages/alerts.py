"""/alerts: the rules that tell people, what they fired and whether it arrived, and a test of each."""

from dash import register_page

import context
from components import alert_list, quarantine_list, states
from components.alert_list import PATH
from components.links import Query, link, page_path
from components.panel import panel
from components.tags import Node, el, mono
from data import keys
from data.alert_desk import rule_states
from data.alert_models import Fired
from data.errors import InvalidRequest
from data.generation import Generation
from data.models import Page
from pages import live
from pages.drawing import Args, Part, View

ROWS = 25


def view(generation: Generation, args: Args) -> View:
    """The rules, what fired, and the admin's key, whose field is never drawn again: somebody types into it."""
    context.keep_no_view()  # it follows from more than the generation
    parts = [
        Part("head", _head),
        Part("rules", lambda: _rules(generation), what="the rules", lasting=False),
        Part("fired", lambda: _fired(generation, args), what="what fired", lasting=False),
    ]
    if generation.catalog.alerts:
        parts.append(Part("admin", _admin))
    return View(parts, of=tuple(map(str, sorted(args.items()))))


def _head() -> Node:
    return el("Div", el("H1", "Alerts", tabIndex="-1", data_title="Alerts"), cls="page-head")


def _rules(generation: Generation) -> Node:
    rules = generation.catalog.alerts
    if not rules:
        how = el("P", "Rules stand in the catalog, under ", mono("alerts"), ". docs/alerts.md has examples to copy.")
        return panel(
            "Rules", states.empty("No rule is set, so nothing can fire.", how, symbol="inbox"), anchor="rules"
        )
    scope = context.scope()
    found = rule_states(generation, scope, context.alerts().standings(scope), context.now())
    testable = context.settings().admin_key is not None
    body = alert_list.rules_table(rules, found, testable=testable)
    return panel("Rules", body, anchor="rules", note="from the catalog; metrics are looked at once a minute")


def asked_rule(args: Args) -> str | None:
    """`rule=failed-in-production`, or None for all."""
    asked = args.get("rule", "")
    return asked if keys.ID.fullmatch(asked) else None


def _fired(generation: Generation, args: Args) -> Node:
    rule_id = asked_rule(args)
    page, cursor = _read(rule_id, args.get("cursor"))
    query: Query = {"rule": rule_id}
    rule = next((one for one in generation.catalog.alerts if one.rule_id == rule_id), None)
    only = alert_list.rule_filter(rule, rule_id) if rule_id else None
    body = alert_list.fired_table(page.items) if page.items else _nothing(page)
    return panel(
        "Fired", only, body, _pager(query, page, cursor), anchor="fired",
        note="newest first, kept for 30 days; what does not arrive is tried again for a day",
    )  # fmt: skip


def _read(rule_id: str | None, cursor: str | None) -> tuple[Page[Fired], str | None]:
    """The page asked for; a cursor of another list, or an old one, leads to the first."""
    desk, scope = context.alerts(), context.scope()
    try:
        return desk.fired(scope, ROWS, rule_id, cursor), cursor
    except InvalidRequest:
        return desk.fired(scope, ROWS, rule_id), None


def _nothing(page: Page[Fired]) -> Node:
    if page.cursor:
        return states.empty("None in this stretch.", el("P", "Older alerts may match."), symbol="funnel")
    return states.empty(
        "Nothing fired within 30 days.", el("P", "What a rule fires is listed here."), symbol="check2"
    )


def _pager(query: Query, page: Page[Fired], cursor: str | None) -> Node | None:
    if not cursor and not page.cursor:
        return None
    button = "btn btn-outline-secondary"
    newest = link("Newest", page_path(PATH, query), cls=button) if cursor else None
    older = link("Older alerts", page_path(PATH, query | {"cursor": page.cursor}), cls=button) if (
        page.cursor
    ) else None  # fmt: skip
    return el("Nav", newest, older, cls="pager", aria_label="Pages of alerts")


def _admin() -> Node:
    if context.settings().admin_key is None:
        said = el(
            "P", "Tests are closed: set ", mono("ADMIN_KEY"), " for the web process to open them.", cls="notice"
        )
        return panel("Admin", said, anchor="admin-panel")
    return panel("Admin", quarantine_list.admin_form(True), anchor="admin-panel", note="needed to fire a test")


register_page(__name__, path=PATH, title="Alerts - DQD", connects=True, layout=live.serve("alerts", view))
