"""A generation: one consistent state of everything the pages and the summary API answer from, held in memory.

Immutable, so a request that took one sees one state to its end while the refresher prepares the next.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar, cast

from data.attempt_columns import AttemptColumns
from data.catalog_models import Catalog, Cluster, Service
from data.columns import Columns
from data.delivery_ledger import Ledger
from data.instants import from_instant
from data.models import (
    Current,
    Day,
    Incident,
    Instant,
)
from data.views import Freshness

T = TypeVar("T")


class Memo:
    """What was worked out of one generation already; the least recently asked is forgotten first."""

    def __init__(self, limit: int = 128) -> None:
        self._limit = limit
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, work: Callable[[], T]) -> T:
        """The answer to `key`, worked out where it is not known; two threads may both work."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return cast(T, self._answers[key])
        answer = work()
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self._limit:
                self._answers.popitem(last=False)
        return answer


@dataclass(frozen=True, slots=True)
class Generation:
    """One state. `generation` grows with what is known, `as_of` with each look that found nothing newer."""

    generation: int  # milliseconds of the newest change in it
    loaded_at: Instant
    as_of: Instant
    catalog: Catalog
    currents: Mapping[tuple[str, str], Current]  # by (cluster id, service id)
    columns: Columns
    stale_after_sec: float
    first_day: Day  # days before it are not held
    clusters: Mapping[str, Cluster] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    incidents: Mapping[str, Sequence[Incident]] = field(default_factory=dict)  # by service
    ledger: Ledger | None = field(default=None, compare=False, repr=False)  # None: made when it is asked for
    memo: Memo = field(default_factory=Memo, compare=False, repr=False)

    @property
    def attempts(self) -> AttemptColumns:
        """Every attempt that is held."""
        return self.columns.attempts

    def freshness(self, now: datetime) -> Freshness:
        """How old this state is at `now`."""
        age = max(0.0, (now - from_instant(self.as_of)).total_seconds())
        return Freshness(self.generation, self.as_of, age, age > self.stale_after_sec)


def make_generation(
    generation: int,
    loaded_at: Instant,
    as_of: Instant,
    catalog: Catalog,
    currents: Mapping[tuple[str, str], Current],
    columns: Columns,
    stale_after_sec: float = 10.0,
    first_day: Day = "",
    incidents: Mapping[str, Sequence[Incident]] | None = None,
    ledger: Ledger | None = None,
) -> Generation:
    """A generation that names every cluster and service there is: the catalog's, and those only seen."""
    clusters = {c.cluster_id: c for c in catalog.clusters}
    services = {s.service_id: s for s in catalog.services}
    for cluster_id, service_id in currents:
        clusters.setdefault(cluster_id, Cluster(cluster_id, cluster_id, confirmed=False))
        services.setdefault(service_id, Service(service_id, service_id, confirmed=False))
    return Generation(
        generation, loaded_at, as_of, catalog, currents, columns, stale_after_sec, first_day,
        clusters, services, incidents or {}, ledger,
    )  # fmt: skip
