"""The charts' library, at the address where Dash looks for its own: a quarter of that, and only where charts are.

Dash fetches the library when the first chart of a visit is drawn, so pages without one never carry it; those with
charts name it in their index. Ours is the basic bundle of the same version, and beside it what paints charts in the
colours of the theme.
"""

import re
from pathlib import Path

from flask import Flask, Response, request

ADDRESS = "/_dash-component-suites/plotly/package_data/plotly.min.js"
GRAPH = "/_dash-component-suites/dash/dcc/async-graph.js"
WITH_CHARTS = re.compile(r"/analytics|/promotions|/(clusters|services)/[^/]+")
BUNDLE, PAINTING = "1-plotly-basic-*.min.js", "2-charts.js"


def brings(file: Path) -> bool:
    """Whether this file comes with the library."""
    return file.match(BUNDLE) or file.name == PAINTING


def tags(path: str) -> str:
    """What the index of a page with charts names beside the scripts of every page; nothing for other pages."""
    if not WITH_CHARTS.fullmatch(path):
        return ""
    return f'<link rel="prefetch" as="script" href="{GRAPH}"><script src="{ADDRESS}"></script>'


def install(server: Flask, assets: Path) -> None:
    """Serve it; a browser that has it asks whether it still holds."""
    [bundle] = assets.glob(BUNDLE)
    content = b"\n;\n".join(path.read_bytes() for path in (bundle, assets / PAINTING))
    whole = Response(content, mimetype="text/javascript")
    whole.add_etag()
    etag = whole.get_etag()[0] or ""

    @server.get(ADDRESS)
    def charts_library() -> Response:
        answer = Response(content, mimetype="text/javascript")
        answer.set_etag(etag)
        answer.cache_control.no_cache = True
        answer.make_conditional(request)  # changes it in place
        return answer
