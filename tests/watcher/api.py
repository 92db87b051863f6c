"""A small Kubernetes API over real HTTP: lists, watches that can break in every way, and leases that can conflict."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Object = dict[str, Any]


@dataclass
class Api:
    """What is in the cluster, what happened to it, and how the next requests go wrong."""

    objects: dict[tuple[str, str, str], Object] = field(default_factory=dict)  # (plural, namespace, name)
    log: list[tuple[int, str, str, Object]] = field(default_factory=list)  # (version, plural, type, object)
    version: int = 100
    oldest: int = 0  # a watch from before this is refused
    refuse_in_stream: bool = True  # 410 as an event of the stream, else as the answer
    absent: set[str] = field(default_factory=set)  # plurals the API does not have
    failing: dict[str, int] = field(default_factory=dict)  # plural -> status of every answer
    page: int = 500
    requests: list[str] = field(default_factory=list)
    cuts: int = 0  # how many watches to cut in the middle of a line, each after its next event
    changed: threading.Condition = field(default_factory=threading.Condition)

    def put(self, plural: str, thing: Object) -> Object:
        """Create or change an object; everyone who watches hears of it."""
        meta = thing["metadata"]
        key = (plural, meta.get("namespace", "default"), meta["name"])
        with self.changed:
            self.version += 1
            kept = thing | {"metadata": meta | {"resourceVersion": str(self.version)}}
            kind = "MODIFIED" if key in self.objects else "ADDED"
            self.objects[key] = kept
            self.log.append((self.version, plural, kind, kept))
            self.changed.notify_all()
        return kept

    def delete(self, plural: str, name: str, namespace: str = "default", *, event: bool = True) -> None:
        """Take an object away."""
        with self.changed:
            self.version += 1
            gone = self.objects.pop((plural, namespace, name))
            gone = gone | {"metadata": gone["metadata"] | {"resourceVersion": str(self.version)}}
            if event:
                self.log.append((self.version, plural, "DELETED", gone))
            self.changed.notify_all()

    def leave(self, plural: str, name: str, namespace: str = "default") -> None:
        """An object no longer has the labels that are watched for: it leaves the watch and stays."""
        with self.changed:
            self.version += 1
            self.log.append((self.version, plural, "DELETED", self.objects[plural, namespace, name]))
            self.changed.notify_all()

    def bookmark(self, plural: str) -> None:
        """Tell the watches of a kind how far they are."""
        with self.changed:
            self.version += 1
            self.log.append((self.version, plural, "BOOKMARK", {"metadata": {"resourceVersion": str(self.version)}}))
            self.changed.notify_all()

    def forget(self, *, in_stream: bool = True) -> None:
        """Whoever watches from before now is refused."""
        with self.changed:
            self.refuse_in_stream = in_stream
            self.version += 1
            self.oldest = self.version
            self.log.clear()
            self.changed.notify_all()

    def asked(self, part: str) -> int:
        """How many requests had this in their address."""
        return sum(part in request for request in self.requests)


class Handler(BaseHTTPRequestHandler):
    """Answers as an API server does, as far as the watcher asks."""

    protocol_version = "HTTP/1.1"
    api: Api

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        namespace, plural, name = _place(url.path)
        self.api.requests.append(self.path)
        if plural in self.api.absent:
            self._answer(404, _status(404, "NotFound"))
        elif plural in self.api.failing:
            self._answer(self.api.failing[plural], _status(self.api.failing[plural], "Failing"))
        elif name:
            found = self.api.objects.get((plural, namespace or "default", name))
            self._answer(200, found) if found else self._answer(404, _status(404, "NotFound"))
        elif asked.get("watch"):
            self._watch(plural, namespace, asked)
        else:
            self._list(plural, namespace, asked)

    def do_POST(self) -> None:
        namespace, plural, _ = _place(urlsplit(self.path).path)
        thing = self._body()
        if (plural, namespace or "default", thing["metadata"]["name"]) in self.api.objects:
            self._answer(409, _status(409, "AlreadyExists"))
        else:
            self._answer(201, self.api.put(plural, thing))

    def do_PUT(self) -> None:
        namespace, plural, name = _place(urlsplit(self.path).path)
        thing = self._body()
        there = self.api.objects.get((plural, namespace or "default", name))
        if there is None or there["metadata"]["resourceVersion"] != thing["metadata"].get("resourceVersion"):
            self._answer(409, _status(409, "Conflict"))
        else:
            self._answer(200, self.api.put(plural, thing))

    def _list(self, plural: str, namespace: str | None, asked: dict[str, str]) -> None:
        with self.api.changed:
            found = [
                thing
                for (kind, where, _), thing in sorted(self.api.objects.items())
                if kind == plural and namespace in (None, where) and _selected(thing, asked.get("labelSelector", ""))
            ]
            version = self.api.version
        start, size = int(asked.get("continue", "0")), min(int(asked.get("limit", "500")), self.api.page)
        more = str(start + size) if start + size < len(found) else ""
        meta = {"resourceVersion": str(version), "continue": more}
        self._answer(200, {"items": found[start : start + size], "metadata": meta})

    def _watch(self, plural: str, namespace: str | None, asked: dict[str, str]) -> None:
        since, seconds = int(asked["resourceVersion"]), float(asked["timeoutSeconds"])
        if since < self.api.oldest and not self.api.refuse_in_stream:
            self._answer(410, _status(410, "Expired"))
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self._stream(plural, namespace, since, seconds)
        except OSError:
            self.close_connection = True  # the watcher left

    def _stream(self, plural: str, namespace: str | None, since: int, seconds: float) -> None:
        while True:
            with self.api.changed:
                if since < self.api.oldest:
                    expired = {"type": "ERROR", "object": _status(410, "Expired")}
                    self._chunk(json.dumps(expired).encode() + b"\n")
                    break
                events = [entry for entry in self.api.log if entry[0] > since and entry[1] == plural]
                if not events and not self.api.changed.wait(seconds):
                    break
            for version, _, kind, thing in events:
                since = version
                if namespace is not None and namespace != thing["metadata"].get("namespace", "default"):
                    continue
                line = json.dumps({"type": kind, "object": thing}).encode() + b"\n"
                if self.api.cuts:
                    self.api.cuts -= 1
                    self._chunk(line[: len(line) // 2])
                    self.close_connection = True
                    return
                self._chunk(line)
        self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _body(self) -> Object:
        found: Object = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def _answer(self, status: int, body: Object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _place(path: str) -> tuple[str | None, str, str]:
    """(namespace, plural, name) of an address; "" where it names no object."""
    parts = path.strip("/").split("/")
    parts = parts[2:] if parts[0] == "api" else parts[3:]
    namespace = None
    if parts[0] == "namespaces":
        namespace, parts = parts[1], parts[2:]
    return namespace, parts[0], parts[1] if len(parts) > 1 else ""


def _selected(thing: Object, selector: str) -> bool:
    labels = thing["metadata"].get("labels", {})
    return all(labels.get(pair.split("=")[0]) == pair.split("=")[1] for pair in selector.split(",") if pair)


def _status(code: int, reason: str) -> Object:
    return {"kind": "Status", "code": code, "reason": reason, "message": f"{reason} as a test wants it"}


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Api, Path]]:
    """A served API and a kubeconfig that leads to it."""
    api = Api()
    handler = type("Bound", (Handler,), {"api": api})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "test",
        "clusters": [{"name": "test", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        "users": [{"name": "test", "user": {"token": "test"}}],
    }))  # fmt: skip
    try:
        yield api, kubeconfig
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
