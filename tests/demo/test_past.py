"""The demo's past: the same for the same moment, valid throughout, with its stories in it."""

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import orjson
import pytest

from data.catalog_file import read_catalog_file
from data.catalog_models import ClusterType
from data.events import AnyEvent, DeploymentEvent, IncidentEvent, PromotionEvent, TestResultEvent
from data.models import PromotionStatus, Status, Trigger, Verdict
from demo import past, present
from demo.pipeline import hotfix_of
from demo.releases import releases_of_day
from demo.world import AQUILA, CLUSTERS, DAY, SERVICES, SUITES, instant
from ingest.envelope import normalize
from ingest.origins import Received

NOW = datetime(2026, 11, 23, 9, 30, 12, tzinfo=UTC)
UNTIL = int(NOW.timestamp())
ROOT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=2)
def received(now: datetime = NOW) -> tuple[Received, ...]:
    return tuple(past.events(now))


@lru_cache(maxsize=1)
def events() -> tuple[AnyEvent, ...]:
    return tuple(event for one in received() for event in normalize(one.body, one.received_at, suites=SUITES))


def deployments() -> list[DeploymentEvent]:
    return [event for event in events() if isinstance(event, DeploymentEvent)]


def said_of(cluster: str, service: str) -> dict[str, list[DeploymentEvent]]:
    """What was said of each attempt of the pair."""
    out: dict[str, list[DeploymentEvent]] = {}
    for event in deployments():
        if (event.cluster_id, event.service_id) == (cluster, service):
            out.setdefault(event.attempt_id, []).append(event)
    return out


def final(said: Sequence[DeploymentEvent]) -> Status:
    return max(said, key=lambda event: (event.status is not Status.IN_PROGRESS, event.event_time)).status


def ends() -> dict[str, Status]:
    said: dict[str, list[DeploymentEvent]] = {}
    for event in deployments():
        said.setdefault(event.attempt_id, []).append(event)
    return {attempt_id: final(of) for attempt_id, of in said.items()}


def minutes_ago(minutes: float) -> str:
    return instant(UNTIL - int(minutes * 60))


def test_the_same_moment_gives_the_same_bytes():
    again = list(past.events(NOW))
    assert orjson.dumps(again, default=tuple) == orjson.dumps(received(), default=tuple)


def test_another_process_with_another_hash_seed_tells_the_same():
    program = (
        "import sys, orjson; from datetime import datetime; from demo import past;"
        f"told = list(past.events(datetime.fromisoformat('{NOW}'), 5));"
        "sys.stdout.buffer.write(orjson.dumps(told, default=tuple))"
    )
    ours = orjson.dumps(list(past.events(NOW, 5)), default=tuple)
    for seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, cwd=ROOT, check=True, capture_output=True
        )  # fmt: skip
        assert told.stdout == ours


def test_another_moment_gives_the_same_shape():
    other = received(NOW + timedelta(days=3, hours=5))
    ours, theirs = (Counter(one.body["eventType"] for one in told) for told in (received(), other))
    assert set(ours) == set(theirs)
    assert all(0.8 < theirs[kind] / count < 1.25 for kind, count in ours.items() if count > 500)


def test_there_are_some_twenty_thousand_events_over_eighty_days():
    assert 18_000 < len(received()) < 25_000
    days = {one.received_at[:10] for one in received()}
    assert len(days) > 65
    assert min(days) >= "2026-09-04"


def test_every_envelope_is_valid_and_its_event_is_its_own():
    assert len(events()) == len(received())
    assert len({event.event_id for event in events()}) == len(events())


def test_nothing_is_received_before_it_was_said_or_after_now():
    assert all(event.event_time <= event.received_at <= instant(UNTIL) for event in events())
    order = [one.received_at for one in received()]
    assert order == sorted(order)


def test_every_pair_of_the_world_has_a_past_and_is_in_the_catalog():
    pairs = {(event.cluster_id, event.service_id) for event in deployments()}
    assert len(pairs) > 0.95 * len(CLUSTERS) * len(SERVICES)
    catalog = read_catalog_file(ROOT / "catalog.yaml")
    assert {cluster for cluster, _ in pairs} == {cluster.cluster_id for cluster in catalog.clusters}
    assert {service for _, service in pairs} == {service.service_id for service in catalog.services}


def test_weekends_are_quiet():
    by_weekday = Counter(datetime.fromisoformat(event.started_at).weekday() for event in deployments())
    assert by_weekday[5] + by_weekday[6] < 0.2 * by_weekday[1]


def test_attempts_end_except_those_under_way_now():
    ended = ends()
    under_way = {e.attempt_id: e.started_at for e in deployments() if ended[e.attempt_id] is Status.IN_PROGRESS}
    assert 1 <= len(under_way) <= 3
    assert min(under_way.values()) > minutes_ago(7)


