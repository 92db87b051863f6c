"""An alert as its receivers want it: a Slack message, or a signed delivery after Standard Webhooks. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from data.alert_channels import signing_key
from data.alert_models import Alert, AlertKind, Channel, alert_body

JSON = {"Content-Type": "application/json", "User-Agent": "deploy-dashboard"}
SIGNS = {AlertKind.METRIC_CLEARED: ":white_check_mark:", AlertKind.TEST: ":information_source:"}
WARNING = ":warning:"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is posted."""

    body: bytes
    headers: Mapping[str, str]


def letter(alert: Alert, channel: Channel, address: str | None, timestamp: int) -> Letter:
    """An alert for a channel; `address` is the dashboard's own, for links, `timestamp` in epoch seconds."""
    url = f"{address}{alert.path}" if address else None
    if channel.kind == "slack":
        return Letter(orjson.dumps({"text": slack_text(alert, url), "unfurl_links": False}), JSON)
    return _signed(alert, channel, url, timestamp)


def slack_text(alert: Alert, url: str | None) -> str:
    """The message in Slack's markup, with the words of senders as plain text in it."""
    sign = SIGNS.get(alert.kind, WARNING)
    lines = [f"{sign} *{_plain(alert.title)}*", _plain(alert.text), f"Rule: {_plain(alert.rule_name)}"]
    if url:
        lines.append(f"<{url}|Open in the dashboard>")
    return "\n".join(line for line in lines if line)


def _plain(text: str) -> str:
    """Slack reads &, < and > as markup; * and _ would only make words bold or slanted."""
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("*", "∗")


def _signed(alert: Alert, channel: Channel, url: str | None, timestamp: int) -> Letter:
    """https://github.com/standard-webhooks: the id stays the same from try to try, the time does not."""
    said = alert_body(alert) | {"url": url}
    body = orjson.dumps({"type": f"alert.{alert.kind.value}", "timestamp": alert.at, "data": said})
    signed = f"{alert.key}.{timestamp}.".encode() + body
    digest = hmac.digest(signing_key(channel.secret or ""), signed, hashlib.sha256)
    return Letter(body, JSON | {
        "webhook-id": alert.key, "webhook-timestamp": str(timestamp),
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    })  # fmt: skip
