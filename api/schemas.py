"""The schemas of what the API answers, by name; every object is complete and closed.

The tests check real answers against them, so a field cannot be answered and not be written here.
"""

from typing import Any

from data import keys
from data.catalog_models import ClusterType
from data.models import (
    Health,
    PromotionStatus,
    Status,
    Trigger,
    Verdict,
)
from data.search import HitKind

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TRUTH: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
SECONDS: Schema = {"type": "number", "minimum": 0}
PERCENT: Schema = {"type": "number", "minimum": 0, "maximum": 100}
DAY: Schema = {"type": "string", "format": "date"}
TIME: Schema = {"type": "string", "format": "date-time"}
ID: Schema = {"type": "string", "pattern": f"^{keys.ID.pattern}$"}


def ref(name: str) -> Schema:
    """A reference to the schema of that name."""
    return {"$ref": f"#/components/schemas/{name}"}


def array(of: Schema) -> Schema:
    """A list of such."""
    return {"type": "array", "items": of}


def words(enum: Any) -> Schema:
    """One of an enumeration's words."""
    return {"type": "string", "enum": [one.value for one in enum]}


def maybe(schema: Schema, why: str = "") -> Schema:
    """The same, or null."""
    null = {"anyOf": [schema, {"type": "null"}]}
    if set(schema) <= {"type", "minimum", "maximum", "format", "pattern"} and isinstance(schema["type"], str):
        null = schema | {"type": [schema["type"], "null"]}
    return null | ({"description": why} if why else {})


def closed(description: str, /, **properties: Schema) -> Schema:
    """An object with exactly these properties, all of them always there."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def by_suite(of: Schema) -> Schema:
    """An object with one property a suite, by its lower-case name."""
    return {"type": "object", "additionalProperties": of}


def merged(description: str, base: Schema, /, **properties: Schema) -> Schema:
    """A closed object with the base's properties and these."""
    return closed(description, **base["properties"], **properties)


