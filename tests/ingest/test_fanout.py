"""The bus: tens, what failed again, and never more than a call may carry."""

from typing import Any, cast

import orjson
import pytest

from data.errors import Unavailable
from data.events import AnyEvent
from ingest import fanout
from ingest.envelope import normalize
from ingest.fanout import Bus, detail
from tests.ingest import saying


class Moody:
    """EventBridge as it answers when it takes only some entries; the emulator takes all."""

    def __init__(self, *moods: dict[int, str]) -> None:
        self.moods = list(moods)
        self.calls: list[list[dict[str, Any]]] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        mood = self.moods.pop(0) if self.moods else {}
        self.calls.append(list(Entries))
        answers = [{"ErrorCode": mood[n], "ErrorMessage": "no"} if n in mood else {"EventId": "e"} for n in range(10)]
        return {"FailedEntryCount": len(mood), "Entries": answers[: len(Entries)]}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "PAUSE_SECONDS", 0)


def events(count: int, **changes: Any) -> list[AnyEvent]:
    said = [saying.deployment(attemptNumber=n, **changes) for n in range(count)]
    return [event for body in said for event in normalize(body, saying.RECEIVED, suites=saying.SUITES)]


def bus(moody: Moody) -> Bus:
    return Bus(cast(Any, moody), "audit")


def test_events_go_in_tens() -> None:
    moody = Moody()
    bus(moody).publish(events(25))
    assert [len(call) for call in moody.calls] == [10, 10, 5]


def test_only_what_failed_is_sent_again() -> None:
    moody = Moody({3: "ThrottlingException", 7: "InternalFailure"}, {0: "ThrottlingException"})
    bus(moody).publish(events(10))
    sent = [[orjson.loads(one["Detail"])["payload"]["attemptId"][-1] for one in call] for call in moody.calls]
    assert sent == [list("0123456789"), ["3", "7"], ["3"]]


def test_what_the_bus_keeps_refusing_for_now_is_unavailable() -> None:
    moody = Moody(*[{0: "ThrottlingException"}] * 10)
    with pytest.raises(Unavailable, match="1 events were not taken"):
        bus(moody).publish(events(1))
    assert len(moody.calls) == fanout.TRIES


def test_what_the_bus_will_never_take_is_said_and_let_go(caplog: pytest.LogCaptureFixture) -> None:
    moody = Moody({0: "InvalidArgument"})
    bus(moody).publish(events(2))
    assert len(moody.calls) == 1
    assert "refused by the bus" in caplog.text


def test_a_call_carries_no_more_than_it_may() -> None:
    commits = [{"sha": "a" * 64, "committedAt": "2026-02-24T10:00:00Z"}] * 500
    large = events(12, commits=commits)
    moody = Moody()
    bus(moody).publish(large)
    assert sum(len(call) for call in moody.calls) == 12
    assert all(sum(len(one["Detail"]) for one in call) <= fanout.MOST_BYTES for call in moody.calls)


def test_an_event_too_large_alone_is_shortened_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "MOST_BYTES", 2000)
    (event,) = events(1, commits=[{"sha": "b" * 40}] * 100)
    said = orjson.loads(detail(event))
    assert said["shortened"] is True
    assert "commits" not in said["payload"]
    assert said["payload"]["attemptId"] == "mira-us-west-2:authn:3.4.3:0"


def test_an_event_carries_its_ids_and_its_time() -> None:
    (event,) = normalize(saying.incident(envelope_eventId="i-1"), saying.RECEIVED, suites=())
    moody = Moody()
    bus(moody).publish([event])
    ((entry,),) = moody.calls
    said = orjson.loads(entry["Detail"])
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == ("audit", "deploy-dashboard", "incident")
    assert entry["Time"].isoformat() == "2026-02-24T11:00:00+00:00"
    assert (said["eventId"], said["receivedAt"]) == ("github-actions:i-1", saying.RECEIVED)
    assert said["payload"]["incidentId"] == "INC-7"
