"""One function per screen and summary endpoint: what a generation says, cut to the caller's scope.

Pages and API share these, so they cannot disagree. What depends on the generation alone is worked out once
and kept with it; only what depends on the very moment (age, rolling hours) is worked out per call.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd

from data import aggregations as agg
from data import promotion_path, visible
from data.catalog_models import ClusterType
from data.generation import Generation
from data.instants import day_before
from data.matrix_filter import NOTHING_ASKED, MatrixFilter, cut, narrowed
from data.models import (
    Day,
    Health,
    Scope,
    Verdict,
)
from data.views import (
    ClusterHealth,
    ClusterSummary,
    Counts,
    Overview,
    PairState,
    Rate,
    Scorecard,
    ScoreRow,
    ServiceRow,
    ServiceSummary,
)

DAY_MS = 24 * 3600 * 1000
WEEK = 7


def overview(gen: Generation, scope: Scope, now: datetime, wanted: MatrixFilter = NOTHING_ASKED) -> Overview:
    """The first page, or what a filter leaves of it; its week is the running UTC day and the six before it."""
    today = _today(now)
    view = held_overview(gen, scope, now)
    if wanted:
        scope, whole = narrowed(view, wanted, promotion_path.behind(gen, scope), scope), view
        view = gen.memo.get(
            ("overview", scope.key, today), lambda: _within_week(gen, scope, today, cut(whole, scope))
        )
    return replace(view, freshness=gen.freshness(now), last_24h=_last_24h(gen, scope, now))


def held_overview(gen: Generation, scope: Scope, now: datetime) -> Overview:
    """All of the first page that holds for the day; its last 24 hours and its age are of when it was first asked."""
    today = _today(now)
    return gen.memo.get(("overview", scope.key, today), lambda: _overview(gen, scope, now, today))


def clusters(gen: Generation, scope: Scope) -> list[ClusterHealth]:
    """Every cluster-region in scope, by promotion order, then name."""
    return gen.memo.get(("clusters", scope.key), lambda: visible.cluster_healths(gen, scope))


def services(gen: Generation, scope: Scope, now: datetime) -> list[ServiceRow]:
    """Every service in scope with its state on each cluster where it ever was, by name."""
    return gen.memo.get(("services", scope.key), lambda: visible.service_rows(gen, scope))


def cluster_summary(
    gen: Generation, scope: Scope, cluster_id: str, start: Day, end: Day, now: datetime
) -> ClusterSummary:
    """One cluster-region over the days `start` to `end`; NotFound where it is unknown or out of scope."""
    start = max(start, gen.first_day)
    key = ("cluster", scope.key, cluster_id, start, end)
    view = gen.memo.get(key, lambda: _cluster_summary(gen, scope, cluster_id, start, end, now))
    return replace(view, freshness=gen.freshness(now))


def service_summary(
    gen: Generation, scope: Scope, service_id: str, start: Day, end: Day, now: datetime
) -> ServiceSummary:
    """One service over the days `start` to `end`; NotFound where it is unknown or out of scope."""
    start = max(start, gen.first_day)
    key = ("service", scope.key, service_id, start, end)
    view = gen.memo.get(key, lambda: _service_summary(gen, scope, service_id, start, end, now))
    return replace(view, freshness=gen.freshness(now))


def scorecard(gen: Generation, scope: Scope, start: Day, end: Day, now: datetime) -> Scorecard:
    """The measured numbers of every service in scope over the days from `start` to `end`."""
    start = max(start, gen.first_day)
    key = ("scorecard", scope.key, start, end)
    view = gen.memo.get(key, lambda: _scorecard(gen, scope, start, end, now))
    return replace(view, freshness=gen.freshness(now))


def serving_attempts(gen: Generation) -> frozenset[str]:
    """The ids of the attempts that serve, for `serving: true` beside a list's rows."""
    return gen.memo.get(
        "serving", lambda: frozenset(c.serving.attempt_id for c in gen.currents.values() if c.serving)
    )


def _today(now: datetime) -> Day:
    return now.astimezone(UTC).date().isoformat()


def _overview(gen: Generation, scope: Scope, now: datetime, today: Day) -> Overview:
    """Without what depends on the very moment: `overview` adds that."""
    states = visible.states(gen, scope).values()
    newest_first = sorted(states, key=lambda state: state.latest.started_at, reverse=True)
    none = Rate(None, 0)
    found = Overview(
        freshness=gen.freshness(now),
        clusters=clusters(gen, scope),
        services=services(gen, scope, now),
        attention=_needing_attention(gen, newest_first),
        in_progress=[state for state in newest_first if visible.runs(state)],
        last_24h=Counts(),
        success_rate_7d=none,
        previous_success_rate_7d=none,
        deploys_7d=0,
        previous_deploys_7d=0,
    )
    return _within_week(gen, scope, today, found)


