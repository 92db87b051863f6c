"""Measures every call to AWS: botocore tells of it by events, which each client takes from its session."""

import time
from typing import Any, Protocol

from telemetry import measures, tracing

BEGUN = "dashboard_begun"
THROTTLED = frozenset({
    "LimitExceededException", "OverLimit", "ProvisionedThroughputExceededException", "RequestLimitExceeded",
    "RequestThrottled", "RequestThrottledException", "SlowDown", "Throttling", "ThrottlingException",
    "TooManyRequestsException", "KMS.ThrottlingException",
})  # fmt: skip
OK, REFUSED, FAILED = "ok", "refused", "failed"


class Events(Protocol):
    """botocore's event system, as far as it is used here."""

    def register(self, event_name: str, handler: Any) -> None: ...


def watch(events: Events) -> None:
    """Measure the calls of every client that is made with these events from now on."""
    events.register("before-call", _begun)
    events.register("response-received", _answered)
    events.register("after-call", _ended)
    events.register("after-call-error", _broke)


def _begun(context: dict[str, Any], event_name: str, **_more: Any) -> None:
    context[BEGUN] = time.perf_counter()
    measures.AWS_THROTTLES.touch(*_named(event_name))


def _answered(event_name: str, parsed_response: Any = None, **_more: Any) -> None:
    """Each try's answer; a batch of which items were left over was too fast as well."""
    said = parsed_response or {}
    if said.get("UnprocessedItems") or _code(said) in THROTTLED:
        measures.AWS_THROTTLES.add(*_named(event_name))


def _ended(context: dict[str, Any], event_name: str, http_response: Any, parsed: Any, **_more: Any) -> None:
    status, code = http_response.status_code, _code(parsed)
    _measured(context, event_name, OK if status < 300 else FAILED if status >= 500 or code in THROTTLED else REFUSED)


def _broke(context: dict[str, Any], event_name: str, **_more: Any) -> None:
    _measured(context, event_name, FAILED)


def _measured(context: dict[str, Any], event_name: str, outcome: str) -> None:
    service, operation = _named(event_name)
    begun = context.pop(BEGUN, None)
    measures.AWS_CALLS.add(service, operation, outcome)
    if begun is not None:
        seconds = time.perf_counter() - begun
        measures.AWS_SECONDS.observe(seconds, service, operation)
        tracing.called(f"{service}.{operation}", seconds, {"rpc.system": "aws-api", "outcome": outcome})


def _named(event_name: str) -> tuple[str, str]:
    """`after-call.dynamodb.PutItem` -> dynamodb, PutItem."""
    _, service, operation = event_name.split(".", 2)
    return service, operation


def _code(said: Any) -> str:
    return str(said.get("Error", {}).get("Code", "")).rsplit("#", 1)[-1]
