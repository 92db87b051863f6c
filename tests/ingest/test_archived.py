"""The archive brought back: into empty tables, into full ones, twice, in part, and with pieces missing."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.catalog import CatalogStore
from data.catalog_models import Catalog, Rule
from data.tables import create_request, definitions
from ingest import message, replay
from ingest.archive import Archive
from ingest.archive_lines import Line, pack
from ingest.archived import Span
from ingest.deliveries import SOURCE
from ingest.message import Delivery
from ingest.taking import Incoming, take
from tests.conftest import Aws
from tests.ingest import archiving, saying, working
from tests.ingest.test_worker import ago

Item = dict[str, Any]
RULE = Rule("ours", "github", (("repository", "acme/*"),), service="authn", cluster="mira-us-west-2")
MAPPED = Catalog(rules=(RULE,))
JUNIT = b"""<testsuite name="s" tests="2" failures="1" timestamp="%s">
<testcase name="a"/><testcase name="b"><failure message="no"/></testcase></testsuite>"""


@pytest.fixture
def archive(aws: Aws) -> Iterator[Archive]:
    with archiving.archive_of(aws) as found:
        yield found


def github(state: str, minutes: float) -> Incoming:
    """What GitHub sends of a deployment that began half an hour ago."""
    began = ago(minutes=30)[:19] + "Z"
    body = {
        "action": "created",
        "deployment": {
            "id": 77, "sha": "c" * 40, "ref": "v2.0.1", "task": "deploy", "payload": {}, "environment": "production",
            "created_at": HALF_AN_HOUR_AGO, "updated_at": HALF_AN_HOUR_AGO, "creator": {"login": "ada"},
        },
        "deployment_status": {
            "id": int(minutes), "state": state, "environment": "production", "target_url": "https://ci.example.org/1",
            "created_at": ago(minutes=minutes)[:19] + "Z", "updated_at": began, "creator": {"login": "ada"},
        },
        "repository": {"full_name": "acme/authn", "name": "authn"},
    }  # fmt: skip
    headers = {"X-GitHub-Event": "deployment_status", "X-GitHub-Delivery": f"g-{state}"}
    return Incoming(json.dumps(body).encode(), headers)


HALF_AN_HOUR_AGO = ago(minutes=30)[:19] + "Z"


def envelopes() -> list[Incoming]:
    """Each kind of event that the envelope can say, some told twice and in more than one way."""
    moments = {name: ago(minutes=40) for name in ("startedAt", "promotedAt", "executedAt", "retiredAt")}
    started, ended = moments["startedAt"], ago(minutes=30)
    opened = saying.deployment(startedAt=started, endedAt=..., status="IN_PROGRESS", attemptNumber="1")
    done = saying.deployment(startedAt=started, endedAt=ended, attemptNumber="1", envelope_eventId="d-1")
    failed = saying.deployment(startedAt=started, endedAt=ended, attemptNumber="2", status="FAILED", serviceId="pay")
    result = saying.test_result(attemptId="mira-us-west-2:authn:3.4.3:1", executedAt=ended)
    by_version = saying.test_result(
        attemptId=..., clusterId="mira-us-west-2", serviceId="authn", buildVersion="3.4.3", executedAt=ended,
        suiteType="SANITY",
    )  # fmt: skip
    early = saying.test_result(attemptId="mira-us-west-2:later:1.0.0:9", executedAt=ended)
    promotion = saying.promotion(promotedAt=moments["promotedAt"])
    incident = saying.incident(startedAt=started, resolvedAt=ended)
    build = saying.envelope("build", {"image": "registry.example.org/authn:3.4.3", "sha": "a" * 40}, {})
    retired = {"clusterId": "mira-us-west-2", "serviceId": "pay", "retiredAt": ago(minutes=5)}
    said = [opened, done, done, failed, result, by_version, early, promotion, incident, build]
    said.append(saying.envelope("retirement", retired, {}))
    return [Incoming(json.dumps(one, indent=1).encode(), {}) for one in said]


def deliveries() -> list[Incoming]:
    ran_at = ago(minutes=31)[:19].encode()
    junit = {"attemptId": "mira-us-west-2:authn:3.4.3:1", "suite": "FUNCTIONAL"}
    return [
        *envelopes(), github("in_progress", 29), github("success", 20),
        Incoming(JUNIT % ran_at, {"Content-Type": "application/xml"}, "junit", junit),
    ]  # fmt: skip


def as_webhook(incoming: Incoming, catalog: Catalog, received_at: str) -> str:
    """The message the webhook makes of a delivery."""
    taken = take(incoming, received_at, catalog)
    assert taken.events, taken.detail
    return message.dump(Delivery(taken.events, taken.source, received_at), incoming, taken.sender.name)


def fill(aws: Aws, archive: Archive, incoming: Sequence[Incoming]) -> None:
    """A real worker stores and archives these, and one message put on the queue directly."""
    CatalogStore(aws.dynamodb, aws.tables).save(MAPPED)
    received = [ago(seconds=60 - place) for place in range(len(incoming))]
    messages = [as_webhook(one, MAPPED, at) for one, at in zip(incoming, received, strict=True)]
    direct = saying.deployment(startedAt=ago(minutes=8), endedAt=..., envelope_source="script", serviceId="direct")
    working.send(aws, *messages[:5], json.dumps(direct))
    with working.working(aws, archive_bucket=archive.bucket):
        working.until(lambda: working.empty(aws))
        working.send(aws, *messages[5:], messages[0])
        working.until(lambda: working.empty(aws))
    assert working.deliveries(aws).quarantined() == []


def contents(aws: Aws) -> dict[str, list[Item]]:
    """All facts, the read model but its announcements, and the sources heard from."""
    facts = ("INCIDENT", "BUILD#", "RETIREMENT#", SOURCE)
    found: dict[str, list[Item]] = {}
    for name in (aws.tables.attempts, aws.tables.test_runs, aws.tables.promotions, aws.tables.read_model):
        found[name] = [item for item in scan(aws, name) if not item["pk"]["S"].startswith("CHANGE#")]
    found[aws.tables.events] = [item for item in scan(aws, aws.tables.events) if item["pk"]["S"].startswith(facts)]
    assert all(found.values())
    return {name: sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"])) for name, items in found.items()}


def scan(aws: Aws, table: str) -> list[Item]:
    pages = aws.dynamodb.get_paginator("scan").paginate(TableName=table)
    return [dict(item) for page in pages for item in page["Items"]]


def empty_tables(aws: Aws) -> None:
    """Everything is lost but the catalog."""
    for table in definitions(aws.tables):
        if table.name != aws.tables.catalog:
            aws.dynamodb.delete_table(TableName=table.name)
            aws.dynamodb.create_table(**create_request(table))


@pytest.fixture
def run(aws: Aws, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in aws.environment(ARCHIVE_BUCKET=archive.bucket, RETENTION_DAYS="90").items():
        monkeypatch.setenv(name, value)
    today = datetime.now(UTC)
    span = ["--from", f"{today - timedelta(days=1):%Y-%m-%d}", "--to", f"{today:%Y-%m-%d}"]
    return lambda *arguments: replay.main([*span, *arguments])


def test_everything_is_made_again_from_the_archive_alone(
    aws: Aws, archive: Archive, run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Byte for byte: facts, read model and sources; twice; and beside what is there."""
    fill(aws, archive, deliveries())
    before = contents(aws)
    assert run("--dry-run") == 0
    assert contents(aws) == before
    assert "would be in" in capsys.readouterr().out
    empty_tables(aws)
    assert run("--dry-run") == 0
    assert scan(aws, aws.tables.attempts) == []
    assert run() == 0
    assert "The tables are empty" in capsys.readouterr().out
    assert contents(aws) == before
    assert run() == 0
    assert "applying in order" in capsys.readouterr().out
    assert contents(aws) == before
    empty_tables(aws)
    assert run("--source", "github") == 0
    assert {item["source"]["S"] for item in scan(aws, aws.tables.attempts)} == {"github"}
    assert run() == 0
    assert contents(aws) == before


