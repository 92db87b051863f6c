"""From a service's attempts and incidents to what each attempt of production was, with its lead times. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from data import keys
from data.attempt_columns import MISSING, STATUSES, TRIGGERS, verdicts_of
from data.catalog_models import Service
from data.day_numbers import milliseconds
from data.delivery_judge import Judgement, Kind, Trouble, Try, Walk, concerned, judged, walk
from data.delivery_leads import NO_COMMIT_TIME, leads
from data.models import SUCCESSFUL, Incident, Status, Trigger, Verdict

NEVER = 1 << 60

Linked = Mapping[tuple[str, int], Trouble]  # by cluster and place among its attempts


@dataclass(slots=True)
class Row:
    """An attempt of production and what was found of it. Times epoch ms, leads seconds."""

    cluster: str
    version: str
    started: int
    ended: int | None
    judgement: Judgement
    by: int | None  # the row that ended its failure
    failed_status: bool
    triggered: bool
    tested: bool
    timed: bool
    leads: Sequence[int] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    first: bool = False  # the first deployment of its version in production
    first_here: bool = False  # … on its cluster-region
    promoted: int | None = None  # of the first: ms since the version's first success in the lowest stage


@dataclass(frozen=True, slots=True)
class _Attempt:
    cluster: str
    tried: Try
    commits: str | None
    committed: int | None
    verdicts: str


def told(
    frame: pd.DataFrame,
    service: Service,
    production: Collection[str],
    lowest: Collection[str],
    incidents: Sequence[Incident],
) -> list[Row]:
    """What each attempt of `production` was, by (start, cluster, attempt id).

    `frame`: the service's attempts there and in the stage `lowest`.
    """
    on: Any = frame["cluster"]
    here = sorted(
        _attempts(frame[on.isin(production)], service.service_id),
        key=lambda one: (one.tried.started, one.cluster, one.tried.attempt_id),
    )
    by_cluster: dict[str, list[int]] = {}  # cluster -> rows
    for at, one in enumerate(here):
        by_cluster.setdefault(one.cluster, []).append(at)
    tries = {cluster: [here[at].tried for at in places] for cluster, places in by_cluster.items()}
    tested = _Tested(frozenset(service.suites))
    rows: dict[int, Row] = {}
    for cluster, found in _judged(tries, incidents).items():
        places = by_cluster[cluster]
        for place, judgement in enumerate(found):
            by = None if judgement.recovered_by is None else places[judgement.recovered_by]
            rows[places[place]] = _row(here[places[place]], judgement, by, tested)
    ordered = [rows[at] for at in range(len(here))]
    _mark_firsts(ordered, _first_successes(frame[on.isin(lowest)]))
    return ordered


def _attempts(frame: pd.DataFrame, service_id: str) -> Iterator[_Attempt]:
    """The attempts of a frame, one by one."""
    said = {name: _texts(frame, name) for name in ("cluster", "version", "back_to", "verdicts", "commits")}
    codes = {name: frame[name].cat.codes.tolist() for name in ("status", "trigger")}
    rest = {name: frame[name].tolist() for name in ("started", "ended", "committed", "cancelled", "hotfix", "number")}
    for at in range(len(frame)):
        cluster, version = str(said["cluster"][at]), str(said["version"][at])
        tried = Try(
            attempt_id=keys.attempt_id(cluster, service_id, version, rest["number"][at]),
            version=version,
            status=STATUSES[codes["status"][at]],
            trigger=TRIGGERS[codes["trigger"][at]],
            started=rest["started"][at],
            ended=_known(rest["ended"][at]),
            names_way_back=said["back_to"][at] is not None,
            hotfix=rest["hotfix"][at],
            cancelled=rest["cancelled"][at],
        )
        yield _Attempt(cluster, tried, said["commits"][at], _known(rest["committed"][at]), said["verdicts"][at] or "")


def _known(moment: int) -> int | None:
    return None if moment == MISSING else moment


def _texts(frame: pd.DataFrame, name: str) -> list[str | None]:
    column: Any = frame[name]
    words = [str(word) for word in column.cat.categories]
    return [None if code < 0 else words[code] for code in column.cat.codes.tolist()]


def _row(of: _Attempt, judgement: Judgement, by: int | None, tested: "_Tested") -> Row:
    tried = of.tried
    found: list[int] = []
    without: dict[str, int] = {}
    if judgement.kind is Kind.DEPLOYMENT:
        found, without = leads(of.commits, of.committed, tried.ended)
    return Row(
        of.cluster, tried.version, tried.started, tried.ended, judgement, by,
        failed_status=tried.status is Status.FAILED and not tried.cancelled,
        triggered=tried.trigger is not Trigger.UNKNOWN,
        tested=tested.by(of.verdicts),
        timed=bool(found) or any(reason != NO_COMMIT_TIME for reason in without),
        leads=found,
        left_out=without,
    )  # fmt: skip


@dataclass(slots=True)
class _Tested:
    """Whether each expected suite had a run, by what an attempt's gates said; one without tests is none."""

    expected: frozenset[str]
    known: dict[str, bool] = field(default_factory=dict)

    def by(self, verdicts: str) -> bool:
        if verdicts not in self.known:
            ran = {gate.suite for gate in verdicts_of(verdicts) if gate.verdict is not Verdict.MISSING}
            self.known[verdicts] = self.expected <= ran
        return self.known[verdicts]


