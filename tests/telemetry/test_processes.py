"""What real processes tell of themselves: one web process of two workers, one worker, one delivery between them."""

import json
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from embedded.emulator import HOST, free_port
from tests.api.serving import Web, serving
from tests.conftest import WEBHOOK_SECRET, Aws
from tests.ingest import working
from tests.ingest.processes import WorkerProcess, worker
from tests.ingest.test_worker import deployed
from tests.read_model import Writer

PLANTED = [f"planted-{place}-7f3a9c51e2" for place in range(8)]
REQUEST = "test-request-0001"


@dataclass(frozen=True, slots=True)
class Running:
    """Both processes, where they are measured, and where they log."""

    web: Web
    web_metrics: int
    worker: WorkerProcess
    worker_metrics: int
    logs: Path

    def lines(self, name: str) -> list[dict[str, Any]]:
        """The lines of a process, each of which must be a whole object of JSON."""
        return [json.loads(line) for line in (self.logs / name).read_text().splitlines()]


def samples(port: int) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """What Prometheus would read there, by name and labels."""
    with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        families = text_string_to_metric_families(answer.read().decode())
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def value(port: int, name: str, **labels: str) -> float | None:
    """The sum of the samples of that name with these labels; None where there is none."""
    found = [v for (n, said), v in samples(port).items() if n == name and labels.items() <= dict(said).items()]
    return sum(found) if found else None


