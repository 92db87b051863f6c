"""/api/ingest/quarantine: what could not be stored, and the admin's actions on it, each with its audit line."""

from typing import Annotated, Any

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, StringConstraints
from werkzeug.routing import BaseConverter

import context
from api import admin, caching, intake, params
from api.params import Asked
from api.routing import Answer, Operation, Routes
from api.schemas_intake import NAME
from data.errors import InvalidRequest
from ingest import schema, strict_json
from ingest.desk import RECORD_ID
from ingest.quarantine_records import Audited, Quarantined
from ingest.quarantined import Replayed

MAX_BYTES = 2 * 1024 * 1024  # a message of the queue as a JSON text in JSON

bp = Blueprint("quarantine", __name__)


class RecordConverter(BaseConverter):
    """A record's id in an address: `<record:record_id>`. Anything else there is another address."""

    regex = RECORD_ID.pattern


routes = Routes(bp, "Ingest", "/api")

PROBLEM = "application/problem+json"
NO_RECORD = {404: Answer("There is no such record.", "Problem", PROBLEM)}
ADMIN = {
    401: Answer("No admin key.", "Problem", PROBLEM),
    403: Answer("Not the admin key, or admin actions are closed.", "Problem", PROBLEM),
}
ACTING = ADMIN | NO_RECORD | {
    409: Answer("It was discarded before.", "Problem", PROBLEM),
    413: Answer("The body is too large.", "Problem", PROBLEM),
    415: Answer("The body is not JSON.", "Problem", PROBLEM),
}  # fmt: skip
JSON = "application/json"


def _acting(path: str, name: str, summary: str, description: str, schema_name: str, said: str) -> Operation:
    answers = {200: Answer("Done.", said)} | ACTING
    return Operation(
        "post", f"/api/ingest/quarantine{path}", name, summary, description, "Ingest", answers,
        headers=admin.SCHEMES, body={JSON: schema_name},
    )  # fmt: skip


OPERATIONS = [
    _acting(
        "/<record:record_id>/replay", "replay", "Put a message on the queue again",
        "With `body` the edited message takes its place; it is judged first as a worker would judge it.",
        "Replaying", "QuarantineListed",
    ),
    _acting(
        "/<record:record_id>/discard", "discard", "Give a message up", "Its record stays for as long as records do.",
        "Acting", "QuarantineListed",
    ),
    _acting(
        "/replay-all", "replay_all", "Put every open message that can be read on the queue again",
        "At most 500 at once; `more` says that there are others.", "Acting", "ReplayedAll",
    ),
    Operation(
        "get", "/api/ingest/audit", "audit", "Who did what about which record", "The latest first.", "Ingest",
        {200: Answer("A page of actions.", "AuditPage")} | ADMIN, params.PAGED, admin.SCHEMES,
    ),
]  # fmt: skip


class Acting(BaseModel):
    """Who acts, for the audit."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[str, StringConstraints(pattern=NAME)]


class Replaying(Acting):
    """Who sends it again, and what in its place, if it was edited."""

    body: Annotated[str, StringConstraints(min_length=1, max_length=1_048_576)] | None = None


@routes.get(
    "/ingest/quarantine", Answer("A page of records, newest first, without their bodies.", "QuarantinePage"),
    accepts=(params.STATE, *params.PAGED),
)  # fmt: skip
def ingest_quarantine(asked: Asked) -> Response:
    """Messages that could not be stored, and why; newest first."""
    page = context.intake().records(context.scope(), asked.limit, asked.state, asked.cursor)
    return caching.sent_once({"records": [listed(one) for one in page.items], "nextCursor": page.cursor})


@routes.get("/ingest/quarantine/<record:record_id>", Answer("The record.", "QuarantineRecord"), also=NO_RECORD)
def ingest_quarantine_record(_asked: Asked, record_id: str) -> Response:
    """One of them, with its body."""
    return caching.sent_once(whole(context.intake().record(context.scope(), record_id)))


@bp.post("/ingest/quarantine/<record:record_id>/replay")
def replay(record_id: str) -> dict[str, Any]:
    """Put a message on the queue again, as it was or as edited."""
    admin.admit()
    asked = said(Replaying)
    record = context.intake().record(context.scope(), record_id)
    return listed(context.intake().quarantine.replay(record.id, asked.by, asked.body))


@bp.post("/ingest/quarantine/<record:record_id>/discard")
def discard(record_id: str) -> dict[str, Any]:
    """Give a message up."""
    admin.admit()
    asked = said(Acting)
    record = context.intake().record(context.scope(), record_id)
    return listed(context.intake().quarantine.discard(record.id, asked.by))


@bp.post("/ingest/quarantine/replay-all")
def replay_all() -> dict[str, Any]:
    """Put every open message on the queue again that can be read now."""
    admin.admit()
    return replayed(context.intake().quarantine.replay_all(said(Acting).by))


@bp.get("/ingest/audit")
def audit() -> Response:
    """Who did what."""
    admin.admit()
    asked = params.asked(request.args, params.PAGED)
    page = context.intake().quarantine.audit(asked.cursor, asked.limit)
    return caching.sent_once({"actions": [audited(one) for one in page.items], "nextCursor": page.cursor})


def said(model: type[schema.M]) -> schema.M:
    """The body of a request without parameters; InvalidRequest names its field."""
    params.asked(request.args, ())
    raw = intake.read_body(MAX_BYTES)
    intake.check_json_type()
    body = strict_json.parse(raw)
    if not isinstance(body, dict):
        raise InvalidRequest("the body must be a JSON object")
    return schema.read(model, body)


def listed(record: Quarantined) -> dict[str, Any]:
    """A record without its body."""
    return {
        "id": record.id,
        "messageId": record.message_id,
        "source": record.source,
        "reason": record.reason,
        "passing": record.passing,
        "receives": record.receives,
        "replays": record.replays,
        "sentAt": record.sent_at,
        "quarantinedAt": record.quarantined_at,
        "state": record.state.value,
        "settledBy": record.settled_by,
        "settledAt": record.settled_at,
    }


def whole(record: Quarantined) -> dict[str, Any]:
    """A record with its body."""
    return listed(record) | {"body": record.body}


def replayed(done: Replayed) -> dict[str, Any]:
    """What became of several."""
    refused = [{"id": record_id, "reason": reason} for record_id, reason in done.refused]
    return {"sent": done.sent, "refused": refused, "more": done.more}


def audited(said: Audited) -> dict[str, Any]:
    """One line of the audit."""
    return {
        "at": said.at, "by": said.by, "action": said.action.value, "recordId": said.record_id, "reason": said.reason
    }  # fmt: skip
