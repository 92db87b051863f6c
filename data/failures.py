"""Which of many attempts failed for which reason. Pure pandas and numpy over `data/failure_reasons.py`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import failure_reasons
from data.analytics_views import FailureReasons
from data.outcomes import OUTCOMES

FAILED, ROLLBACK = OUTCOMES.index("failed"), OUTCOMES.index("rollback")

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def reasons(attempts: pd.DataFrame) -> FailureReasons:
    """Why these attempts failed or were rolled back; each distinct reason is looked at once."""
    said = _said(attempts)
    return failure_reasons.grouped(
        (reason, service, rolled_back, int(said.counts[place]))
        for place, (reason, service, rolled_back) in enumerate(said.kinds)
    )


def with_reason(attempts: pd.DataFrame, key: str) -> Mask:
    """Which attempts failed for the reason of that key; `others`: for one that is not among the top."""
    said = _said(attempts)
    folded = (failure_reasons.folded(reason or "", service) for reason, service, _ in said.kinds)
    keys = [failure_reasons.key_of(words) for words in folded]
    if key == failure_reasons.OTHERS_KEY:
        top = {one.key for one in reasons(attempts).top}
        chosen = [one not in top for one in keys]
    else:
        chosen = [one == key for one in keys]
    mask = np.zeros(len(attempts), dtype=np.bool_)
    mask[said.places[np.array(chosen, dtype=np.bool_)[said.of]]] = True
    return mask


@dataclass(frozen=True, slots=True)
class _Said:
    """What the failed attempts say: each distinct (reason, service, rolled back), how often, and who says it."""

    places: Ints  # of the failed attempts among all
    kinds: Sequence[tuple[str | None, str, bool]]
    of: Ints  # the kind of each failed attempt
    counts: Ints


def _said(attempts: pd.DataFrame) -> _Said:
    outcome = attempts["outcome"].to_numpy()
    places = np.flatnonzero((outcome == FAILED) | (outcome == ROLLBACK))
    reasons, services = attempts["reason"].cat, attempts["service"].cat
    width = max(len(services.categories), 1)
    codes = reasons.codes.to_numpy()[places].astype(np.int64) + 1  # 0: no reason given
    code = (codes * width + services.codes.to_numpy()[places]) * 2 + (outcome[places] == ROLLBACK)
    distinct, of, counts = np.unique(code, return_inverse=True, return_counts=True)
    kinds = [
        (
            str(reasons.categories[one // 2 // width - 1]) if one // 2 // width else None,
            str(services.categories[one // 2 % width]),
            bool(one % 2),
        )
        for one in distinct.tolist()
    ]
    return _Said(places, kinds, np.asarray(of, dtype=np.int64), np.asarray(counts, dtype=np.int64))
