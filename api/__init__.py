"""HTTP in, JSON out: the read API, the intake, health and documentation, put on the server in one call."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from flask import Blueprint, Flask, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from api import (
    alerts,
    badges,
    deliveries,
    delivery,
    docs,
    errors,
    events,
    explain,
    exports,
    exports_analytics,
    exports_delivery,
    health,
    ingest_status,
    intake,
    junit,
    params,
    point_in_time,
    promotion_debt,
    quality,
    quarantine,
    read,
    scorecards,
    search,
    service_history,
    webhooks,
)
from api.caching import Answers
from data.errors import NotFound

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")
UNKNOWN = "unknown"
WITHOUT_PARAMETERS = ("api.ingest_status.ingest_status",)


def register(server: Flask) -> None:
    """Mount every route of ours under /api, and health beside it; any other address under /api is a 404."""
    server.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # what is not documented is a 405
    server.url_map.converters["record"] = quarantine.RecordConverter
    server.extensions[read.ANSWERS] = Answers()
    intake.install(server)
    inner = Blueprint("api", __name__)
    errors.register(inner)
    for part in (
        read,
        point_in_time,
        service_history,
        search,
        exports,
        exports_analytics,
        exports_delivery,
        promotion_debt,
        delivery,
        quality,
        scorecards,
        webhooks,
        junit,
        ingest_status,
        deliveries,
        quarantine,
        alerts,
        badges,
        events,
        explain,
        docs,
    ):
        inner.register_blueprint(part.bp)
    for path in ("", "/", "/<path:unknown>"):
        inner.add_url_rule(path, UNKNOWN, unknown_address, methods=METHODS)
    outer = Blueprint("process", __name__)
    errors.register(outer)
    outer.register_blueprint(health.bp)
    server.register_blueprint(inner, url_prefix="/api")
    for endpoint in WITHOUT_PARAMETERS:
        server.view_functions[endpoint] = without_parameters(server.view_functions[endpoint])
    server.register_blueprint(outer)
    errors.register_routing(server)


def without_parameters(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, for a route that declares no parameters itself and so takes none."""

    @wraps(view)
    def checked(**variables: str) -> Any:
        params.asked(request.args, ())
        return view(**variables)

    return checked


def unknown_address(unknown: str = "") -> NoReturn:
    """404; or 405 where the address is known, but not with this method.

    Without this route an unknown address would be Dash's: 200, and a page.
    """
    if allowed := [method for method in METHODS if _is_known(method)]:
        raise MethodNotAllowed(allowed)
    raise NotFound(f"there is no endpoint /api/{unknown[:200]}")


def _is_known(method: str) -> bool:
    """Whether another route of ours answers this address with `method`."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        endpoint, _ = adapter.match(method=method)
    except (HTTPException, RequestRedirect):
        return False
    return endpoint.startswith("api.") and not endpoint.endswith(f".{UNKNOWN}")
