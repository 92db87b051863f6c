"""Reading promotions and incidents, of a service and into a cluster."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from data import promotion_streams
from data.codec import to_incident, to_promotion
from data.cursors import query_text
from data.keys import incidents_of
from data.listing import Keep, Listing, Row, Where, equal_to, narrowed, read
from data.models import Incident, Instant, Page, Promotion, PromotionStatus, Scope
from data.promotion_streams import Stream
from data.store_reads import Query, Reads, checked_limit

USUAL_PAGE = 50
MOST_RECENT = 400  # promotions into one cluster that are looked through for a period
MOST_IN_ALL = 4000


@dataclass(frozen=True, slots=True)
class Recent:
    """Promotions of a period; `complete` False: of some cluster-regions only the newest `most`."""

    promotions: tuple[Promotion, ...]
    complete: bool
    most: int


class PromotionFilter(TypedDict, total=False):
    """What a list of promotions can be asked for; those asked for within [since, until)."""

    status: PromotionStatus | None
    version: str | None
    from_cluster_id: str | None
    since: Instant | None
    until: Instant | None
    limit: int
    cursor: str | None


class PromotionReads(Reads):
    """Promotions, newest first. One is in scope when its service and the cluster it goes to are."""

    def service_promotions(
        self, scope: Scope, service_id: str, *, cluster_id: str | None = None, **wanted: Unpack[PromotionFilter]
    ) -> Page[Promotion]:
        """Promotions of one service, into every cluster or one."""
        if not scope.allows_service(service_id):
            return Page([])
        listing = narrowed(
            Listing(self._tables.promotions, service_id, since=wanted.get("since"), until=wanted.get("until")),
            equal_to("toClusterId", cluster_id) if cluster_id else None,
            *_conditions(wanted),
        )
        query = ("service_promotions", {"of": service_id, "to": cluster_id} | _said(wanted))
        return self._promotions(scope, query, listing, wanted)

    def cluster_promotions(self, scope: Scope, cluster_id: str, **wanted: Unpack[PromotionFilter]) -> Page[Promotion]:
        """Promotions into one cluster, of every service."""
        if not scope.allows_cluster(cluster_id):
            return Page([])
        query = ("cluster_promotions", {"of": cluster_id} | _said(wanted))
        return self._promotions(scope, query, self._into(cluster_id, wanted), wanted)

    def all_promotions(
        self, scope: Scope, cluster_ids: Collection[str], **wanted: Unpack[PromotionFilter]
    ) -> Page[Promotion]:
        """Promotions into all of these clusters, of every service: one bounded Query a cluster, merged."""
        limit, cursor = wanted.get("limit", USUAL_PAGE), wanted.get("cursor")
        bound = query_text("all_promotions", _said(wanted), scope)
        begin = promotion_streams.to_place(self._cursors.open(bound, cursor)) if cursor else None
        want = checked_limit(limit) + 1
        streams = []
        for cluster_id in sorted(one for one in cluster_ids if scope.allows_cluster(one)):
            listing, start = promotion_streams.continued(self._into(cluster_id, wanted), cluster_id, begin)
            piece = read(self._client, listing, self._now(), want, start, self._allowed(scope))
            streams.append(Stream(cluster_id, piece))
        rows, end = promotion_streams.merged(streams, limit)
        sealed = self._cursors.seal(bound, promotion_streams.positions(end)) if end else None
        return Page([to_promotion(row) for row in rows], sealed)

    def recent_promotions(self, scope: Scope, cluster_ids: Collection[str], since: Instant) -> Recent:
        """Promotions into these clusters since then, of each cluster the newest: one bounded Query a cluster."""
        wanted = [one for one in cluster_ids if scope.allows_cluster(one)]
        most = min(MOST_RECENT, MOST_IN_ALL // max(len(wanted), 1))
        found: list[Promotion] = []
        complete = True
        for cluster_id in wanted:
            listing = self._into(cluster_id, PromotionFilter(since=since))
            piece = read(self._client, listing, self._now(), most + 1, None, self._allowed(scope))
            complete = complete and len(piece.rows) <= most and piece.stopped_at is None
            found += [to_promotion(row) for row in piece.rows[:most]]
        return Recent(tuple(found), complete, most)

    def incidents(
        self,
        scope: Scope,
        service_id: str,
        *,
        since: Instant | None = None,
        until: Instant | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Incident]:
        """Incidents of one service, newest first; those of a cluster out of scope are left out."""
        if not scope.allows_service(service_id):
            return Page([])

        def allowed(row: Row) -> bool:
            return "clusterId" not in row or scope.allows_cluster(row["clusterId"]["S"])

        listing = Listing(self._tables.events, incidents_of(service_id), since=since, until=until)
        query = ("incidents", {"of": service_id, "since": since, "until": until})
        keep = None if scope.clusters is None else allowed
        return self._page(scope, query, listing, to_incident, limit, cursor, keep)

    def _into(self, cluster_id: str, wanted: PromotionFilter) -> Listing:
        listing = Listing(
            self._tables.promotions, cluster_id, "toClusterId", "promotedAt", "byCluster",
            since=wanted.get("since"), until=wanted.get("until"),
        )  # fmt: skip
        return narrowed(listing, *_conditions(wanted))

    def _promotions(self, scope: Scope, query: Query, listing: Listing, wanted: PromotionFilter) -> Page[Promotion]:
        limit, cursor = wanted.get("limit", USUAL_PAGE), wanted.get("cursor")
        return self._page(
            scope, query, self._within_time(listing), self._promotion, limit, cursor, self._allowed(scope)
        )

    def _promotion(self, row: Row) -> Promotion:
        """A promotion as it was when the store looks: what became of it later, and who approved it, was open."""
        one = to_promotion(row)
        if self._at is None or one.status_at is None or one.status_at <= self._at:
            return one
        return replace(one, status=PromotionStatus.PENDING, status_at=None, approver=None)

    def _allowed(self, scope: Scope) -> Keep | None:
        if scope.clusters is None and scope.services is None:
            return None
        return lambda row: scope.allows(row["toClusterId"]["S"], row["serviceId"]["S"])


def _conditions(wanted: PromotionFilter) -> list[Where]:
    status = wanted.get("status")
    asked = {
        "status": status.value if status else None,
        "buildVersion": wanted.get("version"),
        "fromClusterId": wanted.get("from_cluster_id"),
    }
    return [equal_to(attribute, value) for attribute, value in asked.items() if value]


def _said(wanted: PromotionFilter) -> dict[str, str | None]:
    """The filter as a cursor is bound to it."""
    return {
        "status": wanted.get("status"), "version": wanted.get("version"), "from": wanted.get("from_cluster_id"),
        "since": wanted.get("since"), "until": wanted.get("until"),
    }  # fmt: skip
