"""A DynamoDB client in memory: just the calls and conditions that writing uses, thousands of times faster.

What the product is held to on it is also run, fewer times, against a real HTTP emulator.
"""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, Any]
Key = tuple[str, str]


class MemoryDynamo:
    """Tables as dictionaries. `before` is called ahead of each request: to count, to kill, to change places."""

    def __init__(self, before: Callable[[str], None] = lambda name: None) -> None:
        self.tables: dict[str, dict[Key, Item]] = {}
        self.before = before

    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool = False) -> Item:  # noqa: N803
        assert ConsistentRead
        self.before("GetItem")
        item = self._table(TableName).get(_key(Key))
        return {"Item": deepcopy(item)} if item else {}

    def query(self, **request: Any) -> Item:
        assert request["ConsistentRead"]
        self.before("Query")
        values = request["ExpressionAttributeValues"]
        condition = request["KeyConditionExpression"]
        found = []
        for (pk, sk), item in sorted(self._table(request["TableName"]).items()):
            fits = pk == values[":pk"]["S"]
            if "BETWEEN" in condition:
                fits = fits and values[":a"]["S"] <= sk <= values[":b"]["S"]
            elif "begins_with" in condition:
                fits = fits and sk.startswith(values[":a"]["S"])
            if fits:
                found.append(deepcopy(item))
        if not request["ScanIndexForward"]:
            found.reverse()
        return {"Items": found[: request.get("Limit")]}

    def scan(self, *, TableName: str, ConsistentRead: bool) -> Item:  # noqa: N803
        return {"Items": [deepcopy(item) for item in self._table(TableName).values()]}

    def put_item(self, **request: Any) -> Item:
        self.before("PutItem")
        self._check(request, _key(request["Item"]))
        before = self._table(request["TableName"]).get(_key(request["Item"]))
        self._table(request["TableName"])[_key(request["Item"])] = deepcopy(request["Item"])
        return {"Attributes": before} if before and request.get("ReturnValues") == "ALL_OLD" else {}

    def delete_item(self, **request: Any) -> Item:
        self.before("DeleteItem")
        self._check(request, _key(request["Key"]))
        self._table(request["TableName"]).pop(_key(request["Key"]), None)
        return {}

    def batch_write_item(self, *, RequestItems: Mapping[str, list[Item]]) -> Item:  # noqa: N803
        for table, requests in RequestItems.items():
            for request in requests:  # a batch is no transaction: it may be cut off between any two
                self.before("BatchWriteItem")
                if "PutRequest" in request:
                    item = deepcopy(request["PutRequest"]["Item"])
                    self._table(table)[_key(item)] = item
                else:
                    self._table(table).pop(_key(request["DeleteRequest"]["Key"]), None)
        return {"UnprocessedItems": {}}

    def _table(self, name: str) -> dict[Key, Item]:
        return self.tables.setdefault(name, {})

    def _check(self, request: Mapping[str, Any], key: Key) -> None:
        expression = request.get("ConditionExpression")
        if expression is None:
            return
        item = self._table(request["TableName"]).get(key, {})
        names = request.get("ExpressionAttributeNames", {})
        values = request.get("ExpressionAttributeValues", {})
        if not holds(expression, item, names, values):
            answer: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
            if request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
                answer["Item"] = deepcopy(item)
            raise ClientError(answer, "PutItem")


def holds(expression: str, item: Item, names: Mapping[str, str], values: Mapping[str, Any]) -> bool:
    """Whether a condition of ANDs, ORs, comparisons and attribute_(not_)exists holds for an item."""

    def value(word: str) -> Any:
        held = values.get(word) if word.startswith(":") else item.get(names.get(word, word))
        return next(iter(held.values())) if held else None

    def term(match: re.Match[str]) -> str:
        if match["exists"]:
            return str((names.get(match["path"], match["path"]) in item) == (match["exists"] == "attribute_exists"))
        left, right = value(match["left"]), value(match["right"])
        if left is None or right is None:
            return "False"
        return str(left > right if match["op"] == ">" else left == right)

    pattern = r"(?P<exists>attribute_exists|attribute_not_exists)\((?P<path>[#\w]+)\)"
    pattern += r"|(?P<left>[:#\w]+) (?P<op>[=>]) (?P<right>[:#\w]+)"
    truth = re.sub(pattern, term, expression).replace("AND", "and").replace("OR", "or")
    assert re.fullmatch(r"[()\s]*((True|False|and|or)[()\s]*)+", truth), truth
    return bool(eval(truth))


def _key(item: Mapping[str, Any]) -> Key:
    return item["pk"]["S"], item["sk"]["S"]
