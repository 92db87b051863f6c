"""Reading attempts: by pair, service, cluster, outcome and id."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from data import keys
from data.aws import aws_errors
from data.codec import to_attempt
from data.cursors import Position, Positions, query_text
from data.errors import NotFound
from data.listing import Keep, Listing, Piece, Row, Where, equal_to, narrowed, one_of, position, present, read
from data.models import SUCCESSFUL, Attempt, Instant, Page, Scope, Status, Trigger
from data.store_reads import Query, Reads, checked_limit
from data.tables import SHOWN

FAILURES = (Status.FAILED.value, Status.ROLLBACK.value)
START: Position = ("", "")  # before the first row
LISTED = ("pk", "sk", *SHOWN)


class AttemptFilter(TypedDict, total=False):
    """What a list of attempts can be asked for; see `Asked` for what holds where nothing is said."""

    status: Status | None
    trigger: Trigger | None
    cancelled: bool | None
    since: Instant | None
    until: Instant | None
    limit: int
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter with everything said: SUCCESS matches LIVE too; `since` is included, `until` is not."""

    status: Status | None = None
    trigger: Trigger | None = None
    cancelled: bool | None = None
    since: Instant | None = None
    until: Instant | None = None
    limit: int = 50
    cursor: str | None = None

    def query(self, name: str, of: str) -> Query:
        """What a cursor of this list is bound to."""
        rows = {"status": self.status, "trigger": self.trigger, "cancelled": self.cancelled}
        return name, rows | {"since": self.since, "until": self.until, "of": of}

    @property
    def conditions(self) -> tuple[Where | None, ...]:
        """What rows must satisfy, beside their time and status."""
        return _with_trigger(self.trigger), _with_cancelled(self.cancelled)

    def matches(self, attempt: Attempt) -> bool:
        """Whether an attempt has the status that is asked for, cancelled or not."""
        wanted = SUCCESSFUL if self.status in SUCCESSFUL else {self.status or attempt.status}
        return attempt.status in wanted and self.cancelled in (None, attempt.cancelled)


