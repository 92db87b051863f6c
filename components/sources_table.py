"""Who sends: when each source was last heard from, how much comes, and what becomes of it."""

from collections.abc import Sequence

from components.links import build_path, link, page_path
from components.panel import number_cell, row, table
from components.tags import Child, Node, el, mono
from components.words import counted, none, number, since
from data.openings import OpenedTwice
from ingest.intake_status import SourceState
from ingest.verdicts import DeliveryVerdict

PATH = "/ingest"
SHOWN_REASONS = 3
NOT_KNOWN = "the counts could not be read"
COLUMNS = [
    ("Source", ""), ("Last heard from", ""), ("This hour", "num"), ("24 h", "num"), ("Hour by hour", ""),
    ("Accepted", "num"), ("Duplicate", "num"), ("Ignored", ""), ("Rejected", ""), ("Quarantined", "num"),
]  # fmt: skip


def deliveries_path(source: str | None = None, verdict: str | None = None) -> str:
    """The deliveries of a source, or with a verdict, or both."""
    return page_path(PATH, {"view": "deliveries", "source": source, "verdict": verdict})


def sources_table(sources: Sequence[SourceState]) -> Node:
    """A row for each; every count leads to its deliveries."""
    return table("Sources and their deliveries", COLUMNS, [_row(one) for one in sources], cls="sources")


def _row(one: SourceState) -> Node:
    heard = since(one.last_event_at) if one.last_event_at else none("nothing of it was stored within 30 days")
    return row(
        link(mono(one.source), deliveries_path(one.source)), el("Td", heard, cls="nowrap"),
        number_cell(_number(one.this_hour)), number_cell(_number(one.last_day)), hours_strip(one.hours),
        number_cell(_count(one, DeliveryVerdict.ACCEPTED)), number_cell(_count(one, DeliveryVerdict.DUPLICATE)),
        _reasons(one, DeliveryVerdict.IGNORED), _reasons(one, DeliveryVerdict.REJECTED),
        number_cell(_count(one, DeliveryVerdict.QUARANTINED)),
    )  # fmt: skip


def hours_strip(hours: Sequence[int] | None) -> Node:
    """24 bars, the running hour last."""
    if hours is None:
        return none(NOT_KNOWN)
    most = max(hours, default=0)
    label = f"Last 24 hours: {counted(sum(hours), 'delivery', 'deliveries')}, at most {number(most)} in an hour"
    bars: list[Child] = [
        el("Span", cls="hour" if amount else "hour hour-none", style={"height": f"{_height(amount, most)}px"})
        for amount in hours
    ]
    return el("Span", bars, cls="hours", role="img", aria_label=label, title=label)


def _height(amount: int, most: int) -> int:
    """1 px for nothing, 3 to 20 for something."""
    return 1 if not amount else 3 + round(17 * amount / most)


def _number(amount: int | None) -> Child:
    return none(NOT_KNOWN) if amount is None else number(amount)


def _count(one: SourceState, verdict: DeliveryVerdict) -> Child:
    amount = one.count(verdict.value)
    if not amount:
        return _number(amount)
    return link(number(amount), deliveries_path(one.source, verdict.value))


def _reasons(one: SourceState, verdict: DeliveryVerdict) -> Node:
    """The count, and the most frequent reasons."""
    reasons = one.reasons(verdict.value)
    said = [f"{word.replace('_', ' ') or 'no reason given'} {number(amount)}" for word, amount in reasons]
    shown = ", ".join(said[:SHOWN_REASONS]) + (", …" if len(said) > SHOWN_REASONS else "")
    why = el("Div", shown, cls="ink-2 small", title=", ".join(said)) if said else None
    return el("Td", _count(one, verdict), why)


def opened_twice_notice(found: Sequence[OpenedTwice]) -> Node | None:
    """Rollouts that count twice because two sources report them, and the catalog's lines that mend it."""
    if not found:
        return None
    items: list[Child] = [el("Li", _opened(one)) for one in found]
    lines = "openers:\n  pairs:\n" + "\n".join(f"    - {one.catalog_line}" for one in found)
    return el(
        "Div",
        el("P", "Two sources open attempts of one rollout, so it counts twice:", cls="strong"), el("Ul", items),
        el("P", "Name the source that opens attempts in the catalog; what others say is then tied to its attempt:"),
        el("Pre", el("Code", lines), cls="command", tabIndex="0"), cls="notice",
    )  # fmt: skip


def _opened(one: OpenedTwice) -> list[Child]:
    told: list[Child] = [one.service_id, " ", mono(one.build_version), f" on {one.cluster_id}: "]
    for place, (source, attempt_id) in enumerate(one.openings):
        told += [" and " if place else None, link(source, build_path(attempt_id))]
    return told
