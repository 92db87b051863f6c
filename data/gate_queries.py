"""What pages and API say of gates: what they caught, and what a rule would have done to past deployments."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import aggregations as agg
from data import gate_backtest, gate_cases, visible
from data.attempt_columns import AttemptColumns
from data.day_numbers import from_milliseconds
from data.deployed import Deployed, Deployments
from data.gate_backtest import Judged, evidence, judged
from data.generation import Generation
from data.models import Scope
from data.newest_rows import Newest, newest
from data.pair_facts import EVER, FAILURES
from data.promotion_path import way
from data.quality_ledger import deployments_of
from data.quality_queries import facts_in, kept, parts_of, records, row_id, seen_in, span_of
from data.quality_views import (
    BackTest,
    BackTestRow,
    BackTestRule,
    CaseKind,
    Effectiveness,
    GateCase,
    QualityFilter,
    SuiteEffect,
)

MINUTE = 60
Build = tuple[str, str]  # service, version
Case = tuple[GateCase, Deployed | None]  # and the deployment that decided it; an escape is one


def effectiveness(gen: Generation, scope: Scope, wanted: QualityFilter, now: datetime) -> Effectiveness:
    """What each suite's gate caught, let through and held up for nothing."""
    return kept(gen, scope, wanted, now, "gates", _effectiveness)


def back_test(gen: Generation, scope: Scope, wanted: QualityFilter, rule: BackTestRule, now: datetime) -> BackTest:
    """What the rule would have done to the deployments of production."""

    def work(gen: Generation, scope: Scope, wanted: QualityFilter, now: datetime) -> BackTest:
        return _back_test(gen, scope, wanted, rule, now)

    return kept(gen, scope, wanted, now, rule, work)


def attempts_of(attempts: AttemptColumns, scope: Scope, builds: Collection[Build], columns: Collection[str],
                cluster_ids: Collection[str] | None = None) -> pd.DataFrame:  # fmt: skip
    """Every attempt that is held of these versions of services, oldest first."""
    services, versions = ({build[place] for build in builds} for place in (0, 1))
    found: pd.DataFrame = attempts.frame(
        scope, 0, EVER, cluster_ids=cluster_ids, service_ids=services, versions=versions,
        columns={*columns, "service", "version"},
    )  # fmt: skip
    if len(services) < 2:
        return found
    pairs = zip(found["service"].tolist(), found["version"].tolist(), strict=True)
    return found[np.array([build in builds for build in pairs], dtype=np.bool_)]


@dataclass(frozen=True, slots=True)
class _Cases:
    """The cases of one service, counted, and the newest; `tested`: change failures the suite had a word of."""

    counts: Counter[tuple[str, CaseKind]]
    tested: Counter[str]
    failures: Newest[GateCase]
    escapes: Newest[GateCase]


def _effectiveness(gen: Generation, scope: Scope, wanted: QualityFilter, now: datetime) -> Effectiveness:
    parts = parts_of(gen, scope, wanted, "gate cases", lambda of: _cases_of(gen, scope, of))
    suites = agg.selected(gen.columns.suites, seen_in(gen, scope, wanted), wanted.start, wanted.end)
    counts = sum((one.counts for one in parts), Counter[tuple[str, CaseKind]]())
    tested = sum((one.tested for one in parts), Counter[str]())
    named = sorted({suite for suite, _ in counts} | set(tested))
    return Effectiveness(
        gen.freshness(now), wanted,
        [_suite(name, agg.selected_suite(suites, name), counts, tested[name])
         for name in dict.fromkeys((*gen.catalog.suites, *agg.seen_suites(suites), *named))],
        newest([rows for one in parts for rows in (one.failures, one.escapes)], _newness), counts.total(),
    )  # fmt: skip


def _cases_of(gen: Generation, scope: Scope, wanted: QualityFilter) -> _Cases:
    counts, failures = _failures(gen, scope, wanted)
    escapes, tested = _escapes(gen, scope, wanted)
    counts.update((one.suite, one.kind) for one, _ in escapes)
    return _Cases(counts, tested, failures, _newest_escapes(gen, scope, escapes))


def _newness(one: GateCase) -> tuple[str, str, str]:
    return one.at, one.attempt_id, one.suite


def _failures(
    gen: Generation, scope: Scope, wanted: QualityFilter
) -> tuple[Counter[tuple[str, CaseKind]], Newest[GateCase]]:  # fmt: skip
    """What failed in the filter: how often it turned out to be what, and the cases with what decided them."""
    found = facts_in(gen, scope, FAILURES, wanted)
    deployed = deployments_of(gen, scope, wanted.service_id or "")
    kinds, by = gate_cases.decided(found, deployed)

    def make(first: int, end: int) -> list[GateCase]:
        deciding = by[first:end]
        decided = iter(deployed.at(deciding[deciding >= 0]).made())
        cases = [
            (_failure(case, kind), next(decided) if place >= 0 else None)
            for case, kind, place in zip(
                records(found.iloc[first:end]), kinds[first:end], deciding.tolist(), strict=True
            )
        ]
        return _named_cases(gen, scope, cases)

    return Counter(zip(found["suite"].tolist(), kinds, strict=True)), Newest(found["started"].to_numpy(), make)


