"""What every sender sends means the same after its way through queue and archive."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from data.models import Instant
from ingest import message, normalizers
from ingest.archive_lines import Line, line_of, pack, unpack
from ingest.archived import taken
from ingest.message import Delivery
from ingest.queue import Message
from ingest.taking import Incoming, take
from tests.ingest.normalizers.posting import PAYLOADS, rule, ruled

RECEIVED: Instant = "2026-11-20T12:00:00.000Z"
EVERYTHING = ruled(rule("*", {}, service="authn", cluster="mira-us-west-2", version="1.2.3", deployment=True))
GITLAB = {"deployment": "Deployment Hook", "pipeline": "Pipeline Hook", "job": "Job Hook"}
OTHERS = {"User-Agent": "a sender/1.0", "X-Request-Id": "never-kept", "Accept": "*/*"}
FIXTURES = sorted(str(path.relative_to(PAYLOADS)) for path in PAYLOADS.rglob("*.*"))


def as_sent(name: str) -> list[Incoming]:
    """A fixture in the ways its sender may send it."""
    sender, _, file = name.partition("/")
    raw = (PAYLOADS / name).read_bytes()
    json_type = {"Content-Type": "application/json", **OTHERS}
    if sender == "github":
        headers = {"X-GitHub-Event": file.split(".")[0], "X-GitHub-Delivery": f"guid-{file}", **OTHERS}
        form = urlencode({"payload": raw.decode()}).encode()
        return [
            Incoming(raw, headers | json_type),
            Incoming(form, headers | {"Content-Type": "application/x-www-form-urlencoded"}),
        ]
    if sender == "gitlab":
        named = {"X-Gitlab-Event": GITLAB[file.split(".")[0]], "X-Gitlab-Event-UUID": f"uuid-{file}"}
        return [Incoming(raw, named | json_type)]
    if sender == "cdevents":
        return [Incoming(raw, {**OTHERS, **headers}, None, {}) for headers, raw in cloudevents(raw)]
    if sender == "junit":
        params = {"attemptId": "mira-us-west-2:authn:3.4.3:1", "suite": "FUNCTIONAL"}
        return [Incoming(raw, {"Content-Type": "application/xml", **OTHERS}, "junit", params)]
    named_sender = sender if sender in normalizers.SENDERS else None
    return [Incoming(raw, json_type), Incoming(raw, json_type, named_sender)]


def cloudevents(raw: bytes) -> list[tuple[Mapping[str, str], bytes]]:
    """A CDEvent bare, structured, in a batch, and in binary mode."""
    body: dict[str, Any] = json.loads(raw)
    event = body["data"] if "specversion" in body else body
    context = event["context"]
    attributes = {
        "specversion": "1.0", "id": context["id"], "source": context["source"], "type": context["type"],
        "time": context["timestamp"], "subject": event["subject"]["id"],
    }  # fmt: skip
    structured = json.dumps({**attributes, "datacontenttype": "application/json", "data": event}).encode()
    binary = {f"ce-{name}": value for name, value in attributes.items()}
    return [
        ({"Content-Type": "application/cloudevents+json"}, structured),
        ({"Content-Type": "application/cloudevents-batch+json"}, b"[" + structured + b"]"),
        ({"Content-Type": "application/json", **binary}, json.dumps(event).encode()),
    ]


def archived(incoming: Incoming) -> Line:
    """The line a worker writes of a delivery that came through the webhook."""
    said = take(incoming, RECEIVED, EVERYTHING)
    text = message.dump(Delivery(said.events, said.source, RECEIVED), incoming, said.sender.name)
    delivery = message.parse(text, "2026-11-20T12:00:01.000Z", EVERYTHING.suites)
    assert delivery.events == said.events  # the queue's message says it as well
    ((_, packed),) = pack([line_of(Message("m-1", "r-1", text, "2026-11-20T12:00:01.000Z"), delivery)])
    (line,) = unpack(packed)
    assert isinstance(line, Line)
    return line


@pytest.mark.parametrize("name", FIXTURES)
def test_an_archived_delivery_says_what_it_said_at_first(name: str) -> None:
    for incoming in as_sent(name):
        said = take(incoming, RECEIVED, EVERYTHING)
        if said.events:
            line = archived(incoming)
            assert line.raw == incoming.raw
            assert "X-Request-Id" not in line.headers
            assert taken(line, EVERYTHING) == list(said.events)
        else:
            assert said.ignored, name


def test_most_of_the_fixtures_say_something() -> None:
    """Else the test above would prove nothing."""
    speaking = {
        name.partition("/")[0] for name in FIXTURES for one in as_sent(name) if take(one, RECEIVED, EVERYTHING).events
    }
    assert speaking == {name.partition("/")[0] for name in FIXTURES}
