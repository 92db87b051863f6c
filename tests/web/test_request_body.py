"""A body read under a deadline: from real sockets that dawdle, dribble or break off."""

import io
import socket
import threading
import time
from typing import Any

import pytest
from gunicorn.http.errors import InvalidChunkSize
from werkzeug.exceptions import BadRequest, RequestTimeout

from web.request_body import KEY, LOOK_SECONDS, RequestBody, guard


class Dribble:
    """Reads as a server does: until it has what was asked for, or nothing more comes."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def read(self, size: int) -> bytes:
        data = b""
        while len(data) < size and (piece := self.connection.recv(size - len(data))):
            data += piece
        return data


def test_a_body_in_time_is_read_as_it_is():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"hello")
        assert RequestBody(Dribble(ours), ours).read(5) == b"hello"


@pytest.mark.parametrize("every", [None, 0.05], ids=["silent", "a byte now and then"])
def test_a_sender_that_takes_too_long_is_cut_off(every: float | None):
    ours, theirs = socket.socketpair()
    stop = threading.Event()

    def say() -> None:
        while every and not stop.wait(every):
            try:
                theirs.send(b"x")
            except OSError:
                return

    with ours, theirs:
        thread = threading.Thread(target=say)
        thread.start()
        begun = time.monotonic()
        body = RequestBody(Dribble(ours), ours, patience=0.3)
        with pytest.raises(RequestTimeout):
            body.read(10_000)
        assert time.monotonic() - begun < 0.3 + LOOK_SECONDS + 2
        with pytest.raises(RequestTimeout):
            body.read(10_000)
        stop.set()
        thread.join()


@pytest.mark.parametrize("error", [InvalidChunkSize(b"zz"), ConnectionResetError()])
def test_a_body_the_server_cannot_read_is_the_senders_mistake(error: Exception):
    class Broken:
        def read(self, size: int) -> bytes:
            raise error

    with pytest.raises(BadRequest, match=type(error).__name__):
        RequestBody(Broken(), None).read(5)


def test_lines_and_the_whole_are_read_too():
    assert list(RequestBody(io.BytesIO(b"a\nb\nc"), None)) == [b"a\n", b"b\n", b"c"]
    assert RequestBody(io.BytesIO(b"a\nb"), None).read() == b"a\nb"


@pytest.mark.parametrize(
    ("environ", "guarded"),
    [
        ({}, False), ({"CONTENT_LENGTH": ""}, False), ({"CONTENT_LENGTH": "0"}, False),
        ({"CONTENT_LENGTH": "7"}, True), ({"HTTP_TRANSFER_ENCODING": "chunked"}, True),
    ],
)  # fmt: skip
def test_only_requests_with_a_body_are_guarded(environ: dict[str, Any], guarded: bool):
    environ = {KEY: io.BytesIO()} | environ
    guard(environ)
    assert isinstance(environ[KEY], RequestBody) is guarded
