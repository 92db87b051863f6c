"""What applying events leaves beside the facts: expiry, days, current states, and what is said of failures."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from data import codec, keys
from data.current import to_current
from data.days import PART_BYTES, to_pair_day
from data.dynamo import Dynamo
from data.errors import Unavailable
from data.events import AnyEvent, DeploymentEvent, PromotionEvent, TestResultEvent, sealed
from data.instants import add
from data.models import Commit, Current, PairDay, Status, Verdict
from data.read_model import ReadModel
from tests.data.test_histories import NOBODY, TABLES, applier
from tests.histories import CLUSTER, NOW, SERVICE
from tests.memory import MemoryDynamo

DAY = "2026-02-23"


def deployed(version: str, minute: int, status: Status = Status.SUCCESS, **fields: Any) -> DeploymentEvent:
    started = add(f"{DAY}T10:00:00.000Z", 60 * minute)
    values: dict[str, Any] = {
        "source": "github-actions", "event_time": add(started, 30), "cluster_id": CLUSTER, "service_id": SERVICE,
        "attempt_id": keys.attempt_id(CLUSTER, SERVICE, version, str(minute)), "build_version": version,
        "status": status, "started_at": started, "ended_at": add(started, 30),
    }  # fmt: skip
    return replace(sealed(DeploymentEvent(**(values | fields))), received_at=NOW)


def result(attempt: DeploymentEvent, failed: int = 0) -> TestResultEvent:
    event = TestResultEvent(
        source="github-actions", event_time=attempt.started_at, attempt_id=attempt.attempt_id, cluster_id=CLUSTER,
        service_id=SERVICE, build_version=attempt.build_version, suite="SANITY", test_run_id="r",
        verdict=Verdict.FAILED if failed else Verdict.PASSED, total=4, passed=4 - failed, failed=failed, skipped=0,
        executed_at=attempt.started_at, report_url="https://ci.example.com/1",
    )  # fmt: skip
    return replace(sealed(event), received_at=NOW)


def applied(client: Any, events: Sequence[AnyEvent]) -> None:
    assert not any(applier(client, NOBODY).apply(events))


def spared(client: MemoryDynamo) -> set[str]:
    """The attempts that TTL spares, of which every derived row agrees with the item."""
    found = set()
    for item in client.tables[TABLES.attempts].values():
        attempt = codec.to_attempt(item)
        rows = (row for row in client.tables[TABLES.test_runs].values() if row["pk"]["S"] == attempt.attempt_id)
        derived = [row for row in rows if not row["sk"]["S"].startswith(keys.CLAIM)]
        assert {"expiresAt" in row for row in derived} == {attempt.expires_at is not None}
        if attempt.expires_at is None:
            found.add(attempt.attempt_id)
    return found


def current(client: MemoryDynamo) -> Current:
    return to_current(client.tables[TABLES.read_model][keys.current_pk(CLUSTER), SERVICE])


def day(client: MemoryDynamo) -> PairDay:
    return to_pair_day(client.tables[TABLES.read_model][keys.day_pk(CLUSTER), keys.day_sk(SERVICE, DAY)])


def test_ttl_spares_the_serving_and_the_last_good_attempt_with_their_runs_and_no_other() -> None:
    client = MemoryDynamo()
    first, second, third = deployed("1.0.0", 0), deployed("1.1.0", 10), deployed("1.2.0", 20)
    applied(client, [first, result(first)])
    assert spared(client) == {first.attempt_id}
    applied(client, [second, result(second)])
    assert spared(client) == {first.attempt_id, second.attempt_id}
    applied(client, [third, result(third)])
    assert spared(client) == {second.attempt_id, third.attempt_id}
    assert current(client).unsettled == ()


def test_a_version_whose_gate_failed_is_not_one_to_go_back_to() -> None:
    client = MemoryDynamo()
    good, poor, new = deployed("1.0.0", 0), deployed("1.1.0", 10), deployed("1.2.0", 20)
    applied(client, [good, poor, result(poor, failed=1), new])
    now = current(client)
    assert now.serving and now.serving.build_version == "1.2.0"
    assert now.last_good and now.last_good.build_version == "1.0.0"


def test_a_rollback_hands_serving_back_and_the_recovery_takes_it() -> None:
    client = MemoryDynamo()
    good, bad = deployed("1.0.0", 0), deployed("1.1.0", 10)
    applied(client, [good, bad])
    applied(client, [replace(sealed(replace(bad, status=Status.ROLLBACK)), received_at=NOW)])
    assert current(client).serving_since == good.ended_at
    recovery = deployed("1.0.0", 20)
    applied(client, [recovery])
    serving = current(client).serving
    assert serving and serving.attempt_id == recovery.attempt_id
    assert current(client).serving_since == good.ended_at  # the same version: the clock goes on


def test_a_day_counts_by_status_and_leaves_cancelled_attempts_out() -> None:
    client = MemoryDynamo()
    ok, bad = deployed("1.0.0", 0), deployed("1.1.0", 5, Status.FAILED)
    stopped = deployed("1.2.0", 9, Status.FAILED, cancelled=True)
    applied(client, [ok, bad, stopped, result(ok), result(bad, failed=1)])
    of_day = day(client)
    assert of_day.counts == {"FAILED": 1, "SUCCESS": 1}
    assert (of_day.cancelled, of_day.duration_n, of_day.duration_sec_sum) == (1, 1, 30.0)
    totals = of_day.suites[0]
    assert (totals.gates, totals.gates_passed, totals.total, totals.passed, totals.failed) == (2, 1, 8, 7, 1)


def test_a_day_too_large_for_one_item_goes_on_in_a_second_and_reads_back_whole() -> None:
    client: Any = MemoryDynamo()
    commits = tuple(Commit(f"{n:040x}", NOW) for n in range(400))
    events = [deployed(f"1.{n}.0", n, commits=commits) for n in range(12)]
    applied(client, events)
    items = client.tables[TABLES.read_model]
    parts = [items[key] for key in sorted(items) if key[0] == keys.day_pk(CLUSTER)]
    assert len(parts) > 1
    assert all(len(part["rows"]["S"].encode()) <= PART_BYTES for part in parts)
    (whole,) = list(ReadModel(Dynamo(client), TABLES).days_of((CLUSTER, SERVICE)))
    assert [row.attempt_id for row in whole.rows] == [event.attempt_id for event in events]


def test_what_was_believed_of_ttl_is_looked_at_once_more_after_the_state_is_put() -> None:
    client: Any = MemoryDynamo()
    event = deployed("1.0.0", 0)
    applied(client, [event])
    del client.tables[TABLES.read_model][(keys.current_pk(CLUSTER), SERVICE)]
    model, pair = ReadModel(Dynamo(client), TABLES), (CLUSTER, SERVICE)
    fresh, _ = model.refresh_day(pair, DAY)
    asked: list[tuple[set[str], set[str]]] = []

    def set_expiry(keep: Collection[str], drop: Collection[str]) -> None:
        asked.append((set(keep), set(drop)))

    # It was seen spared; meanwhile another worker, who had not seen it succeed, let it expire and put CURRENT back.
    model.refresh_current(pair, {DAY: fresh}, {event.attempt_id: True}, set_expiry, lambda _: bool(asked))
    assert asked == [({event.attempt_id}, set())]


def test_an_attempt_that_moves_to_an_earlier_day_leaves_nothing_behind() -> None:
    client = MemoryDynamo()
    event = deployed("1.0.0", 0)
    applied(client, [event])
    earlier = replace(event, started_at="2026-02-22T23:00:00.000Z", event_time=event.started_at)
    applied(client, [replace(sealed(earlier), received_at=NOW)])
    assert len(client.tables[TABLES.attempts]) == 1
    days = [key[1] for key in client.tables[TABLES.read_model] if key[0] == keys.day_pk(CLUSTER)]
    assert days == [keys.day_sk(SERVICE, "2026-02-22")]


def test_a_sealed_day_is_not_recomputed() -> None:
    client = MemoryDynamo()
    old = deployed("1.0.0", 0, started_at=add(NOW, -88 * 86_400), ended_at=add(NOW, -88 * 86_400))
    applied(client, [old])
    assert [key for key in client.tables[TABLES.read_model] if key[0] == keys.day_pk(CLUSTER)] == []


def test_each_write_of_the_read_model_is_announced_by_cluster_service_and_day() -> None:
    client = MemoryDynamo()
    promoted = PromotionEvent(
        source="github-actions", event_time=NOW, promotion_id="p", service_id=SERVICE, build_version="1.0.0",
        from_cluster_id=CLUSTER, to_cluster_id="pavo-us-west-2", promoted_at=NOW,
    )  # fmt: skip
    applied(client, [deployed("1.0.0", 0), replace(sealed(promoted), received_at=NOW)])
    changes = [key[1] for key in client.tables[TABLES.read_model] if key[0] == keys.change_pk(NOW[:16])]
    assert sorted(change.split("#", 1)[1] for change in changes) == [
        f"{CLUSTER}#{SERVICE}#{DAY}", f"pavo-us-west-2#{SERVICE}#{NOW[:10]}"
    ]  # fmt: skip


def test_an_event_is_stored_only_when_everything_it_causes_is() -> None:
    client: Any = MemoryDynamo()
    promoted = PromotionEvent(
        source="github-actions", event_time=NOW, promotion_id="p", service_id=SERVICE, build_version="1.0.0",
        from_cluster_id=CLUSTER, to_cluster_id="pavo-us-west-2", promoted_at=NOW,
    )  # fmt: skip
    waiting = replace(sealed(replace(result(deployed("9.9.9", 0)), attempt_id=None)), received_at=NOW)

    def away(name: str) -> None:
        if name == "BatchWriteItem":
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, name)

    client.before = away
    events: list[AnyEvent] = [deployed("1.0.0", 0), waiting, replace(sealed(promoted), received_at=NOW)]
    errors = applier(client, NOBODY).apply(events)
    assert [type(error) for error in errors] == [Unavailable, type(None), Unavailable]


def known(client: MemoryDynamo, *events: AnyEvent) -> list[bool]:
    """Which of these another delivery had said already."""
    places: set[int] = set()
    assert not any(applier(client, NOBODY).apply(events, places))
    return [place in places for place in range(len(events))]


def received(event: DeploymentEvent, seconds: float) -> DeploymentEvent:
    return replace(event, received_at=add(NOW, seconds))


def test_what_another_delivery_said_is_known_whichever_came_first() -> None:
    client, event = MemoryDynamo(), deployed("1.0.0", 0)
    assert known(client, received(event, 10), deployed("1.0.0", 1)) == [False, False]
    assert known(client, received(event, 20)) == [True]
    assert known(client, received(event, 5)) == [True]
    assert known(client, received(event, 30), deployed("1.0.0", 2)) == [True, False]


def test_a_delivery_on_its_way_again_is_not_known_from_its_own_first_try() -> None:
    client, event = MemoryDynamo(), deployed("1.0.0", 0)
    assert known(client, event) == [False]
    assert known(client, event) == [False]


def test_of_two_that_say_the_same_at_once_one_is_new() -> None:
    event = deployed("1.0.0", 0)
    for times in ((0, 1), (1, 0), (0, 0)):
        client = MemoryDynamo()
        assert known(client, *(received(event, seconds) for seconds in times)) == [False, True]
