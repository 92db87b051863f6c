"""What would become of a delivery, and why, with nothing sent and nothing stored. Pure.

`python -m ingest.explain`, the lab on the ingest page and its endpoint say what comes from here, and all of it is
what the webhook itself would do: `ingest.taking.take` reads, `older_than_retention` judges the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from data.catalog_models import Catalog
from data.errors import Forbidden, InvalidRequest, NotFound, Unauthorized, Unavailable
from data.events import TYPES, AnyEvent
from data.instants import to_instant
from data.intake_secrets import IntakeSecret
from data.models import Instant
from ingest import admission, credentials, envelope, normalizers
from ingest.admission import Admission
from ingest.credentials import Keys
from ingest.envelope import older_than_retention
from ingest.normalizers.contract import Ignored
from ingest.taking import Incoming, Taken, read, take
from ingest.verdicts import DeliveryVerdict

INVALID, UNKNOWN_SENDER = "invalid", "unknown_sender"


@dataclass(frozen=True, slots=True)
class CredentialWord:
    """What the door says of a delivery's credentials; `valid` None = there is nothing to check them against."""

    valid: bool | None
    sentence: str


NOT_CHECKED = CredentialWord(None, "not checked")


@dataclass(frozen=True, slots=True)
class Explained:
    """One event a delivery came to, and how names became ids."""

    event: AnyEvent
    via: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The event as the envelope would say it, with what intake adds."""
        return event_json(self.event) | {"via": list(self.via)}


def event_json(event: AnyEvent) -> dict[str, Any]:
    """An event as the envelope would say it, with the id it got."""
    return {
        "eventType": TYPES[type(event)].value,
        "eventId": event.event_id,
        "source": event.source,
        "payload": envelope.to_payload(event),
    }


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of it: `verdict` is of the body alone, whatever its credentials are worth.

    `reason` is a stable word where it was not accepted, `detail` the sentence, `field` the place it is about.
    """

    verdict: DeliveryVerdict  # accepted, ignored or rejected
    credential: CredentialWord
    sender: str | None = None  # as recognised; None where the named one is unknown or the body unreadable
    source: str | None = None
    reason: str | None = None
    detail: str | None = None
    field: str | None = None
    events: tuple[Explained, ...] = ()
    via: tuple[str, ...] = ()  # how names became ids where no event came of it
    unknown_fields: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """All of it in the API's words."""
        return {
            "verdict": self.verdict.value,
            "credential": {"valid": self.credential.valid, "detail": self.credential.sentence},
            "sender": self.sender,
            "source": self.source,
            "reason": self.reason,
            "detail": self.detail,
            "field": self.field,
            "events": [one.as_json() for one in self.events],
            "via": list(self.via),
            "ignoredFields": list(self.unknown_fields),
        }


def explain(
    incoming: Incoming,
    received_at: Instant,
    catalog: Catalog,
    credential: CredentialWord = NOT_CHECKED,
    *,
    retention_days: int,
) -> Explanation:
    """What the webhook would make of this delivery, had it come at `received_at`."""
    try:
        taken = take(incoming, received_at, catalog)
    except NotFound as error:
        return _rejected(credential, None, UNKNOWN_SENDER, str(error))
    except InvalidRequest as error:
        return _rejected(credential, _recognised(incoming), INVALID, error.reason, error.field)
    if taken.ignored is not None:
        via = tuple(line for lines in taken.via for line in lines)
        return _ignored(taken, credential, taken.ignored, taken.detail, via=via)
    events = tuple(Explained(event, via) for event, via in zip(taken.events, taken.via, strict=True))
    if all(older_than_retention(event, retention_days) for event in taken.events):
        detail = f"it belongs to a day older than the {retention_days} days that are kept: for the archive only"
        return _ignored(taken, credential, Ignored.OLDER_THAN_RETENTION, detail, events)
    return Explanation(
        DeliveryVerdict.ACCEPTED, credential, taken.sender.name, taken.source,
        events=events, unknown_fields=taken.unknown_fields,
    )  # fmt: skip


def examine(
    incoming: Incoming,
    now: datetime,
    catalog: Catalog,
    secrets: Sequence[IntakeSecret],
    keys: Keys,
    retention_days: int,
) -> Explanation:
    """What the door would say of this delivery now: of its credentials, and of its body."""
    admitted, word = _credential(incoming, now, secrets, keys)
    said = explain(incoming, to_instant(now), catalog, word, retention_days=retention_days)
    if admitted is None or said.source is None:
        return said
    try:
        admission.check(admitted, said.source, [one.event for one in said.events])
    except Forbidden as refusal:  # genuine, but not for what was said
        return replace(said, credential=CredentialWord(False, str(refusal)))
    return said


def _credential(
    incoming: Incoming, now: datetime, secrets: Sequence[IntakeSecret], keys: Keys
) -> tuple[Admission | None, CredentialWord]:
    try:
        found = credentials.admit(incoming.headers, incoming.raw, secrets, keys, now)
    except (Unauthorized, Forbidden) as refusal:
        return None, CredentialWord(False, str(refusal))
    except Unavailable:
        return None, CredentialWord(None, "the API keys could not be read")
    return found, CredentialWord(True, f"valid: {found.name}")


def _ignored(
    taken: Taken,
    credential: CredentialWord,
    reason: Ignored,
    detail: str | None,
    events: Sequence[Explained] = (),
    via: tuple[str, ...] = (),
) -> Explanation:
    return Explanation(
        DeliveryVerdict.IGNORED, credential, taken.sender.name, taken.source, reason.value, detail,
        events=tuple(events), via=via, unknown_fields=taken.unknown_fields,
    )  # fmt: skip


def _rejected(
    credential: CredentialWord, sender: str | None, reason: str, detail: str, field: str | None = None
) -> Explanation:
    source = normalizers.SENDERS[sender].source if sender else None
    return Explanation(DeliveryVerdict.REJECTED, credential, sender, source, reason, detail, field)


def _recognised(incoming: Incoming) -> str | None:
    """Whose delivery it is, as far as address and headers tell, or else a body that can be parsed."""
    if incoming.sender is not None:
        return incoming.sender
    sender = normalizers.by_headers(incoming.headers)
    if sender is not None:
        return sender.name
    try:
        return read(incoming)[0].name
    except InvalidRequest:
        return None


def pretty(value: Any) -> str:
    """JSON for people."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