def _failure(case: dict[str, Any], kind: CaseKind) -> GateCase:
    decided = row_id(case, "passed") if case["passed_at"] >= 0 else None
    return GateCase(
        case["suite"], kind, case["cluster"], case["service"], case["version"], row_id(case),
        from_milliseconds(case["started"]), decided,
    )  # fmt: skip


def _escapes(gen: Generation, scope: Scope, wanted: QualityFilter) -> tuple[list[Case], Counter[str]]:
    """The change failures a suite had passed, and of how many in the filter each suite had a word."""
    deployed = _in_filter(gen, scope, wanted)
    failed = deployed.at(deployed.failed).made()
    if not failed:
        return [], Counter()
    builds = {(one.service_id, one.version) for one in failed}
    attempts = attempts_of(gen.attempts, scope, builds, gate_cases.COLUMNS)
    found: list[Case] = []
    tested: Counter[str] = Counter()
    for one, suite, passed in gate_cases.words_before(attempts, failed):
        tested[suite] += 1
        if passed:
            found.append((GateCase(
                suite, CaseKind.ESCAPE, one.cluster_id, one.service_id, one.version, "",
                from_milliseconds(one.started), None,
            ), one))  # fmt: skip
    return found, tested


def _newest_escapes(gen: Generation, scope: Scope, escapes: Sequence[Case]) -> Newest[GateCase]:
    found = sorted(escapes, key=lambda one: one[1].started if one[1] else 0, reverse=True)
    started = np.array([one.started for _, one in found if one], dtype=np.int64)
    return Newest(started, lambda first, end: _named_cases(gen, scope, found[first:end]))


def _named_cases(gen: Generation, scope: Scope, cases: Sequence[Case]) -> list[GateCase]:
    """The cases with the ids of deployments put in."""
    ids = _ids(gen, scope, [by for _, by in cases if by])
    return [
        one if by is None
        else replace(one, attempt_id=ids[by]) if one.kind is CaseKind.ESCAPE
        else replace(one, by=ids[by])
        for one, by in cases
    ]  # fmt: skip


def _ids(gen: Generation, scope: Scope, wanted: Collection[Deployed]) -> dict[Deployed, str]:
    """The attempt of each deployment."""
    builds = {(one.service_id, one.version) for one in wanted}
    places = {one.cluster_id for one in wanted}
    frame = attempts_of(gen.attempts, scope, builds, ("cluster", "started", "number"), places)
    started = np.array([one.started for one in wanted], dtype=np.int64)
    frame = frame[np.isin(frame["started"].to_numpy(), started)]
    rows = ({str(name): value for name, value in row.items()} for row in frame.to_dict("records"))
    known = {(row["cluster"], row["service"], row["version"], row["started"]): row_id(row) for row in rows}
    return {one: known[one.cluster_id, one.service_id, one.version, one.started] for one in wanted}


def _in_filter(gen: Generation, scope: Scope, wanted: QualityFilter) -> Deployments:
    """The deployments of production of the filter's one service that started within its days."""
    deployed = deployments_of(gen, seen_in(gen, scope, wanted), wanted.service_id or "")
    return deployed.between(*span_of(wanted))


