"""From a pipeline's POST to the API's answer, through every real process: what was said is what is shown."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.serving import Web, serving
from tests.api.test_webhooks import ago, deployed
from tests.conftest import Aws
from tests.ingest import saying, working
from tests.ingest.processes import worker

ALERT_SECONDS = 10.0


@pytest.fixture(scope="module")
def web(module_aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A web process and a worker process on the same tables."""
    logs: Path = tmp_path_factory.mktemp("logs")
    with serving(module_aws, logs) as running, worker(module_aws, logs / "worker.log"):
        yield running


def shown(web: Web, path: str, key: str, right: Any = None) -> Any:
    """What the API shows under `key` once it is there (and `right` of it)."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        answer = web.ask(path)
        if answer.status == 200 and answer.body[key] and (right is None or right(answer.body[key])):
            return answer.body[key]
        time.sleep(0.1)
    raise AssertionError((path, answer.status, answer.raw[:500]))


def test_every_field_of_a_deployment_can_be_read_again(web: Web):
    """W03."""
    said = {
        "status": "FAILED",
        "failureReason": "Exit 1\nGröße \U0001f600",
        "rollbackToBuild": "3.4.2",
        "labels": ["canary", "ünïcode"],
        "commits": [{"sha": "abcdef0", "committedAt": ago(hours=3)}],
        "committedAt": ago(hours=3),
        "hotfix": True,
        "actor": "ada",
        "runUrl": "https://ci.example.org/run/1?a=b&c=<d>",
        "trigger": "hotfix",
    }
    body = deployed(runId=1, **said)
    attempt_id = web.post(body).body["attemptId"]
    attempt = shown(web, f"/api/builds/{attempt_id}", "attempt")
    payload = body["payload"]
    for field in ("clusterId", "serviceId", "buildVersion", "gitSha", "startedAt", "endedAt", *said):
        assert attempt[field] == payload[field], field
    assert (attempt["id"], attempt["source"]) == (attempt_id, "github-actions")


def test_a_result_sent_to_the_attempt_in_the_answer_is_its_gate(web: Web):
    attempt_id = web.post(deployed(runId=2)).body["attemptId"]
    counts = {"total": 10, "passed": 7, "failed": 2, "skipped": 1}
    said = {"executedAt": ago(minutes=40), "durationSec": 12.5, "testRunId": "run-2", **counts}
    assert web.post(saying.test_result(attemptId=attempt_id, **said)).status == 202
    (run,) = shown(web, f"/api/builds/{attempt_id}", "testRuns")
    assert {field: run[field] for field in said} == said
    attempt = web.ask(f"/api/builds/{attempt_id}").body["attempt"]
    assert attempt["gates"]["functional"] == {**counts, "verdict": "failed", "runs": 1, "turned": False}


def test_a_result_that_comes_first_waits_for_its_deployment(web: Web):
    coordinates = {"clusterId": "mira-us-west-2", "serviceId": "early", "buildVersion": "9.0.0"}
    result = saying.test_result(attemptId=..., executedAt=ago(minutes=30), **coordinates)
    assert web.post(result).body["attemptId"] is None
    attempt_id = web.post(deployed(**coordinates)).body["attemptId"]
    runs = shown(web, f"/api/builds/{attempt_id}", "testRuns")
    assert [run["total"] for run in runs] == [420]


def test_a_promotion_can_be_read_again(web: Web):
    said = saying.promotion(promotedAt=ago(minutes=5), reason="weekly", approver="grace", status="APPROVED")
    web.post(said)
    (promotion,) = shown(web, "/api/promotions?serviceId=authn", "promotions")
    for field, value in said["payload"].items():
        assert promotion[field] == value, field


def test_an_incident_is_beside_its_attempt(web: Web):
    attempt_id = web.post(deployed(serviceId="broken", runId=3)).body["attemptId"]
    shown(web, f"/api/builds/{attempt_id}", "attempt")
    incident = saying.incident(
        serviceId="broken", clusterId="mira-us-west-2", attemptId=attempt_id,
        startedAt=ago(minutes=45), resolvedAt=ago(minutes=20), url="https://status.example.org/7",
    )  # fmt: skip
    assert web.post(incident).body["attemptId"] == attempt_id
    (found,) = shown(web, f"/api/builds/{attempt_id}", "incidents")
    assert (found["title"], found["url"]) == ("Sign-in slow", "https://status.example.org/7")


def test_a_new_version_is_in_the_summaries_within_seconds(web: Web):
    started = time.monotonic()
    web.post(deployed(clusterId="fresh-1", serviceId="fresh", buildVersion="7.7.7"))

    def there(rows: list[dict[str, Any]]) -> bool:  # the service is registered a moment before its version is stored
        return any(row["id"] == "fresh" and "7.7.7" in str(row) for row in rows)

    shown(web, "/api/services", "services", there)
    assert time.monotonic() - started < ALERT_SECONDS


def test_the_same_delivery_five_times_has_one_effect(web: Web, module_aws: Aws):
    """W09."""
    body = deployed(serviceId="repeated", envelope_eventId="again")
    ids = {web.post(body).body["attemptId"] for _ in range(5)}
    (attempt_id,) = ids
    shown(web, f"/api/builds/{attempt_id}", "claims")
    working.until(lambda: working.empty(module_aws))
    assert len(web.ask(f"/api/builds/{attempt_id}").body["claims"]) == 1


def test_the_intake_says_how_it_is(web: Web, module_aws: Aws):
    web.post(deployed(envelope_source="status-check"))
    working.until(lambda: working.empty(module_aws))

    def complete() -> dict[str, Any]:
        return dict(web.ask("/api/ingest/status").body)

    working.until(lambda: bool(complete()["workers"]) and "status-check" in str(complete()["sources"]))
    working.until(lambda: complete()["queue"]["depth"] == 0)
    status = complete()
    assert status["queue"] == {
        "depth": 0, "inFlight": 0, "deadLetters": 0, "reason": None,
        "oldestMessageAgeSec": None, "oldestMessageAgeReason": "queue_empty",
    }  # fmt: skip
    (one,) = status["workers"]
    assert one["alive"] is True
    assert one["heartbeatAgeSec"] < 15
    (source,) = [found for found in status["sources"] if found["source"] == "status-check"]
    assert 0 <= source["lastEventAgeSec"] < 60
    assert status["readModel"]["reason"] is None
    assert status["readModel"]["ageSec"] < 15


def test_the_status_takes_no_parameters(web: Web):
    assert web.ask("/api/ingest/status?verbose=1").status == 400
