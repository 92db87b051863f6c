"""Thousands of events, two workers killed with -9 on the way: at the end all are there, and none twice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data import keys
from data.days import to_pair_day
from data.instants import to_instant
from tests.conftest import Aws
from tests.ingest import saying, working
from tests.ingest.processes import worker
from tests.ingest.saying import SUITES

CLUSTERS = [f"cluster-{n}" for n in range(3)]
SERVICES = [f"service-{n}" for n in range(4)]
PER_ATTEMPT = 10  # its start, its end, eight runs of suites
HOLD_SECONDS = 20
ATTEMPTS, ATTEMPTS_OF_A_SOAK = 200, 1000


def history(attempts: int) -> list[dict[str, Any]]:
    """Attempts in turn on every pair, each with all its events; every tenth event is sent twice."""
    events = [event for n in range(attempts) for event in attempt(n, attempts)]
    return [event for place, event in enumerate(events) for _ in range(2 if place % 10 == 9 else 1)]


def attempt(n: int, of: int) -> list[dict[str, Any]]:
    begun = datetime.now(UTC) - timedelta(days=3) + n * timedelta(days=2) / of
    start, end = to_instant(begun), to_instant(begun + timedelta(minutes=5))
    cluster, service, version = CLUSTERS[n % 3], SERVICES[n // 3 % 4], f"1.{n}.0"
    pair = {"clusterId": cluster, "serviceId": service, "buildVersion": version}
    named = {**pair, "attemptNumber": n, "startedAt": start, "endedAt": ...}
    results = [
        saying.test_result(
            attemptId=keys.attempt_id(cluster, service, version, str(n)), suiteType=SUITES[run % 3],
            executedAt=to_instant(begun + timedelta(minutes=run)), testRunId=f"run-{n}-{run}",
        )
        for run in range(PER_ATTEMPT - 2)
    ]  # fmt: skip
    ended = saying.deployment(**named | {"endedAt": end, "status": "SUCCESS"})
    return [saying.deployment(**named, status="IN_PROGRESS"), *results, ended]


def all_items(aws: Aws, table: str) -> list[dict[str, Any]]:
    pages = aws.dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return [dict(item) for page in pages for item in page["Items"]]


def stored(aws: Aws) -> int:
    """How many attempts there are so far; read with the items it would take the emulator from the worker."""
    pages = aws.dynamodb.get_paginator("scan").paginate(TableName=aws.tables.attempts, Select="COUNT")
    return sum(page["Count"] for page in pages)


def counted(aws: Aws) -> dict[str, int]:
    """What is in the tables, counted."""
    runs = all_items(aws, aws.tables.test_runs)
    days = [item for item in all_items(aws, aws.tables.read_model) if item["pk"]["S"].startswith("DAY#")]
    summaries = [to_pair_day(item) for item in days if "summary" in item]
    return {
        "claims": sum(item["sk"]["S"].startswith(keys.CLAIM) for item in runs),
        "attempts": len(all_items(aws, aws.tables.attempts)),
        "counted in days": sum(sum(day.counts.values()) for day in summaries),
        "quarantined": len(working.deliveries(aws).quarantined(limit=100)),
        "dead letters": working.queue_of(aws).depth().dead,
    }


@pytest.mark.slow
def test_all_events_are_there_and_none_twice_though_two_workers_are_killed(
    aws: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str], pytestconfig: pytest.Config
):
    attempts = ATTEMPTS_OF_A_SOAK if pytestconfig.getoption("soak") else ATTEMPTS
    aws.sqs.set_queue_attributes(QueueUrl=aws.queue_url, Attributes={"VisibilityTimeout": str(HOLD_SECONDS)})
    working.send(aws, *history(attempts))
    for share in (0.2, 0.5):
        with worker(aws, tmp_path / f"log-{share}") as process:
            wanted = int(share * attempts)
            working.until(lambda: stored(aws) >= wanted, seconds=600, pause=0.5)  # noqa: B023
            process.killed()
    with worker(aws, tmp_path / "log"):
        working.until(lambda: working.empty(aws), seconds=900, pause=0.5)
    found = counted(aws)
    with capsys.disabled():
        print(f"\n{attempts * PER_ATTEMPT} events queued, two kills: {found}")
    assert found == {
        "claims": attempts * PER_ATTEMPT,
        "attempts": attempts,
        "counted in days": attempts,
        "quarantined": 0,
        "dead letters": 0,
    }