def _within_week(gen: Generation, scope: Scope, today: Day, found: Overview) -> Overview:
    """An overview with the numbers of its scope."""
    week, weeks_rate = _week(gen, scope, today)
    before, befores_rate = _week(gen, scope, day_before(today, WEEK))
    return replace(
        found,
        success_rate_7d=weeks_rate,
        previous_success_rate_7d=befores_rate,
        deploys_7d=week,
        previous_deploys_7d=before,
    )


def _week(gen: Generation, scope: Scope, last: Day) -> tuple[int, Rate]:
    found = agg.counts(agg.selected(gen.columns.days, scope, day_before(last, WEEK - 1), last))
    return found.terminal, agg.success_rate(found)


def _needing_attention(gen: Generation, newest_first: Iterable[PairState]) -> list[PairState]:
    found = [state for state in newest_first if state.health is Health.ATTENTION]
    found.sort(key=_finished_at, reverse=True)
    return sorted(found, key=lambda state: gen.clusters[state.cluster_id].type is not ClusterType.PRODUCTION)


def _finished_at(state: PairState) -> str:
    finished = state.current.latest_finished
    return (finished.ended_at or finished.started_at) if finished else ""


def _last_24h(gen: Generation, scope: Scope, now: datetime) -> Counts:
    until = round(now.timestamp() * 1000)
    return agg.counts_of_attempts(gen.attempts.frame(scope, until - DAY_MS, until + 1, columns=("outcome",)))


def _cluster_summary(
    gen: Generation, scope: Scope, cluster_id: str, start: Day, end: Day, now: datetime
) -> ClusterSummary:
    cluster = visible.cluster(gen, scope, cluster_id)
    states = visible.cluster_states(gen, scope, cluster_id)
    found = agg.counts(agg.selected(gen.columns.days, scope, start, end, cluster_id=cluster_id))
    listed = [(gen.services[state.service_id], state) for state in states]
    listed.sort(key=lambda one: (one[1].health is not Health.ATTENTION, one[0].name.casefold()))
    return ClusterSummary(
        freshness=gen.freshness(now),
        cluster=cluster,
        health=visible.cluster_health(cluster, states),
        start=start,
        end=end,
        counts=found,
        success_rate=agg.success_rate(found),
        services=listed,
    )


def _service_summary(
    gen: Generation, scope: Scope, service_id: str, start: Day, end: Day, now: datetime
) -> ServiceSummary:
    service = visible.service(gen, scope, service_id)
    states = visible.states(gen, scope)
    found = agg.counts(agg.selected(gen.columns.days, scope, start, end, service_id=service_id))
    return ServiceSummary(
        freshness=gen.freshness(now),
        service=service,
        start=start,
        end=end,
        counts=found,
        success_rate=agg.success_rate(found),
        states=[
            (cluster, states[cluster.cluster_id, service_id])
            for cluster in visible.clusters(gen, scope)
            if (cluster.cluster_id, service_id) in states
        ],
        retired=visible.retired(gen, scope, service_id),
    )


def _suite_names(gen: Generation, seen: Iterable[str]) -> list[str]:
    """The catalog's suites in its order, then any other that was seen."""
    return list(dict.fromkeys((*gen.catalog.suites, *seen)))


def _scorecard(gen: Generation, scope: Scope, start: Day, end: Day, now: datetime) -> Scorecard:
    days = agg.selected(gen.columns.days, scope, start, end)
    suites = agg.selected(gen.columns.suites, scope, start, end)
    production = [c.cluster_id for c in gen.clusters.values() if c.type is ClusterType.PRODUCTION]
    of_days, of_suites = agg.by_service(days), agg.by_service(suites)
    out = agg.by_service(agg.selected(days, scope, start, end, clusters=production))
    rows = []
    for row in services(gen, scope, now):
        name = row.service.service_id
        own_days, own_suites = of_days.get(name, days[:0]), of_suites.get(name, suites[:0])
        deploys = agg.counts(out.get(name, days[:0])).success
        rows.append(_score_row(row, own_days, own_suites, deploys))
    return Scorecard(gen.freshness(now), start, end, _suite_names(gen, agg.seen_suites(suites)), rows)


def _score_row(row: ServiceRow, days: pd.DataFrame, suites: pd.DataFrame, production_deploys: int) -> ScoreRow:
    found, states = agg.counts(days), row.states.values()
    names = dict.fromkeys((*row.service.suites, *agg.seen_suites(suites)))
    return ScoreRow(
        service=row.service,
        healthy=sum(state.health is Health.HEALTHY for state in states),
        pairs=len(row.states),
        counts=found,
        success_rate=agg.success_rate(found),
        rollback_rate=agg.rollback_rate(found),
        production_deploys=production_deploys,
        mean_deploy_minutes=agg.mean_minutes(days),
        suites={name: agg.pass_rate(agg.selected_suite(suites, name)) for name in names},
        gates_missing=sum(gate.verdict is Verdict.MISSING for state in states for gate in state.gates),
    )
