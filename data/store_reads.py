"""What every read of the store stands on: the client, the tables, the clock, and pages with cursors."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, TypeVar

from data.cursors import Cursors, Position, query_text
from data.errors import InvalidRequest
from data.instants import add, day_before, to_instant
from data.listing import Keep, Listing, Row, position, read
from data.models import Attempt, Day, Instant, Page, Scope
from data.past_attempts import attempt_at
from data.tables import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

T = TypeVar("T")

Query = tuple[str, Mapping[str, object]]  # name and parameters: what a cursor is bound to

MAX_PAGE = 200
ONLY = "only"  # the stream of a list that reads one partition


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Reads:
    """Base of the store's parts. Reads never write, never Scan and never show what has expired."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: TableNames,
        cursor_secret: bytes,
        retention_days: int,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._client = client
        self._tables = tables
        self._cursors = Cursors(cursor_secret)
        self._retention_days = retention_days
        self._clock = clock
        self._at: Instant | None = None  # None: now
        self._unheard: frozenset[str] = frozenset()

    def as_of(self, at: Instant, unheard: frozenset[str] = frozenset()) -> Self:
        """A store that lists what this one would have listed then, without the attempts `unheard` of."""
        other = copy(self)
        other._at, other._unheard = at, unheard
        return other

    def _heard(self, row: Row) -> bool:
        """Whether an attempt had been heard of."""
        return not self._unheard or row["attemptId"]["S"] not in self._unheard

    def _within_time(self, listing: Listing) -> Listing:
        """The listing without what is later than the store looks."""
        if self._at is None:
            return listing
        end = add(self._at, 0.001)  # what began at that very instant is there
        return replace(listing, until=min(end, listing.until or end))

    def _then(self, attempt: Attempt) -> Attempt:
        """The attempt as it was when the store looks."""
        return attempt if self._at is None else attempt_at(attempt, self._at)

    def complete_since(self) -> Day:
        """The first day none of whose attempts has expired yet."""
        return day_before(to_instant(self._clock())[:10], self._retention_days - 1)

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _page(
        self,
        scope: Scope,
        query: Query,
        listing: Listing,
        decode: Callable[[Row], T],
        limit: int,
        cursor: str | None,
        keep: Keep | None = None,
    ) -> Page[T]:
        """One page of a listing; one row more than asked for is read, to know whether the list goes on."""
        bound = query_text(*query, scope)
        start = self._cursors.open(bound, cursor)[ONLY] if cursor else None
        piece = read(self._client, listing, self._now(), checked_limit(limit) + 1, start, keep)
        rows = piece.rows[:limit]
        end: Position | None = position(rows[-1]) if len(piece.rows) > limit else piece.stopped_at
        return Page([decode(row) for row in rows], self._cursors.seal(bound, {ONLY: end}) if end else None)


def checked_limit(limit: int) -> int:
    """The page size, or InvalidRequest."""
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidRequest(f"must be a whole number from 1 to {MAX_PAGE}", "limit")
    return limit
