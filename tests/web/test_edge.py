"""The outermost layer: ids in log lines, lines for failures, headers even where Flask never got to answer."""

import json
import logging

import pytest
from flask import Flask, Response

import context
import logs
from telemetry import measures
from telemetry.measuring import exposition
from web import edge
from web.headers import Headers


@pytest.fixture
def server():
    server = Flask("edge")
    edge.install(server, Headers(lambda: ["'sha256-x'"]))

    @server.get("/fine")
    def fine() -> str:
        logging.getLogger("test").warning("within")
        return "fine"

    @server.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError

    @server.get("/things/<name>")
    def things(name: str) -> str:
        context.tell(principal="key k1", eventIds=["e-1"], attemptId=None)
        return name

    @server.get("/healthz")
    def healthz() -> str:
        return "ok"

    @server.get("/stream")
    def stream() -> Response:
        return Response(iter(["one", "two"]))

    @server.get("/own")
    def own() -> tuple[str, dict[str, str]]:
        return "own", {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "max-age=5"}

    return server


@pytest.fixture
def lines(caplog):
    """The log as it would be written."""
    found: list[dict] = []

    class Kept(logging.Handler):
        def emit(self, record):
            found.append(json.loads(logs.JsonFormatter().format(record)))

    handler = Kept()
    caplog.set_level(logging.INFO)
    logging.getLogger().addHandler(handler)
    yield found
    logging.getLogger().removeHandler(handler)


def test_a_line_logged_within_a_request_carries_its_id(server, lines):
    answer = server.test_client().get("/fine", headers={"X-Request-Id": "caller-0001"})
    assert answer.headers["X-Request-Id"] == "caller-0001"
    assert [line["requestId"] for line in lines if line["message"] == "within"] == ["caller-0001"]
    assert logs.request_id.get() is None


def test_a_failure_leaves_a_line_without_the_query(server, lines):
    answer = server.test_client().get("/broken?token=secret")
    assert answer.status_code == 500
    [line] = [line for line in lines if line["logger"] == "web"]
    assert (line["status"], line["path"], line["requestId"]) == (500, "/broken", answer.headers["X-Request-Id"])
    assert line["level"] == "WARNING"
    assert "secret" not in json.dumps([one for one in lines if one["logger"] == "web"])


def test_each_request_leaves_one_line_that_says_what_it_came_to(server, lines):
    answer = server.test_client().get("/things/a%0Ab%1b[31m?token=secret", headers={"X-Request-Id": "caller-0002"})
    [line] = lines
    assert line["time"] and line.pop("time")
    assert line.pop("ms") >= 0
    assert line == {
        "level": "INFO", "logger": "web", "message": "request", "requestId": "caller-0002", "method": "GET",
        "route": "/things/<name>", "path": "/things/a\nb\x1b[31m", "status": 200, "bytes": len(answer.data),
        "principal": "key k1", "eventIds": ["e-1"],
    }  # fmt: skip


def test_a_probe_that_answers_well_leaves_none(server, lines):
    assert server.test_client().get("/healthz").status_code == 200
    assert lines == []


def test_an_answer_of_unknown_length_is_over_when_it_is_sent(server, lines):
    counted = measures.HTTP_REQUESTS.total(route="/stream", status="200")
    answer = server.test_client().get("/stream", buffered=False)
    assert (lines, measures.HTTP_REQUESTS.total(route="/stream")) == ([], counted)
    assert b"".join(answer.response) == b"onetwo"
    answer.close()
    assert [(line["bytes"], line["requestId"]) for line in lines] == [(6, answer.headers["X-Request-Id"])]
    assert measures.HTTP_REQUESTS.total(route="/stream", status="200") == counted + 1


def test_requests_are_counted_by_route_and_strangers_words_make_no_series(server):
    def counted(**only):
        return measures.HTTP_REQUESTS.total(**only)

    before = counted(route="other"), counted(route="/things/<name>"), counted(method="other")
    client = server.test_client()
    for n in range(20):
        client.get(f"/no/such/{n}")
        client.get(f"/things/{n}")
        client.open("/fine", method=f"ODD{n}")
    after = counted(route="other"), counted(route="/things/<name>"), counted(method="other")
    assert [now - then for now, then in zip(after, before, strict=True)] == [40, 20, 20]
    assert f'route="/no/such/{n}"' not in exposition().decode()
    assert "ODD" not in exposition().decode()


def test_our_own_requests_before_there_are_visitors_are_not_counted(server, lines):
    client = server.test_client()
    client.environ_base[edge.UNMEASURED] = "warm-up"
    counted = measures.HTTP_REQUESTS.total()
    client.get("/own")
    assert (lines, measures.HTTP_REQUESTS.total()) == ([], counted)


def test_an_answer_keeps_what_it_says_itself(server):
    headers = server.test_client().get("/own").headers
    assert headers.getlist("Content-Security-Policy") == ["default-src 'none'"]
    assert headers.getlist("Cache-Control") == ["max-age=5"]
    assert headers["X-Frame-Options"] == "DENY"


def test_each_header_is_sent_once(server):
    headers = server.test_client().get("/fine").headers
    names = [name.lower() for name, _ in headers]
    assert sorted(names) == sorted(set(names))
    assert headers["Content-Security-Policy"].count("sha256-x") == 1
