"""The delivery ledger: every attempt of production with what it counts as, in typed columns. Pure.

A service is worked out as a whole, for an incident may concern any of its cluster-regions, and a release is the
first of all. A generation takes over the services whose attempts, incidents and catalog entry did not change, so
that a question costs slices and sums of columns, however many attempts there were.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from data.attempt_columns import AttemptColumns
from data.catalog_models import Catalog, ClusterType, Service
from data.delivery_judge import Failure, Kind, Rework
from data.delivery_leads import LEFT_OUT
from data.delivery_marks import marked
from data.delivery_verdicts import Row, told
from data.durations import bucket
from data.models import EVERYTHING, Incident

KINDS, FAILURES, REWORKS = tuple(Kind), tuple(Failure), tuple(Rework)
NONE = -1
FOREVER_MS = 1 << 53
DAY_MS = 86_400_000

Array = npt.NDArray[Any]
Incidents = Mapping[str, Sequence[Incident]]  # by service


class Sum(IntEnum):
    """What is counted of a day: the kinds, then the rules of failure, in their orders, then the rest."""

    DEPLOYMENTS = 0
    RESTORES = 1
    REDEPLOYS = 2
    FAILED_ROLLOUTS = 3
    CANCELLED = 4
    IN_PROGRESS = 5
    ROLLED_BACK = 6
    RESTORED = 7
    HOTFIX = 8
    INCIDENT = 9
    FAILED_STATUS = 10  # of any kind
    REWORK = 11
    FIRST = 12  # deployments that were the first of their version in production
    FIRST_HERE = 13  # … on their cluster-region
    TIMED = 14  # deployments with a commit of known time
    TESTED = 15  # … with a run of each suite that is expected
    ENDED = 16
    TRIGGERED = 17
    COMPLETE = 18  # … with all four
    NO_COMMIT_TIME = 19  # commits
    CLOCK_SKEW = 20
    NO_END = 21


OF_KIND = {kind: place for place, kind in enumerate(KINDS)}
OF_FAILURE = {rule: place for place, rule in enumerate(FAILURES)}
OF_REWORK = {why: place for place, why in enumerate(REWORKS)}
FIRST_FAILURE = Sum.ROLLED_BACK
FIRST_LEFT_OUT = Sum.NO_COMMIT_TIME
# bits of `facts`; the last four are what the numbers need of a deployment
FACTS = IS_FIRST, IS_FIRST_HERE, HAS_LEAD, FAILED_STATUS, *_ = tuple(1 << place for place in range(8))
NEEDS = dict(zip((Sum.TIMED, Sum.TESTED, Sum.ENDED, Sum.TRIGGERED), FACTS[4:], strict=True))


@dataclass(frozen=True, slots=True)
class Stages:
    """Which cluster-regions are production, and which the lowest stage before it."""

    production: tuple[str, ...]
    lowest: tuple[str, ...]


def stages_of(catalog: Catalog) -> Stages:
    """The lowest stage is Development, or Staging where the catalog has no cluster of Development."""

    def of(kind: ClusterType) -> tuple[str, ...]:
        return tuple(sorted(one.cluster_id for one in catalog.clusters if one.type is kind))

    return Stages(of(ClusterType.PRODUCTION), of(ClusterType.DEVELOPMENT) or of(ClusterType.STAGING))


@dataclass(frozen=True, slots=True, eq=False)
class ServiceLedger:
    """A service in production. Rows are attempts by (start, cluster, attempt id); times are epoch ms."""

    clusters: tuple[str, ...]
    started: Array  # int64
    cluster: Array  # int16: place in `clusters`
    kind: Array  # int8: place in KINDS
    failure: Array  # int8: place in FAILURES, NONE
    rework: Array  # int8: place in REWORKS, NONE
    facts: Array  # uint8: bits
    release: Array  # int32: place in `versions`
    versions: Array  # text
    first_day: int  # the day of `sums[:, 0]`
    first_days: tuple[int, ...]  # by cluster, the day of its first attempt
    sums: Array  # int32 [cluster, day, Sum]
    lead_row: Array  # int32, ascending: one for each commit with a time, of a deployment
    lead_sec: Array  # int32
    lead_bucket: Array  # int16: of durations.sketch
    failed_row: Array  # int32, ascending: the failed deployments
    detected: Array  # int64
    recovered: Array  # int64, NONE while the failure is open
    recovered_row: Array  # int32: the row that ended it, NONE
    incident: Array  # text, empty where there is none
    first_row: Array  # int32, ascending: the first deployment of each release
    promoted_ms: Array  # int64: from the first success in the lowest stage, NONE where there was none before
    marks: Array  # int64 [cluster, day]: another one as soon as times of the day are (`data/delivery_marks.py`)

    def rows_between(self, since_ms: int, until_ms: int) -> tuple[int, int]:
        """[first, end) of the rows that started within [since, until)."""
        first, end = np.searchsorted(self.started, [since_ms, until_ms]).tolist()
        return first, end


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """Every service that ever was in production."""

    stages: Stages = field(default_factory=lambda: Stages((), ()))
    services: Mapping[str, ServiceLedger] = field(default_factory=dict)


def ledger_of(
    attempts: AttemptColumns, catalog: Catalog, services: Collection[Service], incidents: Incidents
) -> Ledger:
    """The ledger from scratch."""
    return _with(Ledger(stages_of(catalog)), attempts, services, incidents, {one.service_id for one in services})


def updated(
    old: Ledger,
    attempts: AttemptColumns,
    catalog: Catalog,
    services: Collection[Service],
    incidents: Incidents,
    changed: Collection[str],
) -> Ledger:
    """The ledger after something changed about these services; all of it where the stages are others now."""
    stages = stages_of(catalog)
    if stages != old.stages:
        return ledger_of(attempts, catalog, services, incidents)
    return _with(old, attempts, services, incidents, changed) if changed else old


def _with(
    old: Ledger, attempts: AttemptColumns, services: Collection[Service], incidents: Incidents, todo: Collection[str]
) -> Ledger:
    known = {one.service_id: one for one in services}
    found = {service_id: one for service_id, one in old.services.items() if service_id in known}
    for service_id in sorted(todo):
        before = found.pop(service_id, None)
        service = known.get(service_id)
        made = _made(old.stages, attempts, service, incidents) if service and old.stages.production else None
        if made is not None:
            found[service_id] = replace(made, marks=marked(made, before))
    return Ledger(old.stages, found)


def _made(stages: Stages, attempts: AttemptColumns, service: Service, incidents: Incidents) -> ServiceLedger | None:
    frame = attempts.frame(
        EVERYTHING, -FOREVER_MS, FOREVER_MS, cluster_ids={*stages.production, *stages.lowest},
        service_ids={service.service_id}, columns=NEEDED,
    )  # fmt: skip
    found = told(frame, service, stages.production, stages.lowest, incidents.get(service.service_id, ()))
    return in_columns(found) if found else None


NEEDED = (
    "cluster", "service", "version", "back_to", "verdicts", "commits", "started", "ended", "committed", "status",
    "trigger", "cancelled", "hotfix", "number",
)  # fmt: skip


def in_columns(rows: Sequence[Row]) -> ServiceLedger:
    """What was told of a service's attempts, as columns; there is at least one."""
    clusters = sorted({row.cluster for row in rows})
    places = {cluster: place for place, cluster in enumerate(clusters)}
    versions = list(dict.fromkeys(row.version for row in rows))
    releases = {version: place for place, version in enumerate(versions)}
    leads = [(at, lead) for at, row in enumerate(rows) for lead in row.leads]
    failed = [(at, row.judgement) for at, row in enumerate(rows) if row.judgement.failure]
    first_day = rows[0].started // DAY_MS
    columns = {
        "started": _column(rows, np.int64, lambda row: row.started),
        "cluster": _column(rows, np.int16, lambda row: places[row.cluster]),
        "kind": _column(rows, np.int8, lambda row: OF_KIND[row.judgement.kind]),
        "failure": _column(rows, np.int8, lambda row: _place(OF_FAILURE, row.judgement.failure)),
        "rework": _column(rows, np.int8, lambda row: _place(OF_REWORK, row.judgement.rework)),
        "facts": _column(rows, np.uint8, _facts),
    }
    return ServiceLedger(
        clusters=tuple(clusters),
        **columns,
        release=_column(rows, np.int32, lambda row: releases[row.version]),
        versions=_texts(versions),
        first_day=first_day,
        first_days=tuple(min(row.started for row in rows if row.cluster == one) // DAY_MS for one in clusters),
        sums=_sums(rows, first_day, len(clusters), columns),
        lead_row=np.array([at for at, _ in leads], dtype=np.int32),
        lead_sec=np.array([lead for _, lead in leads], dtype=np.int32),
        lead_bucket=bucket(np.array([lead for _, lead in leads], dtype=np.int64) * 1000).astype(np.int16),
        failed_row=np.array([at for at, _ in failed], dtype=np.int32),
        detected=np.array([one.detected for _, one in failed], dtype=np.int64),
        recovered=np.array([NONE if one.recovered is None else one.recovered for _, one in failed], dtype=np.int64),
        recovered_row=np.array([NONE if rows[at].by is None else rows[at].by for at, _ in failed], dtype=np.int32),
        incident=_texts([one.incident_id or "" for _, one in failed]),
        first_row=np.array([at for at, row in enumerate(rows) if row.first], dtype=np.int32),
        promoted_ms=np.array(
            [NONE if row.promoted is None else row.promoted for row in rows if row.first], dtype=np.int64
        ),
        marks=np.zeros((0, 0), dtype=np.int64),
    )  # fmt: skip


def _column(rows: Sequence[Row], kind: type, value: Callable[[Row], int]) -> Array:
    return np.fromiter(map(value, rows), dtype=kind, count=len(rows))


def _texts(words: Sequence[str]) -> Array:
    return np.array(words, dtype=np.dtypes.StringDType())


def _place(places: Mapping[Any, int], of: object) -> int:
    return NONE if of is None else places[of]


def _facts(row: Row) -> int:
    """The bits of a row, in the order of FACTS."""
    said = (
        row.first, row.first_here, bool(row.leads), row.failed_status, row.timed, row.tested, row.ended is not None,
        row.triggered,
    )  # fmt: skip
    return sum(1 << place for place, is_so in enumerate(said) if is_so)


def _sums(rows: Sequence[Row], first_day: int, count: int, columns: Mapping[str, Array]) -> Array:
    """Counts by cluster (of `count`), day and Sum."""
    kind, facts = columns["kind"], columns["facts"]
    days = rows[-1].started // DAY_MS - first_day + 1
    cell = columns["cluster"].astype(np.int64) * days + columns["started"] // DAY_MS - first_day
    found = np.zeros((len(Sum), count * days), dtype=np.int32)

    def add(at: int, which: Array) -> None:
        found[at] = np.bincount(cell[which], minlength=count * days)

    for place in range(len(KINDS)):
        add(place, kind == place)
    for place in range(len(FAILURES)):
        add(FIRST_FAILURE + place, columns["failure"] == place)
    deployed = kind == Sum.DEPLOYMENTS
    add(Sum.FAILED_STATUS, (facts & FAILED_STATUS) > 0)
    add(Sum.REWORK, columns["rework"] != NONE)
    add(Sum.FIRST, (facts & IS_FIRST) > 0)
    add(Sum.FIRST_HERE, (facts & IS_FIRST_HERE) > 0)
    for need, bit in NEEDS.items():
        add(need, deployed & ((facts & bit) > 0))
    everything = sum(NEEDS.values())
    add(Sum.COMPLETE, deployed & ((facts & everything) == everything))
    for at, reason in enumerate(LEFT_OUT):
        left = np.fromiter((row.left_out.get(reason, 0) for row in rows), dtype=np.int64, count=len(rows))
        found[FIRST_LEFT_OUT + at] = np.bincount(cell, weights=left, minlength=count * days)
    return np.ascontiguousarray(found.T).reshape(count, days, len(Sum))
