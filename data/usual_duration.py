"""How long a deployment usually takes on its pair, and whether one that runs takes unusually long. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.day_numbers import milliseconds
from data.generation import Generation
from data.instants import from_instant, to_instant
from data.models import Attempt, Scope, Status
from data.outcomes import OUTCOMES

LOOKED_BACK = timedelta(days=90)
FEWEST = 5  # finished ones that make a median
TIMES = 2  # an attempt is unusually long beyond so many medians
WANTED = ("started", "ended", "outcome")


@dataclass(frozen=True, slots=True)
class Usual:
    """The median of the successful attempts of a pair, and of how many."""

    seconds: float
    n: int


def usual(gen: Generation, scope: Scope, cluster_id: str, service_id: str) -> Usual | None:
    """How long this pair's successes took lately; None where there are too few to tell."""
    key = ("usual duration", scope.key, cluster_id, service_id)
    return gen.memo.get(key, lambda: _usual(gen, scope, cluster_id, service_id))


def _usual(gen: Generation, scope: Scope, cluster_id: str, service_id: str) -> Usual | None:
    now = from_instant(gen.as_of)
    since, until = (milliseconds(to_instant(one)) for one in (now - LOOKED_BACK, now + timedelta(days=1)))
    frame = gen.attempts.frame(
        scope, since, until, cluster_ids=[cluster_id], service_ids=[service_id], columns=WANTED
    )
    done = frame[(frame["outcome"] == OUTCOMES.index("success")) & (frame["ended"] >= 0)]
    if len(done) < FEWEST:
        return None
    return Usual(float((done["ended"] - done["started"]).median()) / 1000, len(done))


def unusually_long(attempt: Attempt, usual_: Usual | None, now: datetime) -> Usual | None:
    """What is usual, where an attempt that still runs has taken more than twice as long."""
    if usual_ is None or attempt.status is not Status.IN_PROGRESS or attempt.ended_at is not None:
        return None
    running = (now - from_instant(attempt.started_at)).total_seconds()
    return usual_ if running > TIMES * usual_.seconds else None
