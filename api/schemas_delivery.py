"""The schemas of the delivery metrics and their ledger, with an example of each."""

from typing import Any

from api.schemas import (
    COUNT,
    DAY,
    ID,
    PERCENT,
    PERIOD,
    SECONDS,
    STAMP,
    TEXT,
    TIME,
    TRUTH,
    Schema,
    array,
    closed,
    maybe,
    merged,
    ref,
    words,
)
from data.delivery_judge import Failure, Kind, Rework
from data.delivery_views import Band, Edition, Grade, MetricId
from data.models import Status, Trigger

COUNTS_BY_REASON: Schema = {"type": "object", "additionalProperties": COUNT}
VALUE: Schema = {"type": "number", "minimum": 0}
SCORE: Schema = {"type": "number", "minimum": 0, "maximum": 10}
WORD: Schema = {"type": "string", "pattern": "^[a-z_]+$"}
FILTER: dict[str, Schema] = {
    "serviceId": maybe(ID), "clusterId": maybe(ID), "team": maybe(TEXT), **PERIOD, "edition": words(Edition),
}  # fmt: skip
NUMBERS = closed(
    "The five metrics of one scope, and what they are made of.",
    metrics=closed("Each metric by its id.", **{one.value: ref("DeliveryMetric") for one in MetricId}),
    score=maybe(SCORE, "Mean of the five scores of 2025; null unless all five have one."),
    deployments=COUNT,
    releases=COUNT | {"description": "Versions of services that came to production first: one rollout, one release."},
    failed=COUNT, restores=COUNT, redeploys=COUNT,
    rework=COUNT | {"description": "Restores, hotfixes and what fixed an incident."},
    daysDeployed=COUNT,
    failedRollouts=closed(
        "Attempts that never served; `rate`: failed of the `n` finished ones.", count=COUNT, rate=maybe(PERCENT),
        n=COUNT,
    ),
    openFailures=closed("Failed deployments that nothing has ended.", count=COUNT, oldestSince=maybe(TIME)),
    coverage=closed(
        "Of `n` deployments, how many have a commit with its time, a run of each expected suite, an end, a known "
        "trigger, and all four. A from 95 %, B from 80 %, C from 50 % that have all, D below.",
        n=COUNT, commitTime=COUNT, tests=COUNT, ended=COUNT, trigger=COUNT, complete=COUNT, grade=maybe(words(Grade)),
    ),
    excluded=COUNTS_BY_REASON | {"description": "What was left out, by reason: attempts or commits."},
)  # fmt: skip
DELIVERY_SCHEMAS: dict[str, Schema] = {
    "DeliveryMetric": closed(
        "One of the five. `value` is per day, in seconds (the median) or in percent.",
        unit={"type": "string", "enum": ["per_day", "seconds", "percent"]},
        value=maybe(VALUE, "Null has a reason."), n=COUNT, reason=maybe(WORD),
        low=maybe(PERCENT, "Of a share: the bounds of its 95 % interval (Wilson)."), high=maybe(PERCENT),
        p90=maybe(SECONDS, "Of a time."),
        approximate=TRUTH | {"description": "Percentiles of more than 10,000 values are within 1 %."},
        band=maybe(words(Band), "Edition 2023."), bandReason=maybe(WORD, "Why there is none, or what weakens it."),
        score=maybe(SCORE, "Edition 2025."),
        change=maybe(closed(
            "Beside the equally long period before. `none` where either n is below 10; steady below 5 %.",
            before=maybe(VALUE), beforeN=COUNT, relative=maybe({"type": "number"}),
            trend={"type": "string", "enum": ["up", "down", "steady", "none"]}, better=maybe(TRUTH),
        )),
    ),
    "DeliveryNumbers": merged("A service, team or cluster-region.", NUMBERS, id=TEXT, name=TEXT),
    "Delivery": merged(
        "The five delivery metrics.", NUMBERS, **STAMP,
        filter=closed("What is covered.", **FILTER),
        previous=maybe(closed("What `change` compares with.", **PERIOD), "Null where it is not held."),
        grain={"type": "string", "enum": ["day", "week", "month"]},
        buckets=array(closed(
            "A day, ISO week (named by its Monday) or month (by its first day).", label=DAY,
            deployments=maybe(COUNT, "Null before anything was heard."), releases=maybe(COUNT), failed=COUNT,
            restores=COUNT, rework=COUNT, allDeployments=COUNT, leadP50Sec=maybe(SECONDS), leadP90Sec=maybe(SECONDS),
            leadN=COUNT, recoveryP50Sec=maybe(SECONDS), recoveryN=COUNT,
            partial=TRUTH | {"description": "It is not over, or cut off by the period."},
        )),
        promotionLeadTime=closed(
            "From a version's first success in the lowest stage to its first deployment in production.",
            p50Sec=maybe(SECONDS), p90Sec=maybe(SECONDS), n=COUNT,
            directToProd=COUNT | {"description": "Versions never in the lowest stage before; left out."},
            reason=maybe(WORD),
        ),
        failures=closed("Failed deployments by rule.", **{one.value: COUNT for one in Failure}),
        services=array(ref("DeliveryNumbers")), teams=array(ref("DeliveryNumbers")),
        clusters=array(ref("DeliveryNumbers")),
    ),
    "LedgerRow": closed(
        "An attempt in production and what it counts as.",
        attemptId=TEXT, clusterId=ID, serviceId=ID, buildVersion=TEXT, status=words(Status), trigger=words(Trigger),
        startedAt=TIME, endedAt=maybe(TIME), kind=words(Kind),
        excluded=maybe(WORD, "Why it is left out; null: it counts."),
        failure=maybe(words(Failure), "By which rule it failed."), detectedAt=maybe(TIME), recoveredAt=maybe(TIME),
        recoveredBy=maybe(TEXT, "The attempt that ended the failure."), recoverySec=maybe(SECONDS),
        incidentId=maybe(TEXT), rework=maybe(words(Rework)),
        leadSec=array(SECONDS) | {"description": "One for each commit with a time."}, leadExcluded=COUNTS_BY_REASON,
        promotionLeadSec=maybe(SECONDS), firstOfRelease=TRUTH,
    ),
    "DeliveryLedger": closed(
        "A page of the ledger, newest first.",
        generation=COUNT,
        filter=closed(
            "What is covered.", **FILTER, metric=maybe(words(MetricId)), included=maybe(TRUTH),
            kind=maybe(words(Kind)), failure=maybe(words(Failure)), day=maybe(DAY),
        ),
        total=COUNT, rows=array(ref("LedgerRow")), nextCursor=maybe(TEXT),
    ),
}  # fmt: skip

