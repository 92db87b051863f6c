"""Errors as RFC 9457 problem JSON: one table from our errors to HTTP, and the answer they make."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from flask import Blueprint, Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from data.errors import (
    Conflict,
    DashboardError,
    Forbidden,
    InvalidRequest,
    NotFound,
    RateLimited,
    Unauthorized,
    Unavailable,
)

log = logging.getLogger("api")

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SEC = "5"
OURS = ("/api", "/healthz", "/readyz")


@dataclass(frozen=True, slots=True)
class Kind:
    """What callers are told of one class of error."""

    status: int
    slug: str
    title: str
    headers: Mapping[str, str]


KINDS: dict[type[DashboardError], Kind] = {
    InvalidRequest: Kind(400, "invalid-request", "The request is not valid", {}),
    Unauthorized: Kind(401, "unauthorized", "Credentials are missing or wrong", {"WWW-Authenticate": "Bearer"}),
    Forbidden: Kind(403, "forbidden", "The credentials do not allow this", {}),
    NotFound: Kind(404, "not-found", "There is no such thing", {}),
    Conflict: Kind(409, "conflict", "Somebody else was faster", {}),
    RateLimited: Kind(429, "rate-limited", "Too much at once; go on later", {}),
    Unavailable: Kind(
        503, "unavailable", "A dependency does not answer; try again", {"Retry-After": RETRY_AFTER_SEC}
    ),
}
INTERNAL = Kind(500, "internal", "Something failed on our side", {})


def register(blueprint: Blueprint) -> None:
    """Errors of this blueprint's routes, and of those registered on it, become problems."""
    blueprint.register_error_handler(DashboardError, of_ours)
    blueprint.register_error_handler(HTTPException, of_http)
    blueprint.register_error_handler(Exception, of_the_unforeseen)


def register_routing(server: Flask) -> None:
    """Errors from before a route was found, where the address is the API's; pages keep their own."""
    server.register_error_handler(HTTPException, lambda error: of_http(error) if is_ours() else error)


def is_ours() -> bool:
    """Whether the request's address belongs to the API or to health."""
    return request.path in OURS or request.path.startswith("/api/")


def of_ours(error: DashboardError) -> Response:
    """The problem of an error we raised on purpose."""
    kind = next(kind for cls, kind in KINDS.items() if isinstance(error, cls))
    if isinstance(error, Unavailable):
        log.warning("dependency away", extra={"reason": str(error)})
        return problem(kind, kind.title)  # which table or queue it was is for the log
    answer = problem(kind, str(error), field=error.field if isinstance(error, InvalidRequest) else None)
    if isinstance(error, RateLimited):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def of_http(error: HTTPException) -> Response:
    """The problem of an error raised by Flask itself; its status and headers stay."""
    code = error.code or INTERNAL.status
    kept = ("Allow", "Retry-After", "WWW-Authenticate")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    kind = Kind(code, error.name.lower().replace(" ", "-"), error.name, headers)
    return problem(kind, error.description or error.name)


def of_the_unforeseen(error: Exception) -> Response:
    """500, without a word of what it was: that is in the log, under the request's id."""
    log.error("request failed", exc_info=error)
    return problem(INTERNAL, "the request id finds what happened in the log")


def problem(kind: Kind, detail: str, field: str | None = None) -> Response:
    """The problem document as an answer."""
    body = {
        "type": f"/api/docs#{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "requestId": g.get("request_id"),
    }
    if field is not None:
        body["field"] = field
    answer = Response(orjson.dumps(body), kind.status, mimetype=MEDIA_TYPE)
    answer.headers.update({"Cache-Control": "no-store", **kind.headers})
    return answer
