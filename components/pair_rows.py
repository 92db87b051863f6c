"""One service on one cluster-region as a row: the same in the list of a cluster-region and in that of a service."""

from components import theme
from components.badges import attempt_badge, gates, health_badge, history
from components.links import build_path, link, pair_path
from components.panel import row
from components.promotion_lanes import behind_words
from components.tags import Child, Children, Node, el, icon, mono
from components.words import none, when
from data.models import AttemptRow, Health, Status
from data.promotion_views import Behind
from data.views import PairState


def pair_row(name: Children, state: PairState, behind: Behind | None = None) -> Node:
    """What serves, since when, what was tried last, the gates and the last twelve; `behind` where it is known."""
    finished = state.current.latest_finished
    shown = gates(state.gates, finished.attempt_id) if finished and state.gates else none("no test results")
    return row(
        name, _health(state), _serving(state, behind),
        el("Td", when(state.current.serving_since), cls="nowrap"),
        _latest(state), shown,
        link(history(state.current.outcomes), pair_path(state.cluster_id, state.service_id)),
    )  # fmt: skip


def _health(state: PairState) -> list[Child]:
    why = el("Div", state.why, cls="reason") if state.why else None
    look = theme.HEALTH[state.health]
    if state.health is Health.HEALTHY:
        return [el("Span", icon(look.icon), el("Span", look.word), cls="state-plain tone-success")]
    return [health_badge(state.health), why]


def _serving(state: PairState, behind: Behind | None) -> list[Child]:
    serving = state.current.serving
    lags = behind is not None and behind.exact and behind.versions > 0
    return [
        _build(serving) if serving else none("nothing serves"),
        el("Div", behind_words(behind), cls="behind small") if behind and lags else None,
    ]


def _latest(state: PairState) -> list[Child]:
    latest = state.latest
    moment = latest.started_at if latest.status is Status.IN_PROGRESS else latest.ended_at or latest.started_at
    return [attempt_badge(latest), " ", _build(latest), el("Div", when(moment), cls="ink-2 small")]


def _build(attempt: AttemptRow) -> Node:
    return link(mono(attempt.build_version), build_path(attempt.attempt_id))