GATE = closed(
    "The run of a suite that counts for an attempt. A missing gate is never passed.",
    passed=maybe(COUNT), total=maybe(COUNT), failed=maybe(COUNT), skipped=maybe(COUNT), verdict=words(Verdict),
    runs=maybe(COUNT, "How many runs of the suite said something; null where at most the one that counts is known."),
    turned=maybe(TRUTH, "Whether of two runs, one after the other, one passed and one did not; null like runs."),
)  # fmt: skip
RATE = closed(
    "A share in percent.",
    value=maybe(PERCENT, "Null where there was nothing to divide by."), n=COUNT,
    reason=maybe(TEXT, "Why the value is null."),
)  # fmt: skip
FRESHNESS = closed(
    "Which state of the data answers, and how old it is.",
    generation=COUNT, asOf=TIME, ageSec=SECONDS, stale=TRUTH,
)  # fmt: skip
ATTEMPT = closed(
    "One try to put one build of one service on one cluster-region.",
    id=TEXT, clusterId=ID, serviceId=ID, buildVersion=TEXT, gitSha=maybe(TEXT), startedAt=TIME,
    endedAt=maybe(TIME), status=words(Status), trigger=words(Trigger), gates=by_suite(ref("Gate")),
    serving=TRUTH | {"description": "Whether this is the attempt that serves on its cluster now."},
    cancelled=TRUTH, actor=maybe(TEXT), runUrl=maybe(TEXT), failureReason=maybe(TEXT),
    rollbackToBuild=maybe(TEXT),
)  # fmt: skip
BUILT_FROM = closed("What an image was built from.", image=TEXT, sha=TEXT, committedAt=maybe(TIME))
COMMIT = closed("A change a deployment carries.", sha=TEXT, committedAt=maybe(TIME))
BUILD_ATTEMPT = merged(
    "An attempt with all that was said of it.", ATTEMPT, hotfix=TRUTH, labels=array(TEXT),
    commits=array(ref("Commit")), committedAt=maybe(TIME), image=maybe(TEXT), source=TEXT, receivedAt=maybe(TIME),
    builtFrom=maybe(ref("BuiltFrom"), "The change its image was built from, where a pipeline said so."),
)  # fmt: skip
ATTEMPT_SUMMARY = closed(
    "An attempt as a summary names it.",
    id=TEXT, status=words(Status), buildVersion=TEXT, startedAt=TIME, endedAt=maybe(TIME), gitSha=maybe(TEXT),
    trigger=words(Trigger), cancelled=TRUTH, failureReason=maybe(TEXT),
)  # fmt: skip
TEST_RUN = closed(
    "One run of one suite for an attempt.",
    testRunId=TEXT, suiteType=TEXT, verdict=words(Verdict), total=maybe(COUNT), passed=maybe(COUNT),
    failed=maybe(COUNT), skipped=maybe(COUNT), durationSec=maybe(SECONDS), executedAt=maybe(TIME),
    reportUrl=maybe(TEXT), source=TEXT, gate=TRUTH | {"description": "Whether this run counts as the gate."},
    failedTests=array(ref("FailedTest")) | {
        "description": "Those that were named, 50 at most; `failed` counts all of them."
    },
)  # fmt: skip
FAILED_TEST = closed("One test that failed.", name=TEXT, message=maybe(TEXT), durationSec=maybe(SECONDS))
PROMOTION = closed(
    "The act of moving a version from one cluster-region to the next.",
    id=TEXT, serviceId=ID, buildVersion=TEXT, fromClusterId=ID, toClusterId=ID, promotedAt=TIME,
    status=words(PromotionStatus), promotedBy=maybe(TEXT), approver=maybe(TEXT), reason=maybe(TEXT),
)  # fmt: skip
INCIDENT = closed(
    "Something broke for users.",
    id=TEXT, serviceId=ID, clusterId=maybe(ID), startedAt=TIME, resolvedAt=maybe(TIME), attemptId=maybe(TEXT),
    title=maybe(TEXT), url=maybe(TEXT),
)  # fmt: skip
CLAIM = closed(
    "What one source said of an attempt.",
    eventId=TEXT, eventType=TEXT, source=TEXT, eventTime=maybe(TIME), receivedAt=maybe(TIME),
    observation=TRUTH | {"description": "Tied to the attempt by version and time, not by its id."},
    statement={"type": "object", "description": "The event as it was understood."},
)  # fmt: skip
CLUSTER = closed(
    "A cluster-region as people described it.",
    id=ID, name=TEXT, type=words(ClusterType), role=TEXT, description=TEXT, region=TEXT,
    order={"type": "integer", "description": "Its place on the promotion path, lowest first."},
    confirmed=TRUTH | {"description": "False where it was only seen in events so far."},
)  # fmt: skip
CLUSTER_HEALTH = closed(
    "How many services are well; healthy, attention and unknown add up to services.",
    services=COUNT, healthy=COUNT, attention=COUNT, unknown=COUNT, inProgress=COUNT,
    latestAttemptAt=maybe(TIME),
)  # fmt: skip
SERVICE = closed(
    "A service as people described it.",
    id=ID, name=TEXT, team=TEXT, tier=TEXT, repository=TEXT, suites=array(TEXT), confirmed=TRUTH,
)  # fmt: skip
STATE = closed(
    "One service on one cluster-region.",
    currentVersion=maybe(TEXT, "The version that serves."), servingSince=maybe(TIME), health=words(Health),
    why=TEXT | {"description": "The reason in words; empty where healthy."},
    latestAttempt=ref("AttemptSummary"), gates=by_suite(ref("Gate")),
)  # fmt: skip
COUNTS = closed(
    "Attempts by outcome. LIVE counts as success; cancelled ones are in no other number.",
    totalAttempts=COUNT, success=COUNT, failed=COUNT, rollback=COUNT, inProgress=COUNT, cancelled=COUNT,
)  # fmt: skip
SUCCESS_RATE = {"successRate": ref("Rate")}
STAMP: dict[str, Schema] = {"asOf": TIME, "generation": COUNT}
PERIOD: dict[str, Schema] = {"from": DAY, "to": DAY}
SERIES = array(COUNT)

