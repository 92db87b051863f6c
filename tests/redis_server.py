"""A Redis for tests: the real server where it is on the PATH, else one that speaks its protocol."""

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import redis
from fakeredis import TcpFakeServer

from embedded.emulator import HOST, free_port

FOUND = shutil.which("redis-server")


@contextmanager
def redis_server(port: int | None = None) -> Iterator[str]:
    """One for as long as the block lasts, empty and in memory; gives its URL."""
    port = port or free_port()
    url = f"redis://{HOST}:{port}/0"
    if FOUND is None:
        with _imitation(port):
            yield url
        return
    command = [FOUND, "--port", str(port), "--bind", HOST, "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait(url)
        yield url
    finally:
        process.kill()
        process.wait()


@contextmanager
def _imitation(port: int) -> Iterator[None]:
    server = TcpFakeServer((HOST, port))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _wait(url: str) -> None:
    deadline = time.monotonic() + 10
    with redis.Redis.from_url(url) as client:
        while time.monotonic() < deadline:
            with suppress(redis.ConnectionError):
                client.ping()
                return
            time.sleep(0.02)
    raise AssertionError("redis-server did not answer")
