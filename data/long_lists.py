"""Lists read further than a page: page after page, several lists as one, newest first, and never without an end."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
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


def attempts(
    store: AttemptReads,
    scope: Scope,
    *,
    cluster_ids: Iterable[str],
    cluster_id: str | None = None,
    service_ids: Sequence[str] | None = None,
    **asked: Unpack[AttemptFilter],
) -> LongList[Attempt]:
    """Attempts of these services (None: of all) on one cluster-region or on all of `cluster_ids`."""

    def of_service(service_id: str) -> Fetch[Attempt]:
        return lambda limit, cursor: store.service_attempts(
            scope, service_id, cluster_id=cluster_id, **(asked | AttemptFilter(limit=limit, cursor=cursor))
        )

    def on_cluster(one: str) -> Fetch[Attempt]:
        return lambda limit, cursor: store.cluster_attempts(
            scope, one, **(asked | AttemptFilter(limit=limit, cursor=cursor))
        )

    if service_ids is not None:
        lists = [of_service(one) for one in service_ids]
    else:
        lists = [on_cluster(one) for one in ([cluster_id] if cluster_id is not None else cluster_ids)]
    return LongList(lists, lambda one: one.started_at)


def promotions(
    store: PromotionReads,
    scope: Scope,
    *,
    cluster_ids: Iterable[str],
    cluster_id: str | None = None,
    service_ids: Sequence[str] | None = None,
    **asked: Unpack[PromotionFilter],
) -> LongList[Promotion]:
    """Promotions of these services (None: of all) into one cluster-region or into all of `cluster_ids`."""

    def of_service(service_id: str) -> Fetch[Promotion]:
        return lambda limit, cursor: store.service_promotions(
            scope, service_id, cluster_id=cluster_id, **(asked | PromotionFilter(limit=limit, cursor=cursor))
        )

    def into(one: str) -> Fetch[Promotion]:
        return lambda limit, cursor: store.cluster_promotions(
            scope, one, **(asked | PromotionFilter(limit=limit, cursor=cursor))
        )

    if service_ids is not None:
        lists = [of_service(one) for one in service_ids]
    else:
        lists = [into(one) for one in ([cluster_id] if cluster_id is not None else cluster_ids)]
    return LongList(lists, lambda one: one.promoted_at)
