"""Charts as plain dicts: what is drawn and where a click leads.

Colours are not here: each trace names its role, `assets/2-charts.js` paints roles in the theme's colours.
"""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from components.tags import CORE, Node, node
from data.models import Day
from data.views import Analytics, SuiteSeries

Figure = dict[str, Any]
Href = Callable[[Day, str | None], str]

FEW = 5  # fewer points than this are no trend: no line between them
CONFIG = {
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "displayModeBar": "hover",
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"scale": 2},
}
SUITE_SHAPES = {
    "FUNCTIONAL": ("solid", "circle"),
    "SANITY": ("dash", "diamond"),
    "REGRESSION": ("dot", "square"),
}
OTHER_SHAPES = (("dashdot", "triangle-up"), ("longdash", "x"), ("longdashdot", "star"))


def graph(graph_id: dict[str, str], figure: Figure) -> Node:
    """A chart of fixed height and fluid width."""
    return node(CORE, "Graph", id=graph_id, figure=figure, config=CONFIG, className="chart")


def builds_per_day(view: Analytics, href: Href) -> Figure:
    """Stacked bars, failures at the baseline; a bar leads to its attempts."""
    series = (
        ("Failed", "failed", "x", view.failed, "FAILED"),
        ("Rolled back", "rollback", "/", view.rollback, "ROLLBACK"),
        ("Success", "success", "", view.success, "SUCCESS"),
        ("In progress", "progress", ".", view.in_progress, "IN_PROGRESS"),
    )
    bars = [
        {
            "type": "bar", "name": name, "meta": {"role": role}, "x": list(view.labels), "y": list(counts),
            "customdata": [href(day, status) for day in view.labels],
            "hovertemplate": f"%{{y}} {name.lower()}<extra></extra>",
            "marker": {"opacity": _fading(view), "pattern": {"shape": shape, "fillmode": "overlay"}},
        }
        for name, role, shape, counts, status in series
    ]  # fmt: skip
    return {"data": bars, "layout": _layout({"rangemode": "tozero", "tickformat": ",d"}, barmode="stack")}


def pass_rates(view: Analytics, href: Href) -> Figure:
    """One line per suite, in percent; a day without tests is a gap."""
    lines = [_suite_line(view, suite, place, href) for place, suite in enumerate(view.suites)]
    axis = {"ticksuffix": " %", "autorangeoptions": {"include": [95, 100], "clipmax": 100.4}}
    return {"data": lines, "layout": _layout(axis)}


def _suite_line(view: Analytics, suite: SuiteSeries, place: int, href: Href) -> dict[str, Any]:
    dash, symbol = SUITE_SHAPES.get(suite.suite, OTHER_SHAPES[place % len(OTHER_SHAPES)])
    known = suite.suite in SUITE_SHAPES
    values = [None if rate is None else round(rate * 100, 1) for rate in suite.pass_rate]
    return _line(suite.suite.capitalize(), values, view.labels) | {
        "meta": {"role": f"suite-{suite.suite.lower()}" if known else f"suite-other-{place % 3}"},
        "line": {"dash": dash, "width": 2}, "marker": {"symbol": symbol, "size": 6},
        "text": [str(count) for count in suite.tests],
        "hovertemplate": "%{fullData.name}: %{y:.1f} % of %{text} tests<extra></extra>",
        "customdata": [href(day, None) for day in view.labels],
    }  # fmt: skip


def deploy_minutes(view: Analytics, href: Href) -> Figure:
    """Mean deploy duration of successful attempts; a day without one is a gap."""
    values = [None if value is None else round(value, 1) for value in view.deploy_minutes]
    line = _line("Deploy duration", values, view.labels) | {
        "meta": {"role": "accent"}, "line": {"width": 2}, "marker": {"size": 6},
        "hovertemplate": "%{y:.1f} min on average<extra></extra>",
        "customdata": [href(day, "SUCCESS") for day in view.labels],
    }  # fmt: skip
    return {"data": [line], "layout": _layout({"rangemode": "tozero", "ticksuffix": " min"}, legend=False)}


def _line(name: str, values: Sequence[float | None], days: Sequence[Day]) -> dict[str, Any]:
    points = sum(value is not None for value in values)
    return {
        "type": "scatter", "mode": "lines+markers" if points >= FEW else "markers", "name": plain(name),
        "x": list(days), "y": list(values), "connectgaps": False,
    }  # fmt: skip


def _fading(view: Analytics) -> list[float]:
    """The running day is lighter: it is not over."""
    return [0.55 if day == view.partial else 1 for day in view.labels]


def _layout(axis: dict[str, Any], barmode: str | None = None, legend: bool = True) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "xaxis": {"type": "date", "tickformat": "%m-%d", "hoverformat": "%Y-%m-%d UTC", "showgrid": False},
        "yaxis": axis, "showlegend": legend, "hovermode": "x unified", "uirevision": "kept",
    }  # fmt: skip
    return layout | ({"barmode": barmode, "bargap": 0.15} if barmode else {})


def plain(text: str) -> str:
    """Text that plotly shows as it is: its labels understand markup and templates."""
    return escape(text, quote=False).replace("%{", "% {")
