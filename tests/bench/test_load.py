"""The load generator counts what really came back."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.load import ask, burst, get, hold, post, sequence


class Answers(BaseHTTPRequestHandler):
    """Echoes; `/broken` is a 500, `/cut` ends in the middle of its answer."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b"x" * 300_000 if self.path == "/long" else b"fine"
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("Content-Length", str(len(body) + (10 if self.path == "/cut" else 0)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.path == "/cut"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


class Server(ThreadingHTTPServer):
    """Says nothing of clients that leave early: the load generator does at the end of its time."""

    def handle_error(self, _request, _client):
        pass


@pytest.fixture(scope="module")
def port():
    server = Server(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_answer_is_read_to_its_end(port):
    assert ask(port, get("/long")) == (200, b"x" * 300_000)
    assert ask(port, post("/", b'{"a": 1}')) == (200, b'{"a": 1}')


def test_an_answer_cut_short_is_an_error_not_an_answer(port):
    with pytest.raises(ConnectionError):
        ask(port, get("/cut"))
    assert burst(port, [get("/cut"), get("/")]).failures == ["closed"]


def test_a_server_error_is_a_failure_and_not_counted(port):
    load = sequence(port, [get("/"), get("/broken"), get("/")])
    assert (len(load.seconds), load.failures) == (2, ["500"])


def test_all_answers_of_a_burst_are_waited_for(port):
    load = burst(port, [get("/long")] * 30)
    assert (len(load.seconds), load.failures) == (30, [])


def test_a_held_load_counts_answers_a_second(port):
    load = hold(port, get("/"), 0.3, count=4)
    assert load.failures == []
    assert load.rate == pytest.approx(len(load.seconds) / load.elapsed)
    assert load.elapsed >= 0.3