def _judged(tries: Mapping[str, Sequence[Try]], incidents: Sequence[Incident]) -> dict[str, list[Judgement]]:
    """What each attempt was, by cluster."""
    named = _named(tries, incidents)
    ways = {}
    for cluster, of_cluster in tries.items():
        hurt = {place for (on, place) in named if on == cluster and of_cluster[place].status is Status.FAILED}
        ways[cluster] = walk(of_cluster, hurt)
    troubles = _linked(tries, ways, incidents, named)
    return {
        cluster: judged(
            of_cluster, ways[cluster], {place: one for (on, place), one in troubles.items() if on == cluster}
        )
        for cluster, of_cluster in tries.items()
    }


def _named(tries: Mapping[str, Sequence[Try]], incidents: Iterable[Incident]) -> dict[tuple[str, int], Trouble]:
    """The incidents that name an attempt, by its cluster and place."""
    wanted = {one.attempt_id for one in incidents if one.attempt_id}
    if not wanted:
        return {}
    places = {
        one.attempt_id: (cluster, place)
        for cluster, of_cluster in tries.items()
        for place, one in enumerate(of_cluster)
        if one.attempt_id in wanted
    }
    return _earliest((places.get(one.attempt_id or ""), _trouble(one)) for one in incidents)


def _linked(
    tries: Mapping[str, Sequence[Try]], ways: Mapping[str, Walk], incidents: Iterable[Incident], named: Linked
) -> Linked:
    """The earliest incident of each deployment, named or the latest before it, by cluster and place."""
    unnamed = [one for one in incidents if one.attempt_id is None]
    if not unnamed:
        return named
    served = sorted(
        (tries[cluster][place].end, cluster, place) for cluster, way in ways.items() for place in way.deployments
    )
    found: list[tuple[tuple[str, int] | None, Trouble]] = list(named.items())
    for one in unnamed:
        candidates = [of for of in served if one.cluster_id in (None, of[1])]
        trouble = _trouble(one)
        at = concerned([end for end, _, _ in candidates], trouble.started)
        found.append((None if at is None else candidates[at][1:], trouble))
    return _earliest(found)


def _earliest(
    found: Iterable[tuple[tuple[str, int] | None, Trouble]],
) -> dict[tuple[str, int], Trouble]:
    kept: dict[tuple[str, int], Trouble] = {}
    for place, trouble in found:
        if place is None:
            continue
        known = kept.get(place)
        if known is None or (trouble.started, trouble.incident_id) < (known.started, known.incident_id):
            kept[place] = trouble
    return kept


def _trouble(incident: Incident) -> Trouble:
    resolved = milliseconds(incident.resolved_at) if incident.resolved_at else None
    return Trouble(incident.incident_id, milliseconds(incident.started_at), resolved)


def _first_successes(frame: pd.DataFrame) -> dict[str, int]:
    """Version -> when it first succeeded."""
    status: Any = frame["status"]
    version: Any = frame["version"]
    good = (status.isin([one.value for one in SUCCESSFUL]) & ~frame["cancelled"]).to_numpy()
    ended, started = frame["ended"].to_numpy(), frame["started"].to_numpy()
    ends = np.where(ended == MISSING, started, ended)[good]
    first = np.full(len(version.cat.categories), NEVER)
    np.minimum.at(first, version.cat.codes.to_numpy()[good], ends)
    words = version.cat.categories.tolist()
    return {words[at]: end for at, end in enumerate(first.tolist()) if end < NEVER}


def _mark_firsts(rows: Sequence[Row], lower: Mapping[str, int]) -> None:
    """Mark the first deployment of each version, and say how long it took from the lowest stage."""
    firsts: dict[str, Row] = {}
    ends: dict[str, int] = {}
    here: set[tuple[str, str]] = set()
    for row in rows:
        if row.judgement.kind is not Kind.DEPLOYMENT:
            continue
        end = row.started if row.ended is None else row.ended
        ends[row.version] = min(end, ends.get(row.version, end))
        row.first_here = (row.cluster, row.version) not in here
        here.add((row.cluster, row.version))
        row.first = firsts.setdefault(row.version, row) is row
    for version, row in firsts.items():
        if version in lower and lower[version] <= ends[version]:
            row.promoted = ends[version] - lower[version]
