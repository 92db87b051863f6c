"""What failed deployments that then passed unchanged cost: attempts and time. Pure numpy.

A failed attempt is a retry where the next finished attempts of its service on its cluster-region are of the same
version, each failed but the last, which succeeded: nothing else was put there in between. Cancelled and running
attempts are passed over, a rollback ends the row. Each retry has lost the time from its start to the next attempt's
start, the last one to the success's end (its start, where no end was sent): together that is from the first failed
start to the success's end.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.outcomes import OUTCOMES

COLUMNS = ("cluster", "service", "version", "reason", "started", "ended", "outcome", "number")
SUCCESS, FAILED, ROLLBACK = (OUTCOMES.index(name) for name in ("success", "failed", "rollback"))

Ints = npt.NDArray[np.int64]


def retries(attempts: pd.DataFrame) -> pd.DataFrame:
    """The retries among these attempts, which are oldest first.

    Columns: those of COLUMNS without `ended` and `outcome`; `lost` in milliseconds; `by` and `by_started`: number and
    start of the success.
    """
    rows = _by_pair(attempts)
    started, ended, outcome = (attempts[name].to_numpy()[rows] for name in ("started", "ended", "outcome"))
    pair, version = pair_codes(attempts)[rows], codes(attempts["version"])[rows]
    goes_on = np.zeros(len(rows), dtype=np.bool_)  # failed, and the next attempt is of the same version
    goes_on[:-1] = (pair[1:] == pair[:-1]) & (version[1:] == version[:-1]) & (outcome[:-1] == FAILED)
    ends = np.flatnonzero(~goes_on)
    found = np.flatnonzero(goes_on)
    last = ends[np.searchsorted(ends, found)]
    rescued = outcome[last] == SUCCESS
    found, last = found[rescued], last[rescued]
    over = np.where(ended[last] >= 0, ended[last], started[last])
    until = np.where(found + 1 == last, over, started[np.minimum(found + 1, max(len(rows) - 1, 0))])
    made = attempts.iloc[rows[found]]
    return pd.DataFrame({
        **{name: made[name].to_numpy() for name in ("cluster", "service", "version", "reason", "started", "number")},
        "lost": np.maximum(until - started[found], 0),
        "by": attempts["number"].to_numpy()[rows[last]],
        "by_started": started[last],
    })  # fmt: skip


def _by_pair(attempts: pd.DataFrame) -> Ints:
    """The places of finished, not cancelled attempts, pair by pair, each oldest first."""
    outcome = attempts["outcome"].to_numpy()
    finished = np.flatnonzero((outcome == SUCCESS) | (outcome == FAILED) | (outcome == ROLLBACK))
    return finished[np.argsort(pair_codes(attempts)[finished], kind="stable")]


def pair_codes(attempts: pd.DataFrame) -> Ints:
    """One number a pair."""
    width = max(len(attempts["service"].cat.categories), 1)
    return codes(attempts["cluster"]) * width + codes(attempts["service"])


def codes(column: "pd.Series[Any]") -> Ints:
    """The categories' numbers, wide enough to be multiplied."""
    return column.cat.codes.to_numpy().astype(np.int64)
