"""A list of attempts, newest first: each row leads to its build, cluster-region, service and CI run."""

from collections.abc import Sequence

from components import theme
from components.badges import attempt_badge, gates
from components.links import build_path, cluster_path, link, safe_link, service_path
from components.panel import number_cell, row, table
from components.tags import Child, Children, Node, el, mono
from components.words import duration, none, short_sha, when
from data.instants import seconds_between
from data.models import Attempt

LONGEST_REASON = 160


def attempts_table(
    attempts: Sequence[Attempt], caption: str, *, serving: frozenset[str] = frozenset(), without: str = ""
) -> Node:
    """The attempts; `without` leaves out the column ("cluster" or "service") the page already says."""
    columns = [("Build", ""), ("Status", "")]
    columns += [("Service", "")] if without != "service" else []
    columns += [("Cluster-region", "")] if without != "cluster" else []
    columns += [("Started", ""), ("Took", "num"), ("Gates", ""), ("Trigger", ""), ("By", ""), ("CI run", "")]
    return table(caption, columns, [_row(attempt, serving, without) for attempt in attempts])


def _row(attempt: Attempt, serving: frozenset[str], without: str) -> Node:
    cells: list[Children] = [_build(attempt, attempt.attempt_id in serving), _status(attempt)]
    if without != "service":
        cells.append(link(attempt.service_id, service_path(attempt.service_id)))
    if without != "cluster":
        cells.append(link(attempt.cluster_id, cluster_path(attempt.cluster_id)))
    return row(
        *cells, el("Td", when(attempt.started_at), cls="nowrap"), number_cell(took(attempt)),
        gates(attempt.gates, attempt.attempt_id) if attempt.gates else none("no test results"),
        theme.TRIGGER[attempt.trigger], attempt.actor or none("not given"),
        safe_link("Run", attempt.run_url) or none("no link was sent"),
    )  # fmt: skip


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
