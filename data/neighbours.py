"""An attempt's place in the history of its pair: the one before, the one after, and what served when it came."""

from collections.abc import Iterable

from data.models import SUCCESSFUL, Attempt, Scope
from data.service_views import Neighbours
from data.store import Store

LOOKED_AT = 50  # attempts before it, among which the one that served then is looked for


def neighbours(store: Store, scope: Scope, attempt: Attempt) -> Neighbours:
    """By one bounded Query each way."""
    earlier = store.before(scope, attempt, LOOKED_AT)
    later = store.after(scope, attempt, 1)
    return Neighbours(
        previous=earlier[0] if earlier else None,
        next=later[0] if later else None,
        served_before=served_before(attempt, earlier),
    )


def served_before(attempt: Attempt, earlier: Iterable[Attempt]) -> Attempt | None:
    """Of the successes that had ended when the attempt started, the last: what it was to replace."""
    done = [
        one for one in earlier if one.status in SUCCESSFUL and (one.ended_at or one.started_at) <= attempt.started_at
    ]
    return max(done, key=lambda one: (one.ended_at or one.started_at, one.started_at, one.attempt_id), default=None)
