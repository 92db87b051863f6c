"""The charts of the analytics page: what is drawn, where gaps stay gaps, where a click leads.

Each takes the period before too, where it is compared with: it is drawn at the places of the days it stands beside.
"""

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

from components.figures import FEW, STEPS, Figure, line, over_time, plain
from components.words import number
from data.analytics_views import Durations, Week
from data.views import Analytics, SuiteSeries

Href = Callable[[str, str | None], str]  # (label, outcome)
KeyHref = Callable[[str], str]

LONG_RANGE = 35  # more days are counted by the week
WEEK_TICKS = 7
FINISHED = "FINISHED"
BEFORE = "Period before"
LAST = 2000  # in the legend
SUITE_SHAPES = {
    "FUNCTIONAL": ("solid", "circle"),
    "SANITY": ("dash", "diamond"),
    "REGRESSION": ("dot", "square"),
}
OTHER_SHAPES = (("dashdot", "triangle-up"), ("longdash", "x"), ("longdashdot", "star"))
OUTCOMES = (
    ("Failed", "failed", "x", "FAILED"),
    ("Rolled back", "rollback", "/", "ROLLBACK"),
    ("Success", "success", "", "SUCCESS"),
    ("In progress", "in_progress", ".", "IN_PROGRESS"),
)
ROLES = {"in_progress": "progress"}
PERCENTILES = (("p90", "suite-sanity", "dash", "diamond"), ("p50", "accent", "solid", "circle"))


def builds(view: Analytics, before: Analytics | None, href: Href) -> Figure:
    """Stacked bars, failures at the baseline; a bar leads to its attempts."""
    bars = [
        {
            "type": "bar", "name": name, "meta": {"role": ROLES.get(outcome, outcome)},
            "x": list(view.labels), "y": list(getattr(view, outcome)),
            "customdata": [href(label, status) for label in view.labels],
            "hovertemplate": f"%{{y}} {name.lower()}<extra></extra>",
            "marker": {"opacity": _fading(view), "pattern": {"shape": shape, "fillmode": "overlay"}},
        }
        for name, outcome, shape, status in OUTCOMES
    ]  # fmt: skip
    axis = counts_axis(max((*totals(view), *(totals(before) if before else ())), default=0))
    ghost = [_steps(f"{BEFORE}, all", totals(before), view, before)] if before else []
    return {"data": [*bars, *ghost, *_so_far(view, totals(view))], "layout": _layout(view, axis, bars=True)}


def totals(view: Analytics) -> list[int]:
    """Attempts of each label, cancelled ones apart."""
    return [sum(one) for one in zip(view.success, view.failed, view.rollback, view.in_progress, strict=True)]


def pass_rates(view: Analytics, before: Analytics | None, href: Href) -> Figure:
    """One line per suite, in percent; a day without tests is a gap."""
    of = "gates" if view.filter.hours else "tests"
    lines = [_suite_line(view, suite, place, href, of) for place, suite in enumerate(view.suites)]
    earlier = {one.suite: one for one in before.suites} if before else {}
    ghosts = [
        _ghost(suite.suite.capitalize(), _percents(earlier[suite.suite]), view, before, "%{y:.1f} %")
        | {"meta": {"role": _role(suite, place)}, "opacity": 0.5}
        for place, suite in enumerate(view.suites)
        if before and suite.suite in earlier
    ]
    for more in ghosts[1:]:
        more["showlegend"] = False
    axis = {"ticksuffix": " %", "autorangeoptions": {"include": [95, 100], "clipmax": 100.4}}
    return {"data": [*ghosts, *lines], "layout": _layout(view, axis)}


