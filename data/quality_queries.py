"""What pages and API say of tests and of retries: one query each, so that they cannot disagree.

Each is worked out once a generation, service by service: what is told of services without news is taken over from
the generation before (`data/service_parts.py`).
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from data import aggregations as agg
from data import failure_reasons, flake_tax, same_build, suite_numbers, visible
from data.analytics_queries import DAY_MS, analytics, seen_by
from data.day_numbers import day_number, from_milliseconds
from data.generation import Generation
from data.instants import day_before
from data.keys import attempt_id
from data.models import Scope
from data.newest_rows import Newest, newest
from data.pair_facts import RETRIES, TURNS, UNTOLD, Facts, facts_of
from data.quality_views import (
    BackTest,
    Effectiveness,
    FlakeTax,
    Flakiness,
    MixedVersion,
    Place,
    Quality,
    QualityFilter,
    RegionShare,
    SameBuild,
    ServiceNumbers,
    TaxGroup,
    TaxRow,
    Turn,
)
from data.service_parts import by_service
from data.views import AnalyticsFilter, Rate

T = TypeVar("T")
V = TypeVar("V", Quality, Flakiness, Effectiveness, BackTest)
Sums = tuple[int, int]  # of two things counted side by side


def quality(gen: Generation, scope: Scope, wanted: QualityFilter, now: datetime) -> Quality:
    """How suites and services did; NotFound where the filter names what there is not."""
    return kept(gen, scope, wanted, now, "quality", _quality)


def flakiness(gen: Generation, scope: Scope, wanted: QualityFilter, now: datetime) -> Flakiness:
    """What retries cost, and which builds did differently by place."""
    return kept(gen, scope, wanted, now, "flakiness", _flakiness)


def kept(
    gen: Generation,
    scope: Scope,
    wanted: QualityFilter,
    now: datetime,
    what: object,
    work: Callable[[Generation, Scope, QualityFilter, datetime], V],
) -> V:
    """The answer of this generation, from its first held day on."""
    wanted = replace(wanted, start=max(wanted.start, gen.first_day))
    found = gen.memo.get((what, scope.key, wanted), lambda: work(gen, scope, wanted, now))
    return replace(found, freshness=gen.freshness(now))


def seen_in(gen: Generation, scope: Scope, wanted: QualityFilter) -> Scope:
    """The scope narrowed to the filter."""
    return seen_by(gen, scope, _as_analytics(wanted))


def _as_analytics(wanted: QualityFilter) -> AnalyticsFilter:
    return AnalyticsFilter(wanted.start, wanted.end, wanted.service_id, wanted.cluster_id, wanted.team)


def span_of(wanted: QualityFilter) -> tuple[int, int]:
    """[since, until) in epoch milliseconds."""
    return day_number(wanted.start) * DAY_MS, (day_number(wanted.end) + 1) * DAY_MS


def services_in(gen: Generation, scope: Scope, wanted: QualityFilter) -> list[str]:
    """The services the filter names."""
    return [one.service_id for one in visible.services(gen, seen_in(gen, scope, wanted))]


def parts_of(
    gen: Generation, scope: Scope, wanted: QualityFilter, what: Hashable, work: Callable[[QualityFilter], T]
) -> list[T]:
    """The answer of each service that the filter names, worked out only where something happened to it."""
    question = what, scope.key, wanted.start, wanted.end, wanted.cluster_id
    found = by_service(
        gen,
        question,
        services_in(gen, scope, wanted),
        lambda service_id: work(replace(wanted, service_id=service_id, team=None)),
    )
    return list(found.values())


def facts_in(gen: Generation, scope: Scope, facts: Facts, wanted: QualityFilter) -> pd.DataFrame:
    """The facts of the filter's one service that began within its days and cluster-regions, newest first."""
    found = facts_of(gen, facts, wanted.service_id or "")
    seen, (since, until) = seen_in(gen, scope, wanted), span_of(wanted)
    started = found["started"].to_numpy()
    mask = (started >= since) & (started < until)
    if seen.clusters is not None:
        mask &= found["cluster"].isin(seen.clusters).to_numpy()
    rows = np.flatnonzero(mask)
    return found.iloc[rows[np.argsort(-started[rows], kind="stable")]]


