"""/api/badges/{service}/{cluster}.svg: which version serves and how it does, for READMEs and wikis."""

from flask import Blueprint, Response, request

import context
from api import badge_svg, caching
from api.badge_svg import Badge
from api.params import Asked
from api.routing import Answer, Routes
from data import visible
from data.errors import NotFound
from data.generation import Generation
from data.models import Health, Scope
from data.views import PairState

MEDIA_TYPE = "image/svg+xml"
SHORT = "private, max-age=60"
WORDS = {Health.HEALTHY: "healthy", Health.ATTENTION: "needs attention", Health.UNKNOWN: "health unknown"}

bp = Blueprint("badges", __name__)
routes = Routes(bp, "Dashboard", "/api")


@routes.get(
    "/badges/<service_id>/<cluster_id>.svg", Answer("The badge.", None, MEDIA_TYPE),
    also={404: Answer("A grey badge: there is no such pair within your scope.", None, MEDIA_TYPE)},
)  # fmt: skip
def badge(_asked: Asked, service_id: str, cluster_id: str) -> Response:
    """A badge of a service on a cluster-region: the version that serves, and its health.

    An unknown one is a grey badge with status 404, so that a page that shows it is not broken by it.
    """
    found = badge_of(context.generation(), context.scope(), service_id, cluster_id)
    if found is None:
        return _sent(Badge(f"{service_id} on {cluster_id}", "unknown", "unknown"), 404)
    return _sent(found, 200)


def badge_of(generation: Generation, scope: Scope, service_id: str, cluster_id: str) -> Badge | None:
    """What the badge of a pair says; None where the scope has no such pair."""
    try:
        service = visible.service(generation, scope, service_id)
        cluster = visible.cluster(generation, scope, cluster_id)
    except NotFound:
        return None
    label = f"{service.name} on {cluster.name}"
    state = visible.states(generation, scope).get((cluster_id, service_id))
    if state is None:
        retired = any(one.cluster_id == cluster_id for one, _ in visible.retired(generation, scope, service_id))
        return Badge(label, "retired", "unknown") if retired else None
    return Badge(label, _message(state), state.health.value)


def _message(state: PairState) -> str:
    version = state.serving_version
    return f"{version} · {WORDS[state.health]}" if version else f"nothing serves · {WORDS[state.health]}"


def _sent(shown: Badge, status: int) -> Response:
    body = badge_svg.svg(shown).encode()
    etag = caching.etag_of(body)
    headers = {"Cache-Control": SHORT, "ETag": f'W/"{etag}"'}
    if status == 200 and "If-None-Match" in request.headers and request.if_none_match.contains_weak(etag):
        return Response(status=304, headers=headers)
    return Response(body, status, headers, mimetype=MEDIA_TYPE)
