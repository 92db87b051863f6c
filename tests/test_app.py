"""The web process as a whole, over its WSGI door: headers, compression, callbacks, addresses, warm-up."""

import base64
import gzip
import hashlib
import json
import random
import re

import pytest
from dash import Dash

from app import create_app
from data.models import Scope, Status
from data.read_model_reader import ReadModelReader
from data.refresher import ReadModel
from data.store import Store
from data.tables import TableNames, create_tables, delete_tables
from settings import Settings
from tests.read_model import AQUILA, MIRA, NOW, PAVO, SUITES, Writer, attempt, gate
from web import compression
from web.callback_bodies import ENDPOINT, call_of, is_call
from web.compression import Compressed
from web.pages_status import is_page
from web.router import router_call
from web.warmup import page_views, warm_up

PASSED = tuple(gate(suite) for suite in SUITES)


@pytest.fixture(scope="module")
def build(emulator, aws_clients):
    """`build(scope=…)`: an application on the emulator's tables, its read model loaded."""
    client, _ = aws_clients
    tables = TableNames().prefixed("app-")
    create_tables(client, tables)
    writer = Writer(client, tables)
    writer.catalog(now=NOW)
    writer.write(
        attempt("2026-02-24T10:00:00Z", gates=PASSED),
        attempt("2026-02-24T10:00:00Z", cluster_id=AQUILA, status=Status.FAILED),
        attempt("2026-02-24T10:00:00Z", cluster_id=PAVO, service_id="billing"),
        now=NOW,
    )

    def build(**changes) -> Dash:
        settings = Settings(
            aws_endpoint_url=emulator, tables=tables, cursor_secret=b"a cursor secret of tests, 32 byte"
        )
        model = ReadModel(clock=lambda: NOW)
        if changes.pop("loaded", True):
            model.load(ReadModelReader(client, tables))
        store = Store(client, tables, settings.cursor_secret, settings.retention_days, lambda: NOW)
        return create_app(settings, read_model=model, store=store, queue=None, clock=lambda: NOW, **changes)

    yield build
    delete_tables(client, tables)


@pytest.fixture(scope="module")
def dash_app(build):
    return build()


@pytest.fixture
def client(dash_app):
    return dash_app.server.test_client()


EVERY_KIND = [
    ("GET", "/", 200),
    ("GET", "/clusters", 200),
    ("GET", "/no/such/page", 404),
    ("GET", "/api/typo", 404),
    ("GET", "/api/clusters", 200),
    ("GET", "/healthz", 200),
    ("GET", "/_dash-layout", 200),
    ("GET", "/_dash-component-suites/dash/nothing.js", 404),
    ("GET", "/assets/nothing.css", 404),
    ("POST", ENDPOINT, 400),
    ("POST", "/", 405),
    ("GET", "/_mcp", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), EVERY_KIND)
def test_every_answer_carries_the_security_headers(client, method, path, status):
    answer = client.open(path, method=method, json=[] if method == "POST" else None)
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "object-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Request-Id"]
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_https_is_remembered_by_browsers_that_came_by_it(client):
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert "Strict-Transport-Security" in client.get("/", headers={"X-Forwarded-Proto": "https"}).headers


def test_the_policy_allows_every_inline_script_of_the_index(client):
    answer = client.get("/")
    inline = re.findall(r"<script((?![^>]*src)[^>]*)>(.*?)</script>", answer.text, re.S)
    runnable = [code for given, code in inline if code.strip() and 'type="application/json"' not in given]
    assert len(runnable) >= 3
    for code in runnable:
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


AHEAD = re.compile(
    r'<script type="application/json" class="answer-ahead" data-path="([^"]+)"[^>]*>(.*?)</script>', re.S
)


def test_the_index_brings_the_answers_its_page_asks_for_first(dash_app, client):
    ahead = {path: json.loads(text) for path, text in AHEAD.findall(client.get("/?q=auth").text)}
    assert ahead["/_dash-layout"] == client.get("/_dash-layout").json
    assert ahead["/_dash-dependencies"] == client.get("/_dash-dependencies").json
    assert ahead[ENDPOINT] == client.post(ENDPOINT, json=router_call(dash_app, "/", "?q=auth")).json
    assert ahead[ENDPOINT] != client.post(ENDPOINT, json=router_call(dash_app, "/")).json


