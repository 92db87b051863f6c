"""What surrounds every page: head, navigation, freshness, pause, refresh, theme, footer.

The buttons have no server callbacks: `assets/3-live.js` listens to them, polls the generation and sets LIVE
when the pages should draw what changed.
"""

from typing import Any

import dash
from dash import dcc, html

PRODUCT = "Deployment & Quality Dashboard"
SHORT = "DQD"
LIVE = "live"

INDEX_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
{%css%}
</head>
<body>
{%app_entry%}
<div hidden>{%config%}{%scripts%}{%renderer%}</div>
</body>
</html>
"""

NAVIGATION = (
    ("Overview", "/"),
    ("Clusters", "/clusters"),
    ("Services", "/services"),
    ("Promotions", "/promotions"),
    ("Delivery", "/delivery"),
    ("Analytics", "/analytics"),
    ("Quality", "/quality"),
    ("Score card", "/scorecard"),
    ("Alerts", "/alerts"),
    ("Ingest", "/ingest"),
)


def layout(open_access: bool = True, version: str = "") -> html.Div:
    """The frame; pages are drawn into its main landmark."""
    return html.Div(
        [
            html.A("Skip to content", href="#content", className="skip-link"),
            _header(),
            html.Main([html.Div(id="problem"), dash.page_container], id="content", tabIndex="-1"),
            _footer(open_access, version),
            html.P(id="print-line", className="print-line"),
            dcc.Store(id=LIVE),
        ]
    )


def _header() -> html.Header:
    names = [html.Span(PRODUCT, className="brand-long"), html.Span(SHORT, className="brand-short")]
    brand = html.A(names, href="/", className="brand")
    items = [html.Li(html.A(words, href=path)) for words, path in NAVIGATION]
    menu = html.Nav(html.Ul(items), className="menu", **_attributes(aria_label="Main"))
    return html.Header([brand, menu, _freshness(), _buttons(), *_kiosk()], className="bar")


def _kiosk() -> list[Any]:
    """What the bar shows where there are no buttons: the time, and the way out."""
    leave = html.Button("Leave kiosk", id="kiosk-leave", type="button", className="kiosk-leave", title="Esc")
    return [html.Span(id="clock", className="kiosk-clock"), leave]


def _freshness() -> html.Div:
    """The state is announced when it changes; the ticking seconds are only seen."""
    return html.Div(
        [
            html.Span(className="dot", **_attributes(aria_hidden="true")),
            html.Span(id="freshness-text", **_attributes(aria_hidden="true")),
            html.Span(id="freshness-state", role="status", className="visually-hidden"),
        ],
        id="freshness",
        className="freshness",
        **_attributes(data_state="loading"),
    )


def _buttons() -> html.Div:
    """The first three always; the others fold into a menu where the screen is small."""
    zone = html.Span("UTC", id="zone-short", className="zone-short")
    others = [
        _button("zone", "clock", "UTC: show local times (z)", zone, words=": show local times"),
        _button("link", "link-45deg", "Copy the link to this view (c)", words="Copy the link", data_copy="address"),
        _button("theme", "circle-half", "Light or dark (t)", words="Light or dark"),
        _button("kiosk", "tv", "Kiosk mode (f)", words="Kiosk mode"),
        _button("keys", "keyboard", "Keyboard (?)", words="Keyboard"),
    ]
    more = _button("more", "three-dots", "More", aria_expanded="false", aria_controls="more-list")
    return html.Div(
        [
            _button("search", "search", "Search (/)"),
            _button("pause", "pause-fill", "Pause live updates", aria_pressed="false"),
            _button("refresh", "arrow-clockwise", "Refresh now (r)"),
            html.Div([more, html.Div(others, id="more-list", className="more-list")], className="more"),
        ],
        className="bar-buttons",
    )


def _button(name: str, symbol: str, label: str, *beside: Any, words: str = "", **more: str) -> html.Button:
    """`words`: what a menu says beside the symbol."""
    look = html.I(className=f"bi bi-{symbol}", **_attributes(aria_hidden="true"))
    seen = [look, *beside, html.Span(words, className="button-words") if words else None]
    given = _attributes(aria_label=label, **more)
    return html.Button(seen, id=f"{name}-button", type="button", className="icon-button", title=label, **given)


def _footer(open_access: bool, version: str) -> html.Footer:
    access = "Open on this network: sign-in is not configured." if open_access else ""
    return html.Footer(
        [
            html.Span(access),
            html.Span("Times are UTC, days are UTC days.", id="zone-words"),
            html.A("What the numbers mean", href="/docs/metrics"),
            html.A("API", href="/api/docs"),
            html.Span(f"Version {version}") if version else None,
        ],
        className="foot",
    )


def problem(reference: str) -> html.Div:
    """The banner where a page could not be drawn at all."""
    return html.Div(f"This page could not be drawn. Reference: {reference}", className="problem", role="alert")


def _attributes(**given: str) -> dict[str, Any]:
    """`aria_label="x"` as the keyword Dash wants; strict typing knows no dashes."""
    return {name.replace("_", "-"): value for name, value in given.items()}
