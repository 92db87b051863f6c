"""Ask for everything once before the first visitor does.

Dash prepares itself during its first request without a lock: others arriving meanwhile get errors. Asked
here, in the parent process, that is over before anyone comes, and the compressed files are shared by all workers.
"""

import logging
import re

import dash
from dash import Dash
from flask import Flask
from flask.testing import FlaskClient

from web import charts_library, edge
from web.callback_bodies import ENDPOINT
from web.router import ROUTER, router_call

log = logging.getLogger(__name__)

LINKED = re.compile(r'(?:src|href)="(/[^"]+)"')
BODY = "page-body"
GZIP = {"Accept-Encoding": "gzip"}


def warm_up(server: Flask, app: Dash, *, pages: bool) -> list[str]:
    """Ask for the index, its files, the layout and (with `pages`) each page; what failed, which is logged."""
    client = server.test_client()
    client.environ_base[edge.UNMEASURED] = "warm-up"
    index = client.get("/", headers=GZIP | {"Accept-Encoding": "identity"})
    files = LINKED.findall(index.get_data(as_text=True))
    asked = ("/_dash-layout", "/_dash-dependencies", charts_library.ADDRESS, *files)
    failed = [path for path in asked if not _answers(client, path)]
    if pages:
        failed += [path for path in _page_paths() if not _renders(client, app, path)]
    for path in failed:
        log.warning("not warm", extra={"path": path})
    return failed


def _answers(client: FlaskClient, path: str) -> bool:
    return client.get(path, headers=GZIP).status_code == 200


def _page_paths() -> list[str]:
    """The pages that answer from memory: no connection may be open when the workers are forked."""
    pages = dash.page_registry.values()
    return [page["path"] for page in pages if not page.get("path_template") and not page.get("connects")]


def _renders(client: FlaskClient, app: Dash, path: str) -> bool:
    """Whether the page's layout comes, as the browser would ask for it."""
    return client.post(ENDPOINT, json=router_call(app, path), headers=GZIP).status_code == 200


def page_views(app: Dash) -> list[str]:
    """The callbacks that only show: going to a page, and drawing its body again."""
    return [name for name in app.callback_map if ROUTER in name or BODY in name]
