"""The schemas of tests, retries and gates, and examples of them."""

from typing import Any

from api.schemas import (
    COUNT,
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
    by_suite,
    closed,
    maybe,
    merged,
    ref,
    words,
)
from data.quality_views import CaseKind

FILTER = closed("What is covered.", serviceId=maybe(ID), clusterId=maybe(ID), team=maybe(TEXT), **PERIOD)
NUMBERS = closed(
    "The gates and tests that count.", gates=COUNT, gatesPassed=COUNT, total=COUNT, passed=COUNT, failed=COUNT,
    skipped=COUNT, passRate=ref("Rate"),
    passRateWithSkipped=ref("Rate"),
)  # fmt: skip
GROUP = closed(
    "The retries of one cluster-region, service or reason.", key=TEXT, name=TEXT, retries=COUNT,
    failed=maybe(COUNT, "All failed attempts there; null of a reason."), lostSec=SECONDS,
)  # fmt: skip
DECISION: dict[str, Schema] = {
    "decision": {"type": "string", "enum": ["allow", "deny"]}, "serviceId": ID, "buildVersion": TEXT,
    "toClusterId": ID,
    "rule": maybe(TEXT, "The rule of the catalog that was held to; null: the path's own."),
    "reasons": array(TEXT) | {"description": "Why not; empty where it may go."},
    "checks": array(ref("GateFinding")),
}  # fmt: skip

