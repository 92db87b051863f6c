"""What gates said and how it turned out: catches, false alarms and escapes. Pure numpy.

A case is a suite that failed for a version on a cluster-region, however often; it belongs to the first such attempt.
It was a false alarm where a later attempt of the same version there passed the suite, or where production took the
version from then on and none of those deployments is a change failure. Where one is, the gate was overruled. Else it
was a catch if something else has been tried there since, and is undecided if not. An escape is a change failure of
production whose version's last word from the suite, on every cluster-region that had one by then, was passed.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import flaky
from data.attempt_columns import verdicts_of
from data.deployed import Deployed, Deployments
from data.flake_tax import codes, pair_codes
from data.models import Verdict
from data.outcomes import OUTCOMES
from data.quality_views import CaseKind

COLUMNS = ("cluster", "service", "version", "verdicts", "started", "outcome", "number")
TURN_COLUMNS = (*COLUMNS, "reruns")
CANCELLED = OUTCOMES.index("cancelled")
SILENT, FAILED, OTHER, PASSED = 0, 1, 2, 3  # what a suite said of an attempt; missing is silent

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.int8]
Attempt = tuple[str, str, str, str, int]  # cluster, service, version, number, started


def said(attempts: pd.DataFrame, suite: str) -> Words:
    """What the suite said of each attempt; nothing counts of a cancelled one."""
    of = [_word(str(words), suite) for words in attempts["verdicts"].cat.categories]
    found = np.array([*of, SILENT], dtype=np.int8)[attempts["verdicts"].cat.codes.to_numpy()]
    return np.where(attempts["outcome"].to_numpy() == CANCELLED, SILENT, found).astype(np.int8)


def _word(words: str, suite: str) -> int:
    meaning = {Verdict.PASSED: PASSED, Verdict.FAILED: FAILED, Verdict.MISSING: SILENT}
    return next((meaning.get(gate.verdict, OTHER) for gate in verdicts_of(words) if gate.suite == suite), SILENT)


def suites_of(attempts: pd.DataFrame) -> list[str]:
    """Every suite that the attempts' words name."""
    return sorted({gate.suite for one in attempts["verdicts"].cat.categories for gate in verdicts_of(str(one))})


def failures(attempts: pd.DataFrame) -> pd.DataFrame:
    """The cases of attempts that are oldest first, each by its first failed attempt.

    Columns: cluster, service, version, number, started, suite; `passed` and `passed_at`: number and start of the
    first later attempt where it passed (empty and -1: none); `superseded`: whether another version came there since.
    """
    parts = [_failures_of(attempts, suite) for suite in suites_of(attempts)]
    found = [part for part in parts if len(part)] or [_failures_of(attempts, "")]
    return pd.concat(found, ignore_index=True)


def turns(attempts: pd.DataFrame) -> pd.DataFrame:
    """What failed and passed unchanged, of attempts that are oldest first: a row for each suite of a version there.

    Each by the first attempt on which a run did not pass, and the first from it on whose last run passed: the same
    one where the suite ran again within it. Columns: cluster, service, version, number, started, suite; passed and
    passed_at of the other.
    """
    parts = [_turns_of(attempts, suite) for suite in suites_of(attempts)]
    found = [part for part in parts if len(part)] or [_turns_of(attempts, "")]
    return pd.concat(found, ignore_index=True)


def _turns_of(attempts: pd.DataFrame, suite: str) -> pd.DataFrame:
    words, group = said(attempts, suite), _versions(attempts)
    within = (words == PASSED) & (flaky.reruns_of(attempts, suite) == flaky.TURNED)
    bad, good = np.flatnonzero((words == FAILED) | within), np.flatnonzero(words == PASSED)
    groups, at = np.unique(group[bad], return_index=True)
    first = bad[at]
    passed = _first_after(group, good, groups, first - 1)
    first, passed = first[passed >= 0], passed[passed >= 0]
    number, started = attempts["number"].to_numpy(), attempts["started"].to_numpy()
    made = attempts.iloc[first]
    return pd.DataFrame({
        **{name: made[name].to_numpy() for name in ("cluster", "service", "version", "number", "started")},
        "suite": suite, "passed": number[passed], "passed_at": started[passed],
    })  # fmt: skip


