"""The lying bars of the analytics page: what attempts failed for, and what is flaky."""

from collections.abc import Sequence
from typing import Any

from components.analytics_figures import BEFORE, KeyHref, counts_axis
from components.figures import Figure, plain
from components.words import counted, wrapped
from data.analytics_views import Flake
from data.views import Analytics

WIDE_LABEL = 30  # letters on a line of a bar's label
LONGEST_LABEL = 54
TOP = 8


def reasons(view: Analytics, before: Analytics | None, href: KeyHref) -> Figure:
    """Lying bars, the most frequent on top; others last. A bar leads to its attempts."""
    shown = view.reasons.all
    labels = _unique([one.words for one in shown])
    series = (
        ("Failed", "failed", "x", [one.failed for one in shown]),
        ("Rolled back", "rollback", "/", [one.rolled_back for one in shown]),
    )
    bars = [
        {
            "type": "bar", "orientation": "h", "name": name, "meta": {"role": role}, "y": labels, "x": values,
            "customdata": [href(one.key) for one in shown], "hovertemplate": f"%{{x}} {name.lower()}<extra></extra>",
            "marker": {"pattern": {"shape": shape, "fillmode": "overlay"}},
        }
        for name, role, shape, values in series
    ]  # fmt: skip
    earlier = {one.key: one.attempts for one in before.reasons.all} if before else {}
    ghost = {
        "type": "scatter", "mode": "markers", "name": BEFORE, "meta": {"role": "nodata"}, "y": labels,
        "x": [earlier.get(one.key) for one in shown],
        "marker": {"symbol": "line-ns-open", "size": 20, "line": {"width": 2}},
        "hovertemplate": "%{x} in the period before<extra></extra>",
    }  # fmt: skip
    nothing = [] if shown else _nothing("Nothing failed or was rolled back.")
    return {
        "data": [*bars, *([ghost] if before else []), *nothing],
        "layout": _lying([one.attempts for one in shown]),
    }


def flakes(view: Analytics, href: KeyHref) -> Figure:
    """Lying bars: versions over which a suite or the deploy said two things."""
    top = view.flakes.found[:TOP]
    bar = {
        "type": "bar", "orientation": "h", "name": "Flipped", "meta": {"role": "rollback"},
        "y": _unique([flake_words(one) for one in top]), "x": [one.flipped for one in top],
        "text": [f"{one.flipped} of {one.n}" for one in top], "textposition": "outside", "cliponaxis": False,
        "customdata": [href(one.key) for one in top],
        "hovertemplate": "%{text} versions judged more than once<extra></extra>",
        "marker": {"pattern": {"shape": "/", "fillmode": "overlay"}},
    }  # fmt: skip
    tried = (
        counted(view.flakes.repeated, "version was", "versions were") if view.flakes.repeated else "No version was"
    )
    rest = ", none flipped." if view.flakes.repeated else "."
    nothing = [] if top else _nothing(f"{tried} judged more than once{rest}")
    return {
        "data": [bar, *nothing],
        "layout": _lying([one.flipped for one in top]) | {"showlegend": False, "margin": {"r": 56, "t": 8}},
    }


def flake_words(one: Flake) -> str:
    """`authn: regression`."""
    return f"{one.service_id}: {one.suite.lower() if one.suite else 'deploy'}"


def _unique(labels: Sequence[str]) -> list[str]:
    """Broken into lines, and no two alike: an axis puts equal labels in one place."""
    out: list[str] = []
    for label in labels:
        lines = "<br>".join(plain(one) for one in wrapped(_shortened(label), WIDE_LABEL, 2))
        out.append(lines + "\u200b" * sum(one.rstrip("\u200b") == lines for one in out))
    return out


def _shortened(label: str) -> str:
    """Head and tail: what begins alike often ends otherwise."""
    if len(label) <= LONGEST_LABEL:
        return label
    tail = label[-LONGEST_LABEL // 2 :].partition(" ")[2]
    return f"{wrapped(label, LONGEST_LABEL - len(tail) - 2, 1)[0].removesuffix('…').rstrip()} … {tail}"


def _lying(lengths: Sequence[int]) -> Figure:
    """Few bars are no thicker than many."""
    return {
        "xaxis": counts_axis(max(lengths, default=0)) | {"fixedrange": True},
        "yaxis": {"type": "category", "autorange": "reversed", "showgrid": False, "fixedrange": True,
                  "ticklabelstandoff": 6},
        "barmode": "stack", "bargap": max(0.35, 1 - len(lengths) / 12), "hovermode": "closest",
        "uirevision": "kept", "showlegend": True,
    }  # fmt: skip


def _nothing(words: str) -> list[dict[str, Any]]:
    """What stands where there are no bars."""
    return [{
        "type": "scatter", "mode": "text", "x": [0], "y": [" "], "text": [words], "textposition": "middle right",
        "hoverinfo": "skip", "showlegend": False, "cliponaxis": False,
    }]  # fmt: skip
