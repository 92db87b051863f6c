"""What the API refuses, and how it says so: problem documents that name the field, whatever went wrong."""

import logging
from typing import Any, NoReturn

import pytest
from flask import Blueprint, Flask

from api import errors
from api.errors import KINDS
from data.errors import Conflict, DashboardError, Forbidden, InvalidRequest, Unauthorized, Unavailable
from tests.api.conftest import SERVING
from tests.read_model import AQUILA, MIRA, PAVO


def refused(client, path: str, status: int, **arguments) -> dict[str, Any]:
    """The problem of a refused request."""
    response = client.open(path, **{"method": "GET", **arguments})
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    body: dict[str, Any] = response.get_json()
    assert body["status"] == status
    assert body["requestId"] == response.headers["X-Request-Id"]
    assert body["type"].startswith("/api/docs#")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    return body


ATTEMPTS = f"/api/clusters/{MIRA}/attempts"

BAD_QUERIES = [
    (f"{ATTEMPTS}?limit=0", "limit"), (f"{ATTEMPTS}?limit=201", "limit"), (f"{ATTEMPTS}?limit=-1", "limit"),
    (f"{ATTEMPTS}?limit=1.5", "limit"), (f"{ATTEMPTS}?limit=", "limit"), (f"{ATTEMPTS}?limit=1e2", "limit"),
    (f"{ATTEMPTS}?limit=%D9%A1", "limit"), (f"{ATTEMPTS}?limit=1_0", "limit"), (f"{ATTEMPTS}?limit=+5", "limit"),
    (f"{ATTEMPTS}?limit={'9' * 5000}", "limit"),
    (f"{ATTEMPTS}?status=success", "status"), (f"{ATTEMPTS}?status=", "status"),
    (f"{ATTEMPTS}?status=SUCCESS%7CFAILED", "status"), (f"{ATTEMPTS}?cancelled=yes", "cancelled"),
    (f"{ATTEMPTS}?from=yesterday", "from"), (f"{ATTEMPTS}?from=2026-02-30", "from"),
    (f"{ATTEMPTS}?from=2026-02-24T10:00:00", "from"), (f"{ATTEMPTS}?to=9999-12-31", "to"),
    (f"{ATTEMPTS}?from=2026-02-24&to=2026-02-23T00:00:00Z", "from"),
    (f"{ATTEMPTS}?from=2025-01-01&to=2026-02-24", "from"), (f"{ATTEMPTS}?from=2026W081", "from"),
    (f"{ATTEMPTS}?serviceId=Nobody", "serviceId"), (f"{ATTEMPTS}?serviceId=a%00b", "serviceId"),
    (f"{ATTEMPTS}?cursor=", "cursor"), (f"{ATTEMPTS}?cursor=AAAA", "cursor"),
    (f"{ATTEMPTS}?cursor={'A' * 5120}", "cursor"), (f"{ATTEMPTS}?Limit=5", "Limit"),
    (f"{ATTEMPTS}?limit=5&limit=5", "limit"), (f"{ATTEMPTS}?clusterId={MIRA}", "clusterId"),
    (f"{ATTEMPTS}?=1", ""), ("/api/clusters?limit=5", "limit"), ("/api/generation?_=1", "_"),
    ("/api/ingest/status?x=1", "x"), ("/healthz?x=1", "x"), ("/api/openapi.json?x", "x"),
    (f"/api/builds/{SERVING}?x=1", "x"), ("/api/promotions?status=DONE", "status"),
    ("/api/analytics?from=2026-02-24T10:00:00Z", "from"), ("/api/analytics?to=2026-02-24T10:00:00Z", "to"),
    ("/api/analytics?from=2026-02-24&to=2026-02-23", "from"), ("/api/analytics?from=2020-01-01", "from"),
    ("/api/analytics?to=0001-01-01T00:00:00Z", "to"), ("/api/analytics?to=0001-01-01", "to"),
    (f"{ATTEMPTS}?from=0001-01-01", "from"), (f"{ATTEMPTS}?to=0001-01-01T00:00:00Z", "to"),
    ("/api/analytics?to=1971-01-01T00:00:00Z", "to"), ("/api/analytics?limit=5", "limit"),
    (f"/api/clusters/{MIRA}/summary?from=2020-01-01", "from"),
    ("/api/services/authn?status=FAILED", "status"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "field"), BAD_QUERIES, ids=lambda value: value[:60])
