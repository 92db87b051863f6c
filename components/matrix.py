"""The matrix of services by cluster-regions: what serves where, since when, and loudly what went wrong.

Success is quiet: a thin tick and pale letters. What failed has a tint, a bar, an icon and words. With many
cluster-regions the cells are compact, and the whole of what a cell knows is in its title.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

from components import favourites, markup, theme
from components.badges import gate_words, gates, quiet, suite_order, unconfirmed
from components.links import build_path, cluster_path, link, pair_path, service_path
from components.promotion_lanes import behind_words
from components.tags import Child, Children, Node, el, hidden, icon, mono
from components.theme import Look
from components.words import absolute, counted, none, since
from data.catalog_models import Cluster, Service
from data.matrix_filter import lags
from data.models import SUCCESSFUL, AttemptRow, Health, Status, Verdict
from data.promotion_views import Behind
from data.views import ClusterHealth, PairState, ServiceRow

MOST_ROOMY = 12  # cluster-regions; more have compact cells
FITTING = 6  # so many fit a desktop screen: no scrolling inside
CAPTION = "Serving version of each service on each cluster-region"
BehindOf = Mapping[tuple[str, str], Behind]  # by (cluster id, service id)
Rows = dict[tuple[str, ...], markup.Html]  # by service and the cluster-regions shown
HEALTHY = Look("Healthy", "check2", "success")


def matrix(
    clusters: Sequence[ClusterHealth], services: Sequence[ServiceRow], behind: BehindOf, kept: Rows | None = None
) -> Node:
    """Services by cluster-regions along the promotion path: what serves, what was tried last, its gates.

    How far a cell is behind the stage before is said only where it is known for certain. `kept`: the rows that were
    written of the same states before; what is written now is added.
    """
    columns = [one.cluster for one in clusters]
    compact = len(columns) > MOST_ROOMY
    shown = tuple(one.cluster_id for one in columns)
    written = {} if kept is None else kept
    rows: list[Child] = []
    for one in services:
        key = (one.service.service_id, *shown)
        if key not in written:
            written[key] = markup.fragment(_row(one, columns, behind, compact))
        rows.append(written[key])
    caption = el("Caption", CAPTION, cls="visually-hidden")
    kind = "matrix-compact" if compact else "matrix-roomy"
    table = el("Table", caption, el("Thead", *_heads(columns)), el("Tbody", rows), cls=f"grid matrix {kind}")
    fits = " matrix-fits" if len(columns) <= FITTING else ""
    label = "Services by cluster-regions"
    scroller = el("Div", table, cls=f"scroller matrix-box{fits}", role="region", tabIndex="0", aria_label=label)
    return markup.drawn(scroller, cls="markup")


def _heads(columns: Sequence[Cluster]) -> list[Node]:
    """The stages, and under them their cluster-regions."""
    groups: list[Child] = [el("Th", "Service", scope="col", rowSpan=2, cls="matrix-corner")]
    for stage, members in groupby(columns, key=lambda one: one.type):
        width = len(list(members))
        groups.append(el("Th", stage.value, scope="colgroup", colSpan=width, cls="matrix-stage"))
    names: list[Child] = []
    for place, one in enumerate(columns):
        first = " stage-first" if place and columns[place - 1].type is not one.type else ""
        title = " · ".join(part for part in (one.name, one.type.value, one.region, one.role) if part)
        name = link(one.name, cluster_path(one.cluster_id), title=title)
        names.append(el("Th", name, scope="col", cls=f"matrix-cluster{first}"))
    return [el("Tr", groups), el("Tr", names)]


def _row(one: ServiceRow, columns: Sequence[Cluster], behind: BehindOf, compact: bool) -> Node:
    cells: list[Child] = [el("Th", _service(one.service, compact), scope="row")]
    for place, cluster in enumerate(columns):
        first = " stage-first" if place and columns[place - 1].type is not cluster.type else ""
        state = one.states.get(cluster.cluster_id)
        if state is None:
            cells.append(el("Td", none("never deployed here"), cls=f"cell{first}"))
        else:
            known = behind.get((state.cluster_id, state.service_id))
            cells.append(_cell(state, one.service, cluster, known if lags(known) else None, compact, first))
    return el("Tr", cells)


def _service(service: Service, compact: bool) -> Children:
    name = link(service.name, service_path(service.service_id), cls="strong")
    line = el("Div", favourites.star(service.service_id, service.name), name, cls="matrix-name")
    team = el("Div", service.team, cls="ink-2 small matrix-team") if service.team and not compact else None
    return [line, unconfirmed(service.confirmed), team]


def _cell(
    state: PairState, service: Service, cluster: Cluster, behind: Behind | None, compact: bool, first: str
) -> Node:
    """What serves and how it is; `behind` only where it is known for certain."""
    look = theme.HEALTH[state.health]
    lines = _compact(state, behind) if compact else _roomy(state, behind)
    title = cell_words(state, service, cluster, behind) if compact else None
    classes = f"cell cell-{look.tone}{' cell-behind' if behind else ''}{first}"
    return el("Td", lines, cls=classes, title=title)


def _roomy(state: PairState, behind: Behind | None) -> list[Child]:
    return [
        el("Div", _version(state), _state_icon(state), cls="cell-line"),
        el("Div", since(state.current.serving_since), _letters(state), cls="cell-line ink-2"),
        el("Div", behind_words(behind), cls="cell-line behind") if behind else None,
        _gate_failure(state), latest_beside(state),
    ]  # fmt: skip


def _letters(state: PairState) -> Node | None:
    """The gates; of an attempt that failed before anything was tested there is nothing to say."""
    finished = state.current.latest_finished
    if finished is None or not state.gates:
        return None
    untested = all(gate.verdict is Verdict.MISSING for gate in state.gates)
    return None if untested and finished.status not in SUCCESSFUL else gates(state.gates, finished.attempt_id)


def _compact(state: PairState, behind: Behind | None) -> list[Child]:
    failed = [gate for gate in sorted(state.gates, key=suite_order) if gate.verdict is Verdict.FAILED]
    finished = state.current.latest_finished
    letters = gates(failed, finished.attempt_id) if finished and failed else None
    lag = None
    if behind:
        short = el("Span", f"−{behind.versions}", aria_hidden="true")
        lag = el("Span", short, hidden(behind_words(behind)), cls="behind")
    extras = [one for one in (lag, letters) if one is not None]
    return [
        el("Div", _version(state), _state_icon(state), cls="cell-line"),
        el("Div", extras, cls="cell-line") if extras else None,
        latest_beside(state),
    ]


def _version(state: PairState) -> Node:
    serving = state.serving_version
    shown: Children = mono(serving, title=serving) if serving else "nothing serves"
    return link(shown, pair_path(state.cluster_id, state.service_id), cls="version")


def _state_icon(state: PairState) -> Node:
    return quiet(HEALTHY if state.health is Health.HEALTHY else theme.HEALTH[state.health])


def _gate_failure(state: PairState) -> Node | None:
    """In words, where what went out failed its tests; a failed attempt is named by `latest_beside`."""
    finished = state.current.latest_finished
    if state.health is not Health.ATTENTION or finished is None or finished.status not in SUCCESSFUL:
        return None
    words: list[Child] = [icon(theme.VERDICT[Verdict.FAILED].icon), state.why]
    to_gates = link(words, f"{build_path(finished.attempt_id)}#gates", cls="tone-failed")
    return el("Div", to_gates, cls="cell-line latest")


def latest_beside(state: PairState) -> Node | None:
    """What was tried since and does not serve: the failed or running latest attempt, and the failure before it."""
    latest, finished = state.latest, state.current.latest_finished
    shown = [] if latest.status in SUCCESSFUL else [latest]
    if finished and finished.attempt_id != latest.attempt_id and finished.status not in SUCCESSFUL:
        shown.append(finished)
    return el("Div", [_tried(one) for one in shown], cls="cell-tried") if shown else None


def _tried(attempt: AttemptRow) -> Node:
    look = theme.status(attempt.status, attempt.cancelled)
    loud = attempt.status in (Status.FAILED, Status.ROLLBACK) and not attempt.cancelled
    word = el("Span", look.word, cls="tried-word") if loud else hidden(look.word)
    said: list[Child] = [icon(look.icon), word, " ", mono(attempt.build_version, title=attempt.build_version)]
    to_build = link(said, build_path(attempt.attempt_id), cls=f"tone-{look.tone}")
    return el("Div", to_build, cls="cell-line latest")


def cell_words(state: PairState, service: Service, cluster: Cluster, behind: Behind | None) -> str:
    """Everything a cell knows, as sentences."""
    serving, moment = state.serving_version, state.current.serving_since
    told = [f"{service.name} on {cluster.name}"]
    if serving:
        told.append(f"{serving} serves since {absolute(moment)}" if moment else f"{serving} serves")
    else:
        told.append("nothing serves")
    told.append(theme.HEALTH[state.health].word + (f": {state.why}" if state.why else ""))
    if behind:
        told.append(f"{counted(behind.versions, 'version')} behind the stage before")
    told += [gate_words(gate) for gate in sorted(state.gates, key=suite_order)]
    if state.latest.status not in SUCCESSFUL:
        look = theme.status(state.latest.status, state.latest.cancelled)
        told.append(f"{look.word}: {state.latest.build_version}")
    return ". ".join(told)


def legend() -> Node:
    """What the letters and icons mean."""

    def letter(verdict: Verdict) -> Node:
        return el("Span", "F", cls=f"gate gate-{verdict.value}", aria_hidden="true")

    return el(
        "P", "Version that serves, since when, and a letter a test suite of the latest finished attempt: ",
        letter(Verdict.PASSED), " passed ", letter(Verdict.FAILED), " failed ", letter(Verdict.PARTIAL), " partial ",
        letter(Verdict.MISSING), " no data", cls="legend matrix-legend",
    )  # fmt: skip
