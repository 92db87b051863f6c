"""GET compare and rollback of a service: two attempts side by side, and the way back of a pair."""

from flask import Blueprint, Response

import context
from api import caching, params
from api.params import Asked
from api.routing import Answer, Routes
from api.serializers import Json, attempt, gates, row
from data import queries, visible
from data.comparison import compare
from data.errors import InvalidRequest, NotFound
from data.models import Commit, Gate
from data.rollback import rollback
from data.service_views import Comparison, GateChange, Rollback, Side, TestChange

bp = Blueprint("service_history", __name__)
routes = Routes(bp, "Dashboard", "/api")

NOT_FOUND = {404: Answer("There is no such thing within your scope.", "Problem", "application/problem+json")}


@routes.get(
    "/services/<service_id>/compare", Answer("What changed from a to b.", "Comparison"),
    accepts=(params.A, params.B), also=NOT_FOUND,
)  # fmt: skip
def compared(asked: Asked, service_id: str) -> Response:
    """Two attempts of a service side by side.

    Gates with their deltas, failed tests that are new or fixed, and the commits between, as far as they were sent.
    A test counts as new only where every failed test of the first run was named, as fixed where all of the second.
    """
    if asked.a is None or asked.b is None:
        raise InvalidRequest("is required", "a")
    gen, scope = context.generation(), context.scope()
    visible.service(gen, scope, service_id)
    found = compare(context.store(), scope, service_id, (asked.a, asked.b), gen.catalog)
    return caching.sent_once(_comparison(found, queries.serving_attempts(gen)))


@routes.get(
    "/services/<service_id>/rollback", Answer("Where the pair could go back to.", "Rollback"),
    accepts=params.PAIR, also=NOT_FOUND,
)  # fmt: skip
def way_back(asked: Asked, service_id: str) -> Response:
    """The last good version of a service on a cluster-region, and what going back to it would mean.

    `expected` is the median of past rollbacks on the pair, else of the service; without any it is null and n is 0.
    """
    if asked.cluster_id is None:
        raise InvalidRequest("is required", "clusterId")
    gen, scope = context.generation(), context.scope()
    service = visible.service(gen, scope, service_id)
    state = visible.states(gen, scope).get((asked.cluster_id, service_id))
    if state is None:
        raise NotFound(f"{service_id} was never deployed on {asked.cluster_id!r}")
    return caching.sent_once(_rollback(rollback(context.store(), scope, state.current, service)))


def _comparison(found: Comparison, serving: frozenset[str]) -> Json:
    return {
        "a": _side(found.a, serving),
        "b": _side(found.b, serving),
        "commits": [_commit(one) for one in found.commits],
        "commitsComplete": found.commits_complete,
        "gates": {one.suite.lower(): _gate_change(one) for one in found.gates},
        "newFailures": [_test(one) for one in found.new_failures],
        "fixed": [_test(one) for one in found.fixed],
        "stillFailing": [_test(one) for one in found.still_failing],
        "unnamed": list(found.unnamed),
    }


def _side(one: Side, serving: frozenset[str]) -> Json:
    own = attempt(one.attempt, one.attempt.attempt_id in serving)
    return own | {"gates": gates(one.gates), "durationSec": one.seconds}


def _gate_change(one: GateChange) -> Json:
    delta = None if one.rate_delta is None else round(one.rate_delta * 100, 1)
    return {"a": _gate(one.a), "b": _gate(one.b), "passRateDelta": delta, "failedDelta": one.failed_delta}


def _gate(one: Gate | None) -> Json | None:
    return None if one is None else gates([one])[one.suite.lower()]


def _test(one: TestChange) -> Json:
    return {"suite": one.suite, "name": one.name}


def _commit(one: Commit) -> Json:
    return {"sha": one.sha, "committedAt": one.committed_at}


def _rollback(card: Rollback) -> Json:
    return {
        "serviceId": card.service_id,
        "clusterId": card.cluster_id,
        "inTrouble": card.in_trouble,
        "latestFinished": row(card.finished) if card.finished else None,
        "serving": row(card.serving) if card.serving else None,
        "lastGood": row(card.last_good) if card.last_good else None,
        "gates": gates(card.gates),
        "liveSec": card.live_seconds,
        "lost": {
            "versions": list(card.lost_versions),
            "commits": [_commit(one) for one in card.lost_commits],
            "complete": card.lost_complete,
        },
        "expected": {
            "minutes": None if card.expected.minutes is None else round(card.expected.minutes, 1),
            "n": card.expected.n,
            "basis": card.expected.basis,
        },
    }
