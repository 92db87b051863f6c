"""How a service on a cluster-region is shown: in the matrix, in tables, in what needs attention."""

from collections.abc import Mapping, Sequence

from components import theme
from components.badges import attempt_badge, gates, health_badge, history, quiet, unconfirmed
from components.links import build_path, cluster_path, link, pair_path, safe_link, service_path
from components.panel import row, table
from components.promotion_lanes import behind_words
from components.tags import Child, Node, el, hidden, icon, mono
from components.words import none, since, when
from data.catalog_models import Cluster, Service
from data.models import (
    SUCCESSFUL,
    AttemptRow,
    Health,
    Instant,
    Status,
)
from data.promotion_views import Behind
from data.views import ClusterHealth, PairState, ServiceRow

SHOWN_ATTENTION = 12  # the matrix has them all


BehindOf = Mapping[tuple[str, str], Behind]  # by (cluster id, service id)


def matrix(clusters: Sequence[ClusterHealth], services: Sequence[ServiceRow], behind: BehindOf) -> Node:
    """Services by cluster-regions along the promotion path: what serves, what was tried last, its gates.

    How far a cell is behind the stage before is said only where it is known for certain.
    """
    head: list[Child] = [el("Th", "Service", scope="col")]
    for one in clusters:
        name = link(one.cluster.name, cluster_path(one.cluster.cluster_id))
        head.append(el("Th", name, _stage(one), scope="col"))
    rows = [_matrix_row(one, clusters, behind) for one in services]
    caption = "Serving version of each service on each cluster-region"
    grid = el(
        "Table", el("Caption", caption, cls="visually-hidden"),
        el("Thead", el("Tr", head)), el("Tbody", rows), cls="grid matrix",
    )  # fmt: skip
    label = "Services by cluster-regions"
    return el("Div", grid, cls="scroller", role="region", tabIndex="0", aria_label=label)


def _stage(one: ClusterHealth) -> Node:
    return el("Span", one.cluster.type.value, cls="stage-name")


def _matrix_row(one: ServiceRow, clusters: Sequence[ClusterHealth], behind: BehindOf) -> Node:
    service = one.service
    cells: list[Child] = [el("Th", _service_name(service), scope="row")]
    for cluster in clusters:
        state = one.states.get(cluster.cluster.cluster_id)
        if state is None:
            cells.append(el("Td", none("never deployed here"), cls="cell"))
        else:
            cells.append(_cell(state, behind.get((state.cluster_id, state.service_id))))
    return el("Tr", cells)


def _cell(state: PairState, behind: Behind | None) -> Node:
    """What serves, since when, and how it is; a failed or running latest attempt is named beside it."""
    lags = behind is not None and behind.exact and behind.versions > 0
    rows = pair_path(state.cluster_id, state.service_id)
    looks = theme.HEALTH[state.health]
    serving = state.serving_version
    version = link(mono(serving) if serving else "nothing serves", rows, cls="version")
    lines: list[Child] = [
        el("Div", version, quiet(looks), cls="cell-line", title=state.why or None),
        el("Div", since(state.current.serving_since), _gates_of(state), cls="cell-line ink-2"),
        el("Div", behind_words(behind), cls="cell-line behind") if behind and lags else None,
        latest_beside(state),
    ]
    return el("Td", lines, cls=f"cell cell-{looks.tone}{' cell-behind' if lags else ''}")


def _gates_of(state: PairState) -> Node | None:
    finished = state.current.latest_finished
    return gates(state.gates, finished.attempt_id) if finished and state.gates else None


def latest_beside(state: PairState) -> Node | None:
    """The latest attempt where it is not the one that serves: failed, rolled back, running, cancelled."""
    latest = state.latest
    if latest.status in SUCCESSFUL:
        return None
    look = theme.status(latest.status, latest.cancelled)
    said = [icon(look.icon), hidden(look.word), mono(latest.build_version)]
    to_build = link(said, build_path(latest.attempt_id), cls=f"tone-{look.tone}")
    return el("Div", to_build, cls="cell-line latest")


def attention_list(states: Sequence[PairState], names: dict[str, str]) -> Node:
    """What failed, where, why and since when; each leads to its build."""
    rows = [_attention_row(state, names) for state in states[:SHOWN_ATTENTION]]
    columns = [(name, "") for name in ("Service", "Cluster-region", "What", "Why", "When", "Serving", "CI run")]
    return table("What needs attention", columns, rows, cls="attention")


def _attention_row(state: PairState, names: dict[str, str]) -> Node:
    shown = state.current.latest_finished or state.latest
    return row(
        link(names.get(state.service_id, state.service_id), service_path(state.service_id), cls="strong"),
        link(names.get(state.cluster_id, state.cluster_id), cluster_path(state.cluster_id)),
        [attempt_badge(shown), " ", _build(shown)],
        el("Td", state.why, cls="why"), el("Td", when(shown.ended_at or shown.started_at), cls="nowrap"),
        mono(state.serving_version) if state.serving_version else none("nothing serves"),
        safe_link("Run", shown.run_url) or none("no run was named"),
    )  # fmt: skip