_CHANGE = {"before": 1.2, "beforeN": 36, "relative": 0.083, "trend": "up", "better": True}
_RATE = {
    "unit": "percent", "value": 7.7, "n": 39, "reason": None, "low": 2.7, "high": 20.3, "p90": None,
    "approximate": False, "band": "high", "bandReason": None, "score": None, "change": None,
}  # fmt: skip
_TIME = _RATE | {"unit": "seconds", "value": 8040.0, "low": None, "high": None, "p90": 64800.0, "band": "elite"}
_NUMBERS: dict[str, Any] = {
    "metrics": {
        "deployment_frequency": _TIME | {"unit": "per_day", "value": 1.3, "p90": None, "change": _CHANGE},
        "change_lead_time": _TIME | {"n": 112},
        "change_failure_rate": _RATE,
        "failed_deployment_recovery_time": _TIME
        | {"value": None, "n": 1, "reason": "censored", "p90": None, "band": None, "bandReason": "censored"},
        "deployment_rework_rate": _RATE | {"n": 41, "band": None, "bandReason": "not_in_edition"},
    },
    "score": None, "deployments": 39, "releases": 21, "failed": 3, "restores": 2, "redeploys": 4, "rework": 3,
    "daysDeployed": 17, "failedRollouts": {"count": 5, "rate": 10.0, "n": 50},
    "openFailures": {"count": 2, "oldestSince": "2026-02-23T09:10:00.000Z"},
    "coverage": {
        "n": 39, "commitTime": 38, "tests": 37, "ended": 39, "trigger": 39, "complete": 36, "grade": "B",
    },
    "excluded": {"restore": 2, "redeploy": 4, "failed_rollout": 5, "no_commit_time": 1},
}  # fmt: skip
_FILTER = {
    "serviceId": None, "clusterId": None, "team": "Platform", "from": "2026-01-26", "to": "2026-02-24",
    "edition": "2023",
}  # fmt: skip
_ROW: dict[str, Any] = {
    "attemptId": "aquila-us-west-2:authn:3.4.2:1284", "clusterId": "aquila-us-west-2", "serviceId": "authn",
    "buildVersion": "3.4.2", "status": "SUCCESS", "trigger": "promotion", "startedAt": "2026-02-20T10:00:00.000Z",
    "endedAt": "2026-02-20T10:12:00.000Z", "kind": "deployment", "excluded": None, "failure": "restored",
    "detectedAt": "2026-02-20T10:12:00.000Z", "recoveredAt": "2026-02-20T11:02:00.000Z",
    "recoveredBy": "aquila-us-west-2:authn:3.4.1:1285", "recoverySec": 3000.0, "incidentId": None, "rework": None,
    "leadSec": [4320.0, 9120.0], "leadExcluded": {}, "promotionLeadSec": 86400.0, "firstOfRelease": True,
}  # fmt: skip
DELIVERY_EXAMPLES: dict[str, Any] = {
    "Delivery": {
        "asOf": "2026-02-24T12:00:00.000Z", "generation": 1771934400000, "filter": _FILTER,
        "previous": {"from": "2025-12-27", "to": "2026-01-25"}, "grain": "day", **_NUMBERS,
        "buckets": [{
            "label": "2026-02-24", "deployments": 2, "releases": 1, "failed": 0, "restores": 0, "rework": 0,
            "allDeployments": 2, "leadP50Sec": 7200.0, "leadP90Sec": 9000.0, "leadN": 5, "recoveryP50Sec": None,
            "recoveryN": 0, "partial": True,
        }],
        "promotionLeadTime": {"p50Sec": 86400.0, "p90Sec": 190800.0, "n": 20, "directToProd": 1, "reason": None},
        "failures": {"rolled_back": 1, "restored": 2, "hotfix": 0, "incident": 0},
        "services": [{"id": "authn", "name": "Authentication", **_NUMBERS}], "teams": [], "clusters": [],
    },
    "DeliveryLedger": {
        "generation": 1771934400000,
        "filter": _FILTER | {
            "metric": "change_failure_rate", "included": None, "kind": None, "failure": "restored", "day": None,
        },
        "total": 2, "rows": [_ROW], "nextCursor": None,
    },
}  # fmt: skip
