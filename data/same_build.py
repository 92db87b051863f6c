"""Builds that succeeded on some cluster-regions and failed on others. Pure numpy.

What became of a version on a cluster-region is what became of its last finished, not cancelled attempt there; a
rollback is a failure. A version is compared where it was tried on more than one cluster-region.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.flake_tax import FAILED, ROLLBACK, SUCCESS, codes

COLUMNS = ("cluster", "service", "version", "reason", "started", "outcome", "number")
LEAST_N = 5  # versions compared on a cluster-region, below which no share is told

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Region:
    """One cluster-region: versions compared there, and those that failed there but not everywhere."""

    cluster_id: str
    compared: int
    failed: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """`compared` versions, of which `mixed` differ by place; `rows`: the deciding attempts of those, oldest first."""

    compared: int
    mixed: int
    regions: tuple[Region, ...]
    rows: pd.DataFrame  # COLUMNS


def different_outcomes(attempts: pd.DataFrame) -> Outcomes:
    """What these attempts, oldest first, say of the versions in them."""
    last = _last_of_each(attempts)
    good = attempts["outcome"].to_numpy()[last] == SUCCESS
    _, build = np.unique(_builds(attempts)[last], return_inverse=True)
    tried, succeeded = np.bincount(build), np.bincount(build, weights=good)
    compared = tried[build] > 1
    mixed = compared & (succeeded[build] > 0) & (succeeded[build] < tried[build])
    cluster = codes(attempts["cluster"])[last]
    length = len(attempts["cluster"].cat.categories)
    n = np.bincount(cluster[compared], minlength=length).tolist()
    failed = np.bincount(cluster[mixed & ~good], minlength=length).tolist()
    names = [str(name) for name in attempts["cluster"].cat.categories]
    regions = (Region(name, *counts) for name, *counts in zip(names, n, failed, strict=True))
    return Outcomes(
        len(np.unique(build[compared])), len(np.unique(build[mixed])), tuple(one for one in regions if one.compared),
        attempts.iloc[np.sort(last[mixed])],
    )  # fmt: skip


def _last_of_each(attempts: pd.DataFrame) -> Ints:
    """The place of the last finished attempt of each build on each cluster-region."""
    outcome = attempts["outcome"].to_numpy()
    finished = np.flatnonzero((outcome == SUCCESS) | (outcome == FAILED) | (outcome == ROLLBACK))
    width = max(len(attempts["cluster"].cat.categories), 1)
    group = (_builds(attempts) * width + codes(attempts["cluster"]))[finished]
    _, first = np.unique(group[::-1], return_index=True)
    return np.asarray(finished[len(finished) - 1 - first], dtype=np.int64)


def _builds(attempts: pd.DataFrame) -> Ints:
    """One number for each version of a service."""
    return codes(attempts["service"]) * max(len(attempts["version"].cat.categories), 1) + codes(attempts["version"])
