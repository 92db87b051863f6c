"""The API's past: summaries as of an instant, and what changed between two."""

import json

import pytest

from tests.api.conftest import FAILED, SERVING
from tests.api.test_openapi import documented, validate
from tests.read_model import AQUILA, MIRA, PAVO

BEFORE, AFTER = "2026-02-22T09:00:00Z", "2026-02-22T11:00:00Z"


@pytest.fixture
def spec(client):
    return client.get("/api/openapi.json").get_json()


def states(client, query=""):
    body = client.get(f"/api/clusters/{MIRA}/summary{query}").get_json()
    return {one["serviceId"]: (one["currentVersion"], one["health"]) for one in body["services"]}


def test_a_summary_as_of_an_instant_says_what_was_so_then(client):
    assert states(client)["authn"] == ("3.4.2", "attention")
    assert states(client, f"?asOf={BEFORE}") == {"authn": ("3.4.2", "healthy")}
    assert states(client, "?asOf=2026-02-20T09:00:00Z") == {"authn": ("3.4.1", "healthy")}
    assert states(client, "?asOf=2026-02-20T10:05:00Z") == {"authn": ("3.4.1", "healthy")}


def test_an_answer_of_the_past_names_its_instant_and_covers_days_up_to_it(client):
    body = client.get(f"/api/clusters/{MIRA}/summary?asOf={BEFORE}").get_json()
    assert (body["asOf"], body["to"]) == ("2026-02-22T09:00:00.000Z", "2026-02-22")
    assert (body["summary"]["totalAttempts"], body["summary"]["failed"]) == (2, 0)


@pytest.mark.parametrize("path", ["/api/clusters", f"/api/clusters/{MIRA}", "/api/services", "/api/services/authn"])
def test_every_summary_can_look_back(client, spec, path):
    answer = client.get(f"{path}?asOf={BEFORE}")
    assert answer.get_json()["asOf"] == "2026-02-22T09:00:00.000Z"
    assert answer.get_json() != client.get(path).get_json()
    validate(spec, documented(spec, path)["200"]["content"]["application/json"]["schema"], answer.get_json())


def test_what_had_not_been_received_was_not_known(client):
    """All of this past was received at noon of its last day."""
    early, late = "2026-02-24T11:59:00Z", "2026-02-24T12:00:00Z"
    assert states(client, f"?asOf={BEFORE}&knownAt={early}") == {}
    answer = client.get(f"/api/clusters/{MIRA}/summary?asOf={BEFORE}&knownAt={late}")
    assert "Shown-As-Known-Now" not in answer.headers
    assert states(client, f"?asOf={BEFORE}&knownAt={late}") == states(client, f"?asOf={BEFORE}")


REFUSED = [
    ("/api/clusters?asOf=2026-02-25T00:00:00Z", "asOf", "future"),
    ("/api/clusters?asOf=2020-01-01T00:00:00Z", "asOf", "older than what is held"),
    ("/api/clusters?asOf=yesterday", "asOf", "ISO 8601"),
    ("/api/clusters?asOf=2026-02-20T10:00:00", "asOf", "offset"),
    (f"/api/clusters?knownAt={BEFORE}", "knownAt", "asOf"),
    (f"/api/clusters?asOf={BEFORE}&knownAt=2026-02-25T00:00:00Z", "knownAt", "future"),
    ("/api/changes", "from", "required"),
    ("/api/changes?from=2026-02-25T00:00:00Z", "from", "future"),
    ("/api/changes?from=2020-01-01", "from", "older than what is held"),
    (f"/api/changes?from={BEFORE}&to=2026-02-26", "to", "future"),
    (f"/api/changes?from={AFTER}&to={BEFORE}", "from", "after"),
]


@pytest.mark.parametrize(("path", "field", "why"), REFUSED)
def test_an_instant_that_cannot_be_told_is_refused_by_its_name(client, path, field, why):
    answer = client.get(path)
    assert (answer.status_code, answer.get_json()["field"]) == (400, field)
    assert why in answer.get_json()["detail"]


def changed(client, query):
    return client.get(f"/api/changes?{query}").get_json()


def test_changes_say_what_is_otherwise_and_why(client):
    body = changed(client, f"from={BEFORE}&to={AFTER}")
    assert body["summary"] == {"pairs": 2, "changed": 1, "attempts": 1, "failedAttempts": 1}
    [one] = body["changes"]
    assert (one["serviceId"], one["clusterId"], one["what"]) == ("authn", MIRA, "broke")
    assert (one["before"]["health"], one["after"]["why"]) == ("healthy", "failed: image pull")
    assert one["gates"]["functional"] == {"before": "passed", "after": "missing"}
    assert [row["id"] for row in one["failedAttempts"]] == [FAILED]
    assert one["before"]["currentVersion"] == one["after"]["currentVersion"] == SERVING.split(":")[2]


def test_changes_are_told_up_to_now_where_no_end_is_named(client):
    assert changed(client, "from=2026-02-23")["to"] == "2026-02-24T12:00:00.000Z"
    assert changed(client, "from=2026-02-23&to=2026-02-24")["to"] == "2026-02-24T12:00:00.000Z"
    found = [
        (one["clusterId"], one["serviceId"], one["what"]) for one in changed(client, "from=2026-02-23")["changes"]
    ]
    assert found == [(AQUILA, "billing", "first deployed"), (MIRA, "billing", "first deployed")]


def test_changes_can_be_of_one_cluster_service_or_team(client):
    assert changed(client, f"from=2026-02-19&clusterId={PAVO}")["summary"]["pairs"] == 1
    assert changed(client, "from=2026-02-19&serviceId=billing")["summary"]["pairs"] == 2
    assert changed(client, "from=2026-02-19&team=nobody")["summary"]["pairs"] == 0
    assert client.get("/api/changes?from=2026-02-19&clusterId=nowhere").status_code == 404


def test_nothing_changed_is_an_answer(client):
    body = changed(client, f"from={BEFORE}&to={BEFORE}")
    assert (body["changes"], body["summary"]["changed"]) == ([], 0)


def test_changes_outside_the_scope_do_not_exist(scoped):
    found = json.loads(scoped.get("/api/changes?from=2026-02-19").data)
    assert {(one["clusterId"], one["serviceId"]) for one in found["changes"]} == {(MIRA, "authn")}
    assert scoped.get(f"/api/changes?from=2026-02-19&clusterId={PAVO}").status_code == 404


@pytest.mark.parametrize("query", ["from=2026-02-19", f"from={BEFORE}&to={AFTER}", f"from={BEFORE}&to={BEFORE}"])
def test_changes_fit_their_schema(client, spec, query):
    schema = documented(spec, "/api/changes")["200"]["content"]["application/json"]["schema"]
    validate(spec, schema, changed(client, query))
