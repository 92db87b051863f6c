"""Whether this process lives and whether it may be sent visitors; neither asks AWS.

Readiness that followed a table's hiccup would take every pod out of service at once, while each of them could
still show what it knows.
"""

from flask import Blueprint, Response

import context
from api import caching
from api.params import Asked
from api.routing import Answer, Routes

bp = Blueprint("health", __name__)
routes = Routes(bp, "Health", "")


@routes.get("/healthz", Answer("The process answers.", "Health"))
def healthz(_asked: Asked) -> Response:
    """Liveness."""
    return caching.sent_as_is({"status": "ok"})


@routes.get(
    "/readyz", Answer("The read model is loaded.", "Readiness"),
    also={503: Answer("The read model is still loading; the progress says how far it is.", "Readiness")},
)  # fmt: skip
def readyz(_asked: Asked) -> Response:
    """Readiness: the read model is loaded.

    It stays ready while AWS is away: answers then come from memory and say how old they are.
    """
    model = context.read_model()
    at = model.progress
    progress = {"clusters": at.clusters, "of": at.of, "error": at.error}
    if not model.loaded:
        return caching.sent_as_is({"status": "loading", "progress": progress}, 503)
    fresh = context.freshness()
    return caching.sent_as_is({
        "status": "ready", "progress": progress, "generation": fresh.generation, "asOf": fresh.as_of,
        "ageSec": round(fresh.age_sec, 1), "stale": fresh.stale,
    })  # fmt: skip