def _quality(gen: Generation, scope: Scope, wanted: QualityFilter, now: datetime) -> Quality:
    seen = seen_in(gen, scope, wanted)
    suites = agg.selected(gen.columns.suites, seen, wanted.start, wanted.end)
    length = day_number(wanted.end) - day_number(wanted.start) + 1
    first = day_before(wanted.start, length)
    held = first >= gen.first_day
    before = agg.selected(gen.columns.suites, seen, first, day_before(wanted.start, 1)) if held else None
    of_services = suite_numbers.by_service(suites)
    flakes = analytics(gen, scope, _as_analytics(wanted), now).flakes
    turns = parts_of(gen, scope, wanted, "turns", lambda of: _turns(gen, scope, of))
    return Quality(
        freshness=gen.freshness(now),
        filter=wanted,
        numbers=suite_numbers.numbers(suites),
        suites=suite_numbers.by_suite(suites, before, gen.catalog.suites),
        services=[
            ServiceNumbers(one.service_id, one.name, suite_numbers.together(found.values()), found)
            for one in visible.services(gen, seen)
            for found in [of_services.get(one.service_id, {})]
        ],
        flaky=[one for one in flakes.found if one.suite is not None],
        repeated=flakes.repeated,
        turns=newest([one.rows for one in turns], _turned),
        turned=sum(one.total for one in turns),
        untold=sum(one.untold for one in turns),
    )


@dataclass(frozen=True, slots=True)
class _Turns:
    """What failed and then passed of one service: the newest rows, and how many there are; `untold` as of Quality."""

    rows: Newest[Turn]
    total: int
    untold: int


def _turns(gen: Generation, scope: Scope, wanted: QualityFilter) -> _Turns:
    found = facts_in(gen, scope, TURNS, wanted)
    return _Turns(rows_of(found, _turn), len(found), len(facts_in(gen, scope, UNTOLD, wanted)))


def _turned(one: Turn) -> tuple[str, str, str]:
    return one.failed_at, one.failed_id, one.suite or ""


def rows_of(found: pd.DataFrame, make: Callable[[dict[str, Any]], T]) -> Newest[T]:
    """The rows of a frame that is newest first."""
    return Newest(found["started"].to_numpy(), lambda first, end: list(map(make, records(found.iloc[first:end]))))


