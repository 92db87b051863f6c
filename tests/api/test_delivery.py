"""The delivery metrics over HTTP, on events that went through the worker's folds: numbers, rows, pages, the file."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.schemas_delivery import DELIVERY_EXAMPLES
from data.delivery_queries import delivery
from data.delivery_views import DeliveryFilter, MetricId
from data.models import EVERYTHING
from data.read_model_reader import ReadModelReader
from data.refresher import ReadModel
from tests.api.conftest import Site, deployed
from tests.api.reading_csv import rows
from tests.api.test_openapi import validate
from tests.api.test_read import answer
from tests.conftest import fresh_aws
from tests.ingest import saying
from tests.read_model import AQUILA, MIRA, NOW

DORA, LEDGER, FILE = "/api/metrics/dora", "/api/metrics/dora/ledger", "/api/exports/delivery-ledger.csv"
COMMITS = [{"sha": "a1b2c3d", "committedAt": "2026-02-20T08:14:00Z"}, {"sha": "b2c3d4e"}]
WENT_BACK = [
    deployed("2026-02-19", 1, clusterId=AQUILA, buildVersion="3.4.0"),
    deployed("2026-02-20", 2, clusterId=AQUILA, buildVersion="3.4.1", commits=COMMITS),
    deployed("2026-02-21", 3, clusterId=AQUILA, buildVersion="3.4.2"),
    deployed("2026-02-22", 4, clusterId=AQUILA, buildVersion="3.4.0"),
    deployed("2026-02-23", 5, clusterId=AQUILA, buildVersion="3.4.5", status="FAILED"),
]
INCIDENT = saying.incident(
    incidentId="INC-9", clusterId=None, startedAt="2026-02-21T11:00:00Z", resolvedAt="2026-02-21T12:00:00Z"
)


@pytest.fixture(scope="module")
def past(emulator: str, aws_clients: Any) -> Iterator[Site]:
    with fresh_aws(emulator, *aws_clients) as aws:
        site = Site(aws)
        site.say(*WENT_BACK)
        yield site


@pytest.fixture(scope="module")
def produced(past: Site) -> FlaskClient:
    """A client of an application whose production was deployed to."""
    return cast(Flask, past.app().server).test_client()


def test_the_five_come_with_their_evidence_and_as_the_document_promises(produced):
    found = answer(produced, DORA)
    spec = answer(produced, "/api/openapi.json")
    validate(spec, {"$ref": "#/components/schemas/Delivery"}, found)
    assert (found["filter"]["from"], found["filter"]["to"], found["grain"]) == ("2026-01-26", "2026-02-24", "day")
    assert (found["deployments"], found["restores"], found["failed"], found["releases"]) == (3, 1, 1, 3)
    failure = found["metrics"]["change_failure_rate"]
    assert (failure["unit"], failure["value"], failure["n"]) == ("percent", 33.3, 3)
    assert (failure["band"], failure["bandReason"]) == ("low", "small_sample")
    assert found["metrics"]["change_lead_time"]["value"] == 7200
    assert found["metrics"]["failed_deployment_recovery_time"]["value"] == 2 * 86_400
    assert found["failedRollouts"] == {"count": 1, "rate": 20.0, "n": 5}
    assert found["excluded"] == {"restore": 1, "failed_rollout": 1, "in_progress": 1, "no_commit_time": 3}
    assert {one["id"]: one["deployments"] for one in found["services"]} == {"authn": 3, "billing": 0}


def test_the_edition_of_2025_gives_scores(produced):
    found = answer(produced, DORA, edition="2025", serviceId="authn", clusterId=AQUILA)
    assert found["metrics"]["change_lead_time"] | {"change": None} == found["metrics"]["change_lead_time"] | {
        "score": 8.0, "band": None, "change": None
    }  # fmt: skip
    assert found["score"] == pytest.approx((6.0 + 8.0 + 10 - 10 / 3 + 6.0 + 7.5) / 5)


@pytest.mark.parametrize("query", [
    "clusterId=nowhere", "serviceId=nobody", "team=Nobody",
])  # fmt: skip
def test_what_is_unknown_is_a_404(produced, query):
    assert produced.get(f"{DORA}?{query}").status_code == 404
    assert produced.get(f"{LEDGER}?{query}").status_code == 404


@pytest.mark.parametrize(("query", "field"), [
    ("edition=1999", "edition"), ("from=2026-02-02&to=2026-02-01", "from"), ("metric=mttr", "metric"), ("x=1", "x"),
    ("failure=bad", "failure"), ("included=perhaps", "included"), ("day=today", "day"), ("cursor=abc", "cursor"),
])  # fmt: skip
def test_what_is_wrong_is_named(produced, query, field):
    response = produced.get(f"{LEDGER}?{query}")
    assert (response.status_code, response.get_json()["field"]) == (400, field)


def test_an_unchanged_answer_is_not_sent_again(produced):
    first = produced.get(DORA)
    assert produced.get(DORA, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_the_ledger_lists_what_counts_and_what_does_not_with_the_reason(produced):
    found = answer(produced, LEDGER, metric="change_failure_rate")
    validate(answer(produced, "/api/openapi.json"), {"$ref": "#/components/schemas/DeliveryLedger"}, found)
    assert [(one["buildVersion"], one["kind"], one["excluded"], one["failure"]) for one in found["rows"]] == [
        ("1.0.0", "in_progress", "in_progress", None),
        ("3.4.5", "failed_rollout", "failed_rollout", None), ("3.4.0", "restore", "restore", None),
        ("3.4.2", "deployment", None, None), ("3.4.1", "deployment", None, "restored"),
        ("3.4.0", "deployment", None, None),
    ]  # fmt: skip
    blamed = found["rows"][4]
    assert blamed["recoveredBy"] == f"{AQUILA}:authn:3.4.0:4"
    assert (blamed["leadSec"], blamed["leadExcluded"]) == ([7200.0], {"no_commit_time": 1})
    assert answer(produced, LEDGER, failure="restored")["total"] == 1


def test_pages_of_the_ledger_follow_each_other_and_a_cursor_is_of_its_list(produced):
    pages, cursor = [], None
    while True:
        found = answer(produced, LEDGER, limit=2, **({"cursor": cursor} if cursor else {}))
        pages.append([one["attemptId"] for one in found["rows"]])
        cursor = found["nextCursor"]
        if cursor is None:
            break
        assert produced.get(f"{LEDGER}?cursor={cursor}&kind=restore").status_code == 400
    assert [len(page) for page in pages] == [2, 2, 2]
    assert sum(pages, []) == [one["attemptId"] for one in answer(produced, LEDGER)["rows"]]


def test_the_file_has_the_rows_of_the_ledger(produced):
    response = produced.get(f"{FILE}?metric=change_failure_rate")
    assert (
        "delivery-ledger-change_failure_rate-2026-01-26-to-2026-02-24.csv" in response.headers["Content-Disposition"]
    )
    listed = answer(produced, LEDGER, metric="change_failure_rate")["rows"]
    found = rows(response)
    assert [one["attemptId"] for one in found] == [one["attemptId"] for one in listed]
    assert (found[4]["leadP50Sec"], found[4]["leadN"], found[4]["leadExcluded.no_commit_time"]) == (
        "7200.0",
        "1",
        "1",
    )


def test_an_incident_that_comes_later_is_found_by_the_next_refresh_and_by_a_load(past):
    model, reader = past.read_model(), ReadModelReader(past.aws.dynamodb, past.aws.tables)
    period = DeliveryFilter("2026-02-18", "2026-02-24")

    def failed(of: ReadModel) -> list[str]:
        found = delivery(of.generation, EVERYTHING, period, NOW)
        return [f"{rule} {count}" for rule, count in found.failures.items() if count]

    assert failed(model) == ["restored 1"]
    past.say(INCIDENT)
    model.refresh(reader)
    assert failed(model) == ["restored 1", "incident 1"]
    assert failed(past.read_model()) == failed(model)
    known = model.generation
    model.refresh(reader)
    assert model.generation.ledger is known.ledger
    recovery = delivery(known, EVERYTHING, period, NOW).numbers.metrics[MetricId.RECOVERY_TIME]
    assert recovery.n == 2
    past.say(deployed("2026-02-24", 9, buildVersion="3.4.9", clusterId=MIRA))
    model.refresh(reader)
    assert delivery(model.generation, EVERYTHING, period, NOW).numbers.failed == 2


@pytest.mark.parametrize("name", DELIVERY_EXAMPLES)
def test_examples_fit_their_schemas(produced, name):
    validate(answer(produced, "/api/openapi.json"), {"$ref": f"#/components/schemas/{name}"}, DELIVERY_EXAMPLES[name])
