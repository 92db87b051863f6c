"""What pages and API say of tests and of retries: one query each, so that they cannot disagree.

Each is worked out once a generation. Facts of cluster-regions without news are taken over from the generation
before (`data/cluster_facts.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import pandas as pd

from data import aggregations as agg
from data import failure_reasons, flake_tax, gate_cases, same_build, suite_numbers, visible
from data.analytics_queries import DAY_MS, analytics, seen_by
from data.attempt_columns import AttemptColumns
from data.cluster_facts import ClusterFacts
from data.day_numbers import day_number, from_milliseconds
from data.generation import Generation
from data.instants import day_before
from data.keys import attempt_id
from data.models import EVERYTHING, Scope
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
from data.views import AnalyticsFilter, Rate

MOST_ROWS = 1000
RETRIES = ClusterFacts(flake_tax.retries, flake_tax.COLUMNS)
FAILURES = ClusterFacts(gate_cases.failures, gate_cases.COLUMNS)

V = TypeVar("V", Quality, Flakiness, Effectiveness, BackTest)


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


def facts_of(gen: Generation, scope: Scope, facts: ClusterFacts[pd.DataFrame], wanted: QualityFilter) -> pd.DataFrame:
    """The facts of the filter's services and cluster-regions that began within its days, newest first."""
    seen, (since, until) = seen_in(gen, scope, wanted), span_of(wanted)
    parts = [found[_within(found, seen, since, until)] for _, found in facts.of(gen.attempts, seen)]
    filled = [part for part in parts if len(part)] or parts[:1]
    if not filled:
        return facts.work(AttemptColumns().frame(EVERYTHING, 0, 0, columns=facts.columns))
    together: pd.DataFrame = pd.concat(filled, ignore_index=True)
    return together.sort_values("started", ascending=False, kind="stable")


def _within(found: pd.DataFrame, seen: Scope, since: int, until: int) -> Any:
    started = found["started"].to_numpy()
    mask = (started >= since) & (started < until)
    return mask if seen.services is None else mask & found["service"].isin(seen.services).to_numpy()


def _quality(gen: Generation, scope: Scope, wanted: QualityFilter, now: datetime) -> Quality:
    seen = seen_in(gen, scope, wanted)
    suites = agg.selected(gen.columns.suites, seen, wanted.start, wanted.end)
    length = day_number(wanted.end) - day_number(wanted.start) + 1
    first = day_before(wanted.start, length)
    held = first >= gen.first_day
    before = agg.selected(gen.columns.suites, seen, first, day_before(wanted.start, 1)) if held else None
    of_services = suite_numbers.by_service(suites)
    flakes = analytics(gen, scope, _as_analytics(wanted), now).flakes
    turned = facts_of(gen, scope, FAILURES, wanted)
    turned = turned[turned["passed_at"].to_numpy() >= 0]
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
        turns=[_turn(one) for one in records(turned)],
        turned=len(turned),
    )


def records(found: pd.DataFrame) -> list[dict[str, Any]]:
    """The first MOST_ROWS rows by name."""
    rows: list[dict[str, Any]] = found.head(MOST_ROWS).to_dict("records")  # type: ignore[assignment]  # str names
    return rows


def row_id(row: dict[str, Any], number: str = "number") -> str:
    """The id of a row's attempt."""
    return attempt_id(row["cluster"], row["service"], row["version"], str(row[number]))


def _turn(row: dict[str, Any]) -> Turn:
    return Turn(
        row["suite"], row["cluster"], row["service"], row["version"], row_id(row), from_milliseconds(row["started"]),
        row_id(row, "passed"), from_milliseconds(row["passed_at"]),
    )  # fmt: skip


def _flakiness(gen: Generation, scope: Scope, wanted: QualityFilter, now: datetime) -> Flakiness:
    seen = seen_in(gen, scope, wanted)
    attempts = gen.attempts.frame(seen, *span_of(wanted), columns=same_build.COLUMNS)
    return Flakiness(
        gen.freshness(now), wanted, _tax(gen, scope, seen, wanted),
        _same_build(gen, scope, same_build.different_outcomes(attempts)),
    )  # fmt: skip