@pytest.mark.parametrize("path", ["/promotions", "/services/authn", "/no/such/page"])
def test_a_page_that_has_to_ask_the_store_does_not_keep_its_index_waiting(client, path):
    assert [path for path, _ in AHEAD.findall(client.get(path).text)] == ["/_dash-layout", "/_dash-dependencies"]


def test_what_an_address_says_cannot_leave_the_script_it_stands_in(client):
    evil = "</script><script>alert(1)</script>"
    text = client.get("/services", query_string={"q": evil}).text
    ahead = dict(AHEAD.findall(text))
    assert evil in str(json.loads(ahead[ENDPOINT]))
    assert "<" not in ahead[ENDPOINT]
    assert "<script>alert(1)" not in text


def test_the_view_in_an_index_is_of_the_scope_of_who_asks(build):
    mine = build(scope=lambda: Scope(clusters=frozenset({MIRA}))).server.test_client().get("/").text
    assert MIRA in mine
    assert AQUILA not in mine


def test_the_index_asks_no_foreign_host_for_anything(client):
    foreign = re.findall(r'(?:src|href)="(?:https?:)?//[^"]+"', client.get("/").text)
    assert foreign == []


def test_pages_and_callbacks_are_not_stored_by_caches(client):
    for path in ("/", "/_dash-layout", "/_dash-dependencies"):
        assert client.get(path, buffered=True).headers["Cache-Control"] == "no-store"


def test_files_named_by_their_content_are_kept_by_browsers(client):
    files = re.findall(r'(?:src|href)="(/[^"]+)"', client.get("/").text)
    scripts = [path for path in files if path.endswith(".js") or "?m=" in path]
    assert scripts
    kept = [
        path
        for path in scripts
        if "max-age=31536000" in client.get(path, buffered=True).headers.get("Cache-Control", "")
    ]
    assert {path for path in scripts if "?m=" in path} <= set(kept)
    assert not [
        path for path in scripts if "no-store" in client.get(path, buffered=True).headers.get("Cache-Control", "")
    ]


def test_everything_the_index_asks_for_is_there_once_warm(dash_app):
    assert warm_up(dash_app.server, dash_app, pages=True) == []


