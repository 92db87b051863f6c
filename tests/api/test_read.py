"""Every read endpoint on facts that went through the folds: the document's names, and numbers one can count."""

import gzip
from typing import Any

import pytest

from tests.api.conftest import FAILED, SERVING
from tests.data.test_store import calls
from tests.read_model import AQUILA, MIRA, PAVO

GATE = {
    "passed": 420, "total": 420, "failed": 0, "skipped": 0, "verdict": "passed", "runs": 1, "turned": False,
}  # fmt: skip
AGAIN = GATE | {"runs": 2, "turned": True}
MISSING = dict.fromkeys(("passed", "total", "failed", "skipped", "runs", "turned")) | {"verdict": "missing"}


def answer(client, path: str, **query: Any) -> Any:
    """The JSON of a 200."""
    response = client.get(path, query_string=query)
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/json"
    return response.get_json()


def starts(found: dict) -> list[str]:
    return [one["startedAt"][:10] for one in found["attempts"]]


def test_clusters_come_by_promotion_order_and_their_parts_add_up(client):
    found = answer(client, "/api/clusters")
    assert [one["id"] for one in found["clusters"]] == [MIRA, PAVO, AQUILA]
    assert [one["type"] for one in found["clusters"]] == ["Development", "Staging", "Production"]
    assert found["clusters"][0]["summary"] == {
        "services": 2, "healthy": 1, "attention": 1, "unknown": 0, "inProgress": 0,
        "latestAttemptAt": "2026-02-23T10:00:00.000Z",
    }  # fmt: skip
    assert found["clusters"][2]["summary"] == {
        "services": 1, "healthy": 0, "attention": 0, "unknown": 1, "inProgress": 1,
        "latestAttemptAt": "2026-02-24T10:00:00.000Z",
    }  # fmt: skip
    assert found["asOf"] == "2026-02-24T12:00:00.000Z"
    assert found["generation"] > 0


def test_one_cluster_is_what_the_list_says_of_it(client):
    listed = answer(client, "/api/clusters")["clusters"]
    assert [answer(client, f"/api/clusters/{one['id']}")["cluster"] for one in listed] == listed


def test_a_cluster_summary_counts_its_period_and_says_which(client):
    found = answer(client, f"/api/clusters/{MIRA}/summary")
    assert (found["from"], found["to"]) == ("2025-11-27", "2026-02-24")
    assert found["summary"] == {
        "totalAttempts": 4, "success": 3, "failed": 1, "rollback": 0, "inProgress": 0, "cancelled": 1,
        "successRate": {"value": 75.0, "n": 4, "reason": None},
        "services": 2, "healthy": 1, "attention": 1, "unknown": 0,
    }  # fmt: skip
    narrow = answer(client, f"/api/clusters/{MIRA}/summary", **{"from": "2026-02-20", "to": "2026-02-21"})
    assert (narrow["from"], narrow["to"]) == ("2026-02-20", "2026-02-21")
    assert narrow["summary"]["totalAttempts"] == 1


def test_a_cluster_summary_tells_what_serves_and_what_was_tried_last(client):
    found = answer(client, f"/api/clusters/{MIRA}/summary")
    assert [one["serviceId"] for one in found["services"]] == ["authn", "billing"]
    authn = found["services"][0]
    assert authn["serviceName"] == "Authentication"
    assert authn["currentVersion"] == "3.4.2"
    assert authn["servingSince"] == "2026-02-20T10:14:00.000Z"
    assert (authn["health"], authn["why"]) == ("attention", "failed: image pull")
    assert authn["latestAttempt"]["id"] == f"{MIRA}:authn:3.4.4:1286"
    assert authn["latestAttempt"]["cancelled"] is True
    assert authn["gates"] == {"functional": MISSING, "sanity": MISSING}  # of the failed attempt: none ran


def test_an_empty_period_has_true_zeros_and_no_rate(client):
    found = answer(client, f"/api/clusters/{MIRA}/summary", **{"from": "2026-01-01", "to": "2026-01-02"})
    assert found["summary"]["totalAttempts"] == 0
    assert found["summary"]["successRate"] == {"value": None, "n": 0, "reason": "no_attempts"}


