"""The store's snapshots of the score card: a day's card, histories of levels. A day is one Query, a range another.

A snapshot is of all cluster-regions: whoever may see only some of them sees none, for its numbers tell of the others.
"""

from dataclasses import replace

from data import keys, scorecard_items
from data.dynamo import Dynamo
from data.models import Day, Scope
from data.scorecard_rules import teams
from data.scorecard_store import read_card, read_levels
from data.scorecard_views import Card, Standing
from data.store_reads import Reads
from data.tables import TTL_ATTRIBUTE


class ScorecardReads(Reads):
    """Snapshots, cut to the caller's scope."""

    def scorecard(self, scope: Scope, day: Day) -> Card | None:
        """The snapshot of a day; None where there is none for this scope."""
        if scope.clusters is not None:
            return None
        found = read_card(Dynamo(self._client), self._tables.scorecards, day, self._now())
        if found is None or scope.services is None:
            return found
        services = [one for one in found.services if scope.allows_service(one.service_id)]
        return replace(found, services=services, teams=teams(services))

    def scorecard_levels(self, scope: Scope, first: Day, last: Day) -> dict[Day, dict[str, Standing]]:
        """By day and service id, how services stood on the days that have a snapshot."""
        if scope.clusters is not None:
            return {}
        found = read_levels(Dynamo(self._client), self._tables.scorecards, first, last, self._now())
        return {
            day: {name: one for name, one in of.items() if scope.allows_service(name)} for day, of in found.items()
        }

    def scorecard_history(
        self, scope: Scope, service_id: str, first: Day, last: Day
    ) -> list[tuple[Standing, dict[str, str]]]:
        """A service on the days that have a snapshot, oldest first, with what each rule said."""
        if scope.clusters is not None or not scope.allows_service(service_id):
            return []
        dynamo, now = Dynamo(self._client), self._now()
        found = dynamo.query(self._tables.scorecards, keys.score_service_pk(service_id), between=(first, last))
        return [scorecard_items.history_from(item) for item in found if int(item[TTL_ATTRIBUTE]["N"]) > now]
