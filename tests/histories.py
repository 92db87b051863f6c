"""Histories: events about a few attempts, promotions and incidents, small enough to be shuffled.

Everything is drawn through one function `pick`, so that hypothesis (which shrinks) and a seeded generator (which
is fast) draw from the same world.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from data import keys
from data.dynamo import Change, Dynamo
from data.events import (
    AnyEvent,
    BuildEvent,
    DeploymentEvent,
    IncidentEvent,
    PromotionEvent,
    RetirementEvent,
    TestResultEvent,
    sealed,
)
from data.instants import add
from data.models import Instant, PromotionStatus, Status, Trigger, Verdict
from data.tables import TableNames

Pick = Callable[[Sequence[Any]], Any]

NOW = "2026-02-24T12:00:00.000Z"
DAY_BEFORE = "2026-02-23T23:50:00.000Z"  # so that starts fall on either side of midnight
CLUSTER, SERVICE = "mira-us-west-2", "authn"
SOURCES = ("github-actions", "argocd")
VERSIONS = ("1.0.0", "1.1.0")
SHAS = (None, "abc1234", "abc1234def", "fff0000")
NUMBERS = ("1", "2")
DELIVERY_IDS = (None, None, None, "d-1", "d-2")  # now and then one that several events share


def moment(pick: Pick) -> Instant:
    """A minute of the half hour around midnight."""
    return add(DAY_BEFORE, 60 * pick(range(30)))


def deployment(pick: Pick) -> DeploymentEvent:
    """One word on one of four attempts, whose start the sources do not agree upon."""
    version, started, status = pick(VERSIONS), moment(pick), pick(list(Status))
    ended = None if status is Status.IN_PROGRESS else add(started, 60 * pick(range(20)))
    return DeploymentEvent(
        source=pick(SOURCES),
        event_time=ended or started,
        attempt_id=keys.attempt_id(CLUSTER, SERVICE, version, pick(NUMBERS)),
        cluster_id=CLUSTER,
        service_id=SERVICE,
        build_version=version,
        status=status,
        started_at=started,
        ended_at=ended,
        trigger=pick([None, Trigger.MERGE, Trigger.ROLLBACK]),
        git_sha=pick(SHAS),
        failure_reason=pick([None, "image pull", "timeout"]),
        cancelled=True if status is Status.FAILED and pick([False, True]) else None,
    )


def result(pick: Pick) -> TestResultEvent:
    """A run of a suite, for a named attempt or only for a version."""
    version, failed, executed = pick(VERSIONS), pick([0, 1]), moment(pick) if pick([0, 1]) else None
    named = keys.attempt_id(CLUSTER, SERVICE, version, pick(NUMBERS))
    return TestResultEvent(
        source=pick(SOURCES),
        event_time=executed or "",
        attempt_id=pick([None, named]),
        cluster_id=CLUSTER,
        service_id=SERVICE,
        build_version=version,
        git_sha=pick(SHAS),
        suite=pick(["FUNCTIONAL", "SANITY"]),
        test_run_id=pick(["run-1", "run-2"]),
        verdict=Verdict.FAILED if failed else Verdict.PASSED,
        total=10,
        passed=10 - failed,
        failed=failed,
        skipped=0,
        executed_at=executed,
    )


def promotion(pick: Pick) -> PromotionEvent:
    """A word on one of two promotions."""
    at = moment(pick)
    return PromotionEvent(
        source=pick(SOURCES),
        event_time=at,
        promotion_id=pick(["p1", "p2"]),
        service_id=SERVICE,
        build_version=pick(VERSIONS),
        from_cluster_id=CLUSTER,
        to_cluster_id="pavo-us-west-2",
        promoted_at=at,
        status=pick(list(PromotionStatus)),
        approver=pick([None, "mia", "noor"]),
    )


def incident(pick: Pick) -> IncidentEvent:
    """A word on one incident."""
    at = moment(pick)
    return IncidentEvent(
        source="pager",
        event_time=at,
        incident_id="i1",
        service_id=SERVICE,
        cluster_id=pick([None, CLUSTER]),
        started_at=at,
        resolved_at=pick([None, add(at, 600)]),
    )


def build(pick: Pick) -> BuildEvent:
    """A word on what one of two images was built from."""
    at = pick([None, moment(pick)])
    return BuildEvent(
        source=pick(SOURCES),
        event_time=at or "",
        image=pick(["acme/authn:1.0.0", "acme/authn:1.1.0"]),
        sha=pick(["abc1234", "fff0000"]),
        committed_at=at,
    )


def retirement(pick: Pick) -> RetirementEvent:
    """The pair was taken away."""
    at = moment(pick)
    return RetirementEvent(
        source="kubernetes", event_time=at, cluster_id=CLUSTER, service_id=SERVICE, retired_at=at
    )  # fmt: skip


def event(pick: Pick) -> AnyEvent:
    """Any event, received some seconds after noon."""
    said = pick([deployment, deployment, deployment, result, result, promotion, incident, build, retirement])(pick)
    whole: AnyEvent = sealed(said, pick(DELIVERY_IDS))
    return replace(whole, received_at=add(NOW, pick(range(5))))


def redelivered(one: AnyEvent, pick: Pick) -> AnyEvent:
    """The same statement, received at another time."""
    return replace(one, received_at=add(one.received_at, pick(range(-3, 4))))


@st.composite
def deliveries(draw: st.DrawFn, at_most: int = 8) -> list[AnyEvent]:
    """Some events, some of them more than once, in any order."""

    def pick(options: Sequence[Any]) -> Any:
        return draw(st.sampled_from(options))

    said = [event(pick) for _ in range(pick(range(1, at_most + 1)))]
    again = [redelivered(pick(said), pick) for _ in range(pick(range(4)))]
    return draw(st.permutations(said + again))


def random_deliveries(seed: int) -> tuple[list[AnyEvent], list[AnyEvent]]:
    """(events as they happened, the same with repetitions in another order) of a seed."""
    rng = random.Random(seed)
    said = [event(rng.choice) for _ in range(rng.randint(1, 8))]
    again = [redelivered(rng.choice(said), rng.choice) for _ in range(rng.randint(0, 3))]
    return said + again, rng.sample(said + again, len(said + again))


KEPT = ("attempts", "test_runs", "promotions", "events", "read_model")


def content(dynamo: Dynamo, tables: TableNames) -> dict[str, Any]:
    """Every item stored, by table and key, but the log of what was written when."""
    found: dict[str, Any] = {}
    for table in KEPT:
        for item in dynamo.scan(getattr(tables, table)):
            if not item["pk"]["S"].startswith("CHANGE#"):
                found[f"{table} {item['pk']['S']} {item['sk']['S']}"] = item
    return found


def difference(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The items that are not the same in both."""
    return {key: (one.get(key), other.get(key)) for key in one | other if one.get(key) != other.get(key)}


def wipe(dynamo: Dynamo, tables: TableNames) -> None:
    """Empty the tables between two histories."""
    for table in KEPT:
        name = getattr(tables, table)
        dynamo.write([Change(name, item["pk"]["S"], item["sk"]["S"]) for item in dynamo.scan(name)])
