"""Examples of answers, shown beside their schemas; a test holds each against its schema."""

from typing import Any

Example = dict[str, Any]

JUNIT_FILE = (
    '<testsuite name="cart"><testcase classname="shop.CartTest" name="adds" time="0.25"/>'
    '<testcase classname="shop.CartTest" name="removes"><failure message="expected 0, got 1"/></testcase></testsuite>'
)

STAMP: Example = {"asOf": "2026-02-24T12:00:00.000Z", "generation": 1771934400000}
GATE: Example = {"passed": 420, "total": 420, "failed": 0, "skipped": 0, "verdict": "passed", "runs": 2,
                 "turned": True}  # fmt: skip
NOT_RUN: Example = {"passed": None, "total": None, "failed": None, "skipped": None, "verdict": "missing",
                    "runs": None, "turned": None}  # fmt: skip
RATE: Example = {"value": 93.0, "n": 57, "reason": None}
ATTEMPT: Example = {
    "id": "mira-us-west-2:authn:3.4.2:1284",
    "clusterId": "mira-us-west-2",
    "serviceId": "authn",
    "buildVersion": "3.4.2",
    "gitSha": "a1b2c3d",
    "startedAt": "2026-02-03T22:14:00.000Z",
    "endedAt": "2026-02-03T22:28:00.000Z",
    "status": "SUCCESS",
    "trigger": "merge",
    "gates": {"functional": GATE, "regression": GATE},
    "serving": True,
    "cancelled": False,
    "actor": "ada",
    "runUrl": "https://ci.example.com/runs/1284",
    "failureReason": None,
    "rollbackToBuild": None,
}
CLUSTER: Example = {
    "id": "mira-us-west-2",
    "name": "Mira US-West-2",
    "type": "Development",
    "role": "Primary",
    "description": "Primary development cluster",
    "region": "us-west-2",
    "order": 1,
    "confirmed": True,
}
COUNTS: Example = {
    "totalAttempts": 60, "success": 53, "failed": 1, "rollback": 3, "inProgress": 3, "cancelled": 2,
    "successRate": RATE,
}  # fmt: skip
DAYS = ["2026-02-01", "2026-02-02", "2026-02-03"]

CLOUD_EVENT: Example = {
    "specversion": "1.0", "id": "6f1c", "source": "/ci/acme", "type": "dev.ddq.retirement",
    "data": {"clusterId": "mira-us-west-2", "serviceId": "authn", "retiredAt": "2026-02-24T10:00:00Z"},
}  # fmt: skip

EXAMPLES: dict[str, Any] = {
    "CloudEvent": CLOUD_EVENT,
    "CloudEvents": [CLOUD_EVENT],
    "JUnitFile": JUNIT_FILE,
    "Problem": {
        "type": "/api/docs#invalid-request", "title": "The request is not valid", "status": 400,
        "detail": "limit: must be a whole number from 1 to 200", "field": "limit",
        "requestId": "5f0c2b7e9a1d4c3b8e6f7a01",
    },
    "Freshness": STAMP | {"ageSec": 1.4, "stale": False},
    "ClusterList": STAMP | {
        "clusters": [CLUSTER | {
            "summary": {"services": 12, "healthy": 11, "attention": 1, "unknown": 0, "inProgress": 2,
                        "latestAttemptAt": "2026-02-05T18:40:02.000Z"},
        }],
    },
    "ClusterSummary": STAMP | {
        "from": "2025-11-27", "to": "2026-02-24", "cluster": CLUSTER,
        "summary": COUNTS | {"services": 12, "healthy": 11, "attention": 1, "unknown": 0},
        "services": [{
            "serviceId": "authn", "serviceName": "AuthN", "currentVersion": "3.4.2",
            "servingSince": "2026-02-03T22:28:00.000Z", "health": "healthy", "why": "",
            "latestAttempt": {
                "id": ATTEMPT["id"], "status": "SUCCESS", "buildVersion": "3.4.2", "gitSha": "a1b2c3d",
                "startedAt": ATTEMPT["startedAt"], "endedAt": ATTEMPT["endedAt"], "trigger": "merge",
                "cancelled": False, "failureReason": None,
            },
            "gates": {"functional": GATE, "sanity": NOT_RUN},
        }],
    },
    "AttemptPage": {"attempts": [ATTEMPT], "nextCursor": None},
    "Analytics": STAMP | {
        "filter": {"serviceId": "authn", "clusterId": "mira-us-west-2", "from": DAYS[0], "to": DAYS[-1]},
        "team": None, "grain": "day", "hours": None,
        "buildAttempts": {
            "labels": DAYS, "success": [3, 5, 0], "failed": [0, 1, 0], "rollback": [0, 0, 0],
            "inProgress": [0, 0, 0], "cancelled": [0, 0, 0],
        },
        "testPassRates": {"labels": DAYS, "functional": [100.0, 97.2, None], "sanity": [100.0, 100.0, None]},
        "gatePassRates": None,
        "deployFrequency": {"labels": DAYS, "deploys": [3, 6, 0], "avgLeadTimeMin": [12.5, 14.2, None]},
        "deployWeeks": [
            {"monday": "2026-01-26", "from": DAYS[0], "to": DAYS[0], "deploys": 3, "partial": True},
            {"monday": "2026-02-02", "from": DAYS[1], "to": DAYS[-1], "deploys": 6, "partial": True},
        ],
        "deployDurations": {
            "labels": DAYS, "p50Min": [12.1, 13.9, None], "p90Min": [13.6, 17.0, None], "n": [3, 5, 0],
            "exact": [True, True, True],
        },
        "failureReasons": {
            "reasons": [{
                "key": "4f2b8c1d9e07", "reason": "pod … not ready", "failed": 1, "rollback": 0,
                "examples": [{"text": "pod authn-7d9f-x2x4z not ready", "attempts": 1}],
            }],
            "others": None, "otherKinds": 0,
        },
        "flaky": [{"serviceId": "authn", "suite": "sanity", "flipped": 1, "n": 2}],
        "summary": COUNTS | {
            "avgLeadTimeMin": 13.5, "deployDuration": {"p50Min": 13.2, "p90Min": 16.4, "n": 8, "exact": True},
            "passRates": {"functional": RATE, "sanity": RATE}, "gatePassRates": {},
        },
        "partialDay": None, "partialHour": None,
    },
}  # fmt: skip
