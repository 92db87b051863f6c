"""What a screen shows when there is nothing to show, and why."""

import json
from collections.abc import Sequence

from components.links import link
from components.tags import Child, Children, Node, el, icon

RETRY = "retry"  # the class `assets/3-live.js` listens to


def empty(title: str, *body: Children, symbol: str = "inbox") -> Node:
    """Nothing here; says what would be."""
    return el("Div", icon(symbol, "empty-icon"), el("P", title, cls="empty-title"), *body, cls="empty")


def could_not_load(what: str, heading: str = "") -> Node:
    """A part failed while the rest stands, and is tried again; `heading` where it would have named the page."""
    named = el("H1", heading, tabIndex="-1", data_title=heading) if heading else None
    again = el("Button", "Retry", type="button", cls=f"btn btn-sm btn-outline-secondary {RETRY}")
    return el(
        "Div", named, icon("exclamation-triangle-fill", "empty-icon"),
        el("P", f"Could not load {what}.", cls="empty-title"),
        el("P", "The database did not answer. The page tries again by itself.", cls="ink-2"), again,
        cls="empty could-not-load", role="alert",
    )  # fmt: skip


def no_match(what: str, chips: Sequence[Node], clear: str) -> Node:
    """The filters leave nothing: shows them, each can be taken off."""
    return empty(
        f"No {what} match.",
        el("Ul", list(chips), cls="chips"),
        el("P", link("Clear filters", clear)),
        symbol="funnel",
    )


def not_found(what: str, typed: str, nearest: Sequence[tuple[str, str]], index: tuple[str, str]) -> Node:
    """The id as typed, what comes closest to it, and the list of all."""
    near: list[Child] = [el("Li", link(text, href)) for text, href in nearest]
    return el(
        "Div", el("H1", f"{what} not found", tabIndex="-1", data_title=f"Not found: {typed[:80]}"),
        el("P", "There is no ", what.lower(), " ", el("Code", typed[:200]), ", or it is not yours to see."),
        [el("P", "Did you mean:"), el("Ul", near, cls="plain")] if near else None,
        el("P", link(*index)), cls="panel empty-page",
    )  # fmt: skip


def first_event(now: str) -> Node:
    """The command that sends the first event to this very installation; the browser fills in its address."""
    payload = {
        "clusterId": "my-cluster", "serviceId": "my-service", "buildVersion": "1.0.0", "status": "SUCCESS",
        "startedAt": now, "endedAt": now, "trigger": "manual",
    }  # fmt: skip
    event = {"source": "curl", "eventType": "deployment", "payload": payload}
    command = (
        "curl -X POST '{origin}/api/ingest/webhook' \\\n  -H 'Content-Type: application/json' \\\n"
        f"  -H \"X-Webhook-Secret: $WEBHOOK_SECRET\" \\\n  -d '{json.dumps(event)}'"
    )
    return empty(
        "No deployment has been reported yet.",
        el(
            "P",
            "Send the first event; cluster-regions, services and their health appear here seconds later.",
        ),
        el("Pre", el("Code", command, cls="with-origin"), cls="command", tabIndex="0"),
        symbol="broadcast",
    )
