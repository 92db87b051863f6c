"""What is measured of calls to AWS, what a minute tells CloudWatch, and labels that strangers cannot multiply."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

import logs
from data import aws
from data.errors import Unavailable
from embedded.emulator import ROOT
from settings import process_environment
from telemetry import emf, measures
from telemetry.emf import COUNT, Reporter, Samples, Value
from telemetry.measuring import Bounded, Counter
from tests.conftest import REGION, Aws

THROTTLED = "ProvisionedThroughputExceededException"


class Hurried(BaseHTTPRequestHandler):
    """A DynamoDB that says too fast so many times, then answers; a batch it takes only in part."""

    refusals = 2

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        type(self).refusals -= 1
        if type(self).refusals >= 0:
            return self._answer(400, {"__type": f"x#{THROTTLED}", "message": "slow down"})
        left = {"UnprocessedItems": {"t": [{"DeleteRequest": {"Key": {"pk": {"S": "a"}}}}]}}
        return self._answer(200, left if operation == "BatchWriteItem" else {})

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def hurried() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Hurried)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Hurried.refusals = 2
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def calls(operation: str, outcome: str) -> float:
    return measures.AWS_CALLS.total(service="dynamodb", operation=operation, outcome=outcome)


def throttles(operation: str) -> float:
    return measures.AWS_THROTTLES.total(service="dynamodb", operation=operation)


def test_a_throttle_that_a_retry_made_good_is_counted_and_the_call_is_a_good_one(hurried: str) -> None:
    before = throttles("GetItem"), calls("GetItem", "ok"), measures.AWS_SECONDS.total(operation="GetItem")
    client = aws.dynamodb(hurried, REGION, role="web")
    client.get_item(TableName="t", Key={"pk": {"S": "a"}})
    client.close()
    after = throttles("GetItem"), calls("GetItem", "ok"), measures.AWS_SECONDS.total(operation="GetItem")
    assert [now - then for now, then in zip(after, before, strict=True)] == [2, 1, 1]


def test_what_a_batch_leaves_over_is_a_throttle(hurried: str) -> None:
    Hurried.refusals = 0
    before = throttles("BatchWriteItem")
    client = aws.dynamodb(hurried, REGION, role="web")
    client.batch_write_item(RequestItems={"t": [{"DeleteRequest": {"Key": {"pk": {"S": "a"}}}}]})
    client.close()
    assert throttles("BatchWriteItem") == before + 1


def test_a_refusal_and_a_failure_are_told_apart(aws_clients: Any, aws: Aws) -> None:
    before = calls("PutItem", "refused"), calls("GetItem", "failed")
    with pytest.raises(ClientError):
        aws.dynamodb.put_item(
            TableName=aws.tables.catalog,
            Item={"pk": {"S": "a"}, "sk": {"S": "b"}},
            ConditionExpression="attribute_exists(pk)",
        )
    _ask_nobody()
    assert (calls("PutItem", "refused"), calls("GetItem", "failed")) == (before[0] + 1, before[1] + 1)


def _ask_nobody() -> None:
    client = aws.dynamodb("http://127.0.0.1:1", REGION, role="web")
    with pytest.raises(Unavailable), aws.aws_errors():
        client.get_item(TableName="t", Key={"pk": {"S": "a"}})
    client.close()


@given(st.lists(st.floats(0, 1e6), max_size=450))
def test_the_lines_of_a_minute_hold_every_value_and_no_more_than_the_format_takes(values: list[float]) -> None:
    said = {
        "RequestLatency": Value("Milliseconds", values),
        "Requests": Value(COUNT, 7),
        "Age": Value("Seconds", None),
    }
    lines = emf.lines("Space", "web", 1_700_000_000_000, said)
    assert [one for line in lines for one in line.get("RequestLatency", [])] == values
    assert sum(line.get("Requests", 0) for line in lines) == 7
    for line in lines:
        [directive] = line["_aws"]["CloudWatchMetrics"]
        assert {one["Name"] for one in directive["Metrics"]} == line.keys() - {"_aws", "Service"}
        assert len(line.get("RequestLatency", [])) <= 100
        assert "Age" not in line


@given(st.integers(1, 20), st.integers(0, 200))
def test_a_sample_is_of_the_values_and_never_longer_than_it_may_be(most: int, seen: int) -> None:
    samples = Samples(most)
    for value in range(seen):
        samples.add(value)
    kept = samples.taken()
    assert len(kept) == len(set(kept)) == min(most, seen)
    assert set(kept) <= set(range(seen))
    assert samples.taken() == []


def test_a_line_is_written_whatever_the_level_of_the_log_is(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.configure("ERROR")
        Reporter("Space", "web", lambda: {"Requests": Value(COUNT, 3)}, clock=lambda: 12.5).report()
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    line = json.loads(capsys.readouterr().out)
    assert (line["_aws"]["Timestamp"], line["Service"], line["Requests"]) == (12_500, "web", 3)


def test_a_minute_tells_what_rose_since_the_one_before_and_leaves_probes_out() -> None:
    read = emf.of_web(lambda: None)
    read()
    for route, status in (("/a", "200"), ("/a", "503"), ("/readyz", "503"), ("/healthz", "200")):
        measures.HTTP_REQUESTS.add("GET", route, status)
        measures.HTTP_SECONDS.observe(0.25, "GET", route)
    said = read()
    assert (said["Requests"].amount, said["ServerErrors"].amount) == (2, 1)
    assert said["RequestLatency"].amount == [250.0, 250.0]
    assert said["ReadModelAge"].amount is None
    assert read()["Requests"].amount == 0
    measures.HTTP_SECONDS.listens = None


@given(st.lists(st.tuples(st.text(max_size=8), st.booleans()), max_size=60))
def test_labels_that_others_choose_are_bounded_and_who_is_not_trusted_takes_no_place(said: list[Any]) -> None:
    bounded = Bounded(["github"], most_new=5)
    labels = {bounded.label(value, trusted=trusted) for value, trusted in said}
    trusted = {value for value, was_trusted in said if was_trusted}
    assert len(labels - {"github", "other"}) <= 5
    assert labels - {"github", "other"} <= trusted
    assert bounded.label("github", trusted=False) == "github"


def test_a_name_is_declared_once() -> None:
    with pytest.raises(AssertionError, match="declared twice"):
        Counter(measures.HTTP_REQUESTS.name, "again")


def test_nothing_of_it_is_loaded_before_something_is_measured() -> None:
    code = (
        "import sys, telemetry.aws_calls, telemetry.emf, telemetry.serving, telemetry.tracing;"
        "print({'prometheus_client', 'opentelemetry'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=process_environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
