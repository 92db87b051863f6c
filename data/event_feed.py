"""Which attempts a reader of events is told of next: those that began in a stretch of time, the earliest first.

They are found in memory and read from the table by their keys, a page at a time; nothing is scanned.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data import keys
from data.cursors import Cursors, query_text
from data.day_numbers import from_milliseconds, milliseconds
from data.errors import InvalidRequest
from data.generation import Generation
from data.instants import add, seconds_between
from data.models import Attempt, Instant, Page, Scope, TestRun
from data.store import Store

MOST_ATTEMPTS = 50
MOST_SECONDS = 31 * 86_400.0
DEFAULT_SECONDS = 86_400.0
STREAM, WINDOW = "events", "window"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; without a time the last day, without an end until now."""

    since: Instant | None = None
    until: Instant | None = None
    cluster_id: str | None = None
    service_id: str | None = None
    limit: int = MOST_ATTEMPTS
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Attempts in order of their start, and the runs of each that has any."""

    attempts: Sequence[Attempt]
    runs: dict[str, list[TestRun]]


def next_page(
    gen: Generation, store: Store, cursors: Cursors, scope: Scope, wanted: Wanted, now: Instant
) -> Page[Told]:  # fmt: skip
    """One page; its only item is what it tells. An attempt whose facts have expired is passed over."""
    said = {"since": wanted.since, "until": wanted.until, "cluster": wanted.cluster_id, "service": wanted.service_id}
    query = query_text(STREAM, said, scope)
    opened = cursors.open(query, wanted.cursor) if wanted.cursor else {}
    window, after = opened.get(WINDOW) or _window(wanted, now), opened.get(STREAM)
    found = _found(gen, scope, replace(wanted, since=window[0], until=window[1]), after)
    limit = min(wanted.limit, MOST_ATTEMPTS)
    shown, more = found[:limit], len(found) > limit
    kept = {one.attempt_id: one for one in store.standing(scope, [(name, start) for start, name in shown])}
    attempts = [kept[name] for _, name in shown if name in kept]
    runs = {one.attempt_id: store.test_runs(scope, one.attempt_id)[::-1] for one in attempts if one.gates}
    cursor = cursors.seal(query, {STREAM: shown[-1], WINDOW: window}) if more else None
    return Page([Told(attempts, runs)], cursor)


def _window(wanted: Wanted, now: Instant) -> tuple[Instant, Instant]:
    until = wanted.until or now
    since = wanted.since or add(until, -DEFAULT_SECONDS)
    if seconds_between(since, until) > MOST_SECONDS:
        raise InvalidRequest("must be within 31 days of to", "from")
    return since, until


def _found(
    gen: Generation, scope: Scope, wanted: Wanted, after: tuple[str, str] | None
) -> list[tuple[Instant, str]]:  # fmt: skip
    """(start, attempt id) after a position, in this order; one more than a page holds."""
    since = milliseconds(after[0] if after else wanted.since or "")
    frame = gen.attempts.frame(
        scope, since, milliseconds(wanted.until or ""),
        cluster_ids={wanted.cluster_id} if wanted.cluster_id else None,
        service_ids={wanted.service_id} if wanted.service_id else None,
        columns=("cluster", "service", "version", "started", "number"),
    )  # fmt: skip
    started = frame["started"].to_numpy()
    # Those of the very moment of the position come again, and all of the last one's moment are needed for its order.
    again = int(np.searchsorted(started, since, side="right")) if after else 0
    end = min(again + min(wanted.limit, MOST_ATTEMPTS) + 1, len(started))
    end = int(np.searchsorted(started, started[end - 1], side="right")) if end else 0
    rows = sorted(_row(one) for one in frame.iloc[:end].itertuples(index=False))
    return [one for one in rows if after is None or one > after]


def _row(one: Any) -> tuple[Instant, str]:
    name = keys.attempt_id(str(one.cluster), str(one.service), str(one.version), str(one.number))
    return from_milliseconds(int(one.started)), name
