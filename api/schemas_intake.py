"""The schemas of what became of deliveries, of the quarantine and of the lab."""

from typing import Any

from api.schemas import COUNT, TEXT, TIME, TRUTH, Schema, array, closed, maybe, words
from ingest.quarantine_records import Action, State
from ingest.verdicts import DeliveryVerdict

# Any text without control characters that does not begin with a space: the audit is read by people.
NAME = r"^[^\u0000-\u0020\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]{0,99}$"
ANYTHING: Schema = {"type": "object"}
NEXT = maybe(TEXT, "Null at the end.")

EVENT = closed(
    "An event as the envelope would say it, with the id it got.",
    eventType=TEXT, eventId=TEXT, source=TEXT, payload=ANYTHING,
)  # fmt: skip
DELIVERY = closed(
    "One delivery and what became of it.",
    at=TIME, source=TEXT, sender=TEXT | {"description": "Whose format it was read as."},
    verdict=words(DeliveryVerdict), reason=maybe(TEXT, "A stable word."), detail=maybe(TEXT), field=maybe(TEXT),
    deliveryId=maybe(TEXT), attemptId=maybe(TEXT), events=array(EVENT),
    via=array(TEXT) | {"description": "How names became ids."},
)  # fmt: skip
_LISTED: dict[str, Schema] = {
    "id": TEXT, "messageId": TEXT, "source": maybe(TEXT), "reason": TEXT,
    "passing": TRUTH | {"description": "Whether it was set aside for an outage or the like."},
    "receives": COUNT, "replays": COUNT, "sentAt": TIME, "quarantinedAt": TIME,
    "state": words(State), "settledBy": maybe(TEXT), "settledAt": maybe(TIME),
}  # fmt: skip
LISTED = closed("A message that could not be stored.", **_LISTED)
WHOLE = closed("The same with its body.", **_LISTED, body=TEXT)
ACTING: Schema = {
    "type": "object",
    "description": "Who acts, for the audit.",
    "properties": {"by": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": NAME}},
    "required": ["by"],
    "additionalProperties": False,
}
REPLAYING: Schema = ACTING | {
    "description": "Who sends it again, and the edited message, if it was edited.",
    "properties": {
        **ACTING["properties"],
        "body": {"type": ["string", "null"], "minLength": 1, "maxLength": 1_048_576},
    },
}
EFFECT = closed(
    "What one event would change.",
    about=TEXT, subject=TEXT, known=TRUTH | {"description": "It is stored already: nothing changes."},
    before=maybe(TEXT), after=maybe(TEXT), changed=array(TEXT), attemptId=maybe(TEXT), sentence=TEXT,
)  # fmt: skip
EXPLAINING: Schema = {
    "type": "object",
    "description": "A delivery as it would come.",
    "properties": {
        "body": {"type": "string", "maxLength": 262_144, "description": "JSON, or what its sender sends, as text."},
        "headers": {"type": "object", "additionalProperties": TEXT, "maxProperties": 100},
        "sender": {"type": ["string", "null"], "maxLength": 64, "description": "Where its address names one."},
        "params": {"type": "object", "additionalProperties": TEXT, "maxProperties": 20},
    },
    "required": ["body"],
    "additionalProperties": False,
}
TRIED = closed(
    "What would become of it.",
    verdict=words(DeliveryVerdict), credential=closed("Its credentials.", valid=maybe(TRUTH), detail=TEXT),
    sender=maybe(TEXT), source=maybe(TEXT), reason=maybe(TEXT), detail=maybe(TEXT), field=maybe(TEXT),
    events=array(EVENT | {
        "properties": EVENT["properties"] | {"via": array(TEXT)}, "required": [*EVENT["required"], "via"],
    }),
    via=array(TEXT), ignoredFields=array(TEXT),
    effects=maybe(array(EFFECT), "Null where what is stored could not be looked at."),
)  # fmt: skip

INTAKE_SCHEMAS: dict[str, Schema] = {
    "DeliveryPage": closed("A page.", deliveries=array(DELIVERY), nextCursor=NEXT),
    "QuarantineListed": LISTED,
    "QuarantineRecord": WHOLE,
    "QuarantinePage": closed("A page.", records=array(LISTED), nextCursor=NEXT),
    "Acting": ACTING,
    "Replaying": REPLAYING,
    "ReplayedAll": closed(
        "What became of them.", sent=COUNT, refused=array(closed("One that was not.", id=TEXT, reason=TEXT)),
        more=TRUTH,
    ),
    "AuditPage": closed("A page.", actions=array(closed(
        "Who did what.", at=TIME, by=TEXT, action=words(Action), recordId=TEXT, reason=TEXT,
    )), nextCursor=NEXT),
    "Explaining": EXPLAINING,
    "Tried": TRIED,
}  # fmt: skip

EXAMPLES: dict[str, Any] = {
    "Acting": {"by": "ada"},
    "Replaying": {"by": "ada", "body": None},
    "Explaining": {
        "headers": {"X-GitHub-Event": "ping"}, "body": '{"zen": "Keep it logically awesome.", "hook_id": 1}',
        "sender": None, "params": {},
    },
}  # fmt: skip
