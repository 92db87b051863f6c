"""Noted deliveries as the items of `dashboard-events` that keep them: many in one, packed. Pure.

One item a flush instead of one a delivery: what is written beside the facts must cost next to nothing.
"""

import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from data.events import TYPES, AnyEvent, EventType, from_body, to_body
from data.instants import epoch
from data.models import Day, Instant
from data.tables import TTL_ATTRIBUTE
from ingest.verdicts import DeliveryVerdict, Noted

DELIVERIES = "DELIVERIES"
INTAKE = "INTAKE"
KEPT_DAYS = 30
MOST_IN_ITEM = 100
ITEM_BYTES = 350_000  # an item holds 400 KB
MOST_KINDS = 500  # counted apart in one hour
OTHERS = "(others)"
WORD, SENTENCE = 200, 500

Item = dict[str, dict[str, Any]]
Kind = tuple[str, str]  # (source, verdict[/reason])


@dataclass(frozen=True, slots=True)
class Counted:
    """How many deliveries of one source met one verdict in one hour (`YYYY-MM-DDTHH`, when it was judged)."""

    hour: str
    source: str
    verdict: DeliveryVerdict
    reason: str | None
    count: int


def deliveries_pk(day: Day) -> str:
    """Partition of the deliveries noted on a day."""
    return f"{DELIVERIES}#{day}"


def intake_pk(day: Day) -> str:
    """Partition of a day's counts."""
    return f"{INTAKE}#{day}"


def clean(noted: Noted) -> Noted:
    """The note with texts of senders cut to a bounded length, and made text that every encoder takes."""
    return replace(
        noted,
        source=_cut(noted.source, WORD) or "unknown",
        sender=_cut(noted.sender, WORD) or "unknown",
        reason=_cut(noted.reason, WORD),
        detail=_cut(noted.detail, SENTENCE),
        field=_cut(noted.field, WORD),
        delivery_id=_cut(noted.delivery_id, WORD),
        attempt_id=_cut(noted.attempt_id, 2 * WORD),
        via=tuple(_cut(one, SENTENCE) or "" for one in list(noted.via)[:20]),
    )


def kind_of(noted: Noted) -> Kind:
    """Under what a note is counted."""
    return noted.source, noted.verdict.value + (f"/{noted.reason}" if noted.reason else "")


def deliveries_items(noted: Sequence[Noted], at: Instant, writer: str, first_number: int) -> list[Item]:
    """The items of what was noted, oldest first; each holds at most a hundred and fits DynamoDB's limit."""
    items: list[Item] = []
    for start in range(0, len(noted), MOST_IN_ITEM):
        for packed, count in _packed(noted[start : start + MOST_IN_ITEM]):
            sk = f"{at}#{writer}#{first_number + len(items):06}"
            items.append({
                "pk": {"S": deliveries_pk(at[:10])},
                "sk": {"S": sk},
                "count": {"N": str(count)},
                "body": {"B": packed},
                TTL_ATTRIBUTE: {"N": str(_expiry(at))},
            })  # fmt: skip
    return items


def noted_in(item: Mapping[str, Any]) -> list[Noted]:
    """What an item holds, in the order it was noted."""
    return [_from_json(one) for one in orjson.loads(gzip.decompress(item["body"]["B"]))]


def intake_item(hour: str, writer: str, counts: Mapping[Kind, int]) -> Item:
    """The counts of one process in one hour: whole numbers that replace the ones written before."""
    said: dict[str, dict[str, int]] = {}
    for (source, kind), count in counts.items():
        said.setdefault(source, {})[kind] = count
    return {
        "pk": {"S": intake_pk(hour[:10])},
        "sk": {"S": f"{hour}#{writer}"},
        "counts": {"S": orjson.dumps(said).decode()},
        TTL_ATTRIBUTE: {"N": str(_expiry(f"{hour}:00:00.000Z"))},
    }


def counted_in(items: Iterable[Mapping[str, Any]]) -> list[Counted]:
    """The sums of what the processes counted, by hour, source and kind."""
    sums: dict[tuple[str, str, str], int] = {}
    for item in items:
        hour = item["sk"]["S"].split("#", 1)[0]
        for source, kinds in orjson.loads(item["counts"]["S"]).items():
            for kind, count in kinds.items():
                sums[hour, source, kind] = sums.get((hour, source, kind), 0) + count
    return [_counted(*names, count) for names, count in sorted(sums.items())]


def _counted(hour: str, source: str, kind: str, count: int) -> Counted:
    verdict, _, reason = kind.partition("/")
    return Counted(hour, source, DeliveryVerdict(verdict), reason or None, count)


def _packed(noted: Sequence[Noted]) -> list[tuple[bytes, int]]:
    """(bytes, how many) such that each fits an item; what is too large alone is kept without its events."""
    packed = gzip.compress(orjson.dumps([_to_json(one) for one in noted]), compresslevel=6, mtime=0)
    if len(packed) <= ITEM_BYTES:
        return [(packed, len(noted))]
    if len(noted) == 1:
        return _packed([replace(noted[0], events=())])
    half = len(noted) // 2
    return _packed(noted[:half]) + _packed(noted[half:])


def _to_json(noted: Noted) -> dict[str, Any]:
    said = {
        "at": noted.at, "source": noted.source, "sender": noted.sender, "verdict": noted.verdict.value,
        "reason": noted.reason, "detail": noted.detail, "field": noted.field, "deliveryId": noted.delivery_id,
        "attemptId": noted.attempt_id, "via": list(noted.via), "events": [_event_out(one) for one in noted.events],
    }  # fmt: skip
    return {key: value for key, value in said.items() if value}


def _from_json(said: Mapping[str, Any]) -> Noted:
    return Noted(
        at=said["at"],
        source=said["source"],
        sender=said["sender"],
        verdict=DeliveryVerdict(said["verdict"]),
        reason=said.get("reason"),
        detail=said.get("detail"),
        field=said.get("field"),
        delivery_id=said.get("deliveryId"),
        attempt_id=said.get("attemptId"),
        events=tuple(_event_in(one) for one in said.get("events", ())),
        via=tuple(said.get("via", ())),
    )


def _event_out(event: AnyEvent) -> list[str]:
    return [TYPES[type(event)].value, to_body(event), event.event_id, event.received_at, event.digest]


def _event_in(said: Sequence[str]) -> AnyEvent:
    kind, body, event_id, received_at, digest = said
    return from_body(EventType(kind), body, event_id=event_id, received_at=received_at, digest=digest)


def _cut(text: str | None, most: int) -> str | None:
    return text[:most].encode("utf-8", "replace").decode() if text else None


def _expiry(at: Instant) -> int:
    return epoch(at) + KEPT_DAYS * 24 * 3600
