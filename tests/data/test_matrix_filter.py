"""The filters of the matrix: each alone, together, as addresses, and every query answers for what they leave."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import promotion_path, queries
from data.catalog_models import Catalog, Cluster, ClusterType, Service
from data.matrix_filter import LONGEST_TEXT, MatrixFilter, PairStatus, asked_for, narrowed
from data.models import EVERYTHING, Scope, Status
from data.promotion_views import Behind
from tests.read_model import AQUILA, MIRA, NOW, PAVO, attempt, generation

CATALOG = Catalog(
    clusters=(
        Cluster(MIRA, "Mira", ClusterType.DEVELOPMENT, order=1),
        Cluster(PAVO, "Pavo", ClusterType.STAGING, order=2),
        Cluster(AQUILA, "Aquila", ClusterType.PRODUCTION, order=3),
    ),
    services=(
        Service("authn", "Authentication", team="Identity"),
        Service("billing", "Billing", team="Commerce"),
        Service("orders", "Orders", team="Commerce"),
        Service("search", "Search"),
    ),
)
PAST = [
    attempt("2026-02-20T10:00:00Z", build_version="1.1.0"),
    attempt("2026-02-20T12:00:00Z", build_version="1.0.0", cluster_id=PAVO),
    attempt("2026-02-21T12:00:00Z", build_version="1.1.0", cluster_id=PAVO, status=Status.FAILED),
    attempt("2026-02-20T12:00:00Z", service_id="billing", cluster_id=AQUILA, build_version="v7"),
    attempt("2026-02-24T11:50:00Z", service_id="orders", status=Status.IN_PROGRESS, build_version="2.0.0-rc.1"),
]
HELD = generation(PAST, catalog=CATALOG)


def left(scope: Scope = EVERYTHING, **asked: Any) -> list[str]:
    """The services that a filter leaves, as the overview then shows them."""
    wanted = MatrixFilter(**asked)
    shown, behind = queries.overview(HELD, scope, NOW), promotion_path.behind(HELD, scope)
    after = queries.overview(HELD, narrowed(shown, wanted, behind, scope), NOW)
    return [row.service.service_id for row in after.services]


def test_nothing_asked_leaves_the_scope_as_it_is():
    shown = queries.overview(HELD, EVERYTHING, NOW)
    assert narrowed(shown, MatrixFilter(), {}, EVERYTHING) == EVERYTHING
    assert not MatrixFilter()


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("AUTH", ["authn"]),  # the name, in any case
        ("commerce", ["billing", "orders"]),  # the team
        ("7", ["billing"]),  # a version that serves
        ("1.1", ["authn"]),  # a version that was tried
        ("2.0.0-RC", ["orders"]),
        ("no such", []),
    ],
)
def test_text_is_looked_for_in_name_team_and_versions(text, services):
    assert left(text=text) == services


@pytest.mark.parametrize(
    ("status", "services"),
    [("attention", ["authn"]), ("healthy", ["authn", "billing"]), ("unknown", ["orders"]),
     ("in-progress", ["orders"]), ("behind", ["authn"])],
)  # fmt: skip
def test_a_status_keeps_the_services_that_are_in_it_somewhere(status, services):
    assert left(status=PairStatus(status)) == services


def test_a_status_is_looked_for_only_on_the_cluster_regions_asked_for():
    assert left(status=PairStatus.ATTENTION, type=ClusterType.STAGING) == ["authn"]
    assert left(status=PairStatus.ATTENTION, type=ClusterType.PRODUCTION) == []


def test_how_far_a_stage_is_behind_does_not_depend_on_the_stages_shown():
    assert left(status=PairStatus.BEHIND, type=ClusterType.STAGING) == ["authn"]


def test_a_distance_that_is_not_certain_does_not_count_as_behind():
    shown = queries.overview(HELD, EVERYTHING, NOW)
    wanted = MatrixFilter(status=PairStatus.BEHIND)
    cut = narrowed(shown, wanted, {(PAVO, "authn"): Behind(1, False)}, EVERYTHING)
    assert cut.services == frozenset()


def test_a_type_keeps_its_cluster_regions_and_what_is_on_them():
    shown = queries.overview(HELD, EVERYTHING, NOW)
    cut = narrowed(shown, MatrixFilter(type=ClusterType.PRODUCTION), {}, EVERYTHING)
    after = queries.overview(HELD, cut, NOW)
    assert [one.cluster.cluster_id for one in after.clusters] == [AQUILA]
    assert [row.service.service_id for row in after.services] == ["billing"]
    assert after.last_24h.total == 0 and after.in_progress == [] and after.attention == []


def test_team_and_favourites_and_text_must_all_hold():
    assert left(team="Commerce") == ["billing", "orders"]
    assert left(team="Commerce", favourites=frozenset({"authn", "orders"})) == ["orders"]
    assert left(team="Commerce", favourites=frozenset({"authn", "orders"}), text="bill") == []


def test_the_numbers_are_of_what_is_left():
    shown = queries.overview(HELD, EVERYTHING, NOW)
    after = queries.overview(HELD, narrowed(shown, MatrixFilter(team="Identity"), {}, EVERYTHING), NOW)
    assert (shown.deploys_7d, after.deploys_7d) == (4, 3)
    assert after.success_rate_7d.n == 3
    assert [(one.healthy, one.attention) for one in after.clusters] == [(1, 0), (0, 1), (0, 0)]


def test_nobody_sees_more_by_asking_for_it():
    scope = Scope(clusters=frozenset({MIRA}), services=frozenset({"authn"}))
    assert left(scope, favourites=frozenset({"billing"})) == []
    assert left(scope, status=PairStatus.HEALTHY) == ["authn"]
    shown = queries.overview(HELD, scope, NOW)
    cut = narrowed(shown, MatrixFilter(type=ClusterType.PRODUCTION), {}, scope)
    assert cut.clusters == frozenset()


@pytest.mark.parametrize("wanted", [
    MatrixFilter(team="Commerce"), MatrixFilter(type=ClusterType.STAGING), MatrixFilter(text="1.1"),
    MatrixFilter(status=PairStatus.IN_PROGRESS), MatrixFilter(text="nothing like it"),
    MatrixFilter(type=ClusterType.STAGING, status=PairStatus.ATTENTION), MatrixFilter(type=ClusterType.UNKNOWN),
])  # fmt: skip
def test_a_filtered_overview_is_the_overview_of_what_is_left(wanted):
    whole = queries.overview(HELD, EVERYTHING, NOW)
    scope = narrowed(whole, wanted, promotion_path.behind(HELD, EVERYTHING), EVERYTHING)
    anew = queries.overview(generation(PAST, catalog=CATALOG), scope, NOW)
    assert queries.overview(HELD, EVERYTHING, NOW, wanted) == anew


FILTERS = st.builds(
    MatrixFilter,
    team=st.none() | st.text(min_size=1).filter(lambda one: one != "all"),
    type=st.none() | st.sampled_from(ClusterType),
    status=st.none() | st.sampled_from(PairStatus),
    text=st.none() | st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=LONGEST_TEXT),
    favourites=st.none() | st.frozensets(st.from_regex(r"[a-z0-9][a-z0-9._-]{0,9}", fullmatch=True), min_size=1),
)


@given(FILTERS)
def test_an_address_says_a_filter_whole(wanted):
    assert asked_for({name: value for name, value in wanted.query.items() if value is not None}) == wanted


@given(st.dictionaries(st.sampled_from(["team", "type", "status", "q", "fav", "x"]), st.text()))
def test_any_address_asks_for_something_sensible(query):
    wanted = asked_for(query)
    assert asked_for({name: value for name, value in wanted.query.items() if value is not None}) == wanted
    assert wanted.favourites is None or wanted.favourites


def test_words_that_are_none_of_ours_ask_for_nothing():
    assert not asked_for({"team": "all", "type": "all", "status": "FAILED", "q": "  ", "fav": ",,UPPER,"})
