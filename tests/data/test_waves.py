"""Waves over the cluster-regions of a stage, and what waits: on small known pasts, and against the curves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import promotion_path, version_spread, waves
from data.catalog_models import ClusterType, Service
from data.errors import NotFound
from data.instants import seconds_between
from data.models import EVERYTHING, Attempt, Status, Trigger
from data.promotion_debt import debts
from data.promotion_views import Debt, ServiceWaves, Waves
from data.version_order import VersionOrder
from data.version_spread import Success
from tests.data.test_version_spread import CATALOG, EAST, OLD, SOUTH, WEST, at
from tests.read_model import AQUILA, MIRA, NOW, PAVO, attempt, generation

HOUR = 3600
MOMENT = "2026-02-24T12:00:00.000Z"
PROD = ClusterType.PRODUCTION


def told(*attempts: Attempt, stage: ClusterType | None = None, service_id: str | None = None) -> Waves:
    return waves.waves(generation(attempts, NOW, CATALOG), EVERYTHING, stage, service_id)


def of_authn(*attempts: Attempt) -> ServiceWaves:
    [found] = told(*attempts).services
    return found


def spans(found: ServiceWaves) -> list[tuple[str, float | None, float | None]]:
    """(version, hours to half, hours to all)."""
    return [(one.version, _hours(one.half_sec), _hours(one.full_sec)) for one in found.waves]


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / HOUR


def test_a_wave_takes_half_and_all_of_the_regions_and_what_was_there_first_is_none():
    found = of_authn(*OLD, at(2, EAST, "1.1.0"), at(4, WEST, "1.1.0"), at(9, SOUTH, "1.1.0"))
    assert spans(found) == [("1.1.0", 2, 7)]
    assert (found.n, found.half_sec, found.half_n, found.full_sec, found.full_n) == (3, 2 * HOUR, 1, 7 * HOUR, 1)


def test_waves_without_news_are_kept_and_only_their_end_moves_on():
    attempts = [*OLD, at(2, EAST, "1.1.0"), at(4, WEST, "1.1.0")]
    first = generation(attempts, NOW, CATALOG)
    waves.waves(first, EVERYTHING, None)
    later = NOW + timedelta(hours=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waves, "_of_service", None)  # nothing is worked out again
        next_one = generation(attempts, later, CATALOG)
        next_one = replace(next_one, columns=replace(next_one.columns, derived=first.columns.derived))
        kept = waves.waves(next_one, EVERYTHING, None)
    assert kept == waves.waves(generation(attempts, later, CATALOG), EVERYTHING, None)
    news = [*attempts, at(6, SOUTH, "1.1.0")]
    told_on = generation(news, later, CATALOG)
    told_on = replace(told_on, columns=replace(told_on.columns, derived=first.columns.derived))
    assert waves.waves(told_on, EVERYTHING, None) == waves.waves(generation(news, later, CATALOG), EVERYTHING, None)


def test_the_medians_are_of_the_waves_that_got_so_far_and_stragglers_are_named():
    first = [at(1, EAST, "1.1.0"), at(2, WEST, "1.1.0"), at(4, SOUTH, "1.1.0")]
    second = [at(5, EAST, "1.2.0"), at(8, WEST, "1.2.0")]
    found = of_authn(*OLD, *first, *second)
    assert spans(found) == [("1.2.0", 3, None), ("1.1.0", 1, 3)]
    assert (found.half_sec, found.half_n, found.full_sec, found.full_n) == (2 * HOUR, 2, 3 * HOUR, 1)
    assert [one.cluster_id for one in found.waves[0].older] == [SOUTH]


def test_a_newer_version_that_overtakes_a_wave_counts_as_arrived():
    found = of_authn(*OLD, at(1, EAST, "1.1.0"), at(2, EAST, "1.2.0"), at(3, WEST, "1.2.0"), at(5, SOUTH, "1.2.0"))
    assert spans(found) == [("1.2.0", 1, 3), ("1.1.0", 2, 4)]


def test_what_is_brought_back_is_no_wave():
    back = at(6, EAST, "0.9.0")
    assert spans(of_authn(*OLD, at(2, EAST, "1.1.0"), back)) == [("1.1.0", None, None)]
    again = at(6, EAST, "1.0.5", trigger=Trigger.ROLLBACK)
    assert [one.version for one in of_authn(*OLD, at(2, EAST, "1.1.0"), again).waves] == ["1.1.0"]


def test_a_failed_attempt_is_no_step_of_a_wave():
    assert spans(of_authn(*OLD, at(2, EAST, "1.1.0", status=Status.FAILED))) == []


def test_without_a_wave_there_is_no_median():
    found = of_authn(*OLD)
    assert (found.waves, found.half_sec, found.half_n, found.full_sec, found.full_n) == ((), None, 0, None, 0)


def test_only_stages_with_several_cluster_regions_have_waves():
    found = told(*OLD)
    assert (found.stage, found.stages, found.complete) == (PROD, (PROD,), True)
    assert told(*OLD, stage=ClusterType.DEVELOPMENT).services == ()
    lonely = replace(CATALOG, clusters=CATALOG.clusters[:2])
    none = waves.waves(generation(OLD[:1], NOW, lonely), EVERYTHING, None)
    assert (none.stage, none.stages, none.services) == (None, (), ())


def test_one_service_is_found_and_an_unknown_one_is_not():
    assert [one.service.service_id for one in told(*OLD, service_id="authn").services] == ["authn"]
    with pytest.raises(NotFound):
        told(*OLD, service_id="nobody")


def test_where_more_was_tried_than_is_looked_at_the_answer_says_so(monkeypatch):
    monkeypatch.setattr(waves, "LOOKED_AT", 3)
    assert told(*OLD, at(2, EAST, "1.1.0")).complete is False


REGIONS = (EAST, SOUTH, WEST)
STEPS = st.lists(st.tuples(st.sampled_from(REGIONS), st.integers(0, 4)), min_size=0, max_size=12)


@given(STEPS)
def test_a_wave_is_the_curve_of_its_version_and_its_medians_those_of_all_waves(steps):
    tried = [at(0, one, "1.0.0") for one in REGIONS]
    tried += [_after(place, region, f"1.{minor}.0") for place, (region, minor) in enumerate(steps)]
    gen = generation(tried, NOW, CATALOG)
    [found] = waves.waves(gen, EVERYTHING, PROD).services
    for one in found.waves:
        curves = version_spread.spread(gen, EVERYTHING, "authn", PROD, one.version).curves
        assert one == next(curve for curve in curves if curve.version == one.version)
        assert one.half_sec is None or one.full_sec is None or one.half_sec <= one.full_sec
    full = sorted(one.full_sec for one in found.waves if one.full_sec is not None)
    assert found.full_n == len(full)
    assert found.full_sec == (_middle(full) if full else None)


def _after(place: int, region: str, version: str) -> Attempt:
    minute = 60 + place * 20
    return attempt(
        f"2026-02-24T{minute // 60:02d}:{minute % 60:02d}:00Z", cluster_id=region, build_version=version,
        n=str(place),
    )  # fmt: skip


def _middle(ordered: list[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


@given(st.lists(st.tuples(st.sampled_from(REGIONS), st.integers(0, 4), st.booleans()), max_size=14))
def test_a_version_begins_at_most_one_wave_and_only_over_an_older_one(steps):
    seen = [
        Success(place, f"2026-02-24T00:00:{place:02d}.000Z", region, f"1.{minor}.0", str(place), back)
        for place, (region, minor, back) in enumerate(steps)
    ]
    found = waves.begun(seen, VersionOrder({}))
    assert len(found) == len(set(found))
    for version in found:
        place = next(at for at, one in enumerate(seen) if one.version == version)
        before = [one.version for one in seen[:place] if one.cluster_id == seen[place].cluster_id]
        assert seen[:place] and not seen[place].is_back
        assert not before or int(before[-1].split(".")[1]) < int(version.split(".")[1])


def owing(*attempts: Attempt, **more: Any) -> list[Debt]:
    lanes = promotion_path.lanes(generation(attempts, **more), EVERYTHING, NOW, []).lanes
    return debts(lanes, MOMENT)


def test_what_waits_is_weighed_by_how_long_and_the_greatest_debt_comes_first():
    found = owing(
        attempt("2026-02-24T02:00:00Z", build_version="1.1.0"),
        attempt("2026-02-23T02:00:00Z", cluster_id=PAVO, build_version="1.0.0"),
        attempt("2026-02-24T10:00:00Z", service_id="billing", build_version="2.0.0"),
    )
    owed = {one.service.service_id: [(two.version, two.cluster.cluster_id) for two in one.owed] for one in found}
    assert owed == {"authn": [("1.0.0", PAVO), ("1.1.0", MIRA)], "billing": [("2.0.0", MIRA)]}
    assert list(owed) == ["authn", "billing"]
    assert found[0].owed[0].waited_sec == seconds_between("2026-02-23T02:10:00.000Z", MOMENT)
    assert found[0].total_sec == sum(one.waited_sec for one in found[0].owed)
    assert found[0].owed[0].targets == (AQUILA,)


def test_what_serves_everywhere_owes_nothing():
    everywhere = [attempt("2026-02-24T02:00:00Z", cluster_id=one) for one in (MIRA, PAVO, AQUILA)]
    assert owing(*everywhere) == []
    assert Service("authn", "Authentication") not in [one.service for one in owing()]
