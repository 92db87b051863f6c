"""A web process' read model against a real emulator: loaded whole, then followed by what CHANGE names."""

import gc
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timedelta

import pytest
from pandas.testing import assert_frame_equal

from data import aggregations as agg
from data.attempt_columns import attempt_rows
from data.aws import dynamodb
from data.catalog import CatalogStore
from data.catalog_models import Catalog, Cluster
from data.columns import columns_of
from data.errors import Unavailable
from data.instants import day_before, to_instant
from data.models import (
    EVERYTHING,
    Status,
)
from data.read_model_reader import ReadModelReader
from data.refresher import ReadModel
from data.views import Counts
from tests.read_model import CATALOG, MIRA, NOW, PAVO, Writer, attempt, change, gate, pair_days


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float = 3) -> datetime:
        """The time, so many seconds later."""
        self.now += timedelta(seconds=seconds)
        return self.now


class Counting:
    """The client, with its calls counted and the keys of its batches kept."""

    def __init__(self, client) -> None:
        self._client = client
        self.calls: Counter[str] = Counter()
        self.named: list[tuple[str, str]] = []
        self.partitions: list[str] = []

    def __getattr__(self, name):
        return getattr(self._client, name)

    def get_paginator(self, name):
        pages = self._client.get_paginator(name)
        counting = self

        class Pages:
            def paginate(self, **request):
                counting.calls[name] += 1
                counting.partitions.append(request["ExpressionAttributeValues"].get(":pk", {}).get("S", ""))
                assert request["ConsistentRead"] is True
                return pages.paginate(**request)

        return Pages()

    def batch_get_item(self, **request):
        self.calls["batch_get_item"] += 1
        for asked in request["RequestItems"].values():
            assert asked["ConsistentRead"] is True
            self.named += [(key["pk"]["S"], key["sk"]["S"]) for key in asked["Keys"]]
        return self._client.batch_get_item(**request)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def writer(aws):
    made = Writer(aws.dynamodb, aws.tables)
    made.catalog(now=NOW - timedelta(hours=1))
    return made


@pytest.fixture
def counting(aws):
    return Counting(aws.dynamodb)


@pytest.fixture
def reader(aws, counting):
    return ReadModelReader(counting, aws.tables, sleep=lambda _seconds: None)


@pytest.fixture
def model(clock):
    return ReadModel(clock=clock, refresh_seconds=3)


def counts(model, start="2025-09-01", end="2026-12-31", **only):
    return agg.counts(agg.selected(model.generation.columns.days, EVERYTHING, start, end, **only))


def as_loaded(aws, clock):
    """What a process would hold that started now."""
    fresh = ReadModel(clock=clock, refresh_seconds=3)
    fresh.load(ReadModelReader(aws.dynamodb, aws.tables))
    return fresh.generation


def assert_same(mine, theirs):
    assert dict(mine.currents) == dict(theirs.currents)
    assert mine.catalog == theirs.catalog
    for name in ("days", "suites"):
        assert_frame_equal(*(
            canonical(agg.selected(getattr(one.columns, name), EVERYTHING, "2025-01-01", "2027-01-01"))
            for one in (mine, theirs)
        ))  # fmt: skip
    assert attempt_rows(everything(mine)) == attempt_rows(everything(theirs))


def everything(gen):
    return gen.attempts.frame(EVERYTHING, 0, 2**50)


def canonical(frame):
    texts = {name: str for name in frame.columns if str(frame[name].dtype) == "category"}
    return frame.astype(texts).sort_values(list(frame.columns)).reset_index(drop=True)


def test_nothing_is_answered_before_the_load(model):
    assert (model.loaded, model.wait_loaded(0)) == (False, False)
    with pytest.raises(Unavailable):
        _ = model.generation


def test_a_load_holds_catalog_states_and_200_days(writer, reader, model):
    writer.write(
        attempt("2026-02-24T10:00:00Z", gates=(gate("SANITY"),)),
        attempt("2025-08-08T10:00:00Z"),
        attempt("2025-08-07T10:00:00Z"),
        attempt("2026-02-23T10:00:00Z", cluster_id=PAVO, status=Status.FAILED),
        now=NOW - timedelta(hours=1),
    )
    model.load(reader)
    gen = model.generation
    assert model.wait_loaded(0)
    assert set(gen.catalog.clusters) == set(CATALOG.clusters)
    assert set(gen.currents) == {(MIRA, "authn"), (PAVO, "authn")}
    assert counts(model) == Counts(success=1, failed=1)
    assert counts(model, start="2025-01-01") == Counts(success=2, failed=1)
    assert (gen.as_of, gen.first_day) == (to_instant(NOW), "2025-08-08")
    assert len(gen.attempts) == 3
    assert (model.progress.clusters, model.progress.of) == (3, 3)


