"""The scheduled job: a day's card is kept once however often it runs, and a week is told once."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scorecard_snapshot as job
from data import aws as clients
from data import keys, scorecard_items
from data.catalog_models import Catalog
from data.models import EVERYTHING, Scope, Status
from data.scorecard_models import Exemption, Level, ScoreRule
from data.scorecard_queries import card
from data.scorecard_store import ScorecardFiles, Snapshots
from data.store import Store
from data.tables import create_bucket
from tests.conftest import REGION, Aws
from tests.read_model import CATALOG, MIRA, NOW, Writer, attempt, generation

TODAY = "2026-02-24"
WORK = ScoreRule("work", "Deployments work", "attempt_success_rate", ">=", 80.0, Level.BRONZE, days=7)
USED = ScoreRule("used", "Used & <seen>", "healthy_pairs", ">=", 100.0, Level.SILVER)
RULED = replace(CATALOG, score_rules=(WORK, USED), exemptions=(Exemption("used", "billing", "old", "ada", TODAY),))
GOOD = [attempt(f"2026-02-{day:02}T10:00:00Z", n=str(day)) for day in (9, 10, 11, 12)]
BAD = [attempt(f"2026-02-{day:02}T10:00:00Z", n=str(day), status=Status.FAILED) for day in (20, 21, 23)]
BILLING = [attempt("2026-02-10T09:00:00Z", service_id="billing")]


class Slack(ThreadingHTTPServer):
    """The other end of an incoming webhook."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.answer = 200
        self.got: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/services/T0/B0/x"


