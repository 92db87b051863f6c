"""What alerts fired, how far each got on its channels, and where rules on metrics stand: in `dashboard-events`.

An alert is kept once however often it is found: its key is put first and names its place in the list, then the
list's item, then what is to be sent. Each step may be repeated: what the list shows as pending is due.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from data.alert_models import Alert, Delivered, Fired, Sent, Standing, alert_body, to_alert
from data.aws import unavailable_if_away
from data.codec import Item, number, text
from data.cursors import Cursors, query_text
from data.dynamo import ABSENT, Condition, Dynamo
from data.errors import NotFound
from data.instants import add, epoch
from data.models import EVERYTHING, Instant, Page, Scope
from data.tables import TTL_ATTRIBUTE, TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

ALERTS = "ALERTS"
DUE = "ALERT_DUE"
STANDING = "ALERT_STANDING"
KEY = "ALERT#"
KEPT_SECONDS = 30 * 24 * 3600
LEASE_SECONDS = 60.0  # longer than one try takes; who took it and died is followed by another
FIRST_BACKOFF, LAST_BACKOFF = 15.0, 3600.0
GIVEN_UP_AFTER_SECONDS = 24 * 3600.0
MOST_READ = 1000  # of what is due, in one look
MOST_PAGES = 10


@dataclass(frozen=True, slots=True)
class Due:
    """An alert that is still to be sent on one channel; `due_at` is when it is tried next."""

    alert: Alert
    channel: str
    place: str  # sort key in the list
    fired_at: Instant
    due_at: Instant
    tries: int

    @property
    def sk(self) -> str:
        """Its sort key among what is due."""
        return f"{self.place}#{self.channel}"


class AlertBook:
    """Keeps alerts. Every write may be repeated; Unavailable where the table is away."""

    def __init__(self, client: "DynamoDBClient", tables: TableNames) -> None:
        self._client: Any = client
        self._dynamo = Dynamo(client)
        self._table = tables.events

    def fire(self, alert: Alert, now: Instant) -> bool:
        """Keep an alert and have it sent on its channels; False where it was kept before."""
        place = self._place(alert, now)
        fired_at = place.partition("#")[0]
        first = self._dynamo.put(self._table, _listed_item(alert, place, fired_at), ABSENT)
        for channel in alert.to if first else self._pending(place):
            self._dynamo.put(self._table, _due_item(Due(alert, channel, place, fired_at, fired_at, 0)), ABSENT)
        return first

    def get(self, key: str) -> Fired:
        """The alert of that key; NotFound."""
        sign = self._dynamo.get(self._table, f"{KEY}{key}", "PLACE")
        item = self._dynamo.get(self._table, ALERTS, sign["place"]["S"]) if sign else None
        if item is None:
            raise NotFound("there is no such alert")
        return _fired(item)

    def due(self, now: Instant) -> list[Due]:
        """What is to be sent by now, the earliest fired first."""
        found = self._dynamo.query(self._table, DUE, limit=MOST_READ)
        return [one for one in map(_due, found) if one.due_at <= now]

    def take(self, due: Due, now: Instant) -> bool:
        """Whether it is ours to try: nobody else will for a minute."""
        taken = Due(due.alert, due.channel, due.place, due.fired_at, add(now, LEASE_SECONDS), due.tries + 1)
        held = Condition("dueAt = :seen", {"seen": text(due.due_at)})
        return self._dynamo.put(self._table, _due_item(taken), held)

    def delivered(self, due: Due, now: Instant) -> None:
        """It arrived."""
        self._mark(due, Delivered(Sent.DELIVERED, now, due.tries + 1))
        self._dynamo.delete(self._table, _due_item(due))

    def failed(self, due: Due, reason: str, now: Instant) -> None:
        """It did not arrive: it is tried again, less and less often, for a day."""
        tries = due.tries + 1
        if epoch(now) - epoch(due.fired_at) >= GIVEN_UP_AFTER_SECONDS:
            self._mark(due, Delivered(Sent.GIVEN_UP, now, tries, reason))
            self._dynamo.delete(self._table, _due_item(due))
            return
        self._mark(due, Delivered(Sent.PENDING, now, tries, reason))
        wait = min(FIRST_BACKOFF * 2 ** min(tries - 1, 20), LAST_BACKOFF)
        again = Due(due.alert, due.channel, due.place, due.fired_at, add(now, wait), tries)
        self._dynamo.put(self._table, _due_item(again))

    def page(
        self, scope: Scope, cursors: Cursors, limit: int, rule_id: str | None = None, cursor: str | None = None
    ) -> Page[Fired]:  # fmt: skip
        """What fired in the last thirty days, newest first. A request reads a bounded number of items."""
        query = query_text(ALERTS, {"rule": rule_id}, scope)
        after = cursors.open(query, cursor).get(ALERTS) if cursor else None
        found: list[Fired] = []
        for _ in range(MOST_PAGES):
            items, after = self._newest_first(after, limit - len(found))
            every = map(_fired, items)
            found += [one for one in every if rule_id in (None, one.alert.rule_id) and within(scope, one.alert)]
            if after is None or len(found) >= limit:
                break
        return Page(found, cursors.seal(query, {ALERTS: after}) if after else None)

    def standings(self) -> dict[str, Standing]:
        """Where each rule on a metric stands, by rule."""
        return {item["sk"]["S"]: _standing(item) for item in self._dynamo.query(self._table, STANDING)}

    def stand(self, rule_id: str, standing: Standing, was: Standing | None) -> bool:
        """Note a step; False where another process noted one first."""
        item: Item = {
            "pk": text(STANDING), "sk": text(rule_id), "firing": {"BOOL": standing.firing},
            "since": text(standing.since), "value": number(standing.value), "changes": number(standing.number),
        }  # fmt: skip
        held = ABSENT if was is None else Condition("changes = :seen", {"seen": number(was.number)})
        return self._dynamo.put(self._table, item, held)

    def _place(self, alert: Alert, now: Instant) -> str:
        """Where the alert stands in the list: where it was first put, whoever found it first."""
        place = f"{now}#{alert.key}"
        sign = {"pk": text(f"{KEY}{alert.key}"), "sk": text("PLACE"), "place": text(place)} | _expiry(now)
        if self._dynamo.put(self._table, sign, ABSENT):
            return place
        held = self._dynamo.get(self._table, f"{KEY}{alert.key}", "PLACE")
        return held["place"]["S"] if held else place

    def _pending(self, place: str) -> list[str]:
        """The channels on which a listed alert has not arrived: they may have been cut off before they were due."""
        item = self._dynamo.get(self._table, ALERTS, place)
        channels = _fired(item).channels if item else {}
        return [name for name, said in channels.items() if said.state is Sent.PENDING]

    @unavailable_if_away
    def _mark(self, due: Due, said: Delivered) -> None:
        """Show in the list how far it got; an item that is no longer there is not made by this."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"pk": text(ALERTS), "sk": text(due.place)},
                UpdateExpression="SET channels.#channel = :said",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames={"#channel": due.channel},
                ExpressionAttributeValues={":said": text(_delivered_text(said))},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    @unavailable_if_away
    def _newest_first(
        self, after: tuple[str, str] | None, limit: int
    ) -> tuple[list[Item], tuple[str, str] | None]:  # fmt: skip
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": text(ALERTS)},
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if after:
            request["ExclusiveStartKey"] = {"pk": text(after[0]), "sk": text(after[1])}
        answer = self._client.query(**request)
        last = answer.get("LastEvaluatedKey")
        return answer["Items"], (last["pk"]["S"], last["sk"]["S"]) if last else None


