"""One list out of many partitions: promotions into every cluster, newest first, paged without loss. Pure.

All rows stand in one order: by time, newest first; at the same instant by cluster id; within a cluster as its
partition gives them. A cursor is one place in that order, so it does not grow with the number of clusters.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from data.cursors import Position, Positions
from data.errors import InvalidRequest
from data.instants import add
from data.listing import Listing, Piece, Row, position
from data.models import Instant

SHORTEST = 0.001  # instants have milliseconds


@dataclass(frozen=True, slots=True)
class Place:
    """Where the list goes on: after the row at `at` in the stream of this cluster."""

    cluster_id: str
    at: Position

    @property
    def instant(self) -> Instant:
        return self.at[1].split("#", 1)[0]


@dataclass(frozen=True, slots=True)
class Stream:
    """What one bounded reading of a cluster's promotions found."""

    cluster_id: str
    piece: Piece


def positions(place: Place) -> Positions:
    """A place as a cursor holds it."""
    return {place.cluster_id: place.at}


def to_place(opened: Positions) -> Place:
    """The place a cursor holds."""
    for cluster_id, at in opened.items():
        if at is not None:
            return Place(cluster_id, at)
    raise InvalidRequest("was not given out for this list, or is no longer valid", "cursor")


def continued(listing: Listing, cluster_id: str, begin: Place | None) -> tuple[Listing, Position | None]:
    """What is left of a cluster's listing after `begin`, and the row to go on after within it."""
    if begin is None:
        return listing, None
    if cluster_id == begin.cluster_id:
        return listing, begin.at
    until = begin.instant if cluster_id < begin.cluster_id else add(begin.instant, SHORTEST)
    return replace(listing, until=until), None


def merged(streams: Sequence[Stream], limit: int) -> tuple[list[Row], Place | None]:
    """The first `limit` rows of all streams together, each of which was asked for one more; and where to go on.

    A stream that gave up half-way hides what lies behind: nothing that comes after that place may be shown yet.
    """
    ordered = sorted(streams, key=lambda stream: stream.cluster_id)
    gave_up = [
        (_rank(Place(stream.cluster_id, stream.piece.stopped_at).instant, -n), stream)
        for n, stream in enumerate(ordered)
        if stream.piece.stopped_at
    ]
    horizon = max(gave_up, key=lambda one: one[0], default=None)
    ranked = [
        [(_rank(row["promotedAt"]["S"], -n), row, stream.cluster_id) for row in stream.piece.rows]
        for n, stream in enumerate(ordered)
    ]
    all_rows = heapq.merge(*ranked, key=lambda one: one[0], reverse=True)
    shown = list(islice((one for one in all_rows if horizon is None or one[0] >= horizon[0]), limit + 1))
    rows = [row for _, row, _ in shown[:limit]]
    if len(shown) > limit:
        return rows, Place(shown[limit - 1][2], position(rows[-1]))
    if horizon is not None and horizon[1].piece.stopped_at:
        return rows, Place(horizon[1].cluster_id, horizon[1].piece.stopped_at)
    return rows, None


def _rank(instant: Instant, place: int) -> tuple[Instant, int]:
    """Greater for what comes earlier in the list."""
    return instant, place
