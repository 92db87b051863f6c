"""Whether the first visitors after a start get what they ask for: 100 at once, the moment the port is open."""

import re
import socket
import time

from bench.load import HOST, Load, ask, burst, get
from bench.pages import page_request
from bench.processes import OUR_APP, OUR_CONF, START_SECONDS, Place, end, gunicorn, start_gunicorn
from bench.report import Row
from embedded.emulator import free_port

STARTS, VISITORS = 10, 100
PATHS = ("/", "/_dash-layout", "/_dash-dependencies", "/api/clusters", "/api/analytics", "/readyz")
SCRIPTS = re.compile(r'src="(/[^"]+)"')


def measure(place: Place) -> Row:
    """How many of the first requests failed, over all starts."""
    requests = _requests(place)
    failures: list[str] = []
    slowest = 0.0
    for _ in range(STARTS):
        load = _first_visitors(place, requests)
        failures += load.failures
        slowest = max(slowest, *load.seconds)
    asked = STARTS * VISITORS
    return Row(
        f"failures in the first {VISITORS} parallel requests after each of {STARTS} starts",
        f"{len(failures)} of {asked:,}", "0", float(len(failures)), 0, at_least=False,
        note=f"slowest {slowest:.2f} s" + (f", {sorted(set(failures))}" if failures else ""),
    )  # fmt: skip


def _requests(place: Place) -> list[bytes]:
    """Everything a first visitor's browser asks for, page and files, over and over."""
    with gunicorn(place.environment()) as port:
        scripts = SCRIPTS.findall(ask(port, get("/", gzip=False))[1].decode())
        kinds = [get(path) for path in (*PATHS, *scripts)] + [
            page_request(port, path) for path in ("/", "/analytics")
        ]
    return [kinds[n % len(kinds)] for n in range(VISITORS)]


def _first_visitors(place: Place, requests: list[bytes]) -> Load:
    port = free_port()
    process = start_gunicorn(place.environment(PORT=str(port)), OUR_APP, OUR_CONF)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _is_open(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("gunicorn did not start")
            time.sleep(0.01)
        return burst(port, requests)
    finally:
        end(process)


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
