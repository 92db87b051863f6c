"""The exports over HTTP, on facts that went through the folds: the rows are those of the API, laid flat."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.csv_files import flat
from data import long_lists
from data.catalog import CatalogStore
from data.models import EVERYTHING, Scope
from tests.api.conftest import FAILED, SERVING, Site
from tests.api.reading_csv import lines, rows
from tests.conftest import fresh_aws
from tests.data.test_store import calls
from tests.read_model import AQUILA, CATALOG, MIRA, NOW, PAVO

EXPORTS = "/api/exports"
FILES = (
    "attempts.csv", "promotions.csv", "services.csv", f"cluster-services.csv?clusterId={MIRA}", "scorecard.csv",
    "matrix.csv",
    *(f"analytics/{chart}.csv" for chart in ("builds", "suites", "durations", "frequency", "reasons", "flaky")),
)  # fmt: skip


@pytest.fixture(scope="module")
def in_teams(emulator: str, aws_clients: Any) -> Iterator[Callable[[Scope], FlaskClient]]:
    """The same past, of services that have teams, for whoever may see that much."""
    of = {"authn": "Identity", "billing": "Payments"}
    services = tuple(replace(one, team=of[one.service_id]) for one in CATALOG.services)
    with fresh_aws(emulator, *aws_clients) as aws:
        site = Site(aws)
        CatalogStore(aws.dynamodb, aws.tables, lambda: NOW).save(replace(CATALOG, services=services))
        yield lambda scope: cast(Flask, site.app(scope=scope).server).test_client()


def exported(client, file: str, **query: Any) -> list[dict[str, str]]:
    """The rows of an export."""
    return rows(client.get(f"{EXPORTS}/{file}", query_string={k.rstrip("_"): v for k, v in query.items()}))


def name_of(response: Any) -> str:
    """The file name a download would get."""
    assert response.status_code == 200, response.text
    kind, _, name = response.headers["Content-Disposition"].partition("; filename=")
    assert kind == "attachment"
    return str(name.strip('"'))


@pytest.mark.parametrize("file", sorted(set(FILES) - {"analytics/flaky.csv"}))
def test_every_export_is_a_csv_file_to_keep_and_not_to_cache(client, file):
    response = client.get(f"{EXPORTS}/{file}")
    assert rows(response)
    assert name_of(response).endswith(".csv")
    assert response.headers["Cache-Control"] == "no-store"
    assert "X-Rows-Truncated" not in response.headers


@pytest.mark.parametrize("file", FILES)
def test_a_parameter_that_is_not_known_is_refused_by_its_name(client, file):
    response = client.get(f"{EXPORTS}/{file.split('?')[0]}?clustrId=x")
    assert response.status_code == 400
    assert response.get_json()["field"] == "clustrId"


def test_attempts_are_all_there_are_newest_first(client):
    found = exported(client, "attempts.csv")
    assert [(one["startedAt"][:10], one["clusterId"]) for one in found] == [
        ("2026-02-24", AQUILA), ("2026-02-23", MIRA), ("2026-02-23", MIRA), ("2026-02-22", MIRA),
        ("2026-02-21", PAVO), ("2026-02-20", MIRA), ("2026-02-19", MIRA),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ({"clusterId": MIRA}, f"clusters/{MIRA}/attempts"),
        ({"serviceId": "authn"}, "services/authn/attempts"),
        ({"clusterId": MIRA, "serviceId": "authn"}, f"clusters/{MIRA}/attempts?serviceId=authn"),
        ({"clusterId": MIRA, "status": "SUCCESS"}, f"clusters/{MIRA}/attempts?status=SUCCESS"),
        ({"serviceId": "authn", "cancelled": "true"}, "services/authn/attempts?cancelled=true"),
        ({"type": "Development"}, f"clusters/{MIRA}/attempts"),
        ({"type": "Staging", "serviceId": "authn"}, f"clusters/{PAVO}/attempts?serviceId=authn"),
        ({"clusterId": MIRA, "trigger": "merge"}, f"clusters/{MIRA}/attempts?trigger=merge"),
        (
            {"clusterId": MIRA, "from": "2026-02-20", "to": "2026-02-22"},
            f"clusters/{MIRA}/attempts?from=2026-02-20&to=2026-02-22",
        ),
        ({"clusterId": MIRA, "from": "2026-01-01", "to": "2026-01-02"}, f"clusters/{MIRA}/attempts?to=2026-01-02"),
    ],
)
def test_attempts_are_those_of_the_api_filtered_alike(client, query, address):
    listed = client.get(f"/api/{address}").get_json()["attempts"]
    assert [one["id"] for one in exported(client, "attempts.csv", **query)] == [one["id"] for one in listed]


def test_each_field_of_an_attempt_has_its_column(client):
    listed = client.get(f"/api/clusters/{MIRA}/attempts").get_json()["attempts"]
    found = exported(client, "attempts.csv", clusterId=MIRA)
    for one, said in zip(found, listed, strict=True):
        assert set(flat(said)) <= set(one)
    serving = next(one for one in found if one["id"] == SERVING)
    assert serving["serving"] == "true"
    assert serving["actor"] == "rosa"
    assert (serving["startedAt"], serving["durationSec"]) == ("2026-02-20T10:00:00.000Z", "840.0")
    assert (serving["gates.functional.verdict"], serving["gates.functional.passed"]) == ("passed", "420")
    assert serving["gates.regression.verdict"] == ""
    running = exported(client, "attempts.csv", clusterId=AQUILA)[0]
    assert (running["endedAt"], running["durationSec"]) == ("", "")


def test_a_files_name_says_what_is_in_it(client):
    response = client.get(f"{EXPORTS}/attempts.csv?clusterId={MIRA}&from=2026-02-10&to=2026-02-23")
    assert name_of(response) == f"attempts-{MIRA}-2026-02-10-to-2026-02-23.csv"
    moments = "from=2026-02-23T12:00:00Z&to=2026-02-24T12:00:00Z"
    named = client.get(f"{EXPORTS}/attempts.csv?serviceId=authn&status=FAILED&{moments}")
    assert name_of(named) == "attempts-authn-failed-2026-02-23-to-2026-02-24.csv"
    assert name_of(client.get(f"{EXPORTS}/attempts.csv?cancelled=true")) == "attempts-cancelled-to-2026-02-24.csv"
    charted = client.get(f"{EXPORTS}/analytics/builds.csv?serviceId=authn&from=2026-02-19&to=2026-02-19")
    assert name_of(charted) == "analytics-builds-authn-2026-02-19.csv"


def test_a_file_that_had_to_be_cut_says_so_in_header_and_name(client, monkeypatch):
    monkeypatch.setattr("api.csv_files.written.__defaults__", (3,))
    response = client.get(f"{EXPORTS}/attempts.csv")
    assert response.headers["X-Rows-Truncated"] == "true"
    assert name_of(response) == "attempts-to-2026-02-24-first-3.csv"
    everything = exported(client, "attempts.csv")
    assert rows(response) == everything[:3]


def test_a_long_list_reads_page_after_page_and_never_scans(client, site, monkeypatch):
    monkeypatch.setattr(long_lists, "HELD", 0)
    monkeypatch.setattr(long_lists, "LEAST_PAGE", 1)
    made = calls(monkeypatch, site.aws.dynamodb)
    found = exported(client, "attempts.csv")
    assert len(found) == 7
    assert set(made) == {"Query"}
    assert len(made) >= 7


def test_a_teams_rows_are_those_of_its_services(in_teams):
    client = in_teams(EVERYTHING)
    assert {one["serviceId"] for one in exported(client, "attempts.csv", team="Payments")} == {"billing"}
    assert exported(client, "attempts.csv", team="Payments", serviceId="authn") == []
    on_mira = exported(client, "attempts.csv", team="Payments", clusterId=MIRA)
    assert [(one["clusterId"], one["serviceId"]) for one in on_mira] == [(MIRA, "billing")]
    assert {one["serviceId"] for one in exported(client, "services.csv", team="Identity")} == {"authn"}
    assert len(exported(client, "promotions.csv", team="Identity")) == 2
    assert exported(client, "promotions.csv", team="Payments") == []
    response = client.get(f"{EXPORTS}/attempts.csv?team=Payments")
    assert name_of(response) == "attempts-payments-to-2026-02-24.csv"


@pytest.mark.parametrize("file", ["attempts.csv", "promotions.csv", "services.csv"])
def test_a_team_without_a_service_in_scope_is_not_there(in_teams, file):
    foreign = in_teams(Scope(services=frozenset({"authn"})))
    assert foreign.get(f"{EXPORTS}/{file}?team=Payments").status_code == 404
    assert in_teams(EVERYTHING).get(f"{EXPORTS}/{file}?team=Nobody").status_code == 404


def test_promotions_are_those_of_the_api(client):
    for query in ({}, {"serviceId": "authn"}, {"clusterId": AQUILA}, {"status": "PENDING"}):
        listed = client.get("/api/promotions", query_string=query).get_json()["promotions"]
        found = exported(client, "promotions.csv", **query)
        assert found == [{k: v or "" for k, v in one.items()} for one in listed]
    assert len(exported(client, "promotions.csv")) == 2
    for query in ({"fromClusterId": MIRA}, {"to": "2026-02-20"}, {"from": "2026-02-20", "to": "2026-02-20"}):
        assert [one["toClusterId"] for one in exported(client, "promotions.csv", **query)] == [PAVO]
    assert exported(client, "promotions.csv", buildVersion="3.4.1") == []


def test_services_have_a_row_for_each_cluster_region(client):
    found = exported(client, "services.csv")
    assert [(one["serviceId"], one["clusterId"]) for one in found] == [
        ("authn", MIRA), ("authn", PAVO), ("billing", MIRA), ("billing", AQUILA)
    ]  # fmt: skip
    listed = client.get("/api/services").get_json()["services"][0]["clusters"][0]
    first = found[0]
    assert set(flat(listed)) <= set(first)
    assert (first["currentVersion"], first["health"], first["why"]) == ("3.4.2", "attention", "failed: image pull")
    assert first["gates.functional.verdict"] == "missing"
    running = exported(client, "services.csv", status="in-progress", type="Production")
    assert [(one["serviceId"], one["clusterId"]) for one in running] == [("billing", AQUILA)]


def test_the_matrix_has_a_row_a_service_and_columns_for_each_cluster_region(client):
    authn, billing = exported(client, "matrix.csv")
    assert (authn["serviceId"], billing["serviceId"]) == ("authn", "billing")
    assert authn[f"{MIRA}.currentVersion"] == "3.4.2"
    assert (authn[f"{MIRA}.health"], authn[f"{MIRA}.why"]) == ("attention", "failed: image pull")
    assert (authn[f"{MIRA}.latestAttempt.buildVersion"], authn[f"{MIRA}.latestAttempt.status"]) == ("3.4.4", "FAILED")
    assert {authn[name] for name in authn if name.startswith(AQUILA)} == {""}
    assert billing[f"{AQUILA}.latestAttempt.status"] == "IN_PROGRESS"
    assert billing[f"{AQUILA}.currentVersion"] == ""


@pytest.mark.parametrize(
    ("query", "services", "clusters"),
    [
        ({"type": "Production"}, ["billing"], {AQUILA}),
        ({"status": "attention"}, ["authn"], {MIRA, PAVO, AQUILA}),
        ({"status": "in-progress"}, ["billing"], {MIRA, PAVO, AQUILA}),
        ({"q": "3.4.2"}, ["authn"], {MIRA, PAVO, AQUILA}),
        ({"fav": "billing,nobody"}, ["billing"], {MIRA, PAVO, AQUILA}),
        ({"fav": "nobody"}, [], {MIRA, PAVO, AQUILA}),
    ],
)
def test_the_matrix_is_filtered_as_the_overview_is(client, query, services, clusters):
    names, *others = lines(client.get(f"{EXPORTS}/matrix.csv", query_string=query).data)
    assert [one[0] for one in others] == services
    assert {name.split(".")[0] for name in names if "." in name} == clusters


@pytest.mark.parametrize(
    ("name", "value"),
    [("type", "production?"), ("status", "FAILED"), ("fav", "A,b"), ("q", " "), ("fav", "a" * 2001)],
)
def test_a_filter_of_the_matrix_that_is_none_is_refused_by_its_name(client, name, value):
    response = client.get(f"{EXPORTS}/matrix.csv", query_string={name: value})
    assert (response.status_code, response.get_json()["field"]) == (400, name)


def test_the_past_can_be_taken_away_too(client):
    then = "2026-02-22T09:00:00Z"
    authn = exported(client, "matrix.csv", asOf=then)[0]
    assert (authn[f"{MIRA}.currentVersion"], authn[f"{MIRA}.health"]) == ("3.4.2", "healthy")
    assert [one["serviceId"] for one in exported(client, "cluster-services.csv", clusterId=MIRA, asOf=then)] == [
        "authn"
    ]
    attempts = exported(client, "attempts.csv", clusterId=MIRA, asOf=then)
    assert [one["startedAt"][:10] for one in attempts] == ["2026-02-20", "2026-02-19"]
    unknown_then = exported(client, "services.csv", asOf=then, knownAt="2026-02-20T00:00:00Z")
    assert {(one["clusterId"], one["currentVersion"]) for one in unknown_then} == {("", "")}
    name = name_of(client.get(f"{EXPORTS}/services.csv?asOf={then}"))
    assert name == "services-as-of-2026-02-22t09-00z.csv"
    assert name_of(client.get(f"{EXPORTS}/attempts.csv?asOf={then}")) == "attempts-to-2026-02-22.csv"
    refused = client.get(f"{EXPORTS}/matrix.csv?asOf=2026-03-01T00:00:00Z")
    assert (refused.status_code, refused.get_json()["field"]) == (400, "asOf")


def test_the_services_of_a_cluster_region_are_those_of_its_summary(client):
    listed = client.get(f"/api/clusters/{MIRA}/summary").get_json()["services"]
    found = exported(client, "cluster-services.csv", clusterId=MIRA)
    assert [(one["serviceId"], one["currentVersion"]) for one in found] == [
        (one["serviceId"], one["currentVersion"]) for one in listed
    ]
    of_text = exported(client, "cluster-services.csv", clusterId=MIRA, q="1.0.0")
    assert [one["serviceId"] for one in of_text] == ["billing"]
    assert client.get(f"{EXPORTS}/cluster-services.csv").get_json()["field"] == "clusterId"


def test_the_scorecard_has_rates_with_their_samples_and_no_rate_of_nothing(client):
    authn, billing = exported(client, "scorecard.csv", from_="2026-02-01", to="2026-02-24")
    assert (authn["success"], authn["failed"], authn["rollback"]) == ("2", "1", "1")
    assert (authn["successRate.value"], authn["successRate.n"]) == ("50.0", "4")
    assert authn["meanDurationSec"] == "840.0"
    assert (billing["rollbackRate.value"], billing["rollbackRate.n"]) == ("0.0", "1")
    empty = exported(client, "scorecard.csv", from_="2026-01-01", to="2026-01-02")[0]
    assert (empty["totalAttempts"], empty["successRate.value"], empty["meanDurationSec"]) == ("0", "", "")


def test_charts_have_the_numbers_of_the_api(client):
    query = {"from_": "2026-02-18", "to": "2026-02-24"}
    said = client.get("/api/analytics?from=2026-02-18&to=2026-02-24").get_json()
    builds = exported(client, "analytics/builds.csv", **query)
    assert [one["day"] for one in builds] == said["buildAttempts"]["labels"]
    for name in ("success", "failed", "rollback", "inProgress", "cancelled"):
        assert [int(one[name]) for one in builds] == said["buildAttempts"][name]
    frequency = exported(client, "analytics/frequency.csv", **query)
    assert [int(one["deploys"]) for one in frequency] == said["deployFrequency"]["deploys"]
    assert [one["week"] for one in frequency] == ["2026-02-16"] * 5 + ["2026-02-23"] * 2
    assert [one["partial"] for one in builds] == ["false"] * 6 + ["true"]
    suites = exported(client, "analytics/suites.csv", **query)
    rates = [float(one["functional.passRate"]) if one["functional.passRate"] else None for one in suites]
    assert rates == said["testPassRates"]["functional"]
    assert suites[0]["functional.passRate"] == ""
    durations = exported(client, "analytics/durations.csv", **query)
    minutes = [float(one["meanDurationSec"]) / 60 if one["meanDurationSec"] else None for one in durations]
    assert minutes == said["deployFrequency"]["avgLeadTimeMin"]
    assert [one["p50DurationSec"] for one in durations] == ["", "840.0", "840.0", "", "", "840.0", ""]
    assert [one["n"] for one in durations] == ["0", "1", "1", "0", "0", "1", "0"]


def test_reasons_are_counted_and_told_with_an_example(client):
    found = exported(client, "analytics/reasons.csv")
    assert [one["reason"] for one in found] == ["error rate", "image pull"]
    assert [(one["attempts"], one["failed"], one["rollback"]) for one in found] == [("1", "0", "1"), ("1", "1", "0")]
    assert found[0]["example"] == "error rate"


def test_a_suite_that_turned_within_an_attempt_is_in_the_file_and_a_day_without_a_flake_has_column_names_only(client):
    names = ["serviceId", "suite", "flipped", "n", "flippedShare"]
    body = client.get(f"{EXPORTS}/analytics/flaky.csv").data
    assert lines(body) == [names, ["authn", "functional", "1", "1", "100.0"]]
    quiet = client.get(f"{EXPORTS}/analytics/flaky.csv?serviceId=billing").data
    assert lines(quiet) == [names]


def test_charts_can_be_of_hours(client):
    asked = {"grain": "hour", "from_": "2026-02-20T09:00:00Z", "to": "2026-02-20T12:00:00Z"}
    hours = exported(client, "analytics/builds.csv", **asked)
    assert [(one["hour"], one["success"]) for one in hours] == [
        ("2026-02-20T09:00:00.000Z", "0"), ("2026-02-20T10:00:00.000Z", "1"), ("2026-02-20T11:00:00.000Z", "0"),
    ]  # fmt: skip
    name = name_of(client.get(f"{EXPORTS}/analytics/builds.csv?grain=hour"))
    assert name == "analytics-builds-2026-02-23t13-to-2026-02-24t13.csv"


@pytest.mark.parametrize(
    "address",
    [
        f"attempts.csv?clusterId={PAVO}", "attempts.csv?serviceId=billing", "promotions.csv?serviceId=billing",
        f"promotions.csv?clusterId={AQUILA}", f"cluster-services.csv?clusterId={PAVO}",
        "analytics/builds.csv?serviceId=billing",
    ],
)  # fmt: skip
def test_what_is_out_of_scope_is_not_there(scoped, client, address):
    assert client.get(f"{EXPORTS}/{address}").status_code == 200
    response = scoped.get(f"{EXPORTS}/{address}")
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"


def test_a_scope_cuts_every_file(scoped):
    attempts = exported(scoped, "attempts.csv")
    assert {(one["clusterId"], one["serviceId"]) for one in attempts} == {(MIRA, "authn")}
    assert FAILED in {one["id"] for one in attempts}
    assert exported(scoped, "promotions.csv") == []
    assert [one["clusterId"] for one in exported(scoped, "services.csv")] == [MIRA]
    assert [one["serviceId"] for one in exported(scoped, "scorecard.csv")] == ["authn"]


def test_a_large_file_is_sent_compressed(client):
    plain = client.get(f"{EXPORTS}/attempts.csv")
    small = client.get(f"{EXPORTS}/attempts.csv", headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert lines(plain.data)[0][:2] == ["id", "clusterId"]


def test_every_export_is_documented_as_csv(client):
    paths = client.get("/api/openapi.json").get_json()["paths"]
    documented = {path for path in paths if path.startswith(EXPORTS)}
    assert {f"{EXPORTS}/{file.split('?')[0]}" for file in FILES} <= documented
    for path in documented:
        answer = paths[path]["get"]["responses"]["200"]
        assert list(answer["content"]) == ["text/csv; charset=utf-8"]
        assert set(answer["headers"]) == {"Content-Disposition", "X-Rows-Truncated"}
