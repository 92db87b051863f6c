"""An id for every request: the caller's or a new one; in the answer, its errors and each log line."""

import logging
import re
import secrets
import time

from flask import Flask, Response, g, request

import logs

log = logging.getLogger("web")

HEADER = "X-Request-Id"
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")
SLOW_SECONDS = 1.0


def install(server: Flask) -> None:
    """Give each request its id; log those that fail on our side or take long."""

    @server.before_request
    def begin() -> None:
        sent = request.headers.get(HEADER, "")
        g.request_id = sent if ACCEPTED.fullmatch(sent) else secrets.token_hex(12)
        g.begun = time.monotonic()
        logs.request_id.set(g.request_id)

    @server.teardown_request
    def forget(_error: BaseException | None) -> None:
        logs.request_id.set(None)

    @server.after_request
    def end(response: Response) -> Response:
        if "request_id" not in g:
            return response
        response.headers[HEADER] = g.request_id
        seconds = time.monotonic() - g.begun
        if response.status_code >= 500 or seconds > SLOW_SECONDS:
            log.warning(
                "request failed or was slow",
                extra={
                    "method": request.method,
                    "path": request.path,
                    "status": response.status_code,
                    "ms": round(seconds * 1000),
                },
            )
        return response
