"""Lists that no single partition holds: the newest attempts of several cluster-regions together."""

import heapq
from collections.abc import Callable, Iterable
from itertools import islice

from data.models import Attempt, Page

MERGED = "merged"  # stands for a cursor: more rows exist, but no single one leads there


def merged(cluster_ids: Iterable[str], fetch: Callable[[str], Page[Attempt]], limit: int) -> Page[Attempt]:
    """The newest over these cluster-regions, one bounded read each."""
    pages = [fetch(cluster_id) for cluster_id in cluster_ids]
    found = heapq.merge(*(page.items for page in pages), key=lambda one: one.started_at, reverse=True)
    newest = list(islice(found, limit + 1))
    more = len(newest) > limit or any(page.cursor for page in pages)
    return Page(newest[:limit], MERGED if more else None)
