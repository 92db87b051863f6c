"""Quarantine records in `dashboard-events`: why a message could not be stored, its body, and what was done about it.

The dashboard browses these records, never the queue.
"""

import gzip
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from data.aws import unavailable_if_away
from data.cursors import Position
from data.errors import NotFound
from data.instants import epoch
from data.models import Instant
from data.tables import TTL_ATTRIBUTE, TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

QUARANTINE = "QUARANTINE"
AUDIT = "AUDIT"
KEPT_SECONDS = 30 * 24 * 3600
PIECE_BYTES = 350_000  # an item holds 400 KB
MOST_READS = 20
# All but the body, of which a page may hold many and large ones.
LISTED = (
    "pk, sk, messageId, sentAt, quarantinedAt, reason, receives, isFinal, #source, passing, replays, "
    "#state, settledBy, settledAt"
)


class State(StrEnum):
    """What was done about a record."""

    OPEN = "open"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


class Action(StrEnum):
    """What somebody did, as the audit keeps it."""

    REPLAYED = "replayed"
    EDITED = "edited and replayed"
    DISCARDED = "discarded"
    TESTED_ALERT = "tested an alert"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that could not be stored, and why. `final` False: it is being tried for the last time.

    `passing`: the reason was an outage or the like, so that the same message may be stored another time. `body` is
    empty in lists.
    """

    message_id: str
    sent_at: Instant
    reason: str
    body: str
    receives: int
    source: str | None
    quarantined_at: Instant
    final: bool = True
    passing: bool = False
    replays: int = 0  # how often it was put on the queue again before
    state: State = State.OPEN
    settled_by: str | None = None
    settled_at: Instant | None = None

    @property
    def sk(self) -> str:
        """The same for every time the same message is set aside."""
        return f"{self.sent_at}#{self.message_id}"

    @property
    def id(self) -> str:
        """What names the record outside: fit for an address."""
        return f"{self.sent_at}~{self.message_id}"


@dataclass(frozen=True, slots=True)
class Audited:
    """Who did what about which record, or rule of alerts."""

    at: Instant
    by: str
    action: Action
    record_id: str
    reason: str  # why the message had been set aside; the name of the rule


class QuarantineRecords:
    """The records. Every write may be repeated."""

    def __init__(self, client: "DynamoDBClient", tables: TableNames) -> None:
        self._client = client
        self._table = tables.events

    @unavailable_if_away
    def quarantine(self, record: Quarantined) -> None:
        """Keep the record with the message's whole body, in pieces where one item cannot hold it."""
        packed = gzip.compress(record.body.encode("utf-8", "replace"), mtime=0)
        pieces = [packed[at : at + PIECE_BYTES] for at in range(0, len(packed), PIECE_BYTES)]
        expires = {TTL_ATTRIBUTE: {"N": str(epoch(record.quarantined_at) + KEPT_SECONDS)}}
        for number, piece in enumerate(pieces[1:], start=2):
            self._put(_piece_pk(record.sk), str(number), {"body": {"B": piece}} | expires)
        item = {
            "messageId": {"S": record.message_id},
            "sentAt": {"S": record.sent_at},
            "quarantinedAt": {"S": record.quarantined_at},
            "reason": {"S": record.reason[:2000]},
            "receives": {"N": str(record.receives)},
            "isFinal": {"BOOL": record.final},
            "passing": {"BOOL": record.passing},
            "replays": {"N": str(record.replays)},
            "pieces": {"N": str(len(pieces))},
            "body": {"B": pieces[0]},
        }
        if record.source:
            item["source"] = {"S": record.source[:200]}
        self._put(QUARANTINE, record.sk, item | expires)

    @unavailable_if_away
    def release(self, record: Quarantined) -> None:
        """Forget a record that was made in case, when its message was stored after all."""
        self._client.delete_item(
            TableName=self._table,
            Key={"pk": {"S": QUARANTINE}, "sk": {"S": record.sk}},
            ConditionExpression="attribute_not_exists(pk) OR isFinal = :no",
            ExpressionAttributeValues={":no": {"BOOL": False}},
        )

    @unavailable_if_away
    def quarantined(self, limit: int = 50) -> list[Quarantined]:
        """The newest records, bodies included."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": QUARANTINE}},
            ScanIndexForward=False,
            Limit=limit,
        )
        return [self._record(item) for item in answer["Items"]]

    @unavailable_if_away
    def quarantine_page(
        self, after: Position | None, limit: int, state: State | None = None
    ) -> tuple[list[Quarantined], Position | None]:
        """The newest records after a position, without bodies; and where to go on, None at the end."""
        request: dict[str, Any] = {
            "ProjectionExpression": LISTED,
            "ExpressionAttributeNames": {"#source": "source", "#state": "state"},
        }
        found: list[Quarantined] = []
        for _ in range(MOST_READS):
            items, after = self._newest_first(QUARANTINE, after, limit - len(found), request)
            records = (_listed(item) for item in items)
            found += [record for record in records if state in (None, record.state)]
            if after is None or len(found) >= limit:
                break
        return found, after

    @unavailable_if_away
    def quarantine_record(self, record_id: str) -> Quarantined:
        """A record with its body; NotFound."""
        sent_at, _, message_id = record_id.partition("~")
        key = {"pk": {"S": QUARANTINE}, "sk": {"S": f"{sent_at}#{message_id}"[:500]}}
        item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        if item is None:
            raise NotFound("no such quarantine record")
        return self._record(item)

    @unavailable_if_away
    def settle(self, record: Quarantined, state: State, by: str, at: Instant) -> None:
        """Say what was done about a record; one that is gone meanwhile stays gone."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": QUARANTINE}, "sk": {"S": record.sk}},
                UpdateExpression="SET #state = :state, settledBy = :by, settledAt = :at",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={":state": {"S": state.value}, ":by": {"S": by}, ":at": {"S": at}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # its message was stored after all

    @unavailable_if_away
    def audit(self, said: Audited) -> None:
        """Keep who did what."""
        self._put(AUDIT, f"{said.at}#{said.record_id}#{said.action.value}", {
            "by": {"S": said.by},
            "action": {"S": said.action.value},
            "recordId": {"S": said.record_id},
            "reason": {"S": said.reason[:500]},
            TTL_ATTRIBUTE: {"N": str(epoch(said.at) + KEPT_SECONDS)},
        })  # fmt: skip

    @unavailable_if_away
    def audit_page(self, after: Position | None, limit: int) -> tuple[list[Audited], Position | None]:
        """The latest actions after a position; and where to go on, None at the end."""
        items, after = self._newest_first(AUDIT, after, limit, {})
        return [_audited(item) for item in items], after

    def _newest_first(
        self, pk: str, after: Position | None, limit: int, more: dict[str, Any]
    ) -> tuple[list[dict[str, Any]], Position | None]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}},
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if after:
            request["ExclusiveStartKey"] = {"pk": {"S": after[0]}, "sk": {"S": after[1]}}
        answer = self._client.query(**request, **more)
        last = answer.get("LastEvaluatedKey")
        return list(answer["Items"]), (last["pk"]["S"], last["sk"]["S"]) if last else None

    def _put(self, pk: str, sk: str, item: dict[str, Any]) -> None:
        self._client.put_item(TableName=self._table, Item={"pk": {"S": pk}, "sk": {"S": sk}} | item)

    def _all(self, pk: str) -> list[dict[str, Any]]:
        """A small partition, read whole."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
        )
        return [item for page in pages for item in page["Items"]]

    def _record(self, item: dict[str, Any]) -> Quarantined:
        packed = item["body"]["B"]
        if int(item["pieces"]["N"]) > 1:
            rest = sorted(self._all(_piece_pk(item["sk"]["S"])), key=lambda piece: int(piece["sk"]["S"]))
            packed = b"".join([packed, *(piece["body"]["B"] for piece in rest)])
        return _listed(item, gzip.decompress(packed).decode())


def _listed(item: dict[str, Any], body: str = "") -> Quarantined:
    return Quarantined(
        message_id=item["messageId"]["S"],
        sent_at=item["sentAt"]["S"],
        reason=item["reason"]["S"],
        body=body,
        receives=int(item["receives"]["N"]),
        source=_text(item, "source"),
        quarantined_at=item["quarantinedAt"]["S"],
        final=item["isFinal"]["BOOL"],
        passing=item["passing"]["BOOL"] if "passing" in item else False,
        replays=int(item["replays"]["N"]) if "replays" in item else 0,
        state=State(_text(item, "state") or State.OPEN),
        settled_by=_text(item, "settledBy"),
        settled_at=_text(item, "settledAt"),
    )


def _audited(item: dict[str, Any]) -> Audited:
    at = item["sk"]["S"].split("#", 1)[0]
    action = Action(item["action"]["S"])
    return Audited(at, item["by"]["S"], action, item["recordId"]["S"], item["reason"]["S"])


def _text(item: dict[str, Any], name: str) -> str | None:
    return item[name]["S"] if name in item else None


def _piece_pk(sk: str) -> str:
    return f"{QUARANTINE}_BODY#{sk}"
