"""Deliveries and what became of them: verdict, source, reason, and on opening one what it came to and how."""

from collections.abc import Sequence
from dataclasses import dataclass

from components import filters
from components.badges import badge
from components.links import Query, build_path, link, page_path
from components.panel import facts
from components.quarantine_list import record_path
from components.tags import Child, Node, el, mono
from components.theme import Look
from components.words import when
from ingest.verdicts import DeliveryVerdict, Noted

PATH = "/ingest"
LOOKS: dict[DeliveryVerdict, Look] = {
    DeliveryVerdict.ACCEPTED: Look("Accepted", "check-circle-fill", "success"),
    DeliveryVerdict.DUPLICATE: Look("Duplicate", "files", "nodata"),
    DeliveryVerdict.IGNORED: Look("Ignored", "slash-circle", "nodata"),
    DeliveryVerdict.REJECTED: Look("Rejected", "x-octagon-fill", "failed"),
    DeliveryVerdict.QUARANTINED: Look("Quarantined", "exclamation-triangle-fill", "rollback"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A delivery with its events as JSON for people."""

    noted: Noted
    events_json: str = ""
    summary: str = ""  # of its events, in few words


def verdict_badge(verdict: DeliveryVerdict) -> Node:
    """What became of it."""
    look = LOOKS[verdict]
    if verdict is DeliveryVerdict.ACCEPTED:
        return el("Span", badge(look)["props"]["children"], cls="state-plain tone-success")
    return badge(look)


def verdict_filter(query: Query, current: DeliveryVerdict | None) -> Node:
    """Which verdicts the list shows."""
    base = {name: value for name, value in query.items() if name not in ("verdict", "cursor")}
    options = [("All", page_path(PATH, base), current is None)]
    options += [(LOOKS[v].word, page_path(PATH, base | {"verdict": v.value}), v is current) for v in DeliveryVerdict]
    return filters.segments("Verdict", options)


def delivery_list(shown: Sequence[Shown]) -> Node:
    """One entry a delivery, newest first."""
    return el("Ul", [_entry(one) for one in shown], cls="entries")


def _entry(shown: Shown) -> Node:
    noted = shown.noted
    what = el("Span", shown.summary, cls="ink-2") if shown.summary else None
    head: list[Child] = [verdict_badge(noted.verdict), mono(noted.source), when(noted.at), what, *_about(noted)]
    return el(
        "Li", el("Div", head, cls="entry-head"), _why(noted),
        el("Details", el("Summary", "What it said"), _facts(noted), _json(shown), data_key=_key(noted)),
        cls="entry",
    )  # fmt: skip


def _about(noted: Noted) -> list[Child]:
    if noted.attempt_id is None:
        return []
    if noted.verdict in (DeliveryVerdict.ACCEPTED, DeliveryVerdict.DUPLICATE):
        return [link(mono(noted.attempt_id), build_path(noted.attempt_id), cls="wrap")]
    return [el("Span", mono(noted.attempt_id), cls="wrap")]


def _why(noted: Noted) -> Node | None:
    """The reason as a word, the field it is about, and the sentence."""
    if not (noted.reason or noted.detail):
        return None
    word = el("Span", (noted.reason or "").replace("_", " "), cls="strong") if noted.reason else None
    field: list[Child] = [" in ", mono(noted.field)] if noted.field else []
    said = noted.detail or ""
    if noted.field and said.startswith(f"{noted.field}: "):
        said = said.removeprefix(f"{noted.field}: ")
    more: list[Child] = []
    if noted.verdict is DeliveryVerdict.QUARANTINED:
        more = [" ", link("Dead letters", record_path(None))]
    return el("P", word, field, f": {said}" if said and (word or field) else said, more, cls="entry-why")


def _facts(noted: Noted) -> Node:
    via: list[Child] = [el("Li", line) for line in noted.via]
    return facts([
        ("Format", mono(noted.sender)),
        ("Delivery id", mono(noted.delivery_id) if noted.delivery_id else "the sender gave none"),
        ("Names became ids", el("Ul", via, cls="plain") if via else "as they were sent"),
    ])  # fmt: skip


def _json(shown: Shown) -> Node:
    if not shown.events_json:
        return el("P", "No event came of it.", cls="ink-2")
    return el("Pre", el("Code", shown.events_json), cls="command", tabIndex="0", aria_label="Normalised events")


def _key(noted: Noted) -> str:
    """The same for the same delivery, however the list grows above it."""
    return f"{noted.at} {noted.source} {noted.delivery_id or noted.attempt_id or noted.detail or ''}"[:200]
