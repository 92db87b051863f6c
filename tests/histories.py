"""Histories: sets of events about a few attempts, promotions and incidents, small enough to be shuffled."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from data import keys
from data.dynamo import Change, Dynamo
from data.events import (
    AnyEvent,
    DeploymentEvent,
    IncidentEvent,
    PromotionEvent,
    TestResultEvent,
    sealed,
)
from data.instants import add
from data.models import PromotionStatus, Status, Trigger, Verdict
from data.tables import TableNames

NOW = "2026-02-24T12:00:00.000Z"
DAY_BEFORE = "2026-02-23T23:50:00.000Z"
CLUSTER, SERVICE = "mira-us-west-2", "authn"

minutes = st.integers(0, 30).map(lambda n: add(DAY_BEFORE, n * 60))
versions = st.sampled_from(["1.0.0", "1.1.0"])
sources = st.sampled_from(["github-actions", "argocd"])
shas = st.sampled_from([None, "abc1234", "abc1234def", "fff0000"])


@st.composite
def deployments(draw: st.DrawFn) -> DeploymentEvent:
    """One word on one of four attempts, whose start the sources do not agree upon."""
    version, n = draw(versions), draw(st.sampled_from(["1", "2"]))
    started = draw(minutes)
    status = draw(st.sampled_from(list(Status)))
    ended = None if status is Status.IN_PROGRESS else add(started, 60 * draw(st.integers(0, 20)))
    event = DeploymentEvent(
        source=draw(sources),
        event_time=ended or started,
        attempt_id=keys.attempt_id(CLUSTER, SERVICE, version, n),
        cluster_id=CLUSTER,
        service_id=SERVICE,
        build_version=version,
        status=status,
        started_at=started,
        ended_at=ended,
        trigger=draw(st.sampled_from([None, Trigger.MERGE, Trigger.ROLLBACK])),
        git_sha=draw(shas),
        failure_reason=draw(st.sampled_from([None, "image pull", "timeout"])),
        cancelled=True if status is Status.FAILED and draw(st.booleans()) else None,
    )
    return received(draw, sealed(event, draw(delivery_ids)))


@st.composite
def results(draw: st.DrawFn) -> TestResultEvent:
    """A run of a suite, for a named attempt or only for a version."""
    version = draw(versions)
    failed = draw(st.integers(0, 1))
    named = draw(st.booleans())
    executed = draw(st.one_of(st.none(), minutes))
    event = TestResultEvent(
        source=draw(sources),
        event_time=executed or "",
        attempt_id=keys.attempt_id(CLUSTER, SERVICE, version, draw(st.sampled_from("12"))) if named else None,
        cluster_id=CLUSTER,
        service_id=SERVICE,
        build_version=version,
        git_sha=draw(shas),
        suite=draw(st.sampled_from(["FUNCTIONAL", "SANITY"])),
        test_run_id=draw(st.sampled_from(["run-1", "run-2"])),
        verdict=Verdict.FAILED if failed else Verdict.PASSED,
        total=10,
        passed=10 - failed,
        failed=failed,
        skipped=0,
        executed_at=executed,
    )
    return received(draw, sealed(event, draw(delivery_ids)))


@st.composite
def promotions(draw: st.DrawFn) -> PromotionEvent:
    """A word on one of two promotions."""
    at = draw(minutes)
    event = PromotionEvent(
        source=draw(sources),
        event_time=at,
        promotion_id=draw(st.sampled_from(["p1", "p2"])),
        service_id=SERVICE,
        build_version=draw(versions),
        from_cluster_id=CLUSTER,
        to_cluster_id="pavo-us-west-2",
        promoted_at=at,
        status=draw(st.sampled_from(list(PromotionStatus))),
        approver=draw(st.sampled_from([None, "mia", "noor"])),
    )
    return received(draw, sealed(event, draw(delivery_ids)))


@st.composite
def incidents(draw: st.DrawFn) -> IncidentEvent:
    """A word on one incident."""
    at = draw(minutes)
    event = IncidentEvent(
        source="pager",
        event_time=at,
        incident_id="i1",
        service_id=SERVICE,
        cluster_id=draw(st.sampled_from([None, CLUSTER])),
        started_at=at,
        resolved_at=draw(st.one_of(st.none(), st.just(add(at, 600)))),
    )
    return received(draw, sealed(event))


# mostly none (the digest is the id); now and then one that several events share
delivery_ids = st.sampled_from([None, None, None, "d-1", "d-2"])


def received(draw: st.DrawFn, event: Any) -> Any:
    """The event as received at some time after it happened."""
    return replace(event, received_at=add(NOW, draw(st.integers(0, 5))))


events = st.one_of(deployments(), deployments(), results(), promotions(), incidents())


@st.composite
def deliveries(draw: st.DrawFn, at_most: int = 8) -> list[AnyEvent]:
    """Some events, some of them more than once (a redelivery is received at another time), in any order."""
    said = draw(st.lists(events, min_size=1, max_size=at_most))
    again = draw(st.lists(st.sampled_from(said), max_size=3))
    repeated = [replace(one, received_at=add(one.received_at, draw(st.integers(-3, 3)))) for one in again]
    return draw(st.permutations(said + repeated))


KEPT = ("attempts", "test_runs", "promotions", "events", "read_model")


def content(dynamo: Dynamo, tables: TableNames) -> dict[str, Any]:
    """Every item stored, by table and key, but the log of what was written when."""
    found: dict[str, Any] = {}
    for table in KEPT:
        for item in dynamo.scan(getattr(tables, table)):
            if not item["pk"]["S"].startswith("CHANGE#"):
                found[f"{table} {item['pk']['S']} {item['sk']['S']}"] = item
    return found


def wipe(dynamo: Dynamo, tables: TableNames) -> None:
    """Empty the tables between two histories."""
    for table in KEPT:
        name = getattr(tables, table)
        dynamo.write([Change(name, item["pk"]["S"], item["sk"]["S"]) for item in dynamo.scan(name)])
