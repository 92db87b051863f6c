"""The web process as it runs in production, gunicorn and all, for tests that need real HTTP."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded.emulator import HOST, ROOT, free_port
from tests.conftest import WEBHOOK_SECRET, Aws

START_SECONDS = 60.0
WEBHOOK = "/api/ingest/webhook"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    raw: bytes
    seconds: float

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass(frozen=True, slots=True)
class Web:
    """A running web process."""

    port: int
    process: "subprocess.Popen[bytes]"

    def ask(self, path: str, data: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """GET, or POST where there is something to send; any status is an answer."""
        request = urllib.request.Request(f"http://{HOST}:{self.port}{path}", data=data, headers=headers or {})
        started = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                raw, status, sent = response.read(), response.status, dict(response.headers)
        except urllib.error.HTTPError as error:
            with error:
                raw, status, sent = error.read(), error.code, dict(error.headers)
        return Answer(status, sent, raw, time.monotonic() - started)

    def post(self, body: Any, path: str = WEBHOOK, **headers: str | None) -> Answer:
        """An event, with the right secret and type unless told otherwise (None leaves a header out)."""
        data = body if not isinstance(body, dict | list) else json.dumps(body).encode()
        said = {"X-Webhook-Secret": WEBHOOK_SECRET, "Content-Type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(path, data, {k: v for k, v in (said | named).items() if v is not None})


def refused(answer: Answer, status: int, field: str | None = None) -> str:
    """The detail of a problem document with this status and field."""
    assert answer.status == status, answer.raw
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body.get("field") == field
    return str(answer.body["detail"])


@contextmanager
def serving(aws: Aws, logs: Path, **environment: str) -> Iterator[Web]:
    """The web process on the test's tables and queue, until the block ends."""
    port = free_port()
    said = {"PORT": str(port), "WEB_WORKERS": "1", "REFRESH_SECONDS": "0.5"} | environment
    with (logs / "web.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_server()"],
            cwd=ROOT, env=aws.environment(**said), stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    web = Web(port, process)
    try:
        _wait_until_ready(web, logs)
        yield web
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(web: Web, logs: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert web.process.poll() is None, (logs / "web.log").read_text()[-3000:]
        try:
            if web.ask("/readyz").status == 200:
                return
        except OSError:
            pass  # not listening yet
        time.sleep(0.1)
    raise AssertionError((logs / "web.log").read_text()[-3000:])