def _suite(name: str, suites: pd.DataFrame, counts: Mapping[tuple[str, CaseKind], int], tested: int) -> SuiteEffect:
    catches, false_alarms, overruled, undecided, escapes = (
        counts.get((name, kind), 0)
        for kind in (
            CaseKind.CATCH, CaseKind.FALSE_ALARM, CaseKind.OVERRULED, CaseKind.UNDECIDED, CaseKind.ESCAPE
        )
    )  # fmt: skip
    seconds, timed = float(suites["seconds"].sum()), int(suites["timed"].sum())
    reason = "no_durations" if not timed else None if catches else "no_catches"
    right = catches + overruled
    return SuiteEffect(
        suite=name, runs=int(suites["gates"].sum()), catches=catches, false_alarms=false_alarms,
        overruled=overruled, undecided=undecided, escapes=escapes, judged_failures=tested,
        precision=agg.share(right, right + false_alarms, "nothing_decided"),
        escape_rate=agg.share(escapes, tested, "no_failures"), seconds=seconds, timed=timed,
        minutes_per_catch=None if reason else seconds / MINUTE / catches, reason=reason,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Tried:
    """A rule tried on one service: counts by (held back, change failure), soak missing in ms, the newest rows."""

    counts: Counter[tuple[bool, bool]]
    left_out: int
    missing: npt.NDArray[np.int64]
    rows: Newest[BackTestRow]


def _back_test(gen: Generation, scope: Scope, wanted: QualityFilter, rule: BackTestRule, now: datetime) -> BackTest:
    parts = parts_of(gen, scope, wanted, rule, lambda of: _tried(gen, scope, of, rule))
    counts = sum((one.counts for one in parts), Counter[tuple[bool, bool]]())
    missing = np.concatenate([np.zeros(0, dtype=np.int64), *(one.missing for one in parts)])
    return BackTest(
        freshness=gen.freshness(now), filter=wanted, rule=rule, deployments=counts.total(),
        left_out=sum(one.left_out for one in parts), blocked_rightly=counts[True, True],
        blocked_wrongly=counts[True, False], let_go_rightly=counts[False, False], missed=counts[False, True],
        delayed=len(missing), delay_sec=float(missing.sum()) / 1000,
        median_delay_sec=float(np.median(missing)) / 1000 if len(missing) else None,
        rows=newest([one.rows for one in parts], _blocked),
        total=counts.total() - counts[False, False],
    )  # fmt: skip


def _tried(gen: Generation, scope: Scope, wanted: QualityFilter, rule: BackTestRule) -> _Tried:
    before = {
        cluster_id: [one.cluster_id for one in found]
        for cluster_id, found in way(visible.clusters(gen, scope)).before.items()
    }
    found = _in_filter(gen, scope, wanted)
    counts: Counter[tuple[bool, bool]] = Counter()
    missing, shown, judgeable = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], 0
    for place in np.unique(found.cluster).tolist():
        rows, cluster_id = np.flatnonzero(found.cluster == place), found.clusters[place]
        if cluster_id in before:
            mine = found.at(rows)
            held = _held_back(gen, scope, rule, (cluster_id, found.service_id), mine, before[cluster_id])
            counts.update(zip(held.blocked.tolist(), mine.failed.tolist(), strict=True))
            missing.append(held.missing)
            shown.append(rows[held.blocked | mine.failed])
            judgeable += len(mine)
    rows = np.concatenate(shown)
    told = found.at(rows[np.argsort(-found.started[rows], kind="stable")])

    def make(first: int, end: int) -> list[BackTestRow]:
        return _judged_rows(gen, scope, rule, told.at(np.arange(first, end)).made(), before)

    return _Tried(counts, len(found) - judgeable, np.concatenate(missing), Newest(told.started, make))


@dataclass(frozen=True, slots=True)
class _HeldBack:
    """What a rule says of deployments of one pair, in their order; `missing`: the soak of those that lack some."""

    blocked: npt.NDArray[np.bool_]
    missing: npt.NDArray[np.int64]


def _held_back(
    gen: Generation,
    scope: Scope,
    rule: BackTestRule,
    pair: tuple[str, str],
    mine: Deployments,
    before: Sequence[str],
) -> _HeldBack:
    """Of deployments of one pair, worked out anew where there was news of it or of the pairs that lead to it."""
    marks = gen.columns.marks.pairs
    follows_from = tuple((place, marks.get((place, pair[1]), 0)) for place in (pair[0], *before))
    started = mine.started.tobytes()  # incidents may make other ones count

    def work() -> _HeldBack:
        deployed = mine.made()
        builds = {(one.service_id, one.version) for one in deployed}
        shown = evidence(attempts_of(gen.attempts, scope, builds, gate_backtest.COLUMNS, before), rule.suites)
        found = [judged(rule, one, before, shown) for one in deployed]
        return _HeldBack(
            np.array([bool(one.reasons) for one in found], dtype=np.bool_),
            np.array([one.missing for one in found if one.missing is not None], dtype=np.int64),
        )

    return gen.columns.derived.parts.of(("held back", rule, scope.key)).get(pair, (follows_from, started), work)


def _judged_rows(
    gen: Generation, scope: Scope, rule: BackTestRule, shown: Sequence[Deployed], before: Mapping[str, Sequence[str]]
) -> list[BackTestRow]:
    builds = {(one.service_id, one.version) for one in shown}
    places = {place for one in shown for place in before[one.cluster_id]}
    told = evidence(attempts_of(gen.attempts, scope, builds, gate_backtest.COLUMNS, places), rule.suites)
    ids = _ids(gen, scope, shown)
    return [_row(ids[one], one, judged(rule, one, before[one.cluster_id], told)) for one in shown]


def _blocked(one: BackTestRow) -> tuple[str, str]:
    return one.started_at, one.attempt_id


def _row(attempt_id: str, one: Deployed, judgement: Judged) -> BackTestRow:
    return BackTestRow(
        attempt_id, one.cluster_id, one.service_id, one.version, from_milliseconds(one.started),
        bool(judgement.reasons), one.failed, judgement.reasons,
        None if judgement.soaked is None else judgement.soaked / 1000,
        None if judgement.missing is None else judgement.missing / 1000,
    )  # fmt: skip