def _tax(gen: Generation, scope: Scope, seen: Scope, wanted: QualityFilter) -> FlakeTax:
    found = facts_of(gen, scope, RETRIES, wanted)
    days = agg.selected(gen.columns.days, seen, wanted.start, wanted.end)
    failed = int(days["failed"].sum())
    rescued = found[["cluster", "service", "version", "by"]].drop_duplicates()
    names = {one.cluster_id: one.name for one in gen.clusters.values()}
    names |= {one.service_id: one.name for one in gen.services.values()}
    said = found["reason"].tolist()
    reasons = pd.Series(
        [failure_reasons.folded(reason if isinstance(reason, str) else "", service)
         for reason, service in zip(said, found["service"].tolist(), strict=True)], dtype=object, index=found.index,
    )  # fmt: skip
    return FlakeTax(
        failed=failed,
        retries=len(found),
        rescued=len(rescued),
        lost_sec=float(found["lost"].sum()) / 1000,
        share=agg.share(len(found), failed, "no_failures"),
        clusters=_groups(found, found["cluster"], names, _sums(days, "cluster")),
        services=_groups(found, found["service"], names, _sums(days, "service")),
        reasons=_groups(found, reasons, {}, None),
        rows=[_tax_row(one) for one in records(found)],
    )


def _sums(days: pd.DataFrame, by: str) -> dict[str, int]:
    """The failed attempts of each."""
    sums = days.groupby(by, observed=True)["failed"].sum()
    return {str(name): int(count) for name, count in sums.items()}


def _groups(
    found: pd.DataFrame, by: "pd.Series[Any]", names: dict[str, str], failed: dict[str, int] | None
) -> list[TaxGroup]:
    sums = found["lost"].groupby(by.to_numpy()).agg(["size", "sum"])
    made = [
        TaxGroup(
            str(key), names.get(str(key), str(key)), int(size), float(lost) / 1000,
            None if failed is None else failed.get(str(key), 0),
        )
        for key, size, lost in sums.itertuples(name=None)
    ]  # fmt: skip
    return sorted(made, key=lambda one: (-one.lost_sec, one.key))


def _tax_row(row: dict[str, Any]) -> TaxRow:
    reason = row["reason"] if isinstance(row["reason"], str) else None
    return TaxRow(
        row_id(row), row["cluster"], row["service"], row["version"], reason, from_milliseconds(row["started"]),
        row["lost"] / 1000, row_id(row, "by"), from_milliseconds(row["by_started"]),
    )  # fmt: skip


def _same_build(gen: Generation, scope: Scope, found: same_build.Outcomes) -> SameBuild:
    order = {one.cluster_id: place for place, one in enumerate(visible.clusters(gen, scope))}
    regions = sorted(found.regions, key=lambda one: order[one.cluster_id])
    places: dict[tuple[str, str], list[Place]] = {}
    for row in found.rows.to_dict("records"):
        reason = row["reason"] if isinstance(row["reason"], str) else None
        good = row["outcome"] == flake_tax.SUCCESS
        place = Place(row["cluster"], row_id(row), from_milliseconds(row["started"]), good, reason)  # type: ignore[arg-type]  # str names
        places.setdefault((row["service"], row["version"]), []).append(place)
    rows = [
        MixedVersion(*build, sorted(of, key=lambda one: order[one.cluster_id])) for build, of in places.items()
    ]  # fmt: skip
    rows.sort(key=lambda one: (one.newest, one.service_id, one.version), reverse=True)
    return SameBuild(
        found.compared, found.mixed,
        [RegionShare(one.cluster_id, gen.clusters[one.cluster_id].name, one.failed, _share(one)) for one in regions],
        rows[:MOST_ROWS],
    )  # fmt: skip


def _share(one: same_build.Region) -> Rate:
    if one.compared < same_build.LEAST_N:
        return Rate(None, one.compared, "small_sample")
    return Rate(one.failed / one.compared, one.compared)