def under_way_at(now: datetime) -> int:
    last = {}
    for one in past.between(now - timedelta(minutes=10), now):
        payload = one.received.body["payload"]
        if one.received.body["eventType"] == "deployment":
            last[payload["clusterId"], payload["attemptNumber"]] = payload["status"]
    return sum(status == "IN_PROGRESS" for status in last.values())


def test_about_one_to_three_rollouts_are_under_way_at_any_moment():
    moments = [datetime(2026, 11, 24, 14, 0, 3, tzinfo=UTC) + timedelta(seconds=97 * i) for i in range(60)]
    counts = Counter(under_way_at(moment) for moment in moments)
    assert max(counts) <= 3
    assert counts[0] <= 3


def test_versions_on_a_cluster_rise_unless_they_are_brought_back():
    for service in SERVICES:
        for cluster in AQUILA:
            attempts = [said[0] for said in said_of(cluster, service.id).values()]
            forward = sorted((e for e in attempts if e.trigger is not Trigger.ROLLBACK), key=lambda e: e.started_at)
            versions = [tuple(map(int, event.build_version.split("."))) for event in forward]
            assert versions == sorted(versions), (service.id, cluster)


def test_the_flaky_suite_fails_and_passes_on_an_unchanged_version():
    runs: dict[str, list[Verdict]] = {}
    for event in events():
        if isinstance(event, TestResultEvent) and (event.service_id, event.suite) == ("search", "REGRESSION"):
            runs.setdefault(event.attempt_id or "", []).append(event.verdict)
    flaked = [verdicts for verdicts in runs.values() if verdicts == [Verdict.FAILED, Verdict.PASSED]]
    assert len(flaked) > 20


def test_a_bad_release_is_rolled_back_in_production_with_an_incident_and_a_hotfix():
    pair = said_of("aquila-us-west-2", "orders")
    recent = {key: said for key, said in pair.items() if said[0].started_at > minutes_ago(31 * 60)}
    (bad,) = [key for key, said in recent.items() if final(said) is Status.ROLLBACK]
    (recovery,) = [said for said in recent.values() if said[0].trigger is Trigger.ROLLBACK]
    back_to = next(event.rollback_to_build for event in recent[bad] if event.status is Status.ROLLBACK)
    assert recovery[0].build_version == back_to
    served = [said[0] for said in pair.values() if said[0].build_version == back_to and said != recovery]
    assert served, "it goes back to a version that served there"
    incidents = [event for event in events() if isinstance(event, IncidentEvent) and event.attempt_id == bad]
    assert [event.resolved_at is not None for event in incidents] == [False, True]
    assert any(said[0].hotfix and final(said) in (Status.SUCCESS, Status.LIVE) for said in recent.values())


def test_changes_fail_in_every_way_that_is_counted():
    """Rolled back, restored without a word on the change itself, mended by a hotfix, and told by an incident."""
    ended, said = ends(), {event.attempt_id: event for event in deployments() if event.cluster_id in AQUILA}
    ordinary = {one: event for one, event in said.items() if event.service_id != "orders"}  # which has its story
    recoveries = sum(event.trigger is Trigger.ROLLBACK for event in ordinary.values())
    taken_back = sum(ended[one] is Status.ROLLBACK for one in ordinary)
    assert 0 < taken_back < recoveries
    assert any(event.hotfix and event.trigger is Trigger.HOTFIX for event in ordinary.values())
    named = {event.attempt_id for event in events() if isinstance(event, IncidentEvent)}
    of_ends = {ended[one] for one in ordinary if one in named}
    assert Status.FAILED in of_ends and of_ends & {Status.SUCCESS, Status.LIVE}
    assert len([e for e in events() if isinstance(e, IncidentEvent)]) == 2 * len(named), "each is resolved"


def test_a_hotfix_is_newer_than_what_it_mends_and_older_than_what_comes_next():
    service = SERVICES[0]
    day = UNTIL // DAY - 6
    built = [made for one in range(day, day + 4) for made in releases_of_day(service, one)]
    for made, following in pairwise(built):
        versions = [tuple(map(int, one.version.split("."))) for one in (made, hotfix_of(made), following)]
        assert versions == sorted(versions) and len(set(versions)) == 3


def test_the_catalogs_rules_have_something_to_say_of_this_world():
    catalog = read_catalog_file(ROOT / "catalog.yaml")
    suites = {suite for rule in catalog.gates for suite in rule.suites or ()}
    assert suites <= set(SUITES)
    assert {rule.to for rule in catalog.gates} == {ClusterType.STAGING, ClusterType.PRODUCTION}
    (freeze,) = catalog.freezes
    begun = {event.attempt_id: event for event in deployments()}.values()
    frozen = [e for e in begun if e.service_id in (freeze.services or ()) and e.cluster_id in (freeze.clusters or ())]
    assert any(freeze.start <= event.started_at < freeze.end for event in frozen)


