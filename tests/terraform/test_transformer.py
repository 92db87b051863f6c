"""The function for senders that nothing else understands: what it makes is what the worker takes."""

import base64
import json
from datetime import UTC, datetime

import pytest

from data.events import DeploymentEvent
from data.instants import to_instant
from data.models import Status
from ingest.message import parse
from terraform.functions import package, transformer
from terraform.functions.transformer import Handler, Refused, Transform, message

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MAPPING = {
    "source": "release-tool",
    "eventType": "deployment",
    "fields": {
        "clusterId": "target.region", "serviceId": "apps.0.name", "buildVersion": "apps.0.version",
        "status": "result", "startedAt": "begin", "endedAt": "end",
    },
    "values": {"status": {"ok": "SUCCESS", "ko": "FAILED"}},
    "constants": {"trigger": "manual"},
    "eventId": "id",
}  # fmt: skip
TRANSFORM = Transform.parse(json.dumps(MAPPING))
SENT = {
    "id": 77, "target": {"region": "mira-us-west-2"}, "apps": [{"name": "authn", "version": "3.4.3"}],
    "result": "ok", "begin": 1795420800, "end": 1795421100000,
}  # fmt: skip


def asked(body, **more):
    return {"requestContext": {}, "body": body, "isBase64Encoded": False, **more}


def test_the_worker_takes_what_it_makes():
    made = json.dumps(message(TRANSFORM, SENT, NOW))
    (event,) = parse(made, to_instant(NOW), {"FUNCTIONAL"}).events
    assert isinstance(event, DeploymentEvent)
    assert (event.source, event.status, event.started_at) == (
        "release-tool",
        Status.SUCCESS,
        "2026-11-23T08:00:00.000Z",
    )


def test_the_same_words_have_the_same_event_id():
    nameless = {name: value for name, value in SENT.items() if name != "id"}
    first, second = (message(TRANSFORM, nameless, NOW)["eventId"] for _ in range(2))
    assert first == second != message(TRANSFORM, {**nameless, "result": "ko"}, NOW)["eventId"]
    assert message(TRANSFORM, SENT, NOW)["eventId"] == "77"


@pytest.mark.parametrize("missing", ["target", "apps", "result", "begin"])
def test_what_is_missing_is_said_to_the_sender(missing):
    sent = {name: value for name, value in SENT.items() if name != missing}
    answer = Handler(TRANSFORM, pytest.fail)(asked(json.dumps(sent)), NOW)
    assert answer["statusCode"] == 400 and "is missing" in json.loads(answer["body"])["detail"]


@pytest.mark.parametrize("body", ["", "{", "\ud800", "[" * 100_000, '"text"', json.dumps({**SENT, "result": "odd"})])
def test_what_is_no_event_is_refused(body):
    assert Handler(TRANSFORM, pytest.fail)(asked(body), NOW)["statusCode"] == 400


def test_a_body_in_base64_is_read_and_sent():
    sent: list[str] = []
    body = base64.b64encode(json.dumps(SENT).encode()).decode()
    answer = Handler(TRANSFORM, sent.append)(asked(body, isBase64Encoded=True), NOW)
    assert answer["statusCode"] == 202 and json.loads(sent[0])["source"] == "release-tool"


def test_while_the_queue_is_away_a_sender_hears_it_and_a_bus_tries_again():
    def away(text):
        raise OSError("no queue")

    answer = Handler(TRANSFORM, away)(asked(json.dumps(SENT)), NOW)
    assert answer["statusCode"] == 503 and answer["headers"]["Retry-After"]
    with pytest.raises(OSError):
        Handler(TRANSFORM, away)({"detail-type": "release", "detail": SENT}, NOW)
    with pytest.raises(Refused):
        Handler(TRANSFORM, away)({"detail-type": "release", "detail": {}}, NOW)


def test_a_package_is_the_same_bytes_each_time(tmp_path):
    first, second = (package.write(tmp_path / name).read_bytes() for name in ("a.zip", "b.zip"))
    assert first == second and transformer.__name__.endswith(package.SOURCE.stem)