def test_a_wrong_parameter_is_named(client, path, field):
    body = refused(client, path, 400)
    assert body["field"] == field
    assert body["detail"]


@pytest.mark.parametrize("path", [
    f"{ATTEMPTS}?from=1971-01-01", f"{ATTEMPTS}?from=9999-12-30", f"{ATTEMPTS}?to=1971-01-01T00:00:00Z",
    f"{ATTEMPTS}?from=2026-02-24T10:00:00Z&to=2026-02-24T10:00:00Z", "/api/analytics?from=9999-12-30",
    "/api/analytics?from=2026-02-24T00:00:00Z&to=2026-02-25T00:00:00Z", "/api/analytics?to=9999-12-31",
])  # fmt: skip
def test_an_odd_range_is_still_an_answer(client, path):
    assert client.get(path).status_code == 200, client.get(path).text


UNKNOWN = [
    "/api", "/api/", "/api/typo", "/api/clusters/", "/api/Clusters", "/api/clusters/nowhere",
    "/api/clusters/nowhere/summary", "/api/clusters/nowhere/attempts", "/api/clusters/UPPER", "/api/services/nobody",
    "/api/services/nobody/attempts", "/api/builds/nothing", f"/api/builds/{MIRA}:authn:9.9.9:1", "/api/builds/a:b:c",
    "/api/builds/%00", f"/api/builds/{'x' * 3000}", "/api/clusters/../../etc/passwd",
    "/api/analytics?serviceId=nobody", "/api/analytics?clusterId=nowhere", "/api/ingest",
    "/api/ingest/webhook/github/more", "/api/%F0%9F%92%A5", "/api/docs/",
]  # fmt: skip


@pytest.mark.parametrize("path", UNKNOWN, ids=lambda path: path[:40])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PROPFIND"])
def test_an_unknown_address_is_a_json_404_and_never_a_page(client, path, method):
    known = path.startswith(("/api/clusters/nowhere", "/api/clusters/UPPER", "/api/services/nobody", "/api/builds",
                             "/api/analytics"))  # fmt: skip
    if method == "PROPFIND":  # no route of ours knows it, so none could be found
        assert client.open(path, method=method).mimetype == "application/problem+json"
        return
    refused(client, path, 405 if known and method != "GET" and "/passwd" not in path else 404, method=method)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/api/clusters", ATTEMPTS, f"/api/builds/{SERVING}", "/healthz", "/readyz"])
def test_another_method_is_a_json_405_that_names_the_allowed_ones(client, path, method):
    response = client.open(path, method=method)
    refused(client, path, 405, method=method)
    assert {"GET", "HEAD"} <= {one.strip() for one in response.headers["Allow"].split(",")}
    assert method not in response.headers["Allow"]


def test_the_webhook_takes_only_posts(client):
    refused(client, "/api/ingest/webhook", 405)
    assert client.get("/api/ingest/webhook").headers["Allow"] == "POST"


FOREIGN = [
    (f"/api/clusters/{PAVO}", "/api/clusters/nowhere", PAVO, "nowhere"),
    (f"/api/clusters/{PAVO}/summary", "/api/clusters/nowhere/summary", PAVO, "nowhere"),
    (f"/api/clusters/{PAVO}/attempts", "/api/clusters/nowhere/attempts", PAVO, "nowhere"),
    ("/api/services/billing", "/api/services/nobody", "billing", "nobody"),
    ("/api/services/billing/attempts", "/api/services/nobody/attempts", "billing", "nobody"),
    ("/api/analytics?serviceId=billing", "/api/analytics?serviceId=nobody", "billing", "nobody"),
    (f"/api/analytics?clusterId={AQUILA}", "/api/analytics?clusterId=nowhere", AQUILA, "nowhere"),
    (f"/api/builds/{PAVO}:authn:3.4.2:7", f"/api/builds/{PAVO}:authn:3.4.2:8", "3.4.2:7", "3.4.2:8"),
]  # fmt: skip


