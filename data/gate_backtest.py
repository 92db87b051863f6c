"""What a rule would have done to past deployments of production. Pure.

The rule looks at the cluster-regions of the stage before that lead to where the version went, as promotions do: of
each suite the last word (or share of tests passed) among attempts of the version that had started there by then, and
how long ago its first success there had ended. Where several lead there, the one that shows most counts. What is
not shown holds a version back: no result, tests not counted, never served there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from data.deployed import Deployed
from data.gate_cases import CANCELLED, PASSED, SILENT, said
from data.outcomes import OUTCOMES
from data.quality_views import BackTestRule

COLUMNS = ("cluster", "service", "version", "verdicts", "scores", "started", "ended", "outcome", "number")
SUCCESS = OUTCOMES.index("success")
HOUR_MS = 3_600_000
NOT_BEFORE, SOAK = "not_before", "soak"

Build = tuple[str, str, str]  # cluster, service, version


@dataclass(frozen=True, slots=True)
class Shown:
    """An attempt in the stage before: when it started and ended well (-1: not), what each suite said and scored."""

    started: int
    served: int
    words: Mapping[str, int]
    scores: Mapping[str, int]


Evidence = Mapping[Build, Sequence[Shown]]  # each oldest first


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rule says of one deployment; no reason: it lets it go. `soaked` and `missing` in milliseconds."""

    reasons: tuple[str, ...]
    soaked: int | None
    missing: int | None


def evidence(attempts: pd.DataFrame, suites: Iterable[str]) -> Evidence:
    """What attempts, oldest first, show of these suites and of having served."""
    words = {suite: said(attempts, suite).tolist() for suite in suites}
    scores = [_scores(one) if isinstance(one, str) else {} for one in attempts["scores"].tolist()]
    names = zip(*(attempts[name].tolist() for name in ("cluster", "service", "version")), strict=True)
    times = zip(*(attempts[name].tolist() for name in ("started", "ended", "outcome")), strict=True)
    found: dict[Build, list[Shown]] = {}
    for place, (build, (started, ended, outcome)) in enumerate(zip(names, times, strict=True)):
        if outcome != CANCELLED:
            served = (ended if ended >= 0 else started) if outcome == SUCCESS else -1
            said_here = {suite: of[place] for suite, of in words.items() if of[place] != SILENT}
            found.setdefault(build, []).append(Shown(started, served, said_here, scores[place]))
    return found


@lru_cache(maxsize=16_384)
def _scores(words: str) -> Mapping[str, int]:
    """Thousandths by suite."""
    return {suite: int(share) for suite, share in (one.rsplit(":", 1) for one in words.split(" "))}


def judged(rule: BackTestRule, one: Deployed, before: Iterable[str], shown: Evidence) -> Judged:
    """What the rule says of a deployment to which the cluster-regions `before` lead; there is at least one."""
    found = [_at(rule, one.started, shown.get((place, one.service_id, one.version), ())) for place in before]
    return min(found, key=lambda judgement: (len(judgement.reasons), judgement.missing or 0))


def _at(rule: BackTestRule, now: int, tries: Sequence[Shown]) -> Judged:
    tries = [one for one in tries if one.started <= now]
    served = min((one.served for one in tries if 0 <= one.served <= now), default=None)
    reasons = [] if served is not None else [NOT_BEFORE]
    reasons += [reason for suite in rule.suites if (reason := _suite(rule, suite, tries))]
    soaked = None if served is None else now - served
    missing = None
    if rule.soak_hours is not None and soaked is not None and soaked < rule.soak_hours * HOUR_MS:
        missing = round(rule.soak_hours * HOUR_MS) - soaked
        reasons.append(SOAK)
    return Judged(tuple(reasons), soaked, missing)


def _suite(rule: BackTestRule, suite: str, tries: Sequence[Shown]) -> str | None:
    """Why the suite does not let it go."""
    last = next((one for one in reversed(tries) if suite in one.words), None)
    if last is None:
        return f"suite:{suite}:none"
    if rule.min_rate is None:
        return None if last.words[suite] == PASSED else f"suite:{suite}:failed"
    score = last.scores.get(suite)
    if score is None:
        return f"suite:{suite}:none"
    return None if score >= round(rule.min_rate * 10) else f"suite:{suite}:failed"
