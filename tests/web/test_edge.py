"""The outermost layer: ids in log lines, lines for failures, headers even where Flask never got to answer."""

import json
import logging

import pytest
from flask import Flask

import logs
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
    assert (line["status"], line["path"], line["requestId"]) == ("500", "/broken", answer.headers["X-Request-Id"])
    assert "secret" not in json.dumps([one for one in lines if one["logger"] == "web"])


def test_success_leaves_no_line(server, lines):
    server.test_client().get("/own")
    assert lines == []


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