def running_list(states: Sequence[PairState], names: dict[str, str]) -> Node:
    """Deployments in progress."""
    rows = [
        row(
            link(names.get(state.service_id, state.service_id), service_path(state.service_id), cls="strong"),
            link(names.get(state.cluster_id, state.cluster_id), cluster_path(state.cluster_id)),
            _build(state.latest),
            el("Td", when(state.latest.started_at), cls="nowrap"), theme.TRIGGER[state.latest.trigger],
        )
        for state in states
    ]  # fmt: skip
    columns = [(name, "") for name in ("Service", "Cluster-region", "Build", "Started", "Trigger")]
    return table("Deployments in progress", columns, rows)


def services_table(items: Sequence[tuple[Service, PairState]]) -> Node:
    """The services of one cluster-region."""
    rows = [_state_row(_service_name(service), state) for service, state in items]
    return table("Services on this cluster-region", _state_columns("Service"), rows)


def clusters_table(items: Sequence[tuple[Cluster, PairState]]) -> Node:
    """The cluster-regions of one service."""
    rows = [_state_row(_cluster_name(cluster), state) for cluster, state in items]
    return table("Cluster-regions of this service", _state_columns("Cluster-region"), rows)


def _state_columns(first: str) -> list[tuple[str, str]]:
    return [(name, "") for name in (first, "Health", "Serving", "Since", "Latest attempt", "Gates", "Last 12")]


def _service_name(service: Service) -> list[Child]:
    name = link(service.name, service_path(service.service_id), cls="strong")
    return [name, unconfirmed(service.confirmed)]


def retired_note(gone: Sequence[tuple[Cluster, Instant]]) -> Node | None:
    """Where a service was taken away, and since when; None where nowhere."""
    if not gone:
        return None
    said: list[Child] = ["Retired: "]
    for place, (cluster, moment) in enumerate(gone):
        said += [", " if place else None, link(cluster.name, cluster_path(cluster.cluster_id)), " ", when(moment)]
    return el("P", said, cls="ink-2 note")


def _cluster_name(cluster: Cluster) -> list[Child]:
    stage = el("Span", cluster.type.value, cls="stage-name")
    name = link(cluster.name, cluster_path(cluster.cluster_id), cls="strong")
    return [name, stage, unconfirmed(cluster.confirmed)]


def _state_row(name: list[Child], state: PairState) -> Node:
    serving, latest = state.current.serving, state.latest
    rows = pair_path(state.cluster_id, state.service_id)
    said: list[Child] = [health_badge(state.health)]
    if state.health is not Health.HEALTHY and state.why:
        said.append(el("Div", state.why, cls="reason"))
    tried: list[Child] = [attempt_badge(latest), " ", _build(latest)]
    if latest.status is not Status.IN_PROGRESS:
        tried.append(el("Div", when(latest.ended_at or latest.started_at), cls="ink-2 small"))
    return row(
        name, said, _build(serving) if serving else none("nothing serves"),
        el("Td", when(state.current.serving_since), cls="nowrap"), tried,
        _gates_of(state) or none("no test results"),
        link(history(state.current.outcomes), rows),
    )  # fmt: skip


def _build(attempt: AttemptRow) -> Node:
    return link(mono(attempt.build_version), build_path(attempt.attempt_id))


def stages(clusters: Sequence[ClusterHealth]) -> Node:
    """Cluster-regions in columns along the promotion path."""
    kinds = [kind for kind in theme.STAGES if any(one.cluster.type is kind for one in clusters)]
    columns: list[Child] = [
        el(
            "Div", el("H3", kind.value, cls="stage-title"),
            [cluster_card(one) for one in clusters if one.cluster.type is kind], cls="stage",
        )
        for kind in kinds
    ]  # fmt: skip
    return el("Div", columns, cls="stages")


def cluster_card(one: ClusterHealth) -> Node:
    """One cluster-region and how many of its services are well."""
    cluster = one.cluster
    path = cluster_path(cluster.cluster_id)
    counts: list[Child] = [
        _count(one.healthy, theme.HEALTH[Health.HEALTHY], path),
        _count(one.attention, theme.HEALTH[Health.ATTENTION], path),
    ]
    if one.unknown:
        counts.append(_count(one.unknown, theme.HEALTH[Health.UNKNOWN], path))
    if one.in_progress:
        counts.append(_count(one.in_progress, theme.STATUS[Status.IN_PROGRESS], path))
    about = " · ".join(part for part in (cluster.region, cluster.role) if part)
    name = [link(cluster.name, path, cls="strong"), unconfirmed(cluster.confirmed)]
    return el(
        "Div", el("Div", name, cls="card-title"),
        el("Div", about, cls="ink-2 small") if about else None, el("Ul", counts, cls="card-counts"),
        el("Div", "Latest attempt ", when(one.latest_attempt_at), cls="ink-2 small"), cls="cluster-card",
    )  # fmt: skip


def _count(amount: int, look: theme.Look, path: str) -> Node:
    tone = look.tone if amount else "nodata"
    words: list[Child] = [icon(look.icon), f"{amount} {look.word.lower()}"]
    return el("Li", link(words, f"{path}#services"), cls=f"tone-{tone}")
