"""Keeps the newest generation: loads it whole once, then follows CHANGE every few seconds.

The load happens before gunicorn forks, so that workers share its memory; thread and client start after.
While DynamoDB is away the last generation stays and grows old visibly; it catches up by itself.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from data.catalog_models import Catalog
from data.changes import Change
from data.columns import Columns, columns_of
from data.day_numbers import milliseconds
from data.delivery_refresh import with_ledger
from data.errors import Unavailable
from data.generation import Generation, make_generation
from data.instants import add, day_before, from_instant, seconds_between, to_instant
from data.models import (
    Current,
    Incident,
    Instant,
    PairDay,
    PairDayKey,
)
from data.read_model_reader import ReadModelReader
from telemetry import measures

log = logging.getLogger(__name__)

HORIZON_DAYS = 200
OVERLAP_SEC = 30  # writers' clocks and pauses: so much older than the last look is still looked for
SWEEP_SEC = 60  # and that often, much further back
SWEEP_BACK_SEC = 600
SETTLED_AFTER_SEC = 2  # an entry read this long after its instant is final, one read sooner is read again
RELOAD_AFTER_SEC = 2 * 3600  # CHANGE lives a day, but reading hours of it costs more than a load
MAX_NAMED = 5000  # more changes than this at once (a bulk import): a load is cheaper
MISSED_REFRESHES = 3
AT_ONCE = 1000  # pair-days that stand in memory as objects while loading: what they leave behind is not given back


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the first load is; `error` says why it is not further."""

    clusters: int = 0
    of: int | None = None
    error: str | None = None


