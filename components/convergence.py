"""How far a version of a service has come over its cluster-regions."""

from components.badges import badge
from components.links import build_path, cluster_path, link, page_path
from components.panel import row, table
from components.tags import Child, Node, el, mono
from components.theme import Look
from components.words import counted, duration, none, when
from data.instants import seconds_between
from data.promotion_views import Convergence, Reached

PATH = "/promotions"
SERVES = Look("Serves it", "check-circle-fill", "success")
OLDER = Look("Not yet", "hourglass-split", "rollback")
NEWER = Look("Newer", "arrow-up", "nodata")
OTHER = Look("Another version", "question-circle", "nodata")
NOTHING = Look("Nothing serves", "question-circle", "nodata")


def spread_table(found: Convergence) -> list[Node]:
    """Where a version serves and since when, and what the others serve."""
    service_id = found.service.service_id
    others: list[Child] = [
        el("Li", el("A", one, href=page_path(PATH, {"service": service_id, "version": one}, "spread"),
                    cls="segment keep mono", aria_current="true" if one == found.version else None))
        for one in found.versions
    ]  # fmt: skip
    return [
        el("Nav", el("Ul", others, cls="segments"), aria_label="Versions that serve"),
        el("P", summary(found), cls="spread-words"),
        table(
            f"Where {found.version} serves",
            [(name, "") for name in ("Cluster-region", "State", "Serving", "Since", "After the first")],
            [_place(place, found) for place in found.places],
        ),
    ]


def summary(found: Convergence) -> str:
    """`3.4.2 serves on 4 of 6 cluster-regions; still older on Aquila EU.`"""
    lag = [place.cluster.name for place in found.places if not place.serves and place.newer is False]
    words = f"{found.version} serves on {found.serving} of {counted(len(found.places), 'cluster-region')}"
    if lag:
        words += f"; older versions still serve on {', '.join(lag)}"
    return f"{words}."


def _place(place: Reached, found: Convergence) -> Node:
    current = place.state.current if place.state else None
    serving = current.serving if current else None
    if place.serves:
        how = SERVES
    elif serving is None:
        how = NOTHING
    else:
        how = OTHER if place.newer is None else NEWER if place.newer else OLDER
    version = link(mono(serving.build_version), build_path(serving.attempt_id)) if serving else none("nothing serves")
    lag: Child = none("it does not serve here")
    if place.serves and place.since and found.first:
        lag = (
            "the first" if place.since == found.first else f"+ {duration(seconds_between(found.first, place.since))}"
        )
    return row(
        link(place.cluster.name, cluster_path(place.cluster.cluster_id), cls="strong"), badge(how), version,
        el("Td", when(current.serving_since if current else None), cls="nowrap"), lag,
    )  # fmt: skip
