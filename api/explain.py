"""POST /api/ingest/explain: the ingest lab over HTTP. Open like the pages, bounded, storing nothing."""

from typing import Any

from flask import Blueprint, request
from pydantic import BaseModel, ConfigDict, Field

import context
from api import admin, intake, params
from api.routing import Answer, Operation
from data.errors import InvalidRequest
from ingest import schema, strict_json
from ingest.headers import Headers
from ingest.lab import MAX_BYTES, MOST_HEADERS
from ingest.taking import Incoming

PROBLEM = "application/problem+json"
MAX_REQUEST = 4 * MAX_BYTES  # a body as a JSON text is longer than it is

bp = Blueprint("explain", __name__)

OPERATIONS = [
    Operation(
        "post", "/api/ingest/explain", "explain", "Try a delivery out",
        "What would become of it: who sent it, whether its credentials hold, the events it comes to, how names "
        "became ids, and what it would change. Nothing is sent and nothing stored.", "Ingest",
        {
            200: Answer("What would become of it.", "Tried"),
            403: Answer("Another site asked.", "Problem", PROBLEM),
            413: Answer("The body is too large.", "Problem", PROBLEM),
            415: Answer("The body is not JSON.", "Problem", PROBLEM),
            429: Answer("Too many at once.", "Problem", PROBLEM),
        },
        body={"application/json": "Explaining"},
    )
]  # fmt: skip


class Explaining(BaseModel):
    """A delivery as it would come: its body as text, its headers, and what its address says."""

    model_config = ConfigDict(extra="forbid", strict=True)

    body: str = Field(max_length=MAX_BYTES)
    headers: dict[str, str] = Field(default_factory=dict, max_length=MOST_HEADERS)
    sender: str | None = Field(default=None, max_length=64)
    params: dict[str, str] = Field(default_factory=dict, max_length=20)


@bp.post("/ingest/explain")
def explain() -> dict[str, Any]:
    """What would become of a delivery."""
    admin.check_site()
    params.asked(request.args, ())
    raw = intake.read_body(MAX_REQUEST)
    intake.check_json_type()
    body = strict_json.parse(raw)
    if not isinstance(body, dict):
        raise InvalidRequest("the body must be a JSON object")
    said = schema.read(Explaining, body)
    incoming = Incoming(said.body.encode(), Headers(said.headers.items()), said.sender, said.params)
    return context.lab().attempt(incoming, context.generation().catalog, context.scope()).as_json()
