"""C01 and C03 over real HTTP: some 300 histories, two workers at once, killed between calls, against an emulator."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from data import rebuild
from data.dynamo import Dynamo
from tests.conftest import Aws
from tests.data.test_histories import NOBODY, ONE, Death, Killed, applier, clock, in_order
from tests.histories import content, difference, random_deliveries, wipe

pytestmark = pytest.mark.slow
CALLS = ("get_item", "query", "put_item", "delete_item", "batch_write_item")
HISTORIES = 300


@dataclass
class Mortal:
    """A real client whose owner may die ahead of any call."""

    client: Any
    before: Callable[[str], None] = field(default=lambda _name: None)

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.client, name)
        if name not in CALLS:
            return call

        def guarded(**request: Any) -> Any:
            self.before(name)
            return call(**request)

        return guarded


@pytest.mark.parametrize("part", range(6))
def test_histories_over_http_end_in_the_same_state(aws: Aws, part: int) -> None:
    dynamo = Dynamo(aws.dynamodb)
    share = HISTORIES // 6
    for seed in range(part * share, (part + 1) * share):
        happened, shuffled = random_deliveries(seed)
        catalog = ONE if seed % 2 else NOBODY
        wipe(dynamo, aws.tables)
        mortal = Mortal(aws.dynamodb, Death(1 + seed % 40))
        workers = [applier(mortal, catalog, aws.tables), applier(aws.dynamodb, catalog, aws.tables)]
        failures: list[Any] = []

        def work(one: Any, events: Any, failures: list[Any] = failures) -> None:
            with contextlib.suppress(Killed):
                failures.extend(error for error in one.apply(events) if error)

        threads = [
            threading.Thread(target=work, args=(workers[0], shuffled[: 1 + len(shuffled) // 2])),
            threading.Thread(target=work, args=(workers[1], shuffled[len(shuffled) // 2 :])),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == [], f"seed {seed}"
        assert not any(workers[1].apply(shuffled)), f"seed {seed}"  # the queue delivers again
        stored = content(dynamo, aws.tables)
        assert difference(stored, in_order(happened, catalog, aws.tables)) == {}, f"seed {seed}"
    assert rebuild.check(dynamo, aws.tables, 90, clock) == []
