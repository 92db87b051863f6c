"""C01 and C03 on the folds: whatever the order, the repetitions, the workers and the crashes, the same state.

On a client in memory, so that many histories can be tried; `test_histories_over_http.py` does the same, fewer
times, against a real emulator.
"""

import contextlib
import random
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import rebuild
from data.apply import Applier
from data.bulk import Claims, bulk_apply, plan
from data.catalog_models import Catalog
from data.dynamo import Dynamo
from data.events import AnyEvent
from data.instants import from_instant
from data.tables import TableNames
from tests.histories import NOW, content, deliveries, difference, random_deliveries
from tests.memory import MemoryDynamo

pytestmark = pytest.mark.slow
MANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOBODY, ONE = Catalog(), Catalog(openers=(("*", "github-actions"),))
TABLES = TableNames()
catalogs = st.sampled_from([NOBODY, ONE])


def clock() -> datetime:
    return from_instant(NOW).astimezone(UTC)


def applier(client: Any, catalog: Catalog, tables: TableNames = TABLES) -> Applier:
    return Applier(client, tables, lambda: catalog, 90, clock, threads=1)


def in_order(events: Sequence[AnyEvent], catalog: Catalog, tables: TableNames = TABLES) -> dict[str, Any]:
    """The state after each event once, in order of time, each in a batch of its own."""
    client: Any = MemoryDynamo()
    once = {(e.event_id, e.digest, e.received_at): e for e in events}
    one = applier(client, catalog, tables)
    for event in sorted(once.values(), key=lambda e: (e.event_time, e.digest, e.received_at)):
        assert one.apply([event]) == [None]
    return content(Dynamo(client), tables)


def planned(events: Sequence[AnyEvent], catalog: Catalog) -> dict[Any, Any]:
    """Every item that the pure folds make of these events."""
    claims = Claims(TABLES, catalog)
    for event in events:
        claims.add(event)
    return {(change.table, change.pk, change.sk): change.item for change in plan(claims, 90, NOW)}


def test_ten_thousand_histories_fold_to_the_same_items_in_any_order() -> None:
    for seed in range(10_000):
        happened, shuffled = random_deliveries(seed)
        catalog = ONE if seed % 2 else NOBODY
        assert planned(shuffled, catalog) == planned(happened, catalog), f"seed {seed}"


@MANY
@given(events=deliveries(), cuts=st.lists(st.integers(1, 5), max_size=6), catalog=catalogs)
def test_any_order_and_any_repetition_end_in_the_same_state(
    events: list[AnyEvent], cuts: list[int], catalog: Catalog
) -> None:
    client: Any = MemoryDynamo()
    one = applier(client, catalog)
    rest = list(events)
    for cut in [*cuts, len(rest)]:
        assert not any(one.apply(rest[:cut]))
        rest = rest[cut:]
    assert difference(content(Dynamo(client), TABLES), in_order(events, catalog)) == {}


@MANY
@given(events=deliveries(), takes=st.lists(st.integers(0, 2), min_size=11, max_size=11), catalog=catalogs)
def test_workers_that_take_turns_do_not_believe_their_memory(
    events: list[AnyEvent], takes: list[int], catalog: Catalog
) -> None:
    client: Any = MemoryDynamo()
    workers = [applier(client, catalog) for _ in range(3)]
    for event, worker in zip(events, takes, strict=False):
        assert workers[worker].apply([event]) == [None]
    assert difference(content(Dynamo(client), TABLES), in_order(events, catalog)) == {}


@MANY
@given(events=deliveries(), catalog=catalogs)
def test_the_bulk_import_leaves_what_the_worker_would_have_left(events: list[AnyEvent], catalog: Catalog) -> None:
    client: Any = MemoryDynamo()
    assert bulk_apply(client, TABLES, catalog, events, 90, NOW) == len(events)
    assert difference(content(Dynamo(client), TABLES), in_order(events, catalog)) == {}


class Killed(BaseException):
    """The worker died here: no clean-up, no answer."""


