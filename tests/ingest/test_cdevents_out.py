"""What goes out comes in again as the same statement: CDEvents made of an attempt, taken by our own intake."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.catalog_models import Catalog
from data.event_feed import Removed, Tried
from data.events import AnyEvent, DeploymentEvent, IncidentEvent, RetirementEvent, TestResultEvent
from data.instants import add
from data.models import Attempt, FailedTest, Incident, Status, TestRun, Trigger, Verdict
from ingest.cdevents_out import events, every
from tests.ingest.normalizers.posting import post
from tests.read_model import MIRA, attempt

BATCH = {"Content-Type": "application/cloudevents-batch+json"}
BEGAN = "2026-11-20T10:00:00.250Z"


def an_attempt(**changes: Any) -> Attempt:
    known = {
        "git_sha": "a" * 40, "actor": "ada", "committed_at": add(BEGAN, -3600), "trigger": Trigger.MERGE,
        "image": "registry.acme.example/acme/authn:1.0.0", "n": "17.rollback",
    }  # fmt: skip
    return attempt(BEGAN, **(known | changes))


def again(of: Attempt, *runs: TestRun) -> tuple[AnyEvent, ...]:
    """What the intake makes of what goes out."""
    taken = post(events(of, runs), BATCH, Catalog())
    return tuple(taken.events)


def same(of: Attempt, event: AnyEvent) -> None:
    assert isinstance(event, DeploymentEvent)
    names = (
        "attempt_id", "cluster_id", "service_id", "build_version", "started_at", "ended_at", "git_sha", "actor",
        "committed_at", "image", "failure_reason",
    )  # fmt: skip
    assert {name: getattr(event, name) for name in names} == {name: getattr(of, name) for name in names}
    assert (event.trigger or Trigger.UNKNOWN) is of.trigger
    assert bool(event.cancelled) is of.cancelled


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"trigger": Trigger.ROLLBACK},
        {"trigger": Trigger.ROLLBACK, "n": "18"},
        {"trigger": Trigger.UNKNOWN, "git_sha": None, "actor": None, "image": None, "committed_at": None},
        {"status": Status.FAILED, "failure_reason": "image pull"},
        {"status": Status.FAILED, "cancelled": True},
        {"status": Status.ROLLBACK, "failure_reason": "error rate", "rollback_to_build": "0.9.0"},
        {"status": Status.IN_PROGRESS},
        {"status": Status.IN_PROGRESS, "run_url": "https://ci.example/1"},
    ],
)
def test_an_attempt_that_goes_out_comes_in_as_the_same(changes: dict[str, Any]) -> None:
    of = an_attempt(**changes)
    (event,) = again(of)
    same(of, event)
    assert event.status is of.status  # type: ignore[union-attr]


def test_what_serves_goes_out_as_deployed_and_a_recovery_as_rolled_back() -> None:
    kinds = {
        trigger: events(an_attempt(status=Status.LIVE, trigger=trigger), [])[0]["type"]
        for trigger in (Trigger.MERGE, Trigger.ROLLBACK)
    }
    assert kinds == {
        Trigger.MERGE: "dev.cdevents.service.deployed.0.2.0",
        Trigger.ROLLBACK: "dev.cdevents.service.rolledback.0.2.0",
    }


def test_what_was_there_before_is_upgraded_and_comes_in_as_the_same() -> None:
    of = an_attempt()
    (upgraded,) = every([Tried(of, (), upgrades=True)])
    assert upgraded["type"] == "dev.cdevents.service.upgraded.0.2.0"
    (event,) = post([upgraded], BATCH, Catalog()).events
    same(of, event)
    recovery = an_attempt(trigger=Trigger.ROLLBACK)
    assert events(recovery, [], upgrades=True)[0]["type"] == "dev.cdevents.service.rolledback.0.2.0"


@pytest.mark.parametrize("cluster_id", [MIRA, None])
@pytest.mark.parametrize("resolved_at", [add(BEGAN, 3600), None])
def test_an_incident_that_goes_out_comes_in_as_the_same(cluster_id: str | None, resolved_at: str | None) -> None:
    of = Incident(
        "INC-7", "authn", cluster_id, BEGAN, resolved_at, f"{MIRA}:authn:1.0.0:17", "Logins fail",
        "https://incidents.example.com/7",
    )  # fmt: skip
    told = every([of])
    both = ["dev.cdevents.incident.reported.0.2.0", "dev.cdevents.incident.resolved.0.2.0"]
    expected = both[: 2 if resolved_at else 1] if cluster_id else ["dev.ddq.incident"]
    assert [one["type"] for one in told] == expected
    taken = [one for one in post(told, BATCH, Catalog()).events if isinstance(one, IncidentEvent)]
    assert len(taken) == len(told)
    assert {(one.incident_id, one.service_id, one.cluster_id, one.started_at, one.attempt_id) for one in taken} == {
        ("INC-7", "authn", cluster_id, BEGAN, of.attempt_id)
    }
    assert taken[-1].resolved_at == resolved_at
    assert (taken[0].title, taken[0].url) == (of.title, of.url)


def test_a_removal_that_goes_out_retires_the_pair() -> None:
    (event,) = post(every([Removed(MIRA, "authn", BEGAN)]), BATCH, Catalog()).events
    assert isinstance(event, RetirementEvent)
    assert (event.cluster_id, event.service_id, event.retired_at) == (MIRA, "authn", BEGAN)


def a_run(**changes: Any) -> TestRun:
    values: dict[str, Any] = {
        "attempt_id": "", "suite": "SANITY", "test_run_id": "run-7", "verdict": Verdict.FAILED, "total": 10,
        "passed": 7, "failed": 2, "skipped": 1, "duration_sec": 61.5, "executed_at": add(BEGAN, 900),
        "report_url": "https://reports.example.com/7", "failed_tests": (FailedTest("cart.adds"),),
    }  # fmt: skip
    return TestRun(**(values | changes))


@pytest.mark.parametrize(
    "run",
    [
        a_run(),
        a_run(verdict=Verdict.PASSED, passed=9, failed=0, failed_tests=()),
        a_run(verdict=Verdict.PARTIAL, passed=5, failed=0, failed_tests=()),
        a_run(total=None, passed=None, failed=None, skipped=None, failed_tests=()),
    ],
)
def test_a_run_that_goes_out_comes_in_as_the_same_for_the_same_attempt(run: TestRun) -> None:
    of = an_attempt()
    _, event = again(of, run)
    assert isinstance(event, TestResultEvent)
    names = ("suite", "test_run_id", "verdict", "total", "passed", "failed", "skipped", "duration_sec", "executed_at")
    assert {name: getattr(event, name) for name in names} == {name: getattr(run, name) for name in names}
    assert (event.attempt_id, event.report_url) == (of.attempt_id, run.report_url)
    assert tuple(test.name for test in event.failed_tests or ()) == tuple(test.name for test in run.failed_tests)


def test_a_run_that_says_nothing_is_left_out() -> None:
    assert (
        len(events(an_attempt(), [a_run(verdict=Verdict.MISSING), a_run(verdict=Verdict.PARTIAL, total=None)])) == 1
    )


@given(st.sampled_from([Status.SUCCESS, Status.LIVE, Status.FAILED, Status.ROLLBACK]), st.integers(0, 90_000))
def test_the_id_of_an_event_follows_from_what_it_says(status: Status, seconds: int) -> None:
    of = an_attempt(status=status, ended_at=add(BEGAN, seconds))
    other = replace(of, ended_at=add(BEGAN, seconds + 1))
    assert events(of, [])[0]["id"] == events(of, [])[0]["id"] != events(other, [])[0]["id"]
    (event,) = again(of)
    same(of, event)
    assert event.cluster_id == MIRA  # type: ignore[union-attr]