class ReadModel:
    """The newest generation, and how it is kept new. One per process; answers take `generation` once."""

    def __init__(
        self, *, clock: Callable[[], datetime], refresh_seconds: float = 3.0, horizon_days: int = HORIZON_DAYS
    ) -> None:
        self._clock = clock
        self._interval = refresh_seconds
        self._horizon = horizon_days
        self._generation: Generation | None = None
        self._progress = Progress()
        self._ready = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._settled: dict[str, Instant] = {}  # sort keys of changes that need no second look
        self._revs: dict[PairDayKey, str] = {}  # of days seen in changes not yet settled
        self._swept: Instant = ""

    @property
    def generation(self) -> Generation:
        """The newest generation; Unavailable until the first is loaded."""
        if self._generation is None:
            raise Unavailable("the read model is still loading")
        return self._generation

    @property
    def loaded(self) -> bool:
        """Whether there is a generation."""
        return self._generation is not None

    @property
    def progress(self) -> Progress:
        """How far the load is."""
        return self._progress

    def wait_loaded(self, timeout: float | None = None) -> bool:
        """Wait for the first generation; whether it is there."""
        return self._ready.wait(timeout)

    def load(self, reader: ReadModelReader) -> None:
        """Read everything and put it in place of what there is."""
        started = to_instant(self._clock())
        catalog = reader.catalog()
        currents: dict[tuple[str, str], Current] = {}
        columns = columns_of(())
        names = [cluster.cluster_id for cluster in catalog.clusters]
        for done, cluster_id in enumerate(names):
            self._progress = Progress(done, len(names))
            columns = self._with_cluster(reader, cluster_id, started, currents, columns)
        previous = self._generation.generation if self._generation else 0
        number = max(milliseconds(started), previous + 1)
        self._settled, self._revs, self._swept = {}, {}, started
        self._progress = Progress(len(names), len(names))
        first = day_before(started[:10], self._horizon)
        services = {one.service_id for one in catalog.services} | {service for _, service in currents}
        self._put(with_ledger(make_generation(
            number, started, started, catalog, currents, columns, self._stale_after, first,
            reader.incidents(sorted(services), first),
        )))  # fmt: skip
        log.info("read model loaded", extra={"pairs": len(currents), "days": len(columns.days)})

    def refresh(self, reader: ReadModelReader) -> None:
        """Bring the generation up to date by what CHANGE names; load where there is none or it is too old."""
        started = to_instant(self._clock())
        old = self._generation
        if old is None or seconds_between(old.as_of, started) > RELOAD_AFTER_SEC:
            self.load(reader)
            return
        sweep = seconds_between(self._swept, started) >= SWEEP_SEC
        since = add(old.as_of, -(SWEEP_BACK_SEC if sweep else OVERLAP_SEC))
        since = max(since, add(old.loaded_at, -OVERLAP_SEC))
        seen = reader.changes(since, add(started, OVERLAP_SEC))
        changes = [change for change in seen if change.sk not in self._settled]
        if len(changes) > MAX_NAMED:
            self.load(reader)
            return
        self._put(self._next(reader, old, changes, started))
        self._settle(changes, started)
        self._swept = started if sweep else self._swept

    def start(self, reader: Callable[[], ReadModelReader]) -> None:
        """Start the refreshing thread of this process; `reader` is made in it, with a client of its own."""
        if self._thread is not None and self._thread.is_alive():
            return
        if self._generation is not None:
            _measure(self._generation)  # of this process, whoever loaded it
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, args=(reader,), name="refresher", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Stop the thread and wait for it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout)
            self._thread = None

    def _run(self, make_reader: Callable[[], ReadModelReader]) -> None:
        reader = make_reader()
        while not self._stop.is_set():
            self.try_refresh(reader)
            self._stop.wait(self._interval)

    def try_refresh(self, reader: ReadModelReader) -> bool:
        """One refresh; False (said in log and progress) where it failed and the old generation stays."""
        begun, before = time.perf_counter(), self._generation
        measures.MODEL_FAILURES.touch()
        try:
            self.refresh(reader)
        except Unavailable as error:
            log.warning("read model not refreshed: %s", error)
            self._progress = replace(self._progress, error=str(error))
        except Exception as error:  # the thread must outlive an item it cannot read: data goes stale visibly
            log.exception("read model not refreshed")
            self._progress = replace(self._progress, error=type(error).__name__)
        else:
            self._progress = replace(self._progress, error=None)
            loaded = before is None or self.generation.loaded_at != before.loaded_at
            measures.MODEL_SECONDS.observe(time.perf_counter() - begun, "load" if loaded else "refresh")
            return True
        measures.MODEL_FAILURES.add()
        return False

    @property
    def _stale_after(self) -> float:
        return MISSED_REFRESHES * self._interval + 1

    def _put(self, generation: Generation) -> None:
        generation.columns.prepare()
        self._generation = generation  # one reference: readers see the old state or the new one
        _measure(generation)
        self._ready.set()

    def _with_cluster(
        self,
        reader: ReadModelReader,
        cluster_id: str,
        now: Instant,
        currents: dict[tuple[str, str], Current],
        columns: Columns,
    ) -> Columns:
        """`columns` with a whole cluster read into them; its current states go to `currents`."""
        first = day_before(now[:10], self._horizon)
        found = reader.cluster_currents(cluster_id)
        currents.update({(one.cluster_id, one.service_id): one for one in found})
        days = iter(reader.cluster_days(cluster_id, first))
        while some := list(islice(days, AT_ONCE)):
            columns = columns.replaced({_key(day) for day in some}, some, first)
        return columns

    def _next(self, reader: ReadModelReader, old: Generation, changes: Sequence[Change], now: Instant) -> Generation:
        """The generation after these changes; the same one, newer `as_of`, where nothing really changed."""
        catalog = reader.catalog() if any(change.is_catalog for change in changes) else old.catalog
        currents = dict(old.currents)
        columns = self._new_clusters(reader, old, catalog, now, currents)
        columns, days = self._named_days(reader, changes, now, columns)
        incidents = self._named_incidents(reader, old, changes, now)
        _update(currents, {change.pair for change in changes if change.pair}, reader)
        same = catalog == old.catalog and columns is old.columns and incidents == old.incidents
        if same and _revs(currents) == _revs(old.currents):
            return replace(old, as_of=now)
        newest = max((milliseconds(change.instant) for change in changes), default=0)
        number = max(newest, old.generation + 1)
        made = make_generation(
            number, old.loaded_at, now, catalog, currents, columns, self._stale_after,
            day_before(now[:10], self._horizon), incidents,
        )  # fmt: skip
        return with_ledger(made, old, days)

    def _new_clusters(
        self,
        reader: ReadModelReader,
        old: Generation,
        catalog: Catalog,
        now: Instant,
        currents: dict[tuple[str, str], Current],
    ) -> Columns:
        """The old columns, with the clusters read whole that only the new catalog names."""
        columns, known = old.columns, {cluster.cluster_id for cluster in old.catalog.clusters}
        for cluster in catalog.clusters:
            if cluster.cluster_id not in known:
                columns = self._with_cluster(reader, cluster.cluster_id, now, currents, columns)
        return columns

    def _named_days(
        self, reader: ReadModelReader, changes: Iterable[Change], now: Instant, columns: Columns
    ) -> tuple[Columns, set[PairDayKey]]:
        """The columns with the days these changes name, and which of those differ."""
        first = day_before(now[:10], self._horizon)
        named = {(*change.pair, change.day) for change in changes if change.pair and change.day >= first}
        found = {_key(day): day for day in reader.days(sorted(named))} if named else {}
        changed = {key for key in named if self._differs(key, found.get(key))}
        if not changed:
            return columns, changed
        self._revs.update({key: found[key].rev if key in found else "gone" for key in changed})
        return columns.replaced(changed, [found[key] for key in changed if key in found], first), changed

    def _named_incidents(
        self, reader: ReadModelReader, old: Generation, changes: Iterable[Change], now: Instant
    ) -> Mapping[str, Sequence[Incident]]:
        """The incidents, read again of the services that changes name."""
        services = {change.incident_of for change in changes if change.incident_of}
        if not services:
            return old.incidents
        kept = {service: known for service, known in old.incidents.items() if service not in services}
        return kept | reader.incidents(sorted(services), day_before(now[:10], self._horizon))

    def _differs(self, key: PairDayKey, day: PairDay | None) -> bool:
        return self._revs.get(key) != (day.rev if day else "gone")

    def _settle(self, changes: Iterable[Change], now: Instant) -> None:
        """Remember what needs no second look; forget what no look can find again."""
        self._settled.update(
            {change.sk: change.instant for change in changes if add(change.instant, SETTLED_AFTER_SEC) < now}
        )
        oldest = add(now, -2 * SWEEP_BACK_SEC)
        self._settled = {sk: instant for sk, instant in self._settled.items() if instant >= oldest}
        open_days = {(*c.pair, c.day) for c in changes if c.pair and c.sk not in self._settled}
        self._revs = {key: rev for key, rev in self._revs.items() if key in open_days}


def _measure(generation: Generation) -> None:
    measures.MODEL_CONFIRMED.set(from_instant(generation.as_of).timestamp())
    measures.MODEL_GENERATION.set(generation.generation)


def _key(day: PairDay) -> PairDayKey:
    return day.cluster_id, day.service_id, day.day


def _revs(currents: Mapping[tuple[str, str], Current]) -> dict[tuple[str, str], str]:
    return {pair: current.rev for pair, current in currents.items()}


def _update(currents: dict[tuple[str, str], Current], pairs: set[tuple[str, str]], reader: ReadModelReader) -> None:
    """Put the named pairs' current states in, and take out those that have none any more."""
    if not pairs:
        return
    found = {(one.cluster_id, one.service_id): one for one in reader.currents(sorted(pairs))}
    for pair in pairs - found.keys():
        currents.pop(pair, None)
    currents.update(found)
