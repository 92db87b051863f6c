"""The OpenAPI 3.1 document, built from the routes themselves and the schemas beside them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from api.examples import EXAMPLES
from api.junit import PARAMETERS
from api.params import Parameter
from api.routing import Answer, Operation, openapi_path
from api.schemas import SCHEMAS, Schema, ref
from api.schemas_alerts import ALERT_SCHEMAS, EVENT_SCHEMAS
from api.schemas_analytics import ANALYTICS_SCHEMAS
from api.schemas_delivery import DELIVERY_EXAMPLES, DELIVERY_SCHEMAS
from api.schemas_history import HISTORY_SCHEMAS
from api.schemas_ingest import EXAMPLE, ingest_schemas
from api.schemas_intake import EXAMPLES as INTAKE_EXAMPLES
from api.schemas_intake import INTAKE_SCHEMAS
from api.schemas_past import PAST_SCHEMAS
from api.schemas_promotions import PROMOTION_SCHEMAS
from api.schemas_quality import QUALITY_EXAMPLES, QUALITY_SCHEMAS
from api.schemas_scorecards import SCORECARD_EXAMPLES, SCORECARD_SCHEMAS
from api.webhooks import PARAMETERS as WEBHOOK_PARAMETERS
from data import keys

TITLE = "Deployment & Quality Dashboard"
INTRODUCTION = (
    "Deployments, test results and promotions of every cluster-region. Times are UTC, lists are paged by "
    "`nextCursor`, what is not known is null, and errors are problem documents (RFC 9457)."
)
PROBLEM = "application/problem+json"
SECRETS = ("webhookSecret", "bearerKey", "basicSecret", "gitlabToken", "githubSignature", "standardSignature")
ALWAYS = {
    400: Answer("The request is not valid; the problem names the field.", "Problem", PROBLEM),
    405: Answer("The method is not known here.", "Problem", PROBLEM),
    500: Answer("Something failed on our side.", "Problem", PROBLEM),
    503: Answer("A dependency does not answer; try again.", "Problem", PROBLEM),
}
WEBHOOK_ANSWERS = {
    202: Answer("The event is on the queue.", "EventAccepted"),
    200: Answer("Understood, but it changes nothing shown; the reason says why.", "EventIgnored"),
    401: Answer("No valid credential, or a signature that is not of this body.", "Problem", PROBLEM),
    403: Answer("The credential is genuine, but not for this source, cluster or service.", "Problem", PROBLEM),
    404: Answer("The sender is not known.", "Problem", PROBLEM),
    408: Answer("The body did not arrive in time.", "Problem", PROBLEM),
    413: Answer("The body is larger than 256 KiB.", "Problem", PROBLEM),
    415: Answer("The body is not JSON.", "Problem", PROBLEM),
    429: Answer("Too much with one credential; `Retry-After` says when to go on.", "Problem", PROBLEM),
}
JUNIT_ANSWERS = {code: answer for code, answer in WEBHOOK_ANSWERS.items() if code != 404} | {
    413: Answer("The file is larger than 10 MiB.", "Problem", PROBLEM),
    415: Answer("The body is not plain XML.", "Problem", PROBLEM),
}
VARIABLES: dict[str, Schema] = {
    "clusterId": {"type": "string", "pattern": f"^{keys.ID.pattern}$", "example": "mira-us-west-2"},
    "serviceId": {"type": "string", "pattern": f"^{keys.ID.pattern}$", "example": "authn"},
    "attemptId": {
        "type": "string", "maxLength": 330, "example": "mira-us-west-2:authn:3.4.2:1284",
        "pattern": "^{0}:{0}:{1}:{2}$".format(*(
            rule.pattern for rule in (keys.ID, keys.VERSION, keys.ATTEMPT_NUMBER)
        )),
    },
    "recordId": {
        "type": "string", "pattern": "^[0-9TZ:.-]{20,30}~[A-Za-z0-9._-]{1,100}$",
        "example": "2026-02-24T12:00:00.000Z~3f2c9b0e-0000-4000-8000-000000000000",
    },
    "ruleId": {"type": "string", "pattern": f"^{keys.ID.pattern}$", "example": "failed-in-production"},
    "sender": {"type": "string", "pattern": "^[a-z0-9-]{1,64}$", "example": "envelope"},
}  # fmt: skip

WEBHOOK_BODIES = {
    "application/json": "Envelope",
    "application/cloudevents+json": "CloudEvent",
    "application/cloudevents-batch+json": "CloudEvents",
}
INGEST = [
    Operation(
        "post", f"/api/ingest/webhook{tail}", name, summary,
        "The answer is 202 only after the queue has the event. Unknown fields are ignored and named in the "
        "answer. What changes nothing shown is 200 `ignored` with the reason: a ping, an event that is not about "
        "deployments or tests, one that no mapping rule makes a deployment, or one for days that are already closed "
        "(`older_than_retention`). GitHub's form (`payload=…`) is taken as well, from GitHub.",
        "Ingest", WEBHOOK_ANSWERS, WEBHOOK_PARAMETERS, headers=SECRETS, body=WEBHOOK_BODIES,
    )
    for tail, name, summary in (
        ("", "webhook", "Send an event"),
        ("/<sender>", "webhook_of_sender", "Send an event, naming its sender's format"),
    )
] + [
    Operation(
        "post", "/api/ingest/junit", "junit", "Send a JUnit file",
        "Cases are counted, whatever the headers of the suites say; failures and errors have failed. Names and "
        "messages of the first 50 failed tests are kept and shown with the attempt. The same file sent again "
        "changes nothing.",
        "Ingest", JUNIT_ANSWERS, PARAMETERS, headers=SECRETS,
        body={"application/xml": "JUnitFile", "text/xml": "JUnitFile"},
    ),
    Operation(
        "get", "/api/ingest/status", "ingest_status", "How the intake is doing",
        "Queue, dead letters, sources, workers and the age of what is shown.", "Ingest",
        {200: Answer("The state of the intake.", "IngestStatus")},
    )
]  # fmt: skip


def document(operations: Iterable[Operation], version: str) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(openapi_path(one.path), {})[one.method] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": version, "description": INTRODUCTION,
                 "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in ("Dashboard", "Exports", "Alerts", "Ingest", "Health", "Documentation")],
        "paths": paths,
        "components": {
            "schemas": _with_examples(
                SCHEMAS | ANALYTICS_SCHEMAS | DELIVERY_SCHEMAS | HISTORY_SCHEMAS | PAST_SCHEMAS | PROMOTION_SCHEMAS
                | ingest_schemas() | INTAKE_SCHEMAS | ALERT_SCHEMAS | EVENT_SCHEMAS | SCORECARD_SCHEMAS
                | QUALITY_SCHEMAS
            ),
            "securitySchemes": {
                "webhookSecret": {"type": "apiKey", "in": "header", "name": "X-Webhook-Secret"},
                "bearerKey": {"type": "http", "scheme": "bearer"},
                "basicSecret": {"type": "http", "scheme": "basic", "description": "The password is the secret."},
                "gitlabToken": {"type": "apiKey", "in": "header", "name": "X-Gitlab-Token"},
                "githubSignature": {"type": "apiKey", "in": "header", "name": "X-Hub-Signature-256"},
                "standardSignature": {"type": "apiKey", "in": "header", "name": "webhook-signature"},
                "adminKey": {"type": "apiKey", "in": "header", "name": "X-Admin-Key"},
            },
        },
    }  # fmt: skip


def _with_examples(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    examples = EXAMPLES | DELIVERY_EXAMPLES | SCORECARD_EXAMPLES | QUALITY_EXAMPLES
    shown = {name: {"examples": [example]} for name, example in examples.items()}
    return {name: schema | shown.get(name, {}) for name, schema in schemas.items()}


def _operation(one: Operation) -> dict[str, Any]:
    variables = re.findall(r"\{(\w+)\}", openapi_path(one.path))
    made: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.tag],
        "summary": one.summary,
        "parameters": [*map(_variable, variables), *map(_parameter, one.parameters)],
        "responses": {str(code): _response(answer) for code, answer in sorted((ALWAYS | dict(one.answers)).items())},
        "security": [{scheme: []} for scheme in one.headers],
    }
    if one.description:
        made["description"] = one.description
    if one.body:
        made["requestBody"] = {"required": True, "content": _content(one.body.items())}
    return made


def _content(bodies: Iterable[tuple[str, str]]) -> dict[str, Any]:
    examples = EXAMPLES | INTAKE_EXAMPLES
    return {media: {"schema": ref(name), "example": examples.get(name, EXAMPLE)} for media, name in bodies}


def _variable(name: str) -> dict[str, Any]:
    schema = {key: value for key, value in VARIABLES[name].items() if key != "example"}
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": VARIABLES[name]["example"]}


def _parameter(one: Parameter) -> dict[str, Any]:
    made: dict[str, Any] = {"name": one.name, "in": "query", "description": one.description, "schema": one.schema}
    if one.required:
        made["required"] = True
    return made if one.example is None else made | {"example": one.example}


def _response(answer: Answer) -> dict[str, Any]:
    content = {} if answer.schema is None else {"schema": ref(answer.schema)}
    made: dict[str, Any] = {"description": answer.description, "content": {answer.media_type: content}}
    if answer.headers:
        made["headers"] = {
            name: {"description": words, "schema": {"type": "string"}} for name, words in answer.headers.items()
        }
    return made
