"""What needs attention and what is running: where, why and since when, one click from commit, CI run and report."""

from collections.abc import Mapping, Sequence
from itertools import takewhile

from components import theme
from components.badges import attempt_badge, badge
from components.links import build_path, cluster_path, commit_url, link, safe_link, service_path
from components.panel import row, table
from components.tags import Child, Node, el, mono
from components.theme import Look
from components.words import none, short_sha, when
from data.catalog_models import Service
from data.models import SUCCESSFUL, AttemptRow, Outcome, Status
from data.views import PairState

SHOWN = 12  # the matrix has them all
GATE_FAILED = Look("Gate failed", "x-octagon-fill", "failed")
BAD = (Status.FAILED, Status.ROLLBACK)
Names = Mapping[str, str]


def attention_list(states: Sequence[PairState], names: Names, services: Mapping[str, Service]) -> Node:
    """What failed, where, why and since when; each leads to its build, commit, CI run and report."""
    rows = [_row(state, names, services.get(state.service_id)) for state in states[:SHOWN]]
    columns = [
        (name, "") for name in ("Service", "Cluster-region", "What", "Why", "When", "Still serving", "Look at")
    ]
    return table("What needs attention", columns, rows, cls="attention")


def _row(state: PairState, names: Names, service: Service | None) -> Node:
    shown = state.current.latest_finished or state.latest
    gate = shown.status in SUCCESSFUL
    what: list[Child] = [badge(GATE_FAILED) if gate else attempt_badge(shown), " ", _build(shown)]
    times = in_a_row(state.current.outcomes)
    again = el("Div", f"{times} in a row", cls="small ink-2") if times > 1 and not gate else None
    serving = state.serving_version
    return row(
        *_where(state, names), el("Td", *what, again), el("Td", state.why, cls="why"),
        el("Td", when(shown.ended_at or shown.started_at), cls="nowrap"),
        el("Td", mono(serving) if serving else el("Span", "nothing", cls="tone-failed"), cls="still"),
        el("Td", el("Div", _look_at(shown, service), cls="look-at")),
    )  # fmt: skip


def _look_at(attempt: AttemptRow, service: Service | None) -> list[Child]:
    commit: Child = none("no commit was named")
    if attempt.git_sha:
        address = commit_url(service.repository if service else "", attempt.git_sha)
        commit = safe_link("Commit", address) or mono(short_sha(attempt.git_sha), title=f"Commit {attempt.git_sha}")
    run = safe_link("CI run", attempt.run_url) or none("no CI run was named")
    report = link("Report", f"{build_path(attempt.attempt_id)}#gates") if attempt.gates else none("no tests ran")
    return [commit, run, report]


def in_a_row(outcomes: Sequence[Outcome]) -> int:
    """How many of the newest finished attempts failed one after another, as far as the history strip knows."""
    finished = [one for one in outcomes if not one.cancelled and one.status is not Status.IN_PROGRESS]
    return sum(1 for _ in takewhile(lambda one: one.status in BAD, reversed(finished)))


def running_list(states: Sequence[PairState], names: Names) -> Node:
    """Deployments in progress."""
    rows = [
        row(
            *_where(state, names), _build(state.latest),
            el("Td", when(state.latest.started_at), cls="nowrap"), theme.TRIGGER[state.latest.trigger],
        )
        for state in states
    ]  # fmt: skip
    columns = [(name, "") for name in ("Service", "Cluster-region", "Build", "Started", "Trigger")]
    return table("Deployments in progress", columns, rows, cls="running")


def _where(state: PairState, names: Names) -> tuple[Node, Node]:
    service = link(names.get(state.service_id, state.service_id), service_path(state.service_id), cls="strong")
    cluster = link(names.get(state.cluster_id, state.cluster_id), cluster_path(state.cluster_id))
    return service, cluster


def _build(attempt: AttemptRow) -> Node:
    return link(mono(attempt.build_version), build_path(attempt.attempt_id))
