"""The newest rows of many services: only those that are shown are ever made."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

MOST_ROWS = 1000

T = TypeVar("T")
Ints = npt.NDArray[np.int64]


class Newest(Generic[T]):
    """Rows of one service, newest first, each made when it is first asked for.

    `started`: of every row, descending; `make(first, end)`: the rows at these places. Two threads may make the same
    rows; both are right.
    """

    def __init__(self, started: Ints, make: Callable[[int, int], list[T]]) -> None:
        self.started = started[:MOST_ROWS]
        self._make = make
        self._made: list[T] = []

    def since(self, moment: int) -> list[T]:
        """The rows that started then or later."""
        end = int(np.searchsorted(-self.started, -moment, side="right"))
        made = self._made
        if len(made) < end:
            made = self._made = [*made, *self._make(len(made), end)]
        return made[:end]


def newest(parts: Sequence[Newest[T]], order: Callable[[T], Any]) -> list[T]:
    """The newest MOST_ROWS rows of all parts, the last in `order` first; `order` begins with the start."""
    started = np.concatenate([np.zeros(0, dtype=np.int64), *(one.started for one in parts)])
    if not len(started):
        return []
    most = min(MOST_ROWS, len(started))
    least = int(np.partition(started, len(started) - most)[len(started) - most])
    rows = [row for part in parts for row in part.since(least)]
    return sorted(rows, key=order, reverse=True)[:MOST_ROWS]