def _suite_line(view: Analytics, suite: SuiteSeries, place: int, href: Href, of: str) -> dict[str, Any]:
    dash, symbol = SUITE_SHAPES.get(suite.suite, OTHER_SHAPES[place % len(OTHER_SHAPES)])
    return line(suite.suite.capitalize(), _percents(suite), view.labels) | {
        "meta": {"role": _role(suite, place)},
        "line": {"dash": dash, "width": 2}, "marker": {"symbol": symbol, "size": 6},
        "text": [str(count) for count in suite.tests],
        "hovertemplate": f"%{{fullData.name}}: %{{y:.1f}} % of %{{text}} {of}<extra></extra>",
        "customdata": [href(label, None) for label in view.labels],
    }  # fmt: skip


def _role(suite: SuiteSeries, place: int) -> str:
    known = suite.suite in SUITE_SHAPES
    return f"suite-{suite.suite.lower()}" if known else f"suite-other-{place % len(OTHER_SHAPES)}"


def _percents(suite: SuiteSeries) -> list[float | None]:
    return [None if rate is None else round(rate * 100, 1) for rate in suite.pass_rate]


def durations(view: Analytics, before: Analytics | None, href: Href) -> Figure:
    """Median and ninetieth percentile; where fewer than FEW deploys stand behind a value it is a point, no line."""
    drawn: list[dict[str, Any]] = []
    for name, role, dash, symbol in (
        ("p90", "suite-sanity", "dash", "diamond"),
        ("p50", "accent", "solid", "circle"),
    ):
        values = [_minutes(one, name) for one in view.durations]
        shared = {
            "meta": {"role": role}, "x": list(view.labels), "type": "scatter", "connectgaps": False,
            "text": [_resting_on(one) for one in view.durations], "legendgroup": name, "name": name,
            "hovertemplate": f"{name} %{{y:.1f}} min, %{{text}}<extra></extra>",
            "customdata": [href(label, "SUCCESS") for label in view.labels],
        }  # fmt: skip
        many = [one.n >= FEW for one in view.durations]
        few = {"mode": "markers", "marker": {"symbol": f"{symbol}-open", "size": 7}, "showlegend": not any(many)}
        full = {"mode": "lines+markers", "line": {"dash": dash, "width": 2}, "marker": {"symbol": symbol, "size": 6}}
        drawn.append(shared | full | {"y": _where(values, many), "showlegend": any(many)})
        drawn.append(shared | few | {"y": _where(values, [not one for one in many])})
    if before:
        earlier = [_minutes(one, "p50") for one in before.durations]
        drawn.insert(0, _ghost("p50", earlier, view, before, "%{y:.1f} min"))
    return {"data": drawn, "layout": _layout(view, {"rangemode": "tozero", "ticksuffix": " min"})}


def _minutes(of: Durations, name: str) -> float | None:
    value: float | None = getattr(of, name)
    return None if value is None else round(value, 1)


def _resting_on(one: Durations) -> str:
    return f"n {number(one.n)}" if one.exact else f"n {number(one.n)}, within 1 %"


def _where(values: Sequence[float | None], mask: Sequence[bool]) -> list[float | None]:
    return [value if shown else None for value, shown in zip(values, mask, strict=True)]


def by_week(view: Analytics) -> bool:
    """Whether so many days are asked for that deploys are counted by the week."""
    return len(view.weeks) > LONG_RANGE / 7


