"""The API against its own OpenAPI document, by a tool that has seen many: no server error, no surprise (W17)."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.api.conftest import SERVING, Site
from tests.conftest import WEBHOOK_SECRET
from tests.read_model import MIRA

HERE = Path(__file__).parent
SECONDS = 45

# Whether the parts of an event fit together (its times, its id and names) no schema can say: what is sent to the
# webhook may be well-formed and still be refused. Nor does one say what XML is a report: nearly all of it is refused.
CONFIG = """
[[operations]]
include-path-regex = "^/api/ingest/webhook"
checks.positive_data_acceptance.enabled = false

[[operations]]
include-path-regex = "^/api/ingest/junit"
checks.positive_data_acceptance.enabled = false
warnings = false
"""


class Quiet(WSGIRequestHandler):
    """Serves without a line of log a request."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def url(site: Site) -> Iterator[str]:
    """The application behind a real socket."""
    server = make_server("127.0.0.1", 0, site.app().server, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
def test_the_api_holds_what_its_document_promises(url: str, tmp_path: Path) -> None:
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG)
    known = f"clusterId={MIRA} serviceId=authn attemptId={SERVING} sender=envelope"
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "tests.api.schemathesis_hooks", "KNOWN_IDS": known}
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", f"{url}/api/openapi.json",
        "--header", f"X-Webhook-Secret: {WEBHOOK_SECRET}", "--max-examples", "15", "--max-time", str(SECONDS),
        "--seed", "7", "--no-shrink", "--no-color", "--continue-on-failure", "--request-timeout", "10",
        "--generation-database", "none", "--suppress-health-check", "all",
    ]  # fmt: skip
    ran = subprocess.run(
        command, cwd=HERE.parents[1], env=environment, capture_output=True, text=True, timeout=SECONDS * 3
    )
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-5_000:]
    assert "No issues found" in ran.stdout, ran.stdout[-3000:]
