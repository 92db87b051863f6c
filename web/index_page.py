"""The index of every page: our own files as one style sheet and one script, and nothing that no page uses.

Dash names each file of `assets/` by itself and adds libraries for browsers and components we do not have; forty
requests and their scripts were a quarter of a second of a warm start.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask, Response, request

from web import answers_ahead, charts_library
from web.bundles import Bundle

STYLES, SCRIPTS = "/assets/dashboard.css", "/assets/dashboard.js"
FIRST = "0-theme.js"  # stands in the index itself: nothing may be painted before it
# Code for browsers that cannot show the pages anyway, and the table component, of which there is none.
UNUSED = re.compile(r'<script src="[^"]*/(?:deps/polyfill@|dash_table/)[^"]*"></script>\n?')


@dataclass(frozen=True, slots=True)
class Own:
    """What the index names, or holds, of ours."""

    styles: Bundle
    scripts: Bundle
    charts: Bundle
    first: str

    @property
    def csp_hash(self) -> str:
        """What the Content-Security-Policy calls the script that stands in the index."""
        return f"'sha256-{base64.b64encode(hashlib.sha256(self.first.encode()).digest()).decode()}'"


def own_files(assets: Path) -> Own:
    """All files in the order of their names, but for those that come otherwise."""
    scripts = (one for one in sorted(assets.glob("*.js")) if one.name != FIRST and not charts_library.brings(one))
    return Own(
        Bundle(STYLES, b"\n".join(one.read_bytes() for one in sorted(assets.glob("*.css"))), "text/css"),
        Bundle(SCRIPTS, b"\n;\n".join(one.read_bytes() for one in scripts), "text/javascript"),
        charts_library.bundle(assets),
        (assets / FIRST).read_text(),
    )


class OwnIndex(Dash):
    """Dash with our files in its index."""

    own: Own

    def interpolate_index(self, *args: Any, **parts: Any) -> Any:
        """The index page."""
        styles = f'<link rel="stylesheet" href="{self.own.styles.address}">'
        parts["css"] = f"<script>{self.own.first}</script>{styles}{parts['css']}"
        parts["scripts"] = "".join((
            charts_library.tags(request.path, self.own.charts),
            UNUSED.sub("", parts["scripts"]),
            answers_ahead.tags(self),
            f'<script src="{self.own.scripts.address}"></script>',
        ))  # fmt: skip
        return super().interpolate_index(*args, **parts)  # type: ignore[no-untyped-call]  # Dash leaves it untyped


def install(server: Flask, own: Own) -> None:
    """Serve the bundles."""
    charts_library.install(server, own.charts)
    for bundle in (own.styles, own.scripts):
        server.add_url_rule(bundle.path, bundle.path, _serving(bundle))


def _serving(bundle: Bundle) -> Callable[[], Response]:
    return lambda: Response(bundle.content, mimetype=bundle.mimetype)
