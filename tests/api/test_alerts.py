"""Alerts over the API: the rules, what they fired, and who may fire a test."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from data.alert_book import AlertBook
from data.alert_models import AlertEvent, AlertMetric, AlertRule, Standing
from data.alert_rules import Told, of_attempts
from data.catalog import CatalogStore
from data.catalog_models import Catalog
from data.instants import to_instant
from data.models import Scope, Status
from tests.api.conftest import Site
from tests.conftest import Aws
from tests.read_model import AQUILA, CATALOG, NOW, attempt

KEY = "an-admin-key-of-28-characters"
ADMIN = {"X-Admin-Key": KEY}
RULES = (
    AlertRule(rule_id="failed", name="Failed", to=("ops", "pager"), on=AlertEvent.FAILED),
    AlertRule(
        rule_id="rate", name="Rate", to=("ops",), metric=AlertMetric.ATTEMPT_SUCCESS_RATE, below=80.0, clear=90.0
    ),
)
WATCHED = Catalog(CATALOG.clusters, CATALOG.services, alerts=RULES)
FELL = attempt("2026-02-24T11:30:00Z", status=Status.FAILED, cluster_id=AQUILA, failure_reason="out of memory")


class Watched(Site):
    """Tables with rules and one alert."""

    def say(self, *envelopes: Any) -> None:
        """Nothing but what fires."""
        CatalogStore(self.aws.dynamodb, self.aws.tables, lambda: NOW).save(WATCHED)
        (alert,) = of_attempts(WATCHED, [Told(FELL)], to_instant(NOW))
        AlertBook(self.aws.dynamodb, self.aws.tables).fire(alert, to_instant(NOW))


@pytest.fixture
def site(aws: Aws) -> Site:
    return Watched(aws)


@pytest.fixture
def client(site: Site) -> FlaskClient:
    site.settings = site.aws.settings(admin_key=KEY)
    client: FlaskClient = site.app().server.test_client()
    return client


def test_what_fired_says_where_why_and_whether_it_arrived(client: FlaskClient) -> None:
    (one,) = client.get("/api/alerts").get_json()["alerts"]
    assert (one["ruleId"], one["kind"], one["clusterId"], one["serviceId"]) == ("failed", "failed", AQUILA, "authn")
    assert one["text"] == "Reason: out of memory"
    assert [(at["channel"], at["state"], at["tries"]) for at in one["channels"]] == [
        ("ops", "pending", 0), ("pager", "pending", 0),
    ]  # fmt: skip
    assert client.get("/api/alerts?rule=rate").get_json() == {"alerts": [], "nextCursor": None}
    refused = client.get("/api/alerts?rule=No+Rule")
    assert (refused.status_code, refused.get_json()["field"]) == (400, "rule")


def test_the_rules_are_listed_with_the_value_of_their_metric_now(client: FlaskClient) -> None:
    on_event, on_metric = client.get("/api/alerts/rules").get_json()["rules"]
    assert (on_event["event"], on_event["metric"], on_event["firing"]) == ("failed", None, None)
    assert (on_metric["below"], on_metric["clear"], on_metric["reason"]) == (80.0, 90.0, "no_attempts")
    assert (on_metric["value"], on_metric["n"], on_metric["firing"]) == (None, 0, False)


def test_a_rule_on_each_service_names_those_for_which_it_fires(site: Site) -> None:
    rule = AlertRule(
        rule_id="each", name="Each", to=("ops",), metric=AlertMetric.FAILED_ATTEMPT_RATE, above=50.0, least=1,
        per_service=True,
    )  # fmt: skip
    store = CatalogStore(site.aws.dynamodb, site.aws.tables, lambda: NOW)
    store.save(Catalog(CATALOG.clusters, CATALOG.services, alerts=(rule,)))
    book = AlertBook(site.aws.dynamodb, site.aws.tables)
    assert book.stand("each#authn", Standing(True, to_instant(NOW), 60.0, 1), None)
    assert book.stand("each#billing", Standing(False, to_instant(NOW), 10.0, 2), None)
    (said,) = site.app().server.test_client().get("/api/alerts/rules").get_json()["rules"]
    assert (said["per"], said["firing"], said["value"]) == ("service", True, None)
    assert [(one["serviceId"], one["since"]) for one in said["services"]] == [("authn", to_instant(NOW))]


def test_a_test_is_fired_by_the_admin_alone_and_once_in_ten_seconds(client: FlaskClient) -> None:
    address = "/api/alerts/failed/test"
    assert client.post(address, json={"by": "Zoë"}).status_code == 401
    assert client.post(address, json={"by": "Zoë"}, headers={"X-Admin-Key": "x" * 28}).status_code == 403
    assert client.post(address, json={}, headers=ADMIN).get_json()["field"] == "by"
    assert client.post("/api/alerts/none/test", json={"by": "Zoë"}, headers=ADMIN).status_code == 404
    said = client.post(address, json={"by": "Zoë"}, headers=ADMIN)
    assert said.status_code == 200
    assert (said.get_json()["kind"], said.get_json()["title"]) == ("test", "Test of “Failed”")
    client.post(address, json={"by": "Zoë"}, headers=ADMIN)
    assert [one["kind"] for one in client.get("/api/alerts").get_json()["alerts"]].count("test") == 1
    said_of = client.get("/api/ingest/audit", headers=ADMIN).get_json()["actions"]
    assert {(one["by"], one["action"], one["recordId"]) for one in said_of} == {("Zoë", "tested an alert", "failed")}


def test_a_narrowed_scope_sees_its_own_alerts_and_fires_no_tests(site: Site) -> None:
    site.settings = site.aws.settings(admin_key=KEY)
    client = site.app(scope=Scope(services=frozenset({"billing"}))).server.test_client()
    assert client.get("/api/alerts").get_json()["alerts"] == []
    assert client.post("/api/alerts/failed/test", json={"by": "x"}, headers=ADMIN).status_code == 404
    own = site.app(scope=Scope(services=frozenset({"authn"}))).server.test_client()
    assert len(own.get("/api/alerts").get_json()["alerts"]) == 1


def test_a_page_goes_on_where_the_one_before_ended(client: FlaskClient) -> None:
    client.post("/api/alerts/rate/test", json={"by": "Zoë"}, headers=ADMIN)
    first = client.get("/api/alerts?limit=1").get_json()
    rest = client.get("/api/alerts", query_string={"limit": 1, "cursor": first["nextCursor"]}).get_json()
    assert {first["alerts"][0]["kind"], rest["alerts"][0]["kind"]} == {"test", "failed"}
    wrong = client.get("/api/alerts", query_string={"rule": "failed", "cursor": first["nextCursor"]})
    assert (wrong.status_code, wrong.get_json()["field"]) == (400, "cursor")
