"""The charts' library, at the address where Dash looks for its own: a quarter of that, and only where charts are.

Dash fetches the library when the first chart of a visit is drawn, so pages without one never carry it; those with
charts name it in their index. Ours is the basic bundle of the same version, and beside it what paints charts in the
colours of the theme.
"""

import re
from pathlib import Path

from flask import Flask, Response, request

from web.bundles import Bundle
from web.headers import A_YEAR

ADDRESS = "/_dash-component-suites/plotly/package_data/plotly.min.js"
GRAPH = "/_dash-component-suites/dash/dcc/async-graph.js"
WITH_CHARTS = re.compile(r"/analytics|/delivery|/promotions|/(clusters|services)/[^/]+")
BUNDLE, PAINTING = "1-plotly-basic-*.min.js", "2-charts.js"


def brings(file: Path) -> bool:
    """Whether this file comes with the library."""
    return file.match(BUNDLE) or file.name == PAINTING


def bundle(assets: Path) -> Bundle:
    """The library, and behind it what paints."""
    [library] = assets.glob(BUNDLE)
    content = b"\n;\n".join(path.read_bytes() for path in (library, assets / PAINTING))
    return Bundle(ADDRESS, content, "text/javascript")


def tags(path: str, library: Bundle) -> str:
    """What the index of a page with charts names beside the scripts of every page; nothing for other pages."""
    if not WITH_CHARTS.fullmatch(path):
        return ""
    return f'<link rel="prefetch" as="script" href="{GRAPH}"><script src="{library.address}"></script>'


def install(server: Flask, library: Bundle) -> None:
    """Serve it: named by its content it is kept for good; who asks as Dash does asks again whether it still holds."""

    @server.get(library.path)
    def charts_library() -> Response:
        answer = Response(library.content, mimetype=library.mimetype)
        if request.args.get("m") == library.fingerprint:
            answer.headers["Cache-Control"] = A_YEAR
            return answer
        answer.set_etag(library.fingerprint)
        answer.cache_control.no_cache = True
        answer.make_conditional(request)  # changes it in place
        return answer
