"""The delivery metrics and their ledger: equal to the slow, obvious way, and right in the cases one can count."""

from collections import Counter
from dataclasses import replace
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog_models import Catalog, Cluster, ClusterType, Service
from data.delivery_queries import delivery
from data.delivery_refresh import with_ledger
from data.delivery_rows import ledger
from data.delivery_views import DeliveryFilter, LedgerFilter, LedgerRow, MetricId
from data.instants import add
from data.models import EVERYTHING, Commit, Gate, Incident, Status, Trigger, Verdict
from tests.data import slow_delivery as slow
from tests.read_model import AQUILA, MIRA, NOW, PAVO, attempt, gate, generation

LYRA = "lyra-eu-west-1"
CATALOG = Catalog(
    clusters=(
        Cluster(AQUILA, "Aquila", ClusterType.PRODUCTION, order=3),
        Cluster(LYRA, "Lyra", ClusterType.PRODUCTION, order=4),
        Cluster(MIRA, "Mira", ClusterType.DEVELOPMENT, order=1),
        Cluster(PAVO, "Pavo", ClusterType.STAGING, order=2),
    ),
    services=(
        Service("authn", "Authentication", team="Platform", suites=("FUNCTIONAL",)),
        Service("billing", "Billing", team="Money", suites=()),
    ),
)
PERIOD = DeliveryFilter("2026-01-26", "2026-02-24")
FIRST = "2026-02-02T00:00:00.000Z"


def out(started_at, version, cluster_id=AQUILA, **changes):
    """An attempt that took ten minutes."""
    return attempt(started_at, cluster_id=cluster_id, build_version=version, **changes)


def made(attempts, incidents=()):
    by_service: dict[str, list[Incident]] = {}
    for one in sorted(incidents, key=lambda one: (one.started_at, one.incident_id)):
        by_service.setdefault(one.service_id, []).append(one)
    return replace(generation(attempts, catalog=CATALOG), incidents=by_service)


def numbers(gen, wanted=PERIOD):
    return delivery(gen, EVERYTHING, wanted, NOW).numbers


def metric(gen, which, wanted=PERIOD):
    return numbers(gen, wanted).metrics[which]


def rows(gen, wanted=PERIOD, limit=1000, **more):
    return ledger(gen, EVERYTHING, LedgerFilter(wanted, **more), NOW, limit).rows


MINUTES = st.integers(0, 22 * 24 * 60)
MAYBE_BACK = st.sampled_from([None, None, None, None, "1.0.0"])
COMMITTED = st.none() | st.integers(-300, 5000)


@st.composite
def attempts(draw):
    found = []
    starts = draw(st.lists(MINUTES, min_size=1, max_size=22))
    for number, minute in enumerate(starts):
        started = add(FIRST, minute * 60)
        length = draw(st.none() | st.integers(0, 400))
        status = draw(st.sampled_from([*Status, Status.SUCCESS, Status.SUCCESS, Status.SUCCESS]))
        committed = draw(COMMITTED)
        commits = draw(st.lists(COMMITTED, max_size=3))
        changes = {"ended_at": None if length is None else add(started, length * 60)}
        found.append(out(
            started, draw(st.sampled_from(["1.0.0", "1.2.0", "2.0.0", "blue", "green"])),
            draw(st.sampled_from([AQUILA, AQUILA, LYRA, MIRA, PAVO])), n=str(number), status=status,
            service_id=draw(st.sampled_from(["authn", "authn", "billing"])),
            trigger=draw(st.sampled_from([Trigger.PROMOTION, Trigger.UNKNOWN, Trigger.ROLLBACK, Trigger.HOTFIX])),
            cancelled=draw(st.sampled_from([False] * 6 + [True])), hotfix=draw(st.sampled_from([False] * 6 + [True])),
            rollback_to_build=draw(MAYBE_BACK),
            committed_at=None if committed is None else add(started, -60 * committed),
            commits=tuple(Commit("a", None if one is None else add(started, -60 * one)) for one in commits),
            gates=(gate("FUNCTIONAL"),) if draw(st.booleans()) else (Gate("FUNCTIONAL", Verdict.MISSING),),
            **changes,
        ))  # fmt: skip
    return found


@st.composite
def pasts(draw):
    found = draw(attempts())
    incidents = []
    for number in range(draw(st.integers(0, 3))):
        started = add(FIRST, draw(MINUTES) * 60)
        lasted = draw(st.none() | st.integers(0, 3000))
        named = draw(st.none() | st.sampled_from(found))
        incidents.append(Incident(
            f"INC-{number}", draw(st.sampled_from(["authn", "billing"])) if named is None else named.service_id,
            draw(st.sampled_from([None, AQUILA, LYRA])), started,
            None if lasted is None else add(started, lasted * 60), named.attempt_id if named else None,
        ))  # fmt: skip
    return found, incidents


SCOPES = st.builds(
    lambda days, service, cluster, team: DeliveryFilter(
        f"2026-02-{days[0]:02}", f"2026-02-{days[1]:02}", service, cluster, team
    ),
    st.tuples(st.integers(1, 24), st.integers(1, 24)).map(sorted), st.sampled_from([None, "authn"]),
    st.sampled_from([None, AQUILA, LYRA]), st.sampled_from([None, "Platform"]),
)  # fmt: skip


