"""Quarantine as people and the daily job use it: nothing is lost whenever it is cut off, nothing happens twice."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data import aws as clients
from data.cursors import Cursors
from data.errors import Conflict, InvalidRequest, NotFound, Unavailable
from data.instants import to_instant
from ingest import dlq
from ingest.deliveries import Deliveries
from ingest.message import SCHEMA_VERSION
from ingest.quarantine import LAST_RECEIVE, Quarantine
from ingest.quarantine_records import Action, Quarantined, State
from ingest.quarantined import MOST_REPLAYS, QuarantineDesk
from ingest.queue import Message, Queue
from tests.conftest import REGION, Aws
from tests.ingest import saying, working
from tests.ingest.test_worker import deployed
from tests.proxy import Fault, Proxy, proxied

SUITES = [*saying.SUITES]


def desk_of(aws: Aws, clock: Callable[[], datetime] = working.utc_now) -> QuarantineDesk:
    return QuarantineDesk(
        working.deliveries(aws), working.queue_of(aws), Cursors(b"k" * 32), lambda: SUITES, clock
    )  # fmt: skip


@pytest.fixture
def desk(aws: Aws) -> QuarantineDesk:
    return desk_of(aws)


@pytest.fixture
def proxy(aws: Aws) -> Iterator[Proxy]:
    with proxied(aws.endpoint) as between:
        yield between


def aside(aws: Aws, body: Any, reason: str = "payload.status: no", **changes: Any) -> Quarantined:
    """A message that was received and set aside, as the worker does it; its record."""
    text = body if isinstance(body, str) else json.dumps(body)
    passing, replays = changes.pop("passing", False), changes.pop("replays", 0)
    working.queue_of(aws).send(text, replays=replays)
    (message,) = working.queue_of(aws).receive(1)
    quarantine = Quarantine(working.deliveries(aws), working.queue_of(aws), working.utc_now)
    done, later = quarantine.set_aside([(message, reason)], passing=passing)
    assert (done, later) == ([message], [])
    working.queue_of(aws).delete(done)
    return working.deliveries(aws).quarantine_record(f"{message.sent_at}~{message.id}")


def on_queue(aws: Aws) -> list[Message]:
    return working.queue_of(aws).receive()


def dead(aws: Aws) -> list[str]:
    return [letter["Body"] for letter in working.dead_letters(aws)]


def test_a_replayed_message_is_on_the_queue_its_record_says_by_whom_and_its_copy_is_gone(
    aws: Aws, desk: QuarantineDesk
) -> None:
    others = [aside(aws, deployed(n)) for n in range(3)]
    replayed = desk.replay(others[1].id, "ada")
    (message,) = on_queue(aws)
    said = json.loads(message.body)
    assert said["payload"] == json.loads(others[1].body)["payload"]
    assert said["receivedAt"] == others[1].sent_at  # it was received then, not when it was sent again
    assert message.replays == 1
    assert (replayed.state, replayed.settled_by) == (State.REPLAYED, "ada")
    assert desk.get(replayed.id).state is State.REPLAYED
    assert [json.loads(body)["payload"]["attemptNumber"] for body in dead(aws)] == [0, 2]
    (audited,) = desk.audit().items
    assert (audited.by, audited.action, audited.record_id) == ("ada", Action.REPLAYED, replayed.id)


def test_the_whole_way_back_into_the_tables(aws: Aws, desk: QuarantineDesk) -> None:
    """C13: a newer message waits for the upgrade; edited it is stored. C11: sent again twice it changes nothing."""
    working.send(aws, deployed(1) | {"schemaVersion": SCHEMA_VERSION + 1})
    with working.working(aws):
        working.until(lambda: working.empty(aws) and bool(working.deliveries(aws).quarantined()))
        (record,) = desk.page().items
        with pytest.raises(InvalidRequest, match="newer than this worker knows"):
            desk.replay(record.id, "ada")
        edited = json.dumps(json.loads(desk.get(record.id).body) | {"schemaVersion": SCHEMA_VERSION})
        desk.replay(record.id, "ada", edited)
        working.until(lambda: bool(working.attempts(aws, "mira-us-west-2", "authn")))
        desk.replay(record.id, "bob", edited)
        working.until(lambda: working.empty(aws))
    (attempt,) = working.attempts(aws, "mira-us-west-2", "authn")
    assert len(working.claims(aws, attempt["attemptId"]["S"])) == 1
    assert [(one.by, one.action) for one in desk.audit().items] == [("bob", Action.EDITED), ("ada", Action.EDITED)]
    assert dead(aws) == []
    assert len(working.deliveries(aws).quarantined()) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [("{", "not JSON"), ('{"a":1}', "source: is required"), (json.dumps(deployed(status="odd")), "payload.status")],
)
def test_what_could_not_be_read_again_is_refused_and_stays(
    aws: Aws, desk: QuarantineDesk, body: str, said: str
) -> None:
    record = aside(aws, deployed(status="odd"))
    with pytest.raises(InvalidRequest, match=said):
        desk.replay(record.id, "ada", body)
    with pytest.raises(InvalidRequest, match="payload.status"):
        desk.replay(record.id, "ada")
    assert on_queue(aws) == []
    assert len(dead(aws)) == 1
    assert desk.audit().items == []
    assert desk.get(record.id).state is State.OPEN


def test_an_edited_message_carries_no_original_that_says_otherwise(aws: Aws, desk: QuarantineDesk) -> None:
    record = aside(aws, deployed(1) | {"raw": {"sender": "envelope", "body": "", "headers": {}, "params": {}}})
    said = json.loads(record.body)
    said["payload"]["attemptNumber"] = 2
    del said["raw"]["body"]
    desk.replay(record.id, "ada", json.dumps(said))
    (message,) = on_queue(aws)
    assert "raw" not in json.loads(message.body)


def test_a_discarded_message_is_gone_from_the_queue_and_cannot_be_replayed(aws: Aws, desk: QuarantineDesk) -> None:
    record = aside(aws, "no json at all")
    assert desk.discard(record.id, "ada").state is State.DISCARDED
    assert dead(aws) == []
    with pytest.raises(Conflict, match="discarded"):
        desk.replay(record.id, "ada", json.dumps(deployed()))
    assert on_queue(aws) == []
    assert [one.action for one in desk.audit().items] == [Action.DISCARDED]


def test_all_that_can_be_read_now_is_sent_again_and_the_rest_named(aws: Aws, desk: QuarantineDesk) -> None:
    good = [aside(aws, deployed(n)) for n in range(3)]
    bad = aside(aws, "{")
    desk.discard(good[0].id, "ada")
    replayed = desk.replay_all("ada", most=10)
    assert (replayed.sent, [one for one, _ in replayed.refused], replayed.more) == (2, [bad.id], False)
    assert len(on_queue(aws)) == 2
    assert dead(aws) == ["{"]
    assert desk.replay_all("ada").sent == 0


def test_the_daily_job_tries_what_was_passing_never_poison_and_not_for_ever(aws: Aws, desk: QuarantineDesk) -> None:
    passing = aside(aws, deployed(1), "given up after 8 tries: ThrottlingException", passing=True)
    aside(aws, deployed(status="odd"))
    often = aside(aws, deployed(2), "given up after 8 tries: away", passing=True, replays=MOST_REPLAYS)
    assert often.replays == MOST_REPLAYS
    assert desk.retry("daily job").sent == 1
    assert desk.get(passing.id).state is State.REPLAYED
    assert desk.get(often.id).state is State.OPEN
    assert desk.retry("daily job").sent == 0
    assert len(on_queue(aws)) == 1
    assert len(dead(aws)) == 2


def test_a_message_whose_worker_died_is_tried_again_once_nobody_can_be_at_it(aws: Aws) -> None:
    aws.sqs.send_message(QueueUrl=aws.queue_url, MessageBody=json.dumps(deployed()))
    queue = working.queue_of(aws)
    for _ in range(3):
        (message,) = queue.receive()
        quarantine = Quarantine(working.deliveries(aws), queue, working.utc_now)
        quarantine.record_last_receives([message])
        queue.hide([message], 0)
    assert queue.receive() == []  # the queue itself moved it
    record = working.deliveries(aws).quarantine_record(f"{message.sent_at}~{message.id}")
    assert (record.reason, record.final, record.passing) == (LAST_RECEIVE, False, True)
    assert desk_of(aws).retry("daily job").sent == 0
    later = desk_of(aws, lambda: datetime.now(UTC) + timedelta(hours=2))
    assert later.retry("daily job").sent == 1
    assert len(on_queue(aws)) == 1
    assert dead(aws) == []


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.CUT_REPLY])
@pytest.mark.parametrize("service", ["sqs", "dynamodb"])
def test_cut_off_anywhere_a_replay_loses_nothing_and_can_be_done_again(
    aws: Aws, desk: QuarantineDesk, proxy: Proxy, service: str, fault: Fault
) -> None:
    record = aside(aws, deployed())
    dynamodb = clients.dynamodb(proxy.endpoint, REGION)
    sqs = clients.sqs_sender(proxy.endpoint, REGION)
    queue_url, dlq_url = (url.replace(aws.endpoint, proxy.endpoint) for url in (aws.queue_url, aws.dlq_url))
    deliveries, queue = Deliveries(dynamodb, aws.tables), Queue(sqs, queue_url, dlq_url)
    broken = QuarantineDesk(deliveries, queue, Cursors(b"k" * 32), lambda: SUITES, working.utc_now)
    proxy.fail(service, fault)
    with pytest.raises(Unavailable):
        broken.replay(record.id, "ada")
    assert desk.get(record.id).state is State.OPEN
    assert len(dead(aws)) == 1
    proxy.heal()
    broken.replay(record.id, "ada")
    assert {json.loads(one.body)["payload"]["attemptNumber"] for one in on_queue(aws)} == {1}
    assert dead(aws) == []
    dynamodb.close()
    sqs.close()


def test_the_sweep_takes_what_an_interruption_left_and_nothing_else(aws: Aws, desk: QuarantineDesk) -> None:
    settled, opened = aside(aws, deployed(1)), aside(aws, deployed(2))
    working.deliveries(aws).settle(settled, State.REPLAYED, "ada", to_instant(working.utc_now()))
    looked = desk.sweep()
    assert (looked.removed, looked.left, looked.whole) == (1, 1, True)
    assert dead(aws) == [opened.body]


def test_pages_show_each_record_once_newest_first_without_bodies(aws: Aws, desk: QuarantineDesk) -> None:
    records = [aside(aws, deployed(n)) for n in range(5)]
    desk.discard(records[2].id, "ada")
    found, cursor = list[Quarantined](), None
    while True:
        page = desk.page(cursor, 2)
        found, cursor = [*found, *page.items], page.cursor
        if cursor is None:
            break
    assert [one.id for one in found] == sorted((one.id for one in records), reverse=True)
    assert {one.body for one in found} == {""}
    assert [one.id for one in desk.page(state=State.DISCARDED).items] == [records[2].id]
    with pytest.raises(InvalidRequest):
        desk.page(desk.page(limit=1).cursor, 1, State.OPEN)


@pytest.mark.parametrize("record_id", ["", "~", "2026-02-24T10:00:00.000Z~nobody", "#", "x" * 5000])
def test_an_unknown_record_is_not_found(desk: QuarantineDesk, record_id: str) -> None:
    with pytest.raises(NotFound):
        desk.get(record_id)


def test_the_command_does_the_same(
    aws: Aws, desk: QuarantineDesk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)

    def said(*arguments: str) -> str:
        assert dlq.main(arguments) == 0
        return capsys.readouterr().out

    assert "Nothing is in quarantine" in said("list")
    passing = aside(aws, deployed(1), "given up after 8 tries: away", passing=True)
    broken, poison = aside(aws, "{", "the body is not JSON"), aside(aws, deployed(status="odd"))
    assert {line.split()[0] for line in said("list").splitlines()} == {passing.id, broken.id, poison.id}
    assert said("show", broken.id).endswith("\n\n{\n")
    assert "1 sent again" in said("retry")
    assert desk.get(passing.id).settled_by == "daily job"
    assert "discarded" in said("discard", broken.id, "--by", "ada")
    assert said("list", "--state", "discarded").startswith(broken.id)
    assert "0 sent again, 1 could still not be read" in said("replay", "all")
    assert "0 taken" in said("sweep")
    assert dlq.main(["replay", poison.id]) == 1
    assert "payload.status" in capsys.readouterr().err
    assert dlq.main(["show", "nobody"]) == 1
    assert len(dead(aws)) == 1
