"""Who gets in and who does not, over real HTTP: secrets that change, senders that hurry, dawdle, repeat or cheat."""

import base64
import hashlib
import hmac
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app import create_app
from data.api_key_models import KeyScope
from data.api_keys import ApiKeys, made
from data.cursors import Cursors
from data.read_model_reader import ReadModelReader
from data.refresher import ReadModel
from data.store import Store
from ingest.verdict_book import Verdicts
from tests.api.serving import WEBHOOK, Answer, Web, refused, serving
from tests.api.test_schemathesis import Quiet
from tests.api.test_webhooks import deployed, taken
from tests.conftest import WEBHOOK_SECRET, Aws
from tests.ingest import saying, working
from web.request_body import PATIENCE_SECONDS

OLD = "the-secret-before-this-one-012345"
GITHUB, JUNIT = "github-secret-of-the-tests-0123", "junit-secret-of-the-tests-0123456"
SIGNING = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
RATE = 40


@pytest.fixture(scope="module")
def web(module_aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    secrets = {"WEBHOOK_SECRET_GITHUB": GITHUB, "WEBHOOK_SECRET_JUNIT": JUNIT, "WEBHOOK_SECRET_GITLAB": SIGNING}
    with serving(module_aws, tmp_path_factory.mktemp("door"), **secrets) as running:
        yield running


def signed(raw: bytes, secret: str = GITHUB) -> dict[str, Any]:
    return {
        "X_Hub_Signature_256": "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest(),
        "X_GitHub_Event": "ping", "X_Webhook_Secret": None,
    }  # fmt: skip


def test_a_delivery_signed_by_github_needs_no_secret_in_a_header(web: Web):
    raw = json.dumps({"zen": "Keep it logically awesome.", "hook_id": 1}).encode()
    answer = web.post(raw, **signed(raw))
    assert (answer.status, answer.body["status"], answer.body["reason"]) == (200, "ignored", "ping")
    assert answer.body["detail"]


def test_a_body_changed_on_its_way_is_refused_whatever_else_is_right(web: Web):
    raw = json.dumps({"zen": "x"}).encode()
    refused(web.post(raw + b" ", **signed(raw)), 401)
    refused(web.post(raw + b" ", **signed(raw) | {"X_Webhook_Secret": WEBHOOK_SECRET}), 401)
    refused(web.post(raw, **signed(raw, OLD)), 401)


def test_githubs_form_is_taken_from_github_alone(web: Web):
    raw = b"payload=%7B%22zen%22%3A%22x%22%7D"
    form: dict[str, Any] = {"Content_Type": "application/x-www-form-urlencoded"}
    assert web.post(raw, **signed(raw) | form).body["reason"] == "ping"
    refused(web.post(raw, **form), 415)


def test_a_secret_for_one_sender_opens_for_no_other(web: Web, module_aws: Aws):
    refused(web.post(deployed(), X_Webhook_Secret=JUNIT), 403)
    assert web.post(deployed(envelope_source="junit"), X_Webhook_Secret=JUNIT).status == 202
    assert len(taken(module_aws)) == 1


def test_an_address_that_carries_anything_is_refused_so_that_no_secret_is_kept(web: Web, module_aws: Aws):
    assert "s3cret" not in refused(web.post(deployed(), path=f"{WEBHOOK}?token=s3cret"), 400, "token")
    refused(web.post(deployed(), path=f"{WEBHOOK}?token=s3cret", X_Webhook_Secret=None), 401)
    refused(web.post(deployed(), path=f"{WEBHOOK}?cluster=a&cluster=b"), 400, "cluster")
    assert taken(module_aws) == []


def test_a_stale_delivery_is_refused_and_a_fresh_one_repeated_says_the_same(web: Web, module_aws: Aws):
    """W09: five times within its five minutes is one event; afterwards it is 401."""
    key = base64.b64decode(SIGNING.removeprefix("whsec_"))
    raw = json.dumps(deployed(envelope_source="gitlab")).encode()

    def sent(age: int) -> Answer:
        stamp = str(int(time.time()) - age)
        digest = hmac.new(key, f"msg_1.{stamp}.".encode() + raw, hashlib.sha256).digest()
        headers: dict[str, Any] = {
            "webhook_id": "msg_1", "webhook_timestamp": stamp, "X_Webhook_Secret": None,
            "webhook_signature": "v1," + base64.b64encode(digest).decode(),
        }  # fmt: skip
        return web.post(raw, **headers)

    fresh = [sent(0) for _ in range(5)]
    assert {one.status for one in fresh} == {202}
    assert len({one.body["eventId"] for one in fresh}) == 1
    assert "5 minutes" in refused(sent(600), 401)
    refused(sent(-600), 401)
    assert len({one["eventId"] for one in taken(module_aws)}) == 1


def test_an_api_key_opens_for_what_it_is_bound_to_until_it_is_revoked(aws: Aws, tmp_path: Path):
    store = ApiKeys(aws.dynamodb, aws.tables)
    kept, shown = made("ci", [KeyScope.INGEST], datetime.now(UTC), clusters=["mira-us-west-2"])
    reads, reading = made("reads", [KeyScope.READ], datetime.now(UTC))
    dead, revoked = made("gone", [KeyScope.INGEST], datetime.now(UTC))
    for key in (kept, reads, dead):
        store.put(key)
    store.revoke(dead.key_id, datetime.now(UTC))
    with serving(aws, tmp_path, WEBHOOK_SECRET="") as web:

        def by(key: str, **changes: Any) -> Answer:
            return web.post(deployed(**changes), X_Webhook_Secret=None, Authorization=f"Bearer {key}")

        assert by(shown).status == 202
        refused(by(shown, clusterId="pavo-us-west-2"), 403)
        refused(by(reading), 403)
        refused(by(revoked), 401)
        refused(by(shown[:-1] + ("A" if shown[-1] != "A" else "B")), 401)
    assert len(taken(aws)) == 1


@contextmanager
def at_our_time(aws: Aws, clock: Callable[[], datetime], **settings: Any) -> Iterator[Web]:
    """The application behind a real socket, in this process, by a clock of the test's."""
    read_model = ReadModel(clock=clock)
    read_model.load(ReadModelReader(aws.dynamodb, aws.tables))
    known = aws.settings(**settings)
    store = Store(aws.dynamodb, aws.tables, known.cursor_secret, 90, clock)
    app = create_app(known, read_model=read_model, store=store, queue=working.queue_of(aws), clock=clock)
    server = make_server("127.0.0.1", 0, cast(Flask, app.server), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Web(server.server_port, None)  # type: ignore[arg-type]  # there is no process to end
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_rotation_refuses_no_good_delivery_and_ends_the_old_secret_on_time(aws: Aws):
    """W07: old and new sent all the while; the old one is refused from its instant on and never before."""
    begin = time.monotonic()
    first = datetime(2026, 2, 24, 12, tzinfo=UTC)
    until = first + timedelta(seconds=2)

    def clock() -> datetime:
        return first + timedelta(seconds=time.monotonic() - begin)

    heard: list[tuple[str, int, datetime, datetime]] = []
    raw = json.dumps(saying.deployment()).encode()
    secrets = (WEBHOOK_SECRET, OLD)
    with at_our_time(aws, clock, webhook_secrets=secrets, webhook_secret_until=until) as web:
        begin = time.monotonic()

        def send(secret: str) -> None:
            while (begun := clock()) < until + timedelta(seconds=1):
                status = web.post(raw, X_Webhook_Secret=secret).status
                heard.append((secret, status, begun, clock()))

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(send, secrets))
    assert {status for secret, status, _, _ in heard if secret == WEBHOOK_SECRET} == {202}
    before = [status for secret, status, _, after in heard if secret == OLD and after < until]
    later = [status for secret, status, begun, _ in heard if secret == OLD and begun > until]
    assert (set(before), set(later)) == ({202}, {401})


def test_a_noisy_sender_is_told_to_wait_and_a_polite_one_does_not_notice(aws: Aws, tmp_path: Path):
    """W14: one credential at many times its share beside one within it."""
    store = ApiKeys(aws.dynamodb, aws.tables)
    kept, polite = made("polite", [KeyScope.INGEST], datetime.now(UTC))
    store.put(kept)
    raw = json.dumps(deployed()).encode()
    with serving(aws, tmp_path, INGEST_RATE=str(RATE)) as web:
        stop, noise = threading.Event(), list[Answer]()

        def noisy() -> None:
            while not stop.is_set():
                noise.append(web.post(raw))

        threads = [threading.Thread(target=noisy) for _ in range(3)]
        for thread in threads:
            thread.start()
        headers: dict[str, Any] = {"X_Webhook_Secret": None, "Authorization": f"Bearer {polite}"}
        mine = []
        for _ in range(30):
            mine.append(web.post(raw, **headers))
            time.sleep(2 / RATE)
        stop.set()
        for thread in threads:
            thread.join()
    limited = [one for one in noise if one.status == 429]
    assert {one.status for one in noise} == {202, 429}
    assert len(limited) > 20
    assert all(int(one.headers["Retry-After"]) >= 1 for one in limited)
    assert "deliveries a second" in refused(limited[0], 429)
    assert {one.status for one in mine} == {202}


def test_slow_senders_do_not_hold_the_others_up_and_are_cut_off(web: Web, module_aws: Aws):
    """W05: fewer slow ones than threads."""
    head = (
        f"POST {WEBHOOK} HTTP/1.1\r\nHost: x\r\nX-Webhook-Secret: {WEBHOOK_SECRET}\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    )
    slow = [socket.create_connection(("127.0.0.1", web.port), 10) for _ in range(4)]
    for one in slow:
        one.sendall(head.encode())
    answers = [web.post(deployed()) for _ in range(10)]
    assert {one.status for one in answers} == {202}
    assert max(one.seconds for one in answers) < 2
    for one in slow[:2]:
        one.close()  # half a body is no body
    for one in slow[2:]:
        one.settimeout(PATIENCE_SECONDS + 5)
        assert b" 408 " in one.recv(100)
        one.close()
    assert web.post(deployed()).status == 202
    assert len(taken(module_aws)) == 11


POST = b"POST /api/ingest/webhook HTTP/1.1\r\nHost: x\r\n"
RAW = [
    POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    POST + b"Content-Length: -1\r\n\r\n",
    POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    POST + b"X-Webhook-Secret: a\x00b\r\nContent-Length: 0\r\n\r\n",
]  # fmt: skip


@pytest.mark.parametrize(
    "request_bytes", RAW, ids=["two lengths", "negative", "bad chunk", "both", "NUL in a header"]
)
def test_a_request_no_two_servers_would_read_alike_is_refused(web: Web, module_aws: Aws, request_bytes: bytes):
    """W05."""
    with socket.create_connection(("127.0.0.1", web.port), 10) as connection:
        connection.sendall(request_bytes)
        connection.settimeout(5)
        answer = http.client.HTTPResponse(connection)
        try:
            answer.begin()
        except (http.client.BadStatusLine, ConnectionResetError):
            status = 400  # closed without a word
        else:
            status = answer.status
    assert 400 <= status < 500
    assert taken(module_aws) == []


def test_what_was_refused_or_ignored_is_noted_without_its_body_or_secret(aws: Aws, tmp_path: Path):
    raw = json.dumps({"zen": "planted-in-the-body"}).encode()
    with serving(aws, tmp_path, WEBHOOK_SECRET_GITHUB=GITHUB) as web:
        web.post(raw, **signed(raw))
        web.post(raw, **signed(raw, OLD))
        web.post(deployed(), X_Webhook_Secret="planted-wrong-secret-0123456789")
        web.post(deployed(status="BROKEN"))
        web.post(deployed(startedAt="2026-01-01T00:00:00Z", endedAt="2026-01-01T00:10:00Z"))
    found = Verdicts(aws.dynamodb, aws.tables, Cursors(b"c" * 32)).recent(working.utc_now(), 20).items
    told = {(one.source, one.verdict.value, one.reason, one.field) for one in found}
    assert told == {
        ("github", "ignored", "ping", None),
        ("github", "rejected", "unauthorized", None),
        ("unknown", "rejected", "unauthorized", None),
        ("github-actions", "rejected", "invalid", "payload.status"),
        ("github-actions", "ignored", "older_than_retention", None),
    }
    assert "planted" not in json.dumps(aws.dynamodb.scan(TableName=aws.tables.events)["Items"], default=str)