@pytest.mark.parametrize("days", [0, 11, 200])
def test_an_alert_fires_as_soon_as_somebody_looks(days):
    now = NOW + timedelta(days=days)
    catalog = read_catalog_file(ROOT / "catalog.yaml")
    (rule,) = [one for one in catalog.alerts if one.rule_id == "rollouts-fail"]
    since = instant(int(now.timestamp()) - rule.window_days * 86_400)
    last: dict[str, str] = {}
    for one in past.events(now, rule.window_days + 3):
        said = one.body["payload"]
        if one.body["eventType"] == "deployment" and said["startedAt"] >= since and not said.get("cancelled"):
            name = ":".join((said["clusterId"], said["serviceId"], said["buildVersion"], str(said["attemptNumber"])))
            if last.get(name) in (None, "IN_PROGRESS", "SUCCESS"):
                last[name] = said["status"]
    finished = [status for status in last.values() if status != "IN_PROGRESS"]
    assert len(finished) >= rule.least
    assert rule.above is not None and 100 * finished.count("FAILED") / len(finished) > rule.above


def test_a_region_lags():
    all_missing = 0
    for service in (service for service in SERVICES if service.lags):
        ahead, behind = (
            {said[0].build_version: said[0].started_at for said in said_of(cluster, service.id).values()}
            for cluster in AQUILA
        )
        assert behind, "it has some version"
        missing = [version for version, at in ahead.items() if at > max(behind.values())]
        assert missing, service.id
        all_missing += len(missing)
    assert all_missing >= 8


def test_a_service_has_no_tests():
    assert not [e for e in events() if isinstance(e, TestResultEvent) and e.service_id == "legacy-reports"]
    assert [event for event in deployments() if event.service_id == "legacy-reports"]


def test_promotions_fail_and_are_rejected_with_a_reason():
    promotions = [event for event in events() if isinstance(event, PromotionEvent)]
    lost = [e for e in promotions if e.status in (PromotionStatus.FAILED, PromotionStatus.REJECTED)]
    assert {event.status for event in lost} == {PromotionStatus.FAILED, PromotionStatus.REJECTED}
    assert all(event.reason for event in lost)
    assert "payments" in {e.service_id for e in lost if e.event_time > minutes_ago(5)}


def test_a_run_is_cancelled():
    recent = [event for event in deployments() if event.cancelled and event.started_at > minutes_ago(90)]
    assert {event.service_id for event in recent} >= {"profile"}
    assert all(event.status is Status.FAILED for event in recent)


def test_a_rollout_in_production_is_failing_at_this_moment_for_a_readable_reason():
    pair = said_of("aquila-eu-central-1", "payments")
    newest = max(pair.values(), key=lambda said: said[0].started_at)
    assert final(newest) is Status.FAILED
    assert newest[-1].event_time > minutes_ago(5)
    assert "readiness probe" in (newest[-1].failure_reason or "")


def test_the_stories_services_stay_out_of_the_busy_hours():
    told = past.between(NOW, NOW + timedelta(minutes=60))
    assert not present.AT_REST & {one.received.body["payload"].get("serviceId") for one in told}


def test_stretches_laid_end_to_end_tell_what_one_stretch_tells():
    start, steps = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC), 60
    whole = past.between(start, start + timedelta(minutes=60))
    parts = [
        one
        for i in range(steps)
        for one in past.between(start + timedelta(minutes=i), start + timedelta(minutes=i + 1))
    ]
    assert [(one.at, one.received.body) for one in whole] == [(one.at, one.received.body) for one in parts]
    assert len(whole) > 500, "an event every few seconds"


def test_after_a_long_pause_what_was_under_way_is_finished():
    began = {
        one.received.body["payload"]["attemptNumber"]
        for one in past.between(NOW - timedelta(minutes=5), NOW)
        if one.received.body["eventType"] == "deployment"
    }
    later = past.between(NOW, NOW + timedelta(days=3))
    ended = {
        one.received.body["payload"]["attemptNumber"]
        for one in [*past.between(NOW - timedelta(minutes=5), NOW), *later]
        if one.received.body["eventType"] == "deployment" and one.received.body["payload"]["status"] != "IN_PROGRESS"
    }
    assert began <= ended
    per_day = Counter(instant(one.at)[:10] for one in later)
    assert per_day["2026-11-24"] < 900, "a pause is filled with ordinary life, not with busy hours"
