"""Snapshots of the score card, kept: the table, the archive's copy, and the mark of the weekly digest.

Written by the scheduled job alone. Writing a day again puts the same items in place, and takes out services that
day's card no longer has.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from data import keys, scorecard_items
from data.aws import unavailable_if_away
from data.codec import Item, number, text
from data.dynamo import Change, Condition, Dynamo
from data.instants import to_instant
from data.models import Day
from data.scorecard_views import Card, Standing
from data.tables import TTL_ATTRIBUTE, TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client

DIGEST_KEPT = timedelta(days=400)
ABANDONED = timedelta(minutes=15)  # a digest that was begun so long ago was never sent
Clock = Callable[[], datetime]


class Snapshots:
    """The table. Unavailable where DynamoDB is."""

    def __init__(self, client: "DynamoDBClient", tables: TableNames, clock: Clock) -> None:
        self._dynamo = Dynamo(client)
        self._table = tables.scorecards
        self._clock = clock

    def write(self, found: Card) -> None:
        """Keep the card as its day's snapshot."""
        here = {one.service_id for one in found.services} | {keys.SCORE_RULES}
        pk = keys.score_day_pk(found.day)
        gone = [item["sk"]["S"] for item in self._dynamo.query(self._table, pk) if item["sk"]["S"] not in here]
        items = scorecard_items.items(found)
        self._dynamo.write([Change.put(self._table, item) for item in items[:-2]])
        for item in items[-2:]:  # who finds the rules finds all services, who finds the levels finds both
            self._dynamo.put(self._table, item)
        self._dynamo.write(
            [Change(self._table, pk, one) for one in gone]
            + [Change(self._table, keys.score_service_pk(one), found.day) for one in gone]
        )

    def days(self, first: Day, last: Day) -> list[Day]:
        """The days of the range that have a snapshot."""
        return list(read_levels(self._dynamo, self._table, first, last, self._now()))

    def card(self, day: Day) -> Card | None:
        """The snapshot of a day."""
        return read_card(self._dynamo, self._table, day, self._now())

    def begin_digest(self, week: str) -> bool:
        """Whether the week's digest is now ours to send: nobody has sent it, and nobody is at it."""
        now = self._clock()
        item = self._digest(week, "begun", now)
        old = {"begun": text("begun"), "abandoned": text(to_instant(now - ABANDONED))}
        free = Condition("attribute_not_exists(pk) OR (#state = :begun AND #at < :abandoned)", old, NAMES)
        return self._dynamo.put(self._table, item, free)

    def end_digest(self, week: str, outcome: str) -> None:
        """Note what became of it: it is not sent again."""
        self._dynamo.put(self._table, self._digest(week, outcome, self._clock()))

    def give_up_digest(self, week: str) -> None:
        """It could not be sent: the next run may try."""
        begun = Condition("#state = :begun", {"begun": text("begun")}, {"#state": "state"})
        self._dynamo.delete(self._table, self._digest(week, "begun", self._clock()), begun)

    def _digest(self, week: str, state: str, now: datetime) -> Item:
        return {
            "pk": text(keys.SCORE_DIGEST), "sk": text(week), "state": text(state), "at": text(to_instant(now)),
            TTL_ATTRIBUTE: number(int((now + DIGEST_KEPT).timestamp())),
        }  # fmt: skip

    def _now(self) -> int:
        return int(self._clock().timestamp())


NAMES = {"#state": "state", "#at": "at"}


def read_card(dynamo: Dynamo, table: str, day: Day, now: int) -> Card | None:
    """The snapshot of a day; None where there is none (any more)."""
    found = dynamo.query(table, keys.score_day_pk(day))
    return scorecard_items.card_from(day, (item for item in found if int(item[TTL_ATTRIBUTE]["N"]) > now))


def read_levels(dynamo: Dynamo, table: str, first: Day, last: Day, now: int) -> dict[Day, dict[str, Standing]]:
    """By day and service id, how services stood; days without a snapshot are not there."""
    found = dynamo.query(table, keys.SCORE_LEVELS, between=(first, last))
    return {
        item["sk"]["S"]: scorecard_items.levels_from(item) for item in found if int(item[TTL_ATTRIBUTE]["N"]) > now
    }


class ScorecardFiles:
    """The archive's copies: one JSON file a day."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @unavailable_if_away
    def write(self, found: Card) -> str:
        """Put the day's file; its key."""
        key = scorecard_items.object_key(found.day)
        body = scorecard_items.document(found)
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/json")
        return key
