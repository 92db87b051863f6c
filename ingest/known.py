"""The catalog as the worker knows it: read again now and then, and told of ids nobody described yet."""

import logging
import time
from collections.abc import Callable, Iterable

from data.catalog import CatalogStore
from data.catalog_models import Catalog
from data.errors import Unavailable
from data.events import AnyEvent, BuildEvent, PromotionEvent

log = logging.getLogger(__name__)

REFRESH_SECONDS = 30.0


class KnownCatalog:
    """A catalog at most half a minute old; an older one where the table is away."""

    def __init__(
        self,
        store: CatalogStore,
        refresh_seconds: float = REFRESH_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._refresh = refresh_seconds
        self._monotonic = monotonic
        self._catalog: Catalog | None = None
        self._loaded = 0.0

    def current(self) -> Catalog:
        """The catalog; Unavailable only where it could never be read."""
        if self._catalog is None:
            return self._load()
        if self._monotonic() - self._loaded < self._refresh:
            return self._catalog
        try:
            return self._load()
        except Unavailable as error:
            log.warning("the catalog stays as it was", extra={"reason": str(error)})
            return self._catalog

    def register(self, events: Iterable[AnyEvent]) -> None:
        """Enter the clusters and services of these events that the catalog does not know, as unconfirmed."""
        catalog = self.current()
        named = [_names(event) for event in events]
        known_clusters = {cluster.cluster_id for cluster in catalog.clusters}
        clusters = {one for ids, _ in named for one in ids} - known_clusters
        services = {service for _, service in named if service} - {service.service_id for service in catalog.services}
        if clusters or services:
            self._store.register_unconfirmed(clusters, services)
            log.info("registered", extra={"clusters": sorted(clusters), "services": sorted(services)})
            self._load()

    def _load(self) -> Catalog:
        self._catalog = self._store.load()
        self._loaded = self._monotonic()
        return self._catalog


def _names(event: AnyEvent) -> tuple[tuple[str, ...], str | None]:
    """(clusters, service) an event names."""
    if isinstance(event, BuildEvent):
        return (), None
    if isinstance(event, PromotionEvent):
        return (event.from_cluster_id, event.to_cluster_id), event.service_id
    return ((event.cluster_id,) if event.cluster_id else ()), event.service_id
