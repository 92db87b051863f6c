"""How long waves of versions take, what lags, and what waiting versions owe, as tables."""

from collections.abc import Mapping, Sequence

from components.links import Query, build_path, link, page_path
from components.panel import number_cell, row, table
from components.promotion_lanes import PATH
from components.tags import Child, Node, el, mono
from components.words import THIN, age, counted, none, number, when
from data.promotion_views import Debt, Owed, ServiceWaves, SpreadCurve, Waves

MOST_OWED = 4  # waiting versions of one service that are named
MOST_NAMED = 4  # stragglers


def waves_table(found: Waves, query: Query) -> Node:
    """One row a service: its medians with their n, its newest wave and what lags behind it."""
    columns = [("Service", ""), ("To 50 %, median", "num"), ("To 100 %, median", "num"), ("Newest wave", "")]
    columns += [("Began", ""), ("To 50 %", "num"), ("To 100 %", "num"), ("Stragglers", "")]
    rows = [_service(one, query) for one in in_order(found.services)]
    return table("How long waves of versions take", columns, rows, cls="waves")


def in_order(services: Sequence[ServiceWaves]) -> list[ServiceWaves]:
    """Those whose newest wave lags first, then those without a wave last, else by name."""

    def rank(one: ServiceWaves) -> tuple[int, str]:
        lags = bool(one.waves and one.waves[0].full_sec is None)
        return (0 if lags else 1 if one.waves else 2), one.service.name.casefold()

    return sorted(services, key=rank)


def _service(one: ServiceWaves, query: Query) -> Node:
    service_id = one.service.service_id
    name = link(one.service.name, page_path(PATH, query | {"service": service_id}, "spread"), cls="strong")
    medians = [_median(one.half_sec, one.half_n), _median(one.full_sec, one.full_n)]
    if not one.waves:
        return row(name, *medians, el("Td", none("no new version came in these days"), colSpan=5))
    newest = one.waves[0]
    return row(
        name, *medians, link(mono(newest.version), build_path(newest.first.attempt_id or "")),
        el("Td", when(newest.first.at), cls="nowrap"), number_cell(_span(newest.half_sec)),
        number_cell(_span(newest.full_sec)), el("Td", _stragglers(newest, one.n), cls="wrap"),
    )  # fmt: skip


def _median(seconds: float | None, n: int) -> Node:
    if seconds is None:
        return number_cell(none("no wave got so far"))
    return number_cell([_span(seconds), el("Span", f"n {number(n)}", cls="of")])


def _span(seconds: float | None) -> Child:
    return none("not yet") if seconds is None else "at once" if seconds == 0 else age(seconds)


def _stragglers(wave: SpreadCurve, n: int) -> Child:
    if not wave.older:
        return "none" if wave.full_sec is not None else none("nothing tells which version is newer")
    named = ", ".join(one.name for one in wave.older[:MOST_NAMED])
    more = len(wave.older) - MOST_NAMED
    rest = f" and {number(more)} more" if more > 0 else ""
    return f"{number(len(wave.older))} of {counted(n, 'cluster-region')}: {named}{rest}"


def debt_table(found: Sequence[Debt], names: Mapping[str, str], query: Query) -> Node:
    """One row a service, the greatest debt first; each leads to its lane."""
    columns = [("Service", ""), ("Waiting", "num"), ("In all", "num"), ("Which, where, how long", "")]
    return table("Promotion debt", columns, [_debt(one, names, query) for one in found], cls="debt")


def _debt(one: Debt, names: Mapping[str, str], query: Query) -> Node:
    lane = page_path(PATH, query | {"service": one.service.service_id}, "lanes")
    items: list[Child] = [_owed(owed, names) for owed in one.owed[:MOST_OWED]]
    if len(one.owed) > MOST_OWED:
        items.append(el("Li", link(f"and {number(len(one.owed) - MOST_OWED)} more", lane)))
    return row(
        link(one.service.name, lane, cls="strong"), number_cell(number(len(one.owed))),
        number_cell(in_all(one.total_sec)), el("Ul", items, cls="plain small"),
    )  # fmt: skip


def _owed(one: Owed, names: Mapping[str, str]) -> Node:
    to = ", ".join(names.get(target, target) for target in one.targets[:MOST_NAMED])
    blocked = f", {counted(one.blockers, 'blocker')}" if one.blockers else ""
    return el("Li", mono(one.version), f" on {one.cluster.name} since ", when(one.since), f"; to {to}{blocked}")


def in_all(seconds: float) -> Node:
    """How long all waits together have lasted; it goes on, so whole hours below two days."""
    words = age(seconds) if seconds >= 2 * 86_400 else f"{seconds / 3600:.0f}{THIN}h"
    return el("Span", words, cls="going-on")
