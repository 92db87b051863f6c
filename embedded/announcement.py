"""What `make run` says once everything stands: the address, and an event to paste. Pure."""

import json
import shlex
from datetime import datetime, timedelta

CLUSTER = "aquila-us-west-2"
SERVICE = "authn"


def curl(port: int, secret: str, now: datetime) -> str:
    """A command that reports a deployment which ended a moment ago, under a version nobody has seen."""
    body = {
        "source": "github-actions",
        "eventType": "deployment",
        "payload": {
            "clusterId": CLUSTER,
            "serviceId": SERVICE,
            "buildVersion": f"9.{now.timetuple().tm_yday}.{now.hour * 3600 + now.minute * 60 + now.second}",
            "gitSha": "abc1234",
            "status": "SUCCESS",
            "startedAt": _instant(now - timedelta(minutes=4)),
            "endedAt": _instant(now - timedelta(seconds=5)),
            "trigger": "merge",
        },
    }
    return " \\\n  ".join((
        f"curl -i http://127.0.0.1:{port}/api/ingest/webhook",
        f"-H {shlex.quote(f'X-Webhook-Secret: {secret}')}",
        "-H 'Content-Type: application/json'",
        f"-d {shlex.quote(json.dumps(body))}",
    ))  # fmt: skip


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


def text(port: int, secret: str, now: datetime, logs: str) -> str:
    """Everything a newcomer wants to know now."""
    return f"""
The dashboard is at  http://127.0.0.1:{port}/
Its API is at        http://127.0.0.1:{port}/api/clusters
Connect a source     http://127.0.0.1:{port}/ingest?view=set-up
Webhook secret       {secret}
Logs                 {logs}

Send it an event; it shows on the pages within seconds:

{curl(port, secret, now)}

Ctrl-C stops everything and keeps the data; `make clean` forgets it.
"""
