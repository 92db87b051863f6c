"""What the alerts' page and endpoints read and do: the list of what fired, where rules stand, and a test."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from data.alert_book import AlertBook
from data.alert_metrics import standing_key, subjects
from data.alert_models import AlertRule, Fired, Measured, RuleState, Standing
from data.alert_rules import a_test
from data.cursors import Cursors
from data.disagreement_notes import DisagreementNotes
from data.disagreements import Noted
from data.errors import NotFound
from data.generation import Generation
from data.instants import to_instant
from data.models import EVERYTHING, Page, Scope
from data.tables import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class AlertDesk:
    """Bounded reads. Unavailable where the table is away."""

    def __init__(
        self, client: "DynamoDBClient", tables: TableNames, cursors: Cursors, clock: Callable[[], datetime]
    ) -> None:
        self._book = AlertBook(client, tables)
        self._notes = DisagreementNotes(client, tables)
        self._cursors = cursors
        self._clock = clock

    def fired(self, scope: Scope, limit: int, rule_id: str | None = None, cursor: str | None = None) -> Page[Fired]:
        """What fired in the last thirty days, newest first; those about what the scope allows."""
        return self._book.page(scope, self._cursors, limit, rule_id, cursor)

    def disagreements(self, scope: Scope, limit: int = 25) -> list[Noted]:
        """The attempts of the last thirty days on which sources disagree, those that began last first."""
        return self._notes.newest(scope, limit)

    def standings(self, scope: Scope) -> dict[str, Standing]:
        """Where rules on metrics stand; nothing in a narrowed scope: they count everything."""
        return self._book.standings() if scope == EVERYTHING else {}

    def test(self, generation: Generation, scope: Scope, rule_id: str, by: str) -> Fired:
        """Fire a test of a rule, at most one in ten seconds; NotFound where there is no such rule."""
        rule = next((one for one in generation.catalog.alerts if one.rule_id == rule_id), None)
        if rule is None or scope != EVERYTHING:
            raise NotFound("the catalog has no such alert rule")
        now = to_instant(self._clock())
        alert = a_test(rule, f"{now[:18]}0.000Z", by)
        self._book.fire(alert, now)
        return self._book.get(alert.key)


def rule_states(
    generation: Generation, scope: Scope, standings: Mapping[str, Standing], now: datetime
) -> dict[str, RuleState]:
    """Where each rule on a metric stands and what its value is now, by rule; nothing in a narrowed scope."""
    rules: list[AlertRule] = [one for one in generation.catalog.alerts if one.metric]
    if scope != EVERYTHING:
        return {}
    return {one.rule_id: _state(one, subjects(generation, one, now), standings) for one in rules}


def _state(rule: AlertRule, found: Mapping[str | None, Measured], standings: Mapping[str, Standing]) -> RuleState:
    if not rule.per_service:
        return RuleState(found.get(None), standings.get(rule.rule_id))
    before = standing_key(rule, "")
    still = {key.removeprefix(before) for key, one in standings.items() if one.firing and key.startswith(before)}
    names = sorted(still.union(filter(None, found)))
    return RuleState(services={
        one: RuleState(found.get(one), standings.get(standing_key(rule, one))) for one in names
    })  # fmt: skip
