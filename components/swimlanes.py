"""A cluster-region's attempts as bars by service on a line of time, and the same as a table."""

from collections.abc import Mapping
from typing import Any

from components import theme
from components.figures import Figure, narrowing, plain
from components.links import build_path, link, service_path
from components.panel import number_cell, row, table
from components.tags import Child, Node, el, hidden, icon, mono
from components.theme import Look
from components.words import absolute, counted, duration, none, number, when
from data.cluster_views import Bar, SwimLane, SwimLanes
from data.instants import seconds_between
from data.models import Status

LONGEST_REASON = 120
LEAST_DAYS = 2  # of less a drag, which narrows to whole days, could leave nothing away: there it enlarges
LOOKS: Mapping[str, Look] = {
    "success": theme.STATUS[Status.SUCCESS],
    "cancelled": theme.CANCELLED,
    "in_progress": theme.STATUS[Status.IN_PROGRESS],
    "rollback": theme.STATUS[Status.ROLLBACK],
    "failed": theme.STATUS[Status.FAILED],
}  # what is drawn later lies above: where bars overlap, the failure is the one to see
PATTERNS = {"failed": "x", "rollback": "/", "in_progress": "."}
THICKNESS = {"success": 0.68, "cancelled": 0.44, "in_progress": 0.68, "rollback": 0.56, "failed": 0.5}
STEPS = (2, 4, 6, 8, 10, 13, 16, 20, 25, 30)  # lanes there is room for, see `assets/5-cluster.css`

Names = Mapping[str, str]


def height(lanes: int) -> str:
    """The class of a chart with room for so many lanes."""
    return f"swim swim-{next((step for step in STEPS if lanes <= step), STEPS[-1])}"


def swimlanes(shown: SwimLanes, names: Names) -> Figure:
    """One bar an attempt, from its start to its end; one that runs reaches to now. A bar leads to its build."""
    labels = _labels(shown, names)
    traces = [_tracks(shown, labels)]
    traces += [trace for outcome in LOOKS if (trace := _bars(shown, labels, outcome))]
    layout = LAYOUT | {"xaxis": LAYOUT["xaxis"] | {"autorangeoptions": {"clipmin": shown.since}}}
    days = seconds_between(shown.since, shown.until) / 86_400
    return {"data": traces, "layout": layout | (narrowing("day") if days >= LEAST_DAYS else {})}


LAYOUT: dict[str, Any] = {
    "xaxis": {
        "type": "date", "showgrid": True,
        "tickformatstops": [
            {"dtickrange": [None, 86_399_999], "value": "%H:%M<br>%m-%d"},
            {"dtickrange": [86_400_000, None], "value": "%m-%d"},
        ],
    },
    "yaxis": {"type": "category", "autorange": "reversed", "fixedrange": True, "showgrid": False, "ticks": ""},
    "barmode": "overlay", "hovermode": "closest", "showlegend": True, "uirevision": "kept",
    "legend": {"itemsizing": "constant"},
}  # fmt: skip


def _labels(shown: SwimLanes, names: Names) -> dict[str, str]:
    """What the axis calls each service: names that two share are told apart by id."""
    found = {lane.service_id: names.get(lane.service_id, lane.service_id) for lane in shown.lanes}
    twice = {name for name in found.values() if list(found.values()).count(name) > 1}
    return {one: plain(f"{name} ({one})" if name in twice else name) for one, name in found.items()}


def _tracks(shown: SwimLanes, labels: Mapping[str, str]) -> dict[str, Any]:
    """The whole line under each lane: it gives the axes their order and extent along with the data."""
    ids = [lane.service_id for lane in shown.lanes]
    return {
        "type": "bar", "orientation": "h", "meta": {"role": "track"}, "showlegend": False, "hoverinfo": "skip",
        "y": [labels[one] for one in ids], "base": [shown.since] * len(ids), "x": [_whole(shown)] * len(ids),
        "width": 0.8,
    }  # fmt: skip


