"""What follows from the attempts of one cluster-region alone, worked out again only where those changed.

A generation shares with the one before it the chunks of every cluster-region that had no news. So these facts are
kept beside the chunks they follow from, one cluster-region at a time: the newest news costs as much as that
cluster-region holds, not as much as everything.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import pandas as pd

from data.attempt_columns import AttemptColumns, Chunk, ChunkKey
from data.models import EVERYTHING, Scope

T = TypeVar("T")
EVER = 1 << 62


@dataclass(slots=True)
class ClusterFacts(Generic[T]):
    """`work` makes them of a cluster-region's attempts, with these columns, oldest first."""

    work: Callable[[pd.DataFrame], T]
    columns: Collection[str]
    _kept: dict[str, tuple[tuple[Chunk, ...], T]] = field(default_factory=dict)

    def of(
        self, attempts: AttemptColumns, scope: Scope, cluster_ids: Collection[str] | None = None
    ) -> Iterator[tuple[str, T]]:
        """The facts of each cluster-region that scope and filter allow; services are not looked at."""
        found: dict[str, dict[ChunkKey, Chunk]] = {}
        for key, chunk in sorted(attempts.chunks.items(), key=lambda one: one[0]):
            if scope.allows_cluster(key[0]) and (cluster_ids is None or key[0] in cluster_ids):
                found.setdefault(key[0], {})[key] = chunk
        for cluster_id, chunks in found.items():
            yield cluster_id, self._of_one(cluster_id, chunks)

    def _of_one(self, cluster_id: str, chunks: dict[ChunkKey, Chunk]) -> T:
        """Two threads may both work; both are right."""
        mine = tuple(chunks.values())
        kept = self._kept.get(cluster_id)
        if kept is not None and len(kept[0]) == len(mine) and all(map(_same, kept[0], mine)):
            return kept[1]
        made = self.work(AttemptColumns(chunks).frame(EVERYTHING, 0, EVER, columns=self.columns))
        self._kept[cluster_id] = mine, made
        return made


def _same(one: Chunk, other: Chunk) -> bool:
    return one is other
