"""Traces: one from the request at the door to what the worker made of it; and nothing where nobody asked."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from telemetry import tracing
from tests.conftest import Aws
from tests.ingest import working
from tests.ingest.test_worker import deployed
from web import edge
from web.headers import Headers

sdk = pytest.importorskip("opentelemetry.sdk.trace", reason="requirements-otel.txt is not installed")
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> Iterator[Any]:
    """What was traced so far."""
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept = InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracing.use(provider)
    yield kept.get_finished_spans
    tracing.use(None)


@pytest.fixture
def server() -> Flask:
    server = Flask("traced")
    edge.install(server, Headers(lambda: []))

    @server.get("/things/<name>")
    def things(name: str) -> str:
        tracing.called("dynamodb.Query", 0.01, {"outcome": "ok"})
        return tracing.traceparent() or "none"

    return server


def test_a_request_is_part_of_its_callers_trace_and_calls_are_part_of_it(server: Flask, spans: Any) -> None:
    carried = server.test_client().get("/things/1?token=secret", headers={"traceparent": PARENT}).text
    call, request = spans()
    assert (call.name, request.name) == ("dynamodb.Query", "GET /things/<name>")
    assert call.parent.span_id == request.context.span_id
    assert request.parent.span_id == int("b7ad6b7169203331", 16)
    assert carried == f"00-{request.context.trace_id:032x}-{request.context.span_id:016x}-01"
    assert carried.split("-")[1] == PARENT.split("-")[1]
    assert "secret" not in request.to_json() + call.to_json()
    assert tracing.traceparent() is None


@pytest.mark.parametrize(
    "wrong", ["", "00-0-0-01", PARENT.replace("0af7651916cd43dd8448eb211c80319c", "0" * 32), "x" * 55]
)
def test_what_is_no_trace_begins_a_new_one(server: Flask, spans: Any, wrong: str) -> None:
    assert server.test_client().get("/things/1", headers={"traceparent": wrong}).status_code == 200
    assert spans()[-1].parent is None


def test_a_delivery_in_the_worker_is_part_of_the_trace_that_its_message_carries(aws: Aws, spans: Any) -> None:
    said = deployed()
    with working.working(aws):
        working.send(aws, {**said, "traceparent": PARENT, "requestId": "caller-0007"})
        working.until(lambda: any(span.name == "delivery" for span in spans()))
    [delivery] = [span for span in spans() if span.name == "delivery"]
    assert f"{delivery.context.trace_id:032x}" == PARENT.split("-")[1]
    assert delivery.attributes["dashboard.requestId"] == "caller-0007"
    assert any(span.name.startswith("dynamodb.") for span in spans())


def test_nothing_is_traced_where_no_endpoint_is_set(server: Flask) -> None:
    assert not tracing.start(None, "web", "1")
    assert server.test_client().get("/things/1", headers={"traceparent": PARENT}).text == "none"
    tracing.end()
