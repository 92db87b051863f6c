"""The webhook over real HTTP: what is taken, what is refused and in which order; nothing else is queued."""

import contextlib
import http.client
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.intake import MAX_BYTES
from data.instants import to_instant
from ingest import credentials, message
from tests.api.serving import WEBHOOK, Web, refused, serving
from tests.conftest import WEBHOOK_SECRET, Aws
from tests.ingest import saying, working

SECOND_SECRET = "second-webhook-secret-0123456789"


@pytest.fixture(scope="module")
def web(module_aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    logs = tmp_path_factory.mktemp("web")
    with serving(module_aws, logs, WEBHOOK_SECRET_PREVIOUS=SECOND_SECRET) as running:
        yield running


def ago(**time: float) -> str:
    return to_instant(datetime.now(UTC) - timedelta(**time))


def deployed(**changes: Any) -> dict[str, Any]:
    return saying.deployment(**({"startedAt": ago(hours=1), "endedAt": ago(minutes=50)} | changes))


def taken(aws: Aws) -> list[dict[str, Any]]:
    """What is on the queue, taken off it."""
    queue, found = working.queue_of(aws), []
    while messages := queue.receive():
        found += [json.loads(one.body) for one in messages]
        queue.delete(messages)
    return found


def test_an_event_is_accepted_once_the_queue_has_it(web: Web, module_aws: Aws):
    answer = web.post(deployed(runId=1285, envelope_eventId="delivery-1"))
    assert answer.status == 202
    assert answer.body == {
        "eventId": "github-actions:delivery-1",
        "attemptId": "mira-us-west-2:authn:3.4.3:1285.1",
        "status": "accepted",
    }
    (on_queue,) = taken(module_aws)
    assert on_queue["eventId"] == "github-actions:delivery-1"
    assert on_queue["events"][0]["payload"]["attemptId"] == "mira-us-west-2:authn:3.4.3:1285.1"


def test_the_same_body_gets_the_same_ids(web: Web, module_aws: Aws):
    body = deployed()
    assert web.post(body).body == web.post(body).body
    assert len(taken(module_aws)) == 2


@pytest.mark.parametrize(
    ("body", "attempt_id"),
    [
        (saying.test_result(), "mira-us-west-2:authn:3.4.3:1285"),
        (saying.test_result(attemptId=..., clusterId="a", serviceId="b", buildVersion="1.0.0"), None),
        (saying.promotion(promotedAt="2026-02-24T11:00:00Z"), None),
        (saying.incident(), None),
    ],
    ids=["result", "result of a version", "promotion", "incident"],
)
def test_every_kind_of_event_is_taken(web: Web, module_aws: Aws, body: dict[str, Any], attempt_id: str | None):
    for name in ("promotedAt", "startedAt", "resolvedAt"):
        if name in body["payload"]:
            body["payload"][name] = ago(minutes=10)
    answer = web.post(body)
    assert (answer.status, answer.body["attemptId"]) == (202, attempt_id)
    assert len(taken(module_aws)) == 1


def test_the_message_carries_what_was_sent_to_the_byte(web: Web, module_aws: Aws):
    raw = json.dumps(deployed(note="Größe"), indent=2, ensure_ascii=False).encode()
    assert web.post(raw).status == 202
    (on_queue,) = taken(module_aws)
    original = message.original(json.dumps(on_queue))
    assert original is not None and original.raw == raw
    assert WEBHOOK_SECRET not in json.dumps(on_queue)


def test_fields_nobody_knows_are_named(web: Web, module_aws: Aws):
    assert web.post(deployed(endedat="x")).body["ignoredFields"] == ["payload.endedat"]
    taken(module_aws)


def test_an_event_older_than_the_retention_is_ignored_and_kept_for_the_archive(web: Web, module_aws: Aws):
    answer = web.post(deployed(startedAt=ago(days=89), endedAt=...))
    assert answer.status == 200
    assert (answer.body["status"], answer.body["reason"]) == ("ignored", "older_than_retention")
    (on_queue,) = taken(module_aws)
    assert on_queue["archiveOnly"] is True


@pytest.mark.parametrize("secret", [WEBHOOK_SECRET, SECOND_SECRET])
def test_both_live_secrets_open_either_door(web: Web, module_aws: Aws, secret: str):
    """W07."""
    assert web.post(deployed(), X_Webhook_Secret=secret).status == 202
    answer = web.post(deployed(), X_Webhook_Secret=None, Authorization=f"Bearer {secret}")
    assert answer.status == 202
    taken(module_aws)


STRANGERS: list[tuple[Any, dict[str, Any]]] = [
    (b"not json", {}),
    (b"not json", {"Content_Type": "text/plain"}),
    (b"[" * 1000, {}),
    (b"", {}),
    (json.dumps(saying.deployment(status="?")).encode(), {"Content_Type": None}),
]


@pytest.mark.parametrize(("body", "headers"), STRANGERS)
@pytest.mark.parametrize("secret", [None, "", "wrong-secret-0123456789-0123456789", WEBHOOK_SECRET[:-1]])
def test_a_stranger_learns_only_that_he_is_one(web: Web, module_aws: Aws, body, headers, secret):
    """W04: 401 before anything is looked at."""
    answer = web.post(body, X_Webhook_Secret=secret, **headers)
    detail = refused(answer, 401)
    assert detail == credentials.MISSING
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert taken(module_aws) == []


def test_even_a_stranger_may_not_send_too_much(web: Web):
    refused(web.post(b"x" * (MAX_BYTES + 1), X_Webhook_Secret=None), 413)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Type": "application/jsonx"},
        {"Content_Type": "application/json; charset=utf-16"},
        {"Content_Encoding": "gzip"},
    ],
)
def test_what_is_not_announced_as_plain_json_is_415(web: Web, headers):
    refused(web.post(b"[" * 1000, **headers), 415)


