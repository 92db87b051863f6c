"""The outermost layer of the web process: each request gets its id, each answer id and headers, and leaves one line.

The id is the caller's, else a new one; it is in the answer, in its errors and in every log line of the request. What
is measured goes by the route's template; the query may hold what is not ours to log.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask import Flask, g, request

import logs
from context import TOLD
from telemetry import measures, tracing
from web import request_body
from web.headers import Header, Headers

log = logging.getLogger("web")

HEADER = "X-Request-Id"
KEY = "dashboard.request_id"
ROUTE = "dashboard.route"
UNMEASURED = "dashboard.unmeasured"  # of our own requests, from before there are visitors
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")
SLOW_SECONDS = 1.0
OTHER = "other"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LONGEST_PATH = 200

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def install(server: Flask, headers: Headers) -> None:
    """Put the layer around the server."""
    server.wsgi_app = Edge(server.wsgi_app, headers)  # type: ignore[method-assign]  # Flask's documented way

    @server.before_request
    def remember() -> None:
        g.request_id = request.environ.get(KEY, "")
        if request.url_rule is not None:
            request.environ[ROUTE] = request.url_rule.rule


class Visit:
    """One request from its arrival until it is known what it came to."""

    def __init__(self, environ: Environ, request_id: str) -> None:
        self._environ = environ
        self._request_id = request_id
        self._begun = time.perf_counter()
        self._span = tracing.opened(environ.get("HTTP_TRACEPARENT"))
        self._over = False
        self.status = 500

    def left(self) -> None:
        """This thread goes on to others."""
        if self._span is not None:
            self._span.leave()

    def over(self, size: int) -> None:
        """Measure it, and write its line: a warning where it failed on our side or took long."""
        environ, seconds = self._environ, time.perf_counter() - self._begun
        if self._over or UNMEASURED in environ:
            return
        self._over = True
        method, route = environ.get("REQUEST_METHOD", OTHER), environ.get(ROUTE, OTHER)
        label = method if method in METHODS else OTHER
        measures.HTTP_REQUESTS.add(label, route, str(self.status))
        measures.HTTP_SECONDS.observe(seconds, label, route)
        failed = self.status >= 500
        if self._span is not None:
            said = {"http.request.method": label, "http.route": route, "http.response.status_code": self.status}
            self._span.end(f"{label} {route}", said | {"dashboard.request_id": self._request_id}, failed=failed)
        level = logging.WARNING if failed or seconds > SLOW_SECONDS else logging.INFO
        if log.isEnabledFor(level) and (level > logging.INFO or route not in measures.PROBES):
            log.log(level, "request", extra=self._line(method, route, seconds, size))

    def _line(self, method: str, route: str, seconds: float, size: int) -> Mapping[str, Any]:
        return {
            "requestId": self._request_id, "method": method[:16], "route": route,
            "path": self._environ.get("PATH_INFO", "")[:LONGEST_PATH], "status": self.status,
            "ms": round(seconds * 1000, 1), "bytes": size, **self._environ.get(TOLD, {}),
        }  # fmt: skip


class Edge:
    """WSGI middleware."""

    def __init__(self, inner: Application, headers: Headers) -> None:
        self._inner = inner
        self._headers = headers

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer by the inner application."""
        sent = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = environ[KEY] = sent if ACCEPTED.fullmatch(sent) else secrets.token_hex(12)
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        https = environ.get("wsgi.url_scheme") == "https" or environ.get("HTTP_X_FORWARDED_PROTO") == "https"
        visit = Visit(environ, request_id)
        streamed, answer = True, None

        def start(status: str, headers: list[Header], *error: Any) -> Any:
            nonlocal streamed
            visit.status = int(status[:3])
            length = next((value for name, value in headers if name.lower() == "content-length"), None)
            streamed = length is None
            if length is not None:
                visit.over(int(length))
            ours = self._headers.added(headers, path, query, ok=status.startswith("200"), https=https)
            return start_response(status, [*ours, (HEADER, request_id)], *error)

        request_body.guard(environ)
        token = logs.request_id.set(request_id)
        try:
            answer = self._inner(environ, start)
            return Streamed(answer, visit) if streamed else answer
        finally:
            if answer is None:
                visit.over(0)
            logs.request_id.reset(token)
            visit.left()


class Streamed:
    """An answer whose length nobody knows before it is sent: it is over when it is closed."""

    def __init__(self, inner: Iterable[bytes], visit: Visit) -> None:
        self._inner = inner
        self._visit = visit
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._inner:
            self._size += len(piece)
            yield piece

    def close(self) -> None:
        """The server has sent it, or gave up."""
        try:
            if (close := getattr(self._inner, "close", None)) is not None:
                close()
        finally:
            self._visit.over(self._size)
