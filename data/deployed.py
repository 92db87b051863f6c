"""Deployments of production, one by one and as columns. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

START_BITS = 42  # of epoch milliseconds, until the year 2109

Places = npt.NDArray[np.integer[Any]]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment of production, as the delivery ledger counts it."""

    cluster_id: str
    service_id: str
    version: str
    started: int
    failed: bool


@dataclass(frozen=True, slots=True)
class Deployments:
    """Those of one service, column by column and oldest first; `cluster` and `release` are places in the names."""

    service_id: str
    clusters: Sequence[str]
    versions: Sequence[str]
    cluster: Places
    release: Places
    started: Ints
    failed: Mask

    def __len__(self) -> int:
        return len(self.started)

    def at(self, rows: Places | Mask) -> "Deployments":
        """These of them."""
        return replace(
            self, cluster=self.cluster[rows], release=self.release[rows], started=self.started[rows],
            failed=self.failed[rows],
        )  # fmt: skip

    def between(self, since_ms: int, until_ms: int) -> "Deployments":
        """Those that started within [since, until)."""
        return self.at((self.started >= since_ms) & (self.started < until_ms))

    def of_version(self, version: str) -> "Deployments":
        """Those of one version."""
        named = np.array([one == version for one in self.versions], dtype=np.bool_)
        return self.at(named[self.release])

    def made(self) -> list[Deployed]:
        """Each by itself."""
        columns = self.cluster.tolist(), self.release.tolist(), self.started.tolist(), self.failed.tolist()
        return [
            Deployed(self.clusters[cluster], self.service_id, self.versions[release], started, failed)
            for cluster, release, started, failed in zip(*columns, strict=True)
        ]

    def first_after(self, versions: Sequence[str], started: Ints) -> Ints:
        """Of each of these versions the place of the first that started then or later; -1 where there is none."""
        if not len(self):
            return np.full(len(versions), -1, dtype=np.int64)
        places = {version: place for place, version in enumerate(self.versions)}
        release = np.array([places.get(version, -1) for version in versions], dtype=np.int64)
        rank = np.argsort(np.argsort(np.array(self.clusters, dtype=str)))
        order = np.lexsort((rank[self.cluster], self.started, self.release))
        keys = (self.release[order].astype(np.int64) << START_BITS) + self.started[order]
        at = np.minimum(np.searchsorted(keys, (release << START_BITS) + started), len(keys) - 1)
        first = order[at]
        fits = (self.release[first] == release) & (self.started[first] >= started)
        return np.where(fits, first, -1)
