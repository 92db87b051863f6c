"""Deliveries that do not come through the queue: the demo's past, later the archive. Pure."""

from typing import Any, NamedTuple

from data.models import Instant


class Received(NamedTuple):
    """A body as the webhook takes it, and when it was received."""

    received_at: Instant
    body: dict[str, Any]
