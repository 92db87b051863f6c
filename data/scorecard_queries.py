"""The score card of a generation, for page, API, files and snapshots alike, and how services stood week by week."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from data import visible
from data.generation import Generation
from data.instants import day_before, to_instant
from data.models import Day, Scope
from data.scorecard_numbers import numbers
from data.scorecard_rules import in_order, service_card, shown, teams
from data.scorecard_views import Card, Standing
from data.store_scorecards import ScorecardReads

WEEKS = 12


def card(gen: Generation, scope: Scope, now: datetime) -> Card:
    """The score card of the running UTC day, as `now` sees it."""
    day = now.astimezone(UTC).date().isoformat()
    return gen.memo.get(("rules", scope.key, day), lambda: _card(gen, scope, day, to_instant(now)))


def weeks(store: ScorecardReads, scope: Scope, day: Day) -> list[Mapping[str, Standing] | None]:
    """How services stood on the last day with a snapshot of each of the last WEEKS ISO weeks, oldest first.

    The running week is left to what is live; None: a week without a snapshot.
    """
    monday = day_before(day, date.fromisoformat(day).weekday())
    first = day_before(monday, 7 * WEEKS)
    found = store.scorecard_levels(scope, first, day_before(monday, 1))
    last = {(date.fromisoformat(one) - date.fromisoformat(first)).days // 7: of for one, of in sorted(found.items())}
    return [last.get(week) for week in range(WEEKS)]


def _card(gen: Generation, scope: Scope, day: str, at: str) -> Card:
    rules = in_order(gen.catalog.score_rules)
    exemptions = {(one.rule_id, one.service_id): one for one in gen.catalog.exemptions}
    measured = numbers(gen, scope, rules, day, at)
    services = [
        service_card(one, rules, exemptions, measured[one.service_id], day) for one in visible.services(gen, scope)
    ]
    return Card(day, shown(rules), services, teams(services))
