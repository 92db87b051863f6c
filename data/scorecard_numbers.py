"""The numbers the rules of the score card are about, of every service at once. pandas and numpy.

What a rate is of nothing is None with its reason, as everywhere. A metric is worked out once for each span of days
that rules ask for, from the sums of pair-days where these tell it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data import aggregations as agg
from data import delivery_queries, durations, flaky, promotion_path, visible
from data.catalog_models import ClusterType
from data.day_numbers import day_number
from data.delivery_views import MetricId, Numbers
from data.generation import Generation
from data.instants import day_before, from_instant
from data.models import Day, Health, Instant, Scope, Verdict
from data.outcomes import OUTCOMES
from data.scorecard_metrics import METRICS
from data.scorecard_models import ScoreRule, Unit
from data.scorecard_views import Measured
from data.service_parts import by_services
from data.views import PairState, ServiceRow

SUCCESS = OUTCOMES.index("success")
DAY_MS = 86_400_000
IN_UNIT = {Unit.PERCENT: 100.0, Unit.HOURS: 1 / 3600, Unit.A_DAY: 1.0}  # shares and seconds as a unit wants them

NO_PAIRS = "never_deployed"
NO_SUITES = "no_suites_expected"
NO_SUCCESS = "no_successful_attempts"
NO_PRODUCTION = "no_production_deployment"
NOT_IN_PRODUCTION = "nothing_in_production"
NOTHING_REPEATED = "nothing_judged_twice"

Found = Mapping[str, Measured]  # by service id


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: [start, end] in UTC days, as a scope sees it, at an instant."""

    gen: Generation
    scope: Scope
    start: Day
    end: Day
    at: Instant
    suite: str | None = None

    def days(self) -> pd.DataFrame:
        """The pair-days."""
        return agg.selected(self.gen.columns.days, self.scope, self.start, self.end)

    def attempts(self, columns: Iterable[str], service_ids: Collection[str]) -> pd.DataFrame:
        """The attempts of these services, oldest first."""
        since, until = day_number(self.start) * DAY_MS, (day_number(self.end) + 1) * DAY_MS
        return self.gen.attempts.frame(self.scope, since, until, service_ids=service_ids, columns=set(columns))

    def states(self) -> list[ServiceRow]:
        """Every service with its state on each cluster-region."""
        return self.gen.memo.get(("services", self.scope.key), lambda: visible.service_rows(self.gen, self.scope))


def numbers(
    gen: Generation, scope: Scope, rules: Sequence[ScoreRule], day: Day, at: Instant
) -> dict[str, dict[str, Measured]]:
    """By service id and rule id; what is not there was not measured. `at`: the instant the day is seen from."""
    found: dict[tuple[str, str | None, int], Found] = {}
    for rule in rules:
        asked = _asked(rule)
        if asked not in found:
            metric, suite, days = asked
            first = max(day_before(day, days - 1), gen.first_day)
            found[asked] = MEASURES[metric](Look(gen, scope, first, day, at, suite))
    services = [one.service_id for one in visible.services(gen, scope)]
    return {
        service: {rule.rule_id: of[service] for rule in rules if service in (of := found[_asked(rule)])}
        for service in services
    }


def _asked(rule: ScoreRule) -> tuple[str, str | None, int]:
    return rule.metric, rule.suite, rule.days if METRICS[rule.metric].looks_back else 1


def _sums(frame: pd.DataFrame, *columns: str) -> dict[str, tuple[float, ...]]:
    """By service the sums of these columns."""
    names = [str(name) for name in frame["service"].cat.categories]
    codes = frame["service"].cat.codes.to_numpy()
    sums = [np.bincount(codes, frame[one].to_numpy(), len(names)).tolist() for one in columns]
    return dict(zip(names, zip(*sums, strict=True), strict=True))


def _share(part: float, whole: float, reason: str) -> Measured:
    """A share in percent; whole parts give the digits people expect."""
    return Measured(part * 100 / whole, round(whole)) if whole > 0 else Measured(None, 0, reason)


def _of_outcomes(of: Callable[[float, float, float], Measured]) -> Callable[[Look], Found]:
    """A measure made of how many attempts succeeded, failed and were rolled back."""

    def measure(look: Look) -> Found:
        sums = _sums(look.days(), "success", "failed", "rollback")
        return {one.service.service_id: of(*sums.get(one.service.service_id, (0, 0, 0))) for one in look.states()}

    return measure


def _pass_rate(look: Look) -> Found:
    frame = agg.selected(look.gen.columns.suites, look.scope, look.start, look.end)
    sums = _sums(agg.selected_suite(frame, look.suite or ""), "passed", "total", "skipped")
    found = {}
    for one in look.states():
        passed, total, skipped = sums.get(one.service.service_id, (0, 0, 0))
        found[one.service.service_id] = _share(passed, total - skipped, agg.NO_TESTS)
    return found


def _gates_missing(look: Look) -> Found:
    def of(row: ServiceRow) -> Measured:
        if not row.states:
            return Measured(None, 0, NO_PAIRS)
        if not row.service.suites:
            return Measured(None, 0, NO_SUITES)
        missing = [gate for state in row.states.values() for gate in state.gates if gate.verdict is Verdict.MISSING]
        return Measured(float(len(missing)), len(row.states))

    return {one.service.service_id: of(one) for one in look.states()}


def _healthy_pairs(look: Look) -> Found:
    def of(states: Iterable[PairState]) -> Measured:
        healths = [state.health for state in states]
        return _share(healths.count(Health.HEALTHY), len(healths), NO_PAIRS)

    return {one.service.service_id: of(one.states.values()) for one in look.states()}


