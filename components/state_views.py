"""How a service on a cluster-region is shown: in the matrix, in tables, in what needs attention."""

from collections.abc import Sequence

from components import theme
from components.badges import unconfirmed
from components.links import cluster_path, link
from components.pair_rows import pair_row
from components.panel import table
from components.tags import Child, Node, el, hidden, icon
from components.words import when
from data.catalog_models import Cluster
from data.instants import seconds_between
from data.matrix_filter import BehindOf
from data.models import (
    Health,
    Instant,
    Status,
)
from data.views import ClusterHealth, PairState

DAY = 86_400


def clusters_table(items: Sequence[tuple[Cluster, PairState]], behind: BehindOf) -> Node:
    """The cluster-regions of one service."""
    names = ("Cluster-region", "Health", "Serving", "Since", "Latest attempt", "Gates", "Last 12")
    rows = [
        pair_row(_cluster_name(cluster), state, behind.get((state.cluster_id, state.service_id)))
        for cluster, state in items
    ]
    return table("Cluster-regions of this service", [(name, "") for name in names], rows, cls="pairs")


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


def stages(clusters: Sequence[ClusterHealth], hour: str | None = None) -> Node:
    """Cluster-regions in columns along the promotion path; `hour`: from when their activity is judged."""
    kinds = [kind for kind in theme.STAGES if any(one.cluster.type is kind for one in clusters)]
    columns: list[Child] = [
        el(
            "Div", el("H3", kind.value, cls="stage-title"),
            el("Div", [cluster_card(one, hour) for one in clusters if one.cluster.type is kind], cls="stage-cards"),
            cls="stage",
        )
        for kind in kinds
    ]  # fmt: skip
    return el("Div", columns, cls="stages")


def cluster_card(one: ClusterHealth, hour: str | None = None) -> Node:
    """One cluster-region and how many of its services are well, and how lately something was tried."""
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
        el(
            "Div", _activity(one.latest_attempt_at, hour) if hour else None,
            "Latest attempt ", when(one.latest_attempt_at), cls="ink-2 small",
        ),
        cls=f"cluster-card{' card-attention' if one.attention else ''}",
    )  # fmt: skip


def _activity(latest: Instant | None, hour: str) -> Node:
    """A dot: full within a day, half within a week, else empty."""
    age = seconds_between(latest, f"{hour}:00:00.000Z") if latest else None
    look, words = ("none", "no attempt yet") if age is None else ("old", "quiet for more than a week")
    if age is not None and age < DAY:
        look, words = "fresh", "active within a day"
    elif age is not None and age < 7 * DAY:
        look, words = "week", "active within a week"
    return el("Span", hidden(f"{words}. "), cls=f"activity activity-{look}", title=words.capitalize())


def _count(amount: int, look: theme.Look, path: str) -> Node:
    tone = look.tone if amount else "nodata"
    word = look.word.lower()
    if look is theme.HEALTH[Health.ATTENTION] and amount != 1:
        word = word.replace("needs", "need")
    words: list[Child] = [icon(look.icon), f"{amount} {word}"]
    return el("Li", link(words, f"{path}#services"), cls=f"tone-{tone}")