def test_a_refresh_shows_what_was_written_and_the_generation_grows(writer, reader, model, clock):
    model.load(reader)
    before = model.generation
    writer.write(attempt("2026-02-24T11:00:00Z"), now=clock.tick(1))
    clock.tick()
    model.refresh(reader)
    after = model.generation
    assert counts(model) == Counts(success=1)
    assert after.generation > before.generation
    assert after.generation == round((NOW.timestamp() + 1) * 1000)
    assert after.as_of == to_instant(clock.now)
    assert counts_of(before) == Counts()


def counts_of(gen):
    return agg.counts(agg.selected(gen.columns.days, EVERYTHING, "2025-09-01", "2026-12-31"))


def test_where_nothing_changed_only_as_of_moves(writer, reader, model, clock, counting):
    writer.write(attempt("2026-02-24T11:00:00Z"), now=NOW - timedelta(minutes=10))
    model.load(reader)
    before = model.generation
    counting.calls.clear()
    clock.tick()
    model.refresh(reader)
    after = model.generation
    assert (after.generation, after.columns, after.memo) == (before.generation, before.columns, before.memo)
    assert after.as_of == to_instant(clock.now)
    assert counting.calls["batch_get_item"] == 0
    assert counting.calls["query"] <= 2


def test_a_refresh_reads_only_what_change_names(writer, reader, model, clock, counting):
    past = [attempt(f"2026-02-{day:02}T10:00:00Z", cluster_id=c) for day in range(1, 24) for c in (MIRA, PAVO)]
    writer.write(*past, now=NOW - timedelta(hours=1))
    model.load(reader)
    writer.write(attempt("2026-02-24T11:00:00Z"), now=clock.tick(1))
    counting.calls.clear()
    counting.partitions.clear()
    counting.named.clear()
    clock.tick()
    model.refresh(reader)
    assert sorted(counting.named) == [
        (f"CURRENT#{MIRA}", "authn"),
        (f"CURRENT#{MIRA}", "authn#retired"),
        (f"DAY#{MIRA}", "authn#2026-02-24"),
    ]
    assert all(one.startswith("CHANGE#") for one in counting.partitions)
    assert counting.calls == {"query": 2, "batch_get_item": 2}


def test_a_change_read_once_settled_is_not_read_again(writer, reader, model, clock, counting):
    model.load(reader)
    writer.write(attempt("2026-02-24T11:00:00Z"), now=clock.tick(1))
    for _ in range(2):
        clock.tick()
        model.refresh(reader)
    number, calls = model.generation.generation, counting.calls["batch_get_item"]
    for _ in range(30):
        clock.tick()
        model.refresh(reader)
    assert (model.generation.generation, counting.calls["batch_get_item"]) == (number, calls)


def test_two_writes_of_one_pair_within_one_millisecond_are_both_seen(writer, reader, model, clock):
    model.load(reader)
    writer.write(attempt("2026-02-24T11:00:00Z", n="1"), now=clock.tick(1))
    model.refresh(reader)
    writer.write(attempt("2026-02-24T11:00:00Z", n="2"), now=clock.now)
    clock.tick()
    model.refresh(reader)
    assert counts(model) == Counts(success=2)


def test_an_entry_of_a_slow_writer_is_still_found_minutes_later(writer, reader, model, clock):
    model.load(reader)
    taken = clock.tick(1)
    for _ in range(40):
        clock.tick()
        model.refresh(reader)
    writer.write(attempt("2026-02-24T11:00:00Z"), now=taken)
    for _ in range(21):
        clock.tick()
        model.refresh(reader)
    assert counts(model) == Counts(success=1)