def test_an_answer_is_compressed_for_those_who_can_read_it(client):
    plain = client.get("/_dash-layout", headers={"Accept-Encoding": "identity"})
    small = client.get("/_dash-layout", headers={"Accept-Encoding": "gzip, br"})
    refused = client.get("/_dash-layout", headers={"Accept-Encoding": "gzip;q=0"})
    assert gzip.decompress(small.data) == plain.data == refused.data
    assert len(small.data) < len(plain.data) / 2
    assert small.headers["Content-Length"] == str(len(small.data))
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_static_file_is_compressed_once(build, monkeypatch):
    client = build().server.test_client()
    levels = []
    compress = gzip.compress

    def counted(content, level, **more):
        levels.append(level)
        return compress(content, level, **more)

    monkeypatch.setattr("web.compression.gzip.compress", counted)
    [path, *_] = [p for p in re.findall(r'src="(/[^"]+)"', client.get("/").text) if "component-suites" in p]
    for _ in range(3):
        answer = client.get(path, buffered=True, headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(answer.data) == client.get(path, buffered=True).data
    assert levels == [compression.BEST]


def test_compressed_files_are_kept_within_their_bound():
    files = Compressed(limit=3000)
    noise = random.Random(1)
    contents = [noise.randbytes(1000) for _ in range(10)]
    for place, content in enumerate(contents):
        assert gzip.decompress(files.get(f"/{place}", content)) == content
    assert files.size <= 3000
    assert gzip.decompress(files.get("/9", contents[0])) == contents[0]


def test_a_request_keeps_the_id_it_came_with_unless_it_is_odd(client):
    assert client.get("/healthz", headers={"X-Request-Id": "from-the-gateway-1"}).headers["X-Request-Id"] == (
        "from-the-gateway-1"
    )
    for odd in ("short", "x" * 65, "with space in it", "quote\"quote'quote"):
        assert client.get("/healthz", headers={"X-Request-Id": odd}).headers["X-Request-Id"] != odd


@pytest.mark.parametrize(
    ("path", "known"),
    [("/", True), ("/clusters", True), ("/clusters/", True), ("/clusters/mira", True), ("/clusters/a/b", False),
     ("/builds/a%3Ab%3A1%3A1", True), ("/builds", False), ("/nothing", False), ("/analytics", True)],
)  # fmt: skip
def test_an_address_is_a_page_or_it_is_404(client, path, known):
    assert is_page(path) is known
    assert client.get(path, buffered=True).status_code == (200 if known else 404)


BAD_BODIES = [
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b'{"output": 1}', b'{"output": "no-such.children"}',
    b'{"output": null, "inputs": [], "changedPropIds": []}', b"[" * 2000, b'{"a": NaN}',
]  # fmt: skip


@pytest.mark.parametrize("body", BAD_BODIES)
def test_a_malformed_callback_body_is_400(client, body):
    assert client.post(ENDPOINT, data=body, content_type="application/json").status_code == 400


def test_a_callback_body_of_another_type_or_size_is_refused(client):
    assert client.post(ENDPOINT, data="{}", content_type="text/plain").status_code == 415
    huge = b'{"output": "' + b"x" * 1_100_000 + b'"}'
    assert client.post(ENDPOINT, data=huge, content_type="application/json").status_code == 413


def server_callbacks(dash_app):
    return {name: one for name, one in dash_app.callback_map.items() if "callback" in one}


def test_a_well_formed_call_of_each_callback_is_let_through(dash_app):
    callbacks = server_callbacks(dash_app)
    assert callbacks
    for name, one in callbacks.items():
        assert is_call(call_of(name, one), dash_app.callback_map), name


def test_damaged_calls_of_real_callbacks_never_are_our_fault(dash_app, client):
    noise = random.Random(7)
    odd: tuple = (None, 0, -1, "", "x" * 500, [], {}, [[]], {"id": 1}, True, "../..", {"id": "a", "property": "b"})
    callbacks = list(server_callbacks(dash_app).items())
    for _ in range(400):
        body = call_of(*noise.choice(callbacks))
        for _ in range(noise.randint(1, 3)):
            damage(body, noise, odd)
        answer = client.post(ENDPOINT, json=body)
        assert answer.status_code < 500, (answer.status_code, body)


def damage(body, noise, odd):
    """Put something odd somewhere into a body."""
    part = noise.choice(list(body))
    if isinstance(body[part], list) and body[part] and noise.random() < 0.7:
        place = noise.randrange(len(body[part]))
        if isinstance(body[part][place], dict) and noise.random() < 0.7:
            body[part][place] = body[part][place] | {noise.choice(("id", "property", "value")): noise.choice(odd)}
        else:
            body[part][place] = noise.choice(odd)
    else:
        body[part] = noise.choice(odd)


def test_before_the_read_model_is_loaded_nothing_breaks_and_readiness_says_so(build):
    unready = build(loaded=False)
    client = unready.server.test_client()
    assert client.get("/").status_code == 200
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    assert warm_up(unready.server, unready, pages=False) == []


def test_the_apps_scope_reaches_the_answers(build):
    only_mira = Scope(clusters=frozenset({MIRA}))
    client = build(scope=lambda: only_mira).server.test_client()
    answer = client.get("/api/clusters").text
    assert MIRA in answer
    assert AQUILA not in answer
    assert client.get(f"/api/clusters/{AQUILA}/summary").status_code == 404


def test_two_applications_in_one_process_do_not_mix(build):
    first, second = build(), build(loaded=False)
    assert first.server.test_client().get("/readyz").status_code == 200
    assert second.server.test_client().get("/readyz").status_code == 503
    assert server_callbacks(first).keys() == server_callbacks(second).keys()


def test_the_views_that_are_kept_are_going_to_a_page_and_drawing_it_again(dash_app):
    kept = page_views(dash_app)
    assert len(kept) == 2
    assert sum("_pages_content" in name for name in kept) == 1


def test_a_page_is_the_same_for_the_next_reader_and_another_for_another_scope(build):
    mine = Scope(clusters=frozenset({MIRA}))
    current = [mine]
    app = build(scope=lambda: current[0])
    client, body = app.server.test_client(), router_call(app, "/")
    first, again = client.post(ENDPOINT, json=body), client.post(ENDPOINT, json=body)
    assert first.data == again.data
    assert AQUILA not in first.text
    current[0] = Scope(clusters=frozenset({AQUILA}))
    other = client.post(ENDPOINT, json=body)
    assert AQUILA in other.text
    assert MIRA not in other.text
