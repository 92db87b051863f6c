"""What was set aside: why, since when, what was done about it, and the controls that do something."""

from collections.abc import Sequence

from components import filters
from components.badges import badge
from components.links import Query, link, page_path
from components.panel import facts, number_cell, row, table
from components.tags import BOOTSTRAP, Child, Node, el, icon, mono, node
from components.theme import Look
from components.words import none, when
from ingest.quarantine_records import Quarantined, State

PATH = "/ingest"
LONGEST_REASON = 200
LOOKS: dict[State, Look] = {
    State.OPEN: Look("Open", "exclamation-triangle-fill", "rollback"),
    State.REPLAYED: Look("Replayed", "arrow-repeat", "nodata"),
    State.DISCARDED: Look("Discarded", "trash", "nodata"),
}
VIEW = "dead-letters"


def record_path(record_id: str | None) -> str:
    """A record's own view; None: the list."""
    return page_path(PATH, {"view": VIEW, "record": record_id})


def state_filter(query: Query, current: State | None) -> Node:
    """Which records the list shows."""
    base = {name: value for name, value in query.items() if name not in ("state", "cursor")}
    options = [("All", page_path(PATH, base), current is None)]
    options += [(LOOKS[one].word, page_path(PATH, base | {"state": one.value}), one is current) for one in State]
    return filters.segments("State", options)


def records_table(records: Sequence[Quarantined]) -> Node:
    """A row for each, newest first; its reason leads to the record."""
    columns = [("Why", ""), ("State", ""), ("Source", ""), ("Set aside", ""), ("Attempts", "num"), ("Kind", "")]
    return table("Messages that could not be stored", columns, [_row(one) for one in records], cls="records")


def _row(one: Quarantined) -> Node:
    reason = one.reason if len(one.reason) <= LONGEST_REASON else one.reason[: LONGEST_REASON - 1] + "…"
    return row(
        link(reason, record_path(one.id), cls="wrap"), _state(one),
        mono(one.source) if one.source else none("it names none"),
        el("Td", when(one.quarantined_at), cls="nowrap"), number_cell(str(one.receives)), kind(one),
    )  # fmt: skip


def _state(one: Quarantined) -> list[Child]:
    said: list[Child] = [badge(LOOKS[one.state])]
    if one.settled_by:
        said.append(el("Div", f"by {one.settled_by}", cls="ink-2 small"))
    return said


def kind(one: Quarantined) -> str:
    """Whether waiting can help."""
    if not one.final:
        return "being tried for the last time"
    return "passing: an outage or the like" if one.passing else "lasting: as it is it cannot be stored"


def record_facts(one: Quarantined) -> Node:
    """Everything but the body."""
    return facts([
        ("Why", el("Span", one.reason, cls="wrap")),
        ("State", _state(one)),
        ("Since", when(one.settled_at) if one.settled_at else None),
        ("Kind", kind(one)),
        ("Source", mono(one.source) if one.source else none("it names none")),
        ("Sent", when(one.sent_at)),
        ("Set aside", when(one.quarantined_at)),
        ("Attempts", str(one.receives)),
        ("Replayed before", str(one.replays) if one.replays else None),
        ("Message", el("Span", mono(one.message_id), cls="wrap")),
    ])  # fmt: skip


def editor(body: str) -> Node:
    """The message to look at and, with the admin key, to edit; read by `assets/4-ingest.js`."""
    field = "quarantine-body"
    text = node(BOOTSTRAP, "Textarea", id=field, value=body, rows=16, className="code-field")
    return el("Div", el("Label", "Message", htmlFor=field), text, cls="field field-wide")


def actions(record: Quarantined) -> Node:
    """What can be done with a record."""
    if record.state is State.DISCARDED:
        return el("P", "It was discarded: nothing is left to do.", cls="ink-2")
    again = "Replay again" if record.state is State.REPLAYED else "Replay"
    return el(
        "Div",
        action("arrow-repeat", again, "replay", record.id),
        action("pencil", "Replay as edited above", "replay-edited", record.id),
        action("trash", "Discard", "discard", record.id, danger=True),
        cls="actions",
    )  # fmt: skip


def action(symbol: str, words: str, name: str, record_id: str | None = None, *, danger: bool = False) -> Node:
    """A button that asks for confirmation where it cannot be undone, and for the admin key where it is not given."""
    tone = "btn btn-outline-secondary" + (" btn-danger-line" if danger else "")
    return el(
        "Button", icon(symbol), f" {words}", type="button", cls=tone, data_action=name, data_record=record_id,
    )  # fmt: skip


def admin_form(is_open: bool) -> Node:
    """Who acts, and the key that lets them; kept in the browser's memory alone."""
    if not is_open:
        said: list[Child] = [
            "Replay and discard are closed: set ",
            mono("ADMIN_KEY"),
            " for the web process to open them.",
        ]
        return el("P", said, cls="notice", id="admin-closed")
    return el(
        "Form",
        _field("admin-who", "Your name, for the audit", "text", "username"),
        _field("admin-key", "Admin key", "password", "off"),
        el("Button", "Use this key", type="submit", cls="btn btn-outline-secondary"),
        el("P", id="admin-said", role="status", cls="hint"),
        id="admin-form", cls="inline-form", aria_label="Admin key",
    )  # fmt: skip


def _field(name: str, label: str, kind: str, autocomplete: str) -> Node:
    entry = node(BOOTSTRAP, "Input", id=name, type=kind, autocomplete=autocomplete, maxLength=400, value="")
    return el("Div", el("Label", label, htmlFor=name), entry, cls="field")


def audit_place() -> Node:
    """Where the browser puts the audit once it has the key."""
    return el("Div", el("P", "Shown with the admin key.", cls="ink-2"), id="audit")
