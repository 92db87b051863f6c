"""The past that a million attempts are measured with has what makes summaries cost something."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from bench.long_past import CATALOG, DAYS, attempts
from data.instants import to_instant
from data.models import Status

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def test_a_cluster_regions_past_is_spread_over_its_services_and_days():
    found = list(attempts(3, 6_000, NOW))
    assert len({one.attempt_id for one in found}) == 6_000
    assert {one.cluster_id for one in found} == {CATALOG.clusters[3].cluster_id}
    assert set(Counter(one.service_id for one in found).values()) == {100}
    assert len({one.started_at[:10] for one in found}) == DAYS + 1
    assert to_instant(NOW - timedelta(days=DAYS)) <= found[0].started_at < found[-1].started_at < to_instant(NOW)


def test_what_failed_is_tried_again_with_the_same_version():
    mine = [one for one in attempts(0, 6_000, NOW) if one.service_id == CATALOG.services[5].service_id]
    failed = [place for place, one in enumerate(mine) if one.status is Status.FAILED]
    assert len(failed) == 12
    for place in failed:
        assert mine[place].failure_reason
        assert mine[place].build_version == mine[place + 1].build_version
        assert mine[place + 1].status is Status.SUCCESS
