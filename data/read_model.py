"""Write the read model: days and current states, recomputed from what is stored, never incremented."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from data import codec, keys
from data.codec import text
from data.current import deciding, fold_current, from_current, serving_order, to_current
from data.days import day_items, fold_day, to_pair_day
from data.dynamo import Change, Condition, Dynamo
from data.errors import Conflict
from data.instants import epoch
from data.models import Attempt, Current, Day, Instant, PairDay
from data.tables import TableNames

ROUNDS = 20
DAYS_A_READ = 4
CHANGE_SECONDS = 86_400
Pair = tuple[str, str]
SetExpiry = Callable[[Collection[str], Collection[str]], None]  # (to be spared, to expire)


class ReadModel:
    """Recomputes the derived items of a pair."""

    def __init__(self, dynamo: Dynamo, tables: TableNames) -> None:
        self._dynamo = dynamo
        self._tables = tables
        self._serving: dict[Pair, tuple[Instant, Instant, str]] = {}  # as last seen by this process

    def last_serving(self, pair: Pair) -> tuple[Instant, Instant, str] | None:
        """The serving order of what this process last saw serving; None = it has not looked yet."""
        return self._serving.get(pair)

    def attempts_of(self, pair: Pair, day: Day) -> list[Attempt]:
        """The facts of a pair's day, read consistently."""
        bounds = (f"{day}T", f"{day}T~")
        items = self._dynamo.query(self._tables.attempts, keys.pair(*pair), between=bounds)
        return [codec.to_attempt(item) for item in items]

    def refresh_day(self, pair: Pair, day: Day) -> list[Attempt]:
        """Recompute one DAY; the attempts it was folded from."""
        pk, sk = keys.day_pk(pair[0]), keys.day_sk(pair[1], day)
        for _ in range(ROUNDS):
            held = self._dynamo.get(self._tables.read_model, pk, sk)
            attempts = self.attempts_of(pair, day)
            folded = fold_day(*pair, day, attempts)
            if self._put_day(folded, held) and (held or self._still(folded)):
                return attempts
        raise Conflict(f"the day {day} of {pair[0]} {pair[1]} kept changing under us")

    def _still(self, day: PairDay) -> bool:
        """Whether a day that was not there before is right: nothing but its facts could guard its first put."""
        attempts = self.attempts_of((day.cluster_id, day.service_id), day.day)
        return fold_day(day.cluster_id, day.service_id, day.day, attempts).rev == day.rev

    def _put_day(self, day: PairDay, held: codec.Item | None) -> bool:
        first, *more = day_items(day)
        parts = int(held["parts"]["N"]) if held else 0
        table = self._tables.read_model
        pk = first["pk"]["S"]
        # further parts are not guarded: whoever writes any writes them again until the first part is theirs
        changes = [Change.put(table, item) for item in more]
        gone = range(len(more) + 2, parts + 1)
        changes += [Change(table, pk, keys.day_sk(day.service_id, day.day, part)) for part in gone]
        self._dynamo.write(changes)
        if held and held["rev"]["S"] == day.rev:
            return True
        if not day.rows:
            return held is None or self._dynamo.delete(table, held, unchanged(held, "rev"))
        return self._dynamo.put(table, first, unchanged(held, "rev"))

    def days_of(self, pair: Pair) -> Iterator[PairDay]:
        """The days of a pair, newest first, read as they are asked for."""
        upper = f"{pair[1]}#~"
        while True:
            items = self._dynamo.query(
                self._tables.read_model, keys.day_pk(pair[0]), between=(f"{pair[1]}#", upper),
                newest_first=True, limit=DAYS_A_READ,
            )  # fmt: skip
            for item in items:
                if "summary" in item:  # further parts of a day are fetched with its first
                    yield self._whole_day(item)
            if len(items) < DAYS_A_READ:
                return
            upper = _before(items[-1]["sk"]["S"])

    def _whole_day(self, item: codec.Item) -> PairDay:
        names = (f"{item['sk']['S']}#{part}" for part in range(2, int(item["parts"]["N"]) + 1))
        parts = (self._dynamo.get(self._tables.read_model, item["pk"]["S"], name) for name in names)
        return to_pair_day(item, more=[part for part in parts if part])

    def refresh_current(self, pair: Pair, spared: Mapping[str, bool], set_expiry: SetExpiry) -> None:
        """Recompute CURRENT, and have TTL spare the serving and the last good attempt, no longer the former ones.

        `spared` says of attempts just read whether TTL spares them. The ids to be set are noted in CURRENT
        before and struck out after, so that a crash between leaves a note for whoever comes next.
        """
        known, doubtful = dict(spared), set[str]()
        for _ in range(ROUNDS):
            held = self._dynamo.get(self._tables.read_model, keys.current_pk(pair[0]), pair[1])
            before = to_current(held) if held else None
            after = fold_current(*pair, deciding(self.days_of(pair)))
            if after is None:
                return
            if after.serving:
                self._serving[pair] = serving_order(after.serving)
            open_ids = _to_settle(before, after, known, doubtful)
            noted = replace(after, unsettled=tuple(sorted(open_ids)))
            if before == noted and not open_ids:
                return
            item = from_current(noted)
            if before != noted and not self._dynamo.put(self._tables.read_model, item, unchanged(held, "body")):
                continue
            if not open_ids:
                return
            set_expiry(open_ids & set(after.exempt), open_ids - set(after.exempt))
            known, doubtful = {}, doubtful | open_ids
            if self._strike_out(item, after):
                return
        raise Conflict(f"the state of {pair[0]} {pair[1]} kept changing under us")

    def _strike_out(self, noted: codec.Item, after: Current) -> bool:
        done = from_current(replace(after, unsettled=()))
        return self._dynamo.put(self._tables.read_model, done, unchanged(noted, "body"))

    def announce(self, now: Instant, touched: Iterable[tuple[Pair, Day]]) -> None:
        """One CHANGE entry for each item written, so that web processes read just these."""
        minute = now[:16]
        expires = codec.number(epoch(now) + CHANGE_SECONDS)
        self._dynamo.write(
            Change.put(self._tables.read_model, {
                "pk": text(keys.change_pk(minute)),
                "sk": text(f"{now}#{pair[0]}#{pair[1]}#{day}"),
                "expiresAt": expires,
            })
            for pair, day in touched
        )  # fmt: skip


def _to_settle(
    before: Current | None, after: Current, known: Mapping[str, bool], doubtful: set[str]
) -> set[str]:  # fmt: skip
    """The attempts whose expiry may not be as `after.exempt` says."""
    now, then = set(after.exempt), set(before.exempt if before else ())
    doubtful = doubtful | (now ^ then) | set(before.unsettled if before else ())
    doubtful |= {one for one, is_spared in known.items() if is_spared != (one in now)}
    return {one for one in doubtful if known.get(one) != (one in now)}


def unchanged(held: codec.Item | None, attribute: str) -> Condition:
    """The item is still as it was read."""
    if held is None:
        return Condition("attribute_not_exists(pk)", {})
    return Condition("#a = :a", {"a": held[attribute]}, {"#a": attribute})


def _before(sk: str) -> str:
    """The greatest sort key below this one, among those we write."""
    return sk[:-1] + chr(ord(sk[-1]) - 1) + "~"
