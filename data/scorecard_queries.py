"""The score card of a generation, for page, API, files and snapshots alike, and what moved between two of them."""

from datetime import UTC, datetime

from data import visible
from data.generation import Generation
from data.instants import to_instant
from data.models import Scope
from data.scorecard_numbers import numbers
from data.scorecard_rules import in_order, service_card, shown, teams
from data.scorecard_views import Card


def card(gen: Generation, scope: Scope, now: datetime) -> Card:
    """The score card of the running UTC day, as `now` sees it."""
    day = now.astimezone(UTC).date().isoformat()
    return gen.memo.get(("rules", scope.key, day), lambda: _card(gen, scope, day, to_instant(now)))


def _card(gen: Generation, scope: Scope, day: str, at: str) -> Card:
    rules = in_order(gen.catalog.score_rules)
    exemptions = {(one.rule_id, one.service_id): one for one in gen.catalog.exemptions}
    measured = numbers(gen, scope, rules, day, at)
    services = [
        service_card(one, rules, exemptions, measured[one.service_id], day) for one in visible.services(gen, scope)
    ]
    return Card(day, shown(rules), services, teams(services))
