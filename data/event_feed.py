"""What a reader of events is told of next: what began in a stretch of time, the earliest first.

Attempts, incidents and removals are found in memory; attempts are read from the table by their keys, a page at a
time, and the runs of their suites side by side; nothing is scanned.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data import keys
from data.cursors import Cursors, query_text
from data.day_numbers import from_milliseconds, milliseconds
from data.errors import InvalidRequest
from data.generation import Generation
from data.instants import add, seconds_between
from data.models import EVERYTHING, Attempt, Incident, Instant, Page, Scope, TestRun
from data.outcomes import OUTCOMES
from data.store import Store

MOST_ATTEMPTS = 50
MOST_SECONDS = 31 * 86_400.0
DEFAULT_SECONDS = 86_400.0
STREAM, WINDOW = "events", "window"
READERS = 8  # runs of so many attempts are read at the same time
SUCCESS = OUTCOMES.index("success")
EVER = 1 << 62  # epoch milliseconds no attempt reaches
NEVER = 1 << 61
Place = tuple[Instant, str]  # when it began, and what sorts it among what began then


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
class Tried:
    """An attempt with the runs of its suites; `upgrades`: the service had been deployed there before."""

    attempt: Attempt
    runs: Sequence[TestRun]
    upgrades: bool


@dataclass(frozen=True, slots=True)
class Removed:
    """A service that was taken from a cluster-region, and has not come back."""

    cluster_id: str
    service_id: str
    at: Instant


Happened = Tried | Incident | Removed


def next_page(
    gen: Generation, store: Store, cursors: Cursors, scope: Scope, wanted: Wanted, now: Instant
) -> Page[Happened]:  # fmt: skip
    """One page, in order. An attempt whose facts have expired is passed over."""
    said = {"since": wanted.since, "until": wanted.until, "cluster": wanted.cluster_id, "service": wanted.service_id}
    query = query_text(STREAM, said, scope)
    opened = cursors.open(query, wanted.cursor) if wanted.cursor else {}
    window, after = opened.get(WINDOW) or _window(wanted, now), opened.get(STREAM)
    within = replace(wanted, since=window[0], until=window[1])
    others = {place: one for place, one in _others(gen, scope, within) if after is None or place > after}
    found = sorted([*_found(gen, scope, within, after), *others])
    limit = min(wanted.limit, MOST_ATTEMPTS)
    shown, more = found[:limit], len(found) > limit
    of_attempts = [(name, start) for start, name in shown if (start, name) not in others]
    attempts = {one.attempt_id: one for one in store.standing(scope, of_attempts)}
    runs = _runs(store, scope, [one for one in attempts.values() if one.gates])
    cursor = cursors.seal(query, {STREAM: shown[-1], WINDOW: window}) if more else None
    told: list[Happened] = []
    for place in shown:
        if place in others:
            told.append(others[place])
        elif place[1] in attempts:
            attempt = attempts[place[1]]
            told.append(Tried(attempt, runs.get(attempt.attempt_id, ()), _upgrades(gen, attempt)))
    return Page(told, cursor)


def _runs(store: Store, scope: Scope, attempts: Sequence[Attempt]) -> dict[str, list[TestRun]]:
    """The runs of each, the oldest first: a Query an attempt, several at a time."""
    names = [one.attempt_id for one in attempts]
    if not names:
        return {}
    with ThreadPoolExecutor(min(READERS, len(names)), "events") as pool:
        found = list(pool.map(lambda name: store.test_runs(scope, name)[::-1], names))
    return dict(zip(names, found, strict=True))


def _upgrades(gen: Generation, attempt: Attempt) -> bool:
    """Whether an earlier attempt that is held had put the service there; looked up once until the pair has news."""
    pair = attempt.pair
    known = gen.columns.derived.parts.of("first success")
    first = known.get(pair, gen.columns.marks.pairs.get(pair, 0), lambda: _first_success(gen, *pair))
    return first < milliseconds(attempt.started_at)


def _first_success(gen: Generation, cluster_id: str, service_id: str) -> int:
    frame = gen.attempts.frame(
        EVERYTHING, 0, EVER, cluster_ids={cluster_id}, service_ids={service_id}, columns=("started", "outcome")
    )
    started = frame["started"].to_numpy()[frame["outcome"].to_numpy() == SUCCESS]
    return int(started[0]) if len(started) else NEVER


def _others(gen: Generation, scope: Scope, wanted: Wanted) -> Iterator[tuple[Place, Incident | Removed]]:
    """The incidents and removals of the stretch."""
    since, until = wanted.since or "", wanted.until or ""
    for (cluster_id, service_id), current in gen.currents.items():
        at = current.retired_at
        if at and since <= at < until and _asked(scope, wanted, cluster_id, service_id):
            yield (at, f"~removed:{cluster_id}:{service_id}"), Removed(cluster_id, service_id, at)
    for service_id, incidents in gen.incidents.items():
        for one in incidents:
            if since <= one.started_at < until and _asked(scope, wanted, one.cluster_id, service_id):
                yield (one.started_at, f"~incident:{service_id}:{one.incident_id}"), one


def _asked(scope: Scope, wanted: Wanted, cluster_id: str | None, service_id: str) -> bool:
    """Whether filter and scope allow it; what is about no single cluster-region is for who may see all of them."""
    if wanted.service_id not in (None, service_id) or wanted.cluster_id not in (None, cluster_id):
        return False
    place = scope.clusters is None if cluster_id is None else scope.allows_cluster(cluster_id)
    return place and scope.allows_service(service_id)


def _window(wanted: Wanted, now: Instant) -> tuple[Instant, Instant]:
    until = wanted.until or now
    since = wanted.since or add(until, -DEFAULT_SECONDS)
    if seconds_between(since, until) > MOST_SECONDS:
        raise InvalidRequest("must be within 31 days of to", "from")
    return since, until


def _found(
    gen: Generation, scope: Scope, wanted: Wanted, after: tuple[str, str] | None
) -> list[Place]:  # fmt: skip
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


def _row(one: Any) -> Place:
    name = keys.attempt_id(str(one.cluster), str(one.service), str(one.version), str(one.number))
    return from_milliseconds(int(one.started)), name
