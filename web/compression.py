"""Gzip for what is worth it: static files once and at the highest level, answers quickly each time.

Dash's own option compresses every static file anew on each request, 120 ms for its largest.
"""

import gzip
from collections import OrderedDict
from threading import Lock

from flask import Flask, Response, request

LEAST_BYTES = 1024
FAST, BEST = 4, 9
KEPT_BYTES = 32 * 1024 * 1024
STATIC = ("/_dash-component-suites/", "/assets/")
COMPRESSIBLE = ("text/", "application/json", "application/problem+json", "application/javascript",
                "application/manifest+json", "image/svg+xml")  # fmt: skip


class Compressed:
    """Compressed static files by name and content, bounded by their bytes; the least used goes first."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._limit = limit
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self.size = 0
        self._lock = Lock()

    def get(self, path: str, content: bytes) -> bytes:
        """The file's content compressed, worked out where it is not kept."""
        key = path, hash(content)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = gzip.compress(content, BEST, mtime=0)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self.size += len(made)
            while self.size > self._limit:
                self.size -= len(self._kept.popitem(last=False)[1])
        return made


def install(server: Flask) -> None:
    """Compress the answers of clients that accept it."""
    files = Compressed()

    @server.after_request
    def compress(response: Response) -> Response:
        if not _is_compressible(response):
            return response
        response.headers.add("Vary", "Accept-Encoding")
        if not request.accept_encodings["gzip"]:
            return response
        content = _whole(response)
        if len(content) >= LEAST_BYTES:
            static = request.path.startswith(STATIC)
            small = files.get(request.path, content) if static else gzip.compress(content, FAST, mtime=0)
            response.set_data(small)
            response.headers["Content-Encoding"] = "gzip"
        return response


def _whole(response: Response) -> bytes:
    """The answer's bytes; a file, which comes as an open handle, is read and closed."""
    response.direct_passthrough = False
    source = response.response
    content = response.get_data()
    if close := getattr(source, "close", None):
        close()
    return content


def _is_compressible(response: Response) -> bool:
    return (
        response.status_code in (200, 400, 404)
        and "Content-Encoding" not in response.headers
        and (response.mimetype or "").startswith(COMPRESSIBLE)
    )