def test_a_clusters_attempts_have_the_documents_fields(client):
    found = answer(client, f"/api/clusters/{MIRA}/attempts", serviceId="authn", status="SUCCESS", limit=1)
    assert found["attempts"] == [{
        "id": SERVING, "clusterId": MIRA, "serviceId": "authn", "buildVersion": "3.4.2", "gitSha": "abc1234",
        "startedAt": "2026-02-20T10:00:00.000Z", "endedAt": "2026-02-20T10:14:00.000Z", "status": "SUCCESS",
        "trigger": "merge", "gates": {"functional": AGAIN, "sanity": GATE}, "serving": True, "cancelled": False,
        "actor": "rosa", "runUrl": "https://ci.example.com/1284", "failureReason": None, "rollbackToBuild": None,
    }]  # fmt: skip
    assert found["nextCursor"]


def test_pages_follow_one_another_to_the_end(client):
    seen, cursor = [], None
    for _ in range(10):
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        found = answer(client, f"/api/clusters/{MIRA}/attempts", **query)
        seen += [one["id"] for one in found["attempts"]]
        cursor = found["nextCursor"]
        if cursor is None:
            break
    everything = answer(client, f"/api/clusters/{MIRA}/attempts", limit=200)
    assert seen == [one["id"] for one in everything["attempts"]]
    assert len(seen) == 5


@pytest.mark.parametrize("query, days", [
    ({"status": "SUCCESS"}, ["23", "20", "19"]),
    ({"status": "LIVE"}, ["23"]),
    ({"status": "FAILED"}, ["23", "22"]),
    ({"status": "FAILED", "cancelled": "false"}, ["22"]),
    ({"cancelled": "true"}, ["23"]),
    ({"trigger": "merge"}, ["23", "23", "22", "20", "19"]),
    ({"trigger": "hotfix"}, []),
    ({"from": "2026-02-20", "to": "2026-02-22"}, ["22", "20"]),
    ({"from": "2026-02-20T10:00:00Z", "to": "2026-02-22T10:00:00Z"}, ["20"]),
    ({"from": "2026-02-20T11:00:00+01:00", "to": "2026-02-22T10:00:00.001Z"}, ["22", "20"]),
    ({"to": "2026-02-19"}, ["19"]),
    ({"from": "2026-02-24"}, []),
    ({"serviceId": "nobody"}, []),
])  # fmt: skip
def test_attempts_are_filtered(client, query, days):
    found = answer(client, f"/api/clusters/{MIRA}/attempts", **query)
    assert starts(found) == [f"2026-02-{day}" for day in days]


def test_services_come_with_their_version_on_each_cluster(client):
    found = answer(client, "/api/services")
    assert [one["id"] for one in found["services"]] == ["authn", "billing"]
    authn = {one["clusterId"]: one for one in found["services"][0]["clusters"]}
    assert {name: one["currentVersion"] for name, one in authn.items()} == {MIRA: "3.4.2", PAVO: None}
    assert authn[PAVO]["health"] == "attention"
    assert found["services"][0]["suites"] == ["FUNCTIONAL", "SANITY"]


def test_one_service_is_counted_over_its_clusters(client):
    found = answer(client, "/api/services/authn")
    assert found["service"]["name"] == "Authentication"
    assert found["summary"]["totalAttempts"] == 4
    assert found["summary"]["rollback"] == 1
    assert [one["clusterId"] for one in found["clusters"]] == [MIRA, PAVO]
    assert [one["clusterType"] for one in found["clusters"]] == ["Development", "Staging"]


def test_a_services_attempts_come_from_all_clusters_or_one(client):
    found = answer(client, "/api/services/authn/attempts")
    assert starts(found) == [f"2026-02-{day}" for day in (23, 22, 21, 20, 19)]
    assert [one["serving"] for one in found["attempts"]] == [False, False, False, True, False]
    assert starts(answer(client, "/api/services/authn/attempts", clusterId=PAVO)) == ["2026-02-21"]
    assert starts(answer(client, "/api/services/authn/attempts", clusterId=PAVO, status="FAILED")) == []


