"""What was worked out of a part of the read model, for as long as that part does not change.

A generation's answers end with it. A cluster-region's day mostly outlives thousands of generations: what it amounts
to is kept beside the columns and handed from one generation to the next, so that a new one costs what changed.
"""

import itertools
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar, cast

from data.day_numbers import day_number
from data.models import PairDayKey

T = TypeVar("T")
Word = TypeVar("Word", bound=Hashable)

QUESTIONS = 36  # one over 90 days of a million attempts keeps about five megabytes
MOST_PARTS = 20_000  # of a question: 200 days of 100 cluster-regions
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Marks:
    """A number for every part, another one as soon as anything of that part changed; 0 where nothing did yet."""

    cluster_days: Mapping[tuple[str, int], int] = field(default_factory=dict)
    days: Mapping[int, int] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    clusters: Mapping[str, int] = field(default_factory=dict)

    def touched(self, keys: Iterable[PairDayKey]) -> "Marks":
        """These marks with new numbers for whatever these pair-days are part of."""
        named = [(cluster, service, day_number(day)) for cluster, service, day in keys]
        number = next(_numbers)
        return Marks(
            {**self.cluster_days, **{(cluster, day): number for cluster, _, day in named}},
            {**self.days, **{day: number for _, _, day in named}},
            {**self.pairs, **{(cluster, service): number for cluster, service, _ in named}},
            {**self.clusters, **{cluster: number for cluster, _, _ in named}},
        )


class KeptParts:
    """Answers to a question part by part, each with the mark its part had; the least recently asked go first."""

    def __init__(self, limit: int = QUESTIONS) -> None:
        self._limit = limit
        self._questions: OrderedDict[Hashable, dict[Hashable, tuple[Any, Any]]] = OrderedDict()
        self._lock = Lock()

    def of(self, question: Hashable) -> "Answers":
        """What is kept of a question."""
        with self._lock:
            found = self._questions.setdefault(question, {})
            self._questions.move_to_end(question)
            while len(self._questions) > self._limit:
                self._questions.popitem(last=False)
        return Answers(found)


@dataclass(frozen=True, slots=True)
class Answers:
    """One question's answers by part. Two threads may work out the same; each keeps what is true of its mark."""

    _kept: dict[Hashable, tuple[Any, Any]]

    def get(self, part: Hashable, mark: Hashable, work: Callable[[], T]) -> T:
        """The answer for a part of this mark (a number, or all it follows from), worked out where it is not known."""
        found = self._kept.get(part)
        if found is not None and found[0] == mark:
            return cast(T, found[1])
        return self.keep(part, mark, work())

    def held(self, part: Hashable) -> tuple[Any, Any] | None:
        """The mark and the answer that are kept of a part, whether they still hold or not."""
        return self._kept.get(part)

    def keep(self, part: Hashable, mark: object, answer: T) -> T:
        """Keep this answer."""
        if len(self._kept) >= MOST_PARTS:  # hours that are over are not asked for again
            self._kept.clear()
        self._kept[part] = mark, answer
        return answer


class Numbered(Generic[Word]):
    """Words numbered in the order they came up; numbers stay as long as the words are needed."""

    def __init__(self) -> None:
        self._numbers: dict[Word, int] = {}
        self._words: list[Word] = []
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._words)

    def __getitem__(self, number: int) -> Word:
        return self._words[number]

    def number(self, word: Word) -> int:
        """The number of a word, a new one where it is new."""
        found = self._numbers.get(word)
        if found is None:
            with self._lock:
                found = self._numbers.get(word)
                if found is None:
                    self._words.append(word)
                    found = self._numbers[word] = len(self._words) - 1
        return found
