"""What the alerts' page and endpoints read and do: the list of what fired, where rules stand, and a test."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from data.alert_book import AlertBook
from data.alert_metrics import measured
from data.alert_models import AlertRule, Fired, Measured, Standing
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


def measurements(generation: Generation, scope: Scope, now: datetime) -> dict[str, Measured]:
    """The value of each rule's metric now, by rule; nothing in a narrowed scope."""
    rules: list[AlertRule] = [one for one in generation.catalog.alerts if one.metric]
    return {one.rule_id: measured(generation, one, now) for one in rules} if scope == EVERYTHING else {}
