"""Reading what was said of attempts by an instant: the part of the second clock that asks the store."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from data import keys
from data.generation import Generation
from data.known import Known, Read, generation_known, row_known
from data.models import EVERYTHING, AttemptRow, Instant
from data.point_in_time import generation_at
from data.store import Store

THREADS = 8  # each attempt takes two Queries


def reading(store: Store, known: Instant) -> Read:
    """How to learn what was known of attempts at `known`. Unavailable where the store is."""

    def one(row: AttemptRow) -> AttemptRow | None:
        parts = keys.split_attempt_id(row.attempt_id)
        if parts is None:
            return None
        claims, version = store.claims(EVERYTHING, row.attempt_id), store.version(EVERYTHING, *parts[:3])
        names = [other.attempt_id for other in version.listed if version.waiting]
        others = {name: store.claims(EVERYTHING, name) for name in names}
        return row_known(row.attempt_id, claims, version, others, known)

    def read(rows: Sequence[AttemptRow]) -> dict[str, AttemptRow | None]:
        with ThreadPoolExecutor(THREADS) as pool:
            return dict(zip((row.attempt_id for row in rows), pool.map(one, rows), strict=True))

    return read


def looked_back(gen: Generation, store: Store, at: Instant, known: Instant | None = None) -> Known:
    """The state at `at`, as it is known now or as it was known at `known`."""
    if known is None:
        return Known(generation_at(gen, at), 0)
    return generation_known(gen, at, known, reading(store, known))
