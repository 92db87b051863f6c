"""The five delivery metrics of one service in one line, for the service's own page."""

from datetime import datetime

from components.delivery_cards import in_one_line
from components.delivery_words import PATH
from components.links import Query, link, page_path
from components.panel import panel
from components.tags import Node
from data.delivery_queries import delivery
from data.delivery_views import DeliveryFilter
from data.generation import Generation
from data.models import Scope
from pages.asked import Period


def delivery_line(generation: Generation, scope: Scope, service_id: str, days: Period, now: datetime) -> Node:
    """The panel; each number leads to its ledger, the note to the service's delivery."""
    shown = delivery(generation, scope, DeliveryFilter(days.start, days.end, service_id), now)
    query: Query = {"service": service_id, "from": days.start, "to": days.end}
    whole = link("more of its delivery", page_path(PATH, query))
    return panel(
        "Delivery", in_one_line(shown, query), anchor="delivery", note=["production, bands of 2023; ", whole]
    )
