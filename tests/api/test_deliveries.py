"""Deliveries and the lab over the API: what became of what was sent, and what would become of it."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from data.models import Scope
from ingest.envelope import normalize
from ingest.verdict_book import VerdictBook
from ingest.verdicts import DeliveryVerdict, Noted
from tests.api.conftest import SERVING, Site
from tests.conftest import WEBHOOK_SECRET, Aws
from tests.ingest import saying
from tests.ingest.taken import messages
from tests.read_model import NOW

JSON = {"Content-Type": "application/json"}
SECRET = {"X-Webhook-Secret": WEBHOOK_SECRET}


@pytest.fixture(scope="module")
def site(module_aws: Aws) -> Site:
    return Site(module_aws)


@pytest.fixture(scope="module")
def book(site: Site) -> VerdictBook:
    return VerdictBook(site.aws.dynamodb, site.aws.tables, lambda: NOW, "web")


@pytest.fixture
def client(site: Site, book: VerdictBook) -> FlaskClient:
    client: FlaskClient = site.app(verdicts=book).server.test_client()
    return client


def test_what_was_refused_and_what_was_ignored_is_listed_with_its_reason(
    client: FlaskClient, book: VerdictBook
) -> None:
    client.post("/api/ingest/webhook", json=saying.deployment(), headers=JSON)
    client.post("/api/ingest/webhook", json=saying.deployment(status="DONE"), headers=JSON | SECRET)
    client.post("/api/ingest/webhook/github", json={"zen": "x"}, headers=JSON | SECRET | {"X-GitHub-Event": "ping"})
    book.flush()
    found = client.get("/api/ingest/deliveries?limit=10").get_json()["deliveries"]
    told = [(one["verdict"], one["reason"], one["field"], one["sender"]) for one in found]
    assert told == [
        ("ignored", "ping", None, "github"), ("rejected", "invalid", "payload.status", "envelope"),
        ("rejected", "unauthorized", None, "unknown"),
    ]  # fmt: skip
    rejected = client.get("/api/ingest/deliveries?verdict=rejected&source=unknown").get_json()["deliveries"]
    assert [one["reason"] for one in rejected] == ["unauthorized"]
    assert WEBHOOK_SECRET not in json.dumps(found)
    sources = {one["source"]: one for one in client.get("/api/ingest/status").get_json()["sources"]}
    assert sources["github"]["verdicts"] == [{"verdict": "ignored", "reason": "ping", "count": 1}]
    assert sources["github"]["deliveriesPerHour"] == [0] * 23 + [1]


def test_a_narrowed_scope_sees_only_deliveries_of_its_own(site: Site, book: VerdictBook) -> None:
    [mine] = normalize(saying.deployment(), saying.RECEIVED, suites=saying.SUITES)
    [other] = normalize(saying.deployment(serviceId="billing"), saying.RECEIVED, suites=saying.SUITES)
    for event in (mine, other):
        at = saying.RECEIVED
        book.note(Noted(at, event.source, "envelope", DeliveryVerdict.ACCEPTED, events=(event,)))
    book.flush()
    narrow = site.app(scope=Scope(services=frozenset({"authn"}))).server.test_client()
    found = narrow.get("/api/ingest/deliveries?limit=50").get_json()["deliveries"]
    assert [one["events"][0]["payload"]["serviceId"] for one in found] == ["authn"]


def explain(client: FlaskClient, body: Any, **more: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post("/api/ingest/explain", json={"body": text} | more)


def test_the_lab_says_what_would_become_of_a_delivery_and_stores_nothing(client: FlaskClient, site: Site) -> None:
    begun = saying.deployment(buildVersion="3.4.5", attemptNumber=1290)
    said = explain(client, begun, headers=SECRET).get_json()
    assert (said["verdict"], said["sender"]) == ("accepted", "envelope")
    assert said["credential"]["valid"] is True
    assert [one["payload"]["attemptId"] for one in said["events"]] == ["mira-us-west-2:authn:3.4.5:1290"]
    [effect] = said["effects"]
    assert (effect["known"], effect["before"], effect["after"]) == (False, None, "SUCCESS")
    assert messages(site.aws) == []
    assert client.get("/api/builds/mira-us-west-2:authn:3.4.5:1290").status_code == 404


def test_the_lab_knows_a_repeated_delivery(client: FlaskClient) -> None:
    told = saying.deployment(
        startedAt="2026-02-20T10:00:00Z", endedAt="2026-02-20T10:14:00Z", attemptNumber=1284, buildVersion="3.4.2",
        actor="rosa", runUrl="https://ci.example.com/1284",
    )  # fmt: skip
    [effect] = explain(client, told).get_json()["effects"]
    assert (effect["known"], effect["attemptId"] or effect["subject"]) == (True, SERVING)


@pytest.mark.parametrize(("body", "more", "verdict", "reason"), [
    ("{", {}, "rejected", "invalid"),
    ({"zen": "x"}, {"headers": {"x-github-event": "ping"}}, "ignored", "ping"),
    ({}, {"sender": "nobody"}, "rejected", "unknown_sender"),
    (saying.deployment(startedAt="2020-02-20T10:00:00Z", endedAt="2020-02-20T10:00:00Z"), {}, "ignored",
     "older_than_retention"),
])  # fmt: skip
def test_the_lab_gives_the_reasons_of_the_door(
    client: FlaskClient, body: Any, more: dict[str, Any], verdict: str, reason: str
) -> None:
    said = explain(client, body, **more).get_json()
    assert (said["verdict"], said["reason"], said["credential"]["valid"]) == (verdict, reason, False)


def test_the_lab_is_bounded_in_size_and_rate(site: Site) -> None:
    client = site.app().server.test_client()
    assert explain(client, "x" * 300_000).status_code == 400
    assert client.post("/api/ingest/explain", data=b"x" * 2_000_000, headers=JSON).status_code == 413
    answers = [explain(client, {}).status_code for _ in range(30)]
    assert 429 in answers
    assert set(answers) == {200, 429}


def test_another_site_cannot_use_the_lab_by_a_readers_browser(client: FlaskClient) -> None:
    answer = client.post("/api/ingest/explain", json={"body": "{}"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize("said", [
    {}, [], {"body": 1}, {"body": "", "headers": {"a": 1}}, {"body": "", "headers": []}, {"body": "", "other": 1},
    {"body": "", "params": {str(n): "" for n in range(30)}},
])  # fmt: skip
def test_what_is_no_question_to_the_lab_is_a_400(client: FlaskClient, said: Any) -> None:
    assert client.post("/api/ingest/explain", json=said).status_code == 400