@pytest.fixture(scope="module")
def running(module_aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Both processes, after a delivery that was taken, one that was refused and a message nobody can read."""
    logs = tmp_path_factory.mktemp("logs")
    Writer(module_aws.dynamodb, module_aws.tables).catalog()
    ports = free_port(), free_port()
    shared = {"METRICS_NAMESPACE": "DeployDashboard", "LOG_LEVEL": "INFO"}
    with (
        worker(module_aws, logs / "worker.log", METRICS_PORT=str(ports[1]), BIND_HOST=HOST, **shared) as process,
        serving(module_aws, logs, METRICS_PORT=str(ports[0]), BIND_HOST=HOST, WEB_WORKERS="2", **shared) as web,
    ):
        one = Running(web, ports[0], process, ports[1], logs)
        _deliver(module_aws, web)
        working.until(lambda: value(ports[1], "dashboard_worker_messages_total", outcome="quarantined") == 1)
        working.until(lambda: value(ports[1], "dashboard_worker_messages_total", outcome="stored") == 1)
        yield one


def _deliver(aws: Aws, web: Web) -> None:
    said = deployed(actor=PLANTED[0], commitMessage=PLANTED[1])
    assert web.post(said, X_Request_Id=REQUEST).status == 202
    assert web.post(said, X_Webhook_Secret=PLANTED[2], X_Request_Id="line\tbreak").status == 401
    assert web.post(said, Authorization=f"Bearer {PLANTED[3]}", X_Webhook_Secret=None).status == 401
    assert web.post({"token": PLANTED[4]}).status == 400
    assert web.ask(f"/api/clusters?key={PLANTED[5]}").status == 400
    assert web.ask("/no/such/%0d%0a%1b%5b31m%e2%80%ae", headers={"Cookie": f"session={PLANTED[6]}"}).status == 404
    working.send(aws, f"not json, but {PLANTED[7]}")


def test_a_request_is_followed_from_its_line_through_the_queue_to_what_it_became(running: Running) -> None:
    [asked] = [line for line in running.lines("web.log") if line.get("requestId") == REQUEST]
    assert (asked["message"], asked["method"], asked["status"]) == ("request", "POST", 202)
    assert asked["route"] == "/api/ingest/webhook"
    assert asked["principal"] == "webhook secret"
    [stored] = [line for line in running.lines("worker.log") if line.get("requestId") == REQUEST]
    assert (stored["message"], stored["source"], stored["events"], stored["new"]) == ("stored", asked["source"], 1, 1)
    for name in ("eventIds", "attemptId"):
        assert stored[name] == asked[name]
    assert stored["lagMs"] >= 0


def test_logs_hold_no_secret_and_no_payload_and_each_line_is_json(running: Running) -> None:
    """S08, S09."""
    for name in ("web.log", "worker.log"):
        assert all({"time", "level", "logger", "message"} <= line.keys() for line in running.lines(name))
        text = (running.logs / name).read_text()
        assert text.isascii()
        assert [one for one in (*PLANTED, WEBHOOK_SECRET) if one in text] == []
    [quarantined] = [line for line in running.lines("worker.log") if line["message"] == "quarantined"]
    assert (quarantined["reason"], quarantined["receives"]) == ("invalid", 1)
    assert quarantined["messageId"]
    [strange] = [line for line in running.lines("web.log") if line.get("status") == 404]
    assert strange["path"].startswith("/no/such/\r\n\x1b[31m")


def test_the_web_process_is_measured_over_all_its_workers(running: Running) -> None:
    for _ in range(30):
        assert running.web.ask("/healthz").status == 200
    port = running.web_metrics
    assert (value(port, "dashboard_http_requests_total", route="/healthz", status="200") or 0) >= 30
    assert value(port, "dashboard_http_requests_total", route="/api/ingest/webhook", status="202") == 1
    assert value(port, "dashboard_http_requests_total", route="/api/ingest/webhook", status="401") == 2
    assert value(port, "dashboard_deliveries_total", source="envelope", verdict="rejected") == 1
    assert value(port, "dashboard_deliveries_total", source="other", verdict="rejected") == 2
    assert (value(port, "dashboard_http_request_seconds_count", route="/healthz") or 0) >= 30
    assert (value(port, "dashboard_aws_calls_total", service="dynamodb", operation="Query", outcome="ok") or 0) > 0
    assert value(port, "dashboard_aws_throttles_total", service="dynamodb") == 0
    confirmed = value(port, "dashboard_read_model_confirmed_timestamp_seconds")
    assert confirmed is not None
    assert abs(time.time() - confirmed) < 20


def test_a_process_tells_only_of_what_it_does(running: Running) -> None:
    def names(port: int) -> set[str]:
        return {name for name, _ in samples(port)}

    assert not [
        name for name in names(running.web_metrics) if name.startswith(("dashboard_worker", "dashboard_queue"))
    ]
    assert not [
        name for name in names(running.worker_metrics) if name.startswith(("dashboard_http", "dashboard_read"))
    ]
    assert not [name for name in names(running.worker_metrics) if not name.startswith("dashboard_")]


def test_the_worker_tells_how_it_and_its_queue_stand(running: Running) -> None:
    port = running.worker_metrics
    assert value(port, "dashboard_worker_events_total") == 1
    assert value(port, "dashboard_worker_messages_total", outcome="postponed") == 0
    assert value(port, "dashboard_deliveries_total", verdict="quarantined") == 1
    assert value(port, "dashboard_delivery_lag_seconds_count") == 1
    assert value(port, "dashboard_worker_stores_away") == 0
    assert value(port, "dashboard_worker_held_messages") == 0
    assert (value(port, "dashboard_worker_loop_age_seconds") or 0) < 20
    assert value(port, "dashboard_queue_messages", queue="ingest", state="waiting") is not None


def test_only_the_measures_are_served_and_only_on_their_port(running: Running) -> None:
    assert running.web.ask("/metrics").status == 404
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"http://{HOST}:{running.web_metrics}/", timeout=10)


def test_when_they_end_the_last_minute_goes_to_cloudwatch(running: Running) -> None:
    """This ends the processes: it is the last of the file."""
    running.worker.asked_to_stop()
    running.web.process.terminate()
    assert running.web.process.wait(20) == 0
    told = [line for line in running.lines("worker.log") if "_aws" in line]
    assert sum(line["EventsStored"] for line in told) == 1
    assert sum(line["EventsQuarantined"] for line in told) == 1
    for line in told:
        [directive] = line["_aws"]["CloudWatchMetrics"]
        assert (directive["Namespace"], directive["Dimensions"]) == ("DeployDashboard", [["Service"]])
        assert {one["Name"] for one in directive["Metrics"]} <= line.keys()
    of_web = [line for line in running.lines("web.log") if "_aws" in line]
    assert {line["Service"] for line in of_web} == {"web"}
    asked = [line for line in running.lines("web.log") if line["logger"] == "web" and line["message"] == "request"]
    assert len(asked) > 2  # probes leave no line, and are no requests here
    assert sum(line["Requests"] for line in of_web) == len(asked)
    assert sum(len(line["RequestLatency"]) for line in of_web) == len(asked)
    assert not list(Path(tempfile.gettempdir()).glob(f"dashboard-metrics-*/*_{running.web.process.pid}.db"))