@pytest.mark.parametrize(("foreign", "unknown", "one", "other"), FOREIGN)
def test_what_is_out_of_scope_is_as_unknown_as_what_does_not_exist(scoped, foreign, unknown, one, other):
    theirs, nobodys = refused(scoped, foreign, 404), refused(scoped, unknown, 404)
    assert theirs["detail"].replace(one, other) == nobodys["detail"]
    assert {**theirs, "detail": "", "requestId": ""} == {**nobodys, "detail": "", "requestId": ""}


def test_nothing_out_of_scope_is_listed_or_counted(scoped):
    assert [one["id"] for one in scoped.get("/api/clusters").get_json()["clusters"]] == [MIRA]
    assert scoped.get("/api/clusters").get_json()["clusters"][0]["summary"]["services"] == 1
    assert [one["id"] for one in scoped.get("/api/services").get_json()["services"]] == ["authn"]
    assert scoped.get("/api/analytics").get_json()["summary"]["totalAttempts"] == 3
    attempts = scoped.get("/api/services/authn/attempts").get_json()["attempts"]
    assert {one["clusterId"] for one in attempts} == {MIRA} and len(attempts) == 4
    assert scoped.get(f"/api/builds/{SERVING}").get_json()["siblings"] == []
    assert scoped.get("/api/promotions?serviceId=authn").get_json()["promotions"] == []
    assert scoped.get("/api/promotions?serviceId=billing").get_json()["promotions"] == []


def test_a_cursor_is_good_for_its_own_list_and_scope_only(client, scoped):
    cursor = client.get(f"{ATTEMPTS}?limit=1").get_json()["nextCursor"]
    assert client.get(ATTEMPTS, query_string={"cursor": cursor}).status_code == 200
    for found, path in (
        (client, f"/api/clusters/{PAVO}/attempts"), (client, "/api/services/authn/attempts"),
        (client, f"{ATTEMPTS}?status=FAILED"), (client, f"{ATTEMPTS}?serviceId=authn"), (scoped, ATTEMPTS),
    ):  # fmt: skip
        separator = "&" if "?" in path else "?"
        assert refused(found, f"{path}{separator}cursor={cursor}", 400)["field"] == "cursor"


@pytest.fixture
def failing():
    """A server whose one route fails as told."""
    server = Flask("failing")
    error: list[Exception] = []
    inner = Blueprint("inner", __name__)
    errors.register(inner)

    @inner.get("/api/fails")
    def fails() -> NoReturn:
        raise error[0]

    server.register_blueprint(inner)

    def ask(raised: Exception):
        error[:] = [raised]
        return server.test_client().get("/api/fails")

    return ask


@pytest.mark.parametrize(("error", "status"), [
    (InvalidRequest("is wrong", "payload.x"), 400), (Unauthorized("no"), 401), (Forbidden("no"), 403),
    (Conflict("no"), 409), (Unavailable("table deployment-attempts throttled"), 503), (ValueError("secret"), 500),
])  # fmt: skip
def test_each_error_of_ours_has_its_status(failing, error, status, caplog):
    caplog.set_level(logging.CRITICAL)
    response = failing(error)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert "secret" not in response.text and "deployment-attempts" not in response.text


def test_an_unforeseen_error_is_logged_with_its_traceback(failing, caplog):
    failing(ValueError("the cause"))
    assert any(record.exc_info and "the cause" in str(record.exc_info[1]) for record in caplog.records)


def test_every_error_class_of_ours_has_its_line_in_the_table():
    assert set(KINDS) == set(DashboardError.__subclasses__())


def test_away_tables_are_a_503_with_retry_after_and_summaries_go_on(site):
    from data import aws
    from data.store import Store

    away = Store(aws.dynamodb("http://127.0.0.1:9", "us-west-2"), site.aws.tables, b"x" * 32, 90)
    client = site.app(store=away).server.test_client()
    refused(client, ATTEMPTS, 503)
    assert client.get(ATTEMPTS).headers["Retry-After"] == "5"
    assert client.get("/api/clusters").status_code == 200
    assert client.get("/readyz").status_code == 200
