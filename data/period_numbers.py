"""The numbers above a list of attempts: of the days asked for, and of as many days before them.

Counts are sums of pair-days, like everywhere; durations are of the attempts themselves, held in memory.
"""

from dataclasses import dataclass

from data import aggregations as agg
from data.analytics_views import Durations
from data.attempt_columns import MISSING
from data.day_numbers import day_name, day_number
from data.durations import durations
from data.generation import Generation
from data.models import Day, Scope
from data.outcomes import OUTCOMES
from data.views import Counts, Rate

DAY_MS = 24 * 3_600_000
SUCCESS = OUTCOMES.index("success")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Attempts by outcome, how many succeeded, and how long those took."""

    start: Day
    end: Day
    counts: Counts
    success_rate: Rate
    durations: Durations  # of successful attempts that have an end

    @property
    def days(self) -> int:
        """How many days, both ends included."""
        return day_number(self.end) - day_number(self.start) + 1


@dataclass(frozen=True, slots=True)
class Compared:
    """A period and the one of equal length before it; None where that is not held."""

    now: Numbers
    before: Numbers | None


def compared(
    gen: Generation,
    scope: Scope,
    start: Day,
    end: Day,
    *,
    cluster_id: str | None = None,
    service_id: str | None = None,
) -> Compared:
    """The numbers of the days from `start` to `end` beside those of as many days before."""
    start = max(start, gen.first_day)
    first = day_number(start) - (day_number(end) - day_number(start) + 1)
    key = ("period numbers", scope.key, start, end, cluster_id, service_id)

    def numbers(since: Day, until: Day) -> Numbers:
        return _numbers(gen, scope, since, until, cluster_id, service_id)

    def work() -> Compared:
        held = start <= end and day_name(first) >= gen.first_day
        before = numbers(day_name(first), day_name(day_number(start) - 1)) if held else None
        return Compared(numbers(start, end), before)

    return gen.memo.get(key, work)


def _numbers(
    gen: Generation, scope: Scope, start: Day, end: Day, cluster_id: str | None, service_id: str | None
) -> Numbers:
    rows = agg.selected(gen.columns.days, scope, start, end, cluster_id=cluster_id, service_id=service_id)
    found = agg.counts(rows)
    attempts = gen.attempts.frame(
        scope, day_number(start) * DAY_MS, (day_number(end) + 1) * DAY_MS,
        cluster_ids=None if cluster_id is None else (cluster_id,),
        service_ids=None if service_id is None else (service_id,), columns=("started", "ended", "outcome"),
    )  # fmt: skip
    done = attempts[(attempts["outcome"] == SUCCESS) & (attempts["ended"] != MISSING)]
    took = (done["ended"] - done["started"]).to_numpy()
    return Numbers(start, end, found, agg.success_rate(found), durations(took))
