"""Tests, retries and gates over HTTP: what is answered fits its schema and says what the data says; the check."""

import subprocess
from threading import Thread
from urllib.parse import urlencode

import pytest
import yaml
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from data.catalog_file import parse_catalog
from data.catalog_models import ClusterType
from tests.api.reading_csv import rows as rows_of
from tests.api.test_openapi import documented, validate
from tests.api.test_read import answer
from tests.read_model import AQUILA, MIRA, PAVO

DAYS = {"from": "2026-02-16", "to": "2026-02-24"}
CHECK = {"serviceId": "authn", "buildVersion": "3.4.2"}
GOES_ON = {"serviceId": "billing", "buildVersion": "1.0.0", "toClusterId": PAVO}


@pytest.fixture
def spec(client: FlaskClient):
    return client.get("/api/openapi.json").get_json()


@pytest.mark.parametrize("path", [
    "/api/quality", "/api/quality/flakes", "/api/gates/effectiveness", "/api/gates/backtest",
    "/api/gates/backtest?suites=sanity,FUNCTIONAL&minPassRate=99.5&soakHours=12", "/api/quality?serviceId=authn",
])  # fmt: skip
def test_answers_fit_their_schemas(client, spec, path):
    response = client.get(path)
    assert response.status_code == 200
    content = documented(spec, path.split("?")[0])["200"]["content"]["application/json"]
    validate(spec, content["schema"], response.get_json())


def test_the_summary_adds_up_over_suites_and_services(client):
    found = answer(client, "/api/quality", **DAYS)
    for part in ("total", "passed", "gates"):
        assert found["summary"][part] == sum(one[part] for one in found["suites"])
        assert found["summary"][part] == sum(one[part] for one in found["services"])
    assert found["summary"]["passRate"] == {"value": 100.0, "n": 840, "reason": None}
    [billing] = [one for one in found["services"] if one["serviceId"] == "billing"]
    assert billing["passRate"] == {"value": None, "n": 0, "reason": "no_tests"}


def test_what_never_succeeded_unchanged_is_no_tax(client):
    tax = answer(client, "/api/quality/flakes", **DAYS)["flakeTax"]
    assert (tax["failed"], tax["retries"], tax["share"]) == (1, 0, {"value": 0.0, "n": 1, "reason": None})


@pytest.mark.parametrize(("query", "field"), [
    ("minPassRate=101", "minPassRate"), ("soakHours=nan", "soakHours"), ("suites=a b", "suites"),
    ("suites=", "suites"), ("from=2026-02-20&to=2026-02-10", "from"), ("limit=1", "limit"),
])  # fmt: skip
def test_what_is_no_rule_is_refused_by_name(client, query, field):
    response = client.get(f"/api/gates/backtest?{query}")
    assert (response.status_code, response.get_json()["field"]) == (400, field)


def test_a_policy_is_what_the_catalog_takes(client):
    response = client.get("/api/gates/policy.yaml?suites=REGRESSION&minPassRate=99.5&soakHours=12")
    assert response.mimetype == "application/yaml"
    [gate] = parse_catalog(response.text).gates
    assert (gate.to, gate.suites, gate.min_pass_rate, gate.soak_hours) == (
        ClusterType.PRODUCTION, ("REGRESSION",), 99.5, 12.0
    )  # fmt: skip
    assert yaml.safe_load(client.get("/api/gates/policy.yaml").text)["gates"][0]["suites"] == []


def test_a_version_that_serves_in_the_stage_before_with_its_gates_passed_may_go_on(client, spec):
    response = client.get("/api/gates/check", query_string=GOES_ON)
    assert response.status_code == 200
    found = response.get_json()
    validate(spec, {"$ref": "#/components/schemas/GateDecision"}, found)
    assert (found["decision"], found["reasons"], found["rule"]) == ("allow", [], None)
    assert [one["check"] for one in found["checks"]] == ["before", "healthy", "production", "freeze", "promotion"]


def test_every_gate_is_told_and_what_failed_after_it_holds_it_back(client):
    response = client.get("/api/gates/check", query_string=CHECK | {"toClusterId": PAVO})
    assert response.status_code == 409
    found = response.get_json()
    assert found["reasons"] == ["3.4.3 failed: image pull"]
    assert [(one["found"], one["passed"]) for one in found["checks"] if one["check"].startswith("gate:")] == [
        ("passed, 420 of 420 tests", True), ("passed, 420 of 420 tests", True)
    ]  # fmt: skip


def test_a_version_that_does_not_serve_in_the_stage_before_may_not_and_the_problem_says_why(client, spec):
    response = client.get("/api/gates/check", query_string=CHECK | {"toClusterId": AQUILA})
    assert response.status_code == 409
    assert response.mimetype == "application/problem+json"
    found = response.get_json()
    validate(spec, {"$ref": "#/components/schemas/GateDenied"}, found)
    assert found["reasons"] == [f"it does not serve there; what does: nothing on {PAVO}"]
    assert found["detail"] == found["reasons"][0]


@pytest.mark.parametrize("changed", [
    {"serviceId": "nobody"}, {"buildVersion": "9.9.9"}, {"toClusterId": "nowhere"}, {"serviceId": "billing"},
])  # fmt: skip
def test_what_is_not_known_is_not_there(client, changed):
    query = CHECK | {"toClusterId": PAVO} | changed
    assert client.get("/api/gates/check", query_string=query).status_code == 404


@pytest.mark.parametrize("missing", ["serviceId", "buildVersion", "toClusterId"])
def test_all_three_have_to_be_said(client, missing):
    query = {name: value for name, value in (CHECK | {"toClusterId": PAVO}).items() if name != missing}
    response = client.get("/api/gates/check", query_string=query)
    assert (response.status_code, response.get_json()["field"]) == (400, missing)


def test_what_is_out_of_scope_is_not_there(scoped):
    assert scoped.get("/api/gates/check", query_string=CHECK | {"toClusterId": PAVO}).status_code == 404
    assert scoped.get("/api/quality?serviceId=billing").status_code == 404
    assert [one["serviceId"] for one in answer(scoped, "/api/quality", **DAYS)["services"]] == ["authn"]


def test_a_pipeline_stops_where_the_answer_is_no(dash_app):
    server = make_server("127.0.0.1", 0, dash_app.server)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        for query, code in ((GOES_ON, 0), (CHECK | {"toClusterId": AQUILA}, 22)):
            address = f"http://127.0.0.1:{server.port}/api/gates/check?{urlencode(query)}"
            command = ["curl", "--silent", "--fail", address]
            assert subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == code
    finally:
        server.shutdown()


@pytest.mark.parametrize(("path", "rows"), [
    ("quality/suites", 3), ("quality/turns", 1), ("quality/retries", 0), ("quality/places", 2),
    ("gates/effectiveness", 3), ("gates/cases", 0), ("gates/backtest", 0),
])  # fmt: skip
def test_files_hold_the_rows(client, path, rows):
    response = client.get(f"/api/exports/{path}.csv", query_string=DAYS)
    assert len(rows_of(response)) == rows
    assert MIRA not in response.headers["Content-Disposition"]
