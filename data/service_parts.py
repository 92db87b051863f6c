"""What follows from one service alone, kept from one generation to the next for services to which nothing happened.

A question about many services is answered service by service and the answers are put together, so that news cost as
much as the service they are about. An answer holds while the service's attempts, its ledger and the catalog are the
same; the questions asked longest ago are forgotten first.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from threading import Lock
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from data.delivery_queries import ledger_in
from data.derived import Derived
from data.generation import Generation

T = TypeVar("T")
QUESTIONS = 24
NO_PAIRS = {"": 0}
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
    return by_services(gen, question, service_ids, lambda missing: {one: work(one) for one in missing})


def by_services(
    gen: Generation, question: Hashable, service_ids: Iterable[str], work: Callable[[list[str]], Mapping[str, T]]
) -> dict[str, T]:
    """As `by_service`, where the answers of several services are worked out together; `work` has one for each."""
    kept = _KEPT.setdefault(gen.columns.derived, _Kept()).of(question)
    marks, ledgers = pair_marks(gen), ledger_in(gen).services
    signs: dict[str, Sign] = {
        one: (max(marks.get(one, NO_PAIRS).values()), ledgers.get(one), gen.catalog) for one in service_ids
    }
    found = {one: held[1] for one, sign in signs.items() if (held := kept.get(one)) and _same(held[0], sign)}
    missing = [one for one in signs if one not in found]
    answers = work(missing) if missing else {}
    for one in missing:
        kept[one] = signs[one], answers[one]
        found[one] = answers[one]
    return {one: cast(T, found[one]) for one in signs}


def _same(one: Sign, other: Sign) -> bool:
    return one[0] == other[0] and one[1] is other[1] and one[2] is other[2]


def pair_marks(gen: Generation) -> dict[str, dict[str, int]]:
    """By service and cluster-region the mark of a pair: another one as soon as anything happened to it."""

    def work() -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for (cluster_id, service_id), mark in gen.columns.marks.pairs.items():
            found.setdefault(service_id, {})[cluster_id] = mark
        return found

    return gen.memo.get("pair marks", work)
