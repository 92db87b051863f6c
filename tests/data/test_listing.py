"""The bounded reading by itself: the requests it makes, and D08 at its full size on a partition in memory."""

import bisect
from typing import Any

import pytest

from data import codec
from data.cursors import Position
from data.instants import add
from data.listing import READ_LIMIT, Listing, equal_to, narrowed, position, read, request
from tests.facts import an_attempt, at

LISTING = Listing("attempts", "mira#authn")
BY_STATUS = Listing("attempts", "FAILED", "status", "startedAt", "byStatus")
NOW = 1_000


class Partition:
    """One partition that answers as DynamoDB does: in key order, at most so many, after a given key."""

    def __init__(self, rows: list[codec.Item]) -> None:
        self.rows = {row["sk"]["S"]: row for row in rows}
        self.order = sorted(self.rows)
        self.asked: list[int] = []

    def insert(self, row: codec.Item) -> None:
        self.rows[row["sk"]["S"]] = row
        bisect.insort(self.order, row["sk"]["S"])

    def query(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked["Limit"])
        start = asked.get("ExclusiveStartKey")
        end = bisect.bisect_left(self.order, start["sk"]["S"]) if start else len(self.order)
        names = self.order[max(0, end - asked["Limit"]) : end][::-1]
        found = [self.rows[name] for name in names]
        answer: dict[str, Any] = {"Items": found, "ScannedCount": len(found)}
        if end > asked["Limit"]:
            last = found[-1]
            answer["LastEvaluatedKey"] = {"pk": last["pk"], "sk": last["sk"]}
        return answer


def rows(count: int, **changes: Any) -> list[codec.Item]:
    """Attempts, four to the same instant."""
    return [codec.from_attempt(an_attempt(n // 4, n=f"r{n}", **changes)) for n in range(count)]


def page(partition: Partition, limit: int, start: Position | None) -> tuple[list[str], Position | None]:
    """One page as the store makes it."""
    piece = read(partition, LISTING, NOW, limit + 1, start, None)  # type: ignore[arg-type]
    shown = piece.rows[:limit]
    return [row["attemptId"]["S"] for row in shown], position(shown[-1]) if len(piece.rows) > limit else None


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_ten_thousand_rows_come_exactly_once_each_whatever_is_inserted(limit):
    """D08."""
    partition = Partition(rows(10_000))
    earlier = {row["attemptId"]["S"] for row in partition.rows.values()}
    found, start = [], None
    for turn in range(30_000):
        shown, start = page(partition, limit, start)
        found += shown
        if turn % 3 == 0 and turn < 6_000:  # above and below where the reading is
            partition.insert(codec.from_attempt(an_attempt(turn * 7 % 2_500, n=f"late{turn}")))
        if start is None:
            break
    assert start is None
    assert len(found) == len(set(found))
    assert {one for one in found if "late" not in one} == earlier


def test_a_page_that_filters_nothing_reads_one_row_more_than_it_shows():
    partition = Partition(rows(500))
    page(partition, 50, None)
    assert partition.asked == [51]


def test_no_request_goes_through_more_than_its_bound():
    partition = Partition(rows(5_000))
    piece = read(partition, LISTING, NOW, 10, None, lambda row: False)  # type: ignore[arg-type]
    assert sum(partition.asked) == READ_LIMIT and len(partition.asked) <= 8
    assert piece.rows == [] and piece.stopped_at is not None
    after = read(partition, LISTING, NOW, 1, piece.stopped_at, None)  # type: ignore[arg-type]
    assert position(after.rows[0])[1] == partition.order[::-1][READ_LIMIT]


def test_the_end_of_a_table_range_is_left_out_by_its_keys():
    made = request(narrowed(Listing("t", "p", since=at(1), until=at(2))), NOW, None, 5)
    assert made["KeyConditionExpression"] == "#partition = :partition AND #sort BETWEEN :since AND :until"
    assert made["ExpressionAttributeValues"][":until"] == {"S": at(2)}


def test_the_end_of_an_index_range_is_left_out_by_a_millisecond():
    made = request(Listing("t", "p", "serviceId", "startedAt", "byService", until=at(2)), NOW, None, 5)
    assert made["KeyConditionExpression"] == "#partition = :partition AND #sort <= :until"
    assert made["ExpressionAttributeValues"][":until"] == {"S": add(at(2), -0.001)}


def test_an_index_goes_on_from_the_full_key():
    start = ("mira#authn", f"{at(3)}#mira:authn:1.0.0:3")
    made = request(BY_STATUS, NOW, start, 5)
    assert made["ExclusiveStartKey"] == {
        "pk": {"S": start[0]}, "sk": {"S": start[1]}, "status": {"S": "FAILED"}, "startedAt": {"S": at(3)},
    }  # fmt: skip


def test_every_name_is_an_alias_and_every_request_leaves_the_expired_out():
    made = request(narrowed(LISTING, equal_to("buildVersion", "1.0.0"), None), NOW, None, 5)
    assert made["FilterExpression"] == (
        "#buildVersion IN (:buildVersion0) AND (attribute_not_exists(#expiresAt) OR #expiresAt > :now)"
    )
    assert made["ExpressionAttributeValues"][":now"] == {"N": "1000"}
    assert made["ScanIndexForward"] is False


def test_an_empty_range_asks_nothing():
    partition = Partition(rows(4))
    within = Listing("t", "p", since=at(2), until=at(2))
    assert read(partition, within, NOW, 5, None, None).rows == []  # type: ignore[arg-type]
    assert partition.asked == []
