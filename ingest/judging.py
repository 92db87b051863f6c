"""What a worker's round came to, as notes for the ingest page. Pure."""

from collections.abc import Sequence

from data.events import AnyEvent
from data.models import Instant
from ingest.message import QUEUE, source_of
from ingest.normalizers.contract import Ignored
from ingest.queue import Message
from ingest.storing import Done
from ingest.verdicts import DeliveryVerdict, Noted

UNKNOWN = "unknown"
INVALID, FAILED, GIVEN_UP = "invalid", "failed", "given_up"


def stored(done: Done, at: Instant) -> Noted | None:
    """The note of a delivery that is stored; None where the door noted it already."""
    delivery = done.delivery
    if delivery.archive_only and delivery.original is not None:
        return None
    verdict, reason = DeliveryVerdict.ACCEPTED, None
    if not done.due:
        verdict, reason = DeliveryVerdict.IGNORED, Ignored.OLDER_THAN_RETENTION.value
    elif not done.new:
        verdict = DeliveryVerdict.DUPLICATE
    return Noted(
        at=at,
        source=delivery.source,
        sender=delivery.sender,
        verdict=verdict,
        reason=reason,
        delivery_id=delivery_id(delivery.events),
        attempt_id=attempt_id(delivery.events),
        events=delivery.events,
        via=delivery.via,
    )


def quarantined(message: Message, detail: str, done: Done | None, at: Instant, *, given_up: bool) -> Noted:
    """The note of a delivery that was set aside; where it could not be read, with what can be told of it."""
    reason = GIVEN_UP if given_up else FAILED if done else INVALID
    events = done.delivery.events if done else ()
    return Noted(
        at=at,
        source=done.delivery.source if done else source_of(message.body) or UNKNOWN,
        sender=done.delivery.sender if done else QUEUE,
        verdict=DeliveryVerdict.QUARANTINED,
        reason=reason,
        detail=detail,
        delivery_id=delivery_id(events) or message.id,
        attempt_id=attempt_id(events),
        events=events,
    )


def delivery_id(events: Sequence[AnyEvent]) -> str | None:
    """The sender's own id of the delivery, where it gave one."""
    named = (event for event in events if event.event_id != event.digest)
    return next((event.event_id.removeprefix(f"{event.source}:") for event in named), None)


def attempt_id(events: Sequence[AnyEvent]) -> str | None:
    """The first attempt they speak of."""
    return next((found for event in events if (found := getattr(event, "attempt_id", None))), None)