def test_a_build_tells_everything_known_of_it(client):
    found = answer(client, f"/api/builds/{SERVING}")
    attempt = found["attempt"]
    assert (attempt["id"], attempt["status"], attempt["serving"]) == (SERVING, "SUCCESS", True)
    assert (attempt["source"], attempt["receivedAt"]) == ("github-actions", "2026-02-24T12:00:00.000Z")
    assert [(one["suiteType"], one["testRunId"], one["gate"], one["failed"]) for one in found["testRuns"]][1:] == [
        ("FUNCTIONAL", "second", True, 0), ("FUNCTIONAL", "first", False, 3),
    ]  # fmt: skip
    assert found["testRuns"][0]["suiteType"] == "SANITY"
    assert found["testRuns"][1]["durationSec"] == 600
    assert found["testRuns"][1]["reportUrl"] == "https://reports.example.org/1285"
    assert [one["clusterId"] for one in found["siblings"]] == [PAVO]
    assert [one["toClusterId"] for one in found["promotions"]] == [AQUILA, PAVO]
    assert sorted(one["eventType"] for one in found["claims"]) == ["deployment", *["test-result"] * 3]
    assert found["claims"][-1]["statement"]["buildVersion"] == "3.4.2"
    assert found["incidents"] == []


def test_a_build_shows_the_incident_that_followed_it(client):
    found = answer(client, f"/api/builds/{PAVO}:authn:3.4.2:7")
    assert [one["id"] for one in found["incidents"]] == ["INC-7"]
    assert found["attempt"]["failureReason"] == "error rate"
    assert found["attempt"]["rollbackToBuild"] == "3.4.1"


def test_a_build_without_results_has_its_expected_gates_missing(client):
    found = answer(client, f"/api/builds/{FAILED}")
    assert found["attempt"]["gates"] == {"functional": MISSING, "sanity": MISSING}
    assert found["testRuns"] == []


def test_promotions_of_a_service_into_a_cluster_or_both(client):
    assert len(answer(client, "/api/promotions", serviceId="authn")["promotions"]) == 2
    into = answer(client, "/api/promotions", clusterId=AQUILA)["promotions"]
    assert [(one["fromClusterId"], one["buildVersion"], one["promotedBy"]) for one in into] == [
        (PAVO, "3.4.2", "ada")
    ]
    assert answer(client, "/api/promotions", serviceId="authn", clusterId=AQUILA)["promotions"] == into
    assert answer(client, "/api/promotions", serviceId="nobody")["promotions"] == []
    first = answer(client, "/api/promotions", serviceId="authn", limit=1)
    rest = answer(client, "/api/promotions", serviceId="authn", limit=1, cursor=first["nextCursor"])
    assert rest["promotions"][0]["toClusterId"] == PAVO and rest["nextCursor"] is None


def test_analytics_has_every_day_and_null_for_gaps(client):
    query = {"serviceId": "authn", "clusterId": MIRA, "from": "2026-02-19", "to": "2026-02-23"}
    found = answer(client, "/api/analytics", **query)
    days = [f"2026-02-{day}" for day in range(19, 24)]
    assert found["filter"] == query
    assert found["buildAttempts"] == {
        "labels": days, "success": [1, 1, 0, 0, 0], "failed": [0, 0, 0, 1, 0], "rollback": [0] * 5,
        "inProgress": [0] * 5, "cancelled": [0, 0, 0, 0, 1],
    }  # fmt: skip
    assert found["testPassRates"] == {
        "labels": days, "functional": [None, 100.0, None, None, None],
        "sanity": [None, 100.0, None, None, None], "regression": [None] * 5,
    }  # fmt: skip
    assert found["deployFrequency"] == {
        "labels": days, "deploys": [1, 1, 0, 1, 0], "avgLeadTimeMin": [14.0, 14.0, None, None, None],
    }  # fmt: skip
    assert found["summary"]["successRate"] == {"value": 66.7, "n": 3, "reason": None}
    assert found["partialDay"] is None


def test_analytics_of_everything_runs_until_today(client):
    found = answer(client, "/api/analytics", **{"from": "2026-02-23"})
    assert found["filter"] == {"serviceId": None, "clusterId": None, "from": "2026-02-23", "to": "2026-02-24"}
    assert found["buildAttempts"]["inProgress"] == [0, 1]
    assert found["partialDay"] == "2026-02-24"


