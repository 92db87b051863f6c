"""What says another thing when nothing changed: suites and deploys of one version on one cluster-region. Pure.

A suite is flaky over a version where two attempts of that version on the same cluster-region, one after the other,
have different verdicts (passed, or not; attempts without its verdict are passed over). A deploy is flaky where an
attempt failed and a later one of the same version there succeeded. The share is of the versions tried more than once:
a version tried once can tell nothing. Cancelled and running attempts count in neither, a rollback is no retry.
`data/flips.py` counts by these definitions; here they name the attempts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.attempt_columns import verdicts_of
from data.models import Verdict
from data.outcomes import OUTCOMES

COLUMNS = ("cluster", "service", "version", "verdicts", "outcome")
SUCCESS, FAILED = OUTCOMES.index("success"), OUTCOMES.index("failed")
UNKNOWN, BAD, GOOD = -1, 0, 1
DEPLOY = "deploy"

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Repeats:
    """Which versions were tried more than once with a verdict each time, and which of them flipped: group numbers."""

    suite: str | None
    repeated: Ints
    flipped: Ints


def attempts_behind(attempts: pd.DataFrame, service_id: str, suite: str | None) -> npt.NDArray[np.bool_]:
    """Which of the attempts belong to a version over which this suite (None: the deploy) of the service flipped."""
    groups = groups_of(attempts)
    for one in repeats(attempts, groups):
        if one.suite == suite:
            mine = (attempts["service"] == service_id).to_numpy()
            return np.asarray(np.isin(groups, one.flipped) & mine & (values_of(attempts, suite) != UNKNOWN))
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
        yield Repeats(suite, np.unique(group[1:][again]), np.unique(group[1:][flip]))


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


def suites_of(attempts: pd.DataFrame) -> list[str]:
    """Every suite that the vocabulary of these attempts names."""
    words = attempts["verdicts"].cat.categories
    return sorted({gate.suite for one in words for gate in verdicts_of(str(one))})


def _codes(column: "pd.Series[Any]") -> Ints:
    return column.cat.codes.to_numpy().astype(np.int64)
