"""The addresses of the webhook: a slash at the end, which some senders cannot leave out, changes nothing."""

import pytest
from flask import Flask

from api import webhooks


@pytest.mark.parametrize(
    ("path", "sender"),
    [
        ("/ingest/webhook", None), ("/ingest/webhook/", None),
        ("/ingest/webhook/spinnaker", "spinnaker"), ("/ingest/webhook/spinnaker/", "spinnaker"),
    ],
)  # fmt: skip
def test_a_slash_at_the_end_changes_nothing(path: str, sender: str | None):
    server = Flask(__name__)
    server.register_blueprint(webhooks.bp)
    endpoint, values = server.url_map.bind("dashboard.example").match(path, method="POST")
    assert (endpoint, values.get("sender")) == ("webhooks.webhook", sender)
