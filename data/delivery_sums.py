"""The ledger's columns over a period and scope, summed by service, cluster-region and day; and quantiles by group.

Pure. What is counted is summed from sums of days; only times are looked at one by one, as slices of typed columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.delivery_ledger import DAY_MS, NONE, Array, Ledger, ServiceLedger, Sum
from data.durations import BUCKETS, EXACT_UP_TO, bucket, quantile, sketched_quantile
from data.models import Scope

GROUP_BITS = 44  # a time in milliseconds needs no more

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Times:
    """Median and ninetieth percentile in seconds, of `n`."""

    p50: float | None = None
    p90: float | None = None
    n: int = 0
    approximate: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Times, one a row: of which service, cluster-region and day of the period, and how many milliseconds."""

    service: Array
    cluster: Array
    day: Array
    value: Array
    bucket: Array | None = None  # of durations.sketch, where it is known already


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
    leads: Values
    recoveries: Values  # of the failures that are over
    open_failures: Values  # since when, epoch ms
    promoted: Values
    direct: Values  # first deployments of releases that were never in the lowest stage


def gather(
    ledger: Ledger, scope: Scope, services: Sequence[str], clusters: Sequence[str], start: int, end: int
) -> Gathered:
    """What is known of these services on these cluster-regions in [start, end)."""
    days = max(0, end - start)
    places = {cluster: place for place, cluster in enumerate(clusters) if scope.allows_cluster(cluster)}
    by_service = np.zeros((len(services), days, len(Sum)), dtype=np.int64)
    by_cluster = np.zeros((len(clusters), days, len(Sum)), dtype=np.int64)
    releases = np.zeros((len(services), days), dtype=np.int64)
    service_from = np.full(len(services), np.iinfo(np.int64).max)
    cluster_from = np.full(len(clusters), np.iinfo(np.int64).max)
    found: dict[str, list[tuple[Array, ...]]] = {"leads": [], "over": [], "open": [], "promoted": [], "direct": []}
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
        _add_values(one, at, own, theirs, (start, end), found)
    return Gathered(
        start, end, services, clusters, by_service, by_cluster, releases, service_from, cluster_from,
        *(_values(found[name]) for name in ("leads", "over", "open", "promoted", "direct")),
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


def _add_values(
    one: ServiceLedger,
    service: int,
    own: Array,
    theirs: Array,
    span: tuple[int, int],
    found: dict[str, list[tuple[Array, ...]]],
) -> None:
    """The times of the rows in the period: (service, cluster, day, value, of leads its bucket) of each kind."""
    places = np.full(len(one.clusters), NONE, dtype=np.int16)
    places[own] = theirs
    first, end = one.rows_between(span[0] * DAY_MS, span[1] * DAY_MS)

    def cut(rows: Array) -> slice:
        return slice(*np.searchsorted(rows, [first, end]).tolist())

    def add(name: str, rows: Array, *values: Array) -> None:
        cluster = places[one.cluster[rows]]
        seen = cluster >= 0
        day = (one.started[rows] // DAY_MS - span[0]).astype(np.int32)
        whole: tuple[Array, ...] = (np.full(len(rows), service, dtype=np.int32), cluster, day, *values)
        found[name].append(whole if seen.all() else tuple(column[seen] for column in whole))

    at = cut(one.lead_row)
    add("leads", one.lead_row[at], one.lead_sec[at].astype(np.int64) * 1000, one.lead_bucket[at])
    at = cut(one.failed_row)
    rows, since, until = one.failed_row[at], one.detected[at], one.recovered[at]
    over = until != NONE
    add("over", rows[over], until[over] - since[over])
    add("open", rows[~over], since[~over])
    at = cut(one.first_row)
    rows, took = one.first_row[at], one.promoted_ms[at]
    known = took != NONE
    add("promoted", rows[known], took[known])
    add("direct", rows[~known], took[~known])


def _values(found: Sequence[tuple[Array, ...]]) -> Values:
    if not found:
        nothing = np.zeros(0, dtype=np.int64)
        return Values(nothing, nothing, nothing, nothing)
    return Values(*(np.concatenate(column) for column in zip(*found, strict=True)))


def times(of: Values, groups: Array, count: int) -> list[Times]:
    """p50 and p90 of each group (0 to `count` - 1, others are left out): exact up to 10,000 values, then sketched."""
    inside = (groups >= 0) & (groups < count)
    group, value = groups[inside].astype(np.int64), of.value[inside]
    sizes = np.bincount(group, minlength=count)
    large = sizes > EXACT_UP_TO
    found = [Times()] * count
    if large.any():
        wide = large[group]
        buckets = bucket(value[wide]) if of.bucket is None else of.bucket[inside][wide]
        codes = group[wide] * BUCKETS + buckets
        sketches = np.bincount(codes, minlength=count * BUCKETS).reshape(count, BUCKETS)
        for at in np.flatnonzero(large).tolist():
            p50, p90 = (sketched_quantile(sketches[at], share) / 1000 for share in (0.5, 0.9))
            found[at] = Times(p50, p90, int(sizes[at]), approximate=True)
        group, value = group[~wide], value[~wide]
    ordered = np.sort((group << GROUP_BITS) | value)
    edges = np.searchsorted(ordered, np.arange(count + 1) << GROUP_BITS).tolist()
    for at in np.flatnonzero((sizes > 0) & ~large).tolist():
        own = ordered[edges[at] : edges[at + 1]] - (at << GROUP_BITS)
        found[at] = Times(quantile(own, 0.5) / 1000, quantile(own, 0.9) / 1000, int(sizes[at]))
    return found
