"""`python -m data.rebuild` as a command, on a real emulator: it says what differs, mends it, and is quiet then."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data import keys
from data.apply import Applier
from data.catalog_models import Catalog
from data.dynamo import Dynamo
from data.events import DeploymentEvent, sealed
from data.instants import add, to_instant
from data.models import (
    Status,
)
from tests.conftest import Aws

ROOT = Path(__file__).parents[2]
CLUSTER, SERVICE = "mira-us-west-2", "authn"


def rebuild(aws: Aws, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "data.rebuild", *options],
        cwd=ROOT, env=aws.environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def day(aws: Aws) -> tuple[str, str]:
    """The key of the one DAY there is, of an attempt an hour ago."""
    now = to_instant(datetime.now(UTC))
    started = add(now, -3600)
    event = sealed(
        DeploymentEvent(
            source="github-actions", event_time=started, cluster_id=CLUSTER, service_id=SERVICE,
            attempt_id=keys.attempt_id(CLUSTER, SERVICE, "3.4.3", "1"), build_version="3.4.3",
            status=Status.SUCCESS, started_at=started, ended_at=add(started, 60), received_at=now,
        )
    )  # fmt: skip
    applier = Applier(aws.dynamodb, aws.tables, Catalog, 90, lambda: datetime.now(UTC))
    assert applier.apply([event]) == [None]
    applier.close()
    return keys.day_pk(CLUSTER), keys.day_sk(SERVICE, started[:10])


def test_a_read_model_as_the_facts_say_passes_the_check(aws: Aws, day: tuple[str, str]) -> None:
    done = rebuild(aws, "--check")
    assert (done.returncode, done.stdout) == (0, "The read model is as the facts say.\n")


def test_the_check_names_what_is_missing_and_the_rebuild_brings_it_back(aws: Aws, day: tuple[str, str]) -> None:
    dynamo = Dynamo(aws.dynamodb)
    before = dynamo.get(aws.tables.read_model, *day)
    assert before is not None
    dynamo.delete(aws.tables.read_model, before)
    checked = rebuild(aws, "--check")
    assert checked.returncode == 1
    assert f"{day[0]} {day[1]} is missing" in checked.stdout
    mended = rebuild(aws)
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert dynamo.get(aws.tables.read_model, *day) == before


def test_tables_that_are_away_are_said_in_a_sentence(aws: Aws) -> None:
    environment = aws.environment(AWS_ENDPOINT_URL="http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-m", "data.rebuild", "--check"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("Could not read or write the tables:")
    assert "Traceback" not in done.stderr
