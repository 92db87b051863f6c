"""What senders say in tests: envelopes that are right in every field, to be changed one field at a time."""

from typing import Any

RECEIVED = "2026-02-24T12:00:00.000Z"
SUITES = ("FUNCTIONAL", "SANITY", "REGRESSION")


def deployment(**changes: Any) -> dict[str, Any]:
    """The document's deployment event (7.5)."""
    payload = {
        "clusterId": "mira-us-west-2",
        "serviceId": "authn",
        "buildVersion": "3.4.3",
        "gitSha": "abc1234",
        "status": "SUCCESS",
        "startedAt": "2026-02-24T10:00:00Z",
        "endedAt": "2026-02-24T10:14:00Z",
        "trigger": "merge",
    }
    return envelope("deployment", payload, changes)


def test_result(**changes: Any) -> dict[str, Any]:
    """The document's test result event (7.5)."""
    payload = {
        "attemptId": "mira-us-west-2:authn:3.4.3:1285",
        "suiteType": "FUNCTIONAL",
        "total": 420,
        "passed": 420,
        "failed": 0,
        "skipped": 0,
        "durationSec": 600,
        "reportUrl": "https://reports.example.org/1285",
    }
    return envelope("test-result", payload, changes)


test_result.__test__ = False  # type: ignore[attr-defined]


def promotion(**changes: Any) -> dict[str, Any]:
    """A promotion from staging to production."""
    payload = {
        "serviceId": "authn",
        "buildVersion": "3.4.3",
        "fromClusterId": "pavo-us-west-2",
        "toClusterId": "aquila-us-west-2",
        "promotedAt": "2026-02-24T11:00:00Z",
        "promotedBy": "ada",
    }
    return envelope("promotion", payload, changes)


def incident(**changes: Any) -> dict[str, Any]:
    """An incident that was resolved."""
    payload = {
        "incidentId": "INC-7",
        "serviceId": "authn",
        "clusterId": "aquila-us-west-2",
        "startedAt": "2026-02-24T10:30:00Z",
        "resolvedAt": "2026-02-24T11:00:00Z",
        "title": "Sign-in slow",
    }
    return envelope("incident", payload, changes)


def envelope(kind: str, payload: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """An envelope; `...` removes a field, `envelope_x` changes field x of the envelope itself."""
    body: dict[str, Any] = {"source": "github-actions", "eventType": kind, "payload": payload}
    for name, value in changes.items():
        target, key = (body, name.removeprefix("envelope_")) if name.startswith("envelope_") else (payload, name)
        if value is ...:
            target.pop(key, None)
        else:
            target[key] = value
    return body
