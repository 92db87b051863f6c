"""A load generator light enough to share two cores with what it measures: one thread, raw sockets, epoll."""

import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

HOST = "127.0.0.1"
PATIENCE = 10.0


@dataclass(slots=True)
class Load:
    """What came back: seconds of each good answer, and how many were not good."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return len(self.seconds) / self.elapsed


@dataclass(slots=True)
class Connection:
    """One keep-alive connection with at most one request under way."""

    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)
    begun: float = 0.0

    def send(self, request: bytes) -> None:
        self.received.clear()
        self.begun = time.perf_counter()
        self.socket.sendall(request)

    def answer(self) -> tuple[int, bytes] | None:
        """(status, body) once it is all there."""
        head = self.received.find(b"\r\n\r\n")
        if head < 0:
            return None
        headers = bytes(self.received[:head]).lower()
        place = headers.find(b"content-length:")
        length = int(headers[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        if len(self.received) < head + 4 + length:
            return None
        return int(headers[9:12]), bytes(self.received[head + 4 : head + 4 + length])


def get(path: str, *, gzip: bool = True) -> bytes:
    """A GET request as bytes."""
    return _request("GET", path, gzip, b"", {})


def post(path: str, body: bytes, *, gzip: bool = True, headers: Mapping[str, str] | None = None) -> bytes:
    """A POST of JSON as bytes."""
    return _request("POST", path, gzip, body, headers or {})


def _request(method: str, path: str, gzip: bool, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", f"Accept-Encoding: {'gzip' if gzip else 'identity'}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join((*lines, "", "")).encode() + body


@contextmanager
def connections(port: int, count: int) -> Iterator[list[Connection]]:
    """So many open connections."""
    made = [Connection(socket.create_connection((HOST, port), PATIENCE)) for _ in range(count)]
    try:
        yield made
    finally:
        for one in made:
            one.socket.close()


def ask(port: int, request: bytes) -> tuple[int, bytes]:
    """One request on a connection of its own."""
    with connections(port, 1) as [one]:
        return ask_on(one, request)


def ask_on(one: Connection, request: bytes) -> tuple[int, bytes]:
    """One request on a connection that is open: (status, body)."""
    one.send(request)
    while (answer := one.answer()) is None:
        chunk = one.socket.recv(262_144)
        if not chunk:
            raise ConnectionError("closed before the answer was complete")
        one.received += chunk
    return answer


def hold(port: int, request: bytes, seconds: float, count: int = 16, *, status: int = 200) -> Load:
    """Ask again and again on `count` connections for so long; an answer of another status is a failure."""
    load = Load()
    with connections(port, count) as made, selectors.DefaultSelector() as selector:
        for one in made:
            selector.register(one.socket, selectors.EVENT_READ, one)
            one.send(request)
        start = time.perf_counter()
        while (now := time.perf_counter()) < start + seconds:
            for key, _ in selector.select(timeout=1):
                _receive(key.data, load, selector)
                if key.data.answer() is not None:
                    _note(key.data, load, status)
                    key.data.send(request)
        load.elapsed = now - start
    return load


def _receive(one: Connection, load: Load, selector: selectors.BaseSelector) -> None:
    chunk = one.socket.recv(262_144)
    if not chunk:
        load.failures.append("closed")
        selector.unregister(one.socket)
    one.received += chunk


def _note(one: Connection, load: Load, status: int = 200) -> None:
    answer = one.answer()
    assert answer is not None
    if answer[0] == status:
        load.seconds.append(time.perf_counter() - one.begun)
    else:
        load.failures.append(str(answer[0]))


def sequence(port: int, requests: Iterable[bytes]) -> Load:
    """Ask one after another, on one connection."""
    load = Load()
    start = time.perf_counter()
    with connections(port, 1) as [one]:
        for request in requests:
            one.send(request)
            while one.answer() is None:
                chunk = one.socket.recv(262_144)
                if not chunk:
                    load.failures.append("closed")
                    return load
                one.received += chunk
            _note(one, load)
    load.elapsed = time.perf_counter() - start
    return load


def burst(port: int, requests: Sequence[bytes]) -> Load:
    """Ask all at once, each on a connection of its own, and wait for every answer."""
    load = Load()
    with connections(port, len(requests)) as made, selectors.DefaultSelector() as selector:
        for one, request in zip(made, requests, strict=True):
            selector.register(one.socket, selectors.EVENT_READ, one)
            one.send(request)
        start = time.perf_counter()
        while selector.get_map() and time.perf_counter() < start + 3 * PATIENCE:
            for key, _ in selector.select(timeout=1):
                try:
                    _receive(key.data, load, selector)
                except ConnectionError as error:
                    load.failures.append(type(error).__name__)
                    selector.unregister(key.fileobj)
                    continue
                if key.data.answer() is not None:
                    _note(key.data, load)
                    selector.unregister(key.fileobj)
        load.failures += ["no answer"] * len(selector.get_map())
        load.elapsed = time.perf_counter() - start
    return load
