"""The schemas of the intake: what a pipeline may send, taken from the models that check it, and what it hears."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.schemas import COUNT, SECONDS, TEXT, TIME, TRUTH, Schema, array, closed, maybe, ref, words
from ingest.normalizers.contract import Ignored
from ingest.schema import SAID
from ingest.verdicts import DeliveryVerdict

UNSAID: Schema = {"type": "string", "maxLength": 0, "description": "Not said, like null."}
REFERENCES = "#/components/schemas/{model}"

ACCEPTED: Schema = {
    "type": "object",
    "description": "The queue has it.",
    "properties": {
        "eventId": TEXT,
        "attemptId": maybe(TEXT, "Null where the event names none; test results can be sent to it."),
        "status": {"type": "string", "const": "accepted"},
        "ignoredFields": array(TEXT) | {"description": "What was sent and is not known here."},
    },
    "required": ["eventId", "attemptId", "status"],
    "additionalProperties": False,
}
IGNORED = closed(
    "It was understood and changes nothing shown.",
    eventId=maybe(TEXT, "Null where it came to no event."),
    status={"type": "string", "const": "ignored"}, reason=words(Ignored),
    detail=maybe(TEXT, "Why, in a sentence."),
)  # fmt: skip
WORKER = closed(
    "One worker.", workerId=TEXT, alive=TRUTH, heartbeatAt=TIME, heartbeatAgeSec=SECONDS,
    messagesHeld=maybe(COUNT), messagesStored=maybe(COUNT), eventsStored=maybe(COUNT),
    messagesQuarantined=maybe(COUNT), tablesAway=maybe(TRUTH),
)  # fmt: skip
VERDICT: Schema = words(DeliveryVerdict)
SOURCE = closed(
    "A source, and what became of its deliveries of the last 24 hours.",
    source=TEXT, lastEventAt=maybe(TIME), lastEventAgeSec=maybe(SECONDS),
    deliveriesPerHour=maybe(array(COUNT), "Oldest first; the last is the hour that runs."),
    deliveriesLastDay=maybe(COUNT),
    verdicts=maybe(array(closed("So many.", verdict=VERDICT, reason=maybe(TEXT), count=COUNT))),
)  # fmt: skip
STATUS = closed(
    "How the intake is doing; what cannot be told is null, with a reason.",
    asOf=TIME,
    queue=closed(
        "The queue.", depth=maybe(COUNT), inFlight=maybe(COUNT), deadLetters=maybe(COUNT), reason=maybe(TEXT),
        oldestMessageAgeSec=maybe(SECONDS), oldestMessageAgeReason=maybe(TEXT),
    ),
    sources=maybe(array(SOURCE)),
    workers=maybe(array(WORKER)),
    recordsReason=maybe(TEXT),
    archive=TRUTH | {"description": "Whether what comes in is archived."},
    readModel=closed(
        "The state shown.", asOf=maybe(TIME), ageSec=maybe(SECONDS), stale=maybe(TRUTH), reason=maybe(TEXT)
    ),
)  # fmt: skip
CLOUD_EVENT: Schema = {
    "type": "object",
    "description": "A CloudEvent in structured mode: a CDEvent, or `dev.ddq.*` with a payload of ours as its data.",
    "properties": {
        "specversion": {"type": "string"}, "id": {"type": "string"}, "source": {"type": "string"},
        "type": {"type": "string"}, "data": {"type": "object"},
    },
    "required": ["specversion", "id", "source", "type"],
}  # fmt: skip
JUNIT_FILE: Schema = {
    "type": "string",
    "description": "JUnit XML: `testsuites` or `testsuite` as its root, without a document type.",
}
EXAMPLE = {
    "source": "github-actions",
    "eventType": "deployment",
    "payload": {
        "clusterId": "mira-us-west-2", "serviceId": "authn", "buildVersion": "3.4.3", "gitSha": "abc1234",
        "status": "SUCCESS", "startedAt": "2026-02-24T10:00:00Z", "endedAt": "2026-02-24T10:14:00Z",
        "trigger": "merge",
    },
}  # fmt: skip


def ingest_schemas() -> dict[str, Schema]:
    """Every schema of the intake by name."""
    models: list[tuple[type[BaseModel], Any]] = [(model, "validation") for model in SAID.values()]
    _, made = models_json_schema(models, ref_template=REFERENCES)
    payloads: dict[str, Schema] = {name: _in_our_words(schema) for name, schema in made["$defs"].items()}
    kinds = [_envelope(kind.value, model.__name__) for kind, model in SAID.items()]
    envelope = {"oneOf": kinds, "example": EXAMPLE, "description": "One event with who sends it."}
    events = {"CloudEvent": CLOUD_EVENT, "CloudEvents": array(ref("CloudEvent"))}
    answers = {"JUnitFile": JUNIT_FILE, "EventAccepted": ACCEPTED, "EventIgnored": IGNORED, "IngestStatus": STATUS}
    return payloads | {"Envelope": envelope} | events | answers


def _envelope(kind: str, payload: str) -> Schema:
    return {
        "type": "object",
        "properties": {
            "source": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,62}$"},
            "eventType": {"type": "string", "const": kind},
            "eventId": {
                "anyOf": [{"type": "string", "pattern": "^[!-~]{1,200}$"}, {"type": "null"}, UNSAID],
                "description": "The sender's id of the delivery.",
            },
            "payload": ref(payload),
        },
        "required": ["source", "eventType", "payload"],
    }


def _in_our_words(schema: Any) -> Any:
    """pydantic's schema without its titles, and with what the models allow beside it: "" is not said, like null."""
    if isinstance(schema, list):
        return [_in_our_words(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {k: _in_our_words(v) for k, v in schema.items() if k != "title" or not isinstance(v, str)}
    if {"type": "null"} in made.get("anyOf", ()):
        made["anyOf"].append(UNSAID)
    return made
