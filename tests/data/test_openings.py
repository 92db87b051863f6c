"""Two sources, one rollout: when the ingest page says so, and what it proposes."""

import pytest

from data.catalog_models import Catalog
from data.events import DeploymentEvent
from data.models import Status
from data.openings import opened_twice

DAY = "2026-02-24"


def opening(source: str, at: str, n: str, version: str = "3.4.2", **changes: str) -> DeploymentEvent:
    cluster, service = changes.get("cluster", "mira"), changes.get("service", "authn")
    return DeploymentEvent(
        source=source, event_time=f"{DAY}T{at}:00.000Z", attempt_id=f"{cluster}:{service}:{version}:{n}",
        cluster_id=cluster, service_id=service, build_version=version, status=Status.IN_PROGRESS,
        started_at=f"{DAY}T{at}:00.000Z",
    )  # fmt: skip


def test_two_sources_that_open_one_version_within_an_hour_are_named_with_the_line_to_add() -> None:
    [found] = opened_twice([opening("argocd", "10:05", "b"), opening("github", "10:00", "a")], Catalog())
    assert found.sources == ("github", "argocd")
    assert [attempt for _, attempt in found.openings] == ["mira:authn:3.4.2:a", "mira:authn:3.4.2:b"]
    assert found.catalog_line == "{cluster: mira, service: authn, source: github}"


@pytest.mark.parametrize("events", [
    [opening("github", "10:00", "a"), opening("github", "10:05", "b")],
    [opening("github", "10:00", "a"), opening("argocd", "11:01", "b")],
    [opening("github", "10:00", "a"), opening("argocd", "10:05", "a")],
    [opening("github", "10:00", "a"), opening("argocd", "10:05", "b", "3.4.3")],
    [opening("github", "10:00", "a"), opening("argocd", "10:05", "b", cluster="pavo")],
    [],
], ids=["one source", "over an hour apart", "one attempt", "two versions", "two clusters", "nothing"])  # fmt: skip
def test_what_is_not_the_same_rollout_twice_is_not_mentioned(events: list[DeploymentEvent]) -> None:
    assert opened_twice(events, Catalog()) == []


def test_a_pair_whose_opener_the_catalog_names_is_not_mentioned() -> None:
    twice = [opening("github", "10:00", "a"), opening("argocd", "10:05", "b")]
    assert opened_twice(twice, Catalog(openers=(("mira", "argocd"),))) == []
    assert len(opened_twice(twice, Catalog(openers=(("pavo", "argocd"),)))) == 1


def test_a_pair_is_mentioned_once_with_its_newest_version() -> None:
    events = [
        opening("github", "10:00", "a"), opening("argocd", "10:05", "b"),
        opening("github", "12:00", "c", "3.4.3"), opening("argocd", "12:05", "d", "3.4.3"),
    ]  # fmt: skip
    assert [found.build_version for found in opened_twice(events, Catalog())] == ["3.4.3"]


def test_the_start_of_an_attempt_is_the_earliest_that_was_said() -> None:
    late = opening("github", "12:00", "a")
    events = [late, opening("github", "10:00", "a"), opening("argocd", "12:05", "b")]
    assert opened_twice(events, Catalog()) == []