class Death:
    """Kills at one call, once."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, _name: str) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed


@MANY
@given(events=deliveries(), deaths=st.lists(st.integers(1, 60), min_size=1, max_size=4), catalog=catalogs)
def test_a_worker_killed_between_any_two_calls_loses_nothing(
    events: list[AnyEvent], deaths: list[int], catalog: Catalog
) -> None:
    client: Any = MemoryDynamo()
    for at in deaths:
        client.before = Death(at)
        with contextlib.suppress(Killed):
            applier(client, catalog).apply(events)
    client.before = lambda _name: None
    assert not any(applier(client, catalog).apply(events))  # the queue delivers what was not deleted again
    assert difference(content(Dynamo(client), TABLES), in_order(events, catalog)) == {}


class Turns:
    """Lets workers in threads of their own take turns, call by call, in a drawn order."""

    def __init__(self, order: Sequence[int], workers: int) -> None:
        self._order = iter(order)
        self._changed = threading.Condition()
        self._alive = set(range(workers))
        self._turn = 0
        self._names: dict[int, int] = {}

    def join(self, worker: int) -> None:
        self._names[threading.get_ident()] = worker

    def current(self) -> int:
        return self._names[threading.get_ident()]

    def leave(self, worker: int) -> None:
        with self._changed:
            self._alive.discard(worker)
            self._pass_on()

    def __call__(self, _name: str) -> None:
        worker = self._names[threading.get_ident()]
        with self._changed:
            self._pass_on()
            assert self._changed.wait_for(lambda: self._turn == worker, timeout=20)

    def _pass_on(self) -> None:
        wanted = next(self._order, None)
        alive = sorted(self._alive)
        if alive:
            self._turn = alive[(len(alive) if wanted is None else wanted) % len(alive)]
        self._changed.notify_all()


def side_by_side(
    client: Any, shares: Sequence[Sequence[AnyEvent]], workers: Sequence[Applier], order: Sequence[int],
    death: Callable[[str], None] = lambda _name: None,
) -> None:  # fmt: skip
    """Apply each share in a worker of its own, their calls interleaved in the given order; the first may die."""
    turns = Turns(order, len(shares))
    failures: list[Any] = []

    def work(worker: int) -> None:
        turns.join(worker)
        try:
            failures.extend(error for error in workers[worker].apply(shares[worker]) if error)
        except Killed:
            return
        finally:
            turns.leave(worker)

    def before(name: str) -> None:
        turns(name)
        if turns.current() == 0:
            death(name)

    client.before = before
    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(len(shares))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.before = lambda _name: None
    assert failures == []


@MANY
@given(
    events=deliveries(), other=st.integers(0, 10), both=st.integers(0, 3), catalog=catalogs,
    order=st.lists(st.integers(0, 1), min_size=20, max_size=200),
)  # fmt: skip
def test_two_workers_at_once_end_in_the_same_state(
    events: list[AnyEvent], other: int, both: int, catalog: Catalog, order: list[int]
) -> None:
    client: Any = MemoryDynamo()
    workers = [applier(client, catalog), applier(client, catalog)]
    cut = other % (len(events) + 1)
    shares = events[:cut] + events[len(events) - both :], events[cut:]
    side_by_side(client, [share[::2] for share in shares], workers, order)
    side_by_side(client, [share[1::2] for share in shares], workers, order[::-1])  # they remember, each its own
    assert difference(content(Dynamo(client), TABLES), in_order(events, catalog)) == {}


@MANY
@given(
    events=deliveries(), dies=st.integers(1, 80), catalog=catalogs,
    order=st.lists(st.integers(0, 1), min_size=20, max_size=200),
)  # fmt: skip
def test_a_worker_killed_beside_another_loses_nothing(
    events: list[AnyEvent], dies: int, catalog: Catalog, order: list[int]
) -> None:
    client: Any = MemoryDynamo()
    workers = [applier(client, catalog), applier(client, catalog)]
    side_by_side(client, [events, events[::-1]], workers, order, death=Death(dies))
    assert not any(workers[1].apply(events))  # the queue delivers again, to the one that is left and remembers
    assert difference(content(Dynamo(client), TABLES), in_order(events, catalog)) == {}


@MANY
@given(events=deliveries(), catalog=catalogs, lost=st.integers(0, 50))
def test_rebuild_agrees_with_the_worker_and_mends_what_is_lost(
    events: list[AnyEvent], catalog: Catalog, lost: int
) -> None:
    client: Any = MemoryDynamo()
    applier(client, catalog).apply(events)
    dynamo, before = Dynamo(client), content(Dynamo(client), TABLES)
    assert rebuild.check(dynamo, TABLES, 90, clock) == []
    derived = [key for key in client.tables[TABLES.read_model] if not key[0].startswith("CHANGE#")]
    if derived:
        del client.tables[TABLES.read_model][derived[lost % len(derived)]]
        rebuild.rebuild(dynamo, TABLES, 90, applier(client, catalog), NOW)
    assert difference(content(dynamo, TABLES), before) == {}


def test_a_survivor_does_not_believe_its_memory_of_what_a_killed_worker_changed() -> None:
    for seed in range(600):
        happened, shuffled = random_deliveries(seed)
        rng = random.Random(seed)
        catalog, half = (NOBODY if seed % 3 else ONE), len(shuffled) // 2
        order = [rng.randint(0, 1) if seed % 2 else place // rng.randint(1, 12) % 2 for place in range(300)]
        client: Any = MemoryDynamo()
        workers = [applier(client, catalog), applier(client, catalog)]
        shares = [shuffled[: half + 1], shuffled[half:]]
        side_by_side(client, shares, workers, order, death=Death(rng.randint(1, 45)))
        assert not any(workers[1].apply(shuffled)), f"seed {seed}"
        assert difference(content(Dynamo(client), TABLES), in_order(happened, catalog)) == {}, f"seed {seed}"