def test_a_day_that_lost_its_last_attempt_is_gone(aws, writer, reader, model, clock):
    writer.write(attempt("2026-02-24T11:00:00Z"), now=NOW - timedelta(minutes=5))
    model.load(reader)
    for pk, sk in ((f"DAY#{MIRA}", "authn#2026-02-24"), (f"CURRENT#{MIRA}", "authn")):
        aws.dynamodb.delete_item(TableName=aws.tables.read_model, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    writer.put([change(clock.tick(1), MIRA, "authn", "2026-02-24")])
    clock.tick()
    model.refresh(reader)
    assert counts(model) == Counts()
    assert model.generation.currents == {}


def test_a_new_cluster_is_read_whole_and_the_catalog_followed(aws, writer, reader, model, clock):
    writer.write(attempt("2026-02-01T11:00:00Z", cluster_id="new"), now=NOW - timedelta(hours=1))
    model.load(reader)
    assert counts(model) == Counts()
    wider = Catalog((*CATALOG.clusters, Cluster("new", "New")), CATALOG.services)
    CatalogStore(aws.dynamodb, aws.tables, lambda: clock.tick(1)).save(wider)
    clock.tick()
    model.refresh(reader)
    assert counts(model) == Counts(success=1)
    assert model.generation.clusters["new"].name == "New"
    assert_same(model.generation, as_loaded(aws, clock))


def test_following_ends_where_loading_would(aws, writer, reader, model, clock):
    model.load(reader)
    for step in range(12):
        writer.write(
            attempt(f"2026-02-{24 - step % 3}T{step:02}:00:00Z", cluster_id=(MIRA, PAVO)[step % 2],
                    service_id=("authn", "billing", "new")[step % 3], gates=(gate("SANITY", failed=step % 2),),
                    status=(Status.SUCCESS, Status.FAILED)[step % 2]),
            now=clock.tick(1.5),
        )  # fmt: skip
        clock.tick(0.5)
        model.refresh(reader)
        assert_same(model.generation, as_loaded(aws, clock))


def test_midnight_takes_the_oldest_day_and_moves_the_rolling_window(aws, writer, reader, model, clock):
    writer.write(attempt("2025-08-08T11:00:00Z"), attempt("2026-02-23T11:00:00Z"), now=NOW - timedelta(hours=1))
    model.load(reader)
    assert len(model.generation.attempts) == 2
    for _ in range(15):  # an hour at a time: a longer silence would be a load
        clock.tick(3600)
        model.refresh(reader)
    writer.write(attempt("2026-02-25T02:00:00Z", cluster_id=PAVO), now=clock.tick(1))
    clock.tick()
    model.refresh(reader)
    assert counts(model, start="2025-01-01") == Counts(success=2)
    assert len(model.generation.attempts) == 2
    assert_same(model.generation, as_loaded(aws, clock))


def test_after_a_long_silence_everything_is_loaded_again(writer, reader, model, clock, counting):
    model.load(reader)
    writer.write(attempt("2026-02-24T11:00:00Z"), now=clock.tick(60))
    clock.tick(3 * 3600)
    counting.partitions.clear()
    model.refresh(reader)
    assert counts(model) == Counts(success=1)
    assert not any(one.startswith("CHANGE#") for one in counting.partitions)


def test_an_hours_silence_is_caught_up_by_change_alone(writer, reader, model, clock, counting):
    model.load(reader)
    writer.write(attempt("2026-02-24T11:00:00Z"), now=clock.tick(60))
    clock.tick(3600)
    counting.partitions.clear()
    model.refresh(reader)
    assert counts(model) == Counts(success=1)
    assert all(one.startswith("CHANGE#") for one in counting.partitions)


def test_while_dynamodb_is_away_the_old_state_stays_and_grows_stale(aws, writer, reader, model, clock):
    writer.write(attempt("2026-02-24T11:00:00Z"), now=NOW - timedelta(minutes=5))
    model.load(reader)
    before = model.generation
    nobody = dynamodb("http://127.0.0.1:9", "us-west-2")
    away = ReadModelReader(nobody, aws.tables)
    clock.tick()
    assert model.try_refresh(away) is False
    nobody.close()
    assert model.generation is before
    assert "127.0.0.1:9" in (model.progress.error or "")
    assert not before.freshness(clock.now).stale
    clock.tick(9)
    assert before.freshness(clock.now).stale
    assert model.try_refresh(reader)
    assert (model.progress.error, model.generation.as_of) == (None, to_instant(clock.now))


def test_an_item_that_cannot_be_read_stops_neither_the_thread_nor_the_old_state(writer, reader, model, clock):
    model.load(reader)
    writer.put([
        {"pk": {"S": f"DAY#{MIRA}"}, "sk": {"S": "authn#2026-02-24"}, "summary": {"S": "{}"}},
        change(clock.tick(1), MIRA, "authn", "2026-02-24"),
    ])  # fmt: skip
    clock.tick()
    assert model.try_refresh(reader) is False
    assert model.progress.error == "KeyError"
    writer.write(attempt("2026-02-24T11:00:00Z"), now=clock.tick(1))
    clock.tick()
    assert model.try_refresh(reader)
    assert counts(model) == Counts(success=1)


def test_a_change_of_a_kind_unknown_to_us_is_passed_over(writer, reader, model, clock):
    model.load(reader)
    instant = to_instant(clock.tick(1))
    pk = {"S": f"CHANGE#{instant[:16]}"}
    writer.put([{"pk": pk, "sk": {"S": f"{instant}#something#newer"}}])
    clock.tick()
    assert model.try_refresh(reader)


def test_unprocessed_keys_are_asked_again_and_not_for_ever(aws, counting, clock):
    writer = Writer(aws.dynamodb, aws.tables)
    writer.catalog(now=NOW - timedelta(hours=1))
    model = ReadModel(clock=clock, refresh_seconds=3)
    whole = counting.batch_get_item
    throttled = True

    def partly(**request):
        """Answer one key at a time, none while throttled."""
        [(table, asked)] = request["RequestItems"].items()
        first, *left = asked["Keys"]
        if throttled:
            return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}
        answer = whole(RequestItems={table: asked | {"Keys": [first]}})
        return answer | {"UnprocessedKeys": {table: asked | {"Keys": left}} if left else {}}

    counting.batch_get_item = partly
    waits: list[float] = []
    reader = ReadModelReader(counting, aws.tables, sleep=waits.append)
    model.load(reader)
    services = ("authn", "billing", "new")
    writer.write(*(attempt("2026-02-24T11:00:00Z", service_id=one) for one in services), now=clock.tick(1))
    clock.tick()
    assert model.try_refresh(reader) is False
    assert len(waits) == 8
    assert waits == sorted(waits)
    throttled = False
    assert model.try_refresh(reader)
    assert counts(model) == Counts(success=3)


