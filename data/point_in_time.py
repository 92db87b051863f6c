"""A generation as of an instant: the newest one with everything after it taken away.

It is a generation like any other, so every page and query works on it unchanged. Its clusters, services and teams
are today's: what the catalog said then is not held. Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import replace

from data.attempt_columns import AttemptColumns, attempt_rows
from data.current import fold_current
from data.day_numbers import milliseconds
from data.days import fold_rows
from data.deciding_attempts import deciding, strips
from data.generation import Generation, Memo, make_generation
from data.models import EVERYTHING, AttemptRow, Current, Gate, Incident, Instant, PairDay, PairDayKey, Retirement
from data.past_attempts import PastAttempts, attempt_at, attempts_at
from data.standing_folds import retired

KEPT = 8  # generations of the past that are remembered beside the newest
DAY_MS = 86_400_000
NOTHING: Mapping[str, AttemptRow] = {}

Pair = tuple[str, str]


def remembered(gen: Generation, key: tuple[str, ...], work: Callable[[], Generation]) -> Generation:
    """A generation of the past by what it was asked with; few are kept, for each is large."""
    memo: Memo = gen.memo.get("points in time", lambda: Memo(KEPT))
    return memo.get(key, work)


def holds(gen: Generation, at: Instant) -> bool:
    """Whether attempts of that time are held."""
    return at[:10] >= gen.first_day


def generation_at(gen: Generation, at: Instant) -> Generation:
    """What was so at `at`, as far as it is known now."""
    return remembered(gen, (at,), lambda: derived(gen, at, attempts_at(gen.attempts, at)))


def derived(gen: Generation, at: Instant, past: PastAttempts, held: Mapping[str, AttemptRow] = NOTHING) -> Generation:
    """The generation whose attempts are those of the past; pairs that are the same then and now are taken over.

    `held`: further attempts of which all is known.
    """
    first = milliseconds(f"{gen.first_day}T00:00:00.000Z") if gen.first_day else 0
    currents = {
        pair: current
        for pair, current in gen.currents.items()
        if pair not in past.pairs and all(moment <= at for moment in current.retirements)
    }
    todo = {pair for pair in gen.currents if pair not in currents} | past.pairs
    for found in _states(past.attempts, first, at, todo, {**_full_rows(gen.currents.values()), **held}):
        currents[_pair(found)] = _retired_by(found, gen.currents.get(_pair(found)), at)
    days = rows_of_days(past.attempts, past.days)
    folded = [fold_rows(*key, rows) for key, rows in days.items() if rows]
    columns = gen.columns.cut(at[:10], past.days, folded, past.attempts)
    return make_generation(
        gen.generation, gen.loaded_at, at, gen.catalog, currents, columns, gen.stale_after_sec, gen.first_day,
        {service: _incidents_at(of, at) for service, of in gen.incidents.items()},
    )  # fmt: skip


def _incidents_at(incidents: Iterable[Incident], at: Instant) -> list[Incident]:
    """The incidents that had begun, open where they were not resolved yet."""
    return [
        one if one.resolved_at is None or one.resolved_at <= at else replace(one, resolved_at=None)
        for one in incidents
        if one.started_at <= at
    ]


def with_rows(gen: Generation, rows: Iterable[AttemptRow]) -> Generation:
    """The same generation with what the store says of some attempts: SHA, run, counts of tests."""
    full = {row.attempt_id: attempt_at(row, gen.as_of) for row in rows}
    currents = {pair: _filled_current(current, full, gen.as_of) for pair, current in gen.currents.items()}
    return replace(gen, currents=currents, memo=Memo())


def is_lean(row: AttemptRow) -> bool:
    """Whether a row was made of columns, which hold no SHA, no link and no counts of tests."""
    return not row.rev


def _filled_current(current: Current, full: Mapping[str, AttemptRow], at: Instant) -> Current:
    named = {"latest": current.latest, "latest_finished": current.latest_finished}
    named |= {"serving": current.serving, "last_good": current.last_good}
    filled = {name: _filled(row, full, at) for name, row in named.items() if row and row.attempt_id in full}
    return replace(current, **filled) if filled else current  # type: ignore[arg-type]  # by name, all rows


def _states(
    attempts: AttemptColumns, first: int, at: Instant, pairs: Set[Pair], full: Mapping[str, AttemptRow]
) -> Iterator[Current]:
    """The state of these pairs at `at`, as far as attempts make it; none of those that had no attempt."""
    if not pairs:
        return
    clusters, services = {cluster for cluster, _ in pairs}, {service for _, service in pairs}
    frame = attempts.frame(EVERYTHING, first, milliseconds(at) + 1, cluster_ids=clusters, service_ids=services)
    chosen, outcomes = deciding(frame), strips(frame)
    names = zip(chosen["cluster"].tolist(), chosen["service"].tolist(), strict=True)
    rows: dict[Pair, list[AttemptRow]] = {}
    for pair, row in zip(names, attempt_rows(chosen), strict=True):
        rows.setdefault(pair, []).append(_filled(row, full, at))
    for pair in pairs & rows.keys():
        found = fold_current(*pair, [PairDay(*pair, "", rows=tuple(rows[pair]))])
        if found:
            yield replace(found, outcomes=outcomes[pair])


def rows_of_days(attempts: AttemptColumns, keys: Iterable[PairDayKey]) -> dict[PairDayKey, list[AttemptRow]]:
    """By pair-day, its attempts; those that have none too."""
    found: dict[PairDayKey, list[AttemptRow]] = {key: [] for key in keys}
    by_day: dict[str, set[Pair]] = {}
    for cluster, service, day in found:
        by_day.setdefault(day, set()).add((cluster, service))
    for day, pairs in by_day.items():
        start = milliseconds(f"{day}T00:00:00.000Z")
        frame = attempts.frame(
            EVERYTHING, start, start + DAY_MS,
            cluster_ids={cluster for cluster, _ in pairs}, service_ids={service for _, service in pairs},
        )  # fmt: skip
        names = zip(frame["cluster"].tolist(), frame["service"].tolist(), strict=True)
        for pair, row in zip(names, attempt_rows(frame), strict=True):
            if pair in pairs:
                found[*pair, day].append(row)
    return found


def _full_rows(currents: Iterable[Current]) -> dict[str, AttemptRow]:
    """What is held whole of attempts, by id."""
    rows = (row for one in currents for row in (one.latest, one.latest_finished, one.serving, one.last_good))
    return {row.attempt_id: row for row in rows if row}


def _filled(row: AttemptRow, full: Mapping[str, AttemptRow], at: Instant) -> AttemptRow:
    """The row with all that is known, where what is known is of the same state of it."""
    held = full.get(row.attempt_id)
    if held is None:
        return row
    then = attempt_at(held, at)
    return then if _lean(then) == _lean(row) else row


def _lean(row: AttemptRow) -> AttemptRow:
    gates = tuple(Gate(gate.suite, gate.verdict) for gate in sorted(row.gates, key=lambda gate: gate.suite))
    return replace(row, git_sha=None, commits=(), image=None, run_url=None, rev="", gates=gates)


def _retired_by(current: Current, newest: Current | None, at: Instant) -> Current:
    """The state with the retirements up to then taken into account."""
    moments = tuple(moment for moment in newest.retirements if moment <= at) if newest else ()
    return retired(current, Retirement(*_pair(current), moments, at))


def _pair(current: Current) -> Pair:
    return current.cluster_id, current.service_id
