"""The score card over HTTP: today live, past days from their snapshots, histories, files."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from api.schemas_scorecards import SCORECARD_EXAMPLES
from data.models import Scope
from data.scorecard_models import Exemption, Level, ScoreRule
from tests.api.conftest import Site
from tests.api.reading_csv import lines
from tests.conftest import fresh_aws
from tests.read_model import CATALOG, MIRA

WORK = ScoreRule("work", "Deployments work", "attempt_success_rate", ">=", 50.0, Level.BRONZE)
TESTED = ScoreRule("tested", "Tests pass", "pass_rate", ">=", 90.0, Level.SILVER, suite="FUNCTIONAL")
SHIPPED = ScoreRule("shipped", "Reaches production", "days_since_production", "<=", 30.0, Level.GOLD)
RULED = replace(
    CATALOG, score_rules=(SHIPPED, WORK, TESTED),
    services=tuple(replace(one, team="Identity" if one.service_id == "authn" else "") for one in CATALOG.services),
    exemptions=(Exemption("tested", "billing", "=no tests", "ada", "2026-12-31"),),
)  # fmt: skip


@pytest.fixture(scope="module")
def ruled(emulator: str, aws_clients: Any) -> Iterator[Site]:
    """A site whose catalog has rules, with a snapshot of yesterday."""
    with fresh_aws(emulator, *aws_clients) as aws:
        site = Site(aws)
        site.judge(RULED, "2026-02-23")
        yield site


@pytest.fixture(scope="module")
def asker(ruled: Site) -> FlaskClient:
    return cast(Flask, ruled.app().server).test_client()


def fits(asker: FlaskClient, name: str, answer: Any) -> None:
    spec = asker.get("/api/openapi.json").get_json()
    schema = {"$ref": f"#/components/schemas/{name}", "components": spec["components"]}
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(answer)


def test_today_is_worked_out_now_and_a_past_day_is_its_snapshot(asker):
    live, past = (asker.get(f"/api/scorecards{query}").get_json() for query in ("", "?date=2026-02-23"))
    assert (live["live"], live["date"], past["live"], past["date"]) == (True, "2026-02-24", False, "2026-02-23")
    assert live["services"] == past["services"]
    assert live["rules"] == past["rules"]
    fits(asker, "ScoreCard", live)
    fits(asker, "ScoreCard", past)
    authn, billing = live["services"]
    assert (authn["level"], authn["nextLevel"], authn["missing"]) == ("Silver", "Gold", ["shipped"])
    assert [(one["rule"], one["outcome"]) for one in authn["cells"]] == [
        ("work", "pass"), ("tested", "pass"), ("shipped", "no_data"),
    ]  # fmt: skip
    assert authn["cells"][2]["reason"] == "no_production_deployment"
    assert billing["cells"][1]["exemption"]["approver"] == "ada"


def test_a_day_without_a_snapshot_is_said_and_not_made_up(asker):
    answer = asker.get("/api/scorecards?date=2026-02-22")
    assert answer.status_code == 404
    assert "no snapshot of the score card of 2026-02-22" in answer.get_json()["detail"]
    future = asker.get("/api/scorecards?date=2026-02-25")
    assert (future.status_code, future.get_json()["field"]) == (400, "date")


@pytest.mark.parametrize(
    ("query", "services", "rules"),
    [("team=Identity", ["authn"], 3), ("level=Gold", [], 3), ("level=Silver", ["authn"], 3),
     ("rule=work", ["authn", "billing"], 1)],
)  # fmt: skip
def test_a_filter_leaves_what_is_asked_for(asker, query, services, rules):
    found = asker.get(f"/api/scorecards?{query}").get_json()
    assert [one["serviceId"] for one in found["services"]] == services
    assert len(found["rules"]) == rules
    assert all(len(one["cells"]) == rules for one in found["services"])


@pytest.mark.parametrize("query", ["team=Nobody", "rule=other"])
def test_a_team_or_rule_there_is_not_is_a_404(asker, query):
    assert asker.get(f"/api/scorecards?{query}").status_code == 404


def test_a_history_has_the_days_that_have_a_snapshot(asker):
    found = asker.get("/api/scorecards/authn/history").get_json()
    fits(asker, "ScoreHistory", found)
    assert [(one["date"], one["level"], one["passed"], one["asked"]) for one in found["days"]] == [
        ("2026-02-23", "Silver", 2, 3)
    ]
    assert found["days"][0]["outcomes"]["shipped"] == "no_data"
    assert asker.get("/api/scorecards/authn/history?to=2026-02-22").get_json()["days"] == []
    assert asker.get("/api/scorecards/nobody/history").status_code == 404


def test_the_file_has_a_row_for_each_service_and_rule(asker):
    names, *rows = lines(asker.get("/api/exports/scorecards.csv").data)
    assert len(rows) == 6
    found = dict(zip(names, rows[4], strict=True))
    assert (found["serviceId"], found["rule"], found["outcome"]) == ("billing", "tested", "exempt")
    assert found["exemption.reason"] == "'=no tests"


def test_a_scope_sees_its_services_alone_and_no_snapshot_of_what_it_sees_only_in_part(ruled):
    mine = ruled.app(scope=Scope(services=frozenset({"authn"}))).server.test_client()
    for query in ("", "?date=2026-02-23"):
        found = mine.get(f"/api/scorecards{query}").get_json()
        assert [one["serviceId"] for one in found["services"]] == ["authn"]
    assert mine.get("/api/scorecards/billing/history").status_code == 404
    part = ruled.app(scope=Scope(clusters=frozenset({MIRA}))).server.test_client()
    assert part.get("/api/scorecards").status_code == 200
    assert part.get("/api/scorecards?date=2026-02-23").status_code == 404
    assert part.get("/api/scorecards/authn/history").status_code == 404


@pytest.mark.parametrize("name", SCORECARD_EXAMPLES)
def test_an_example_fits_its_schema(asker, name):
    fits(asker, name, SCORECARD_EXAMPLES[name])
