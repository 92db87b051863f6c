"""Which of thousands of attempts decide the state of each pair: `fold_current` of these is that of all. Pure.

The fold looks at a pair's last attempt, at its last finished one, at what serves, at where that version's unbroken
run began, and at the last good other version; only the strip of the last attempts needs more, but less of each.
Everything else can be left out before rows are made of columns.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import keys
from data.attempt_columns import MISSING
from data.current import STRIP
from data.models import SUCCESSFUL, TERMINAL, Outcome, Status

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
IDENTITY = ["version", "number"]
STATUS = {status.value: status for status in Status}


def deciding(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of the frame that decide their pairs' states, all but their strips."""
    if frame.empty:
        return frame
    pair = _pairs(frame)
    started = frame["started"].to_numpy()
    finished = _one_of(frame, TERMINAL) & ~frame["cancelled"].to_numpy()
    chosen = _last(pair, started, 1, np.ones(len(frame), dtype=np.bool_))
    chosen |= _last(pair, started, 1, finished)
    chosen[_serving_and_before(frame, pair)] = True
    return frame[chosen]


def strips(frame: pd.DataFrame) -> dict[tuple[str, str], tuple[Outcome, ...]]:
    """By pair, the outcomes of its last attempts, oldest first."""
    if frame.empty:
        return {}
    every = np.ones(len(frame), dtype=np.bool_)
    rows = frame[_last(_pairs(frame), frame["started"].to_numpy(), STRIP, every)]
    names = ("cluster", "service", "started", "version", "number", "status", "cancelled")
    found: dict[tuple[str, str], list[tuple[int, Outcome]]] = {}
    for cluster, service, started, version, number, status, cancelled in zip(
        *(rows[name].tolist() for name in names), strict=True
    ):
        one = Outcome(keys.attempt_id(cluster, service, version, number), STATUS[status], cancelled)
        found.setdefault((cluster, service), []).append((started, one))
    return {pair: _strip(outcomes) for pair, outcomes in found.items()}


def _strip(outcomes: list[tuple[int, Outcome]]) -> tuple[Outcome, ...]:
    outcomes.sort(key=lambda one: (one[0], one[1].attempt_id))
    return tuple(one for _, one in outcomes[-STRIP:])


def _pairs(frame: pd.DataFrame) -> Ints:
    """A number for each row's pair."""
    clusters, services = (frame[name].cat.codes.to_numpy().astype(np.int64) for name in ("cluster", "service"))
    return clusters * (len(frame["service"].cat.categories) + 1) + services


def _one_of(frame: pd.DataFrame, statuses: frozenset[Status]) -> Mask:
    return frame["status"].isin([status.value for status in statuses]).to_numpy()


def _last(pair: Ints, started: Ints, count: int, among: Mask) -> Mask:
    """The `count` last to start of each pair among these rows, and all that started with the first of them."""
    places = np.flatnonzero(among)
    order = places[np.lexsort((started[places], pair[places]))]
    _, first, sizes = np.unique(pair[order], return_index=True, return_counts=True)
    begin = np.maximum(first, first + sizes - count)
    threshold = np.repeat(started[order[begin]], sizes) if len(order) else started[:0]
    chosen = np.zeros(len(pair), dtype=np.bool_)
    chosen[order[started[order] >= threshold]] = True
    return chosen


def _serving_and_before(frame: pd.DataFrame, pair: Ints) -> Ints:
    """Of each pair: what serves, the first of its unbroken run, what was before that, the last good other version."""
    places = np.flatnonzero(_one_of(frame, SUCCESSFUL))
    if not len(places):
        return places
    started, ended = (frame[name].to_numpy()[places] for name in ("started", "ended"))
    at = np.where(ended == MISSING, started, ended)
    ties = _ties(frame, places, pair[places], at, started)
    order = np.lexsort((ties, started, at, pair[places]))
    places = places[order]
    version = frame["version"].cat.codes.to_numpy()[places]
    _, group, sizes = np.unique(pair[places], return_inverse=True, return_counts=True)
    last = np.cumsum(sizes) - 1
    other = version != version[last][group]
    broken = _greatest(group, other, len(last))
    good = _greatest(group, other & ~_failed_gate(frame, places), len(last))
    begun = np.where(broken >= 0, broken + 1, np.cumsum(sizes) - sizes)
    found: Ints = places[np.unique(np.concatenate([last, begun, broken[broken >= 0], good[good >= 0]]))]
    return found


def _greatest(group: Ints, among: Mask, groups: int) -> Ints:
    """The last place of each group among these; -1 where it has none."""
    found = np.full(groups, -1, dtype=np.int64)
    places = np.flatnonzero(among)
    found[group[places]] = places  # ascending: the last one written stays
    return found


def _failed_gate(frame: pd.DataFrame, places: Ints) -> Mask:
    """Whether a suite failed."""
    column = frame["verdicts"].cat
    failing = np.array([":failed" in word for word in column.categories] + [False], dtype=np.bool_)
    failed: Mask = failing[column.codes.to_numpy()[places]]  # the last place is what a missing word reaches
    return failed


def _ties(frame: pd.DataFrame, places: Ints, pair: Ints, at: Ints, started: Ints) -> Ints:
    """The order of ids, for rows nothing else tells apart."""
    ranks = np.zeros(len(places), dtype=np.int64)
    order = np.lexsort((started, at, pair))
    alike = np.logical_and.reduce([key[order][1:] == key[order][:-1] for key in (pair, at, started)])
    tied = np.unique(np.concatenate([order[1:][alike], order[:-1][alike]]))
    if len(tied):
        rows: Any = frame.iloc[places[tied]][IDENTITY].itertuples(index=False)
        ids = np.array([f"{version}:{number}" for version, number in rows])
        ranks[tied] = np.unique(ids, return_inverse=True)[1]
    return ranks