def test_a_day_in_several_parts_is_read_whole(writer, reader, model, clock):
    long = "x" * 180
    many = [
        attempt("2026-02-24T10:00:00Z", n=f"{n:04}", status=Status.FAILED, failure_reason=long) for n in range(1500)
    ]
    writer.write(*many, now=NOW - timedelta(minutes=5))
    model.load(reader)
    assert counts(model) == Counts(failed=1500)
    assert len(model.generation.attempts) == 1500


def test_200_refreshes_do_not_leak(writer, reader, model, clock):
    writer.write(*(attempt(f"2026-02-{day:02}T10:00:00Z") for day in range(1, 24)), now=NOW - timedelta(hours=1))
    model.load(reader)

    def refresh(times):
        for n in range(times):
            status = (Status.SUCCESS, Status.FAILED)[n % 2]
            writer.write(attempt("2026-02-24T11:00:00Z", status=status), now=clock.tick(1.5))
            clock.tick(1.5)
            model.refresh(reader)

    refresh(20)
    gc.collect()
    before = sys.getallocatedblocks()
    refresh(180)
    gc.collect()
    grown = sys.getallocatedblocks() - before
    assert counts(model).total == 24
    assert grown < 3_000, f"{grown} blocks of memory more after 180 refreshes"


def eventually(holds, seconds=10):
    """Whether it comes true within so many seconds."""
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    return holds()


def test_the_thread_follows_by_itself_and_stops(aws, writer):
    model = ReadModel(clock=lambda: datetime.now(NOW.tzinfo), refresh_seconds=0.2)
    client = dynamodb(aws.endpoint, aws.region)
    model.start(lambda: ReadModelReader(client, aws.tables))
    try:
        assert model.wait_loaded(10)
        today = to_instant(datetime.now(NOW.tzinfo))
        writer.write(attempt(today), now=datetime.now(NOW.tzinfo))
        assert eventually(lambda: counts(model).total == 1)
    finally:
        model.stop()
        client.close()
    assert not any(thread.name == "refresher" for thread in threading.enumerate())


def test_200_days_of_72_pairs_take_less_than_a_megabyte():
    days = [
        attempt(f"{day_before('2026-02-24', back)}T10:00:00Z", cluster_id=f"cluster-{c}", service_id=f"service-{s}")
        for back in range(200) for c in range(6) for s in range(12)
    ]  # fmt: skip
    table = columns_of(pair_days(days)).days
    assert len(table) == 14_400
    assert table.nbytes < 1_000_000
