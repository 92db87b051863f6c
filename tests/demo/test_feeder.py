"""The feeder against a real HTTP server: it tells everything once, waits while the web is away, and goes on."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from demo import feeder, past
from demo.feeder import Feeder
from demo.mark import Import, Marks
from demo.webhook import Outcome, Webhook

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)
SECRET = "test-webhook-secret-0123456789abcdef"


class Receiver(ThreadingHTTPServer):
    """A webhook that remembers what it took; `answers` are the next statuses, then 202."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.taken: list[dict[str, Any]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.secrets: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api/ingest/webhook"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, headers = self.server.answers.pop(0) if self.server.answers else (202, {})
        if status == 202:
            self.server.taken.append(body)
        self.server.secrets.add(self.headers["X-Webhook-Secret"])
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class MemoryMark:
    """A mark without tables."""

    def __init__(self, at: datetime | None) -> None:
        self.at = at

    def told_until(self) -> datetime | None:
        return self.at

    def move(self, until: datetime) -> None:
        self.at = max(self.at or until, until)


class Clock:
    """A clock that goes `step` further with each look, and stops the feeder at `end`."""

    def __init__(self, start: datetime, step: timedelta, end: datetime, stop: threading.Event) -> None:
        self.now, self._step, self._end, self._stop = start, step, end, stop

    def __call__(self) -> datetime:
        if self.now >= self._end:
            self._stop.set()
        else:
            self.now = min(self.now + self._step, self._end)
        return self.now


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeder, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(feeder, "HURRY_SECONDS", 0.0)


def feed(receiver: Receiver, mark: MemoryMark, start: datetime, minutes: float) -> None:
    stop = threading.Event()
    clock = Clock(start, timedelta(seconds=7), start + timedelta(minutes=minutes), stop)
    Feeder(Webhook(receiver.url, SECRET), mark, clock, stop).run()


def told(minutes: float) -> list[dict[str, Any]]:
    return [one.received.body for one in past.between(START, START + timedelta(minutes=minutes))]


def test_it_sends_every_event_of_the_world_once_and_in_order(receiver: Receiver):
    mark = MemoryMark(START)
    feed(receiver, mark, START, 7)
    assert receiver.taken == told(7)
    assert receiver.secrets == {SECRET}
    assert len(receiver.taken) > 20


def test_a_restart_goes_on_where_it_was_and_finishes_what_is_under_way(receiver: Receiver):
    mark = MemoryMark(START)
    feed(receiver, mark, START, 4)
    assert mark.at is not None
    feed(receiver, mark, mark.at, 10)
    sent = [body["eventId"] for body in receiver.taken]
    assert sent == [body["eventId"] for body in told(14)][: len(sent)]
    assert {body["eventId"] for body in told(13)} <= set(sent)


def test_a_web_that_is_away_loses_nothing(receiver: Receiver):
    receiver.answers = [(503, {"Retry-After": "0"}), (503, {"Retry-After": "0"}), (500, {"Retry-After": "0"})]
    feed(receiver, MemoryMark(START), START, 3)
    assert receiver.taken == told(3)


def test_a_refused_event_is_left_out_and_the_rest_goes_on(receiver: Receiver, caplog: pytest.LogCaptureFixture):
    receiver.answers = [(400, {})]
    feed(receiver, MemoryMark(START), START, 3)
    assert receiver.taken == told(3)[1:]
    assert "refused an event" in caplog.text


def test_it_stops_while_the_web_is_away():
    stop = threading.Event()
    closed = Receiver()
    closed.server_close()
    mark = MemoryMark(START)
    thread = threading.Thread(
        target=Feeder(Webhook(closed.url, SECRET), mark, lambda: START + timedelta(minutes=2), stop).run
    )
    thread.start()
    stop.wait(0.3)
    assert thread.is_alive()
    stop.set()
    thread.join(timeout=2)
    assert not thread.is_alive()
    assert mark.at == START, "nothing was told, so the mark stays"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(202, Outcome.TAKEN), (200, Outcome.TAKEN), (400, Outcome.REFUSED), (413, Outcome.REFUSED),
     (401, Outcome.AWAY), (429, Outcome.AWAY), (503, Outcome.AWAY)],
)  # fmt: skip
def test_each_status_means_taken_refused_or_away(receiver: Receiver, status: int, outcome: Outcome):
    receiver.answers = [(status, {})]
    assert Webhook(receiver.url, SECRET).send({}).outcome is outcome


def test_a_server_that_speaks_no_http_is_away():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"hello\r\n\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        answer = Webhook(f"http://127.0.0.1:{server.getsockname()[1]}/", SECRET, timeout=2).send({})
        thread.join()
    assert answer.outcome is Outcome.AWAY


def test_the_mark_never_goes_back(aws: Any):
    marks = Marks(aws.dynamodb, aws.tables)
    assert marks.told_until() is None
    marks.move(START)
    marks.move(START - timedelta(minutes=5))
    assert marks.told_until() == START


def test_an_import_that_was_begun_is_repeated_as_it_was(aws: Any):
    marks = Marks(aws.dynamodb, aws.tables)
    first = marks.begin_import(Import(START, 80))
    assert marks.begin_import(Import(START + timedelta(hours=1), 10)) == first


def wait_for(holds: Callable[[], bool], seconds: float) -> None:
    end = datetime.now(UTC) + timedelta(seconds=seconds)
    pause = threading.Event()
    while not holds() and datetime.now(UTC) < end:
        pause.wait(0.05)
    assert holds()


def test_the_process_feeds_and_leaves_when_told_to(aws: Any, receiver: Receiver):
    Marks(aws.dynamodb, aws.tables).move(datetime.now(UTC) - timedelta(minutes=2))
    port = str(receiver.server_address[1])
    with subprocess.Popen([sys.executable, "-m", "demo.feeder"], cwd=ROOT, env=aws.environment(PORT=port)) as process:
        try:
            wait_for(lambda: len(receiver.taken) >= 5, 20)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == 0
        finally:
            process.kill()
    known = {one.received.body["eventId"] for one in past.between(
        datetime.now(UTC) - timedelta(minutes=4), datetime.now(UTC)
    )}  # fmt: skip
    assert {body["eventId"] for body in receiver.taken} <= known
    moved = Marks(aws.dynamodb, aws.tables).told_until()
    assert moved is not None
    assert moved > datetime.now(UTC) - timedelta(minutes=2)
