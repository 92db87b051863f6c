"""The demo's real senders: what they say is understood, mapped, ignored or refused as it is meant to be."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from data.catalog_file import read_catalog_file
from data.catalog_models import Catalog
from data.events import DeploymentEvent, TestResultEvent
from data.instants import to_instant
from data.intake_secrets import IntakeSecret
from demo import visits
from demo.visits import Visit
from ingest import credentials
from ingest.explaining import Explanation, explain
from ingest.headers import Headers
from ingest.taking import Incoming

ROOT = Path(__file__).resolve().parents[2]
SECRET = "test-webhook-secret-0123456789abcdef"
START = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)
STEP = timedelta(seconds=visits.LATEST)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The catalog as the demo loads it."""
    return read_catalog_file(ROOT / "catalog.yaml")


def of_hours(hours: int) -> list[Visit]:
    steps = range(int(timedelta(hours=hours) / STEP))
    return [visit for step in steps for visit in visits.between(START + step * STEP, START + (step + 1) * STEP)]


def judged(visit: Visit, catalog: Catalog) -> Explanation:
    address = urlsplit(visit.path)
    sender = address.path.removeprefix("/webhook").strip("/") or None
    headers = Headers(visit.signed_with(SECRET).items())
    at = datetime.fromtimestamp(visit.at + 1, UTC)
    credentials.admit(headers, visit.body, [IntakeSecret("secret", SECRET)], lambda key: None, at)
    incoming = Incoming(visit.body, headers, sender, dict(parse_qsl(address.query)))
    return explain(incoming, to_instant(at), catalog, retention_days=90)


def test_each_kind_of_verdict_is_there_and_only_the_wrong_version_is_refused(catalog: Catalog) -> None:
    said = [judged(visit, catalog) for visit in of_hours(5)]
    kinds = Counter((one.sender, one.verdict.value, one.reason) for one in said)
    assert set(kinds) == {
        ("github", "accepted", None), ("gitlab", "accepted", None), ("junit", "accepted", None),
        ("github", "ignored", "unmapped"), ("github", "ignored", "ping"), ("envelope", "rejected", "invalid"),
    }  # fmt: skip
    assert {one.field for one in said if one.reason == "invalid"} == {"payload.buildVersion"}


def test_the_tests_belong_to_the_attempt_that_github_opened_and_ended(catalog: Catalog) -> None:
    events = [one.event for visit in of_hours(3) for one in judged(visit, catalog).events]
    rollouts = [one for one in events if isinstance(one, DeploymentEvent) and one.source == "github"]
    ended = {one.attempt_id for one in rollouts if one.ended_at}
    tested = {one.attempt_id for one in events if isinstance(one, TestResultEvent)}
    assert tested and tested <= ended
    assert {one.cluster_id for one in rollouts} == {"mira-us-west-2"}
    assert {one.service_id for one in events if isinstance(one, DeploymentEvent)} == {"developer-portal"}


def test_some_test_fails_and_some_delivery_is_repeated() -> None:
    said = of_hours(5)
    assert any(b"<failure" in visit.body for visit in said)
    ids = Counter(dict(visit.headers).get("X-GitHub-Delivery") for visit in said)
    ids.pop(None)
    assert max(ids.values()) == 2


def test_what_is_said_follows_from_the_clock_and_long_ago_is_not_told_again() -> None:
    middle = START + timedelta(minutes=11)
    until = START + timedelta(minutes=22)
    assert visits.between(START, middle) + visits.between(middle, until) == visits.between(START, until)
    assert visits.between(START - timedelta(days=3), until) == visits.between(until - STEP, until)
