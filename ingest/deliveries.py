"""What else the worker writes down, in `dashboard-events`: quarantine, sources heard from, heartbeats."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from data.aws import unavailable_if_away
from data.instants import epoch
from data.models import Instant
from data.tables import TTL_ATTRIBUTE
from ingest.quarantine_records import KEPT_SECONDS, QuarantineRecords

SOURCE = "SOURCE"
HEARTBEAT = "HEARTBEAT"
HEARTBEAT_KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What a worker said of itself; `tick_at` is when its loop last came round."""

    worker_id: str
    at: Instant
    tick_at: Instant
    said: Mapping[str, Any]


class Deliveries(QuarantineRecords):
    """The worker's records. Every write may be repeated."""

    @unavailable_if_away
    def heard(self, source: str, received_at: Instant) -> None:
        """Note the latest event of a source; an earlier one changes nothing."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item={
                    "pk": {"S": SOURCE},
                    "sk": {"S": source},
                    "lastEventAt": {"S": received_at},
                    TTL_ATTRIBUTE: {"N": str(epoch(received_at) + KEPT_SECONDS)},
                },
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
