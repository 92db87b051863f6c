"""The services of a cluster-region, filtered and in order; and its lanes from the generation in memory."""

import pytest

from data import queries
from data.catalog_models import Catalog, Cluster, Service
from data.cluster_queries import cluster_lanes, matching, ordered
from data.models import EVERYTHING, Scope, Status
from tests.read_model import MIRA, NOW, PAVO, attempt, generation

CATALOG = Catalog(
    clusters=(Cluster(MIRA, "Mira"),),
    services=(Service("a", "Zebra", team="Payments"), Service("b", "apple"), Service("c", "Mango")),
)
TOLD = generation([
    attempt("2026-02-20T10:00:00Z", service_id="a", build_version="1.0.0"),
    attempt("2026-02-23T10:00:00Z", service_id="a", build_version="1.1.0", status=Status.FAILED),
    attempt("2026-02-22T10:00:00Z", service_id="b", build_version="2.0.0"),
    attempt("2026-02-21T10:00:00Z", service_id="c", build_version="3.0.0", status=Status.IN_PROGRESS),
    attempt("2026-02-21T10:00:00Z", service_id="a", cluster_id=PAVO),
], catalog=CATALOG)  # fmt: skip
LISTED = queries.cluster_summary(TOLD, EVERYTHING, MIRA, "2026-02-18", "2026-02-24", NOW).services


def ids(listed):
    return [service.service_id for service, _ in listed]


@pytest.mark.parametrize(("sort", "expected"), [
    ("health", "acb"), ("-health", "bca"), ("name", "bca"), ("-name", "acb"),
    ("since", "abc"), ("-since", "bac"), ("latest", "cba"), ("-latest", "abc"),
])  # fmt: skip
def test_services_are_ordered_and_what_never_served_is_last(sort, expected):
    assert "".join(ids(ordered(LISTED, sort))) == expected


@pytest.mark.parametrize(("text", "expected"), [
    (None, "acb"), ("ZEB", "a"), ("payments", "a"), ("1.0.0", "a"), ("1.1.0", "a"), ("3.", "c"), ("nothing", ""),
])  # fmt: skip
def test_services_are_found_by_name_team_and_the_versions_shown(text, expected):
    assert "".join(ids(ordered(matching(LISTED, text), "health"))) == expected


def test_lanes_are_of_one_cluster_region_and_the_days_asked_for():
    found = cluster_lanes(TOLD, EVERYTHING, MIRA, ("2026-02-21", "2026-02-22"), frozenset({"c"}), NOW)
    assert [(lane.service_id, lane.attempts) for lane in found.lanes] == [("c", 1), ("b", 1)]


def test_lanes_are_cut_to_the_scope():
    mine = Scope(services=frozenset({"b"}))
    found = cluster_lanes(TOLD, mine, MIRA, ("2026-02-20", "2026-02-24"), frozenset(), NOW)
    assert [lane.service_id for lane in found.lanes] == ["b"]
    assert (found.services, found.attempts) == (1, 1)