QUALITY_SCHEMAS: dict[str, Schema] = {
    "TestNumbers": NUMBERS,
    "QualitySuite": merged(
        "A suite, and how long the runs took that say so; percentiles are of pair-days, weighted by their gates.",
        NUMBERS, suite=TEXT, meanSec=maybe(SECONDS), p50Sec=maybe(SECONDS), p90Sec=maybe(SECONDS), timed=COUNT,
        meanSecBefore=maybe(SECONDS, "In the equally long time before."),
    ),
    "QualityService": merged(
        "A service with each suite that ran.", NUMBERS, serviceId=ID, serviceName=TEXT,
        suites=by_suite(ref("TestNumbers")),
    ),
    "FailedThenPassed": closed(
        "A suite that failed for a version and then passed there unchanged: on a later attempt of it, or in a later "
        "run on the same one.", suite=TEXT, clusterId=ID,
        serviceId=ID, buildVersion=TEXT, failedAttemptId=TEXT, failedAt=TIME, passedAttemptId=TEXT, passedAt=TIME,
    ),
    "Quality": closed(
        "How tests did.", **STAMP, filter=FILTER, summary=ref("TestNumbers"), suites=array(ref("QualitySuite")),
        services=array(ref("QualityService")),
        flakySuites=array(closed(
            "A suite that changed its verdict over one version.", serviceId=ID, suite=TEXT, flipped=COUNT, n=COUNT
        )),
        repeatedVersions=COUNT | {"description": "Versions judged more than once, on one attempt or on several."},
        runsUntold=COUNT | {"description": "Attempts of which only the last run of each suite is known."},
        failedThenPassed=closed("The newest rows of so many.", total=COUNT, rows=array(ref("FailedThenPassed"))),
    ),
    "Retry": closed(
        "A failed attempt that succeeded unchanged.", attemptId=TEXT, clusterId=ID, serviceId=ID, buildVersion=TEXT,
        failureReason=maybe(TEXT), startedAt=TIME, lostSec=SECONDS, succeededAttemptId=TEXT, succeededAt=TIME,
    ),
    "MixedVersion": closed(
        "A version that succeeded here and failed there.", serviceId=ID, buildVersion=TEXT,
        places=array(closed(
            "Its last finished attempt on a cluster-region.", clusterId=ID, attemptId=TEXT, startedAt=TIME,
            succeeded=TRUTH, failureReason=maybe(TEXT),
        )),
    ),
    "Flakes": closed(
        "What retries cost, and builds that did differently by place.", **STAMP, filter=FILTER,
        flakeTax=closed(
            "Failed attempts that succeeded unchanged.", failed=COUNT, retries=COUNT, rescuedBy=COUNT,
            lostSec=SECONDS, share=ref("Rate"), byCluster=array(GROUP), byService=array(GROUP),
            byReason=array(GROUP), rows=array(ref("Retry")),
        ),
        sameBuild=closed(
            "Versions tried on more than one cluster-region.", compared=COUNT, mixed=COUNT,
            regions=array(closed(
                "How often a version failed here and succeeded elsewhere; below 5 versions no share is told.",
                clusterId=ID, clusterName=TEXT, failedHere=COUNT, share=ref("Rate"),
            )),
            rows=array(ref("MixedVersion")),
        ),
    ),
    "GateEffect": closed(
        "What the gate of one suite was worth.", suite=TEXT, gates=COUNT, catches=COUNT, overruled=COUNT,
        falseAlarms=COUNT, undecided=COUNT, escapes=COUNT,
        changeFailuresTested=COUNT | {"description": "Change failures of whose version the suite had a word."},
        precision=ref("Rate"), escapeRate=ref("Rate"), durationSec=SECONDS, timed=COUNT,
        minutesPerCatch=maybe(SECONDS), reason=maybe(TEXT, "Why there are no minutes per catch."),
    ),
    "GateCase": closed(
        "One case.", suite=TEXT, kind=words(CaseKind), clusterId=ID, serviceId=ID, buildVersion=TEXT,
        attemptId=TEXT, at=TIME, decidedBy=maybe(TEXT, "The attempt that decided it."),
    ),
    "GateEffectiveness": closed(
        "Every suite's gate.", **STAMP, filter=FILTER, suites=array(ref("GateEffect")),
        cases=closed("The newest of so many.", total=COUNT, rows=array(ref("GateCase"))),
    ),
    "JudgedDeployment": closed(
        "A past deployment and what the rule says of it.", attemptId=TEXT, clusterId=ID, serviceId=ID,
        buildVersion=TEXT, startedAt=TIME, blocked=TRUTH,
        failed=TRUTH | {"description": "Whether it was a change failure."},
        reasons=array(TEXT) | {
            "description": "`not_before`, `soak`, `suite:NAME:failed`, `suite:NAME:none`; empty: it lets it go."
        },
        soakSec=maybe(SECONDS), missingSec=maybe(SECONDS),
    ),
    "GateBackTest": closed(
        "What a rule would have done to the deployments of production.", **STAMP, filter=FILTER,
        rule=closed(
            "The rule.", suites=array(TEXT), minPassRate=maybe(PERCENT), soakHours=maybe(SECONDS)
        ),
        deployments=COUNT, leftOut=COUNT | {"description": "Where no stage before leads."}, blockedRightly=COUNT,
        blockedWrongly=COUNT, letGoRightly=COUNT, missed=COUNT, delayed=COUNT, delaySec=SECONDS,
        medianDelaySec=maybe(SECONDS),
        rows=closed("Held back and missed, the newest of so many.", total=COUNT, rows=array(ref("JudgedDeployment"))),
    ),
    "GateFinding": closed(
        "One thing that was asked and what was found.", check=TEXT, clusterId=ID, asked=TEXT, found=TEXT,
        passed=TRUTH, until=maybe(TIME, "Until when it blocks, where that is known."),
    ),
    "GateDecision": closed("May the version go there?", **STAMP, **DECISION),
    "GateDenied": closed(
        "A problem document (RFC 9457) that carries the decision.", type=TEXT, title=TEXT, status=COUNT,
        detail=TEXT, requestId=maybe(TEXT), **STAMP, **DECISION,
    ),
    "PolicyFile": closed(
        "What the catalog takes, as YAML.", gates=array(
            closed("A rule; what it does not ask for is left out.", name=TEXT, to=TEXT, suites=array(TEXT),
                   min_pass_rate=PERCENT, soak_hours={"type": "number", "minimum": 0})
            | {"required": ["name", "to", "suites"]}
        ),
    ),  # fmt: skip
}  # fmt: skip

_STAMP = {"asOf": "2026-02-24T12:00:00.000Z", "generation": 1771934400000}
_DENIED: dict[str, Any] = {
    "decision": "deny", "serviceId": "authn", "buildVersion": "3.4.2", "toClusterId": "aquila-us-west-2",
    "rule": "Into production", "reasons": ["Soaking: 12 h here before it moves on"],
    "checks": [{
        "check": "soak", "clusterId": "pavo-us-west-2", "asked": "served 12 h", "found": "served 3.4 h",
        "passed": False, "until": "2026-02-24T20:30:00.000Z",
    }],
}  # fmt: skip
QUALITY_EXAMPLES: dict[str, Any] = {
    "GateDecision": _STAMP | _DENIED | {"decision": "allow", "reasons": [], "checks": []},
    "GateDenied": _STAMP | _DENIED | {
        "type": "/api/docs#schema-GateDenied", "title": "The version may not go there", "status": 409,
        "detail": "Soaking: 12 h here before it moves on", "requestId": "5f0c2b7e9a1d4c3b8e6f7a01",
    },
    "PolicyFile": {
        "gates": [{"name": "Into production", "to": "Production", "suites": ["REGRESSION"], "soak_hours": 12}],
    },
}  # fmt: skip
