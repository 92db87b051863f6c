"""The API's view of the past: what an answer stands on where `asOf` is asked for, and what changed between two."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response

import context
from api import caching, params
from api.params import Asked
from api.routing import Answer, Routes
from api.serializers import Json, row, state
from data import known_reads, visible
from data.changes_between import changes_between
from data.errors import InvalidRequest
from data.generation import Generation
from data.instants import day_before, from_instant, to_instant
from data.known import Known
from data.models import Instant
from data.past_views import ChangesBetween, ChangesOf, PairChange
from data.point_in_time import generation_at, holds

bp = Blueprint("point_in_time", __name__)
routes = Routes(bp, "Dashboard", "/api")

NOT_FOUND = {404: Answer("There is no such thing within your scope.", "Problem", "application/problem+json")}


@dataclass(frozen=True, slots=True)
class Clocks:
    """The instant an answer is about, and the one as of which it is known; None: now."""

    at: Instant
    known: Instant | None


def clocks(asked: Asked) -> Clocks | None:
    """What is asked for; None where it is the newest. InvalidRequest where it is not held, or lies in the future."""
    if asked.as_of is None:
        if asked.known_at is not None:
            raise InvalidRequest("needs asOf beside it", "knownAt")
        return None
    at = _held(context.generation(), asked.as_of, "asOf")
    return Clocks(at, _not_later(asked.known_at, "knownAt") if asked.known_at else None)


def past(wanted: Clocks) -> Known:
    """The state an answer shall stand on."""
    return known_reads.looked_back(context.generation(), context.store(), wanted.at, wanted.known)


def looked_back(asked: Asked, answer: Callable[[], Response]) -> Response:
    """The answer, made standing on the state that is asked for."""
    wanted = clocks(asked)
    if wanted is None:
        return answer()
    then = past(wanted)
    with context.looking_back(then):
        made = answer()
    return marked(made, then.unread)


def marked(made: Response, unread: int) -> Response:
    """The answer, saying how many of its attempts are shown as they are known now."""
    if unread:
        made.headers["Shown-As-Known-Now"] = str(unread)
    return made


def _held(newest: Generation, instant: Instant, name: str) -> Instant:
    """The instant to the second, if the state of then can be told."""
    if not holds(newest, instant):
        raise InvalidRequest(f"is older than what is held: from {newest.first_day} on", name)
    return _not_later(instant, name)


def _not_later(instant: Instant, name: str) -> Instant:
    if instant > to_instant(context.now()):
        raise InvalidRequest("lies in the future", name)
    return to_instant(from_instant(instant).replace(microsecond=0))


@routes.get(
    "/changes", Answer("The pairs that changed, production and the gravest first.", "Changes"),
    accepts=params.CHANGES, also=NOT_FOUND,
)  # fmt: skip
def changes(asked: Asked) -> Response:
    """What changed between two instants: versions, health, gates, failed attempts, new and retired pairs.

    A service on a cluster-region is listed where something is otherwise at `to` than it was at `from`, or where an
    attempt failed in between. Without `to` it is compared with now.
    """
    if asked.since is None:
        raise InvalidRequest("is required", "from")
    gen, scope = context.generation(), context.scope()
    if asked.cluster_id is not None:
        visible.cluster(gen, scope, asked.cluster_id)
    if asked.service_id is not None:
        visible.service(gen, scope, asked.service_id)
    until = _end(asked.until)
    now = generation_at(gen, _held(gen, until, "to")) if until else gen
    then = generation_at(gen, _held(gen, asked.since, "from"))
    of = ChangesOf(asked.cluster_id, asked.service_id, asked.team)
    found = changes_between(then, now, scope, of)
    return caching.sent_once({"asOf": gen.as_of, "generation": gen.generation} | _changes(found))


def _end(until: Instant | None) -> Instant | None:
    """The later instant; None = now. A date includes its day, and today's is not over."""
    tomorrow = f"{day_before(to_instant(context.now())[:10], -1)}T00:00:00.000Z"
    return None if until == tomorrow else until


def _changes(found: ChangesBetween) -> Json:
    return {
        "from": found.since,
        "to": found.until,
        "summary": {
            "pairs": found.pairs,
            "changed": len(found.rows),
            "attempts": found.attempts,
            "failedAttempts": found.failed,
        },
        "changes": [_change(one) for one in found.rows],
    }


def _change(one: PairChange) -> Json:
    return {
        "serviceId": one.service.service_id,
        "serviceName": one.service.name,
        "clusterId": one.cluster.cluster_id,
        "clusterName": one.cluster.name,
        "clusterType": one.cluster.type,
        "what": one.what,
        "before": state(one.before) if one.before else None,
        "after": state(one.after) if one.after else None,
        "gates": {move.suite.lower(): {"before": move.before, "after": move.after} for move in one.gates},
        "attempts": one.attempts,
        "failedAttempts": [row(attempt) for attempt in one.failed],
    }
