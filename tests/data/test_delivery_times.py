"""Quantiles of any group: exact where there are few, within 1 % where there are many, anew where they changed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import delivery_times
from data.delivery_queries import delivery
from data.delivery_refresh import with_ledger
from data.delivery_sums import gather
from data.delivery_times import Group, Of
from data.delivery_views import MetricId
from data.durations import EXACT_UP_TO, quantile
from data.instants import add
from data.kept_parts import KeptParts
from data.models import EVERYTHING
from tests.data.test_delivery import CATALOG, FIRST, PERIOD, SCOPES, made, out, pasts
from tests.read_model import AQUILA, NOW

DAYS = (20_486, 20_490)  # from the day of FIRST on


def timeline(attempts):
    services = [one.service_id for one in CATALOG.services]
    ledger = with_ledger(made(attempts)).ledger
    assert ledger is not None
    return gather(ledger, EVERYTHING, services, [AQUILA], *DAYS, KeptParts()).times


def committed(minutes, **more):
    """Deployments a minute apart, each so many seconds after its commit."""
    return [
        out(add(FIRST, 60 * n), f"1.{n}.0", committed_at=add(FIRST, 60 * n + 600 - seconds), **more)
        for n, seconds in enumerate(minutes)
    ]


def test_groups_have_their_own_quantiles():
    found = timeline([*committed([1000, 3000]), *committed([9000], service_id="billing")])
    told = [found.times(Of.LEADS, Group(services=services)) for services in ((0,), (1,), (0, 1))]
    assert [(one.p50, one.n) for one in told] == [(2000, 2), (9000, 1), (3000, 3)]
    assert found.times(Of.RECOVERIES, Group()).p50 is None


def test_a_group_of_many_is_told_within_one_percent_beside_a_small_one():
    many = np.random.default_rng(7).lognormal(8, 2, EXACT_UP_TO + 1).astype(np.int64) % 80_000_000
    few = timeline([])
    sketched = delivery_times.times_of([(many, None)])
    assert sketched.approximate
    assert sketched.p50 == pytest.approx(quantile(np.sort(many), 0.5) / 1000, rel=0.011)
    assert sketched.p90 == pytest.approx(quantile(np.sort(many), 0.9) / 1000, rel=0.011)
    assert few.times(Of.LEADS, Group()) == delivery_times.Times()


def followed(past, cuts, wanted):
    """What is told after each of these parts of a past, every generation with what the one before kept."""
    known, incidents = past
    gen, told = None, []
    for cut in [*sorted(cuts), len(known)]:
        now = made(known[:cut], incidents[: cut % 4])
        if gen is not None:
            now = replace(now, columns=replace(now.columns, derived=gen.columns.derived))
        days = {(*one.pair, one.started_at[:10]) for one in known}
        gen = with_ledger(now, gen, days)
        told.append((delivery(gen, EVERYTHING, wanted, NOW), delivery(made(known[:cut], incidents[: cut % 4]),
                                                                     EVERYTHING, wanted, NOW)))  # fmt: skip
    return told


@settings(max_examples=60, deadline=None)
@given(
    past=pasts(), cuts=st.lists(st.integers(0, 22), max_size=3), wanted=SCOPES, exact=st.sampled_from([0, 2, 10_000])
)
def test_what_is_kept_from_one_generation_to_the_next_is_what_is_told_from_scratch(past, cuts, wanted, exact):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery_times, "EXACT_UP_TO", exact)
        for kept, scratch in followed(past, cuts, wanted):
            assert kept == replace(scratch, freshness=kept.freshness)


def test_a_group_without_news_is_not_looked_at_again(monkeypatch):
    first = with_ledger(made(committed([1000, 2000])))
    delivery(first, EVERYTHING, PERIOD, NOW)
    looked: list[Group] = []
    real = delivery_times.Timeline._times

    def counted(self, of, group):
        looked.append(group)
        return real(self, of, group)

    monkeypatch.setattr(delivery_times.Timeline, "_times", counted)
    later = out("2026-02-11T10:00:00Z", "2.0.0", service_id="billing", committed_at="2026-02-11T09:00:00.000Z")
    new = made([*committed([1000, 2000]), later])
    new = replace(new, columns=replace(new.columns, derived=first.columns.derived))
    told = delivery(with_ledger(new, first, {(*later.pair, "2026-02-11")}), EVERYTHING, PERIOD, NOW)
    assert told.numbers.metrics[MetricId.LEAD_TIME].n == 3
    authn = Group(services=(0,))
    assert Group() in looked
    assert authn not in looked
