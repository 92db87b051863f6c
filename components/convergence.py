"""How far a version of a service has come over its cluster-regions, and how the newest ones spread."""

from math import log10

from components.badges import badge
from components.figures import Figure, plain
from components.links import build_path, cluster_path, link, page_path
from components.panel import number_cell, row, table
from components.tags import Child, Node, el, mono
from components.theme import Look
from components.words import age, counted, duration, none, when
from data.instants import seconds_between
from data.promotion_views import Convergence, Reached, Spread, SpreadCurve, SpreadStep

PATH = "/promotions"
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
TICKS = {
    1: "first", 10: "10 min", 60: "1 h", 360: "6 h", 1440: "1 d", 10_080: "7 d", 40_320: "28 d", 129_600: "90 d",
}  # fmt: skip
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "x")
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


def spread_figure(found: Spread) -> Figure:
    """A step curve a version: the share of the cluster-regions that serve it or a newer one.

    Hours and weeks both occur, so the time is on a logarithmic scale, which begins a minute after the first success.
    """
    longest = max((_last_change(one) for one in found.curves), default=0.0)
    minutes = max(60.0, 2 * longest / 60)
    ticks = {at: words for at, words in TICKS.items() if at <= minutes}
    lines = [_line(one, place, found.n, minutes) for place, one in enumerate(found.curves)]
    return {
        "data": lines,
        "layout": {
            "xaxis": {
                "type": "log", "title": {"text": "time since its first success there, logarithmic"},
                "range": [-0.05, log10(minutes)], "showgrid": False,
                "tickvals": list(ticks), "ticktext": list(ticks.values()),
            },
            "yaxis": {"range": [-4, 106], "tickvals": [0, 25, 50, 75, 100], "ticksuffix": " %", "fixedrange": True},
            "showlegend": True, "hovermode": "closest", "uirevision": "kept",
        },
    }  # fmt: skip


def _last_change(curve: SpreadCurve) -> float:
    return max(one.seconds for one in curve.steps if one.cluster is not None)


def _line(curve: SpreadCurve, place: int, n: int, minutes: float) -> Figure:
    steps = curve.steps
    symbol = SYMBOLS[place % len(SYMBOLS)]
    return {
        "type": "scatter", "mode": "lines+markers", "name": plain(curve.version),
        "meta": {"role": f"version-{place}"},
        "x": [round(min(max(one.seconds / 60, 1), minutes), 2) for one in steps],
        "y": [None if one.serving is None else round(100 * one.serving / n, 1) for one in steps],
        "line": {"shape": "hv", "dash": DASHES[place % len(DASHES)], "width": 3 if place == 0 else 2},
        "marker": {"symbol": [symbol if one.cluster else "line-ns" for one in steps], "size": 8},
        "text": [_hover(one, n) for one in steps], "connectgaps": False,
        "hovertemplate": "%{fullData.name}: %{text}<extra></extra>",
        "customdata": [build_path(one.attempt_id or curve.first.attempt_id or "") for one in steps],
    }  # fmt: skip


def _hover(step: SpreadStep, n: int) -> str:
    known = "it cannot be told" if step.serving is None else f"{step.serving} of {n}"
    where = f"{plain(step.cluster.name)}, " if step.cluster else "now, "
    return f"{where}{_later(step.seconds)}: {known}"


def _later(seconds: float) -> str:
    return f"after {age(seconds)}" if seconds else "at first"


def spread_numbers(found: Spread) -> Node:
    """The curves as a table: when each version came where, and what still lags."""
    names = [("Version", ""), ("First success", ""), ("To 50 %", "num"), ("To 100 %", "num"), ("Now on", "num")]
    names += [("Step by step", ""), ("Still older", "")]
    return table("How versions spread", names, [_curve_row(one, found.n) for one in found.curves], cls="spread")


def _curve_row(curve: SpreadCurve, n: int) -> Node:
    now = curve.steps[-1].serving
    steps: list[Child] = [_step(one, n) for one in curve.steps if one.cluster]
    return row(
        link(mono(curve.version), build_path(curve.first.attempt_id or "")),
        el("Td", when(curve.first.at), cls="nowrap"),
        number_cell(_time(curve.half_sec)), number_cell(_time(curve.full_sec)),
        number_cell(none("nothing tells which version is newer") if now is None else f"{now} of {n}"),
        el("Ol", steps, cls="plain small"),
        el("Td", ", ".join(one.name for one in curve.older) or none("none"), cls="wrap"),
    )  # fmt: skip


def _time(seconds: float | None) -> Child:
    return none("not yet") if seconds is None else "at once" if seconds == 0 else age(seconds)


def _step(step: SpreadStep, n: int) -> Node:
    name = step.cluster.name if step.cluster else ""
    known = "it cannot be told" if step.serving is None else f"{step.serving} of {n}"
    return el("Li", link(name, build_path(step.attempt_id or "")), f", {_later(step.seconds)}: {known}")
