"""The second clock: the state at an instant as it was known at another.

An attempt nobody had heard of by then is left out by its columns. One of which more was learned since is folded
again from what had been said by then, whether it decides its pair's state now or may have then; that takes reading
its claims, so it is done for no more than MOST of them, those that decide first. Pure but for the reading, which is
a function handed in.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from data import keys
from data.attempt_columns import AttemptColumns, Chunk, ChunkKey, attempt_rows
from data.day_numbers import EARLIEST, milliseconds
from data.days import fold_rows, to_row
from data.folds import Version, fold_attempt, listing
from data.generation import Generation, Memo
from data.models import EVERYTHING, Attempt, AttemptRow, Claim, Current, Instant, PairDayKey
from data.past_attempts import PastAttempts, attempt_at, attempts_at, changed_days
from data.point_in_time import derived, rows_of_days

MOST = 200  # attempts whose claims are read
FOREVER_MS = 1 << 53
ROUNDS = 6  # what is folded again may let another attempt decide

Told = Mapping[str, AttemptRow | None]  # by attempt id; None: what was said by then is not kept
Read = Callable[[Sequence[AttemptRow]], Told]


@dataclass(frozen=True, slots=True)
class Known:
    """A generation as it was known, and how many attempts in it are shown as they are known now."""

    generation: Generation
    unread: int
    unheard: frozenset[str] = frozenset()  # attempts that had begun and that nobody had heard of
    known_at: Instant | None = None  # None: as it is known now


def generation_known(gen: Generation, at: Instant, known: Instant, read: Read) -> Known:
    """What was so at `at`, as it was known at `known`."""
    memo: Memo = gen.memo.get("points in time as known", lambda: Memo(4))
    return memo.get((at, known), lambda: _known(gen, at, known, read))


def _known(gen: Generation, at: Instant, known: Instant, read: Read) -> Known:
    past, told = attempts_at(gen.attempts, at, known), dict[str, AttemptRow | None]()
    for last in (*[False] * ROUNDS, True):
        held = {one: attempt_at(row, at) for one, row in told.items() if row}
        then = derived(gen, at, past, held)
        doubtful = [row for row in _deciding(then.currents.values()) if not row.heard_at or row.heard_at > known]
        seen = {row.attempt_id for row in doubtful}
        doubtful += [row for row in _heard_since(past.attempts, known) if row.attempt_id not in seen]
        asked = [row for row in doubtful if row.attempt_id not in told][: MOST - len(told)]
        if last or not asked:
            break
        fresh = read(asked)
        past = _corrected(past, asked, fresh, at)
        told.update(fresh)
    return Known(then, len(doubtful), _unheard(gen, at, known), known)


def _unheard(gen: Generation, at: Instant, known: Instant) -> frozenset[str]:
    names = ("cluster", "service", "version", "number")
    frame = gen.attempts.frame(EVERYTHING, 0, milliseconds(at) + 1, columns=(*names, "received"))
    frame = frame[frame["received"].to_numpy() > milliseconds(known)]
    return frozenset(keys.attempt_id(*one) for one in zip(*(frame[name].tolist() for name in names), strict=True))


def _deciding(currents: Collection[Current]) -> Iterator[AttemptRow]:
    """The attempts that decide these pairs' states, each once."""
    seen = set[str]()
    for one in currents:
        for row in (one.latest, one.latest_finished, one.serving, one.last_good):
            if row and row.attempt_id not in seen:
                seen.add(row.attempt_id)
                yield row


def _heard_since(attempts: AttemptColumns, known: Instant) -> list[AttemptRow]:
    """The attempts of which more was learned since: what they were may decide a state that what they are does not."""
    moment, chunks = milliseconds(known), dict[ChunkKey, Chunk]()
    for key, chunk in attempts.chunks.items():
        later = chunk.moments("heard") > moment
        if later.any():
            chunks[key] = chunk.kept(later)
    return attempt_rows(AttemptColumns(chunks).frame(EVERYTHING, 0, FOREVER_MS))


def row_known(
    attempt_id: str, claims: Sequence[Claim], version: Version, others: Mapping[str, Sequence[Claim]], known: Instant
) -> AttemptRow | None:
    """An attempt as it follows from what had been received by then; None where nothing of that is kept.

    `others` are the claims of its version's attempts: where something waits, they tell what it was bound to.
    """
    own, waiting = _received(claims, known), tuple(_received(version.waiting, known))
    listed = []
    for one in version.listed if waiting else ():
        said = own if one.attempt_id == attempt_id else _received(others[one.attempt_id], known)
        found = _folded(one.attempt_id, said, Version())
        if found:
            listed.append(listing(found))
    attempt = _folded(attempt_id, own, Version(tuple(listed), waiting))
    return to_row(attempt) if attempt else None


def _received(claims: Iterable[Claim], known: Instant) -> list[Claim]:
    return [claim for claim in claims if claim.received_at <= known]


def _folded(attempt_id: str, own: Sequence[Claim], version: Version) -> Attempt | None:
    return fold_attempt(attempt_id, own, version, retention_days=0).attempt


def _corrected(past: PastAttempts, asked: Sequence[AttemptRow], told: Told, at: Instant) -> PastAttempts:
    """The past with these attempts as they were known."""
    known = {row.attempt_id: found for row in asked if (found := told.get(row.attempt_id))}
    days: set[PairDayKey] = set()
    for row in asked:
        if row.attempt_id in known:
            cluster, service = row.attempt_id.split(":")[:2]
            starts = (row.started_at, known[row.attempt_id].started_at)
            days |= {(cluster, service, start[:10]) for start in starts}
    rows = {
        key: [row for row in found if row.attempt_id not in known]
        for key, found in rows_of_days(past.attempts, days).items()
    }
    for one in known.values():
        if one.started_at <= at:
            cluster, service = one.attempt_id.split(":")[:2]
            rows[cluster, service, one.started_at[:10]].append(attempt_at(one, at))
    folded = [fold_rows(*key, found) for key, found in rows.items() if found]
    return changed_days(past, days, past.attempts.replaced(days, folded, EARLIEST))