def test_analytics_before_anything_is_held_is_empty(client):
    found = answer(client, "/api/analytics", **{"from": "2024-01-01", "to": "2024-02-01"})
    assert found["summary"]["totalAttempts"] == 0
    assert found["summary"]["successRate"]["value"] is None


def test_the_generation_is_tiny_and_never_kept(client):
    response = client.get("/api/generation")
    found = response.get_json()
    assert set(found) == {"generation", "asOf", "ageSec", "stale"}
    assert found["generation"] == answer(client, "/api/clusters")["generation"]
    assert (found["ageSec"], found["stale"]) == (0, False)
    assert response.headers["Cache-Control"] == "no-store"
    assert len(response.data) < 200


def test_lists_and_summaries_name_the_same_latest_attempt(client):
    listed = answer(client, f"/api/clusters/{AQUILA}/attempts")["attempts"][0]
    summary = answer(client, f"/api/clusters/{AQUILA}/summary")["services"][0]["latestAttempt"]
    assert (listed["id"], listed["status"]) == (summary["id"], summary["status"])


def test_an_answer_is_compressed_on_request_and_the_same(client):
    plain = client.get("/api/services", headers={"Accept-Encoding": "identity"})
    zipped = client.get("/api/services", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in zipped.headers["Vary"]


@pytest.mark.parametrize("path", [
    "/api/clusters", f"/api/clusters/{MIRA}/summary", "/api/services", "/api/analytics",
    f"/api/clusters/{MIRA}/attempts?limit=2", "/api/services/authn/attempts", f"/api/builds/{SERVING}",
    "/api/promotions?serviceId=authn", "/api/openapi.json",
])  # fmt: skip
def test_what_the_caller_has_already_is_not_sent_again(client, path):
    first = client.get(path)
    etag = first.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": f'"other", {etag}'})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == etag
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get(path, headers={"If-None-Match": "*"}).status_code == 304
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_a_head_has_no_body(client):
    response = client.head("/api/clusters")
    assert (response.status_code, response.data) == (200, b"")
    assert response.headers["ETag"] == client.get("/api/clusters").headers["ETag"]


def test_health_and_readiness(client, site):
    assert answer(client, "/healthz") == {"status": "ok"}
    ready = answer(client, "/readyz")
    assert (ready["status"], ready["progress"]["clusters"]) == ("ready", 3)
    loading = site.app(site.read_model(loaded=False)).server.test_client()
    assert loading.get("/healthz").status_code == 200
    assert loading.get("/readyz").status_code == 503
    assert loading.get("/readyz").get_json()["status"] == "loading"
    away = loading.get("/api/clusters")
    assert (away.status_code, away.mimetype) == (503, "application/problem+json")
    assert int(away.headers["Retry-After"]) <= 5


@pytest.mark.parametrize(("path", "made"), [
    ("/api/clusters", []), (f"/api/clusters/{MIRA}", []), (f"/api/clusters/{MIRA}/summary", []),
    ("/api/services", []), ("/api/services/authn", []), ("/api/analytics?serviceId=authn", []),
    ("/api/generation", []), ("/healthz", []), ("/readyz", []),
    (f"/api/clusters/{MIRA}/attempts?limit=15", ["Query"]), ("/api/services/authn/attempts", ["Query"]),
    ("/api/promotions?clusterId=pavo-us-west-2", ["Query"]), ("/api/promotions?serviceId=authn", ["Query"]),
    ("/api/promotions", ["Query"] * 3), ("/api/promotions/lanes", ["Query"] * 3),  # one a cluster-region
    (f"/api/builds/{SERVING}", ["Query", "GetItem", "Query", "BatchGetItem", "Query", "Query", "Query", "Query"]),
])  # fmt: skip
def test_summaries_ask_aws_nothing_and_lists_ask_once(site, client, monkeypatch, path, made):
    """D11: whatever a list shows, it costs one Query; what is counted comes from memory."""
    counted = calls(monkeypatch, site.aws.dynamodb)
    assert client.get(path).status_code == 200
    assert counted == made
