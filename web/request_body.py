"""A request's body as it comes over the wire: cut off where its sender dawdles, a 400 where nobody could read it.

Without this a few senders that never finish would hold every thread, and a body in broken chunks would be our fault.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestTimeout

PATIENCE_SECONDS = 10.0  # for the whole body: a sender that says a byte now and then is slow too
LOOK_SECONDS = 0.5
KEY = "wsgi.input"


class Watch:
    """Ends the reading from connections whose time is up. Its thread begins with the first one, so after the fork."""

    def __init__(self) -> None:
        self._watched: dict[socket.socket, float] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def over(self, connection: socket.socket, deadline: float) -> None:
        """From now on, until `done`."""
        with self._lock:
            self._watched[connection] = deadline
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="slow-bodies", daemon=True)
                self._thread.start()

    def done(self, connection: socket.socket) -> None:
        """The read came back."""
        with self._lock:
            self._watched.pop(connection, None)

    def _look(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            now = time.monotonic()
            with self._lock:
                for connection in [one for one, deadline in self._watched.items() if deadline <= now]:
                    del self._watched[connection]
                    with contextlib.suppress(OSError):  # it is gone already
                        connection.shutdown(socket.SHUT_RD)


WATCH = Watch()


class RequestBody:
    """The server's stream with a deadline. `connection` None: the server does not show it, and there is none."""

    def __init__(
        self, stream: Any, connection: socket.socket | None, patience: float = PATIENCE_SECONDS, watch: Watch = WATCH
    ) -> None:
        self._stream = stream
        self._connection = connection
        self._deadline = time.monotonic() + patience
        self._watch = watch

    def read(self, size: int = -1) -> bytes:
        """Up to so many bytes; all that come without a size."""
        return self._by_deadline(lambda: self._stream.read() if size is None or size < 0 else self._stream.read(size))

    def readline(self, size: int = -1) -> bytes:
        """The next line, or so many bytes of it."""
        return self._by_deadline(lambda: self._stream.readline() if size < 0 else self._stream.readline(size))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _by_deadline(self, read: Callable[[], bytes]) -> bytes:
        if self._connection is None:
            return _readable(read)
        self._watch.over(self._connection, self._deadline)
        try:
            data = _readable(read)
        except BadRequest:
            self._check_time()
            raise
        finally:
            self._watch.done(self._connection)
        self._check_time()
        return data

    def _check_time(self) -> None:
        if time.monotonic() >= self._deadline:
            raise RequestTimeout("the body did not arrive in time")


def _readable(read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except (ParseException, OSError) as error:
        raise BadRequest(f"the body cannot be read to its end ({type(error).__name__})") from error


def guard(environ: dict[str, Any]) -> None:
    """Put the guard before this request's body, where it has one."""
    if environ.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in environ:
        environ[KEY] = RequestBody(environ[KEY], environ.get("gunicorn.socket"))
