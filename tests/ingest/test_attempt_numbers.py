"""D02: fifty first events of one version at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from data import codec
from data.apply import Applier
from data.catalog_models import DOCUMENT_SUITES, Catalog
from data.dynamo import Dynamo
from data.events import AnyEvent
from ingest.envelope import normalize
from tests.conftest import Aws

RECEIVED = "2026-02-24T10:01:00.000Z"


def first_event(**named: str) -> AnyEvent:
    payload: dict[str, Any] = {
        "clusterId": "mira-us-west-2", "serviceId": "authn", "buildVersion": "3.4.3", "status": "IN_PROGRESS",
        "startedAt": "2026-02-24T10:00:00Z",
    }  # fmt: skip
    body = {"source": "github-actions", "eventType": "deployment", "payload": payload | named}
    (event,) = normalize(body, RECEIVED, suites=DOCUMENT_SUITES)
    return event


@pytest.fixture
def workers(aws: Aws) -> Iterator[list[Applier]]:
    def clock() -> datetime:
        return datetime(2026, 2, 24, 10, 2, tzinfo=UTC)

    made = [Applier(aws.dynamodb, aws.tables, Catalog, 90, clock, threads=1) for _ in range(5)]
    yield made
    for one in made:
        one.close()


def stored_ids(aws: Aws) -> list[str]:
    return sorted(codec.to_attempt(item).attempt_id for item in Dynamo(aws.dynamodb).scan(aws.tables.attempts))


def test_the_same_first_event_fifty_times_at_once_is_one_attempt(aws: Aws, workers: list[Applier]) -> None:
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda n: workers[n % 5].apply([first_event()]), range(50)))
    assert answers == [[None]] * 50
    assert stored_ids(aws) == ["mira-us-west-2:authn:3.4.3:1771927200"]


def test_fifty_re_runs_at_once_are_fifty_attempts_of_unique_ids(aws: Aws, workers: list[Applier]) -> None:
    runs = [first_event(runId="991", runAttempt=str(n)) for n in range(1, 51)]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda n: workers[n % 5].apply([runs[n]]), range(50)))
    assert answers == [[None]] * 50
    assert stored_ids(aws) == sorted(f"mira-us-west-2:authn:3.4.3:991.{n}" for n in range(1, 51))
