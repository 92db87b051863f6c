"""A proxy before the emulator that fails on demand: each service for itself, as outages do."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from urllib.parse import urlsplit

MARKS = {b"DynamoDB_2012": "dynamodb", b"AmazonSQS": "sqs", b"/s3/aws4_request": "s3"}


class Fault(StrEnum):
    """What may go wrong between a client and a service."""

    CUT = "cut"  # connections break at once
    HOLE = "hole"  # requests are swallowed, nobody answers
    CUT_REPLY = "cut reply"  # the request arrives, its answer does not


class Proxy:
    """Forwards to the emulator; `fail` and `heal` change what happens, on open connections too."""

    def __init__(self, endpoint: str) -> None:
        upstream = urlsplit(endpoint)
        self._upstream = (str(upstream.hostname), int(upstream.port or 80))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._faults: dict[str, Fault] = {}
        self._closed = False
        self.requests = dict.fromkeys(MARKS.values(), 0)

    @property
    def endpoint(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def fail(self, service: str, fault: Fault) -> None:
        """From now on, this service fails so."""
        self._faults[service] = fault

    def heal(self) -> None:
        """From now on, all is well."""
        self._faults.clear()

    def serve(self) -> None:
        """Accept until closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._connection, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Accept no more."""
        self._closed = True
        self._listener.close()

    def _connection(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), socket.create_connection(self._upstream) as upstream:
            service = ""
            replies = threading.Thread(target=self._replies, args=(upstream, client, lambda: service), daemon=True)
            replies.start()
            while data := client.recv(65536):
                found = next((name for mark, name in MARKS.items() if mark in data), None)
                service = found or service
                if found:
                    self.requests[found] += 1
                if not self._pass(service):
                    return
                upstream.sendall(data)

    def _pass(self, service: str) -> bool:
        fault = self._faults.get(service)
        if fault is Fault.CUT:
            return False
        while self._faults.get(service) is Fault.HOLE and not self._closed:
            time.sleep(0.05)
        return fault is not Fault.HOLE

    def _replies(self, upstream: socket.socket, client: socket.socket, service: object) -> None:
        with contextlib.suppress(OSError):
            while data := upstream.recv(65536):
                assert callable(service)
                if self._faults.get(service()) is not None:
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(data)


@contextmanager
def proxied(endpoint: str) -> Iterator[Proxy]:
    """A proxy for as long as the block lasts."""
    proxy = Proxy(endpoint)
    threading.Thread(target=proxy.serve, name="proxy", daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.heal()
        proxy.close()
