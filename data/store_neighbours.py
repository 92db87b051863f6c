"""Reading what stands around an attempt: the ones before and after it on its pair, and past recoveries."""

from data import keys
from data.codec import to_attempt
from data.cursors import Position
from data.listing import Listing, equal_to, narrowed, one_of, read
from data.models import SUCCESSFUL, Attempt, Instant, Page, Scope, Status, Trigger
from data.store_reads import Reads, checked_limit
from data.tables import SHOWN

LISTED = ("pk", "sk", *SHOWN)
GOOD = (Status.SUCCESS.value, Status.LIVE.value)


class NeighbourReads(Reads):
    """One bounded Query each. Nothing outside the scope."""

    def before(self, scope: Scope, attempt: Attempt, limit: int) -> list[Attempt]:
        """The attempts of the pair that came before this one, newest first."""
        return self._beside(scope, attempt, limit, ascending=False)

    def after(self, scope: Scope, attempt: Attempt, limit: int) -> list[Attempt]:
        """The attempts of the pair that came after this one, oldest first."""
        return self._beside(scope, attempt, limit, ascending=True)

    def since(
        self, scope: Scope, cluster_id: str, service_id: str, start: Instant, until: Instant | None, limit: int
    ) -> Page[Attempt]:
        """Attempts of the pair from `start` on, oldest first, with their commits. A cursor says there are more."""
        if not scope.allows(cluster_id, service_id):
            return Page([])
        partition = keys.pair(cluster_id, service_id)
        listing = self._within_time(
            Listing(self._tables.attempts, partition, since=start, until=until, ascending=True)
        )
        piece = read(self._client, listing, self._now(), checked_limit(limit) + 1, None, self._heard)
        more = len(piece.rows) > limit or piece.stopped_at is not None
        return Page([self._then(to_attempt(row)) for row in piece.rows[:limit]], "more" if more else None)

    def recoveries(self, scope: Scope, service_id: str, limit: int) -> list[Attempt]:
        """The newest successful attempts of a service that were rollbacks, wherever they ran."""
        if not scope.allows_service(service_id):
            return []
        listing = narrowed(
            self._within_time(Listing(self._tables.attempts, service_id, "serviceId", "startedAt", "byService")),
            equal_to("trigger", Trigger.ROLLBACK.value), one_of("status", GOOD),
        )  # fmt: skip
        piece = read(
            self._client, listing, self._now(), checked_limit(limit), None,
            lambda row: scope.allows_cluster(row["clusterId"]["S"]) and self._heard(row),
        )  # fmt: skip
        then = [self._then(to_attempt(row)) for row in piece.rows]
        return [one for one in then if one.status in SUCCESSFUL]

    def _beside(self, scope: Scope, attempt: Attempt, limit: int, ascending: bool) -> list[Attempt]:
        """Reading goes on from the attempt's own key, so that equal starts are told apart by id."""
        if not scope.allows(*attempt.pair):
            return []
        own: Position = (keys.pair(*attempt.pair), keys.attempt_sk(attempt.started_at, attempt.attempt_id))
        listing = Listing(self._tables.attempts, own[0], shown=LISTED, ascending=ascending)
        piece = read(self._client, listing, self._now(), checked_limit(limit), own, None)
        return [to_attempt(row) for row in piece.rows]
