"""Bring one fact to what its claims say, whoever else is at it at the same time.

Every step may be repeated or cut off: the hint at what is stored is read first, then the claims; the fact is put
on the condition that the hint still holds; an item put at a new place is checked against the claims once more, so
that nobody's older view can survive beside a newer one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from data import codec, keys, rows
from data.codec import Item, text
from data.dated_folds import fold_incident, fold_promotion, moments_of
from data.dynamo import ABSENT, Change, Condition, Dynamo, as_seen
from data.errors import Conflict
from data.folds import AttemptFold, Version, bound_to, expiry, fold_attempt, listing
from data.models import Attempt, Build, Claim, Incident, Instant, Promotion, Retirement
from data.standing_folds import fold_build, fold_retirement, from_build, from_retirement
from data.tables import TableNames

ROUNDS = 20
F = TypeVar("F", Promotion, Incident)
S = TypeVar("S", Build, Retirement)
Predict = Callable[[Attempt], bool]


@dataclass(frozen=True, slots=True)
class Hint:
    """What a fact was last seen as: its digest, and whether TTL spares it."""

    rev: str
    exempt: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """Where an attempt's item was seen, and as what (None = there was none)."""

    started_at: Instant
    hint: Hint | None


@dataclass(frozen=True, slots=True)
class Settled:
    """An attempt after settling: the fact, and the derived items still to be written in a batch."""

    attempt_id: str
    attempt: Attempt | None  # None while only its test results have come
    days: tuple[str, ...]  # every day on which it may have stood
    version: Version
    claims: tuple[Claim, ...]  # the own claims it was folded from
    changes: tuple[Change, ...]
    pointer: Change | None  # written last: it says that the rest is there

    def every_claim(self) -> list[Claim]:
        """What was said of the attempt: its own claims, and those of its version that are bound to it."""
        bound = (one for one in self.version.waiting if bound_to(one, self.version.listed) == self.attempt_id)
        return [*self.claims, *bound]


def never(_attempt: Attempt) -> bool:
    """The plain prediction: a new attempt is not exempt from TTL."""
    return False


