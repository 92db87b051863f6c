"""POST /api/ingest/webhook: every sender's deliveries, recognised by headers or shape, or named by the address."""

from flask import Blueprint

from api import intake
from api.intake import Door, Reply

bp = Blueprint("webhooks", __name__)


@bp.post("/ingest/webhook")
@bp.post("/ingest/webhook/<sender>")
def webhook(sender: str | None = None) -> Reply:
    """202 once the queue has the event, 200 where it changes nothing shown."""
    return intake.receive(Door(sender))
