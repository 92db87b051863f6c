"""Where on a line of time something happened: marks to aim at, and the changes next to an instant. Pure."""

import numpy as np
import pandas as pd

from data.attempt_columns import MISSING
from data.day_numbers import milliseconds
from data.generation import Generation
from data.models import Instant, Scope
from data.outcomes import OUTCOMES
from data.past_views import Beside, Line, Mark

BUCKETS = 120
SECOND_MS, MINUTE_MS, DAY_MS = 1000, 60_000, 86_400_000
BAD = (OUTCOMES.index("failed"), OUTCOMES.index("rollback"))


def line(
    gen: Generation, scope: Scope, at: Instant, cluster_id: str | None = None, service_id: str | None = None
) -> Line:
    """From the day of the first attempt that is held to the last whole minute, of all or of one."""
    first, last = milliseconds(f"{gen.first_day}T00:00:00.000Z"), milliseconds(gen.as_of)
    frame = gen.attempts.frame(
        scope, first, last + 1, columns=("started", "ended", "outcome"),
        cluster_ids=[cluster_id] if cluster_id else None, service_ids=[service_id] if service_id else None,
    )  # fmt: skip
    last = last // MINUTE_MS * MINUTE_MS
    if len(frame):
        first = max(first, int(frame["started"].iloc[0]) // DAY_MS * DAY_MS)
    return Line(first, last, marks(frame, first, last), beside(frame, milliseconds(at)))


def marks(frame: pd.DataFrame, since_ms: int, until_ms: int, buckets: int = BUCKETS) -> list[Mark]:
    """The attempts of a frame in stretches of equal length between two instants."""
    started, bad = frame["started"].to_numpy(), np.isin(frame["outcome"].to_numpy(), BAD)
    within = (started >= since_ms) & (started < until_ms)
    place = (started[within] - since_ms) * buckets // max(until_ms - since_ms, 1)
    attempts = np.bincount(place, minlength=buckets)
    failed = np.bincount(place, weights=bad[within], minlength=buckets)
    return [Mark(int(all_of), int(bad_of)) for all_of, bad_of in zip(attempts, failed, strict=True)]


def beside(frame: pd.DataFrame, at_ms: int) -> Beside:
    """When an attempt began or ended last before this instant, and next after it.

    An instant of whole seconds sees what happened within the second before it.
    """
    ended = frame["ended"].to_numpy()
    moments = np.concatenate([frame["started"].to_numpy(), ended[ended != MISSING]])
    seen = -(-moments // SECOND_MS) * SECOND_MS
    before, after = seen[seen < at_ms], seen[seen > at_ms]
    return Beside(int(before.max()) if len(before) else None, int(after.min()) if len(after) else None)
