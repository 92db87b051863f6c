"""Builds that do differently by place: golden cases, and held against a walk over the attempts one by one."""

from collections import defaultdict

from hypothesis import given

from data.models import SUCCESSFUL, Attempt, Status
from data.same_build import Region, different_outcomes
from tests.data.quality_worlds import FAILED, frame, tried, worlds
from tests.read_model import AQUILA, MIRA, PAVO


def test_a_version_that_succeeded_here_and_failed_there_is_mixed():
    found = different_outcomes(frame([tried(1, n="1"), tried(2, n="2", cluster_id=PAVO, **FAILED)]))
    assert (found.compared, found.mixed) == (1, 1)
    assert found.regions == (Region(MIRA, 1, 0), Region(PAVO, 1, 1))
    assert found.rows["number"].tolist() == ["1", "2"]


def test_what_became_of_a_version_somewhere_is_its_last_finished_attempt():
    rescued = [tried(1), tried(2, cluster_id=PAVO, **FAILED), tried(3, cluster_id=PAVO)]
    assert different_outcomes(frame(rescued)).mixed == 0
    spoilt = [tried(1), tried(2, cluster_id=PAVO), tried(3, cluster_id=PAVO, status=Status.ROLLBACK)]
    assert different_outcomes(frame(spoilt)).mixed == 1


def test_a_version_tried_in_one_place_tells_nothing():
    found = different_outcomes(frame([tried(1, **FAILED), tried(2, build_version="2.0.0", cluster_id=PAVO)]))
    assert (found.compared, found.mixed, found.regions) == (0, 0, ())


def test_a_version_that_failed_everywhere_is_compared_but_not_mixed():
    found = different_outcomes(frame([tried(1, **FAILED), tried(2, cluster_id=PAVO, **FAILED)]))
    assert (found.compared, found.mixed) == (1, 0)
    assert found.regions == (Region(MIRA, 1, 0), Region(PAVO, 1, 0))


def test_nothing_gives_nothing():
    assert different_outcomes(frame([])).regions == ()


@given(worlds())
def test_builds_that_differ_are_those_found_one_by_one(attempts: list[Attempt]):
    last: dict[tuple[str, str], dict[str, Attempt]] = defaultdict(dict)
    for one in sorted(attempts, key=lambda one: one.started_at):
        if not one.cancelled and one.status is not Status.IN_PROGRESS:
            last[one.service_id, one.build_version][one.cluster_id] = one
    compared = [of for of in last.values() if len(of) > 1]
    mixed = [of for of in compared if len({one.status in SUCCESSFUL for one in of.values()}) == 2]
    found = different_outcomes(frame(attempts))
    assert (found.compared, found.mixed) == (len(compared), len(mixed))
    for cluster in (MIRA, PAVO, AQUILA):
        here = [of[cluster] for of in compared if cluster in of]
        failed = [of[cluster] for of in mixed if cluster in of and of[cluster].status not in SUCCESSFUL]
        region = next((one for one in found.regions if one.cluster_id == cluster), Region(cluster, 0, 0))
        assert (region.compared, region.failed) == (len(here), len(failed))
