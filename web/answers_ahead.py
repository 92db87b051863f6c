"""What a page asks for first, sent along with its index: three round trips less until a reader sees something.

The browser's side is `assets/1-answers-ahead.js`: it gives these texts to the first requests that ask for them, and
lets every other request through. An index is drawn for one request and kept nowhere, so what it carries is as new,
and as much the reader's own, as the answers would have been.
"""

from collections.abc import Iterator
from typing import Any, cast

import dash
from dash import Dash
from flask import Response, request
from flask.typing import ResponseReturnValue

from web.callback_bodies import ENDPOINT
from web.router import router_call

LAYOUT, DEPENDENCIES = "/_dash-layout", "/_dash-dependencies"
OURS = ("Cookie", "Authorization")  # whose view it is


def tags(app: Dash) -> str:
    """The answers as inert scripts, each with what it answers."""
    return "".join(
        f'<script type="application/json" class="answer-ahead" data-path="{path}" data-of="{of}">{text}</script>'
        for path, of, text in _answers(app)
    )


def _answers(app: Dash) -> Iterator[tuple[str, str, str]]:
    for path in (LAYOUT, DEPENDENCIES):
        yield path, "", _inert(_answer(app, path, None))
    view = _view(app)
    if view is not None:
        yield ENDPOINT, "router", view


def _view(app: Dash) -> str | None:
    """The first view of a page that is answered from memory: others would keep the index waiting."""
    page = next((one for one in dash.page_registry.values() if one["path"] == request.path), None)
    if request.method != "GET" or page is None or page.get("path_template") or page.get("connects"):
        return None
    search = request.query_string.decode("ascii", "replace")
    answer = _answer(app, ENDPOINT, router_call(app, request.path, f"?{search}" if search else ""))
    return _inert(answer) if answer.status_code == 200 else None


def _answer(app: Dash, path: str, body: Any) -> Response:
    headers = {name: request.headers[name] for name in OURS if name in request.headers}
    server = app.server
    with server.test_request_context(path, method="GET" if body is None else "POST", json=body, headers=headers):
        early = server.preprocess_request()
        answer = early if early is not None else cast(ResponseReturnValue, server.view_functions[path]())
        return cast(Response, server.make_response(answer))


def _inert(answer: Response) -> str:
    """JSON that cannot end the script it stands in: `<` is only ever part of its texts."""
    return answer.get_data(as_text=True).replace("<", "\\u003c")
