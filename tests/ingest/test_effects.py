"""What a delivery is said to change is what storing it changes."""

from typing import Any

import pytest

from data import codec, keys
from data.apply import Applier
from data.catalog_models import Catalog
from data.events import AnyEvent, BuildEvent, DeploymentEvent, PromotionEvent, RetirementEvent, TestResultEvent
from data.models import EVERYTHING, Attempt, Promotion, Scope, Status
from data.places import place
from data.rows import read_version
from data.standing_folds import to_build, to_retirement
from ingest import envelope
from ingest.effects import MOST_EVENTS, Effect, effects
from tests.data.test_histories import NOBODY, ONE, TABLES, applier
from tests.facts import NOW, Facts
from tests.histories import random_deliveries
from tests.ingest.saying import RECEIVED, SUITES, deployment, promotion, test_result
from tests.memory import MemoryDynamo


class Memory:
    """The reads of a store over tables in memory."""

    def __init__(self, client: MemoryDynamo) -> None:
        self._client = client

    def _rows(self, table: str, pk: str) -> list[codec.Item]:
        held = self._client.tables.get(table, {})
        return [item for (one, _), item in sorted(held.items()) if one == pk]

    def _claims(self, table: str, pk: str) -> list[Any]:
        return [codec.to_claim(row) for row in self._rows(table, pk) if row["sk"]["S"].startswith(keys.CLAIM)]

    def claims(self, scope: Scope, attempt_id: str) -> list[Any]:
        return self._claims(TABLES.test_runs, attempt_id)

    def version(self, scope: Scope, cluster_id: str, service_id: str, version: str) -> Any:
        pk = keys.version_partition(cluster_id, service_id, version)
        return read_version(self._rows(TABLES.test_runs, pk))

    def claims_of(self, scope: Scope, event: AnyEvent) -> list[Any]:
        held = place(event, Catalog(), TABLES)
        return self._claims(held.table, held.pk)

    def attempt(self, attempt_id: str | None) -> Attempt | None:
        items = self._client.tables.get(TABLES.attempts, {}).values()
        return next((codec.to_attempt(one) for one in items if one["attemptId"]["S"] == attempt_id), None)

    def promotion(self, promotion_id: str) -> Promotion | None:
        items = self._client.tables.get(TABLES.promotions, {}).values()
        found = (one for one in items if "promotionId" in one and one["promotionId"]["S"] == promotion_id)
        return next(map(codec.to_promotion, found), None)

    def built_from(self, image: str) -> str | None:
        held = self._client.tables.get(TABLES.events, {}).get((keys.build_partition(image), keys.BUILT))
        return f"made from {to_build(held).sha}" if held else None

    def retired_at(self, cluster_id: str, service_id: str) -> str | None:
        place = keys.current_pk(cluster_id), keys.retired_sk(service_id)
        held = self._client.tables.get(TABLES.read_model, {}).get(place)
        return f"retired at {to_retirement(held).moments[-1]}" if held else None


def status_of(memory: Memory, event: AnyEvent, effect: Effect) -> str | None:
    """What the tables say now of what the event is about."""
    if isinstance(event, PromotionEvent):
        promoted = memory.promotion(event.promotion_id)
        return promoted.status.value if promoted else None
    if isinstance(event, BuildEvent):
        return memory.built_from(event.image)
    if isinstance(event, RetirementEvent):
        return memory.retired_at(event.cluster_id, event.service_id)
    attempt = memory.attempt(effect.attempt_id)
    if attempt is None or isinstance(event, DeploymentEvent):
        return attempt.status.value if attempt else None
    assert isinstance(event, TestResultEvent)
    return next((gate.verdict.value for gate in attempt.gates if gate.suite == event.suite), None)


def is_claimed(client: MemoryDynamo, event: AnyEvent) -> bool:
    wanted = keys.claim_sk(event.event_id, event.digest)
    return any(sk == wanted for table in client.tables.values() for _, sk in table)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_foretold_of_each_event_is_what_storing_it_does(seed: int) -> None:
    client, catalog = MemoryDynamo(), ONE if seed % 2 else NOBODY
    memory, stores = Memory(client), applier(client, catalog)
    for event in random_deliveries(seed)[1]:
        if event.source == "pager":
            continue
        foretold = effects([event], memory, EVERYTHING, catalog)[0]
        assert foretold.before == status_of(memory, event, foretold)
        assert foretold.known is is_claimed(client, event)
        assert stores.apply([event]) == [None]
        assert foretold.after == status_of(memory, event, foretold)


@pytest.mark.parametrize("seed", range(20))
def test_events_of_one_delivery_are_foretold_as_if_stored_one_after_the_other(seed: int) -> None:
    client, catalog = MemoryDynamo(), ONE if seed % 2 else NOBODY
    stores, events = applier(client, catalog), random_deliveries(seed)[1][:MOST_EVENTS]
    together = effects(events, Memory(client), EVERYTHING, catalog)
    one_by_one = []
    for event in events:
        one_by_one += effects([event], Memory(client), EVERYTHING, catalog)
        assert stores.apply([event]) == [None]
    assert together == one_by_one


def test_a_long_delivery_is_foretold_in_part_so_that_the_reads_stay_bounded() -> None:
    many = [said(deployment(attemptNumber=n)) for n in range(MOST_EVENTS + 5)]
    assert len(effects(many, Memory(MemoryDynamo()), EVERYTHING, NOBODY)) == MOST_EVENTS


def said(body: dict[str, Any]) -> AnyEvent:
    return envelope.normalize(body, RECEIVED, suites=SUITES)[0]


def sentences(events: list[AnyEvent], store: Any, scope: Scope = EVERYTHING) -> list[str]:
    return [one.sentence for one in effects(events, store, scope, NOBODY)]


def test_the_store_tells_what_is_new_what_moves_and_what_is_known(aws: Any) -> None:
    store = Facts(aws.dynamodb, aws.tables).store()
    worker = Applier(aws.dynamodb, aws.tables, Catalog, 90, lambda: NOW, threads=1)
    begun = said(deployment(status="IN_PROGRESS", endedAt=..., attemptNumber=1285))
    ended, tested, moved = said(deployment(attemptNumber=1285)), said(test_result()), said(promotion())
    name = "mira-us-west-2:authn:3.4.3:1285"
    assert sentences([tested, begun], store) == [
        f"gate FUNCTIONAL of {name}: waits for an attempt of this version", f"attempt {name}: new, IN_PROGRESS",
    ]  # fmt: skip
    assert worker.apply([begun, moved]) == [None, None]
    assert sentences([begun, ended, tested, moved], store) == [
        f"attempt {name}: known already, nothing changes",
        f"attempt {name}: IN_PROGRESS becomes SUCCESS, changes endedAt",
        f"gate FUNCTIONAL of {name}: new, passed",
        f"promotion {getattr(moved, 'promotion_id', '')} of authn: known already, nothing changes",
    ]
    assert store.attempt(EVERYTHING, name).status is Status.IN_PROGRESS  # nothing was stored by asking


def test_what_is_outside_the_scope_is_foretold_as_if_it_did_not_exist(aws: Any) -> None:
    store = Facts(aws.dynamodb, aws.tables).store()
    worker = Applier(aws.dynamodb, aws.tables, Catalog, 90, lambda: NOW, threads=1)
    event = said(deployment(attemptNumber=1285))
    assert worker.apply([event]) == [None]
    elsewhere = Scope(clusters=frozenset({"pavo-eu-west-1"}))
    assert sentences([event], store, elsewhere) == ["attempt mira-us-west-2:authn:3.4.3:1285: new, SUCCESS"]