def test_what_is_broken_is_named_and_the_rest_comes_back(
    aws: Aws, archive: Archive, run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(aws, archive, envelopes())
    before = contents(aws)
    (line, *_) = archiving.lines(archive)
    broken = [replace(line, raw=b"{", message_id="m-broken"), replace(line, sender="nobody", message_id="m-nobody")]
    for key, body in pack(broken):
        archiving.put(archive, key, body)
    day = line.received_at[:10]
    archiving.put(archive, f"events/dt={day}/000000000-cut.jsonl.gz", b"\x1f\x8b\x08")
    archiving.put(archive, f"events/dt={day}/000000001-odd.jsonl.gz", gzip.compress(b'{"v":9}\n'))
    empty_tables(aws)
    assert run() == 1
    said = capsys.readouterr()
    for name in ("m-broken", "m-nobody", "000000000-cut", "000000001-odd"):
        assert name in said.err
    assert "4 unreadable" in said.out
    assert contents(aws) == before


def old_line(archive: Archive, days_ago: int, received_days_ago: int, n: int, **changes: Any) -> None:
    """A deployment of long ago, archived long ago."""
    started, received = ago(days=days_ago), ago(days=received_days_ago)
    body = json.dumps(saying.deployment(startedAt=started, endedAt=..., attemptNumber=n)).encode()
    text = as_webhook(Incoming(body, {}), Catalog(), received)
    delivery = message.parse(text, received, saying.SUITES)
    sent = message.original(text)
    assert sent is not None and sent.raw is not None
    archiving.put(archive, *pack([replace(_line(delivery, sent), **changes)])[0])


def _line(delivery: Delivery, sent: message.Original) -> Line:
    return Line(
        delivery.received_at, delivery.source, sent.sender, f"m-{delivery.received_at}", sent.raw, {}, {},
        tuple(message.entry(event) for event in delivery.events),
    )  # fmt: skip


def test_closed_days_are_made_from_the_archive_where_there_is_nothing_else(
    aws: Aws, archive: Archive, run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their facts have expired; what came after they were closed stays out, as it did then, unless asked for."""
    old_line(archive, 200, 200, 1)
    old_line(archive, 3, 3, 2)
    old_line(archive, 150, 20, 3, too_late=True)
    span = ["--from", ago(days=300)[:10], "--to", ago(days=0)[:10]]
    assert replay.main(span) == 0
    assert [item["sk"]["S"][6:] for item in days_of(aws)] == [ago(days=200)[:10], ago(days=3)[:10]]
    assert "left out without --late" in capsys.readouterr().out
    empty_tables(aws)
    assert replay.main([*span, "--late"]) == 0
    assert len(days_of(aws)) == 3
    # there are facts now: what is closed is left alone
    stored = contents_of_attempts(aws)
    assert replay.main(span) == 0
    assert contents_of_attempts(aws) == stored
    assert len(days_of(aws)) == 3


def days_of(aws: Aws) -> list[Item]:
    found = [item for item in scan(aws, aws.tables.read_model) if item["pk"]["S"].startswith("DAY#")]
    return sorted(found, key=lambda item: str(item["sk"]["S"]))


def contents_of_attempts(aws: Aws) -> list[Item]:
    return sorted(scan(aws, aws.tables.attempts), key=lambda item: str(item["sk"]["S"]))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "2026-02-24", "--to", "yesterday"], "must be a date"),
        (["--from", "2026-02-24", "--to", "2026-02-23"], "--from must be before --to"),
        (["--from", "2026-02-24T10:00:00Z", "--to", "2026-02-24T10:00:00Z"], "--from must be before --to"),
        (["--from", "2026-02-24"], "must be a date"),
    ],
)
def test_a_span_that_is_none_is_refused(
    run: Any, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert replay.main(arguments) == 2
    assert said in capsys.readouterr().err


def test_without_a_bucket_there_is_nothing_to_replay(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ARCHIVE_BUCKET", raising=False)
    assert replay.main(["--from", "2026-02-24", "--to", "2026-02-24"]) == 2
    assert "ARCHIVE_BUCKET is not set" in capsys.readouterr().err


def test_a_dates_whole_day_belongs_to_a_span_and_a_times_moment_does_not() -> None:
    assert Span.parse("2026-02-24", "2026-02-24") == Span("2026-02-24T00:00:00.000Z", "2026-02-25T00:00:00.000Z")
    assert Span.parse("2026-02-24T10:00:00+01:00", "2026-02-24T10:00:00Z") == Span(
        "2026-02-24T09:00:00.000Z", "2026-02-24T10:00:00.000Z"
    )
