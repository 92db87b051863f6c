"""Rows of the delivery ledger: which attempts a number is made of, and which were left out of it, and why. Pure.

Which rows match is told from the ledger's columns; what is shown of them is looked up among the attempts, for no
more rows than are shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from data import delivery_periods as periods
from data.attempt_columns import COLUMNS, MISSING, AttemptColumns, attempt_rows
from data.day_numbers import day_number, from_milliseconds
from data.delivery_judge import Kind
from data.delivery_leads import LEFT_OUT, leads
from data.delivery_ledger import (
    DAY_MS,
    FAILURES,
    FOREVER_MS,
    HAS_LEAD,
    IS_FIRST,
    KINDS,
    NONE,
    OF_FAILURE,
    OF_KIND,
    REWORKS,
    Array,
    Ledger,
    ServiceLedger,
)
from data.delivery_queries import held, ledger_in, narrowed
from data.delivery_views import LedgerFilter, LedgerPage, LedgerRow, MetricId
from data.errors import InvalidRequest
from data.generation import Generation
from data.models import EVERYTHING, AttemptRow, Scope

OPEN = "open"
DEPLOYMENT, RESTORE = OF_KIND[Kind.DEPLOYMENT], OF_KIND[Kind.RESTORE]
Position = tuple[str, str]  # as cursors hold it
Order = tuple[int, str, str, int]  # start, cluster, service, which of those that started together


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row is."""

    service: str
    row: int


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the attempts say of a row."""

    attempt: AttemptRow
    commits: str | None
    committed: int | None
    ended: int | None


def ledger(
    gen: Generation,
    scope: Scope,
    wanted: LedgerFilter,
    now: datetime,
    limit: int,
    after: Position | None = None,
) -> LedgerPage:
    """The rows that match, newest first; `after`: where the page before ended.

    NotFound where the filter names what is unknown or out of scope.
    """
    wanted = replace(wanted, of=held(gen, wanted.of, now))
    seen = narrowed(gen, scope, wanted.of)
    found = ledger_in(gen)
    since, until = _span(wanted)
    services = [name for name in sorted(found.services) if seen.allows_service(name)]
    matches = [_matching(found.services[name], seen, wanted, since, until) for name in services]
    starts = [found.services[name].started[rows] for name, rows in zip(services, matches, strict=True)]
    total = sum(map(len, starts))
    order = _from_position(after)
    places = _newest(found, services, matches, starts, limit, order)
    rows = _rows(gen, found, places, wanted.metric)
    more = bool(places) and len(places) == limit and _left(starts, matches, found, services, places[-1])
    last = _order(found, places[-1]) if more else None
    return LedgerPage(rows, total, wanted, _to_position(last) if last else None)


def _span(wanted: LedgerFilter) -> tuple[int, int]:
    """[since, until) in epoch milliseconds."""
    start = day_number(wanted.of.start)
    end = max(start, day_number(wanted.of.end) + 1)
    if wanted.day is None:
        return start * DAY_MS, end * DAY_MS
    grain = periods.grain(wanted.of.start, wanted.of.end)
    named = [one for one in periods.pieces(start, end, grain) if one.label == wanted.day]
    if named:
        return named[0].first * DAY_MS, named[0].end * DAY_MS
    day = day_number(wanted.day)
    return max(day, start) * DAY_MS, min(day + 1, end) * DAY_MS


def _matching(one: ServiceLedger, scope: Scope, wanted: LedgerFilter, since: int, until: int) -> Array:
    """The rows of a service that match, ascending."""
    first, end = one.rows_between(since, until)
    if first >= end:
        return np.zeros(0, dtype=np.int64)
    cut = slice(first, end)
    allowed = np.array([scope.allows_cluster(cluster) for cluster in one.clusters])
    mask = allowed[one.cluster[cut]]
    if wanted.kind is not None:
        mask &= one.kind[cut] == OF_KIND[wanted.kind]
    if wanted.failure is not None:
        mask &= one.failure[cut] == OF_FAILURE[wanted.failure]
    if wanted.metric is MetricId.RECOVERY_TIME:
        mask &= one.failure[cut] != NONE
    if wanted.included is not None:
        mask &= _included(one, cut, wanted.metric) == wanted.included
    found: Array = np.flatnonzero(mask) + first
    return found


def _included(one: ServiceLedger, cut: slice, metric: MetricId | None) -> Array:
    deployed: Array = one.kind[cut] == DEPLOYMENT
    if metric is MetricId.REWORK_RATE:
        deployed = deployed | (one.kind[cut] == RESTORE)
    elif metric is MetricId.LEAD_TIME:
        deployed = deployed & ((one.facts[cut] & HAS_LEAD) > 0)
    elif metric is MetricId.RECOVERY_TIME:
        still_open = np.zeros(len(one.started), dtype=np.bool_)
        still_open[one.failed_row[one.recovered == NONE]] = True
        deployed = deployed & ~still_open[cut]
    return deployed


def _newest(
    found: Ledger,
    services: Sequence[str],
    matches: Sequence[Array],
    starts: Sequence[Array],
    limit: int,
    after: Order | None,
) -> list[_Place]:
    """The `limit` newest rows behind `after`."""
    started = np.concatenate(starts) if starts else np.zeros(0, dtype=np.int64)
    candidates = np.arange(len(started)) if after is None else np.flatnonzero(started <= after[0])
    together = 0 if after is None else int(np.count_nonzero(started == after[0]))
    most = limit + together
    if len(candidates) > most:
        least = np.partition(started[candidates], len(candidates) - most)[len(candidates) - most]
        candidates = candidates[started[candidates] >= least]
    edges = np.cumsum([0, *map(len, starts)])
    which = np.searchsorted(edges, candidates, side="right") - 1
    places = [
        _Place(services[at], int(matches[at][one - edges[at]]))
        for at, one in zip(which.tolist(), candidates.tolist(), strict=True)
    ]
    ordered = sorted(((_order(found, place), place) for place in places), key=lambda one: one[0], reverse=True)
    return [place for order, place in ordered if after is None or order < after][:limit]


def _left(
    starts: Sequence[Array], matches: Sequence[Array], found: Ledger, services: Sequence[str], last: _Place
) -> bool:
    """Whether a row comes behind this one."""
    order = _order(found, last)
    for name, rows, started in zip(services, matches, starts, strict=True):
        if (started < order[0]).any():
            return True
        together = rows[started == order[0]].tolist()
        if any(_order(found, _Place(name, row)) < order for row in together):
            return True
    return False


def _order(found: Ledger, place: _Place) -> Order:
    one = found.services[place.service]
    return int(one.started[place.row]), one.clusters[one.cluster[place.row]], place.service, _nth(one, place.row)


def _nth(one: ServiceLedger, row: int) -> int:
    """Which of the attempts of its pair that started together a row is, by attempt id."""
    first = row
    while first > 0 and one.started[first - 1] == one.started[row] and one.cluster[first - 1] == one.cluster[row]:
        first -= 1
    return row - first


def _to_position(order: Order) -> Position:
    return str(order[0]), "#".join((order[1], order[2], str(order[3])))


def _from_position(position: Position | None) -> Order | None:
    if position is None:
        return None
    try:
        cluster, service, nth = position[1].split("#")
        return int(position[0]), cluster, service, int(nth)
    except ValueError:
        raise InvalidRequest("was not given out for this list, or is no longer valid", "cursor") from None


def _rows(gen: Generation, found: Ledger, places: Sequence[_Place], metric: MetricId | None) -> list[LedgerRow]:
    causes = [_Place(one.service, by) for one in places if (by := _ended_by(found, one)) is not None]
    shown = _looked_up(gen.attempts, found, {*places, *causes})
    return [_row(found.services[one.service], one, shown, metric) for one in places]


def _failure_at(one: ServiceLedger, row: int) -> int | None:
    """Where a row is among the failed ones."""
    if one.failure[row] == NONE:
        return None
    return int(np.searchsorted(one.failed_row, row))


def _ended_by(found: Ledger, place: _Place) -> int | None:
    one = found.services[place.service]
    at = _failure_at(one, place.row)
    by = NONE if at is None else int(one.recovered_row[at])
    return None if by == NONE else by


def _looked_up(attempts: AttemptColumns, found: Ledger, places: Iterable[_Place]) -> dict[_Place, _Shown]:
    """The attempts of these rows."""
    wanted = {place: _order(found, place) for place in places}
    by_cluster: dict[str, set[int]] = {}
    for started, cluster, _, _ in wanted.values():
        by_cluster.setdefault(cluster, set()).add(started)
    named = _named(attempts, by_cluster, {place.service for place in wanted})
    return {
        place: named[cluster, service, started][nth] for place, (started, cluster, service, nth) in wanted.items()
    }


def _named(
    attempts: AttemptColumns, by_cluster: Mapping[str, set[int]], services: set[str]
) -> dict[tuple[str, str, int], list[_Shown]]:
    """The attempts of these services that started at one of these moments, by pair and start, each by attempt id."""
    cut: dict[Any, Any] = {}
    for key, chunk in attempts.chunks.items():
        if key[0] in by_cluster:
            moments = np.array(sorted(by_cluster[key[0]]))
            mask = np.isin(chunk.arrays["started"], moments)
            if mask.any():
                cut[key] = chunk.kept(mask)
    frame = AttemptColumns(cut).frame(EVERYTHING, -FOREVER_MS, FOREVER_MS, service_ids=services, columns=COLUMNS)
    columns = (frame[name].tolist() for name in ("cluster", "service", "started", "commits", "committed", "ended"))
    found: dict[tuple[str, str, int], list[_Shown]] = {}
    for row, cluster, service, started, commits, committed, ended in zip(attempt_rows(frame), *columns, strict=True):
        words = commits if isinstance(commits, str) else None
        shown = _Shown(row, words, _known(committed), _known(ended))
        found.setdefault((cluster, service, started), []).append(shown)
    return {key: sorted(of, key=lambda one: one.attempt.attempt_id) for key, of in found.items()}


def _known(moment: int) -> int | None:
    return None if moment == MISSING else moment


def _row(one: ServiceLedger, place: _Place, shown: Mapping[_Place, _Shown], metric: MetricId | None) -> LedgerRow:
    at, row = _failure_at(one, place.row), place.row
    kind, attempt = KINDS[one.kind[row]], shown[place].attempt
    took, without = _leads(shown[place]) if kind is Kind.DEPLOYMENT else ([], {})
    since = None if at is None else int(one.detected[at])
    until = None if at is None or one.recovered[at] == NONE else int(one.recovered[at])
    by = NONE if at is None else int(one.recovered_row[at])
    first = bool(one.facts[row] & IS_FIRST)
    return LedgerRow(
        attempt_id=attempt.attempt_id,
        cluster_id=one.clusters[one.cluster[row]],
        service_id=place.service,
        build_version=attempt.build_version,
        status=attempt.status,
        trigger=attempt.trigger,
        started_at=attempt.started_at,
        ended_at=attempt.ended_at,
        kind=kind,
        excluded=_excluded(kind, metric, took, without, is_open=at is not None and until is None),
        failure=None if at is None else FAILURES[one.failure[row]],
        detected_at=None if since is None else from_milliseconds(since),
        recovered_at=None if until is None else from_milliseconds(until),
        recovered_by=None if by == NONE else shown[_Place(place.service, by)].attempt.attempt_id,
        recovery_sec=None if since is None or until is None else (until - since) / 1000,
        incident_id=None if at is None else str(one.incident[at]) or None,
        rework=None if one.rework[row] == NONE else REWORKS[one.rework[row]],
        lead_sec=took,
        lead_excluded=without,
        promotion_lead_sec=_promotion_lead(one, row) if first else None,
        first_of_release=first,
    )


def _leads(shown: _Shown) -> tuple[list[float], dict[str, int]]:
    found, without = leads(shown.commits, shown.committed, shown.ended)
    return [float(one) for one in found], without


def _promotion_lead(one: ServiceLedger, row: int) -> float | None:
    took = int(one.promoted_ms[np.searchsorted(one.first_row, row)])
    return None if took == NONE else took / 1000


def _excluded(
    kind: Kind, metric: MetricId | None, took: Sequence[float], without: Mapping[str, int], is_open: bool
) -> str | None:
    """Why a row is left out of a metric."""
    if kind is Kind.RESTORE and metric is MetricId.REWORK_RATE:
        return None
    if kind is not Kind.DEPLOYMENT:
        return kind.value
    if metric is MetricId.LEAD_TIME and not took:
        return next(reason for reason in LEFT_OUT if reason in without)
    return OPEN if metric is MetricId.RECOVERY_TIME and is_open else None
