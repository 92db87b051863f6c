"""Write the read model: days and current states, recomputed from what is stored, never incremented."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from data import codec, keys
from data.changes import incident_sk
from data.codec import text
from data.current import deciding, fold_current, from_current, serving_order, to_current
from data.days import day_items, fold_day, to_pair_day
from data.dynamo import ABSENT, Change, Condition, Dynamo, as_seen
from data.errors import Conflict
from data.instants import epoch
from data.models import Attempt, Current, Day, Instant, PairDay
from data.pair_state import Held, State, newest_days, remember
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
        self._days: dict[tuple[Pair, Day], Held] = {}
        self._states: dict[Pair, State] = {}

    def last_serving(self, pair: Pair) -> tuple[Instant, Instant, str] | None:
        """The serving order of what this process last saw serving; None = it has not looked yet."""
        state = self._states.get(pair)
        return serving_order(state.current.serving) if state and state.current.serving else None

    def attempts_of(self, pair: Pair, day: Day) -> list[Attempt]:
        """The facts of a pair's day, read consistently."""
        bounds = (f"{day}T", f"{day}T~")
        items = self._dynamo.query(self._tables.attempts, keys.pair(*pair), between=bounds)
        return [codec.to_attempt(item) for item in items]

    def refresh_day(self, pair: Pair, day: Day) -> tuple[PairDay, list[Attempt]]:
        """Recompute one DAY; also the attempts it was folded from."""
        for _ in range(ROUNDS):
            remembered = self._days.pop((pair, day), None)
            held = remembered or self._stored_day(pair, day)
            attempts = self.attempts_of(pair, day)
            folded = fold_day(*pair, day, attempts)
            as_it_was = held is not None and held.rev == folded.rev
            if as_it_was and remembered:
                continue  # nothing to put whose condition could prove the memory right
            if self._put_day(folded, held) and (as_it_was or self._still(folded)):
                if folded.rows:
                    remember(self._days, (pair, day), Held(folded.rev, len(day_items(folded))))
                return folded, attempts
        raise Conflict(f"the day {day} of {pair[0]} {pair[1]} kept changing under us")

    def _stored_day(self, pair: Pair, day: Day) -> Held | None:
        item = self._dynamo.get(self._tables.read_model, keys.day_pk(pair[0]), keys.day_sk(pair[1], day))
        return Held(item["rev"]["S"], int(item["parts"]["N"])) if item else None

    def _still(self, day: PairDay) -> bool:
        """Whether a day just put is right: what its facts were folded to may have been gone again by then."""
        attempts = self.attempts_of((day.cluster_id, day.service_id), day.day)
        return fold_day(day.cluster_id, day.service_id, day.day, attempts).rev == day.rev

    def _put_day(self, day: PairDay, held: Held | None) -> bool:
        first, *more = day_items(day)
        table = self._tables.read_model
        pk = first["pk"]["S"]
        # further parts are not guarded: whoever writes any writes them again until the first part is theirs
        changes = [Change.put(table, item) for item in more]
        gone = range(len(more) + 2, (held.parts if held else 0) + 1)
        changes += [Change(table, pk, keys.day_sk(day.service_id, day.day, part)) for part in gone]
        self._dynamo.write(changes)
        if held and held.rev == day.rev:
            return True
        condition = as_seen(held.rev if held else None)
        if not day.rows:
            return held is None or self._dynamo.delete(table, first, condition)
        return self._dynamo.put(table, first, condition)

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

    def refresh_current(
        self,
        pair: Pair,
        fresh: Mapping[Day, PairDay],
        spared: Mapping[str, bool],
        set_expiry: SetExpiry,
        is_spared: Callable[[str], bool | None],
    ) -> None:
        """Recompute CURRENT, and have TTL spare the serving and the last good attempt, no longer the former ones.

        `fresh` are the days just recomputed; `spared` says of their attempts whether TTL spares them. The ids to
        be set are noted in CURRENT before and struck out after, so that a crash between leaves a note for whoever
        comes next. What `spared` says may have been changed, and CURRENT changed and changed back, since it was
        read: where it was believed, `is_spared` tells of one attempt what stands now.
        """
        known, doubtful = dict(spared), set[str]()
        for _ in range(ROUNDS):
            remembered = pair in self._states
            before, after = self._before_and_after(pair, fresh)
            if after is None:
                return
            doubted = _doubted(before.current if before else None, after.current, known) | doubtful
            exempt = set(after.current.exempt)
            open_ids = {one for one in doubted if known.get(one) != (one in exempt)}
            noted = _noting(after, open_ids)
            if remembered and before and before.current == noted.current:
                continue  # nothing to put whose condition could prove the memory right
            if not (before and before.current == noted.current) and not self._put_state(noted, before):
                continue
            if open_ids:
                set_expiry(open_ids & exempt, open_ids - exempt)
                known, doubtful = {}, doubtful | open_ids
                if not self._put_state(_noting(after, set()), noted):
                    continue
            wrong = {one for one in doubted - open_ids if is_spared(one) != (one in exempt)}
            if wrong:
                known, doubtful = {}, doubtful | wrong
                continue
            remember(self._states, pair, _noting(after, set()))
            return
        raise Conflict(f"the state of {pair[0]} {pair[1]} kept changing under us")

    def _before_and_after(
        self, pair: Pair, fresh: Mapping[Day, PairDay]
    ) -> tuple[State | None, State | None]:  # fmt: skip
        """The state as it stands and as it should be; what is remembered is taken out until it is confirmed."""
        before = self._states.pop(pair, None)
        days = newest_days(before, fresh) if before else None
        if before is None:
            item = self._dynamo.get(self._tables.read_model, keys.current_pk(pair[0]), pair[1])
            before = State(item, to_current(item), ()) if item else None
        if days is None:
            days = tuple(deciding(self.days_of(pair)))
        current = fold_current(*pair, days)
        return before, State(from_current(current), current, days) if current else None

    def _put_state(self, state: State, before: State | None) -> bool:
        # both: a day may change without anything of it showing in the body, and a note without the digest
        held = {name: before.item[name] for name in ("rev", "body")} if before else {}
        condition = Condition("rev = :rev AND body = :body", held) if held else ABSENT
        return self._dynamo.put(self._tables.read_model, state.item, condition)

    def announce(self, now: Instant, touched: Iterable[tuple[Pair, Day]], incidents_of: Iterable[str] = ()) -> None:
        """One CHANGE entry for each item written, so that web processes read just these.

        `incidents_of`: the services an incident of which was written.
        """
        expires = codec.number(epoch(now) + CHANGE_SECONDS)
        named = [f"{now}#{pair[0]}#{pair[1]}#{day}" for pair, day in touched]
        named += [incident_sk(now, service_id) for service_id in incidents_of]
        self._dynamo.write(
            Change.put(self._tables.read_model, {
                "pk": text(keys.change_pk(now[:16])), "sk": text(sk), "expiresAt": expires,
            })
            for sk in named
        )  # fmt: skip


def _doubted(before: Current | None, after: Current, known: Mapping[str, bool]) -> set[str]:
    """The attempts whose expiry may not be as `after.exempt` says."""
    now, then = set(after.exempt), set(before.exempt if before else ())
    changed = (now ^ then) | set(before.unsettled if before else ())
    return changed | {one for one, is_spared in known.items() if is_spared != (one in now)}


def _noting(state: State, open_ids: set[str]) -> State:
    """The state with a note of whose expiry is still to be set."""
    current = replace(state.current, unsettled=tuple(sorted(open_ids)))
    return replace(state, current=current, item=from_current(current))


def _before(sk: str) -> str:
    """The greatest sort key below this one, among those we write."""
    return sk[:-1] + chr(ord(sk[-1]) - 1) + "~"
