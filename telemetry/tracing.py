"""Traces by OpenTelemetry, where an endpoint is set and its packages are installed; else nothing of it is imported.

Spans are our own and few: a request by its route's template, a call to AWS by its operation, a delivery in the
worker. What libraries that do this by themselves would add (addresses with their query, statements) may hold what is
not ours to send anywhere.
"""

import logging
import re
import time
from collections.abc import Mapping
from typing import Any

log = logging.getLogger("tracing")

TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
NANO = 1_000_000_000
Attributes = Mapping[str, str | int | float]

_provider: Any = None
_tracer: Any = None


def start(endpoint: str | None, service: str, version: str) -> bool:
    """Send spans to `endpoint` (OTLP over HTTP) from now on; after a fork, in each process. Whether it does."""
    if endpoint is None:
        return False
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as missing:
        log.error("no traces: requirements-otel.txt is not installed", extra={"reason": str(missing)})
        return False
    provider = TracerProvider(resource=Resource.create({"service.name": service, "service.version": version}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")))
    use(provider)
    log.info("traces are sent")
    return True


def use(provider: Any) -> None:
    """Make spans with this provider; None: make none."""
    global _provider, _tracer
    _provider = provider
    _tracer = None if provider is None else provider.get_tracer("dashboard")


def end() -> None:
    """Send what is left."""
    if _provider is not None:
        _provider.shutdown()


class Opened:
    """The span of a request, current until `leave`."""

    def __init__(self, span: Any) -> None:
        from opentelemetry import context, trace

        self._span = span
        self._token = context.attach(trace.set_span_in_context(span))

    def leave(self) -> None:
        """What is begun from now on is no part of it."""
        from opentelemetry import context

        context.detach(self._token)

    def end(self, name: str, attributes: Attributes, *, failed: bool) -> None:
        """It is over, and was this."""
        from opentelemetry.trace import StatusCode

        self._span.update_name(name)
        self._span.set_attributes(attributes)
        if failed:
            self._span.set_status(StatusCode.ERROR)
        self._span.end()


def opened(traceparent: str | None) -> Opened | None:
    """The span of a request that begins; None where nothing is traced."""
    if _tracer is None:
        return None
    from opentelemetry.trace import SpanKind

    return Opened(_tracer.start_span("request", context=_within(traceparent), kind=SpanKind.SERVER))


def traceparent() -> str | None:
    """The current span, as a message carries it on; None where nothing is traced."""
    if _tracer is None:
        return None
    from opentelemetry import trace

    at = trace.get_current_span().get_span_context()
    return f"00-{at.trace_id:032x}-{at.span_id:016x}-{int(at.trace_flags):02x}" if at.is_valid else None


def called(name: str, seconds: float, attributes: Attributes) -> None:
    """A call of ours that has just ended."""
    if _tracer is not None:
        from opentelemetry.trace import SpanKind

        _past(name, seconds, attributes, None, SpanKind.CLIENT)


def delivered(parent: str | None, seconds: float, attributes: Attributes) -> None:
    """A delivery that the worker has just done with, as part of what brought it."""
    if _tracer is not None:
        from opentelemetry.trace import SpanKind

        _past("delivery", seconds, attributes, _within(parent), SpanKind.CONSUMER)


def _past(name: str, seconds: float, attributes: Attributes, within: Any, kind: Any) -> None:
    now = time.time_ns()
    span = _tracer.start_span(
        name, context=within, kind=kind, attributes=dict(attributes), start_time=now - int(seconds * NANO)
    )
    span.end(now)


def _within(parent: str | None) -> Any:
    """The context of a span of another process; None where there is none, or what is said of it is no such thing."""
    found = TRACEPARENT.fullmatch(parent or "")
    if found is None:
        return None
    from opentelemetry import trace

    trace_id, span_id, flags = (int(part, 16) for part in found.groups())
    remote = trace.SpanContext(trace_id, span_id, is_remote=True, trace_flags=trace.TraceFlags(flags))
    return trace.set_span_in_context(trace.NonRecordingSpan(remote)) if remote.is_valid else None
