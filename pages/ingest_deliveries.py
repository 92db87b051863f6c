"""/ingest?view=deliveries: what came lately and what became of it, by source and verdict."""

import context
from components import delivery_list, filters, states
from components.delivery_list import PATH, Shown
from components.links import Query, link, page_path
from components.panel import panel
from components.tags import Node, el
from data import keys
from data.errors import InvalidRequest
from data.events import TYPES, AnyEvent, TestResultEvent
from data.models import Page
from ingest.explaining import event_json, pretty
from ingest.verdicts import DeliveryVerdict, Noted
from pages.drawing import Args, Part

ROWS = 25
SUMMED_UP = 3


def parts(args: Args) -> list[Part]:
    """The list."""
    return [Part("deliveries", lambda: _panel(args), what="the deliveries", lasting=False)]


def _panel(args: Args) -> Node:
    source, verdict = asked_source(args), asked_verdict(args)
    query: Query = {"view": "deliveries", "source": source, "verdict": verdict.value if verdict else None}
    page, cursor = _read(source, verdict, args.get("cursor"))
    shown = [Shown(one, _json(one), _summary(one)) for one in page.items]
    chips = filters.chips(_active(query), page_path(PATH, {"view": "deliveries"})) if page.items else None
    return panel(
        "Deliveries", el("Div", delivery_list.verdict_filter(query, verdict), cls="toolbar"), chips,
        delivery_list.delivery_list(shown) if shown else _nothing(query, page), _pager(query, page, cursor),
        anchor="deliveries", note="newest first, kept for 30 days",
    )  # fmt: skip


def _read(source: str | None, verdict: DeliveryVerdict | None, cursor: str | None) -> tuple[Page[Noted], str | None]:
    """The page asked for; a cursor of another list, or an old one, leads to the first."""
    desk, scope = context.intake(), context.scope()
    try:
        return desk.recent(scope, ROWS, source, verdict, cursor), cursor
    except InvalidRequest:
        return desk.recent(scope, ROWS, source, verdict), None


def asked_source(args: Args) -> str | None:
    """`source=github`, or None for all."""
    asked = args.get("source", "")
    return asked if keys.ID.fullmatch(asked) or asked == "(others)" else None


def asked_verdict(args: Args) -> DeliveryVerdict | None:
    """`verdict=rejected`, or None for all."""
    asked = args.get("verdict", "")
    return DeliveryVerdict(asked) if asked in {one.value for one in DeliveryVerdict} else None


def _json(noted: Noted) -> str:
    return "\n".join(pretty(event_json(event)) for event in noted.events)


def _summary(noted: Noted) -> str:
    """What its events say, in few words."""
    said = list(dict.fromkeys(_words(event) for event in noted.events))
    return ", ".join(said[:SUMMED_UP]) + (" …" if len(said) > SUMMED_UP else "")


def _words(event: AnyEvent) -> str:
    kind = TYPES[type(event)].value.replace("-", " ")
    if isinstance(event, TestResultEvent):
        return f"{event.suite.lower()} tests {event.verdict.value}"
    state = getattr(event, "status", None)
    return f"{kind} {state.value.lower().replace('_', ' ')}" if state else kind


def _active(query: Query) -> list[tuple[str, str]]:
    named = [(name, query[name]) for name in ("source", "verdict") if query.get(name)]
    return [(f"{name}: {value}", page_path(PATH, query | {name: None})) for name, value in named]


def _nothing(query: Query, page: Page[Noted]) -> Node:
    if page.cursor:
        return states.empty("None in this stretch.", el("P", "Older deliveries may match."), symbol="funnel")
    active = _active(query)
    if active:
        clear = page_path(PATH, {"view": "deliveries"})
        return states.no_match("deliveries", [filters.chip(*one) for one in active], clear)
    where = link("Set-up", page_path(PATH, {"view": "set-up"}))
    return states.empty("Nothing was delivered within 30 days.", el("P", where, " has what to copy for each source."))


def _pager(query: Query, page: Page[Noted], cursor: str | None) -> Node | None:
    if not cursor and not page.cursor:
        return None
    button = "btn btn-outline-secondary"
    newest = link("Newest", page_path(PATH, query), cls=button) if cursor else None
    older = link("Older deliveries", page_path(PATH, query | {"cursor": page.cursor}), cls=button) if (
        page.cursor
    ) else None  # fmt: skip
    return el("Nav", newest, older, cls="pager", aria_label="Pages of deliveries")
