"""How far the demo has been told: one item, so that a later start knows what is still to be told."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from data.dynamo import Condition, Dynamo
from data.tables import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

PK = "DEMO"
MARK = "MARK"
IMPORT = "IMPORT"


@dataclass(frozen=True, slots=True)
class Import:
    """A bulk import that was begun: repeated with the same values it writes the same items."""

    now: datetime
    days: int


class Marks:
    """The demo's items in the table of events."""

    def __init__(self, client: "DynamoDBClient", tables: TableNames) -> None:
        self._dynamo = Dynamo(client)
        self._table = tables.events

    def told_until(self) -> datetime | None:
        """Everything up to here was told; None before the past is in."""
        item = self._dynamo.get(self._table, PK, MARK)
        return _moment(item["at"]["N"]) if item else None

    def move(self, until: datetime) -> None:
        """Everything up to `until` was told; the mark never goes back."""
        at = {"N": str(int(until.timestamp()))}
        item = {"pk": {"S": PK}, "sk": {"S": MARK}, "at": at}
        ahead = Condition("attribute_not_exists(pk) OR #at < :at", {"at": at}, {"#at": "at"})
        self._dynamo.put(self._table, item, ahead)

    def begin_import(self, wanted: Import) -> Import:
        """Note the import that begins; where one was begun before and not finished, that one is to be repeated."""
        begun = self._dynamo.get(self._table, PK, IMPORT)
        if begun:
            return Import(_moment(begun["at"]["N"]), int(begun["days"]["N"]))
        now, days = {"N": str(int(wanted.now.timestamp()))}, {"N": str(wanted.days)}
        self._dynamo.put(self._table, {"pk": {"S": PK}, "sk": {"S": IMPORT}, "at": now, "days": days})
        return wanted


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