@pytest.mark.parametrize("kind", ["application/json; charset=UTF-8", "application/vnd.dashboard+json"])
def test_json_by_any_of_its_names_is_taken(web: Web, module_aws: Aws, kind: str):
    assert web.post(deployed(), Content_Type=kind).status == 202
    taken(module_aws)


BAD: list[tuple[Any, str | None, str]] = [
    (b"", None, "not JSON"),
    (b"[" * 33 + b"{", None, "nests deeper"),
    (b"[" * 100_000, None, "nests deeper"),
    (b'{"source":"a","source":"b"}', None, "appears twice"),
    (b'{"n":' + b"9" * 5000 + b"}", None, "64 bits"),
    (b'{"a":NaN}', None, "NaN"),
    (rb'{"source":"\u0000"}', None, "U+0000"),
    (b"null", None, "must be an object"),
    ([], None, "must be an object"),
    ({}, "source", "is required"),
    (saying.deployment(envelope_eventType="deploy"), "eventType", "must be one of"),
    (saying.deployment(startedAt="2026-02-24T10:00:00"), "payload.startedAt", "offset"),
    (saying.deployment(endedAt="2026-02-24T09:00:00Z"), "payload.endedAt", "before startedAt"),
    (saying.deployment(commits=["abcdef0", "?"]), "payload.commits.1.sha", "git SHA"),
    (saying.test_result(suiteType="E2E"), "payload.suiteType", "FUNCTIONAL"),
    (saying.deployment(failureReason="x" * 100_000), "payload.failureReason", "2,000"),
    (saying.test_result(total=10**38), None, "64 bits"),
    (saying.deployment(clusterId="a" * 2048), "payload.clusterId", "1 to 63"),
]


@pytest.mark.parametrize(("body", "field", "reason"), BAD)
def test_a_bad_body_is_refused_by_field_and_reason_and_never_queued(web: Web, module_aws: Aws, body, field, reason):
    """W02, W11, D09."""
    assert reason in refused(web.post(body), 400, field)
    assert taken(module_aws) == []


def test_a_sender_nobody_knows_is_a_404_but_not_to_strangers(web: Web):
    refused(web.post(deployed(), path=f"{WEBHOOK}/nobody"), 404)
    refused(web.post(deployed(), path=f"{WEBHOOK}/nobody", X_Webhook_Secret=None), 401)


def test_the_envelope_can_be_named(web: Web, module_aws: Aws):
    assert web.post(deployed(), path=f"{WEBHOOK}/envelope").status == 202
    taken(module_aws)


def sized(size: int) -> bytes:
    """A right body of exactly so many bytes."""
    bare = json.dumps(deployed(note="")).encode()
    return json.dumps(deployed(note="x" * (size - len(bare)))).encode()


def chunked(web: Web, body: bytes, piece: int = 50_000) -> int:
    """The status of a POST that does not announce its length."""
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
    headers = {"X-Webhook-Secret": WEBHOOK_SECRET, "Content-Type": "application/json"}
    pieces = (body[at : at + piece] for at in range(0, len(body), piece))
    try:
        connection.request("POST", WEBHOOK, body=pieces, headers=headers, encode_chunked=True)
        return connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        return connection.getresponse().status  # it answered before we had said everything
    finally:
        connection.close()


@pytest.mark.parametrize(("size", "status"), [(MAX_BYTES - 1, 202), (MAX_BYTES, 202), (MAX_BYTES + 1, 413)])
def test_the_limit_is_exact_plain_and_chunked(web: Web, module_aws: Aws, size: int, status: int):
    """W10."""
    body = sized(size)
    assert len(body) == size
    assert web.post(body).status == status
    assert chunked(web, body) == status
    assert len(taken(module_aws)) == (2 if status == 202 else 0)


def rss_peak_kib(web: Web) -> int:
    """The highest memory use so far of the process that answers."""
    children = subprocess.run(
        ["pgrep", "-P", str(web.process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    lines = [Path(f"/proc/{pid}/status").read_text().splitlines() for pid in children]
    peaks = [int(line.split()[1]) for status in lines for line in status if line.startswith("VmHWM")]
    return max(peaks)


def test_twenty_megabytes_are_refused_without_being_held(web: Web):
    """W10: memory grows by less than 5 MB."""
    refused(web.post(b"x" * 10_000), 400)
    before = rss_peak_kib(web)
    big = b"x" * (20 * 1024 * 1024)
    assert chunked(web, big) == 413
    with contextlib.suppress(OSError):  # cut off while it was still sending: refused all the same
        assert web.post(big).status == 413
    assert rss_peak_kib(web) - before < 5 * 1024


def test_a_get_is_405(web: Web):
    assert refused(web.ask(WEBHOOK), 405)


def test_without_any_secret_configured_the_intake_is_closed(aws: Aws, tmp_path: Path):
    with serving(aws, tmp_path, WEBHOOK_SECRET="", CURSOR_SECRET="c" * 24) as closed:
        refused(closed.post(deployed(), X_Webhook_Secret=""), 401)
        refused(closed.post(deployed()), 401)
    assert taken(aws) == []