SCHEMAS: dict[str, Schema] = {
    "Problem": {
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"}, "title": TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599}, "detail": TEXT,
            "field": TEXT | {"description": "The parameter or the dotted path that is wrong."},
            "requestId": maybe(TEXT),
        },
        "required": ["type", "title", "status", "detail", "requestId"],
        "additionalProperties": False,
    },
    "Gate": GATE,
    "Rate": RATE,
    "Freshness": FRESHNESS,
    "Attempt": ATTEMPT,
    "Commit": COMMIT,
    "BuiltFrom": BUILT_FROM,
    "BuildAttempt": BUILD_ATTEMPT,
    "AttemptSummary": ATTEMPT_SUMMARY,
    "TestRun": TEST_RUN,
    "FailedTest": FAILED_TEST,
    "Promotion": PROMOTION,
    "Incident": INCIDENT,
    "Claim": CLAIM,
    "Cluster": CLUSTER,
    "ClusterHealth": CLUSTER_HEALTH,
    "ClusterWithHealth": merged("A cluster-region with its health.", CLUSTER, summary=ref("ClusterHealth")),
    "Service": SERVICE,
    "ServiceWithClusters": merged(
        "A service with its state on each cluster-region where it ever was.", SERVICE,
        clusters=array(merged("Its state there.", STATE, clusterId=ID)),
    ),
    "ClusterList": closed("All cluster-regions.", **STAMP, clusters=array(ref("ClusterWithHealth"))),
    "ClusterDetail": closed("One cluster-region.", **STAMP, cluster=ref("ClusterWithHealth")),
    "ClusterSummary": closed(
        "One cluster-region over the days from `from` to `to`, both included.", **STAMP, **PERIOD,
        cluster=ref("Cluster"),
        summary=merged(
            "Counts of the period, and the services as they are now.", COUNTS, **SUCCESS_RATE,
            services=COUNT, healthy=COUNT, attention=COUNT, unknown=COUNT,
        ),
        services=array(merged("A service there.", STATE, serviceId=ID, serviceName=TEXT)),
    ),
    "ServiceList": closed("All services.", **STAMP, services=array(ref("ServiceWithClusters"))),
    "ServiceSummary": closed(
        "One service over the days from `from` to `to`, both included.", **STAMP, **PERIOD,
        service=ref("Service"), summary=merged("Counts of the period.", COUNTS, **SUCCESS_RATE),
        clusters=array(merged(
            "Its state there.", STATE, clusterId=ID, clusterName=TEXT, clusterType=words(ClusterType)
        )),
        retired=array(closed("Where it was taken away and not deployed since.", clusterId=ID, retiredAt=TIME)),
    ),
    "SearchResults": closed(
        "What a text leads to.",
        results=array(closed(
            "One thing found.", kind=words(HitKind), id=TEXT, title=TEXT, detail=TEXT, status=maybe(words(Status)),
        )),
        complete=TRUTH | {"description": "False while rows cannot be read: then memory alone was searched."},
    ),
    "AttemptPage": closed(
        "A page of attempts.", attempts=array(ref("Attempt")),
        nextCursor=maybe(TEXT, "Null where the list ends."),
    ),
    "PromotionPage": closed(
        "A page of promotions.", promotions=array(ref("Promotion")),
        nextCursor=maybe(TEXT, "Null where the list ends."),
    ),
    "Build": closed(
        "One attempt with everything known of it.", attempt=ref("BuildAttempt"),
        previous=maybe(TEXT, "The id of the attempt before it on its cluster-region."),
        next=maybe(TEXT, "The id of the attempt after it there."),
        servedBefore=maybe(ref("Attempt"), "What served there when it started, as far as 50 attempts tell."),
        testRuns=array(ref("TestRun")) | {"description": "Every run, newest first."},
        siblings=array(ref("Attempt")) | {"description": "The same version elsewhere or tried again."},
        promotions=array(ref("Promotion")) | {"description": "Of this version."},
        incidents=array(ref("Incident")), claims=array(ref("Claim")),
    ),
    "CsvFile": {"type": "string", "description": "A line of column names, then a line a row; lines end with CRLF."},
    "Health": closed("Alive.", status={"type": "string", "const": "ok"}),
    "Readiness": {
        "type": "object",
        "description": "How far the read model is.",
        "properties": {
            "status": {"type": "string", "enum": ["ready", "loading"]},
            "progress": closed("Clusters read.", clusters=COUNT, of=maybe(COUNT), error=maybe(TEXT)),
            **FRESHNESS["properties"],
        },
        "required": ["status", "progress"],
        "additionalProperties": False,
    },
}  # fmt: skip