class Settler:
    """Settles attempts, promotions and incidents in the tables."""

    def __init__(self, dynamo: Dynamo, tables: TableNames, retention_days: int) -> None:
        self._dynamo = dynamo
        self._tables = tables
        self._retention = retention_days

    def version(self, cluster_id: str, service_id: str, version: str) -> Version:
        """What is known of a version beside its attempts' own partitions."""
        pk = keys.version_partition(cluster_id, service_id, version)
        return rows.read_version(self._dynamo.query(self._tables.test_runs, pk))

    def attempt(
        self, attempt_id: str, exempt: bool | None = None, *, predict: Predict = never, look: bool = False
    ) -> Settled:  # fmt: skip
        """Fold and store one attempt; `exempt` sets whether TTL spares it, None leaves that as it is.

        Without `look` the pointer is believed as to what stands; who finds that it lies calls again with it.
        """
        seen: Seen | None = None
        for _ in range(ROUNDS):
            partition = self._partition(attempt_id)
            alone = fold_attempt(attempt_id, partition.claims, Version(), self._retention)
            version = self._version_of(attempt_id, partition, alone.attempt)
            fold = alone
            if version.waiting:
                fold = fold_attempt(attempt_id, partition.claims, version, self._retention)
            if fold.attempt is None:
                return self._settled(attempt_id, None, fold, partition, version)
            if look and seen is None:
                seen = Seen(fold.attempt.started_at, self.stored(fold.attempt))
                continue
            before = seen or _seen(partition.pointer)
            spared = exempt
            if spared is None:
                spared = before.hint.exempt if before and before.hint else predict(fold.attempt)
            fact = rows.spare(fold.attempt, spared)
            hint = before.hint if before and before.started_at == fact.started_at else None
            done = hint == Hint(fact.rev, spared)
            if not done and self._put(fact, hint):
                done = hint is not None or self._partition(attempt_id).claims == partition.claims
                seen = Seen(fact.started_at, Hint(fact.rev, spared))
            elif not done:
                seen = Seen(fact.started_at, self.stored(fact))
            if done:
                return self._settled(attempt_id, fact, fold, partition, version)
        raise Conflict(f"attempt {attempt_id} kept changing under us")

    def claims(self, attempt_id: str) -> tuple[Claim, ...]:
        """The attempt's own claims as they stand."""
        return self._partition(attempt_id).claims

    def _partition(self, attempt_id: str) -> rows.Partition:
        return rows.read_partition(self._dynamo.query(self._tables.test_runs, attempt_id))

    def _version_of(self, attempt_id: str, partition: rows.Partition, own: Attempt | None) -> Version:
        """The version's partition, read after this attempt was listed in it.

        Listed is what its own claims alone say, so that no binding can depend on itself.
        """
        names = keys.split_attempt_id(attempt_id)
        if names is None:
            raise ValueError(f"not an attempt id: {attempt_id}")
        if own is None:
            return self.version(*names[:3])
        item, one = rows.listing_item(own, self._retention), listing(own)
        pointer = partition.pointer
        if pointer is None or (pointer.started_at, pointer.git_sha) != (one.started_at, one.git_sha):
            self._dynamo.put(self._tables.test_runs, item)
        version = self.version(*names[:3])
        if one not in version.listed:
            self._dynamo.put(self._tables.test_runs, item)
            version = self.version(*names[:3])
        return version

    def _put(self, fact: Attempt, hint: Hint | None) -> bool:
        if hint is None:
            condition = ABSENT
        else:
            spared = "attribute_not_exists" if hint.exempt else "attribute_exists"
            condition = Condition(f"rev = :rev AND {spared}(expiresAt)", {"rev": text(hint.rev)})
        return self._dynamo.put(self._tables.attempts, codec.from_attempt(fact), condition)

    def stored(self, fact: Attempt) -> Hint | None:
        """What stands at the place of this attempt."""
        sk = keys.attempt_sk(fact.started_at, fact.attempt_id)
        item = self._dynamo.get(self._tables.attempts, keys.pair(*fact.pair), sk)
        return Hint(item["rev"]["S"], "expiresAt" not in item) if item else None

    def _settled(
        self, attempt_id: str, fact: Attempt | None, fold: AttemptFold, partition: rows.Partition, version: Version
    ) -> Settled:
        table = self._tables.test_runs
        expires = fact.expires_at if fact else results_expiry(partition.claims, self._retention)
        wanted = rows.run_items(fold, expires)
        changes = [Change.put(table, item) for sk, item in wanted.items() if partition.derived.get(sk) != item]
        stale = (sk for sk in partition.derived if sk not in wanted and sk != keys.POINTER)
        changes += [Change(table, attempt_id, sk) for sk in stale]
        gone = (keys.claim_sk(claim.event_id, claim.digest) for claim in fold.dropped)
        changes += [Change(table, attempt_id, sk) for sk in gone]
        pointer = None
        days: set[str] = set()
        if fact:
            places = rows.old_places(fact, partition.claims)
            pk = keys.pair(*fact.pair)
            changes += [Change(self._tables.attempts, pk, sk) for sk in places]
            days = {fact.started_at[:10], *(place[:10] for place in places)}
            item = rows.pointer_item(fact)
            if partition.derived.get(keys.POINTER) != item:
                pointer = Change.put(table, item)
                found = rows.find_items(fact, partition.claims)
                changes += [Change.put(self._tables.read_model, one) for one in found]
        return Settled(attempt_id, fact, tuple(sorted(days)), version, partition.claims, tuple(changes), pointer)

    def promotion(self, service_id: str, promotion_id: str) -> Promotion:
        """Fold and store one promotion."""
        pk, table = keys.promotion_partition(service_id, promotion_id), self._tables.promotions
        return self._dated(table, pk, partial(fold_promotion, retention_days=self._retention), codec.from_promotion)

    def incident(self, service_id: str, incident_id: str) -> Incident:
        """Fold and store one incident."""
        pk, table = keys.incident_partition(service_id, incident_id), self._tables.events
        return self._dated(table, pk, partial(fold_incident, retention_days=self._retention), codec.from_incident)

    def build(self, image: str) -> Build:
        """Fold and store what an image was built from."""
        pk, table = keys.build_partition(image), self._tables.events
        fold = partial(fold_build, retention_days=self._retention)
        return self._standing(pk, table, (pk, keys.BUILT), fold, from_build)

    def retirement(self, cluster_id: str, service_id: str) -> Retirement:
        """Fold and store when a pair was taken away."""
        pk = keys.retirement_partition(cluster_id, service_id)
        place = keys.current_pk(cluster_id), keys.retired_sk(service_id)
        return self._standing(pk, self._tables.read_model, place, fold_retirement, from_retirement)

    def _standing(
        self,
        pk: str,
        table: str,
        place: tuple[str, str],
        fold: Callable[[Sequence[Claim]], S],
        encode: Callable[[S], Item],
    ) -> S:
        """Settle a fact that stands at one place: what stands is read before the claims it is put against."""
        for _ in range(ROUNDS):
            held = self._dynamo.get(table, *place)
            found = self._dynamo.query(self._tables.events, pk)
            claims = [codec.to_claim(item) for item in found if item["sk"]["S"].startswith(keys.CLAIM)]
            fact = fold(claims)
            item = encode(fact)
            if held == item or self._dynamo.put(table, item, as_seen(held["rev"]["S"] if held else None)):
                return fact
        raise Conflict(f"{pk} kept changing under us")

    def _dated(
        self, table: str, pk: str, fold: Callable[[Sequence[Claim]], F], encode: Callable[[F], Item]
    ) -> F:  # fmt: skip
        """Settle a fact whose item stands at its time within its service."""
        seen: tuple[str, str | None] | None = None  # (sort key, rev)
        for _ in range(ROUNDS):
            claims, pointer = self._dated_partition(table, pk)
            fact = fold(claims)
            item = encode(fact)
            place = item["sk"]["S"]
            before = seen or pointer
            rev = before[1] if before and before[0] == place else None
            done = rev == fact.rev
            if not done and self._dynamo.put(table, item, as_seen(rev)):
                done = rev is not None or self._dated_partition(table, pk)[0] == claims
                seen = (place, fact.rev)
            elif not done:
                held = self._dynamo.get(table, item["pk"]["S"], place)
                seen = (place, held["rev"]["S"] if held else None)
            if done:
                self._dynamo.write(_dated_changes(table, pk, item, claims, pointer))
                return fact
        raise Conflict(f"{pk} kept changing under us")

    def _dated_partition(self, table: str, pk: str) -> tuple[list[Claim], tuple[str, str] | None]:
        claims: list[Claim] = []
        pointer = None
        for item in self._dynamo.query(table, pk):
            if item["sk"]["S"] == keys.POINTER:
                pointer = (item["place"]["S"], item["rev"]["S"])
            else:
                claims.append(codec.to_claim(item))
        return claims, pointer


