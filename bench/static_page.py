"""The limits beside our pages in a browser: files that are only sent, and a page as Dash makes it by itself."""

import gzip
import mimetypes
from pathlib import Path

from dash import Dash, dcc, html
from flask import Flask, Response, abort
from plotly.graph_objects import Bar, Figure

from web import compression
from web.warmup import warm_up

A_YEAR = "public, max-age=31536000, immutable"
INDEX = "index.html"
ALREADY_SMALL = (".woff2",)
DAYS = 14


def create_server(folder: str) -> Flask:
    """A server of the files in `folder`, held in memory and compressed; all but the page may be kept for a year."""
    root = Path(folder)
    files = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    answers = {name: _answer(name, content) for name, content in files.items()}
    server = Flask("static")

    @server.get("/")
    @server.get("/<path:name>")
    def file(name: str = INDEX) -> Response:
        body, headers = answers.get(name) or abort(404)
        return Response(body, headers=headers)

    return server


def _answer(name: str, content: bytes) -> tuple[bytes, dict[str, str]]:
    headers = {"Content-Type": mimetypes.guess_type(name)[0] or "application/octet-stream"}
    headers["Cache-Control"] = "no-store" if name == INDEX else A_YEAR
    if name.endswith(ALREADY_SMALL):
        return content, headers
    return gzip.compress(content, 9), headers | {"Content-Encoding": "gzip"}


def create_default() -> Flask:
    """A page of a chart and a table as Dash serves it without any care of ours but compression."""
    server = Flask("default")
    compression.install(server)
    app = Dash(
        "default", server=server, assets_folder="none",  # type: ignore[arg-type]  # Dash types it too narrowly
    )  # fmt: skip
    figure = Figure(Bar(x=list(range(DAYS)), y=list(range(DAYS))))
    rows = [html.Tr([html.Td(str(n)), html.Td(str(n * n))]) for n in range(DAYS)]
    app.layout = html.Div([html.H1("Default"), dcc.Graph(figure=figure), html.Table(rows)])
    warm_up(server, app, pages=False)  # an unprepared Dash at times fails its first visitors
    return server
