"""Store everything a batch of events causes: claims, facts, read model.

Applying the same events again, in another order, beside another worker or after a crash at any point ends in the
same state: claims are a set, facts are folds of it, the read model is a fold of the facts. An event counts as
stored only when everything that follows from it is.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from data import rows
from data.catalog_models import Catalog
from data.codec import text
from data.current import serving_order
from data.days import to_row
from data.dynamo import Condition, Dynamo
from data.errors import Conflict, DashboardError
from data.events import AnyEvent
from data.instants import sealed_before, to_instant
from data.models import (
    SUCCESSFUL,
    Attempt,
    PairDay,
)
from data.places import Place, place
from data.read_model import Pair, ReadModel
from data.settle import Hint, Settled, Settler
from data.tables import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

THREADS = 8
ROUNDS = 20
T = TypeVar("T")
# A claim is kept once; of several times of receipt the first counts, whichever comes first.
KEEP_FIRST = "attribute_not_exists(pk) OR receivedAt > :receivedAt"


@dataclass(slots=True)
class Batch:
    """One call of `apply`: which events each unit of work is done for, and what failed."""

    errors: list[Exception | None]
    known: set[int] = field(default_factory=set)
    facts: dict[tuple[str, ...], set[int]] = field(default_factory=dict)
    days: dict[tuple[Pair, str], set[int]] = field(default_factory=dict)
    incidents: dict[str, set[int]] = field(default_factory=dict)  # service -> events
    settled: dict[str, Settled] = field(default_factory=dict)  # attempts as last settled in this batch
    causes: dict[str, set[int]] = field(default_factory=dict)  # attempt -> events

    def fail(self, indexes: Iterable[int], error: Exception) -> None:
        for index in indexes:
            self.errors[index] = error

    def sound(self, indexes: Iterable[int]) -> bool:
        """Whether any of these events still stands to be stored."""
        return any(self.errors[index] is None for index in indexes)


class Applier:
    """Applies events to the tables. Thread-safe; `catalog` is asked anew for each batch.

    `told` hears of the attempts each batch has settled, and may hear of them again.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: TableNames,
        catalog: Callable[[], Catalog],
        retention_days: int,
        clock: Callable[[], datetime],
        threads: int = THREADS,
        told: Callable[[Sequence[Settled]], None] | None = None,
    ) -> None:
        self._dynamo = Dynamo(client)
        self._told = told
        self._tables = tables
        self._catalog = catalog
        self._retention = retention_days
        self._clock = clock
        self._settler = Settler(self._dynamo, tables, retention_days)
        self._read_model = ReadModel(self._dynamo, tables)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="apply") if threads > 1 else None

    def close(self) -> None:
        """Let the threads go."""
        if self._pool:
            self._pool.shutdown()

    def apply(self, events: Sequence[AnyEvent], known: set[int] | None = None) -> list[Exception | None]:
        """For each event None once everything it causes is stored, else why it is not (Unavailable = try again).

        `known` is given the places of those that another delivery had said already.
        """
        batch = Batch([None] * len(events), known=set() if known is None else known)
        catalog = self._catalog()
        self._put_claims(batch, [place(event, catalog, self._tables) for event in events])
        self._settle_facts(batch)
        self._refresh(batch)
        self._tell(batch)
        return batch.errors

    def refresh(self, pair: Pair, days: Collection[str]) -> None:
        """Recompute the read model of a pair from its facts, as after events on these days."""
        self._refresh_pair(Batch([]), pair, set(days))
        self._read_model.announce(to_instant(self._clock()), [(pair, day) for day in days])

    def _put_claims(self, batch: Batch, places: Sequence[Place]) -> None:
        ours: dict[tuple[str, ...], list[tuple[int, str]]] = {}
        for index, one in enumerate(places):
            ours.setdefault(_claim_key(one), []).append((index, one.claim.received_at))

        def put(indexed: tuple[int, Place]) -> None:
            index, place = indexed
            item = rows.claim_item(place.claim, place.pk, self._retention)
            first = Condition(KEEP_FIRST, {"receivedAt": text(place.claim.received_at)})
            before = self._dynamo.put_over(place.table, item, first)
            same = ours[_claim_key(place)]
            # The same time of receipt is the same delivery, on its way for the second time.
            others = before is not None and before["receivedAt"]["S"] not in {at for _, at in same}
            if others or index != same[0][0]:
                batch.known.add(index)
            batch.facts.setdefault(place.fact, set()).add(index)

        self._each(batch, enumerate(places), put, lambda indexed: {indexed[0]})

    def _settle_facts(self, batch: Batch) -> None:
        units = list(batch.facts.items())
        self._each(batch, units, lambda unit: self._settle_fact(batch, *unit), lambda unit: unit[1])
        self._write_rows(batch, list(batch.settled))

    def _settle_fact(self, batch: Batch, fact: tuple[str, ...], events: set[int]) -> None:
        kind, *names = fact
        if kind == "attempt":
            self._settle_version(batch, self._settle_attempt(batch, names[0], events), events)
        elif kind == "version":
            version = self._settler.version(names[0], names[1], names[2])
            for one in version.listed:
                self._settle_attempt(batch, one.attempt_id, events)
        elif kind == "promotion":
            promotion = self._settler.promotion(names[0], names[1])
            pair = (promotion.to_cluster_id, promotion.service_id)
            _note(batch.days, (pair, promotion.promoted_at[:10]), events)
        elif kind == "build":
            self._settler.build(names[0])
        elif kind == "retirement":
            retirement = self._settler.retirement(names[0], names[1])
            _note(batch.days, ((names[0], names[1]), retirement.moments[-1][:10]), events)
        else:
            incident = self._settler.incident(names[0], names[1])
            _note(batch.incidents, incident.service_id, events)
            if incident.cluster_id:
                pair = (incident.cluster_id, incident.service_id)
                _note(batch.days, (pair, incident.started_at[:10]), events)

    def _settle_version(self, batch: Batch, settled: Settled, events: set[int]) -> None:
        """Where something waits in the version's partition, an attempt's coming may rebind it."""
        if settled.version.waiting and settled.attempt:
            for one in settled.version.listed:
                if one.attempt_id != settled.attempt_id:
                    self._settle_attempt(batch, one.attempt_id, events)

    def _settle_attempt(
        self, batch: Batch, attempt_id: str, events: set[int], look: bool = False
    ) -> Settled:  # fmt: skip
        settled = self._settler.attempt(attempt_id, predict=self._will_serve, look=look)
        batch.settled[attempt_id] = settled
        _note(batch.causes, attempt_id, events)
        if settled.attempt:
            for day in settled.days:
                _note(batch.days, (settled.attempt.pair, day), events)
        return settled

    def _will_serve(self, attempt: Attempt) -> bool:
        """A guess that saves writes: a success later than all others will serve, and TTL will spare it."""
        if attempt.status not in SUCCESSFUL:
            return False
        serving = self._read_model.last_serving(attempt.pair)
        return serving is not None and serving_order(to_row(attempt)) > serving

    def _write_rows(self, batch: Batch, attempt_ids: Iterable[str]) -> None:
        """Write what derives from the facts; for attempts without a fact, check that no claim came between."""
        todo = list(attempt_ids)
        for _ in range(ROUNDS):
            settled = [batch.settled[one] for one in todo]
            causes = set().union(*(batch.causes[one] for one in todo)) if todo else set()
            try:
                self._write_derived(settled)
                bare = [one for one in settled if one.attempt is None]
                todo = [one.attempt_id for one in bare if self._settler.claims(one.attempt_id) != one.claims]
                for attempt_id in todo:
                    self._settle_attempt(batch, attempt_id, batch.causes[attempt_id])
            except (DashboardError, ClientError) as error:
                return batch.fail(causes, error)
            if not todo:
                return None
        return batch.fail(causes, Conflict("test results kept coming while they were stored"))

    def _write_derived(self, settled: Sequence[Settled]) -> None:
        """Write derived items; the pointers last, for they say that the rest is there."""
        self._dynamo.write(change for one in settled for change in one.changes)
        self._dynamo.write(one.pointer for one in settled if one.pointer)

    def _refresh(self, batch: Batch) -> None:
        now = to_instant(self._clock())
        first = sealed_before(now, self._retention)
        pairs: dict[Pair, dict[str, set[int]]] = {}
        for (pair, day), events in batch.days.items():
            if day >= first and batch.sound(events):
                pairs.setdefault(pair, {})[day] = events
        units = list(pairs.items())

        def events_of(unit: tuple[Pair, dict[str, set[int]]]) -> set[int]:
            return set().union(*unit[1].values())

        self._each(batch, units, lambda unit: self._refresh_pair(batch, unit[0], set(unit[1])), events_of)
        touched = [key for key, events in batch.days.items() if batch.sound(events)]
        services = [service for service, events in batch.incidents.items() if batch.sound(events)]
        try:
            self._read_model.announce(to_instant(self._clock()), touched, services)
        except (DashboardError, ClientError) as error:
            batch.fail(set().union(*map(events_of, units), *batch.incidents.values()), error)

    def _tell(self, batch: Batch) -> None:
        """Tell who listens of the attempts that are stored; what he could not do makes their events fail."""
        stored = [one for one in list(batch.settled.values()) if batch.sound(batch.causes[one.attempt_id])]
        if self._told is None or not stored:
            return
        try:
            self._told(stored)
        except (DashboardError, ClientError) as error:
            batch.fail(set().union(*(batch.causes[one.attempt_id] for one in stored)), error)

    def _refresh_pair(self, batch: Batch, pair: Pair, days: set[str]) -> None:
        for _ in range(ROUNDS):
            spared: dict[str, bool] = {}
            found: dict[str, Attempt] = {}
            fresh: dict[str, PairDay] = {}
            for day in sorted(days):
                fresh[day], attempts = self._read_model.refresh_day(pair, day)
                for attempt in attempts:
                    found[attempt.attempt_id] = attempt
                    spared[attempt.attempt_id] = attempt.expires_at is None
            again = [one.attempt_id for one in self._ours(batch, pair, days) if not _same(one, found)]
            if not again:
                break
            for attempt_id in again:
                days |= set(self._settle_attempt(batch, attempt_id, batch.causes[attempt_id], look=True).days)
            self._write_rows(batch, again)
        else:
            raise Conflict(f"the attempts of {pair[0]} {pair[1]} kept changing under us")
        self._read_model.refresh_current(
            pair, fresh, spared, self._set_expiry, lambda one: self._is_spared(found[one])
        )

    @staticmethod
    def _ours(batch: Batch, pair: Pair, days: Collection[str]) -> list[Settled]:
        """The attempts of these days that this batch has settled."""
        settled = (one for one in list(batch.settled.values()) if one.attempt and one.attempt.pair == pair)
        return [one for one in settled if one.attempt and one.attempt.started_at[:10] in days]

    def _is_spared(self, attempt: Attempt) -> bool | None:
        """Whether TTL spares it as it stands now; None where it does not stand there any more."""
        hint = self._settler.stored(attempt)
        return hint.exempt if hint else None

    def _set_expiry(self, keep: Collection[str], drop: Collection[str]) -> None:
        """Have TTL spare `keep` and no longer `drop`; each is checked after its rows are written."""
        for attempt_id in sorted({*keep, *drop}):
            for again in range(ROUNDS):
                settled = self._settler.attempt(attempt_id, attempt_id in keep, look=again > 0)
                self._write_derived([settled])
                fact = settled.attempt
                if not fact or self._settler.stored(fact) == Hint(fact.rev, fact.expires_at is None):
                    break
            else:
                raise Conflict(f"the expiry of {attempt_id} kept changing under us")

    def _each(
        self, batch: Batch, units: Iterable[T], work: Callable[[T], None], events_of: Callable[[T], set[int]]
    ) -> None:  # fmt: skip
        """Do the work of each unit, side by side; what fails is noted with the events it was for."""

        def guarded(unit: T) -> None:
            try:
                work(unit)
            except (DashboardError, ClientError) as error:
                batch.fail(events_of(unit), error)

        list((self._pool.map if self._pool else map)(guarded, units))


def _claim_key(place: Place) -> tuple[str, str, str]:
    return place.pk, place.claim.event_id, place.claim.digest


def _note(index: dict[T, set[int]], key: T, events: set[int]) -> None:
    index.setdefault(key, set()).update(events)


def _same(settled: Settled, found: dict[str, Attempt]) -> bool:
    """Whether the fact still is what its rows were written from."""
    ours, stored = settled.attempt, found.get(settled.attempt_id)
    if ours is None or stored is None:
        return False
    return (ours.rev, ours.expires_at is None) == (stored.rev, stored.expires_at is None)
