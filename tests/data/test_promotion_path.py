"""Lanes: what waits where and since when, what would block it, how far a place is behind. On small known pasts."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import convergence, promotion_path, promotion_paths
from data.catalog_models import Catalog, Cluster, ClusterType, Freeze, Service
from data.errors import NotFound
from data.models import EVERYTHING, Attempt, Promotion, PromotionStatus, Retirement, Scope, Status, Trigger
from data.promotion_views import Behind, BlockerKind, Edge, Stop, Waiting
from data.standing_folds import retired
from tests.read_model import AQUILA, CATALOG, MIRA, NOW, PAVO, attempt, gate, generation

BARE = replace(CATALOG, services=(Service("authn", "Authentication", suites=()),))
DEV, STAGE, PROD = ClusterType.DEVELOPMENT, ClusterType.STAGING, ClusterType.PRODUCTION


def at(hour: int, **changes: Any) -> Attempt:
    """An attempt that began so many hours into 24 February (the tests' now is 12:00)."""
    return attempt(f"2026-02-24T{hour:02d}:00:00Z", **changes)


def promoted(status: PromotionStatus, **changes: Any) -> Promotion:
    """A promotion of 1.1.0 from Pavo to Aquila."""
    values: dict[str, Any] = {
        "promotion_id": "p1", "service_id": "authn", "build_version": "1.1.0", "from_cluster_id": PAVO,
        "to_cluster_id": AQUILA, "promoted_at": "2026-02-24T09:00:00.000Z", "status": status,
    }  # fmt: skip
    return Promotion(**(values | changes))


def stops(*attempts: Attempt, catalog: Catalog = BARE, promotions: list[Promotion] | None = None) -> dict[str, Stop]:
    """The stops of authn's lane by cluster."""
    found = promotion_path.lanes(generation(attempts, catalog=catalog), EVERYTHING, NOW, promotions or [])
    [lane] = [one for one in found.lanes if one.service.service_id == "authn"]
    return {stop.cluster.cluster_id: stop for of_stage in lane.stops for stop in of_stage}


def waiting(*attempts: Attempt, at_cluster: str = PAVO, **more: Any) -> Waiting:
    """What waits on a cluster; it has to."""
    found = stops(*attempts, **more)[at_cluster].waiting
    assert found is not None
    return found


OLD = [at(1, cluster_id=one) for one in (MIRA, PAVO, AQUILA)]
NEW = [at(4, cluster_id=MIRA, build_version="1.1.0"), at(6, cluster_id=PAVO, build_version="1.1.0")]


def test_a_version_waits_where_nothing_after_it_serves_it():
    found = stops(*OLD, *NEW)
    assert {name for name, stop in found.items() if stop.waiting} == {PAVO}
    assert found[PAVO].waiting == Waiting("1.1.0", "2026-02-24T06:10:00.000Z", (AQUILA,), None, None, (), ())


def test_nothing_waits_in_the_last_stage_or_where_all_serve_the_same():
    assert not any(stop.waiting for stop in stops(*OLD).values())


def test_an_older_version_that_still_serves_before_is_not_waiting():
    """Somebody put a hotfix into production first: what is behind it does not wait to replace it."""
    found = stops(*OLD, at(5, cluster_id=AQUILA, build_version="1.2.0"))
    assert not any(stop.waiting for stop in found.values())


def test_a_version_never_seen_further_on_waits_for_it():
    found = stops(at(1))
    assert waiting(at(1), at_cluster=MIRA).targets == (PAVO,)
    assert found[PAVO].state is None and found[AQUILA].state is None


def test_a_place_that_was_taken_away_is_not_waited_for():
    gen = generation([*OLD, *NEW], catalog=BARE)
    gone = Retirement(AQUILA, "authn", ("2026-02-24T08:00:00.000Z",))
    pair = (AQUILA, "authn")
    gen = replace(gen, currents=dict(gen.currents) | {pair: retired(gen.currents[pair], gone)})
    [lane] = promotion_path.lanes(gen, EVERYTHING, NOW, []).lanes
    assert lane.waiting == []
    assert lane.stops[2][0].retired


def test_what_cannot_be_ordered_is_not_said_to_wait():
    back = [at(1, cluster_id=PAVO, build_version="abc"), at(3, build_version="xyz", trigger=Trigger.ROLLBACK)]
    found = stops(*back)
    assert found[MIRA].waiting is None
    assert found[PAVO].behind is None


def test_a_soak_time_blocks_until_it_is_over():
    soaking = [replace(c, soak_hours=8 if c.cluster_id == PAVO else None) for c in BARE.clusters]
    catalog = replace(BARE, clusters=tuple(soaking))
    found = waiting(*OLD, *NEW, catalog=catalog)
    assert found.soak_until == "2026-02-24T14:10:00.000Z"
    assert found.soak_left_sec == 2 * 3600 + 600
    assert [(one.kind, one.until) for one in found.blockers] == [(BlockerKind.SOAK, found.soak_until)]
    over = replace(BARE, clusters=tuple(replace(c, soak_hours=4.5) for c in BARE.clusters))
    done = waiting(*OLD, *NEW, catalog=over)
    assert done.soak_left_sec == 0 and done.blockers == ()


def test_failed_and_missing_gates_block_and_unexpected_suites_do_not():
    tested = replace(NEW[1], gates=(gate("FUNCTIONAL", 618, 23), gate("LOAD", 0)))
    found = waiting(*OLD, NEW[0], tested, catalog=CATALOG)
    assert [(one.kind, one.words) for one in found.blockers] == [
        (BlockerKind.GATE_FAILED, "Functional failed: 23 of 618 tests"),
        (BlockerKind.GATE_MISSING, "Sanity has no result"),
    ]


def test_a_later_failure_at_the_same_place_blocks_in_words():
    failed = at(8, cluster_id=PAVO, build_version="1.2.0", status=Status.FAILED, failure_reason="image pull")
    found = waiting(*OLD, *NEW, failed)
    assert [(one.kind, one.words) for one in found.blockers] == [(BlockerKind.UNHEALTHY, "1.2.0 failed: image pull")]


@pytest.mark.parametrize(
    ("freeze", "blocked"),
    [
        (Freeze("f", "2026-02-24T12:00:00.000Z", "2026-02-25T00:00:00.000Z"), True),
        (Freeze("over", "2026-02-23T12:00:00.000Z", "2026-02-24T12:00:00.000Z"), False),
        (Freeze("f", "2026-02-24T12:00:01.000Z", "2026-02-25T00:00:00.000Z"), False),
        (Freeze("here", "2026-02-24T00:00:00.000Z", "2026-02-25T00:00:00.000Z", (PAVO,)), False),
        (Freeze("f", "2026-02-24T00:00:00.000Z", "2026-02-25T00:00:00.000Z", (AQUILA,), ("authn",)), True),
        (Freeze("other", "2026-02-24T00:00:00.000Z", "2026-02-25T00:00:00.000Z", (AQUILA,), ("billing",)), False),
    ],
    ids=["open for all", "over", "not yet", "open where it comes from", "open for both", "another service"],
)  # fmt: skip
def test_a_freeze_blocks_where_the_version_would_go_while_it_is_open(freeze: Freeze, blocked: bool):
    found = waiting(*OLD, *NEW, catalog=replace(BARE, freezes=(freeze,)))
    assert [one.kind for one in found.blockers] == ([BlockerKind.FREEZE] if blocked else [])


def test_freezes_are_shown_from_fourteen_days_before_until_they_are_over():
    windows = {"over": (20, 24), "open": (23, 26), "soon": (26, 27), "far": (11 + 28, 45)}

    def day(number: int) -> str:
        return f"2026-{2 + (number > 28):02d}-{number - 28 * (number > 28):02d}T00:00:00.000Z"

    freezes = tuple(Freeze(name, day(a), day(b)) for name, (a, b) in windows.items())
    assert [one.name for one in promotion_path.freezes_shown(freezes, NOW)] == ["open", "soon"]


@pytest.mark.parametrize(
    ("status", "kinds", "under_way"),
    [
        (PromotionStatus.PENDING, [BlockerKind.PROMOTION_PENDING], None),
        (PromotionStatus.REJECTED, [BlockerKind.PROMOTION_REJECTED], None),
        (PromotionStatus.FAILED, [BlockerKind.PROMOTION_FAILED], None),
        (PromotionStatus.APPROVED, [], PromotionStatus.APPROVED),
        (PromotionStatus.SUCCEEDED, [], None),
    ],
)
def test_its_promotion_tells_whether_it_may_go_on(status, kinds, under_way):
    found = waiting(*OLD, *NEW, promotions=[promoted(status)])
    assert [one.kind for one in found.blockers] == kinds
    assert found.under_way == under_way


def test_of_two_promotions_the_one_asked_for_last_counts():
    rejected = promoted(PromotionStatus.REJECTED, approver="m.duarte", reason="too late")
    again = promoted(PromotionStatus.PENDING, promotion_id="p0", promoted_at="2026-02-24T10:00:00.000Z")
    assert [one.kind for one in waiting(*OLD, *NEW, promotions=[again, rejected]).blockers] == [
        BlockerKind.PROMOTION_PENDING
    ]
    [blocker] = waiting(*OLD, *NEW, promotions=[rejected]).blockers
    assert blocker.words == "Its promotion was rejected by m.duarte: too late"


def test_a_deployment_that_runs_there_is_under_way():
    running = at(11, cluster_id=AQUILA, build_version="1.1.0", status=Status.IN_PROGRESS)
    assert waiting(*OLD, *NEW, running).under_way is PromotionStatus.IN_PROGRESS


def test_that_promotions_could_not_be_read_is_not_the_same_as_that_there_are_none():
    gen = generation([*OLD, *NEW], catalog=BARE)
    assert promotion_path.lanes(gen, EVERYTHING, NOW, None).promotions_read is False
    assert promotion_path.lanes(gen, EVERYTHING, NOW, []).promotions_read is True


def test_a_region_leads_to_its_own_region_and_else_to_all():
    clusters = [
        Cluster("d-us", "d", DEV, order=1, region="us"), Cluster("d-ap", "d", DEV, order=2, region="ap"),
        Cluster("s-us", "s", STAGE, order=3, region="us"), Cluster("s-eu", "s", STAGE, order=4, region="eu"),
        Cluster("p-us", "p", PROD, order=5, region="us"), Cluster("lost", "lost"),
    ]  # fmt: skip
    path = promotion_path.way(clusters)
    assert [[one.cluster_id for one in stage] for stage in path.after["d-us"]] == [["s-us"], ["p-us"]]
    assert [[one.cluster_id for one in stage] for stage in path.after["d-ap"]] == [["s-us", "s-eu"], ["p-us"]]
    assert [one.cluster_id for one in path.before["p-us"]] == ["s-us", "s-eu"]
    assert "lost" not in path.after and "d-us" not in path.before


def test_clusters_without_a_stage_are_named_and_not_on_the_way():
    unknown = Cluster("nova", "nova", confirmed=False)
    gen = generation(OLD, catalog=replace(BARE, clusters=(*BARE.clusters, unknown)))
    found = promotion_path.lanes(gen, EVERYTHING, NOW, [])
    assert found.off_path == (unknown,)
    assert [stage.type for stage in found.stages] == [DEV, STAGE, PROD]


def test_what_is_out_of_scope_is_neither_shown_nor_waited_for():
    gen = generation([*OLD, *NEW], catalog=BARE)
    mine = Scope(clusters=frozenset({MIRA, PAVO}))
    found = promotion_path.lanes(gen, mine, NOW, [])
    assert [stage.type for stage in found.stages] == [DEV, STAGE]
    assert found.lanes[0].waiting == []


def test_behind_is_exact_where_nothing_can_lie_between_and_else_at_least():
    assert stops(*OLD)[PAVO].behind == Behind(0, True)
    assert stops(*OLD, *NEW[:1])[PAVO].behind == Behind(1, True)
    two = [*OLD, at(3, build_version="1.1.0"), at(4, build_version="1.2.0")]
    assert stops(*two)[PAVO].behind == Behind(2, False)
    assert stops(*OLD)[MIRA].behind is None


def test_a_place_that_serves_something_newer_is_not_behind():
    assert stops(*OLD, at(5, cluster_id=AQUILA, build_version="2.0.0"))[AQUILA].behind == Behind(0, True)


@settings(deadline=None, max_examples=40)  # each example folds a whole past
@given(st.lists(st.tuples(st.sampled_from([MIRA, PAVO, AQUILA]), st.integers(0, 4)), min_size=1, max_size=9))
def test_what_waits_is_newer_than_what_serves_where_it_goes_and_serves_nowhere_after(told: list[tuple[str, int]]):
    attempts = [
        attempt(f"2026-02-24T{n:02d}:00:00Z", cluster_id=cluster, build_version=f"1.{minor}.0")
        for n, (cluster, minor) in enumerate(told)
    ]
    found, order = stops(*attempts), [MIRA, PAVO, AQUILA]
    serving = {name: stop.state.serving_version if stop.state else None for name, stop in found.items()}
    for place, name in enumerate(order):
        wait = found[name].waiting
        after = [serving[one] for one in order[place + 1 :]]
        expected = (
            serving[name] is not None and bool(after) and serving[name] not in after
            and (after[0] is None or after[0] < str(serving[name]))
        )  # fmt: skip
        assert (wait is not None) == expected
        count = found[name].behind
        if count is not None and place and serving[order[place - 1]] is not None:
            ahead = str(serving[order[place - 1]]) > str(serving[name])
            assert (count.versions > 0) == ahead


def test_edges_count_each_way_apart_and_time_only_what_was_reported_in_steps():
    told = [
        promoted(PromotionStatus.SUCCEEDED, status_at="2026-02-24T09:30:00.000Z"),
        promoted(PromotionStatus.SUCCEEDED, status_at="2026-02-24T10:30:00.000Z"),
        promoted(PromotionStatus.SUCCEEDED, status_at="2026-02-24T09:00:00.000Z"),
        promoted(PromotionStatus.FAILED, status_at="2026-02-24T11:00:00.000Z"),
        promoted(PromotionStatus.REJECTED),
        promoted(PromotionStatus.PENDING),
        promoted(PromotionStatus.SUCCEEDED, from_cluster_id=MIRA, to_cluster_id=PAVO),
    ]
    clusters = {one.cluster_id: one for one in CATALOG.clusters}
    assert promotion_paths.edges(told, clusters) == [
        Edge(MIRA, PAVO, 1, 0, 0, 0, None, 0),
        Edge(PAVO, AQUILA, 3, 1, 1, 1, 3600.0, 2),
    ]
    assert promotion_paths.edges(told, clusters)[1].total == 6


def test_convergence_says_where_a_version_serves_since_when_and_who_lags():
    gen = generation([*OLD, *NEW], catalog=BARE)
    newest = convergence.convergence(gen, EVERYTHING, "authn", None)
    assert (newest.version, newest.versions, newest.serving) == ("1.1.0", ("1.1.0", "1.0.0"), 2)
    assert newest.first == "2026-02-24T04:10:00.000Z"
    assert [(one.cluster.cluster_id, one.serves, one.newer) for one in newest.places] == [
        (MIRA, True, None), (PAVO, True, None), (AQUILA, False, False)
    ]  # fmt: skip
    older = convergence.convergence(gen, EVERYTHING, "authn", "1.0.0")
    assert [(one.serves, one.newer) for one in older.places] == [(False, True), (False, True), (True, None)]


def test_there_is_no_convergence_of_what_serves_nowhere():
    gen = generation([at(1, status=Status.FAILED)], catalog=BARE)
    with pytest.raises(NotFound):
        convergence.convergence(gen, EVERYTHING, "authn", None)
    with pytest.raises(NotFound):
        convergence.convergence(gen, EVERYTHING, "nobody", None)


def test_the_now_of_these_tests_is_what_they_say():
    assert datetime(2026, 2, 24, 12, tzinfo=UTC) == NOW


def test_the_graph_counts_what_stands_where_and_tells_ways_from_detours():
    attempts = [*OLD, *NEW, at(8, cluster_id=PAVO, status=Status.FAILED, build_version="1.2.0")]
    shown = promotion_path.lanes(generation(attempts, catalog=BARE), EVERYTHING, NOW, [])
    told = [
        promoted(PromotionStatus.SUCCEEDED),
        promoted(PromotionStatus.SUCCEEDED, promotion_id="p2", from_cluster_id=MIRA),  # past staging
        promoted(PromotionStatus.FAILED, promotion_id="p3", from_cluster_id=AQUILA, to_cluster_id=PAVO),  # backwards
    ]
    found = promotion_paths.edges(told, {one.cluster_id: one for one in BARE.clusters})
    graph = promotion_paths.graph(shown, shown.lanes, found)
    nodes = {node.cluster.cluster_id: node for stage in graph.stages for node in stage}
    assert {name: (one.healthy, one.attention, one.unknown, one.waiting) for name, one in nodes.items()} == {
        MIRA: (1, 0, 0, 0), PAVO: (0, 1, 0, 1), AQUILA: (1, 0, 0, 0),
    }  # fmt: skip
    ways = {(one.from_cluster_id, one.to_cluster_id): one.total for one in graph.ways}
    assert ways == {(PAVO, AQUILA): 1, (MIRA, PAVO): 0}
    assert {(one.from_cluster_id, one.to_cluster_id) for one in graph.others} == {(MIRA, AQUILA), (AQUILA, PAVO)}


def test_the_graph_is_of_the_lanes_asked_for():
    shown = promotion_path.lanes(generation([*OLD, *NEW], catalog=BARE), EVERYTHING, NOW, [])
    graph = promotion_paths.graph(shown, [], [])
    assert [node.services for stage in graph.stages for node in stage] == [0, 0, 0]


def test_who_had_it_promoted_here_and_who_asks_to_move_it_on_is_said():
    here = promoted(PromotionStatus.SUCCEEDED, from_cluster_id=MIRA, to_cluster_id=PAVO, promoted_by="a.okafor")
    asked = promoted(PromotionStatus.PENDING, promotion_id="p2", promoted_by="g.iyer")
    found = waiting(*OLD, *NEW, promotions=[here, asked])
    assert (found.by, found.moved_by) == ("a.okafor", None)
    assert found.blockers[-1].words == "Its promotion waits for approval, asked for by g.iyer"
    moving = waiting(*OLD, *NEW, promotions=[here, replace(asked, status=PromotionStatus.APPROVED)])
    assert (moving.under_way, moving.moved_by) == (PromotionStatus.APPROVED, "g.iyer")
    assert waiting(*OLD, *NEW).by is None
