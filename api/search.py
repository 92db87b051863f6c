"""GET /api/search: what a text leads to, from memory and by at most three bounded reads a word."""

from flask import Blueprint, Response

import context
from api import caching, params
from api.params import Asked
from api.routing import Answer, Routes
from data import search
from data.errors import Unavailable
from data.models import Attempt

bp = Blueprint("search", __name__)
routes = Routes(bp, "Dashboard", "/api")

SHOWN = 20


@routes.get("/search", Answer("What was found, services first.", "SearchResults"), accepts=(params.TEXT,))
def found(asked: Asked) -> Response:
    """Services, cluster-regions and attempts for a text.

    Services and cluster-regions by any part of their names, what serves or was tried last by the beginning of its
    version, and any attempt by its exact version, commit or id. Of several words each must say something of it:
    its service, its cluster-region, or how its version or commit begins.
    """
    gen, scope, text = context.generation(), context.scope(), asked.text or ""
    attempts: list[Attempt] = []
    complete = True
    try:
        for word in search.words_of(text):
            attempts += context.store().found(scope, word)
    except Unavailable:
        complete = False
    named = search.known(gen, scope, text, SHOWN)
    hits = search.merged(named, search.of_attempts(gen, attempts, text), SHOWN)
    rows = [
        {"kind": hit.kind, "id": hit.id, "title": hit.title, "detail": hit.detail, "status": hit.status}
        for hit in hits
    ]
    return caching.sent_as_is({"results": rows, "complete": complete})
