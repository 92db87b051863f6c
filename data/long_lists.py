"""Lists read further than a page: page after page, several lists as one, newest first, and never without an end."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, Unpack

from data.models import Attempt, Instant, Page, Promotion, Scope
from data.store_attempts import AttemptFilter, AttemptReads
from data.store_promotions import PromotionFilter, PromotionReads
from data.store_reads import MAX_PAGE

MOST_ROWS = 10_000
HELD = 4000  # rows of all lists together that wait to be merged
LEAST_PAGE = 20

T = TypeVar("T")
Fetch = Callable[[int, str | None], Page[T]]  # (limit, cursor)


class _EnoughRead(Exception):
    """The reads that were allowed are done."""


class LongList(Generic[T]):
    """Rows of several lists, each newest first, read as they are asked for.

    At most `most` rows are given. `cut`, once they are over: there may be more, older ones, because there were too
    many or because too much had to be read to find those that match.
    """

    def __init__(self, lists: Sequence[Fetch[T]], instant: Callable[[T], Instant], most: int = MOST_ROWS) -> None:
        self.cut = False
        self._lists = lists
        self._instant = instant
        self._most = most
        self._page = max(LEAST_PAGE, min(MAX_PAGE, HELD // max(len(lists), 1)))
        self._reads_left = len(lists) + 2 * -(-most // self._page)

    def __iter__(self) -> Iterator[T]:
        streams = [self._rows(fetch) for fetch in self._lists]
        try:
            for count, one in enumerate(heapq.merge(*streams, key=self._instant, reverse=True)):
                if count == self._most:
                    self.cut = True
                    return
                yield one
        except _EnoughRead:  # what was given is complete down to the last row
            self.cut = True

    def _rows(self, fetch: Fetch[T]) -> Iterator[T]:
        cursor: str | None = None
        while True:
            if not self._reads_left:
                raise _EnoughRead
            self._reads_left -= 1
            page = fetch(self._page, cursor)
            yield from page.items
            cursor = page.cursor
            if cursor is None:
                return


@dataclass(frozen=True, slots=True)
class Within:
    """Which pairs a list is of: these services (None: all) on these cluster-regions; `whole`: there are no others."""

    cluster_ids: Sequence[str]
    whole: bool
    service_ids: Sequence[str] | None = None

    @property
    def lists(self) -> list[tuple[str | None, str | None]]:
        """The fewest lists that hold it, by (service, cluster-region); None in one's place: all of them."""
        if self.service_ids is None:
            return [(None, cluster_id) for cluster_id in self.cluster_ids]
        if self.whole:
            return [(service_id, None) for service_id in self.service_ids]
        return [(service_id, cluster_id) for service_id in self.service_ids for cluster_id in self.cluster_ids]


def attempts(store: AttemptReads, scope: Scope, within: Within, **asked: Unpack[AttemptFilter]) -> LongList[Attempt]:
    """Attempts of some pairs."""

    def of(service_id: str | None, cluster_id: str | None) -> Fetch[Attempt]:
        def fetch(limit: int, cursor: str | None) -> Page[Attempt]:
            turned = asked | AttemptFilter(limit=limit, cursor=cursor)
            if service_id is not None:
                return store.service_attempts(scope, service_id, cluster_id=cluster_id, **turned)
            return store.cluster_attempts(scope, cluster_id or "", **turned)

        return fetch

    return LongList([of(*one) for one in within.lists], lambda one: one.started_at)


def promotions(
    store: PromotionReads, scope: Scope, within: Within, **asked: Unpack[PromotionFilter]
) -> LongList[Promotion]:
    """Promotions of some services into some cluster-regions."""

    def of(service_id: str | None, cluster_id: str | None) -> Fetch[Promotion]:
        def fetch(limit: int, cursor: str | None) -> Page[Promotion]:
            turned = asked | PromotionFilter(limit=limit, cursor=cursor)
            if service_id is not None:
                return store.service_promotions(scope, service_id, cluster_id=cluster_id, **turned)
            return store.cluster_promotions(scope, cluster_id or "", **turned)

        return fetch

    return LongList([of(*one) for one in within.lists], lambda one: one.promoted_at)