def _whole(shown: SwimLanes) -> int:
    return _milliseconds(seconds_between(shown.since, shown.until))


def _bars(shown: SwimLanes, labels: Mapping[str, str], outcome: str) -> dict[str, Any] | None:
    found = [(lane, bar) for lane in shown.lanes for bar in lane.bars if bar.outcome == outcome]
    if not found:
        return None
    look = LOOKS[outcome]
    return {
        "type": "bar", "orientation": "h", "name": look.word, "width": THICKNESS[outcome],
        "meta": {"role": look.tone, "hollow": outcome == "cancelled", "whole": _whole(shown)},
        "marker": {"pattern": {"shape": PATTERNS.get(outcome, ""), "fillmode": "overlay"}},
        "y": [labels[lane.service_id] for lane, _ in found],
        "base": [bar.started for _, bar in found],
        "x": [_milliseconds(_lasted(bar, shown)) for _, bar in found],
        "customdata": [build_path(bar.attempt_id) for _, bar in found],
        "hovertext": [_hover(lane, bar, labels) for lane, bar in found],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }  # fmt: skip


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _lasted(bar: Bar, shown: SwimLanes) -> float:
    """Seconds from start to end, to now while it runs; what has no end and does not run is a moment."""
    end = bar.ended or (shown.now if bar.outcome == "in_progress" else bar.started)
    return max(0.0, seconds_between(bar.started, end))


def _hover(lane: SwimLane, bar: Bar, labels: Mapping[str, str]) -> str:
    lines = [f"<b>{labels[lane.service_id]}</b> {plain(bar.version)}"]
    lines.append(f"{LOOKS[bar.outcome].word}, {absolute(bar.started)}")
    lines.append(_took_words(bar))
    if bar.reason:
        shown = bar.reason if len(bar.reason) <= LONGEST_REASON else bar.reason[: LONGEST_REASON - 1] + "…"
        lines.append(plain(shown))
    return "<br>".join(lines)


def _took_words(bar: Bar) -> str:
    if bar.ended is not None:
        return f"took {duration(seconds_between(bar.started, bar.ended))}"
    return "still running" if bar.outcome == "in_progress" else "its end was not sent"


def lanes_table(shown: SwimLanes, names: Names) -> Node:
    """The bars as rows, newest first; what has no bar is said."""
    found = [(lane, bar) for lane in shown.lanes for bar in lane.bars]
    found.sort(key=lambda one: (one[1].started, one[1].attempt_id), reverse=True)
    columns = [("Service", ""), ("Version", ""), ("Outcome", ""), ("Started", ""), ("Took", "num"), ("Reason", "")]
    rows = [_row(lane, bar, names) for lane, bar in found]
    listed = table("Attempts by service, newest first", columns, rows)
    missing = left_out(shown)
    return el("Div", el("P", missing, cls="hint") if missing else None, listed)


def left_out(shown: SwimLanes) -> str | None:
    """What the bounds of the drawing leave away; None where nothing."""
    said = []
    if len(shown.lanes) < shown.services:
        said.append(f"The {counted(len(shown.lanes), 'service')} tried last, of {number(shown.services)}.")
    if shown.drawn < shown.attempts:
        said.append(f"The newest {counted(shown.drawn, 'attempt')}, of {number(shown.attempts)}.")
    return " ".join(said) or None


def _row(lane: SwimLane, bar: Bar, names: Names) -> Node:
    look = LOOKS[bar.outcome]
    took: Child = duration(seconds_between(bar.started, bar.ended)) if bar.ended else none(_took_words(bar))
    return row(
        link(names.get(lane.service_id, lane.service_id), service_path(lane.service_id)),
        link(mono(bar.version), build_path(bar.attempt_id)),
        el("Span", icon(look.icon), " ", look.word, cls=f"tone-{look.tone} nowrap"),
        el("Td", when(bar.started), cls="nowrap"), number_cell(took),
        el("Td", bar.reason, cls="why") if bar.reason else el("Td", hidden("none")),
    )  # fmt: skip