def _days_since_production(look: Look) -> Found:
    """As far back as attempts are held."""
    mine = _production(look)
    days = agg.selected(look.gen.columns.days, look.scope, _first(look), look.end, clusters=mine)
    days = days[days["success"].to_numpy() > 0]
    names = [str(name) for name in days["service"].cat.categories]
    last = np.full(len(names), -1, dtype=np.int64)
    np.maximum.at(last, days["service"].cat.codes.to_numpy(), days["day"].to_numpy())
    today = day_number(look.end)
    known = {name: Measured(float(today - day)) for name, day in zip(names, last.tolist(), strict=True) if day >= 0}
    nothing = Measured(None, None, NO_PRODUCTION)
    return {one.service.service_id: known.get(one.service.service_id, nothing) for one in look.states()}


def _first(look: Look) -> Day:
    """The first day that is held."""
    return look.gen.first_day or visible.FIRST_DAY


def _production(look: Look) -> list[str]:
    return [one.cluster_id for one in look.gen.clusters.values() if one.type is ClusterType.PRODUCTION]


def _duration_mean(look: Look) -> Found:
    sums = _sums(look.days(), "duration_sec", "duration_n")
    found = {}
    for one in look.states():
        seconds, n = sums.get(one.service.service_id, (0, 0))
        found[one.service.service_id] = Measured(seconds / n / 60, int(n)) if n else Measured(None, 0, NO_SUCCESS)
    return found


def _of_attempts(
    columns: Collection[str], of: Callable[[pd.DataFrame], Found], nothing: Measured
) -> Callable[[Look], Found]:
    """A measure that looks at attempts one by one: those of services to which something happened."""

    def measure(look: Look) -> Found:
        def work(service_ids: list[str]) -> Found:
            told = of(look.attempts(columns, frozenset(service_ids)))
            return {one: told.get(one, nothing) for one in service_ids}

        every = [one.service.service_id for one in look.states()]
        return by_services(look.gen, (of, look.scope.key, look.start, look.end), every, work)

    return measure


def _duration_p90(attempts: pd.DataFrame) -> Found:
    took = (attempts["ended"] - attempts["started"]).to_numpy()
    counted = (attempts["outcome"].to_numpy() == SUCCESS) & (attempts["ended"].to_numpy() >= 0)
    codes, took = attempts["service"].cat.codes.to_numpy()[counted], took[counted]
    names = [str(name) for name in attempts["service"].cat.categories]
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(1, len(names)))
    found = {}
    for name, times in zip(names, np.split(took[order], edges), strict=False):
        told = durations.durations(times)
        if told.p90 is not None:
            found[name] = Measured(told.p90, told.n)
    return found


def _versions_behind(look: Look) -> Found:
    mine = set(_production(look))
    behind = promotion_path.behind(look.gen, look.scope)

    def of(row: ServiceRow) -> Measured:
        pairs = ((cluster_id, row.service.service_id) for cluster_id in row.states if cluster_id in mine)
        found = [behind[pair] for pair in pairs if pair in behind]
        if not found:
            return Measured(None, None, NOT_IN_PRODUCTION)
        worst = max(one.versions for one in found)
        return Measured(float(worst), len(found), at_least=not all(one.exact for one in found))

    return {one.service.service_id: of(one) for one in look.states()}


def _flake_share(attempts: pd.DataFrame) -> Found:
    groups = flaky.groups_of(attempts)
    service_of = np.zeros(int(groups.max()) + 1 if len(groups) else 0, dtype=np.int64)
    service_of[groups] = attempts["service"].cat.codes.to_numpy()
    repeated = flipped = np.zeros(0, dtype=np.int64)
    for one in flaky.repeats(attempts, groups):
        if one.suite is not None:
            repeated, flipped = np.union1d(repeated, one.repeated), np.union1d(flipped, one.flipped)
    names = [str(name) for name in attempts["service"].cat.categories]
    tried = np.bincount(service_of[repeated], minlength=len(names)).tolist()
    flips = np.bincount(service_of[flipped], minlength=len(names)).tolist()
    return {name: _share(flip, n, NOTHING_REPEATED) for name, flip, n in zip(names, flips, tried, strict=True)}


def _of_delivery(metric: MetricId) -> Callable[[Look], Found]:
    """One of the five numbers of delivery, of each service."""
    factor = IN_UNIT[METRICS[metric.value].unit]

    def of(found: Numbers) -> Measured:
        one = found.metrics[metric]
        return Measured(None if one.value is None else round(one.value * factor, 9), one.n, one.reason)

    def measure(look: Look) -> Found:
        now = from_instant(look.at)
        found = delivery_queries.numbers_by_service(look.gen, look.scope, look.start, look.end, now)
        return {service_id: of(one) for service_id, one in found.items()}

    return measure


MEASURES: dict[str, Callable[[Look], Found]] = {
    "attempt_success_rate": _of_outcomes(lambda good, bad, back: _share(good, good + bad + back, agg.NO_ATTEMPTS)),
    "rollback_rate": _of_outcomes(lambda good, _bad, back: _share(back, good + back, agg.NOTHING_WENT_OUT)),
    "failed_rollout_rate": _of_outcomes(lambda good, bad, back: _share(bad, good + bad + back, agg.NO_ATTEMPTS)),
    "pass_rate": _pass_rate,
    "gates_missing": _gates_missing,
    "healthy_pairs": _healthy_pairs,
    "days_since_production": _days_since_production,
    "deploy_duration_mean": _duration_mean,
    "deploy_duration_p90": _of_attempts(
        ("service", "started", "ended", "outcome"), _duration_p90, Measured(None, 0, NO_SUCCESS)
    ),
    "versions_behind": _versions_behind,
    "flake_share": _of_attempts(flaky.COLUMNS, _flake_share, Measured(None, 0, NOTHING_REPEATED)),
} | {one.value: _of_delivery(one) for one in MetricId}
