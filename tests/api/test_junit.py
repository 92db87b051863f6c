"""Uploads of JUnit files over real HTTP: taken whole or refused by name, and then shown with the attempt."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from api.junit import MAX_BYTES
from data.apply import Applier
from data.catalog_models import Catalog
from data.instants import to_instant
from embedded.emulator import HOST
from ingest import message
from tests.api.serving import Answer, Web, refused, serving
from tests.conftest import WEBHOOK_SECRET, Aws
from tests.ingest import saying, working

FILES = Path(__file__).resolve().parents[1] / "payloads" / "junit"
NOTHING: dict[str, str] = {}
NO_MORE: dict[str, str | None] = {}
ATTEMPT = "mira-us-west-2:authn:3.4.3:1285"
REAL = Path(__file__).resolve().parents[3] / "shared" / "payloads"
EXPECTED = REAL / "expected.json"
ROWS = [row for row in json.loads(EXPECTED.read_text()) if row["channel"] == "junit"] if EXPECTED.exists() else []


@pytest.fixture(scope="module")
def web(module_aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(module_aws, tmp_path_factory.mktemp("web")) as running:
        yield running


def now() -> str:
    return to_instant(datetime.now(UTC))


def path(**params: str) -> str:
    said = {"attemptId": ATTEMPT, "suite": "FUNCTIONAL", "executedAt": now()} | params
    return "/api/ingest/junit?" + urlencode({name: value for name, value in said.items() if value})


def upload(
    web: Web, body: str | bytes, params: Mapping[str, str] = NOTHING, *, headers: Mapping[str, str | None] = NO_MORE
) -> Answer:
    raw = body if isinstance(body, bytes) else (FILES / body).read_bytes()
    return web.post(raw, path(**params), **{"Content_Type": "application/xml", **headers})


def taken(aws: Aws) -> list[str]:
    """The messages on the queue, taken off it."""
    queue, found = working.queue_of(aws), []
    while messages := queue.receive():
        found += [one.body for one in messages]
        queue.delete(messages)
    return found


@pytest.mark.parametrize("kind", ["application/xml", "text/xml; charset=utf-8", "application/xml;charset=UTF-8"])
def test_a_file_is_taken_and_carried_to_the_byte(web: Web, module_aws: Aws, kind: str) -> None:
    answer = upload(web, "surefire.xml", headers={"Content_Type": kind})
    assert (answer.status, answer.body["status"], answer.body["attemptId"]) == (202, "accepted", ATTEMPT)
    (text,) = taken(module_aws)
    carried = message.original(text)
    assert carried is not None and carried.raw == (FILES / "surefire.xml").read_bytes()
    assert (carried.sender, carried.params["suite"]) == ("junit", "FUNCTIONAL")
    assert json.loads(text)["events"][0]["payload"]["failed"] == 2


def test_a_result_that_names_no_attempt_is_answered_without_one(web: Web, module_aws: Aws) -> None:
    named = {"clusterId": "mira-us-west-2", "serviceId": "authn", "buildVersion": "3.4.3"}
    answer = upload(web, "pytest.xml", {"attemptId": "", **named})
    assert (answer.status, answer.body["attemptId"]) == (202, None)
    assert len(taken(module_aws)) == 1


@pytest.mark.parametrize(
    ("field", "params"),
    [("suite", {"suite": ""}), ("suite", {"suite": "SMOKE"}), ("tz", {"tz": "Nowhere"}), ("token", {"token": "x"})],
)
def test_a_wrong_address_is_refused_by_its_parameter(
    web: Web, module_aws: Aws, field: str, params: dict[str, str]
) -> None:
    refused(upload(web, "surefire.xml", params), 400, field)
    assert taken(module_aws) == []


def test_a_parameter_given_twice_is_refused(web: Web, module_aws: Aws) -> None:
    twice = web.post((FILES / "pytest.xml").read_bytes(), path() + "&suite=SANITY", Content_Type="text/xml")
    assert refused(twice, 400, "suite") == "suite: is given more than once"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ((FILES / "surefire.xml").read_bytes()[:700], "line "),
        (b"", "no element found"),
        (b"<test-run/>", "its root is <test-run>"),
        (b"<!DOCTYPE t [<!ENTITY a 'b'>]><testsuite>&a;</testsuite>", "document type"),
        (b"<testsuite>" * 200, "deeper"),
    ],
)
def test_what_is_no_junit_file_is_refused_whole(web: Web, module_aws: Aws, body: bytes, why: str) -> None:
    assert why in refused(upload(web, body), 400)
    assert taken(module_aws) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "application/json"}, {"Content_Type": None}, {"Content_Type": "multipart/form-data"},
        {"Content_Type": "application/xml; charset=utf-16"}, {"Content_Encoding": "gzip"},
    ],
)  # fmt: skip
def test_another_type_than_plain_xml_is_refused(web: Web, headers: dict[str, str | None]) -> None:
    refused(upload(web, "surefire.xml", headers=headers), 415)


@pytest.mark.parametrize("secret", [None, "wrong-secret-0123456789-0123456789"])
def test_a_stranger_learns_only_that_he_is_one(web: Web, secret: str | None) -> None:
    """W04, for this way in."""
    for body in (b"<nonsense", b"<!DOCTYPE a>", b"<testsuite/>"):
        headers = {"X_Webhook_Secret": secret, "Content_Type": "text/plain"}
        refused(upload(web, body, {"suite": "?"}, headers=headers), 401)


def test_the_webhook_itself_takes_no_xml(web: Web) -> None:
    raw = (FILES / "surefire.xml").read_bytes()
    refused(web.post(raw, "/api/ingest/webhook", Content_Type="application/xml"), 415)


@pytest.mark.skipif(not ROWS, reason="the real reports lie beside the project and are not here")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_real_reports_get_the_answer_they_deserve(web: Web, module_aws: Aws, row: dict[str, Any]) -> None:
    answer = upload(web, (REAL / row["file"]).read_bytes())
    if row["expect"] != "accepted":
        refused(answer, 400)
        assert taken(module_aws) == []
        return
    assert answer.status == 202
    said = json.loads(taken(module_aws)[0])["events"][0]["payload"]
    assert {name: said[name] for name in row["counts"]} == row["counts"]
    assert len(said.get("failedTests", [])) == row["counts"]["failed"]


def padded(size: int) -> bytes:
    """A report of exactly so many bytes, most of it output that does not compress well."""
    head, tail = b"<testsuite><testcase name='a'/><system-out>", b"</system-out></testsuite>"
    noise = b"".join(b"%08x" % (n * 2654435761 % 2**32) for n in range(size // 8 + 1))
    return head + noise[: size - len(head) - len(tail)] + tail


def test_ten_mebibytes_are_taken_and_one_byte_more_is_not(web: Web, module_aws: Aws) -> None:
    """W10, for this way in: the raw file is too large for a message, which carries what was understood."""
    assert upload(web, padded(MAX_BYTES)).status == 202
    (text,) = taken(module_aws)
    assert len(text) < 4096
    assert json.loads(text)["events"][0]["payload"]["total"] == 1
    assert announced(web, MAX_BYTES + 1) == (413, f"the body must be at most {MAX_BYTES:,} bytes")
    assert taken(module_aws) == []


def announced(web: Web, size: int) -> tuple[int, str]:
    """The answer to a body of that size, which does not wait for the body."""
    connection = HTTPConnection(HOST, web.port, timeout=10)
    try:
        connection.putrequest("POST", path())
        said = {"X-Webhook-Secret": WEBHOOK_SECRET, "Content-Type": "application/xml", "Content-Length": str(size)}
        for name, value in said.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, json.loads(response.read())["detail"]
    finally:
        connection.close()


def test_curl_uploads_a_file_as_the_set_up_says(web: Web, module_aws: Aws) -> None:
    done = subprocess.run(
        [
            "curl", "--silent", "--fail-with-body", "--request", "POST",
            f"http://{HOST}:{web.port}{path()}",
            "--header", f"X-Webhook-Secret: {WEBHOOK_SECRET}", "--header", "Content-Type: application/xml",
            "--data-binary", f"@{FILES / 'pytest.xml'}",
        ],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["status"] == "accepted"
    assert len(taken(module_aws)) == 1


def test_failed_tests_are_shown_with_the_attempt(web: Web, module_aws: Aws) -> None:
    """From the file to the build's answer: queue, folds, store and API."""
    started = to_instant(datetime.now(UTC) - timedelta(minutes=5))
    web.post(saying.deployment(startedAt=started, endedAt=now(), attemptNumber=1285))
    assert upload(web, "surefire.xml").status == 202
    applier = Applier(module_aws.dynamodb, module_aws.tables, Catalog, 90, lambda: datetime.now(UTC), threads=1)
    for text in taken(module_aws):
        assert applier.apply(message.parse(text, now(), Catalog().suites).events) == [None]
    answer = web.ask(f"/api/builds/{ATTEMPT}")
    (run,) = answer.body["testRuns"]
    assert (run["failed"], run["gate"], run["source"]) == (2, True, "junit")
    assert [test["name"] for test in run["failedTests"]] == [
        "com.acme.cart.CartTest.removesAnArticle", "com.acme.cart.CartTest.survivesARestart",
    ]  # fmt: skip
    assert run["failedTests"][0]["durationSec"] == 0.5
    assert "expected: <0> but was: <1>" in run["failedTests"][0]["message"]
    listed: Any = web.ask("/api/clusters/mira-us-west-2/attempts")
    assert "failedTests" not in listed.raw.decode()