class Taking(BaseHTTPRequestHandler):
    server: Slack

    def do_POST(self) -> None:
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Nothing: tests are quiet."""


@contextmanager
def slack() -> Iterator[Slack]:
    server = Slack()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def files(emulator: str) -> Iterator[tuple[Any, str]]:
    """A client and the name of a bucket that is gone afterwards."""
    client = clients.s3(emulator, REGION)
    create_bucket(client, "cards", REGION)
    yield client, "cards"
    for one in client.list_objects_v2(Bucket="cards").get("Contents", []):
        client.delete_object(Bucket="cards", Key=one["Key"])
    client.delete_bucket(Bucket="cards")
    client.close()


def parts(
    aws: Aws, attempts: Any = (*GOOD, *BAD, *BILLING), now: datetime = NOW, catalog: Catalog = RULED, **more: Any
):
    gen = generation(attempts, now, catalog)
    snapshots = Snapshots(aws.dynamodb, aws.tables, lambda: now)
    return job.Parts(lambda: gen, snapshots, None, lambda: now, pause=lambda _seconds: None, **more)


def stored(aws: Aws) -> dict[tuple[str, str], Any]:
    found = aws.dynamodb.scan(TableName=aws.tables.scorecards)["Items"]
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in found}


def reads(aws: Aws, now: datetime = NOW) -> Store:
    return Store(aws.dynamodb, aws.tables, b"a cursor secret of tests, 32 byte", 90, lambda: now)


def test_a_day_is_kept_byte_for_byte_alike_however_often_the_job_runs(aws, files):
    client, bucket = files
    given_parts = replace(parts(aws), files=ScorecardFiles(client, bucket))
    assert job.run(given_parts)
    once = stored(aws)
    assert job.run(replace(given_parts, clock=lambda: NOW + timedelta(hours=3)))
    assert stored(aws) == once
    assert {sk for pk, sk in once if pk == keys.score_day_pk(TODAY)} == {"authn", "billing", keys.SCORE_RULES}
    body = client.get_object(Bucket=bucket, Key=f"scorecards/dt={TODAY}/scorecard.json")["Body"].read()
    assert json.loads(body)["services"][0]["level"] is None
    assert all(int(item["expiresAt"]["N"]) == datetime(2028, 3, 24, tzinfo=UTC).timestamp() for item in once.values())


def test_a_later_run_of_the_day_takes_what_happened_since_and_services_that_went(aws):
    job.run(parts(aws))
    job.run(
        parts(
            aws,
            [*GOOD, *BAD[:1], attempt("2026-02-24T11:00:00Z", n="x")],
            catalog=replace(RULED, services=RULED.services[1:]),
        )
    )
    found = reads(aws).scorecard(EVERYTHING, TODAY)
    assert found is not None
    assert [(one.service_id, one.cell("work").value) for one in found.services] == [("authn", 50.0)]
    assert not [key for key in stored(aws) if "billing" in key or key[0] == "SERVICE#billing"]


def test_a_past_day_is_judged_as_it_was_at_its_end(aws):
    assert job.run(parts(aws), "2026-02-12")
    found = reads(aws).scorecard(EVERYTHING, "2026-02-12")
    assert found is not None
    assert found.day == "2026-02-12"
    assert [one.level for one in found.services] == [Level.SILVER, Level.BRONZE]
    assert found.services[0].cell("work").value == 100.0


def test_what_is_missing_is_filled_in_and_what_is_there_is_left(aws):
    job.run(parts(aws), "2026-02-20")
    before = stored(aws)
    job.run(parts(aws, [*GOOD, *BAD, *BILLING, attempt("2026-02-19T08:00:00Z", n="late")]), TODAY, 6)
    after = stored(aws)
    assert sorted(sk for pk, sk in after if pk == keys.SCORE_LEVELS) == [f"2026-02-{day}" for day in range(18, 25)]
    assert {key: after[key] for key in before} == before


def test_of_weeks_only_sundays_are_filled_in(aws):
    job.run(parts(aws), backfill=20, weekly=True)
    days = sorted(sk for pk, sk in stored(aws) if pk == keys.SCORE_LEVELS)
    assert days == ["2026-02-08", "2026-02-15", "2026-02-22", TODAY]


@pytest.mark.parametrize(
    ("asked", "backfill", "why"),
    [("yesterday", 0, "must be a day"), ("2026-02-25", 0, "in the future"), ("2025-01-01", 0, "is older than"),
     (None, 900, "at most 180")],
)  # fmt: skip
def test_what_cannot_be_done_is_said(aws, asked, backfill, why):
    with pytest.raises(job.Refused, match=why):
        job.run(parts(aws), asked, backfill)
    assert stored(aws) == {}


def test_without_rules_there_is_nothing_to_keep(aws):
    assert job.run(parts(aws, catalog=CATALOG))
    assert stored(aws) == {}


def test_the_store_shows_a_scope_its_own_and_nothing_that_has_expired(aws):
    job.run(parts(aws))
    store, authn = reads(aws), Scope(services=frozenset({"authn"}))
    found = store.scorecard(authn, TODAY)
    assert found is not None
    assert [one.service_id for one in found.services] == ["authn"]
    assert sum(team.services for team in found.teams) == 1
    assert set(store.scorecard_levels(authn, TODAY, TODAY)[TODAY]) == {"authn"}
    assert store.scorecard_history(authn, "billing", TODAY, TODAY) == []
    [(standing, outcomes)] = store.scorecard_history(authn, "authn", "2026-01-01", TODAY)
    assert (standing.level, standing.passed, standing.asked, outcomes) == (
        None,
        0,
        2,
        {"work": "fail", "used": "fail"},
    )
    some = Scope(clusters=frozenset({MIRA}))
    assert (store.scorecard(some, TODAY), store.scorecard_levels(some, TODAY, TODAY)) == (None, {})
    late = reads(aws, datetime(2028, 4, 1, tzinfo=UTC))
    assert (late.scorecard(EVERYTHING, TODAY), late.scorecard_levels(EVERYTHING, TODAY, TODAY)) == (None, {})


def test_a_snapshot_that_is_not_whole_is_none(aws):
    job.run(parts(aws))
    key = {"pk": {"S": keys.score_day_pk(TODAY)}, "sk": {"S": "billing"}}
    aws.dynamodb.delete_item(TableName=aws.tables.scorecards, Key=key)
    assert reads(aws).scorecard(EVERYTHING, TODAY) is None


@given(st.lists(st.sampled_from([*GOOD, *BAD, *BILLING]), unique_by=lambda one: one.attempt_id))
def test_a_card_comes_back_from_its_items_as_it_was(attempts):
    made = card(generation(attempts, NOW, RULED), EVERYTHING, NOW)
    items = [item for item in scorecard_items.items(made) if item["pk"]["S"] == keys.score_day_pk(TODAY)]
    assert scorecard_items.card_from(TODAY, items) == made


def test_a_week_is_told_once_with_what_moved_and_why(aws):
    job.run(parts(aws), "2026-02-16")
    with slack() as server:
        told = parts(aws, slack_url=server.url, public_url="https://dashboard.example.com")
        assert job.run(told)
        assert job.run(told)
        [message] = server.got
    lines = message["text"].splitlines()
    assert lines[0] == (
        "*<https://dashboard.example.com/scorecard|Score card, week 2026-W09>* (2026-02-16 to 2026-02-24, UTC): "
        "2 down, 0 up, 0 otherwise changed"
    )
    assert lines[1].endswith(
        "*<https://dashboard.example.com/scorecard#service-authn|Authentication>* Silver → no level"
    )
    assert "no longer kept: Deployments work (0\u202f%, at least 80\u202f% is asked)" in lines[2]
    assert "Used &amp; &lt;seen&gt;" in lines[3]
    assert "*Billing" not in lines[4]
    assert "no longer kept: Deployments work (no data: no finished attempts, at least 80" in lines[5]


def test_a_digest_that_was_not_taken_is_tried_again_by_the_next_run(aws):
    job.run(parts(aws), "2026-02-16")
    with slack() as server:
        server.answer = 500
        assert not job.run(parts(aws, slack_url=server.url))
        assert len(server.got) == job.TRIES
        server.answer = 200
        assert job.run(parts(aws, slack_url=server.url))
        assert len(server.got) == job.TRIES + 1


def test_two_runs_at_once_send_one_digest_and_one_that_died_holds_nobody_up(aws):
    snapshots = Snapshots(aws.dynamodb, aws.tables, lambda: NOW)
    assert [snapshots.begin_digest("2026-W09") for _ in range(2)] == [True, False]
    later = Snapshots(aws.dynamodb, aws.tables, lambda: NOW + timedelta(minutes=20))
    assert later.begin_digest("2026-W09")
    later.end_digest("2026-W09", "sent")
    much_later = Snapshots(aws.dynamodb, aws.tables, lambda: NOW + timedelta(days=1))
    assert not much_later.begin_digest("2026-W09")


def test_without_a_week_before_or_a_change_nobody_is_told(aws):
    with slack() as server:
        assert job.run(parts(aws, slack_url=server.url))
        job.run(parts(aws, GOOD), "2026-02-15")
        still = [*GOOD, *(attempt(f"2026-02-{day}T10:00:00Z", n=str(day)) for day in (20, 23))]
        assert job.run(parts(aws, still, slack_url=server.url))
        assert server.got == []


def test_the_command_keeps_today_and_says_with_its_exit_code_what_was_wrong(aws, monkeypatch, capsys):
    now = datetime.now(UTC)
    writer = Writer(aws.dynamodb, aws.tables)
    writer.catalog(RULED, now)
    writer.write(attempt((now - timedelta(hours=2)).isoformat()), now=now)
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    assert job.main([]) == 0
    found = reads(aws, now).scorecard(EVERYTHING, now.date().isoformat())
    assert found is not None
    assert [one.level for one in found.services] == [Level.SILVER, None]
    assert job.main(["--date", "soon"]) == 2
    assert "--date must be a day" in capsys.readouterr().err
    monkeypatch.setenv("DYNAMODB_TABLE_SCORECARDS", "no-such-table")
    assert job.main([]) == 1
