"""The worker's catalog: read again now and then, kept while its table is away, told of newcomers."""

import pytest

from data.catalog import CatalogStore
from data.catalog_models import Catalog, Cluster, Service
from data.errors import Unavailable
from ingest.envelope import normalize
from ingest.known import REFRESH_SECONDS, KnownCatalog
from tests.conftest import Aws
from tests.ingest import saying
from tests.ingest.saying import RECEIVED, SUITES


class Counting(CatalogStore):
    """Counts loads, and may be away."""

    loads = 0
    away = False

    def load(self) -> Catalog:
        if self.away:
            raise Unavailable("away")
        self.loads += 1
        return super().load()


@pytest.fixture
def store(aws: Aws) -> Counting:
    return Counting(aws.dynamodb, aws.tables)


def test_the_catalog_is_read_again_after_half_a_minute(store: Counting):
    clock = [0.0]
    known = KnownCatalog(store, monotonic=lambda: clock[0])
    known.current()
    clock[0] = REFRESH_SECONDS - 1
    known.current()
    assert store.loads == 1
    clock[0] = REFRESH_SECONDS
    known.current()
    assert store.loads == 2


def test_while_its_table_is_away_the_catalog_stays_as_it_was(store: Counting):
    clock = [0.0]
    known = KnownCatalog(store, monotonic=lambda: clock[0])
    before = known.current()
    store.away, clock[0] = True, REFRESH_SECONDS
    assert known.current() == before


def test_without_ever_having_read_it_there_is_no_catalog(store: Counting):
    store.away = True
    with pytest.raises(Unavailable):
        KnownCatalog(store).current()


def test_newcomers_are_registered_once_and_what_people_set_stays(store: Counting):
    store.save(Catalog(clusters=(Cluster("pavo-us-west-2", "Pavo"),), services=(Service("authn", "Sign-in"),)))
    known = KnownCatalog(store)
    events = normalize(saying.promotion(), RECEIVED, suites=SUITES)
    known.register(events)
    loads = store.loads
    known.register(events)
    assert store.loads == loads
    clusters = {c.cluster_id: (c.name, c.confirmed) for c in known.current().clusters}
    assert clusters == {"pavo-us-west-2": ("Pavo", True), "aquila-us-west-2": ("aquila-us-west-2", False)}
    assert [s.name for s in known.current().services] == ["Sign-in"]
