"""One application with a small, known past that went through the real folds, shared by the API's tests."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from dash import Dash
from flask import Flask
from flask.testing import FlaskClient

import app as composition
from data.apply import Applier
from data.catalog import CatalogStore
from data.catalog_models import Catalog
from data.models import EVERYTHING, Day, Scope
from data.read_model_reader import ReadModelReader
from data.refresher import ReadModel
from data.scorecard_queries import card
from data.scorecard_store import Snapshots
from data.store import Store
from ingest.envelope import normalize
from ingest.queue import Queue
from tests.conftest import Aws, fresh_aws
from tests.ingest import saying
from tests.read_model import AQUILA, CATALOG, MIRA, NOW, PAVO

RECEIVED = "2026-02-24T12:00:00.000Z"
SERVING = f"{MIRA}:authn:3.4.2:1284"
FAILED = f"{MIRA}:authn:3.4.3:1285"


def deployed(day: str, number: int, **changes: Any) -> dict[str, Any]:
    """A deployment of authn on Mira at ten o'clock, fourteen minutes long."""
    times = {"startedAt": f"{day}T10:00:00Z", "endedAt": f"{day}T10:14:00Z", "attemptNumber": number}
    return saying.deployment(**(times | changes))


def tested(attempt: str, suite: str, failed: int = 0, **changes: Any) -> dict[str, Any]:
    """A run of 420 tests."""
    counts = {"total": 420, "passed": 420 - failed, "failed": failed}
    return saying.test_result(attemptId=attempt, suiteType=suite, **(counts | changes))


PAST = [
    deployed("2026-02-19", 1283, buildVersion="3.4.1"),
    deployed("2026-02-20", 1284, buildVersion="3.4.2", actor="rosa", runUrl="https://ci.example.com/1284"),
    tested(SERVING, "FUNCTIONAL", 3, testRunId="first", executedAt="2026-02-20T10:05:00Z"),
    tested(SERVING, "FUNCTIONAL", testRunId="second", executedAt="2026-02-20T10:09:00Z"),
    tested(SERVING, "SANITY", executedAt="2026-02-20T10:10:00Z"),
    saying.promotion(
        buildVersion="3.4.2", fromClusterId=MIRA, toClusterId=PAVO, promotedAt="2026-02-20T12:00:00Z"
    ),
    saying.promotion(
        buildVersion="3.4.2", fromClusterId=PAVO, toClusterId=AQUILA, promotedAt="2026-02-21T12:00:00Z"
    ),
    deployed(
        "2026-02-21", 7, clusterId=PAVO, buildVersion="3.4.2", status="ROLLBACK", failureReason="error rate",
        rollbackToBuild="3.4.1",
    ),
    saying.incident(
        incidentId="INC-7", clusterId=PAVO, startedAt="2026-02-21T10:20:00Z", resolvedAt="2026-02-21T11:00:00Z"
    ),
    deployed("2026-02-22", 1285, buildVersion="3.4.3", status="FAILED", failureReason="image pull"),
    deployed("2026-02-23", 1286, buildVersion="3.4.4", status="FAILED", cancelled=True),
    deployed("2026-02-23", 31, serviceId="billing", buildVersion="1.0.0", status="LIVE"),
    deployed(
        "2026-02-24", 2, clusterId=AQUILA, serviceId="billing", buildVersion="1.0.0", status="IN_PROGRESS",
        endedAt=None,
    ),
]  # fmt: skip


class Site:
    """Tables with a past, and applications on them."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.settings = aws.settings()
        CatalogStore(aws.dynamodb, aws.tables, lambda: NOW).save(CATALOG)
        self.say(*PAST)

    def say(self, *envelopes: dict[str, Any]) -> None:
        """Have the worker's folds store what these envelopes say."""
        suites = CATALOG.suites
        events = [event for body in envelopes for event in normalize(body, RECEIVED, suites=suites)]
        applier = Applier(self.aws.dynamodb, self.aws.tables, lambda: CATALOG, 90, lambda: NOW)
        assert applier.apply(events) == [None] * len(events)
        applier.close()

    def read_model(self, loaded: bool = True) -> ReadModel:
        """A read model of these tables."""
        model = ReadModel(clock=lambda: NOW)
        if loaded:
            model.load(ReadModelReader(self.aws.dynamodb, self.aws.tables))
        return model

    def judge(self, rules: Catalog, day: Day) -> None:
        """Have these rules, and a score card by them kept as the snapshot of a day."""
        CatalogStore(self.aws.dynamodb, self.aws.tables, lambda: NOW).save(rules)
        found = card(self.read_model().generation, EVERYTHING, NOW)
        Snapshots(self.aws.dynamodb, self.aws.tables, lambda: NOW).write(replace(found, day=day))

    def app(self, model: ReadModel | None = None, scope: Scope = EVERYTHING, **changes: Any) -> Dash:
        """The application, as gunicorn would serve it."""
        secret, days = self.settings.cursor_secret, self.settings.retention_days
        parts: dict[str, Any] = {
            "read_model": model or self.read_model(),
            "store": Store(self.aws.dynamodb, self.aws.tables, secret, days, lambda: NOW),
            "queue": Queue(self.aws.sqs, self.aws.queue_url, self.aws.dlq_url),
            "clock": lambda: NOW,
        }
        settings = changes.pop("settings", self.settings)
        return composition.create_app(settings, scope=lambda: scope, **(parts | changes))


@pytest.fixture(scope="package")
def site(emulator: str, aws_clients: Any) -> Iterator[Site]:
    """A past that no test changes."""
    with fresh_aws(emulator, *aws_clients) as aws:
        yield Site(aws)


@pytest.fixture(scope="package")
def dash_app(site: Site) -> Dash:
    """The application on it."""
    return site.app()


@pytest.fixture
def client(dash_app: Dash) -> FlaskClient:
    """A client of the application."""
    return cast(Flask, dash_app.server).test_client()


@pytest.fixture(scope="package")
def scoped(site: Site) -> FlaskClient:
    """A client that may see authn on Mira only."""
    mine = Scope(clusters=frozenset({MIRA}), services=frozenset({"authn"}))
    return cast(Flask, site.app(scope=mine).server).test_client()
