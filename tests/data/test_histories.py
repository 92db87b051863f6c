"""C01 and C03 on the folds: whatever the order, the repetitions, the workers and the crashes, the same state.

On a client in memory, so that many histories can be tried; `test_histories_over_http.py` does the same, fewer
times, against a real emulator.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.apply import Applier
from data.dynamo import Dynamo
from data.events import AnyEvent
from data.instants import from_instant
from data.models import Catalog
from data.tables import TableNames
from tests.histories import NOW, content, deliveries
from tests.memory import MemoryDynamo

MANY = settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOBODY, ONE = Catalog(), Catalog(openers=(("*", "github-actions"),))
TABLES = TableNames()
catalogs = st.sampled_from([NOBODY, ONE])


def clock() -> datetime:
    return from_instant(NOW).astimezone(UTC)


def applier(client: Any, catalog: Catalog) -> Applier:
    return Applier(client, TABLES, lambda: catalog, 90, clock, threads=1)


def in_order(events: Sequence[AnyEvent], catalog: Catalog) -> dict[str, Any]:
    """The state after each event once, in order of time, each in a batch of its own."""
    client: Any = MemoryDynamo()
    once = {(e.event_id, e.digest, e.received_at): e for e in events}
    one = applier(client, catalog)
    for event in sorted(once.values(), key=lambda e: (e.event_time, e.digest, e.received_at)):
        assert one.apply([event]) == [None]
    return content(Dynamo(client), TABLES)


def difference(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The items that are not the same in both."""
    return {key: (one.get(key), other.get(key)) for key in one.keys() | other.keys() if one.get(key) != other.get(key)}


@MANY
@given(events=deliveries(), cuts=st.lists(st.integers(1, 5), max_size=6), catalog=catalogs)
def test_any_order_and_any_repetition_end_in_the_same_state(
    events: list[AnyEvent], cuts: list[int], catalog: Catalog
) -> None:
    client: Any = MemoryDynamo()
    one = applier(client, catalog)
    rest = list(events)
    for cut in [*cuts, len(rest)]:
        assert not any(one.apply(rest[:cut]))
        rest = rest[cut:]
    assert difference(content(Dynamo(client), TABLES), in_order(events, catalog)) == {}
