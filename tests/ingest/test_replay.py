"""The replay: the demo's past by bulk, its gap by the worker's way, and both the same in the end."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.catalog import CatalogStore
from data.errors import InvalidRequest
from data.events import DeploymentEvent
from data.models import EVERYTHING
from data.store import Store
from demo import past
from demo.mark import Import, Marks
from demo.world import SUITES
from ingest import replay
from ingest.deliveries import Deliveries
from ingest.envelope import normalize
from ingest.origins import Received
from ingest.replay import Replay, normalised, replay_demo

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=3)


def attempt_ids(aws: Any) -> set[str]:
    """Every attempt in the table."""
    pages = aws.dynamodb.get_paginator("scan").paginate(TableName=aws.tables.attempts)
    return {item["attemptId"]["S"] for page in pages for item in page["Items"]}


def told_attempts(received: list[Received]) -> set[str]:
    events = [event for one in received for event in normalize(one.body, one.received_at, suites=SUITES)]
    return {event.attempt_id for event in events if isinstance(event, DeploymentEvent)}


def run(aws: Any, now: datetime, *, days: int = 3, gap: bool = False) -> tuple[int, list[str]]:
    said: list[str] = []
    status = replay_demo(aws.dynamodb, aws.settings(), now, days=days, gap=gap, say=said.append)
    return status, said


def test_a_wrong_delivery_is_named(aws: Any):
    wrong = Received("2026-03-04T10:00:00.000Z", {"source": "x", "eventType": "deployment", "payload": {}})
    with pytest.raises(InvalidRequest, match="delivery 1 of 2026-03-04"):
        list(normalised([wrong], SUITES))


def test_the_past_is_in_after_an_import(aws: Any):
    status, said = run(aws, NOW)
    told = list(past.events(NOW, 3))
    assert status == 0
    assert said[-1] == f"{len(told):,} events are in."
    assert attempt_ids(aws) == told_attempts(told)
    assert Marks(aws.dynamodb, aws.tables).told_until() == NOW


def test_progress_is_told_in_whole_events(aws: Any):
    _, said = run(aws, NOW, days=1)
    total = len(list(past.events(NOW, 1)))
    lines = [line for line in said if line.endswith(f"of {total:,} events")]
    assert lines
    assert lines[-1] == f"{total:,} of {total:,} events"


def test_a_second_import_is_refused_and_changes_nothing(aws: Any):
    run(aws, NOW, days=1)
    before = attempt_ids(aws)
    status, said = run(aws, NOW + timedelta(minutes=2), days=1)
    assert status == 2
    assert "--gap" in said[-1]
    assert attempt_ids(aws) == before


def test_the_gap_holds_what_was_missed_and_no_more(aws: Any):
    before = NOW - timedelta(hours=5)
    run(aws, before, days=1)
    old = attempt_ids(aws)
    status, _ = run(aws, NOW, days=1, gap=True)
    missed = [one.received for one in past.between(before, NOW)]
    assert status == 0
    assert attempt_ids(aws) == old | told_attempts(missed)
    assert Marks(aws.dynamodb, aws.tables).told_until() == NOW


def test_a_gap_without_a_past_brings_the_past(aws: Any):
    status, _ = run(aws, NOW, days=1, gap=True)
    assert status == 0
    assert attempt_ids(aws) == told_attempts(list(past.events(NOW, 1)))


def test_an_import_that_broke_off_is_repeated_as_it_was_and_then_caught_up(aws: Any):
    begun = NOW - timedelta(minutes=10)
    Marks(aws.dynamodb, aws.tables).begin_import(Import(begun, 1))
    status, _ = run(aws, NOW, days=2)
    missed = [one.received for one in past.between(begun, NOW)]
    assert status == 0
    assert attempt_ids(aws) == told_attempts([*past.events(begun, 1), *missed])


def test_bulk_and_worker_end_in_the_same_attempts(aws: Any):
    received = list(past.events(NOW, 1))
    bulk = Replay(aws.dynamodb, aws.tables, 90, lambda line: None)
    bulk.bulk(received)
    store = Store(aws.dynamodb, aws.tables, b"k" * 32, 90)
    before = {one: store.attempt(EVERYTHING, one) for one in attempt_ids(aws)}
    bulk.in_order(received, lambda n: None)
    assert {one: store.attempt(EVERYTHING, one) for one in attempt_ids(aws)} == before


def test_what_the_catalog_does_not_know_is_entered_unconfirmed(aws: Any):
    run(aws, NOW, days=1)
    catalog = CatalogStore(aws.dynamodb, aws.tables).load()
    assert {cluster.confirmed for cluster in catalog.clusters} == {False}
    assert "payments" in {service.service_id for service in catalog.services}


def test_each_source_is_known_to_have_been_heard(aws: Any):
    run(aws, NOW, days=1)
    newest: Counter[str] = Counter()
    last = {}
    for one in past.events(NOW, 1):
        last[one.body["source"]] = one.received_at
        newest[one.body["source"]] += 1
    assert Deliveries(aws.dynamodb, aws.tables).sources() == last


def test_the_command_imports_with_the_environments_settings(
    aws: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    assert replay.main(["--demo", "--days", "1"]) == 0
    assert "events are in." in capsys.readouterr().out
    assert replay.main(["--demo", "--days", "1"]) == 2


def test_the_command_says_so_when_aws_is_away(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("data.aws.dynamodb", impatient)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert replay.main(["--demo"]) == 1
    assert "could not be brought in" in capsys.readouterr().err


def impatient(endpoint: str, region: str, role: str) -> Any:
    """A client that gives up at once."""
    import boto3
    from botocore.config import Config

    session = boto3.session.Session(aws_access_key_id="local", aws_secret_access_key="local")
    once = Config(connect_timeout=0.2, retries={"mode": "standard", "total_max_attempts": 1})
    return session.client("dynamodb", region_name=region, endpoint_url=endpoint, config=once)
