"""/ingest?view=dead-letters: what could not be stored, and what people do about it."""

import json

import context
from components import quarantine_list, states
from components.links import Query, link, page_path
from components.panel import panel
from components.quarantine_list import PATH, VIEW
from components.tags import Child, Node, el, mono
from data.errors import InvalidRequest, NotFound
from data.models import Page
from ingest.quarantine_records import Quarantined, State
from pages.drawing import Args, Part

ROWS = 25
ADMIN = "admin"


def parts(args: Args) -> list[Part]:
    """The list, or one record; and the controls, which are never drawn again: somebody types into them."""
    admin = Part(ADMIN, _admin)
    audit = Part("audit-panel", lambda: panel("Who did what", quarantine_list.audit_place(), anchor="audit-log"))
    if record_id := args.get("record"):
        return [admin, Part("record", lambda: _record(record_id), what="this message", lasting=False)]
    return [Part("records", lambda: _list(args), what="the dead letters", lasting=False), admin, audit]


def _admin() -> Node:
    is_open = context.settings().admin_key is not None
    return panel("Admin", quarantine_list.admin_form(is_open), anchor="admin-panel")


def _list(args: Args) -> Node:
    state = asked_state(args)
    query: Query = {"view": VIEW, "state": state.value if state else None}
    page, cursor = _read(state, args.get("cursor"))
    everything = quarantine_list.action("arrow-repeat", "Replay all open ones", "replay-all")
    controls: list[Child] = [quarantine_list.state_filter(query, state)]
    if any(one.state is State.OPEN for one in page.items):
        controls.append(el("Div", everything, cls="actions"))
    rows = quarantine_list.records_table(page.items) if page.items else _nothing(state, page)
    return panel(
        "Dead letters", el("Div", controls, cls="toolbar"), rows, _pager(query, page, cursor),
        anchor="dead-letters", note="records of what could not be stored, newest first, kept for 30 days",
    )  # fmt: skip


def _read(state: State | None, cursor: str | None) -> tuple[Page[Quarantined], str | None]:
    desk, scope = context.intake(), context.scope()
    try:
        return desk.records(scope, ROWS, state, cursor), cursor
    except InvalidRequest:  # a cursor of another list, or an old one
        return desk.records(scope, ROWS, state), None


def asked_state(args: Args) -> State | None:
    """`state=open`, or None for all."""
    asked = args.get("state", "")
    return State(asked) if asked in {one.value for one in State} else None


def _nothing(state: State | None, page: Page[Quarantined]) -> Node:
    if page.cursor:
        return states.empty("None in this stretch.", el("P", "Older records may match."), symbol="funnel")
    if state is not None:
        return states.empty(f"Nothing is {state.value}.", el("P", link("Show all", page_path(PATH, {"view": VIEW}))))
    return states.empty("Nothing had to be set aside.", el("P", "Every message could be stored."), symbol="check2")


def _pager(query: Query, page: Page[Quarantined], cursor: str | None) -> Node | None:
    if not cursor and not page.cursor:
        return None
    button = "btn btn-outline-secondary"
    newest = link("Newest", page_path(PATH, query), cls=button) if cursor else None
    older = page_path(PATH, query | {"cursor": page.cursor})
    to_older = link("Older records", older, cls=button) if page.cursor else None
    return el("Nav", newest, to_older, cls="pager", aria_label="Pages of records")


def _record(record_id: str) -> list[Node]:
    try:
        record = context.intake().record(context.scope(), record_id)
    except NotFound:
        return [panel("No such record", _gone(record_id))]
    return [
        panel(
            "Set aside", quarantine_list.record_facts(record), anchor="record",
            note=link("All dead letters", quarantine_list.record_path(None)),
        ),
        panel(
            "The message", quarantine_list.editor(editable(record.body)), quarantine_list.actions(record),
            anchor="message", note="what stands on the queue; replayed it is judged anew",
        ),
    ]  # fmt: skip


def _gone(record_id: str) -> Node:
    return el(
        "P", "There is no record ", mono(record_id[:200]), ", or it is older than 30 days. ",
        link("All dead letters", quarantine_list.record_path(None)),
    )  # fmt: skip


def editable(body: str) -> str:
    """The message as people read and edit it: indented, without the raw body, which an edited one leaves behind."""
    try:
        said = json.loads(body)
    except ValueError:
        return body
    if not isinstance(said, dict):
        return body
    said.pop("raw", None)
    return json.dumps(said, indent=2, ensure_ascii=False)
