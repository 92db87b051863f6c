"""Comparisons, the way back and neighbours over the API."""

from urllib.parse import quote

import pytest

from tests.api.conftest import FAILED, SERVING
from tests.read_model import AQUILA, MIRA, PAVO

FIRST = f"{MIRA}:authn:3.4.1:1283"
ROLLED_BACK = f"{PAVO}:authn:3.4.2:7"


def test_two_attempts_are_compared_from_a_to_b(client):
    found = client.get("/api/services/authn/compare", query_string={"a": FIRST, "b": SERVING}).get_json()
    assert (found["a"]["id"], found["b"]["id"], found["b"]["serving"]) == (FIRST, SERVING, True)
    assert found["b"]["durationSec"] == 840
    assert found["gates"]["functional"]["a"]["verdict"] == "missing"
    assert found["gates"]["functional"]["b"]["passed"] == 420
    assert found["gates"]["functional"]["passRateDelta"] is None
    assert (found["commits"], found["commitsComplete"]) == ([], False)
    assert (found["newFailures"], found["fixed"], found["unnamed"]) == ([], [], [])


@pytest.mark.parametrize(
    ("query", "field"),
    [({}, "a"), ({"a": SERVING}, "b"), ({"a": "x", "b": SERVING}, "a"), ({"a": SERVING, "c": "1"}, "c")],
)
def test_a_comparison_needs_two_attempt_ids(client, query, field):
    answer = client.get("/api/services/authn/compare", query_string=query)
    assert (answer.status_code, answer.get_json()["field"]) == (400, field)


@pytest.mark.parametrize("b", [f"{MIRA}:authn:9.9.9:1", f"{MIRA}:billing:1.0.0:31"])
def test_an_unknown_attempt_and_one_of_another_service_are_not_found(client, b):
    assert client.get("/api/services/authn/compare", query_string={"a": SERVING, "b": b}).status_code == 404


def test_what_is_out_of_scope_is_not_found(scoped):
    assert scoped.get("/api/services/authn/compare", query_string={"a": SERVING, "b": ROLLED_BACK}).status_code == 404
    assert scoped.get("/api/services/billing/rollback", query_string={"clusterId": MIRA}).status_code == 404
    assert scoped.get("/api/services/authn/rollback", query_string={"clusterId": PAVO}).status_code == 404
    assert scoped.get("/api/services/authn/rollback", query_string={"clusterId": MIRA}).status_code == 200


def test_the_way_back_of_a_pair_in_trouble(client):
    found = client.get("/api/services/authn/rollback", query_string={"clusterId": MIRA}).get_json()
    assert found["inTrouble"] is True
    assert (found["latestFinished"]["id"], found["serving"]["id"]) == (FAILED, SERVING)
    assert found["lastGood"]["id"] == FIRST
    assert found["gates"]["sanity"]["verdict"] == "missing"
    assert found["liveSec"] == 86_400
    assert found["lost"] == {"versions": ["3.4.2"], "commits": [], "complete": False}
    assert found["expected"] == {"minutes": None, "n": 0, "basis": None}


def test_a_pair_without_another_good_version_says_so(client):
    found = client.get("/api/services/authn/rollback", query_string={"clusterId": PAVO}).get_json()
    assert (found["inTrouble"], found["lastGood"], found["liveSec"]) == (True, None, None)
    well = client.get("/api/services/billing/rollback", query_string={"clusterId": MIRA}).get_json()
    assert well["inTrouble"] is False


def test_the_way_back_needs_a_cluster_region_the_service_was_on(client):
    assert client.get("/api/services/authn/rollback").get_json()["field"] == "clusterId"
    assert client.get("/api/services/authn/rollback", query_string={"clusterId": AQUILA}).status_code == 404
    assert client.get("/api/services/nobody/rollback", query_string={"clusterId": MIRA}).status_code == 404


def test_a_build_names_its_neighbours_and_what_served_when_it_came(client):
    found = client.get(f"/api/builds/{quote(FAILED, safe='')}").get_json()
    assert (found["previous"], found["next"]) == (SERVING, f"{MIRA}:authn:3.4.4:1286")
    assert found["servedBefore"]["id"] == SERVING
    first = client.get(f"/api/builds/{quote(FIRST, safe='')}").get_json()
    assert (first["previous"], first["next"], first["servedBefore"]) == (None, SERVING, None)
