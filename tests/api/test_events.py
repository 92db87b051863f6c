"""Events over the API: everything once and in order, page by page, and only what one may see."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from data.catalog_models import Catalog
from data.events import DeploymentEvent, IncidentEvent, TestResultEvent
from data.models import Scope, Status
from tests.api.conftest import FAILED, SERVING, Site
from tests.ingest.normalizers.posting import post
from tests.read_model import AQUILA, PAVO

ALL = {"from": "2026-02-19", "to": "2026-02-24"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


def read(client: FlaskClient, **asked: Any) -> list[dict[str, Any]]:
    """Every page."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = client.get("/api/events", query_string=ALL | asked | ({"cursor": cursor} if cursor else {}))
        assert page.status_code == 200, page.text
        found += page.get_json()["events"]
        cursor = page.get_json()["nextCursor"]
        if cursor is None:
            return found


def test_everything_that_happened_is_told_in_order_and_can_be_taken_again(client: FlaskClient) -> None:
    told = read(client)
    taken = post(told, BATCH, Catalog()).events
    deployments = [one for one in taken if isinstance(one, DeploymentEvent)]
    assert [(one.attempt_id, one.status) for one in deployments if one.service_id == "authn"] == [
        ("mira-us-west-2:authn:3.4.1:1283", Status.SUCCESS), (SERVING, Status.SUCCESS),
        (f"{PAVO}:authn:3.4.2:7", Status.ROLLBACK), (FAILED, Status.FAILED),
        ("mira-us-west-2:authn:3.4.4:1286", Status.FAILED),
    ]  # fmt: skip
    runs = [one for one in taken if isinstance(one, TestResultEvent)]
    assert {(one.attempt_id, one.suite, one.test_run_id) for one in runs} >= {
        (SERVING, "FUNCTIONAL", "first"), (SERVING, "FUNCTIONAL", "second"),
    }  # fmt: skip
    assert len({one["id"] for one in told}) == len(told)
    kinds = {one["type"].removeprefix("dev.cdevents.").rsplit(".", 3)[0]: one["subject"] for one in told}
    assert (kinds["service.upgraded"], kinds["incident.resolved"]) == ("authn", "INC-7")
    [incident, _] = [one for one in taken if isinstance(one, IncidentEvent)]
    assert (incident.incident_id, incident.cluster_id) == ("INC-7", PAVO)


def test_a_first_deployment_is_no_upgrade_and_a_pair_has_one_first(client: FlaskClient) -> None:
    told = [one for one in read(client, serviceId="authn") if ".service." in one["type"]]
    first: dict[str, str] = {}
    for one in told:
        first.setdefault(one["data"]["customData"]["cluster"], one["type"].split(".")[3])
    assert set(first.values()) == {"deployed"}
    assert [one["type"].split(".")[3] for one in told].count("deployed") == len(first)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_tell_each_event_once_however_large_they_are(client: FlaskClient, limit: int) -> None:
    assert read(client, limit=limit) == read(client)


def said(event: dict[str, Any], what: str) -> str:
    """The service or cluster of an event, in CDEvents' words or in ours."""
    data = event["data"]
    found: str = data["customData"][what] if "customData" in data else data[f"{what}Id"]
    return found


def test_a_filter_and_a_scope_leave_the_others_out(site: Site, client: FlaskClient) -> None:
    assert {said(one, "service") for one in read(client, serviceId="billing")} == {"billing"}
    (begun,) = read(client, clusterId=AQUILA)
    assert (begun["type"], begun["data"]["status"]) == ("dev.ddq.deployment", "IN_PROGRESS")
    narrowed = site.app(scope=Scope(services=frozenset({"billing"}))).server.test_client()
    assert "authn" not in json.dumps(read(narrowed))


def test_without_a_time_it_is_the_last_day(client: FlaskClient) -> None:
    recent = client.get("/api/events").get_json()["events"]
    assert [said(one, "cluster") for one in recent] == [AQUILA]


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"from": "2026-01-01", "to": "2026-02-24"}, "from"), ({"cursor": "x"}, "cursor"), ({"status": "x"}, "status")],
)
def test_what_cannot_be_answered_names_its_field(client: FlaskClient, asked: dict[str, str], field: str) -> None:
    refused = client.get("/api/events", query_string=asked)
    assert (refused.status_code, refused.get_json()["field"]) == (400, field)
