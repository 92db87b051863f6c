"""Charts as plain dicts: what every chart shares.

Colours are not here: each trace names its role, `assets/2-charts.js` paints roles in the theme's colours.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

from components.tags import CORE, Node, node

Figure = dict[str, Any]

FEW = 5  # fewer points than this are no trend: no line between them
CONFIG: dict[str, Any] = {
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "displayModeBar": "hover",
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"scale": 2},
}
# Where a drag narrows the page's range, zooming the chart alone would be a second meaning of the same thing.
NARROWING = ("zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d")
STEPS = {"day": 86_400_000, "hour": 3_600_000, "week": 7 * 86_400_000}
FEW_STEPS = 8


def graph(graph_id: dict[str, str], figure: Figure, file_name: str = "") -> Node:
    """A chart of fixed height and fluid width; as an image it is called `file_name`."""
    config = CONFIG
    if file_name:
        config = config | {"toImageButtonOptions": {"scale": 2, "filename": file_name}}
    if "narrow" in figure["layout"].get("meta", {}):
        config = config | {"modeBarButtonsToRemove": [*CONFIG["modeBarButtonsToRemove"], *NARROWING]}
    return node(CORE, "Graph", id=graph_id, figure=figure, config=config, className="chart")


def narrowing(step: str) -> Figure:
    """What makes a drag along the x axis narrow the page's `from` and `to` to whole days, hours or weeks."""
    return {"meta": {"narrow": step}, "dragmode": "zoom"}


def line(name: str, values: Sequence[float | None], labels: Sequence[str]) -> dict[str, Any]:
    """A line with its points; few points are no trend, and a gap stays one."""
    points = sum(value is not None for value in values)
    return {
        "type": "scatter", "mode": "lines+markers" if points >= FEW else "markers", "name": plain(name),
        "x": list(labels), "y": list(values), "connectgaps": False,
    }  # fmt: skip


def over_time(axis: Figure, step: str, length: int) -> Figure:
    """The layout of a chart with one value a day, hour or week; dragging in it narrows the range."""
    by_hour = step == "hour"
    times: Figure = {
        "type": "date", "tickformat": "%H:%M" if by_hour else "%m-%d", "showgrid": False,
        "hoverformat": "%Y-%m-%d %H:%M UTC" if by_hour else "%Y-%m-%d UTC",
    }  # fmt: skip
    if length <= FEW_STEPS:
        times["dtick"] = STEPS[step]  # else ticks between the days would repeat their names
    return {
        "xaxis": times, "yaxis": axis | {"fixedrange": True}, "showlegend": True, "hovermode": "x unified",
        "uirevision": "kept",
    } | narrowing(step)  # fmt: skip


def plain(text: str) -> str:
    """Text that plotly shows as it is: its labels understand markup and templates."""
    return escape(text, quote=False).replace("%{", "% {")
