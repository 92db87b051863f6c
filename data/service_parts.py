"""What follows from one service alone, kept from one generation to the next for services to which nothing happened.

A question about many services is answered service by service and the answers are put together, so that news cost as
much as the service they are about. An answer holds while the service's attempts, its ledger and the catalog are the
same; the questions asked longest ago are forgotten first.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from threading import Lock
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from data.delivery_queries import ledger_in
from data.derived import Derived
from data.generation import Generation

T = TypeVar("T")
QUESTIONS = 24
Sign = tuple[int, object, object]  # mark, ledger, catalog; the latter two by identity


class _Kept:
    """Answers by question and service. Two threads may work out the same; both are right."""

    def __init__(self) -> None:
        self._questions: OrderedDict[Hashable, dict[str, tuple[Sign, Any]]] = OrderedDict()
        self._lock = Lock()

    def of(self, question: Hashable) -> dict[str, tuple[Sign, Any]]:
        """What is known of a question."""
        with self._lock:
            found = self._questions.setdefault(question, {})
            self._questions.move_to_end(question)
            while len(self._questions) > QUESTIONS:
                self._questions.popitem(last=False)
        return found


_KEPT: "WeakKeyDictionary[Derived, _Kept]" = WeakKeyDictionary()  # by line of generations


def by_service(
    gen: Generation, question: Hashable, service_ids: Iterable[str], work: Callable[[str], T]
) -> dict[str, T]:
    """The answer of each service, worked out where it is not known or no longer holds."""
    kept = _KEPT.setdefault(gen.columns.derived, _Kept()).of(question)
    marks, ledgers = _marks(gen), ledger_in(gen).services
    found: dict[str, T] = {}
    for service_id in service_ids:
        sign: Sign = marks.get(service_id, 0), ledgers.get(service_id), gen.catalog
        held = kept.get(service_id)
        if held is None or not _same(held[0], sign):
            held = kept[service_id] = sign, work(service_id)
        found[service_id] = cast(T, held[1])
    return found


def _same(one: Sign, other: Sign) -> bool:
    return one[0] == other[0] and one[1] is other[1] and one[2] is other[2]


def _marks(gen: Generation) -> dict[str, int]:
    """By service the newest mark of its pairs: another one as soon as anything happened to one of them."""

    def work() -> dict[str, int]:
        newest: dict[str, int] = {}
        for (_, service_id), mark in gen.columns.marks.pairs.items():
            newest[service_id] = max(mark, newest.get(service_id, 0))
        return newest

    return gen.memo.get("service marks", work)