class AttemptReads(Reads):
    """Attempts, newest first. What a scope does not allow is as if it did not exist."""

    def pair_attempts(
        self, scope: Scope, cluster_id: str, service_id: str, **asked: Unpack[AttemptFilter]
    ) -> Page[Attempt]:
        """Attempts of one service on one cluster."""
        if not scope.allows(cluster_id, service_id):
            return Page([])
        listing = Listing(self._tables.attempts, keys.pair(cluster_id, service_id), shown=LISTED)
        return self._attempts(scope, "pair_attempts", listing, Asked(**asked))

    def latest_attempt(self, scope: Scope, cluster_id: str, service_id: str) -> Attempt | None:
        """The newest attempt of the pair; None where there is none."""
        return next(iter(self.pair_attempts(scope, cluster_id, service_id, limit=1).items), None)

    def service_attempts(
        self, scope: Scope, service_id: str, *, cluster_id: str | None = None, **asked: Unpack[AttemptFilter]
    ) -> Page[Attempt]:
        """Attempts of one service, on every cluster or one."""
        if cluster_id is not None:
            return self.pair_attempts(scope, cluster_id, service_id, **asked)
        if not scope.allows_service(service_id):
            return Page([])
        listing = Listing(self._tables.attempts, service_id, "serviceId", "startedAt", "byService")
        return self._attempts(scope, "service_attempts", listing, Asked(**asked))

    def cluster_attempts(
        self, scope: Scope, cluster_id: str, *, service_id: str | None = None, **asked: Unpack[AttemptFilter]
    ) -> Page[Attempt]:
        """Attempts on one cluster, of every service or one."""
        if service_id is not None:
            return self.pair_attempts(scope, cluster_id, service_id, **asked)
        if not scope.allows_cluster(cluster_id):
            return Page([])
        listing = Listing(self._tables.attempts, cluster_id, "clusterId", "startedAt", "byCluster")
        return self._attempts(scope, "cluster_attempts", listing, Asked(**asked))

    def recent_failures(self, scope: Scope, **asked: Unpack[AttemptFilter]) -> Page[Attempt]:
        """What failed or was rolled back anywhere; a cancelled run is no failure unless asked for."""
        asked.setdefault("cancelled", False)
        wanted = Asked(**asked)
        bound = query_text(*wanted.query("recent_failures", ""), scope)
        starts: Positions = dict.fromkeys(FAILURES, START)
        if wanted.cursor:
            starts = self._cursors.open(bound, wanted.cursor)
        pieces = {
            status: self._failures(scope, status, wanted, start)
            for status, start in starts.items()
            if start is not None
        }
        rows, ends = merged(pieces, starts, wanted.limit)
        going_on = any(end is not None for end in ends.values())
        return Page([to_attempt(row) for row in rows], self._cursors.seal(bound, ends) if going_on else None)

    def attempt(self, scope: Scope, attempt_id: str, seen: Instant | None = None) -> Attempt:
        """One attempt, by two reads of one item each; NotFound where there is none.

        With the start under which it was just `seen` one read is enough, unless it has moved since.
        """
        parts = keys.split_attempt_id(attempt_id)
        if parts is not None and scope.allows(parts[0], parts[1]):
            pair = keys.pair(parts[0], parts[1])
            if seen is not None and (found := self._standing(pair, attempt_id, seen)):
                return found
            # An attempt moves when an earlier start becomes known: between our two reads it can be elsewhere.
            for _ in range(2):
                pointer = self._item(self._tables.test_runs, attempt_id, keys.POINTER)
                if pointer is None:
                    break
                if found := self._standing(pair, attempt_id, pointer["startedAt"]["S"]):
                    return found
        raise NotFound(f"no such build attempt: {attempt_id}")

    def _standing(self, pair: str, attempt_id: str, started_at: Instant) -> Attempt | None:
        """The attempt, if it stands under this start."""
        item = self._item(self._tables.attempts, pair, keys.attempt_sk(started_at, attempt_id))
        return to_attempt(item) if item is not None else None

    def _attempts(self, scope: Scope, name: str, listing: Listing, asked: Asked) -> Page[Attempt]:
        within = self._within_time(replace(listing, since=asked.since, until=asked.until))
        query = asked.query(name, listing.partition)
        if self._at is not None:
            return self._past(scope, query, within, asked)
        matching = narrowed(within, _with_status(asked.status), *asked.conditions)
        return self._page(scope, query, matching, to_attempt, asked.limit, asked.cursor, _within(scope))

    def _past(self, scope: Scope, query: Query, listing: Listing, asked: Asked) -> Page[Attempt]:
        """Rows say how attempts ended; whether one was what is asked for then is seen only afterwards."""
        allowed = _within(scope) or (lambda _row: True)

        def keep(row: Row) -> bool:
            return allowed(row) and self._heard(row) and asked.matches(self._then(to_attempt(row)))

        def then(row: Row) -> Attempt:
            return self._then(to_attempt(row))

        matching = narrowed(listing, _with_trigger(asked.trigger))
        return self._page(scope, query, matching, then, asked.limit, asked.cursor, keep)

    def _failures(self, scope: Scope, status: str, asked: Asked, start: Position) -> Piece:
        listing = Listing(self._tables.attempts, status, "status", "startedAt", "byStatus")
        within = replace(listing, since=asked.since, until=asked.until)
        matching = narrowed(within, *asked.conditions)
        first = None if start == START else start
        want = checked_limit(asked.limit) + 1
        return read(self._client, matching, self._now(), want, first, _within(scope))

    def _item(self, table: str, pk: str, sk: str) -> Row | None:
        """One item; None where there is none or it has expired."""
        with aws_errors():
            answer = self._client.get_item(
                TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
            )
        item = answer.get("Item")
        if item is None or ("expiresAt" in item and int(item["expiresAt"]["N"]) <= self._now()):
            return None
        return item


def merged(pieces: Mapping[str, Piece], starts: Positions, limit: int) -> tuple[list[Row], Positions]:
    """The newest `limit` rows of several streams, and where each stream goes on.

    A stream that gave up half-way hides what lies behind; nothing older than that point may be shown yet.
    """
    horizon = max((_instant(p.stopped_at[1]) for p in pieces.values() if p.stopped_at), default="")
    streams = [[(row, status) for row in piece.rows] for status, piece in pieces.items()]
    ordered = heapq.merge(*streams, key=lambda one: one[0]["startedAt"]["S"], reverse=True)
    shown = [one for one in ordered if one[0]["startedAt"]["S"] >= horizon][:limit]
    ends: Positions = dict.fromkeys(starts)
    for status, piece in pieces.items():
        mine = [row for row, of in shown if of == status]
        if len(mine) == len(piece.rows):
            ends[status] = piece.stopped_at
        else:
            ends[status] = position(mine[-1]) if mine else starts[status]
    return [row for row, _ in shown], ends


def _instant(sk: str) -> Instant:
    return sk.split("#", 1)[0]


def _with_status(status: Status | None) -> Where | None:
    """LIVE is a success that serves: who asks for SUCCESS means both."""
    if status is None:
        return None
    wanted = (Status.SUCCESS, Status.LIVE) if status is Status.SUCCESS else (status,)
    return one_of("status", [one.value for one in wanted])


def _with_trigger(trigger: Trigger | None) -> Where | None:
    return equal_to("trigger", trigger.value) if trigger else None


def _with_cancelled(cancelled: bool | None) -> Where | None:
    """The attribute is there only on what was cancelled."""
    return None if cancelled is None else present("cancelled", cancelled)


def _within(scope: Scope) -> Keep | None:
    if scope.clusters is None and scope.services is None:
        return None
    return lambda row: scope.allows(row["clusterId"]["S"], row["serviceId"]["S"])