def _failures_of(attempts: pd.DataFrame, suite: str) -> pd.DataFrame:
    words, group = said(attempts, suite), _versions(attempts)
    bad, good = np.flatnonzero(words == FAILED), np.flatnonzero(words == PASSED)
    groups, at = np.unique(group[bad], return_index=True)
    first = bad[at]
    passed = _first_after(group, good, groups, first)
    again = passed >= 0
    number, started = attempts["number"].to_numpy(), attempts["started"].to_numpy()
    made = attempts.iloc[first]
    return pd.DataFrame({
        **{name: made[name].to_numpy() for name in ("cluster", "service", "version", "number", "started")},
        "suite": suite,
        "passed": np.where(again, number[passed], "") if len(passed) else np.array([], dtype=object),
        "passed_at": np.where(again, started[passed], -1) if len(passed) else np.array([], dtype=np.int64),
        "superseded": _superseded(attempts)[first],
    })  # fmt: skip


def _versions(attempts: pd.DataFrame) -> Ints:
    """One number for each version on each pair."""
    width = max(len(attempts["version"].cat.categories), 1)
    return pair_codes(attempts) * width + codes(attempts["version"])


def _first_after(group: Ints, places: Ints, groups: Ints, first: Ints) -> Ints:
    """Of each group the first of `places` after `first`; -1 where there is none."""
    found = np.full(len(groups), -1, dtype=np.int64)
    if not len(groups):
        return found
    at = np.minimum(np.searchsorted(groups, group[places]), len(groups) - 1)
    fits = (groups[at] == group[places]) & (places > first[at])
    whose, which = np.unique(at[fits], return_index=True)
    found[whose] = places[fits][which]
    return found


def _superseded(attempts: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether a later attempt on the same pair is of another version."""
    pair = pair_codes(attempts)
    order = np.argsort(pair, kind="stable")
    pairs, version = pair[order], codes(attempts["version"])[order]
    changed = np.zeros(len(order), dtype=np.int64)
    changed[1:] = (pairs[1:] == pairs[:-1]) & (version[1:] != version[:-1])
    steps = np.cumsum(changed)
    last = steps[np.searchsorted(pairs, pairs, side="right") - 1] if len(order) else steps
    found = np.zeros(len(order), dtype=np.bool_)
    found[order] = last > steps
    return found


KINDS = (CaseKind.FALSE_ALARM, CaseKind.OVERRULED, CaseKind.CATCH, CaseKind.UNDECIDED)


def decided(cases: pd.DataFrame, deployed: Deployments) -> tuple[list[CaseKind], Ints]:
    """What each failed gate of a service turned out to be, and the place of the deployment that decided it, or -1.

    That is the first change failure among deployments of its version from the case on, or else the first of them.
    """
    versions, started = cases["version"].tolist(), cases["started"].to_numpy()
    failed = np.flatnonzero(deployed.failed)
    bad, after = deployed.at(failed).first_after(versions, started), deployed.first_after(versions, started)
    passed = cases["passed_at"].to_numpy() >= 0
    overruled, taken = ~passed & (bad >= 0), ~passed & (after >= 0)
    superseded = cases["superseded"].to_numpy().astype(np.bool_)
    kind = np.where(passed, 0, np.where(overruled, 1, np.where(taken, 0, np.where(superseded, 2, 3))))
    by = np.where(taken, after, -1)
    by[overruled] = failed[bad[overruled]]
    return [KINDS[one] for one in kind.tolist()], by


def words_before(attempts: pd.DataFrame, failed: list[Deployed]) -> Iterator[tuple[Deployed, str, bool]]:
    """For each failed deployment and suite with a word of its version by then: whether all last words are passed.

    `attempts`: those of the versions, oldest first; the deployment's own counts too.
    """
    names = zip(attempts["service"].tolist(), attempts["version"].tolist(), strict=True)
    places: dict[tuple[str, str], list[int]] = {}
    for place, build in enumerate(names):
        places.setdefault(build, []).append(place)
    clusters, started = attempts["cluster"].tolist(), attempts["started"].tolist()
    of_suites = {suite: said(attempts, suite).tolist() for suite in suites_of(attempts)}
    for one in failed:
        mine = [place for place in places.get((one.service_id, one.version), ()) if started[place] <= one.started]
        for suite, words in of_suites.items():
            last = {clusters[place]: words[place] for place in mine if words[place] != SILENT}
            if last:
                yield one, suite, all(word == PASSED for word in last.values())
