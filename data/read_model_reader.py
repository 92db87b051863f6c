"""Every read of the read model's table: whole clusters when loading, named items when refreshing.

Strongly consistent: the writer puts CHANGE after the items, so who sees the entry also sees what it names.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from data import codec, keys
from data.aws import aws_errors, unavailable_if_away
from data.catalog import CatalogStore
from data.catalog_models import Catalog
from data.changes import Change, minutes, to_change
from data.current import to_current
from data.days import to_pair_day
from data.errors import Unavailable
from data.models import (
    Current,
    Day,
    Incident,
    Instant,
    PairDay,
    PairDayKey,
    Retirement,
)
from data.standing_folds import is_retirement, retired, to_retirement
from data.tables import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

MOST_INCIDENTS = 500  # of a service: one Query
BATCH = 100  # BatchGetItem takes no more
TRIES = 8
FIRST_WAIT_SEC = 0.05


class ReadModelReader:
    """Reads catalog, CURRENT, DAY and CHANGE for one process. Unavailable where DynamoDB is."""

    def __init__(
        self, client: "DynamoDBClient", tables: TableNames, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._table = tables.read_model
        self._events = tables.events
        self._catalog = CatalogStore(client, tables)
        self._sleep = sleep

    def catalog(self) -> Catalog:
        """The catalog as it is now."""
        return self._catalog.load()

    @unavailable_if_away
    def cluster_currents(self, cluster_id: str) -> list[Current]:
        """CURRENT of every pair of a cluster."""
        return _currents(self._query(keys.current_pk(cluster_id)))

    def cluster_days(self, cluster_id: str, first: Day) -> Iterator[PairDay]:
        """Every DAY of a cluster from `first` on, one after another: all at once would take many times the room."""
        with aws_errors():
            items = self._query(
                keys.day_pk(cluster_id),
                FilterExpression="#day >= :first OR attribute_not_exists(summary)",
                ExpressionAttributeNames={"#day": "day"},
                values={":first": {"S": first}},
            )
            day: list[codec.Item] = []
            for item in items:
                if "summary" in item:
                    yield from _whole(day)
                    day = [item]
                elif day and item["sk"]["S"].startswith(f"{day[0]['sk']['S']}#"):  # what did not fit follows
                    day.append(item)
            yield from _whole(day)

    @unavailable_if_away
    def changes(self, since: Instant, until: Instant) -> list[Change]:
        """What was written from `since` to the end of `until`'s minute, oldest first."""
        found = []
        for minute in minutes(since, until):
            items = self._query(
                keys.change_pk(minute), " AND sk >= :since", values={":since": {"S": since}},
                ProjectionExpression="sk",
            )  # fmt: skip
            found += [change for item in items if (change := to_change(item["sk"]["S"]))]
        return found

    @unavailable_if_away
    def currents(self, pairs: Iterable[tuple[str, str]]) -> list[Current]:
        """CURRENT of the named pairs; those that have none are left out."""
        wanted = [
            (keys.current_pk(cluster), sk) for cluster, service in pairs for sk in (service, keys.retired_sk(service))
        ]
        return _currents(self._get(wanted))

    @unavailable_if_away
    def incidents(self, service_ids: Iterable[str], first: Day) -> dict[str, list[Incident]]:
        """The newest incidents of these services from `first` on, oldest first; services without any are left out."""
        found = {}
        for service_id in service_ids:
            answer = self._client.query(
                TableName=self._events,
                KeyConditionExpression="pk = :pk AND sk >= :first",
                ExpressionAttributeValues={":pk": {"S": keys.incidents_of(service_id)}, ":first": {"S": first}},
                ScanIndexForward=False,
                Limit=MOST_INCIDENTS,
                ConsistentRead=True,
            )
            items = cast(list[codec.Item], answer["Items"])
            if items:
                found[service_id] = [codec.to_incident(item) for item in reversed(items)]
        return found

    @unavailable_if_away
    def days(self, named: Collection[PairDayKey]) -> list[PairDay]:
        """The named days; those that have no item are left out."""
        items = list(self._get([_day_key(key) for key in named]))
        further = [(_place(item), _places_of_more(item)) for item in items]
        parts = {_place(item): item for item in self._get([place for _, places in further for place in places])}
        more = {place: [parts[one] for one in places if one in parts] for place, places in further}
        return [to_pair_day(item, more=more[_place(item)]) for item in items]

    def _query(
        self, pk: str, also: str = "", *, values: dict[str, Any] | None = None, **rest: Any
    ) -> Iterator[codec.Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=f"pk = :pk{also}",
            ExpressionAttributeValues={":pk": {"S": pk}} | (values or {}),
            ConsistentRead=True,
            **rest,
        )
        for page in pages:
            yield from cast(list[codec.Item], page["Items"])

    def _get(self, wanted: Sequence[tuple[str, str]]) -> Iterator[codec.Item]:
        for at in range(0, len(wanted), BATCH):
            named = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in wanted[at : at + BATCH]]
            yield from self._get_batch({"Keys": named, "ConsistentRead": True})

    def _get_batch(self, request: dict[str, Any]) -> Iterator[codec.Item]:
        """One batch to its end: what DynamoDB left unprocessed is asked again, a bounded number of times."""
        wait = FIRST_WAIT_SEC
        for _ in range(TRIES):
            answer = self._client.batch_get_item(RequestItems={self._table: request})  # type: ignore[dict-item]
            yield from cast(list[codec.Item], answer["Responses"].get(self._table, []))
            left = answer.get("UnprocessedKeys", {}).get(self._table)
            if not left:
                return
            request = dict(left)
            self._sleep(wait)
            wait *= 2
        raise Unavailable(f"BatchGetItem left keys unprocessed after {TRIES} tries")


def _currents(items: Iterable[codec.Item]) -> list[Current]:
    """The states among these items, each with its pair's retirement taken into account."""
    currents: list[Current] = []
    gone: dict[tuple[str, str], Retirement] = {}
    for item in items:
        if is_retirement(item):
            retirement = to_retirement(item)
            gone[retirement.cluster_id, retirement.service_id] = retirement
        else:
            currents.append(to_current(item))
    return [retired(one, gone.get((one.cluster_id, one.service_id))) for one in currents]


def _whole(day: Sequence[codec.Item]) -> Iterator[PairDay]:
    """The day of its items, of which there may be more than it says, or none."""
    if day:
        yield to_pair_day(day[0], more=day[1 : int(day[0]["parts"]["N"])])


def _place(item: codec.Item) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _places_of_more(item: codec.Item) -> list[tuple[str, str]]:
    """Where a day goes on that did not fit into one item."""
    pk, sk = _place(item)
    return [(pk, f"{sk}#{part}") for part in range(2, int(item["parts"]["N"]) + 1)]


def _day_key(key: PairDayKey) -> tuple[str, str]:
    cluster_id, service_id, day = key
    return keys.day_pk(cluster_id), keys.day_sk(service_id, day)
