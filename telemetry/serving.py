"""The port Prometheus reads: GET /metrics and nothing else, apart from the port of visitors.

In the web process gunicorn's master serves it for all of its workers, so that a busy worker cannot hide what it does.
"""

import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

log = logging.getLogger("metrics")

PATH = "/metrics"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
CLIENT_SECONDS = 10


class MetricsServer:
    """Answers with what `expose` says. The port is taken at once; OSError where it is not free."""

    def __init__(self, host: str, port: int, expose: Callable[[], bytes]) -> None:
        self._server = _Server((host, port), expose)
        self.port: int = self._server.server_address[1]

    def start(self) -> None:
        """Answer from now on, in a thread that nobody has to end."""
        threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()
        log.info("metrics served", extra={"port": self.port, "path": PATH})

    def let_go(self) -> None:
        """In a forked child: the port is its parent's alone."""
        self._server.socket.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], expose: Callable[[], bytes]) -> None:
        super().__init__(address, _Handler)
        self.expose = expose

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.warning("metrics not read", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    timeout = CLIENT_SECONDS
    server: _Server

    def do_GET(self) -> None:
        """The measures, or 404."""
        if self.path.partition("?")[0] != PATH:
            self.send_error(404)
            return
        body = self.server.expose()
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """A scrape every few seconds is nothing to write down."""