def selected(past, wanted):
    """The slow ledger's rows within a filter, and all of the filter's services and clusters."""
    found = slow.ledger(past[0], [AQUILA, LYRA], [MIRA], past[1])
    scope = [
        one for one in found
        if wanted.service_id in (None, one.attempt.service_id) and wanted.cluster_id in (None, one.attempt.cluster_id)
        and (wanted.team is None or one.attempt.service_id == "authn")
    ]  # fmt: skip
    return [one for one in scope if wanted.start <= slow.day(one.attempt.started_at) <= wanted.end], scope


def told(one):
    """A row of the slow ledger as the ledger shows it."""
    return (
        one.attempt.attempt_id, one.kind, one.rule, one.by.attempt_id if one.by else None,
        None if one.recovered is None else (one.recovered - one.detected).total_seconds(),
        one.incident if one.rule else None, one.rework, one.leads, one.left_out, one.first, one.promoted,
    )  # fmt: skip


def shown(one):
    return (
        one.attempt_id, one.kind, one.failure, one.recovered_by, one.recovery_sec, one.incident_id, one.rework,
        list(one.lead_sec), dict(one.lead_excluded), one.first_of_release, one.promotion_lead_sec,
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(past=pasts(), wanted=SCOPES)
def test_every_row_is_what_the_definitions_say(past, wanted):
    mine, _ = selected(past, wanted)
    found = [shown(one) for one in rows(made(*past), wanted)]
    assert sorted(found) == sorted(told(one) for one in mine)


@settings(max_examples=100, deadline=None)
@given(past=pasts(), wanted=SCOPES)
def test_every_number_is_what_the_definitions_say(past, wanted):
    mine, scope = selected(past, wanted)
    found = delivery(made(*past), EVERYTHING, wanted, NOW)
    of = Counter(one.kind for one in mine)
    failed = [one for one in mine if one.rule]
    got = found.numbers
    assert (got.deployments, got.restores, got.redeploys, got.failed_rollouts, got.failed) == (
        of["deployment"], of["restore"], of["redeploy"], of["failed_rollout"], len(failed)
    )  # fmt: skip
    assert got.releases == slow.distinct_releases(mine, scope)
    assert got.rework == sum(one.rework is not None for one in mine)
    leads = [lead for one in mine for lead in one.leads]
    assert got.metrics[MetricId.LEAD_TIME].value == pytest.approx(slow.quantile(leads, 0.5))
    assert got.metrics[MetricId.LEAD_TIME].p90 == pytest.approx(slow.quantile(leads, 0.9))
    over = [(one.recovered - one.detected).total_seconds() for one in failed if one.recovered]
    censored = 2 * (len(failed) - len(over)) > len(failed)
    assert got.metrics[MetricId.RECOVERY_TIME].value == (
        pytest.approx(median(over)) if over and not censored else None
    )
    assert got.open_failures.count == len(failed) - len(over)
    all_of_them = of["deployment"] + of["restore"]
    for which, part, whole in (
        (MetricId.FAILURE_RATE, len(failed), of["deployment"]), (MetricId.REWORK_RATE, got.rework, all_of_them),
    ):  # fmt: skip
        assert got.metrics[which].value == (part / whole if whole else None)
    deployed = [one for one in mine if one.kind == "deployment"]
    assert got.coverage.commit_time == sum(
        bool(one.leads) or set(one.left_out) - {"no_commit_time"} != set() for one in deployed
    )
    took = [one.promoted for one in deployed if one.first and one.promoted is not None]
    assert found.promoted.p50 == pytest.approx(slow.quantile(took, 0.5))
    assert found.promoted.direct_to_prod == sum(one.first for one in deployed) - len(took)


@settings(max_examples=40, deadline=None)
@given(past=pasts(), wanted=SCOPES)
def test_parts_add_up_to_the_whole(past, wanted):
    found = delivery(made(*past), EVERYTHING, wanted, NOW)
    for rows in (found.services, found.teams, found.clusters):
        assert sum(one.numbers.deployments for one in rows) == found.numbers.deployments
        assert sum(one.numbers.failed for one in rows) == found.numbers.failed
    assert sum(one.deployments or 0 for one in found.buckets) == found.numbers.deployments
    assert sum(one.releases or 0 for one in found.buckets) == found.numbers.releases
    assert sum(found.failures.values()) == found.numbers.failed
    assert sum(one.lead_n for one in found.buckets) == found.numbers.metrics[MetricId.LEAD_TIME].n


@settings(max_examples=40, deadline=None)
@given(past=pasts(), cut=st.integers(0, 22))
def test_a_ledger_that_followed_changes_is_one_from_scratch(past, cut):
    known, incidents = past
    old = with_ledger(made(known[:cut], incidents[:1]))
    days = {(*one.pair, one.started_at[:10]) for one in known[cut:]}
    followed = with_ledger(made(known, incidents), old, days)
    assert rows(followed) == rows(made(known, incidents))
    assert numbers(followed) == numbers(made(known, incidents))


@settings(max_examples=30, deadline=None)
@given(past=pasts(), limit=st.integers(1, 5))
def test_pages_of_the_ledger_are_the_ledger(past, limit):
    gen, after = made(*past), None
    found: list[LedgerRow] = []
    while True:
        page = ledger(gen, EVERYTHING, LedgerFilter(PERIOD), NOW, limit, after)
        found += page.rows
        after = page.next
        if after is None:
            break
        assert len(page.rows) == limit
    assert found == list(rows(gen))
    assert page.total == len(found)
    assert [one.started_at for one in found] == sorted((one.started_at for one in found), reverse=True)
