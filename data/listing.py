"""Bounded reading of one partition, newest first: what every list of the store is made of.

A `Listing` says which rows; `request` turns it into a Query (pure); `read` asks until it has enough, the
partition ends or it has gone through `READ_LIMIT` rows. Rows past their expiry are never shown, whether TTL
removed them or not yet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from data.aws import aws_errors
from data.cursors import Position
from data.instants import add
from data.models import Instant

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Row = Mapping[str, Mapping[str, Any]]
Keep = Callable[[Row], bool]

READ_LIMIT = 1000  # rows a request goes through at most; a sparse filter then gives a short page
SPARSE_STEP = 125  # rows of the first Query where a filter may leave out most of them; doubled each time


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on rows that DynamoDB checks for us: the text, its names and its values."""

    text: str
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of one partition within [since, until), newest first unless `ascending`."""

    table: str
    partition: str
    partition_key: str = "pk"
    sort_key: str = "sk"
    index: str | None = None
    since: Instant | None = None
    until: Instant | None = None
    where: tuple[Where, ...] = ()
    shown: tuple[str, ...] = ()  # attributes asked for; none = all there are
    ascending: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """What one bounded reading found. `stopped_at`: where it gave up; None: it had enough, or all."""

    rows: Sequence[Row]
    stopped_at: Position | None = None


def equal_to(attribute: str, value: str) -> Where:
    """Rows whose attribute has this value."""
    return one_of(attribute, (value,))


def one_of(attribute: str, values: Sequence[str]) -> Where:
    """Rows whose attribute has one of these values."""
    places = {f":{attribute}{n}": {"S": value} for n, value in enumerate(values)}
    return Where(f"#{attribute} IN ({', '.join(places)})", {f"#{attribute}": attribute}, places)


def present(attribute: str, wanted: bool) -> Where:
    """Rows that have, or have not, the attribute."""
    check = "attribute_exists" if wanted else "attribute_not_exists"
    return Where(f"{check}(#{attribute})", {f"#{attribute}": attribute})


def unexpired(now: int) -> Where:
    """Rows that TTL should not have taken by `now` (epoch seconds)."""
    text = "(attribute_not_exists(#expiresAt) OR #expiresAt > :now)"
    return Where(text, {"#expiresAt": "expiresAt"}, {":now": {"N": str(now)}})


def position(row: Row) -> Position:
    """Where a list goes on after this row."""
    return row["pk"]["S"], row["sk"]["S"]


def request(listing: Listing, now: int, start: Position | None, limit: int) -> dict[str, Any]:
    """The Query for at most `limit` rows of the listing after `start`."""
    parts = [_range(listing), _filter((*listing.where, unexpired(now)))]
    names = {alias: name for _, part in parts for alias, name in part.names.items()}
    made: dict[str, Any] = {
        "TableName": listing.table,
        "ScanIndexForward": listing.ascending,
        "Limit": limit,
        **{argument: part.text for argument, part in parts},
        "ExpressionAttributeValues": {k: v for _, part in parts for k, v in part.values.items()},
    }
    if listing.index:
        made["IndexName"] = listing.index
    if listing.shown:
        shown = {f"#{name}": name for name in listing.shown}
        names |= shown
        made["ProjectionExpression"] = ", ".join(shown)
    if start is not None:
        made["ExclusiveStartKey"] = _start_key(listing, start)
    return made | {"ExpressionAttributeNames": names}


def _range(listing: Listing) -> tuple[str, Where]:
    """BETWEEN includes its end, `until` does not: instants have milliseconds, so the one before is known.

    In a table the sort key goes on after the instant (`…Z#id`): every row of `until` is behind it already.
    """
    names = {"#partition": listing.partition_key}
    values = {":partition": {"S": listing.partition}}
    text = "#partition = :partition"
    until = add(listing.until, -0.001) if listing.until and listing.index else listing.until
    bounds = {":since": listing.since, ":until": until}
    values |= {name: {"S": bound} for name, bound in bounds.items() if bound}
    if listing.since and listing.until:
        text += " AND #sort BETWEEN :since AND :until"
    elif listing.since:
        text += " AND #sort >= :since"
    elif listing.until:
        text += " AND #sort <= :until"
    if listing.since or listing.until:
        names["#sort"] = listing.sort_key
    return "KeyConditionExpression", Where(text, names, values)


def _filter(conditions: Sequence[Where]) -> tuple[str, Where]:
    names = {alias: name for part in conditions for alias, name in part.names.items()}
    values = {place: value for part in conditions for place, value in part.values.items()}
    return "FilterExpression", Where(" AND ".join(part.text for part in conditions), names, values)


def _start_key(listing: Listing, start: Position) -> dict[str, dict[str, str]]:
    """The full key: an index wants its own keys beside the table's, and both follow from the position."""
    pk, sk = start
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    if listing.index:
        instant = sk.split("#", 1)[0]
        key |= {listing.partition_key: {"S": listing.partition}, listing.sort_key: {"S": instant}}
    return key


def read(
    client: "DynamoDBClient", listing: Listing, now: int, want: int, start: Position | None, keep: Keep | None
) -> Piece:
    """At most `want` rows after `start` that `keep` accepts, from at most READ_LIMIT rows."""
    if listing.since and listing.until and listing.since >= listing.until:
        return Piece([])  # an empty range is an answer; DynamoDB calls it an error
    found: list[Row] = []
    sparse = keep is not None or bool(listing.where)
    step, gone_through = max(want, SPARSE_STEP) if sparse else want, 0
    while gone_through < READ_LIMIT:
        with aws_errors():
            answer = client.query(**request(listing, now, start, min(step, READ_LIMIT - gone_through)))
        found += [row for row in answer["Items"] if keep is None or keep(row)]
        last = answer.get("LastEvaluatedKey")
        if len(found) >= want or last is None:
            return Piece(found[:want])
        start = position(last)
        gone_through += max(answer["ScannedCount"], 1)
        step = max(step, SPARSE_STEP) * 2
    return Piece(found, start)


def narrowed(listing: Listing, *conditions: Where | None) -> Listing:
    """The listing with further conditions; None adds nothing."""
    return replace(listing, where=listing.where + tuple(one for one in conditions if one is not None))
