"""The outermost layer of the web process: each request gets its id, each answer id and headers, failures a line.

The id is the caller's, else a new one; it is in the answer, in its errors and in every log line of the request.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, g, request

import logs
from web import request_body
from web.headers import Header, Headers

log = logging.getLogger("web")

HEADER = "X-Request-Id"
KEY = "dashboard.request_id"
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")
SLOW_SECONDS = 1.0

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def install(server: Flask, headers: Headers) -> None:
    """Put the layer around the server."""
    server.wsgi_app = Edge(server.wsgi_app, headers)  # type: ignore[method-assign]  # Flask's documented way

    @server.before_request
    def remember() -> None:
        g.request_id = request.environ.get(KEY, "")


class Edge:
    """WSGI middleware."""

    def __init__(self, inner: Application, headers: Headers) -> None:
        self._inner = inner
        self._headers = headers

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer by the inner application."""
        begun = time.monotonic()
        sent = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = environ[KEY] = sent if ACCEPTED.fullmatch(sent) else secrets.token_hex(12)
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        https = environ.get("wsgi.url_scheme") == "https" or environ.get("HTTP_X_FORWARDED_PROTO") == "https"

        def start(status: str, headers: list[Header], *error: Any) -> Any:
            _report(environ, status, begun)
            ours = self._headers.added(headers, path, query, ok=status.startswith("200"), https=https)
            return start_response(status, [*ours, (HEADER, request_id)], *error)

        request_body.guard(environ)
        token = logs.request_id.set(request_id)
        try:
            return self._inner(environ, start)
        finally:
            logs.request_id.reset(token)


def _report(environ: Environ, status: str, begun: float) -> None:
    """A line for an answer that failed on our side or took long; the query may hold what is not ours to log."""
    seconds = time.monotonic() - begun
    if status.startswith("5") or seconds > SLOW_SECONDS:
        log.warning(
            "request failed or was slow",
            extra={
                "method": environ.get("REQUEST_METHOD"),
                "path": environ.get("PATH_INFO"),
                "status": status[:3],
                "ms": round(seconds * 1000),
            },
        )
