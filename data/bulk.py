"""The bulk import: the worker's folds over a whole past at once, in memory, written in batches.

For pairs the tables hold nothing of yet. What it writes is byte for byte what the worker would have left.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from data import codec, keys, rows
from data.catalog_models import Catalog
from data.codec import Item
from data.current import deciding, fold_current, from_current
from data.dated_folds import fold_incident, fold_promotion
from data.days import day_items, fold_day
from data.dynamo import BATCH, Change, Dynamo
from data.events import AnyEvent
from data.folds import AttemptFold, Version, fold_attempt, listing
from data.instants import epoch, sealed_before
from data.models import (
    Attempt,
    Claim,
    Instant,
    PairDay,
)
from data.places import place
from data.settle import dated_pointer, results_expiry
from data.standing_folds import fold_build, fold_retirement, from_build, from_retirement
from data.tables import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

WRITERS = 3
SLICE = 20 * BATCH
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Claims:
    """Claims by fact, each once with the first time it was received."""

    tables: TableNames
    catalog: Catalog
    facts: dict[tuple[str, ...], dict[str, Claim]] = field(default_factory=lambda: defaultdict(dict))
    partitions: dict[tuple[str, ...], tuple[str, str]] = field(default_factory=dict)
    events: int = 0

    def add(self, event: AnyEvent) -> None:
        where = place(event, self.catalog, self.tables)
        held = self.facts[where.fact]
        name = keys.claim_sk(where.claim.event_id, where.claim.digest)
        if name not in held or where.claim.received_at < held[name].received_at:
            held[name] = where.claim
        self.partitions[where.fact] = (where.table, where.pk)
        self.events += 1

    def of(self, kind: str) -> Iterator[tuple[tuple[str, ...], list[Claim]]]:
        for fact, claims in self.facts.items():
            if fact[0] == kind:
                yield fact, list(claims.values())


@dataclass(frozen=True, slots=True)
class Folded:
    """An attempt's fold, and the attempt as its own claims alone say (which is how it is listed)."""

    fold: AttemptFold
    alone: Attempt | None


