"""The charts of delivery: what went out, how long commits took, what failed, how soon it was mended."""

from collections.abc import Callable, Sequence
from typing import Any

from components.analytics_figures import PERCENTILES, counts_axis
from components.figures import FEW_STEPS, Figure, line, over_time
from components.words import age, number
from data.delivery_views import Bucket, Delivery
from data.models import Day

Href = Callable[[Day], str]
HOUR, DAY = 3600, 86_400


def deployments(shown: Delivery, href: Href) -> Figure:
    """Stacked bars, the failed ones at the baseline; before the first event there is none."""
    buckets = shown.buckets
    series = (
        ("Failed since", "failed", "x", [_known(one, one.failed) for one in buckets]),
        ("Held", "success", "", [_known(one, (one.deployments or 0) - one.failed) for one in buckets]),
    )
    bars = [_bar(name, role, shape, values, shown, href) for name, role, shape, values in series]
    most = max((one.deployments or 0 for one in buckets), default=0)
    return {"data": bars, "layout": _layout(shown, counts_axis(most)) | {"barmode": "stack", "bargap": 0.15}}


def troubles(shown: Delivery, failed: Href, restores: Href) -> Figure:
    """Bars beside each other: deployments that failed, and restores, by when each began."""
    buckets = shown.buckets
    bars = [
        _bar("Failed deployments", "failed", "x", [one.failed for one in buckets], shown, failed),
        _bar("Restores", "rollback", "/", [one.restores for one in buckets], shown, restores),
    ]
    most = max((max(one.failed, one.restores) for one in buckets), default=0)
    own = {"barmode": "group", "bargap": 0.3, "hovermode": "closest"}
    return {"data": bars, "layout": _layout(shown, counts_axis(most)) | own}


def lead_times(shown: Delivery, href: Href) -> Figure:
    """Median and ninetieth percentile; a bucket without commit times is a gap."""
    values = {"p90": [one.lead_p90 for one in shown.buckets], "p50": [one.lead_p50 for one in shown.buckets]}
    return _times(shown, values, [one.lead_n for one in shown.buckets], "commits", href)


def recovery(shown: Delivery, href: Href) -> Figure:
    """The median time to recover of what failed then; a bucket without a recovered failure is a gap."""
    values = {"p50": [one.recovery_p50 for one in shown.buckets]}
    return _times(shown, values, [one.recovery_n for one in shown.buckets], "recovered", href)


def unit(values: Sequence[float | None]) -> tuple[float, str]:
    """The seconds and the name of the unit that suits these times: days from two days on, else hours, minutes."""
    longest = max((one for one in values if one is not None), default=0.0)
    if longest >= 2 * DAY:
        return DAY, "days"
    return (HOUR, "h") if longest >= HOUR else (60, "min")


def _known(one: Bucket, value: int) -> int | None:
    return None if one.deployments is None else value


def _bar(
    name: str, role: str, shape: str, values: Sequence[int | None], shown: Delivery, href: Href
) -> dict[str, Any]:
    return {
        "type": "bar", "name": name, "meta": {"role": role}, "x": _labels(shown), "y": list(values),
        "customdata": [href(one.label) for one in shown.buckets],
        "text": [_said(one, shown.grain) for one in shown.buckets], "textposition": "none",
        "hovertemplate": f"%{{y}} {name.lower()}, %{{text}}<extra></extra>",
        "marker": {
            "opacity": [0.55 if one.partial else 1 for one in shown.buckets],
            "pattern": {"shape": shape, "fillmode": "overlay"},
        },
    }  # fmt: skip


def _times(
    shown: Delivery, values: dict[str, list[float | None]], counts: Sequence[int], of: str, href: Href
) -> Figure:
    seconds, name = unit([one for series in values.values() for one in series])
    drawn: list[dict[str, Any]] = []
    for percentile, role, dash, symbol in PERCENTILES:
        if percentile not in values:
            continue
        series = values[percentile]
        shared = line(
            percentile, [None if one is None else round(one / seconds, 2) for one in series], _labels(shown)
        )
        drawn.append(shared | {
            "meta": {"role": role}, "line": {"dash": dash, "width": 2}, "marker": {"symbol": symbol, "size": 7},
            "text": [_resting_on(one, n, of) for one, n in zip(series, counts, strict=True)],
            "hovertemplate": f"{percentile} %{{text}}<extra></extra>",
            "customdata": [href(one.label) for one in shown.buckets],
        })  # fmt: skip
    return {"data": drawn, "layout": _layout(shown, {"rangemode": "tozero", "ticksuffix": f" {name}"})}


def _resting_on(value: float | None, n: int, of: str) -> str:
    return "" if value is None else f"{age(value)}, n {number(n)} {of}"


def _labels(shown: Delivery) -> list[str]:
    return [one.label for one in shown.buckets]


def _said(one: Bucket, grain: str) -> str:
    words = {"day": one.label, "week": f"week from {one.label}", "month": one.label[:7]}[grain]
    return f"{words}, partial" if one.partial else words


def _layout(shown: Delivery, axis: Figure) -> Figure:
    """Days and weeks narrow the range by a drag; months are too coarse for that."""
    if shown.grain != "month":
        return over_time(axis, shown.grain, len(shown.buckets))
    months: Figure = {"type": "date", "tickformat": "%Y-%m", "showgrid": False, "hoverformat": "%Y-%m"}
    if len(shown.buckets) <= FEW_STEPS:
        months["dtick"] = "M1"
    return {
        "xaxis": months, "yaxis": axis | {"fixedrange": True}, "showlegend": True, "hovermode": "x unified",
        "uirevision": "kept",
    }  # fmt: skip
