"""What changed its verdict over one version, so held that a range of time is a comparison and not a walk. Pure.

Of a version on a cluster-region let its verdicts of one suite (or its deploys) follow each other in time. Two that
are neighbours are a *step*; a step from one verdict to another is a *flip*. A suite that ran more than once within an
attempt makes a step that ends where it begins. Within a range the version was judged more than once exactly if one
of its steps lies within: if of those that begin in the range the one that ends first does so before the range does.
Each step therefore knows when the step before it began, and the earliest end among itself and all later ones: for any
range exactly one step of a version answers, and steps are counted instead of versions.

The definitions are those of `data/flaky.py`. Times are whole hours: ranges begin and end with hours.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import flaky
from data.analytics_views import Flake, Flakes
from data.kept_parts import Numbered
from data.tallies import NOTHING, Tally, tallied

HOUR_MS = 3_600_000
ANYTHING, REPEATED, FLIPPED = "anything", "repeated", "flipped"
NEVER = -1  # before every hour there is
KIND_BITS = 10
KINDS = (1 << KIND_BITS) - 1
COLUMNS = (*flaky.COLUMNS, "started")

Kind = tuple[str, str | None]  # (ANYTHING | REPEATED | FLIPPED, suite or None: the deploy)
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Columns = tuple[Ints, Ints, Ints, Ints]


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps of many versions."""

    what: Codes  # service and kind, numbered
    before: Codes  # the hour in which the step before began; NEVER: there is none
    begun: Codes
    ended: Codes  # the hour of the earliest end from here on

    def __len__(self) -> int:
        return len(self.what)

    def kept(self, rows: npt.NDArray[np.bool_]) -> "Steps":
        """These of them."""
        return Steps(self.what[rows], self.before[rows], self.begun[rows], self.ended[rows])


def joined(parts: Collection[Steps]) -> Steps:
    """All of them."""
    none, names = np.zeros(0, dtype=np.int32), ("what", "before", "begun", "ended")
    return Steps(*(np.concatenate([none, *(getattr(one, name) for one in parts)]) for name in names))


class Names:
    """Services and kinds of steps, numbered."""

    def __init__(self) -> None:
        self._services: Numbered[str] = Numbered()
        self._kinds: Numbered[Kind] = Numbered()

    def kind(self, kind: Kind) -> int:
        """The number of a kind."""
        return self._kinds.number(kind)

    def services(self, names: Collection[str]) -> Codes:
        """The numbers of these services."""
        return np.array([self._services.number(name) for name in names], dtype=np.int32)

    def service(self, number: int) -> str:
        """The service of a number."""
        return self._services[number]

    def flips(self) -> list[tuple[str | None, int, int]]:
        """Each suite (None: the deploy) with the numbers of its flips and of its steps."""
        suites = [suite for name, suite in map(self._kinds.__getitem__, range(len(self._kinds))) if name == FLIPPED]
        return [(suite, self.kind((FLIPPED, suite)), self.kind((REPEATED, suite))) for suite in suites]


def steps_of(attempts: pd.DataFrame, names: Names) -> Steps:
    """The steps of these attempts, which are oldest first."""
    groups = flaky.groups_of(attempts)
    order = np.argsort(groups, kind="stable")
    groups = groups[order]
    hours = attempts["started"].to_numpy()[order] // HOUR_MS
    services = names.services([str(name) for name in attempts["service"].cat.categories])
    service = services[attempts["service"].cat.codes.to_numpy()[order]].astype(np.int64)
    found: list[Steps] = []
    every: list[Columns] = []
    for suite, value in _values(attempts):
        told = np.flatnonzero(value[order] != flaky.UNKNOWN)
        group, hour, said = groups[told], hours[told], value[order][told]
        again = np.flatnonzero(group[1:] == group[:-1])
        flip = again[_flips(said, suite)[again]]
        within = flaky.reruns_of(attempts, suite)[order]
        for name, rows, inner in (
            (REPEATED, again, within != flaky.ONCE), (FLIPPED, flip, within == flaky.TURNED)
        ):  # fmt: skip
            between = group[rows], hour[rows], hour[rows + 1], service[told][rows]
            alone = groups[inner], hours[inner], hours[inner], service[inner]
            steps = _sorted([between, alone] if inner.any() else [between])
            found.append(_linked(*steps, names.kind((name, suite))))
            if name == REPEATED:
                every.append(steps)
    found.append(_linked(*_sorted(every), names.kind((ANYTHING, None))))
    return joined(found)


def _sorted(parts: Sequence[Columns]) -> Columns:
    """Steps (group, beginning, end, service) by group and beginning; one part is so already."""
    if len(parts) == 1:
        return parts[0]
    group, begun, ended, service = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((begun, group))
    return group[order], begun[order], ended[order], service[order]


def _values(attempts: pd.DataFrame) -> Iterator[tuple[str | None, npt.NDArray[np.int8]]]:
    for suite in (None, *flaky.suites_of(attempts)):
        yield suite, flaky.values_of(attempts, suite)


def _flips(said: npt.NDArray[np.int8], suite: str | None) -> npt.NDArray[np.bool_]:
    """Whether each verdict and the next make a flip."""
    if suite is None:
        return np.asarray((said[:-1] == flaky.BAD) & (said[1:] == flaky.GOOD))
    return np.asarray(said[:-1] != said[1:])


def _linked(group: Ints, begun: Ints, ended: Ints, service: Ints, kind: int) -> Steps:
    """Steps by group and beginning, each with the beginning before and the earliest end from it on."""
    before = np.full(len(group), NEVER, dtype=np.int64)
    same = group[1:] == group[:-1]
    before[1:][same] = begun[:-1][same]
    if len(group):
        # from the last to the first, where no earlier group can reach the numbers of a later one
        apart = int(ended.max()) + 1
        ended = np.minimum.accumulate((ended + group * apart)[::-1])[::-1] - group * apart
    steps = Steps(*((one).astype(np.int32) for one in ((service << KIND_BITS) + kind, before, begun, ended)))
    return steps.kept(steps.before != steps.begun)  # no range begins between them


def within(steps: Steps, since_ms: int, until_ms: int) -> Tally:
    """How many versions have a step within [since, until), by service and kind."""
    if not len(steps):
        return NOTHING
    since, until = since_ms // HOUR_MS, until_ms // HOUR_MS
    return tallied(steps.what[(steps.before < since) & (steps.begun >= since) & (steps.ended < until)])


def flakes(tally: Tally, names: Names, services: Collection[str] | None) -> Flakes:
    """What flipped, the most first, of these services."""
    if services is not None:
        mine = np.isin(tally.numbers >> KIND_BITS, names.services(services))
        tally = Tally(tally.numbers[mine], tally.counts[mine])
    kinds = tally.numbers & KINDS
    times = dict(zip(tally.numbers.tolist(), tally.counts.tolist(), strict=True))
    found = [
        Flake(names.service(what >> KIND_BITS), suite, times[what], times[what - flipped + repeated])
        for suite, flipped, repeated in names.flips()
        for what in tally.numbers[kinds == flipped].tolist()
    ]
    found.sort(key=lambda one: (-one.flipped, -one.flipped / one.n, one.service_id, one.suite or ""))
    return Flakes(tuple(found), int(tally.counts[kinds == names.kind((ANYTHING, None))].sum()))