def bulk_apply(
    client: "DynamoDBClient", tables: TableNames, catalog: Catalog, events: Iterable[AnyEvent],
    retention_days: int, now: Instant, progress: Progress = lambda done, total: None, *, sealed: bool = False,
) -> int:  # fmt: skip
    """Import events of pairs that are not stored yet; the number of events. Progress is in events.

    `sealed`: the events are all there ever were, so that days nobody else may touch are made from them too.
    """
    claims = Claims(tables, catalog)
    for event in events:
        claims.add(event)
    changes = [change for change in plan(claims, retention_days, now, sealed=sealed) if not _expired(change, now)]
    dynamo = Dynamo(client)
    slices = [changes[start : start + SLICE] for start in range(0, len(changes), SLICE)]
    with ThreadPoolExecutor(WRITERS, thread_name_prefix="bulk") as pool:
        for done, _ in enumerate(pool.map(dynamo.write, slices), start=1):
            progress(claims.events * done // len(slices), claims.events)
    return claims.events


def plan(claims: Claims, retention_days: int, now: Instant, *, sealed: bool = False) -> Iterator[Change]:
    """Every item the events come to."""
    tables = claims.tables
    attempts = _fold_attempts(claims, retention_days)
    first = "" if sealed else sealed_before(now, retention_days)
    facts = [one.fold.attempt for one in attempts.values() if one.fold.attempt]
    days = [day for day in fold_days(facts) if day.day >= first]
    exempt: set[str] = set()
    for _, of_pair in groupby(days, key=lambda day: (day.cluster_id, day.service_id)):
        newest_first = sorted(of_pair, key=lambda day: day.day, reverse=True)
        current = fold_current(newest_first[0].cluster_id, newest_first[0].service_id, deciding(newest_first))
        if current:
            exempt |= set(current.exempt)
            yield Change.put(tables.read_model, from_current(current))
    for day in days:
        yield from (Change.put(tables.read_model, item) for item in day_items(day))
    for attempt_id, one in attempts.items():
        own = list(claims.facts[("attempt", attempt_id)].values())
        yield from _attempt(tables, attempt_id, one, own, attempt_id in exempt, retention_days)
    yield from _waiting(claims, retention_days)
    yield from _dated(claims, retention_days)
    yield from _standing(claims, retention_days)


def _expired(change: Change, now: Instant) -> bool:
    """Whether TTL would take the item as soon as it is there."""
    expires = change.item.get("expiresAt") if change.item else None
    return expires is not None and int(expires["N"]) <= epoch(now)


def _attempt(
    tables: TableNames, attempt_id: str, one: Folded, own: list[Claim], exempt: bool, retention_days: int
) -> Iterator[Change]:  # fmt: skip
    dropped = {id(claim) for claim in one.fold.dropped}
    for claim in own:
        if id(claim) not in dropped:
            yield Change.put(tables.test_runs, rows.claim_item(claim, attempt_id, retention_days))
    fact = rows.spare(one.fold.attempt, exempt) if one.fold.attempt else None
    expires = fact.expires_at if fact else results_expiry(own, retention_days)
    yield from (Change.put(tables.test_runs, item) for item in rows.run_items(one.fold, expires).values())
    if fact and one.alone:
        yield Change.put(tables.attempts, codec.from_attempt(fact))
        yield Change.put(tables.test_runs, rows.pointer_item(fact))
        yield Change.put(tables.test_runs, rows.listing_item(one.alone, retention_days))
        yield from (Change.put(tables.read_model, item) for item in rows.find_items(fact, own))


def fold_days(attempts: Iterable[Attempt]) -> list[PairDay]:
    """The days of all attempts, by pair."""

    def key(attempt: Attempt) -> tuple[str, str, str]:
        return *attempt.pair, attempt.started_at[:10]

    ordered = sorted(attempts, key=key)
    return [fold_day(*names, of_day) for names, of_day in groupby(ordered, key=key)]


def _fold_attempts(claims: Claims, retention_days: int) -> dict[str, Folded]:
    own = {fact[1]: said for fact, said in claims.of("attempt")}
    waiting = {fact[1:]: said for fact, said in claims.of("version")}
    alone = {one: fold_attempt(one, said, Version(), retention_days) for one, said in own.items()}
    listed = defaultdict(list)
    for attempt_id, fold in alone.items():
        if fold.attempt and _version_of(attempt_id) in waiting:
            listed[_version_of(attempt_id)].append(listing(fold.attempt))
    versions = {
        version: Version(tuple(listed[version]), tuple(said)) for version, said in waiting.items()
    }  # fmt: skip
    folded = {}
    for attempt_id, fold in alone.items():
        version = versions.get(_version_of(attempt_id))
        whole = fold_attempt(attempt_id, own[attempt_id], version, retention_days) if version else fold
        folded[attempt_id] = Folded(whole, fold.attempt)
    return folded


def _version_of(attempt_id: str) -> tuple[str, ...]:
    return tuple(attempt_id.split(":")[:3])


def _waiting(claims: Claims, retention_days: int) -> Iterator[Change]:
    """Claims that named no attempt stay with their version."""
    for fact, said in claims.of("version"):
        yield from _claims(claims, fact, said, retention_days)


def _dated(claims: Claims, retention_days: int) -> Iterator[Change]:
    """Promotions and incidents with their claims."""
    items: list[tuple[tuple[str, ...], list[Claim], Item]] = []
    for fact, said in claims.of("promotion"):
        items.append((fact, said, codec.from_promotion(fold_promotion(said, retention_days))))
    for fact, said in claims.of("incident"):
        items.append((fact, said, codec.from_incident(fold_incident(said, retention_days))))
    for fact, said, item in items:
        table, pk = claims.partitions[fact]
        yield Change.put(table, item)
        yield Change.put(table, dated_pointer(pk, item))
        yield from _claims(claims, fact, said, retention_days)


def _standing(claims: Claims, retention_days: int) -> Iterator[Change]:
    """Builds and retirements with their claims."""
    for fact, said in claims.of("build"):
        yield Change.put(claims.tables.events, from_build(fold_build(said, retention_days)))
        yield from _claims(claims, fact, said, retention_days)
    for fact, said in claims.of("retirement"):
        yield Change.put(claims.tables.read_model, from_retirement(fold_retirement(said)))
        yield from _claims(claims, fact, said, retention_days)


def _claims(claims: Claims, fact: tuple[str, ...], said: Iterable[Claim], retention_days: int) -> Iterator[Change]:
    table, pk = claims.partitions[fact]
    for claim in said:
        yield Change.put(table, rows.claim_item(claim, pk, retention_days))
