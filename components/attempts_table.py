"""A list of attempts, newest first: each row leads to its build, cluster-region, service and CI run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from components import theme
from components.badges import attempt_badge, gates
from components.links import build_path, cluster_path, link, safe_link, service_path
from components.panel import number_cell, row, table
from components.tags import Child, Children, Node, el, mono
from components.words import age, duration, none, short_sha, when
from data.instants import seconds_between
from data.models import SUCCESSFUL, Attempt
from data.service_views import Active

LONGEST_REASON = 160


@dataclass(frozen=True, slots=True)
class History:
    """What a service's own list says beside: how long each success was active, and the way to compare two."""

    active: Mapping[str, Active]
    choose: Callable[[Attempt], Child]


def attempts_table(
    attempts: Sequence[Attempt],
    caption: str,
    *,
    serving: frozenset[str] = frozenset(),
    without: str = "",
    history: History | None = None,
) -> Node:
    """The attempts; `without` leaves out the column ("cluster" or "service") the page already says."""
    columns = [("Build", ""), ("Status", "")]
    columns += [("Service", "")] if without != "service" else []
    columns += [("Cluster-region", "")] if without != "cluster" else []
    columns += [("Started", ""), ("Took", "num")]
    columns += [("Active for", "num")] if history else []
    columns += [("Gates", ""), ("Trigger", ""), ("By", ""), ("CI run", "")]
    columns += [("Compare", "")] if history else []
    return table(caption, columns, [_row(attempt, serving, without, history) for attempt in attempts])


def _row(attempt: Attempt, serving: frozenset[str], without: str, history: History | None) -> Node:
    cells: list[Children] = [_build(attempt, attempt.attempt_id in serving), _status(attempt)]
    if without != "service":
        cells.append(link(attempt.service_id, service_path(attempt.service_id)))
    if without != "cluster":
        where = link(attempt.cluster_id, cluster_path(attempt.cluster_id))
        cells.append(el("Td", where, cls="nowrap" if history else ""))
    cells += [el("Td", when(attempt.started_at), cls="nowrap"), number_cell(took(attempt))]
    if history:
        cells.append(number_cell(_active(attempt, history.active.get(attempt.attempt_id))))
    cells += [
        gates(attempt.gates, attempt.attempt_id) if attempt.gates else none("no test results"),
        theme.TRIGGER[attempt.trigger], attempt.actor or none("not given"),
        el("Td", safe_link("Run", attempt.run_url) or none("no link was sent"), cls="nowrap"),
    ]  # fmt: skip
    if history:
        cells.append(el("Td", history.choose(attempt), cls="nowrap"))
    return row(*cells)


def _active(attempt: Attempt, span: Active | None) -> Child:
    """From when it served until the next success there; that it still does is said, not counted by the second."""
    if attempt.status not in SUCCESSFUL:
        return none("it did not come to serve")
    if span is None:
        return none("its end is not known here")
    if span.until is None:
        return el("Span", when(span.since, cls="lasting"), " so far")
    return age(seconds_between(span.since, span.until))


def _build(attempt: Attempt, serving: bool) -> list[Child]:
    sha = mono(short_sha(attempt.git_sha), attempt.git_sha) if attempt.git_sha else None
    return [
        link(mono(attempt.build_version), build_path(attempt.attempt_id), cls="strong"),
        el("Span", sha, cls="ink-2 sha") if sha else None,
        el("Span", "serving", cls="tag tag-serving") if serving else None,
    ]


def _status(attempt: Attempt) -> list[Child]:
    reason = attempt.failure_reason
    if not reason:
        return [attempt_badge(attempt)]
    shown = reason if len(reason) <= LONGEST_REASON else reason[: LONGEST_REASON - 1] + "…"
    return [attempt_badge(attempt), el("Div", shown, cls="reason", title=reason[:1000])]


def took(attempt: Attempt) -> Child:
    """How long the attempt ran; a running one has no duration yet."""
    if attempt.ended_at is None:
        return none("not finished")
    return duration(seconds_between(attempt.started_at, attempt.ended_at))
