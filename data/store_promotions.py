"""Reading promotions and incidents, of a service and into a cluster; and what an image was built from."""

from data.aws import aws_errors
from data.codec import to_incident, to_promotion
from data.keys import BUILT, build_partition, incidents_of
from data.listing import Listing, Row, equal_to, narrowed
from data.models import Build, Incident, Instant, Page, Promotion, Scope
from data.standing_folds import to_build
from data.store_reads import Query, Reads


class PromotionReads(Reads):
    """Promotions, newest first. One is in scope when its service and the cluster it goes to are."""

    def service_promotions(
        self,
        scope: Scope,
        service_id: str,
        *,
        cluster_id: str | None = None,
        version: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Promotion]:
        """Promotions of one service, into every cluster or one, of every version or one."""
        if not scope.allows_service(service_id):
            return Page([])
        listing = narrowed(
            Listing(self._tables.promotions, service_id),
            equal_to("toClusterId", cluster_id) if cluster_id else None,
            equal_to("buildVersion", version) if version else None,
        )
        query = ("service_promotions", {"of": service_id, "to": cluster_id, "version": version})
        return self._promotions(scope, query, listing, limit, cursor)

    def cluster_promotions(
        self, scope: Scope, cluster_id: str, *, limit: int = 50, cursor: str | None = None
    ) -> Page[Promotion]:
        """Promotions into one cluster, of every service."""
        if not scope.allows_cluster(cluster_id):
            return Page([])
        listing = Listing(self._tables.promotions, cluster_id, "toClusterId", "promotedAt", "byCluster")
        return self._promotions(scope, ("cluster_promotions", {"of": cluster_id}), listing, limit, cursor)

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

    def image_build(self, image: str) -> Build | None:
        """What an image was built from, by one GetItem; None where nobody said."""
        key = {"pk": {"S": build_partition(image)}, "sk": {"S": BUILT}}
        with aws_errors():
            item = self._client.get_item(TableName=self._tables.events, Key=key).get("Item")
        return to_build(item) if item and int(item["expiresAt"]["N"]) > self._now() else None

    def _promotions(
        self, scope: Scope, query: Query, listing: Listing, limit: int, cursor: str | None
    ) -> Page[Promotion]:
        def allowed(row: Row) -> bool:
            return scope.allows(row["toClusterId"]["S"], row["serviceId"]["S"])

        open_scope = scope.clusters is None and scope.services is None
        return self._page(scope, query, listing, to_promotion, limit, cursor, None if open_scope else allowed)
