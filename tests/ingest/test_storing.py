"""A round: each message is sorted by what came of it, and none stands in another's way."""

import json
from collections.abc import Callable, Sequence

import pytest

from data.catalog import CatalogStore
from data.errors import Conflict, Unavailable
from data.events import AnyEvent
from ingest.known import KnownCatalog
from ingest.queue import Message
from ingest.storing import Storing
from tests.conftest import Aws
from tests.ingest import saying

SENT = saying.RECEIVED


class Picky:
    """Applies nothing; fails for the services told, as told."""

    def __init__(self, results: dict[str, Exception], raises: dict[str, Exception]) -> None:
        self.results, self.raises = results, raises
        self.calls: list[int] = []

    def apply(self, events: Sequence[AnyEvent], known: set[int] | None = None) -> list[Exception | None]:
        self.calls.append(len(events))
        for event in events:
            if getattr(event, "service_id", "") in self.raises:
                raise self.raises[getattr(event, "service_id", "")]
        return [self.results.get(getattr(event, "service_id", "")) for event in events]


def message(service_id: str, n: int = 1, **changes: object) -> Message:
    body = saying.deployment(serviceId=service_id, attemptNumber=n, **changes)
    return Message(f"{service_id}-{n}", f"r-{service_id}-{n}", json.dumps(body), SENT)


@pytest.fixture
def storing(aws: Aws) -> Callable[..., tuple[Storing, Picky]]:
    def make(results: dict[str, Exception] | None = None, **raises: Exception) -> tuple[Storing, Picky]:
        picky = Picky(results or {}, raises)
        return Storing(picky, KnownCatalog(CatalogStore(aws.dynamodb, aws.tables)), 90), picky

    return make


def ids(messages: Sequence[Message]) -> list[str]:
    return [one.id for one in messages]


def test_all_messages_of_a_round_are_applied_at_once(storing):
    store, picky = storing()
    outcome = store.store([message("a"), message("b"), message("c")])
    assert ids(outcome.stored) == ["a-1", "b-1", "c-1"]
    assert picky.calls == [3]
    assert outcome.heard == {"github-actions": SENT}


def test_a_passing_failure_keeps_its_message_and_no_other(storing):
    store, _ = storing({"b": Unavailable("throttled"), "c": Conflict("lost")})
    outcome = store.store([message("a"), message("b"), message("c")])
    assert ids(outcome.stored) == ["a-1"]
    assert ids([one for one, _ in outcome.passing]) == ["b-1", "c-1"]


def test_a_lasting_failure_is_refused_with_its_name(storing):
    store, _ = storing({"b": ValueError("no such thing")})
    outcome = store.store([message("a"), message("b")])
    assert ids(outcome.stored) == ["a-1"]
    assert [(one.id, why) for one, why in outcome.refused] == [("b-1", "ValueError: no such thing")]


def test_an_event_that_breaks_the_whole_round_is_found_and_only_it_is_refused(storing):
    store, picky = storing(b=RuntimeError("a fault of ours"))
    outcome = store.store([message("a"), message("b"), message("c")])
    assert ids(outcome.stored) == ["a-1", "c-1"]
    assert [(one.id, why) for one, why in outcome.refused] == [("b-1", "RuntimeError: a fault of ours")]
    assert picky.calls == [3, 1, 1, 1]


def test_a_delivery_of_several_events_is_stored_only_as_a_whole(storing):
    store, _ = storing({"b": Unavailable("throttled")})
    entries = [{k: v for k, v in saying.deployment(serviceId=s).items() if k != "source"} for s in ("a", "b")]
    body = json.dumps({"schemaVersion": 1, "source": "jenkins", "events": entries})
    outcome = store.store([Message("two", "r", body, SENT)])
    assert outcome.stored == []
    assert ids([one for one, _ in outcome.passing]) == ["two"]


def test_of_two_failures_the_lasting_one_decides(storing):
    store, _ = storing({"a": Unavailable("throttled"), "b": ValueError("never")})
    entries = [{k: v for k, v in saying.deployment(serviceId=s).items() if k != "source"} for s in ("a", "b")]
    body = json.dumps({"source": "jenkins", "events": entries})
    outcome = store.store([Message("two", "r", body, SENT)])
    assert [why for _, why in outcome.refused] == ["ValueError: never"]


def test_what_is_too_old_is_done_without_being_applied(storing):
    store, picky = storing()
    outcome = store.store([message("a", startedAt="2025-01-01T00:00:00Z", endedAt=...)])
    assert (ids(outcome.stored), picky.calls, outcome.events) == (["a-1"], [], 0)


class Contagious(Picky):
    """One event spoils the batch it is in: nothing of that batch is stored."""

    def apply(self, events: Sequence[AnyEvent], known: set[int] | None = None) -> list[Exception | None]:
        self.calls.append(len(events))
        spoilt = any(getattr(event, "service_id", "") == "b" for event in events)
        return [ValueError("item too large") if spoilt else None for _ in events]


def test_a_lasting_failure_of_a_whole_batch_is_laid_at_the_door_of_the_message_that_causes_it(aws: Aws) -> None:
    picky = Contagious({}, {})
    store = Storing(picky, KnownCatalog(CatalogStore(aws.dynamodb, aws.tables)), 90)
    outcome = store.store([message("a"), message("b"), message("c")])
    assert ids(outcome.stored) == ["a-1", "c-1"]
    assert ids([one for one, _ in outcome.refused]) == ["b-1"]
    assert picky.calls == [3, 1, 1, 1]