def frequency(view: Analytics, before: Analytics | None, href: Href, week_href: KeyHref) -> Figure:
    """Deploys per day; of a long range per ISO week, partial weeks lighter."""
    axis = counts_axis(max((*view.deploys, *(before.deploys if before else ())), default=0))
    bar: dict[str, Any] = {"type": "bar", "name": "Deploys", "meta": {"role": "accent"}}
    if by_week(view):
        weeks = [_days_of(one) for one in view.weeks]
        bar |= {
            "x": [one.monday for one in view.weeks], "y": [one.deploys for one in view.weeks], "text": weeks,
            "textposition": "none", "customdata": [week_href(one.monday) for one in view.weeks],
            "hovertemplate": "%{y} deploys, %{text}<extra></extra>",
            "marker": {"opacity": [0.55 if one.partial else 1 for one in view.weeks]},
        }  # fmt: skip
        ghost = [_weeks_before(view, before)] if before else []
    else:
        bar |= {
            "x": list(view.labels), "y": list(view.deploys),
            "customdata": [href(label, FINISHED) for label in view.labels],
            "hovertemplate": "%{y} deploys<extra></extra>", "marker": {"opacity": _fading(view)},
        }  # fmt: skip
        ghost = [_steps(BEFORE, before.deploys, view, before)] if before else []
    layout = _layout(view, axis, bars=True, step="week" if by_week(view) else None) | {"showlegend": bool(ghost)}
    if by_week(view):
        layout["xaxis"] |= {"tick0": view.weeks[0].monday, "dtick": STEPS["week"] * -(-len(view.weeks) // WEEK_TICKS)}
    return {"data": [bar, *ghost], "layout": layout}


def _weeks_before(view: Analytics, before: Analytics) -> dict[str, Any]:
    pairs = list(zip(view.weeks, before.weeks, strict=False))
    return _stepped(BEFORE, [one.monday for one, _ in pairs], [one.deploys for _, one in pairs],
                    [_days_of(one) for _, one in pairs])  # fmt: skip


def _days_of(week: Week) -> str:
    return f"{week.start} to {week.end}{', partial' if week.partial else ''}"


def counts_axis(most: int) -> Figure:
    """An axis of counts: no more ticks than there are whole numbers."""
    return {"rangemode": "tozero", "tickformat": ",d", "nticks": max(2, min(most + 1, 8))}


def _fading(view: Analytics) -> list[float]:
    """The running day is lighter: it is not over."""
    return [0.55 if label == view.partial else 1 for label in view.labels]


def _so_far(view: Analytics, tops: Sequence[int]) -> list[dict[str, Any]]:
    """The words over the running day's bar."""
    if view.partial is None:
        return []
    top = tops[list(view.labels).index(view.partial)]
    return [{
        "type": "scatter", "mode": "text", "x": [view.partial], "y": [top], "text": ["so far"], "hoverinfo": "skip",
        "textposition": "top center", "showlegend": False, "cliponaxis": False,
    }]  # fmt: skip


def _steps(name: str, values: Sequence[int], view: Analytics, before: Analytics) -> dict[str, Any]:
    """The period before as the outline of its bars."""
    return _stepped(name, view.labels, values[: len(view.labels)], before.labels)


def _stepped(name: str, x: Sequence[str], y: Sequence[int], text: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "name": name, "legendrank": LAST, "meta": {"role": "nodata"},
        "x": list(x), "y": list(y),
        "text": [said(one) for one in text], "line": {"dash": "dot", "width": 2, "shape": "hvh"},
        "hovertemplate": "%{y} before, %{text}<extra></extra>",
    }  # fmt: skip


def _ghost(
    name: str, values: Sequence[float | None], view: Analytics, before: Analytics | None, shown: str
) -> dict[str, Any]:
    """The period before as a thin line without marks."""
    pairs = list(zip_longest(view.labels, values))[: len(view.labels)]
    dates = [said(one) for one in before.labels] if before else []
    return {
        "type": "scatter", "mode": "lines", "name": BEFORE, "legendrank": LAST, "meta": {"role": "nodata"},
        "connectgaps": False, "x": [label for label, _ in pairs], "y": [value for _, value in pairs], "text": dates,
        "line": {"dash": "dot", "width": 1.5},
        "hovertemplate": f"{plain(name)} {shown} before, %{{text}}<extra></extra>",
    }  # fmt: skip


def said(label: str) -> str:
    """A day as it is, an hour as `2026-02-24 10:00`."""
    return label if len(label) == 10 else f"{label[:10]} {label[11:16]}"


def _layout(view: Analytics, axis: Figure, *, bars: bool = False, step: str | None = None) -> Figure:
    layout = over_time(axis, step or view.filter.grain, len(view.labels))
    return layout | ({"barmode": "stack", "bargap": 0.15} if bars else {})
