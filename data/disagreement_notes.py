"""Attempts whose sources contradict each other, newest first: noted when an attempt is settled, for 30 days.

A note follows from the attempt's claims, so it may be written again; once the sources agree it is taken away. So the
list is read without looking at any attempt.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from data import keys
from data.codec import Item, text
from data.disagreements import Disagreement, Noted
from data.dynamo import Change, Dynamo
from data.instants import add, epoch
from data.models import Attempt, Instant, Scope
from data.tables import TTL_ATTRIBUTE, TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

NOTES = "DISAGREEMENTS"
KEPT_SECONDS = 30 * 24 * 3600
MOST_READ = 200


class DisagreementNotes:
    """The notes. Unavailable where the table is away."""

    def __init__(self, client: "DynamoDBClient", tables: TableNames) -> None:
        self._dynamo = Dynamo(client)
        self._table = tables.events

    def note(self, settled: Iterable[tuple[Attempt, tuple[Disagreement, ...]]], now: Instant) -> None:
        """Bring the notes on these attempts, of which several sources told, to what their claims say."""
        oldest = add(now, -KEPT_SECONDS)
        self._dynamo.write(self._change(*one) for one in settled if one[0].started_at > oldest)

    def newest(self, scope: Scope, limit: int = 25) -> list[Noted]:
        """Those that began last, within the scope; of the last MOST_READ."""
        found = self._dynamo.query(self._table, NOTES, newest_first=True, limit=MOST_READ)
        every = map(_noted, found)
        return [one for one in every if scope.allows(*one.place[:2])][:limit]

    def _change(self, attempt: Attempt, found: tuple[Disagreement, ...]) -> Change:
        sk = keys.attempt_sk(attempt.started_at, attempt.attempt_id)
        if not found:
            return Change(self._table, NOTES, sk)
        said = [[one.field, one.said] for one in found]
        return Change.put(self._table, {
            "pk": text(NOTES), "sk": text(sk), "said": text(orjson.dumps(said).decode()),
            TTL_ATTRIBUTE: {"N": str(epoch(attempt.started_at) + KEPT_SECONDS)},
        })  # fmt: skip


def _noted(item: Item | Mapping[str, Any]) -> Noted:
    started_at, _, attempt_id = item["sk"]["S"].partition("#")
    said = orjson.loads(item["said"]["S"])
    found = (Disagreement(field, tuple((source, value) for source, value in words)) for field, words in said)
    return Noted(attempt_id, started_at, tuple(found))
