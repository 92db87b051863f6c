"""The API against its own OpenAPI document, by a tool that has seen many: no server error, no surprise (W17)."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from ingest.quarantine_records import Quarantined
from tests.api.conftest import SERVING, Site
from tests.conftest import WEBHOOK_SECRET
from tests.ingest import working
from tests.read_model import MIRA

HERE = Path(__file__).parent
SECONDS = 45
ADMIN_KEY = "an-admin-key-of-28-characters"
AT = "2026-02-24T11:00:00.000Z"
RECORD = Quarantined("3f2c9b0e-0000-4000-8000-000000000001", AT, "not JSON", "{", 1, None, AT)

# Whether the parts of an event fit together (its times, its id and names) no schema can say: what is sent to the
# webhook may be well-formed and still be refused, and so may an edited message or a try in the lab. Nor does one say
# what XML is a report: nearly all of it is refused. And most drawn ids are of no record: a 404 is then right.
CONFIG = """
[[operations]]
include-path-regex = "^/api/ingest/webhook"
checks.positive_data_acceptance.enabled = false

[[operations]]
include-path-regex = "^/api/ingest/(quarantine/|explain)"
checks.positive_data_acceptance.enabled = false
warnings = false

[[operations]]
include-path-regex = "^/api/alerts/.+/test"
warnings = false

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
    settings, site.settings = site.settings, replace(site.settings, admin_key=ADMIN_KEY)
    app = site.app()
    site.settings = settings
    working.deliveries(site.aws).quarantine(RECORD)
    server = make_server("127.0.0.1", 0, app.server, threaded=True, request_handler=Quiet)
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
    known = f"clusterId={MIRA} serviceId=authn attemptId={SERVING} sender=envelope recordId={RECORD.id}"
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "tests.api.schemathesis_hooks", "KNOWN_IDS": known}
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", f"{url}/api/openapi.json",
        "--header", f"X-Webhook-Secret: {WEBHOOK_SECRET}", "--header", f"X-Admin-Key: {ADMIN_KEY}",
        "--max-examples", "15", "--max-time", str(SECONDS),
        "--seed", "7", "--no-shrink", "--no-color", "--continue-on-failure", "--request-timeout", "10",
        "--generation-database", "none", "--suppress-health-check", "all",
    ]  # fmt: skip
    ran = subprocess.run(
        command, cwd=HERE.parents[1], env=environment, capture_output=True, text=True, timeout=SECONDS * 3
    )
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-5_000:]
    assert "No issues found" in ran.stdout, ran.stdout[-3000:]