def within(scope: Scope, alert: Alert) -> bool:
    """Whether a scope allows an alert; one that is about no single place is for those who may see everything."""
    if scope == EVERYTHING:
        return True
    if alert.cluster_id is None or alert.service_id is None:
        return False
    return scope.allows(alert.cluster_id, alert.service_id)


def _expiry(now: Instant) -> Item:
    return {TTL_ATTRIBUTE: {"N": str(epoch(now) + KEPT_SECONDS)}}


def _due_item(due: Due) -> Item:
    return {
        "pk": text(DUE), "sk": text(due.sk), "body": text(orjson.dumps(alert_body(due.alert)).decode()),
        "channel": text(due.channel), "place": text(due.place), "firedAt": text(due.fired_at),
        "dueAt": text(due.due_at), "tries": number(due.tries),
    } | _expiry(due.fired_at)  # fmt: skip


def _due(item: Mapping[str, Any]) -> Due:
    return Due(
        to_alert(orjson.loads(item["body"]["S"])), item["channel"]["S"], item["place"]["S"], item["firedAt"]["S"],
        item["dueAt"]["S"], int(item["tries"]["N"]),
    )  # fmt: skip


def _listed_item(alert: Alert, place: str, fired_at: Instant) -> Item:
    pending = {channel: text(_delivered_text(Delivered(Sent.PENDING))) for channel in alert.to}
    item: Item = {
        "pk": text(ALERTS), "sk": text(place), "body": text(orjson.dumps(alert_body(alert)).decode()),
        "firedAt": text(fired_at), "channels": {"M": pending},
    }  # fmt: skip
    return item | _expiry(fired_at)


def _fired(item: Mapping[str, Any]) -> Fired:
    channels = {name: _delivered(said["S"]) for name, said in item["channels"]["M"].items()}
    return Fired(to_alert(orjson.loads(item["body"]["S"])), item["firedAt"]["S"], dict(sorted(channels.items())))


def _delivered_text(said: Delivered) -> str:
    return orjson.dumps([said.state.value, said.at, said.tries, said.reason]).decode()


def _delivered(said: str) -> Delivered:
    state, at, tries, reason = orjson.loads(said)
    return Delivered(Sent(state), at, tries, reason)


def _standing(item: Mapping[str, Any]) -> Standing:
    return Standing(
        item["firing"]["BOOL"], item["since"]["S"], float(item["value"]["N"]), int(item["changes"]["N"])
    )  # fmt: skip
