"""The ledger's columns over a period and scope: sums by service, cluster-region and day, and what is still open.

Pure. What is counted is summed from sums of days; quantiles are taken in `data/delivery_times.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.delivery_ledger import DAY_MS, NONE, Array, Ledger, ServiceLedger, Sum
from data.delivery_times import Source, Timeline
from data.kept_parts import KeptParts
from data.models import Scope

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Open:
    """The failures that are not over: of which service and cluster-region, since when (epoch ms)."""

    service: Ints
    cluster: Ints
    since: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """A period [start, end) of day numbers as a scope sees it; `services` and `clusters` name the places."""

    start: int
    end: int
    services: Sequence[str]
    clusters: Sequence[str]
    by_service: Ints  # [service, day, Sum]
    by_cluster: Ints  # [cluster, day, Sum]
    releases: Ints  # [service, day]: a rollout to several cluster-regions is one
    service_from: Ints  # day of the first attempt ever, or a day after all others
    cluster_from: Ints
    times: Timeline
    still_open: Open
    direct: int  # first deployments of releases that were never in the lowest stage


def gather(
    ledger: Ledger,
    scope: Scope,
    services: Sequence[str],
    clusters: Sequence[str],
    start: int,
    end: int,
    kept: KeptParts | None = None,
) -> Gathered:
    """What is known of these services on these cluster-regions in [start, end); `kept`: quantiles taken before."""
    days = max(0, end - start)
    places = {cluster: place for place, cluster in enumerate(clusters) if scope.allows_cluster(cluster)}
    by_service = np.zeros((len(services), days, len(Sum)), dtype=np.int64)
    by_cluster = np.zeros((len(clusters), days, len(Sum)), dtype=np.int64)
    releases = np.zeros((len(services), days), dtype=np.int64)
    service_from = np.full(len(services), np.iinfo(np.int64).max)
    cluster_from = np.full(len(clusters), np.iinfo(np.int64).max)
    sources: list[Source] = []
    for at, service_id in enumerate(services):
        one = ledger.services.get(service_id)
        here = [(own, places[name]) for own, name in enumerate(one.clusters) if name in places] if one else []
        if one is None or not here:
            continue
        own, theirs = (np.array(side) for side in zip(*here, strict=True))
        began = np.array(one.first_days)[own]
        service_from[at] = began.min()
        cluster_from[theirs] = np.minimum(cluster_from[theirs], began)
        _add_sums(one, own, theirs, start, (by_service[at], by_cluster, releases[at]))
        sources.append(Source(at, one, own, theirs))
    answers = (kept or KeptParts()).of((tuple(services), tuple(clusters), scope.key, start, end))
    still_open, direct = _left(sources, start, end)
    return Gathered(
        start, end, services, clusters, by_service, by_cluster, releases, service_from, cluster_from,
        Timeline(sources, len(services), len(clusters), start, start + days, answers), still_open, direct,
    )  # fmt: skip


def _add_sums(one: ServiceLedger, own: Array, theirs: Array, start: int, into: tuple[Ints, Ints, Ints]) -> None:
    by_service, by_cluster, releases = into
    first = max(start, one.first_day)
    last = min(start + len(by_service), one.first_day + one.sums.shape[1])
    if first >= last:
        return
    cut = one.sums[own, first - one.first_day : last - one.first_day]
    there = slice(first - start, last - start)
    by_service[there] += cut.sum(axis=0)
    by_cluster[theirs, there] += cut
    if len(own) == len(one.clusters):
        releases[there] += cut[:, :, Sum.FIRST].sum(axis=0)
    elif len(own) == 1:
        releases[there] += cut[0, :, Sum.FIRST_HERE]
    else:
        releases[there] += _releases_on(one, own, first, last)


def _releases_on(one: ServiceLedger, own: Array, first: int, last: int) -> Ints:
    """By day, the versions that were first deployed to any of these cluster-regions."""
    rows = np.flatnonzero((one.kind == Sum.DEPLOYMENTS) & np.isin(one.cluster, own))
    _, at = np.unique(one.release[rows], return_index=True)
    days = one.started[rows[at]] // DAY_MS - first
    within = days[(days >= 0) & (days < last - first)]
    return np.bincount(within, minlength=last - first).astype(np.int64)


def _left(sources: Sequence[Source], start: int, end: int) -> tuple[Open, int]:
    """The failures that are open, and how many releases were never in the lowest stage."""
    nothing = np.zeros(0, dtype=np.int64)
    found: list[tuple[Ints, Ints, Ints]] = [(nothing, nothing, nothing)]
    direct = 0
    for one in sources:
        ledger, (first, end_row) = one.ledger, one.ledger.rows_between(start * DAY_MS, end * DAY_MS)
        at = slice(*np.searchsorted(ledger.failed_row, [first, end_row]).tolist())
        is_open = np.flatnonzero(ledger.recovered[at] == NONE) + at.start
        clusters = one.places[ledger.cluster[ledger.failed_row[is_open]]]
        seen = clusters >= 0
        found.append((np.full(int(seen.sum()), one.place), clusters[seen], ledger.detected[is_open][seen]))
        at = slice(*np.searchsorted(ledger.first_row, [first, end_row]).tolist())
        never = ledger.first_row[at][ledger.promoted_ms[at] == NONE]
        direct += int(np.count_nonzero(one.places[ledger.cluster[never]] >= 0))
    return Open(*(np.concatenate(column) for column in zip(*found, strict=True))), direct