def dated_pointer(pk: str, item: Item) -> Item:
    """`ATTEMPT` of a promotion's or incident's partition: where its item is."""
    sign = {"pk": text(pk), "sk": text(keys.POINTER), "place": item["sk"], "rev": item["rev"]}
    return sign | {"expiresAt": item["expiresAt"]}


def _dated_changes(
    table: str, pk: str, item: Item, claims: Sequence[Claim], pointer: tuple[str, str] | None
) -> list[Change]:  # fmt: skip
    place, rev = item["sk"]["S"], item["rev"]["S"]
    fact_id = place.split("#", 1)[1]
    places = (keys.promotion_sk(moment, fact_id) for moment in moments_of(claims))
    changes = [Change(table, item["pk"]["S"], old) for old in places if old != place]
    if pointer != (place, rev):
        changes.append(Change.put(table, dated_pointer(pk, item)))
    return changes


def _seen(pointer: rows.Pointer | None) -> Seen | None:
    return Seen(pointer.started_at, Hint(pointer.rev, pointer.exempt)) if pointer else None


def results_expiry(claims: Iterable[Claim], retention_days: int) -> int:
    """Epoch second at which results without an attempt may be forgotten: a retention after the last was received."""
    return max((expiry(claim.received_at, retention_days) for claim in claims), default=0)
