"""How versions spread, told step by step on small known pasts."""

from dataclasses import replace
from typing import Any

from data import version_spread
from data.catalog_models import Catalog, Cluster, ClusterType, Service
from data.models import EVERYTHING, Attempt, Scope, Status, Trigger
from data.promotion_views import Spread, SpreadCurve
from tests.read_model import MIRA, NOW, attempt, generation

PROD = ClusterType.PRODUCTION
EAST, WEST, SOUTH = "aquila-east", "aquila-west", "aquila-south"
CATALOG = Catalog(
    clusters=(
        Cluster(MIRA, "Mira", ClusterType.DEVELOPMENT, order=1),
        *(Cluster(one, one.title(), PROD, order=2) for one in (EAST, SOUTH, WEST)),
    ),
    services=(Service("authn", "Authentication", suites=()),),
)


def at(hour: int, cluster: str, version: str, **changes: Any) -> Attempt:
    """A success of ten minutes that began so many hours into 24 February (now is 12:00)."""
    return attempt(f"2026-02-24T{hour:02d}:00:00Z", cluster_id=cluster, build_version=version, **changes)


OLD = [at(0, one, "1.0.0") for one in (EAST, SOUTH, WEST)]


def spread(*attempts: Attempt, stage: ClusterType | None = PROD, version: str | None = None) -> Spread:
    return version_spread.spread(generation(attempts, NOW, CATALOG), EVERYTHING, "authn", stage, version)


def curve(version: str, *attempts: Attempt, **more: Any) -> SpreadCurve:
    [found] = [one for one in spread(*attempts, **more).curves if one.version == version]
    return found


def steps(of: SpreadCurve) -> list[tuple[float, int | None]]:
    """(hours since the first success, cluster-regions that have it)."""
    return [(one.seconds / 3600, one.serving) for one in of.steps]


def test_a_version_takes_one_region_after_the_other():
    found = curve("1.1.0", *OLD, at(2, EAST, "1.1.0"), at(4, WEST, "1.1.0"), at(9, SOUTH, "1.1.0"))
    assert steps(found) == [(0, 1), (2, 2), (7, 3), (9 + 50 / 60, 3)]
    assert (found.half_sec, found.full_sec, found.older) == (2 * 3600, 7 * 3600, ())
    assert found.steps[1].attempt_id is not None and found.steps[1].attempt_id.startswith(f"{WEST}:authn:1.1.0:")


def test_what_lags_is_named_and_half_of_three_is_two():
    found = curve("1.1.0", *OLD, at(2, EAST, "1.1.0"), at(4, WEST, "1.1.0"))
    assert (found.half_sec, found.full_sec) == (2 * 3600, None)
    assert [one.cluster_id for one in found.older] == [SOUTH]


def test_a_newer_version_counts_too():
    found = curve("1.1.0", *OLD, at(2, EAST, "1.1.0"), at(3, WEST, "1.2.0"), at(5, SOUTH, "1.2.0"))
    assert steps(found)[:-1] == [(0, 1), (1, 2), (3, 3)]


def test_a_rollback_takes_it_away_and_the_old_version_is_no_newer_for_coming_back():
    back = at(6, EAST, "1.0.0", trigger=Trigger.ROLLBACK)
    found = curve("1.1.0", *OLD, at(2, EAST, "1.1.0"), back)
    assert steps(found) == [(0, 1), (4, 0), (9 + 50 / 60, 0)]
    assert len(found.older) == 3
    assert curve("1.0.0", *OLD, at(2, EAST, "1.1.0"), back).steps[0].at == "2026-02-24T00:10:00.000Z"


def test_versions_that_are_no_semver_are_told_apart_by_their_first_success():
    told = [at(0, EAST, "blue"), at(0, WEST, "blue"), at(3, EAST, "azure"), at(4, WEST, "azure")]
    assert [one.version for one in spread(*told).curves] == ["azure", "blue"]
    assert steps(curve("blue", *told))[:-1] == [(0, 1), (0, 2)]


def test_where_nothing_tells_which_is_newer_the_curve_has_a_gap():
    came_back = at(0, WEST, "azure", trigger=Trigger.ROLLBACK)
    told = [came_back, at(1, EAST, "blue"), at(3, EAST, "green"), at(5, WEST, "green")]
    assert steps(curve("blue", *told))[:-1] == [(0, None), (4, 2)]
    assert steps(curve("green", *told))[:-1] == [(0, None), (2, 2)]


def test_failed_and_running_attempts_move_nothing():
    more = [at(3, WEST, "1.1.0", status=Status.FAILED), at(4, SOUTH, "1.1.0", status=Status.IN_PROGRESS),
            at(5, WEST, "1.1.0", status=Status.ROLLBACK)]  # fmt: skip
    assert steps(curve("1.1.0", *OLD, at(2, EAST, "1.1.0"), *more))[:-1] == [(0, 1)]


def test_the_newest_five_are_shown_and_the_one_asked_for():
    told = [at(n, EAST, f"1.{n}.0") for n in range(8)]
    assert [one.version for one in spread(*told).curves] == [f"1.{n}.0" for n in (7, 6, 5, 4, 3)]
    assert [one.version for one in spread(*told, version="1.1.0").curves][-1] == "1.1.0"
    assert len(spread(*told, version="9.9.9").curves) == 5


def test_all_stages_together_count_every_cluster_region():
    told = [*OLD, at(1, MIRA, "1.1.0"), at(2, EAST, "1.1.0")]
    found = spread(*told, stage=None)
    assert (found.n, found.stages) == (4, (ClusterType.DEVELOPMENT, PROD))
    assert steps(found.curves[0])[:-1] == [(0, 1), (1, 2)]


def test_the_usual_stage_is_the_last_with_several_regions():
    told = generation([*OLD, at(1, MIRA, "1.1.0")], NOW, CATALOG)
    assert version_spread.usual_stage(told, EVERYTHING, "authn") is PROD
    assert version_spread.usual_stage(told, Scope(clusters=frozenset({MIRA, EAST})), "authn") is None


def test_a_scope_counts_only_its_own_regions():
    told = generation([*OLD, at(2, EAST, "1.1.0")], NOW, CATALOG)
    mine = Scope(clusters=frozenset({EAST}))
    found = version_spread.spread(told, mine, "authn", PROD)
    assert found.n == 1 and found.curves[0].full_sec == 0


def test_the_curve_ends_where_the_knowledge_ends():
    gen = generation([*OLD, at(2, EAST, "1.1.0")], NOW, CATALOG)
    later = replace(gen, as_of="2026-02-24T18:10:00.000Z")
    found = version_spread.spread(later, EVERYTHING, "authn", PROD)
    assert found.curves[0].steps[-1].at == "2026-02-24T18:10:00.000Z"
    assert found.curves[0].steps[-1].cluster is None
