"""What a new generation works out again of the delivery ledger, and what it takes over as it is."""

from dataclasses import replace

from data.catalog_models import Catalog, ClusterType
from data.changes import Change, incident_sk, to_change
from data.delivery_queries import delivery
from data.delivery_refresh import with_ledger
from data.delivery_views import DeliveryFilter
from data.models import EVERYTHING, Incident
from data.point_in_time import generation_at
from tests.data.test_delivery import CATALOG, PERIOD, made, out, rows
from tests.read_model import AQUILA, MIRA, NOW, PAVO, gate, generation

KNOWN = [
    out("2026-02-10T10:00:00Z", "1.0.0"), out("2026-02-10T10:00:00Z", "1.0.0", service_id="billing"),
    out("2026-02-09T10:00:00Z", "1.0.0", MIRA),
]  # fmt: skip
LATER = out("2026-02-11T10:00:00Z", "1.1.0")
DAY = (AQUILA, "authn", "2026-02-11")


def services(gen):
    assert gen.ledger is not None
    return gen.ledger.services


def with_catalog(catalog: Catalog):
    return generation(KNOWN, catalog=catalog)


def test_a_service_that_did_not_change_is_taken_over():
    old = with_ledger(made(KNOWN))
    new = with_ledger(made([*KNOWN, LATER]), old, {DAY})
    assert services(new)["billing"] is services(old)["billing"]
    assert services(new)["authn"] is not services(old)["authn"]
    assert delivery(new, EVERYTHING, PERIOD, NOW).numbers.deployments == 3


def test_a_stage_in_which_nothing_is_counted_changes_nothing():
    old = with_ledger(made(KNOWN))
    new = with_ledger(made([*KNOWN, out("2026-02-11T10:00:00Z", "9", PAVO)]), old, {(PAVO, "authn", "2026-02-11")})
    assert new.ledger is old.ledger


def test_a_cluster_that_becomes_production_is_counted_at_once():
    old = with_ledger(with_catalog(CATALOG))
    clusters = tuple(
        replace(one, type=ClusterType.PRODUCTION) if one.cluster_id == MIRA else one for one in CATALOG.clusters
    )
    new = with_ledger(with_catalog(replace(CATALOG, clusters=clusters)), old)
    assert delivery(old, EVERYTHING, PERIOD, NOW).numbers.deployments == 2
    assert delivery(new, EVERYTHING, PERIOD, NOW).numbers.deployments == 3


def test_suites_that_are_expected_from_now_on_are_missed():
    old = with_ledger(with_catalog(CATALOG))
    expected = tuple(replace(one, suites=("SANITY",)) for one in CATALOG.services)
    new = with_ledger(with_catalog(replace(CATALOG, services=expected)), old)
    assert [delivery(one, EVERYTHING, PERIOD, NOW).numbers.coverage.tests for one in (old, new)] == [1, 0]


def test_an_incident_that_went_is_forgotten():
    incident = Incident("INC-1", "authn", AQUILA, "2026-02-10T12:00:00.000Z")
    old = with_ledger(made(KNOWN, [incident]))
    assert [one.incident_id for one in rows(old) if one.failure] == ["INC-1"]
    assert [one for one in rows(with_ledger(made(KNOWN), old)) if one.failure] == []


def test_at_an_instant_only_the_incidents_that_had_begun_are_known():
    incident = Incident("INC-1", "authn", AQUILA, "2026-02-10T12:00:00.000Z", "2026-02-12T00:00:00.000Z")
    gen = made([*KNOWN, LATER], [incident])
    period = DeliveryFilter("2026-02-09", "2026-02-11")

    def at(instant):
        return delivery(generation_at(gen, instant), EVERYTHING, period, NOW).numbers

    assert (at("2026-02-10T11:00:00.000Z").failed, at("2026-02-10T13:00:00.000Z").failed) == (0, 1)
    assert at("2026-02-10T13:00:00.000Z").open_failures.count == 1
    assert at("2026-02-11T12:00:00.000Z").open_failures.count == 0


def test_a_change_of_an_incident_names_its_service_and_is_none_of_the_catalog():
    sk = incident_sk("2026-02-24T12:00:00.000Z", "authn")
    change = to_change(sk)
    assert change == Change(sk, "2026-02-24T12:00:00.000Z", incident_of="authn")
    assert not change.is_catalog
    catalog = to_change("2026-02-24T12:00:00.000Z#catalog")
    assert catalog is not None and catalog.is_catalog
    assert to_change("2026-02-24T12:00:00.000Z#something#authn") is None


def test_gates_count_where_they_ran():
    tested = out("2026-02-11T10:00:00Z", "1.1.0", gates=(gate("FUNCTIONAL"),))
    assert delivery(made([tested]), EVERYTHING, PERIOD, NOW).numbers.coverage.tests == 1