def records(found: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows by name."""
    names = [str(name) for name in found.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*(found[name].tolist() for name in names), strict=True)]


def row_id(row: dict[str, Any], number: str = "number") -> str:
    """The id of a row's attempt."""
    return attempt_id(row["cluster"], row["service"], row["version"], str(row[number]))


def _turn(row: dict[str, Any]) -> Turn:
    return Turn(
        row["suite"], row["cluster"], row["service"], row["version"], row_id(row), from_milliseconds(row["started"]),
        row_id(row, "passed"), from_milliseconds(row["passed_at"]),
    )  # fmt: skip


def _flakiness(gen: Generation, scope: Scope, wanted: QualityFilter, now: datetime) -> Flakiness:
    parts = parts_of(
        gen, scope, wanted, "flakiness", lambda of: (_tax_of(gen, scope, of), _places_of(gen, scope, of))
    )
    return Flakiness(
        gen.freshness(now), wanted, _tax(gen, scope, wanted, [tax for tax, _ in parts]),
        _same_build(gen, [places for _, places in parts], _order(gen, scope)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Tax:
    """The retries of one service: (how many, milliseconds lost) by cluster-region and by reason."""

    service_id: str
    retries: int
    rescued: int
    lost: int
    clusters: Mapping[str, Sums]
    reasons: Mapping[str, Sums]
    rows: Newest[TaxRow]


def _tax_of(gen: Generation, scope: Scope, wanted: QualityFilter) -> _Tax:
    found = facts_in(gen, scope, RETRIES, wanted)
    service_id = wanted.service_id or ""
    said = pd.Series([
        failure_reasons.folded(reason if isinstance(reason, str) else "", service_id)
        for reason in found["reason"].tolist()
    ], dtype=object)  # fmt: skip
    rescued = found[["cluster", "version", "by"]].drop_duplicates()
    return _Tax(
        service_id, len(found), len(rescued), int(found["lost"].sum()), _by(found, found["cluster"]),
        _by(found, said), rows_of(found, _tax_row),
    )  # fmt: skip


def _by(found: pd.DataFrame, key: "pd.Series[Any]") -> dict[str, Sums]:
    sums = found["lost"].groupby(key.to_numpy()).agg(["size", "sum"])
    return {str(name): (int(size), int(lost)) for name, size, lost in sums.itertuples(name=None)}


def _tax(gen: Generation, scope: Scope, wanted: QualityFilter, parts: Sequence[_Tax]) -> FlakeTax:
    days = agg.selected(gen.columns.days, seen_in(gen, scope, wanted), wanted.start, wanted.end)
    failed, retries = int(days["failed"].sum()), sum(one.retries for one in parts)
    names = {one.cluster_id: one.name for one in gen.clusters.values()}
    names |= {one.service_id: one.name for one in gen.services.values()}
    of_services = [{one.service_id: (one.retries, one.lost)} for one in parts if one.retries]
    return FlakeTax(
        failed=failed,
        retries=retries,
        rescued=sum(one.rescued for one in parts),
        lost_sec=sum(one.lost for one in parts) / 1000,
        share=agg.share(retries, failed, "no_failures"),
        clusters=_groups([one.clusters for one in parts], names, _sums(days, "cluster")),
        services=_groups(of_services, names, _sums(days, "service")),
        reasons=_groups([one.reasons for one in parts], {}, None),
        rows=newest([one.rows for one in parts], _retried),
    )


def _sums(days: pd.DataFrame, by: str) -> dict[str, int]:
    """The failed attempts of each."""
    sums = days.groupby(by, observed=True)["failed"].sum()
    return {str(name): int(count) for name, count in sums.items()}


def _groups(
    parts: Iterable[Mapping[str, Sums]], names: Mapping[str, str], failed: Mapping[str, int] | None
) -> list[TaxGroup]:
    sums: dict[str, Sums] = {}
    for part in parts:
        for key, (retries, lost) in part.items():
            before = sums.get(key, (0, 0))
            sums[key] = before[0] + retries, before[1] + lost
    made = [
        TaxGroup(key, names.get(key, key), retries, lost / 1000, None if failed is None else failed.get(key, 0))
        for key, (retries, lost) in sums.items()
    ]
    return sorted(made, key=lambda one: (-one.lost_sec, one.key))


def _retried(one: TaxRow) -> tuple[str, str]:
    return one.started_at, one.attempt_id


def _tax_row(row: dict[str, Any]) -> TaxRow:
    reason = row["reason"] if isinstance(row["reason"], str) else None
    return TaxRow(
        row_id(row), row["cluster"], row["service"], row["version"], reason, from_milliseconds(row["started"]),
        row["lost"] / 1000, row_id(row, "by"), from_milliseconds(row["by_started"]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Places:
    """The builds of one service that differ by place."""

    compared: int
    mixed: int
    regions: tuple[same_build.Region, ...]
    rows: Newest[MixedVersion]


def _order(gen: Generation, scope: Scope) -> dict[str, int]:
    return {one.cluster_id: place for place, one in enumerate(visible.clusters(gen, scope))}


def _places_of(gen: Generation, scope: Scope, wanted: QualityFilter) -> _Places:
    seen, span = seen_in(gen, scope, wanted), span_of(wanted)
    attempts = gen.attempts.frame(seen, *span, columns=same_build.COLUMNS)
    found, order = same_build.different_outcomes(attempts), _order(gen, scope)
    rows = pd.DataFrame({str(name): found.rows[name].to_numpy() for name in found.rows})  # no vocabulary
    places: dict[str, list[int]] = {}
    for place, version in enumerate(rows["version"].tolist()):
        places.setdefault(version, []).append(place)
    started = rows["started"].to_numpy()
    builds = sorted(places.values(), key=lambda of: started[of].max(), reverse=True)

    def make(first: int, end: int) -> list[MixedVersion]:
        return [_mixed(records(rows.iloc[of]), order) for of in builds[first:end]]

    newest_of = np.array([started[of].max() for of in builds], dtype=np.int64)
    return _Places(found.compared, found.mixed, found.regions, Newest(newest_of, make))


def _mixed(rows: Sequence[dict[str, Any]], order: Mapping[str, int]) -> MixedVersion:
    """A build and what became of it on each cluster-region."""
    places = [
        Place(
            row["cluster"], row_id(row), from_milliseconds(row["started"]), row["outcome"] == flake_tax.SUCCESS,
            row["reason"] if isinstance(row["reason"], str) else None,
        )
        for row in rows
    ]  # fmt: skip
    return MixedVersion(rows[0]["service"], rows[0]["version"], sorted(places, key=lambda one: order[one.cluster_id]))


def _newness(one: MixedVersion) -> tuple[str, str, str]:
    return one.newest, one.service_id, one.version


def _same_build(gen: Generation, parts: Sequence[_Places], order: Mapping[str, int]) -> SameBuild:
    sums: dict[str, Sums] = {}
    for region in (region for part in parts for region in part.regions):
        compared, failed = sums.get(region.cluster_id, (0, 0))
        sums[region.cluster_id] = compared + region.compared, failed + region.failed
    regions = [
        RegionShare(one, gen.clusters[one].name, sums[one][1], _share(*sums[one]))
        for one in sorted(sums, key=lambda cluster_id: order[cluster_id])
    ]
    rows = newest([one.rows for one in parts], _newness)
    return SameBuild(sum(one.compared for one in parts), sum(one.mixed for one in parts), regions, rows)


def _share(compared: int, failed: int) -> Rate:
    if compared < same_build.LEAST_N:
        return Rate(None, compared, "small_sample")
    return Rate(failed / compared, compared)
