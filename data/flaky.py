"""What says another thing when nothing changed: suites and deploys of one version on one cluster-region. Pure.

A suite is flaky over a version where two attempts of that version on the same cluster-region, one after the other,
have different verdicts (passed, or not; attempts without its verdict are passed over), or two of its runs within one
attempt have. A deploy is flaky where an attempt failed and a later one of the same version there succeeded. The share
is of the versions judged more than once: a version judged once can tell nothing. Cancelled and running attempts count
in neither, a rollback is no retry.
`data/flips.py` counts by these definitions; here they name the attempts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.attempt_columns import UNTOLD, verdicts_of
from data.models import Verdict
from data.outcomes import OUTCOMES

COLUMNS = ("cluster", "service", "version", "verdicts", "reruns", "outcome")
SUCCESS, FAILED = OUTCOMES.index("success"), OUTCOMES.index("failed")
UNTOLD_COLUMNS = ("cluster", "started", "reruns")
UNKNOWN, BAD, GOOD = -1, 0, 1
ONCE, SAME, TURNED = 0, 1, 2  # a suite within one attempt: run once at most, again with the same verdict, or another
DEPLOY = "deploy"

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Repeats:
    """Which versions were judged more than once, and which of them flipped: group numbers."""

    suite: str | None
    repeated: Ints
    flipped: Ints


def attempts_behind(attempts: pd.DataFrame, service_id: str, suite: str | None) -> npt.NDArray[np.bool_]:
    """Which of the attempts belong to a version over which this suite (None: the deploy) of the service flipped."""
    groups = groups_of(attempts)
    for one in repeats(attempts, groups):
        if one.suite == suite:
            mine = (attempts["service"] == service_id).to_numpy()
            told = (values_of(attempts, suite) != UNKNOWN) | (reruns_of(attempts, suite) == TURNED)
            return np.asarray(np.isin(groups, one.flipped) & mine & told)
    return np.zeros(len(attempts), dtype=np.bool_)


def groups_of(attempts: pd.DataFrame) -> Ints:
    """One number for each cluster-region, service and version."""
    codes = [_codes(attempts[name]) for name in ("cluster", "service", "version")]
    sizes = [len(attempts[name].cat.categories) for name in ("service", "version")]
    _, numbers = np.unique((codes[0] * sizes[0] + codes[1]) * sizes[1] + codes[2], return_inverse=True)
    return np.asarray(numbers, dtype=np.int64)


def repeats(attempts: pd.DataFrame, groups: Ints) -> Iterator[Repeats]:
    """The deploy first, then each suite that has a verdict."""
    order = np.argsort(groups, kind="stable")
    for suite in (None, *suites_of(attempts)):
        values = values_of(attempts, suite)[order]
        told = values != UNKNOWN
        group, value = groups[order][told], values[told]
        again = group[1:] == group[:-1]
        if suite is None:
            flip = again & (value[:-1] == BAD) & (value[1:] == GOOD)
        else:
            flip = again & (value[:-1] != value[1:])
        within = reruns_of(attempts, suite)
        yield Repeats(
            suite, np.union1d(group[1:][again], groups[within != ONCE]),
            np.union1d(group[1:][flip], groups[within == TURNED]),
        )  # fmt: skip


def values_of(attempts: pd.DataFrame, suite: str | None) -> npt.NDArray[np.int8]:
    """GOOD, BAD or UNKNOWN for each attempt: what the suite said, or how the deploy went."""
    if suite is None:
        outcome = attempts["outcome"].to_numpy()
        return np.where(outcome == SUCCESS, GOOD, np.where(outcome == FAILED, BAD, UNKNOWN)).astype(np.int8)
    said = [_said(str(words), suite) for words in attempts["verdicts"].cat.categories]
    return np.array([*said, UNKNOWN], dtype=np.int8)[attempts["verdicts"].cat.codes.to_numpy()]


def _said(words: str, suite: str) -> int:
    for gate in verdicts_of(words):
        if gate.suite == suite and gate.verdict is not Verdict.MISSING:
            return GOOD if gate.verdict is Verdict.PASSED else BAD
    return UNKNOWN


def reruns_of(attempts: pd.DataFrame, suite: str | None) -> npt.NDArray[np.int8]:
    """ONCE, SAME or TURNED for each attempt: what further runs of the suite said; ONCE where nothing is known."""
    if suite is None:
        return np.full(len(attempts), ONCE, dtype=np.int8)
    column = attempts["reruns"].cat
    said = [_rerun(str(words), suite) for words in column.categories]
    return np.array([*said, ONCE], dtype=np.int8)[column.codes.to_numpy()]


def _rerun(words: str, suite: str) -> int:
    found = words.split(" ")
    return TURNED if f"{suite}:turned" in found else SAME if f"{suite}:same" in found else ONCE


def untold(attempts: pd.DataFrame) -> pd.DataFrame:
    """The attempts with a verdict of which it was not kept whether a suite ran more than once."""
    return attempts.loc[attempts["reruns"] == UNTOLD, ["cluster", "started"]].reset_index(drop=True)


def suites_of(attempts: pd.DataFrame) -> list[str]:
    """Every suite that the vocabulary of these attempts names."""
    words = attempts["verdicts"].cat.categories
    return sorted({gate.suite for one in words for gate in verdicts_of(str(one))})


def _codes(column: "pd.Series[Any]") -> Ints:
    return column.cat.codes.to_numpy().astype(np.int64)
