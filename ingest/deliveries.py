"""What else the worker writes down, in `dashboard-events`: quarantine, sources heard from, heartbeats.

The dashboard browses these records, never the queue.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from data.aws import unavailable_if_away
from data.instants import epoch
from data.models import Instant
from data.tables import TTL_ATTRIBUTE, TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

QUARANTINE = "QUARANTINE"
SOURCE = "SOURCE"
HEARTBEAT = "HEARTBEAT"
KEPT_SECONDS = 30 * 24 * 3600
HEARTBEAT_KEPT_SECONDS = 24 * 3600
PIECE_BYTES = 350_000  # an item holds 400 KB


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that could not be stored, and why. `final` False: it is being tried for the last time."""

    message_id: str
    sent_at: Instant
    reason: str
    body: str
    receives: int
    source: str | None
    quarantined_at: Instant
    final: bool = True

    @property
    def sk(self) -> str:
        """The same for every time the same message is set aside."""
        return f"{self.sent_at}#{self.message_id}"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a worker said of itself; `tick_at` is when its loop last came round."""

    worker_id: str
    at: Instant
    tick_at: Instant
    said: Mapping[str, Any]


class Deliveries:
    """The worker's records. Every write may be repeated."""

    def __init__(self, client: "DynamoDBClient", tables: TableNames) -> None:
        self._client = client
        self._table = tables.events

    @unavailable_if_away
    def quarantine(self, record: Quarantined) -> None:
        """Keep the record with the message's whole body, in pieces where one item cannot hold it."""
        packed = gzip.compress(record.body.encode(), mtime=0)
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
    def heard(self, source: str, received_at: Instant) -> None:
        """Note the latest event of a source; an earlier one changes nothing."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item={"pk": {"S": SOURCE}, "sk": {"S": source}, "lastEventAt": {"S": received_at}},
                ConditionExpression="attribute_not_exists(pk) OR lastEventAt < :at",
                ExpressionAttributeValues={":at": {"S": received_at}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # another worker heard from it later

    @unavailable_if_away
    def sources(self) -> dict[str, Instant]:
        """When each source was last heard from."""
        return {item["sk"]["S"]: item["lastEventAt"]["S"] for item in self._all(SOURCE)}

    @unavailable_if_away
    def beat(self, heartbeat: Heartbeat) -> None:
        """Say that a worker is there."""
        item = {
            "at": {"S": heartbeat.at},
            "tickAt": {"S": heartbeat.tick_at},
            "said": {"S": orjson.dumps(dict(heartbeat.said)).decode()},
            TTL_ATTRIBUTE: {"N": str(epoch(heartbeat.at) + HEARTBEAT_KEPT_SECONDS)},
        }
        self._put(HEARTBEAT, heartbeat.worker_id, item)

    @unavailable_if_away
    def heartbeats(self, now: Instant) -> list[Heartbeat]:
        """Of the workers of the last day, the latest word of each, the most recent first."""
        oldest = epoch(now)
        found = [
            Heartbeat(i["sk"]["S"], i["at"]["S"], i["tickAt"]["S"], orjson.loads(i["said"]["S"]))
            for i in self._all(HEARTBEAT)
            if int(i[TTL_ATTRIBUTE]["N"]) > oldest
        ]
        return sorted(found, key=lambda heartbeat: heartbeat.at, reverse=True)

    @unavailable_if_away
    def retire(self, worker_id: str) -> None:
        """A worker that ended on purpose is not missed."""
        self._client.delete_item(TableName=self._table, Key={"pk": {"S": HEARTBEAT}, "sk": {"S": worker_id}})

    @unavailable_if_away
    def probe(self) -> None:
        """One cheap consistent read: returns where the table answers, else Unavailable."""
        key = {"pk": {"S": HEARTBEAT}, "sk": {"S": "probe"}}
        self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)

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
        return Quarantined(
            message_id=item["messageId"]["S"],
            sent_at=item["sentAt"]["S"],
            reason=item["reason"]["S"],
            body=gzip.decompress(packed).decode(),
            receives=int(item["receives"]["N"]),
            source=item["source"]["S"] if "source" in item else None,
            quarantined_at=item["quarantinedAt"]["S"],
            final=item["isFinal"]["BOOL"],
        )


def _piece_pk(sk: str) -> str:
    return f"{QUARANTINE}_BODY#{sk}"
