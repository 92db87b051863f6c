"""An attempt's time as a bar, waiting, rollout and tests, with the same as a list beside it."""

from collections.abc import Sequence

from components.tags import Child, Node, el
from components.words import duration, none, when
from data.instants import seconds_between
from data.models import Instant
from data.service_views import Step

LEAST_PERCENT = 0.6  # what is too short to be seen is still there
WORDS = {
    "waiting": "", "success": "succeeded", "live": "live", "failed": "failed", "rollback": "rolled back",
    "in_progress": "in progress", "cancelled": "cancelled", "passed": "passed", "partial": "partial",
    "missing": "no tests",
}  # fmt: skip
FILLS = {
    "waiting": "waiting", "success": "success", "live": "success", "passed": "success", "failed": "failed",
    "rollback": "rollback", "partial": "rollback", "in_progress": "progress",
}  # fmt: skip


def timeline(steps: Sequence[Step]) -> Node:
    """The bar (for the eye alone) and the list."""
    start, end = _span(steps)
    lanes = [[one for one in steps if not one.is_test and not one.far]]
    lanes += _lanes([one for one in steps if one.is_test and not one.far])
    bar = el("Div", [_lane(lane, start, end) for lane in lanes if lane], cls="timeline-bar", aria_hidden="true")
    ends = el(
        "Div", el("Span", f"{start[11:16]} UTC"), el("Span", f"{end[11:16]} UTC"), cls="timeline-ends",
        aria_hidden="true",
    )  # fmt: skip
    listed = el("Ol", [_line(one) for one in steps], cls="plain timeline-list")
    return el("Div", el("Div", bar, ends), listed, cls="timeline")


def _span(steps: Sequence[Step]) -> tuple[Instant, Instant]:
    near = [one for one in steps if not one.far]
    return min(one.start for one in near), max(one.end or one.start for one in near)


def _lanes(tests: Sequence[Step]) -> list[list[Step]]:
    """Tests that ran at the same time lie below each other."""
    lanes: list[list[Step]] = []
    for one in tests:
        free = next((lane for lane in lanes if (lane[-1].end or lane[-1].start) <= one.start), None)
        if free is None:
            lanes.append([one])
        else:
            free.append(one)
    return lanes


def _lane(steps: Sequence[Step], start: Instant, end: Instant) -> Node:
    whole = seconds_between(start, end)
    pieces: list[Child] = []
    for one in steps:
        left = 100 * seconds_between(start, one.start) / whole if whole else 0.0
        until = end if one.open or one.end is None and not one.is_test else one.end or one.start
        width = 100 * seconds_between(one.start, until) / whole if whole else 100.0
        width = max(width, LEAST_PERCENT)
        place = {"left": f"{min(left, 100 - LEAST_PERCENT):.2f}%", "width": f"{min(width, 100 - left):.2f}%"}
        if left + LEAST_PERCENT > 100:
            place["width"] = f"{LEAST_PERCENT}%"
        open_end = " step-open" if one.open else ""
        kind = "test" if one.is_test else "main"
        pieces.append(el("Span", cls=f"step step-{kind} fill-{FILLS.get(one.tone, 'nodata')}{open_end}", style=place))
    return el("Div", pieces, cls="timeline-lane")


def _line(one: Step) -> Node:
    took = None if one.end is None else duration(seconds_between(one.start, one.end))
    words = WORDS[one.tone]
    mark = el("Span", cls=f"swatch fill-{FILLS.get(one.tone, 'nodata')}", aria_hidden="true")
    lasted: Child = took
    if lasted is None:
        lasted = "still going on" if one.open else none("how long was not sent")
    return el(
        "Li", el("Span", mark, one.name, f", {words}" if words else None), el("Span", when(one.start), cls="ink-2"),
        el("Span", lasted, cls="num"), el("Span", "later, not on the bar", cls="ink-2") if one.far else None,
    )  # fmt: skip
