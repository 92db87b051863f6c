"""The few DynamoDB calls that writing needs: consistent reads, conditional puts, batches that always finish."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from data.aws import aws_errors, error_code
from data.codec import Item, text
from data.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

BATCH = 25
BATCH_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Change:
    """One write of a batch: an item to put, or (item None) a key to delete."""

    table: str
    pk: str
    sk: str
    item: Item | None = None

    @classmethod
    def put(cls, table: str, item: Item) -> "Change":
        return cls(table, item["pk"]["S"], item["sk"]["S"], item)

    @property
    def key(self) -> Item:
        return {"pk": text(self.pk), "sk": text(self.sk)}


@dataclass(frozen=True, slots=True)
class Condition:
    """Under which a put happens; `values` without the leading colon."""

    expression: str
    values: Mapping[str, Any]
    names: Mapping[str, str] | None = None


ABSENT = Condition("attribute_not_exists(pk)", {})


def as_seen(rev: str | None) -> Condition:
    """The item still is of the digest it was seen with (None = it was not there)."""
    return ABSENT if rev is None else Condition("rev = :rev", {"rev": text(rev)})


class Dynamo:
    """Reads and writes of whole items by key; AWS being away is Unavailable."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client: Any = client

    def get(self, table: str, pk: str, sk: str) -> Item | None:
        """The item, read consistently."""
        with aws_errors():
            answer = self._client.get_item(TableName=table, Key={"pk": text(pk), "sk": text(sk)}, ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item

    def query(
        self, table: str, pk: str, *, between: tuple[str, str] | None = None, prefix: str | None = None,
        newest_first: bool = False, limit: int | None = None,
    ) -> list[Item]:  # fmt: skip
        """All items of a partition (or range of it, or the first `limit`), read consistently."""
        condition, values = "pk = :pk", {":pk": text(pk)}
        if between:
            condition += " AND sk BETWEEN :a AND :b"
            values |= {":a": text(between[0]), ":b": text(between[1])}
        elif prefix:
            condition += " AND begins_with(sk, :a)"
            values[":a"] = text(prefix)
        request: dict[str, Any] = {
            "TableName": table, "KeyConditionExpression": condition, "ExpressionAttributeValues": values,
            "ConsistentRead": True, "ScanIndexForward": not newest_first,
        }  # fmt: skip
        found: list[Item] = []
        while True:
            if limit is not None:
                request["Limit"] = limit - len(found)
            with aws_errors():
                answer = self._client.query(**request)
            found += answer["Items"]
            last = answer.get("LastEvaluatedKey")
            if last:
                request["ExclusiveStartKey"] = last
            if not last or (limit is not None and len(found) >= limit):
                return found

    def put(self, table: str, item: Item, condition: Condition | None = None) -> bool:
        """Put the item; False where the condition did not hold."""
        return self._if(self._client.put_item, {"TableName": table, "Item": item}, condition)

    def put_over(self, table: str, item: Item, condition: Condition) -> Item | None:
        """Put the item if the condition holds; what stood there before, whether it was replaced or stays."""
        request = _conditional({"TableName": table, "Item": item}, condition) | {
            "ReturnValues": "ALL_OLD", "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }  # fmt: skip
        try:
            with aws_errors():
                before: Item | None = self._client.put_item(**request).get("Attributes")
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise
            before = error.response.get("Item") or item  # type: ignore[assignment]  # boto3 leaves it out
        return before

    def delete(self, table: str, item: Item, condition: Condition | None = None) -> bool:
        """Delete the item of this one's key; False where the condition did not hold."""
        key = {"pk": item["pk"], "sk": item["sk"]}
        return self._if(self._client.delete_item, {"TableName": table, "Key": key}, condition)

    @staticmethod
    def _if(call: Callable[..., Any], request: dict[str, Any], condition: Condition | None) -> bool:
        if condition:
            request = _conditional(request, condition)
        try:
            with aws_errors():
                call(**request)
        except ClientError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def write(self, changes: Iterable[Change]) -> None:
        """Write all changes in batches; of several changes to one key the last holds."""
        last = {(change.table, change.pk, change.sk): change for change in changes}
        todo = list(last.values())
        for start in range(0, len(todo), BATCH):
            self._write_batch(todo[start : start + BATCH])

    def _write_batch(self, changes: Sequence[Change]) -> None:
        requests: dict[str, list[Any]] = {}
        for change in changes:
            request = {"PutRequest": {"Item": change.item}} if change.item else {"DeleteRequest": {"Key": change.key}}
            requests.setdefault(change.table, []).append(request)
        for again in range(BATCH_ROUNDS):
            with aws_errors():
                answer = self._client.batch_write_item(RequestItems=requests)
            requests = answer.get("UnprocessedItems") or {}
            if not requests:
                return
            time.sleep(min(0.05 * 2**again, 2.0))
        raise Unavailable(f"{sum(map(len, requests.values()))} items stayed unprocessed")

    def scan(self, table: str) -> Iterable[Item]:
        """Every item of a table; for offline jobs alone, never on a request."""
        request: dict[str, Any] = {"TableName": table, "ConsistentRead": True}
        while True:
            with aws_errors():
                answer = self._client.scan(**request)
            yield from answer["Items"]
            if not answer.get("LastEvaluatedKey"):
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _conditional(request: dict[str, Any], condition: Condition) -> dict[str, Any]:
    """The request under its condition."""
    request["ConditionExpression"] = condition.expression
    if condition.values:
        request["ExpressionAttributeValues"] = {f":{name}": value for name, value in condition.values.items()}
    if condition.names:
        request["ExpressionAttributeNames"] = dict(condition.names)
    return request
