"""A million attempts in 90 days: every summary afresh for a new generation beside a thousand's, and memory.

Before each question an attempt is written as the worker writes it, and the web process has taken it in; the answer
is the first one of that generation. Memory is what a worker process has of its own and its share of what it shares
with the others (PSS), after all these questions.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import orjson

from bench import long_past, past
from bench.flat_emulator import Missing, flat_emulator
from bench.load import Connection, ask_on, connections, get
from bench.long_past import CATALOG
from bench.pages import page_request
from bench.processes import OUR_APP, OUR_CONF, Place, end, start_gunicorn, tables_on, wait_for
from bench.report import Row, median_ratio, skipped
from data import codec, keys
from data.current import fold_current, from_current
from data.days import day_items, fold_day
from data.instants import epoch, to_instant
from data.models import Attempt
from embedded.emulator import free_port

GOAL = 1.5
FEW, SOME, MANY = 1_000, 100_000, 1_000_000
MIB_OF = {SOME: 160, MANY: 220}
LOAD_SECONDS = 900.0
FOLLOWED_SECONDS = 30.0
CLUSTER, SERVICE, TEAM = CATALOG.clusters[0].cluster_id, CATALOG.services[0].service_id, CATALOG.services[0].team
# One line an address: add what is answered from the attempts of a range. `{…}` are filled in by `addresses`.
ADDRESSES = (
    "/api/analytics?from={day14}&to={today}",
    "/api/analytics?from={day90}&to={today}",
    "/api/analytics?from={day90}&to={today}&serviceId={service}",
    "/api/analytics?from={day90}&to={today}&clusterId={cluster}",
    "/api/analytics?from={day90}&to={today}&team={team}",
    "/api/analytics?grain=hour",
    "/api/metrics/dora?from={day90}&to={today}",
    "/api/metrics/dora?from={day90}&to={today}&serviceId={service}",
    "/api/metrics/dora/ledger?from={day90}&to={today}",
    "/api/quality?from={day90}&to={today}",
    "/api/quality/flakes?from={day90}&to={today}",
    "/api/gates/effectiveness?from={day90}&to={today}",
    "/api/gates/backtest?from={day90}&to={today}",
    "/api/scorecards",
    "/api/promotions/convergence",
    "/api/promotions/debt",
    "/api/clusters",
    "/api/clusters/{cluster}/summary?from={day90}&to={today}",
    "/api/services/{service}?from={day90}&to={today}",
)
PAGES = ("/analytics", "/delivery", "/quality", "/scorecard")
GENERATION = get("/api/generation", gzip=False)


def measure(rounds: int, say: Callable[[str], None]) -> list[Row]:
    """A row for each address and page, and for memory; one that says why, where no flat emulator can be had."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            with flat_emulator(Path(scratch)) as endpoint:
                return _measured(endpoint, rounds, say)
        except Missing as missing:
            return [skipped(f"a new generation of {MANY:,} attempts to one of {FEW:,}", GOAL, False, str(missing))]


def _measured(endpoint: str, rounds: int, say: Callable[[str], None]) -> list[Row]:
    now = datetime.now(UTC)
    places = {count: tables_on(endpoint, f"of-{count}-", queues=False) for count in (FEW, SOME, MANY)}
    for count, place in places.items():
        say(f"writing the read model of {count:,} attempts")
        long_past.write(place, count, now)
    say(f"asking of {SOME:,} attempts")
    with _served(places[SOME], SOME, now) as some:
        for path in asked(now):
            some.afresh(get(path))
        rows = [_memory(some)]
    with ExitStack() as both:
        # the one that loads for minutes first: a connection that nobody uses for so long is closed
        many, few = (both.enter_context(_served(places[count], count, now)) for count in (MANY, FEW))
        for path in asked(now):
            say(f"asking for {path}")
            rows += _rows(f"GET {path.split('?')[0]}{_shown(path)}", many, few, [get(path)] * 2, rounds)
        for path in PAGES:
            say(f"asking for page {path}")
            rows += _rows(f"page {path}", many, few, [page_request(one.port, path) for one in (many, few)], rounds)
        return [*rows, _memory(many)]


def asked(now: datetime) -> list[str]:
    """Every address with its days, names filled in."""
    days = {f"day{back}": to_instant(now - timedelta(days=back - 1))[:10] for back in (14, 90)}
    return [
        one.format(
            **days, today=to_instant(now)[:10], cluster=CLUSTER, service=SERVICE, team=TEAM.replace(" ", "%20")
        )
        for one in ADDRESSES
    ]


def _shown(path: str) -> str:
    """What of a query tells rows apart in the table."""
    names = [one for one in path.partition("?")[2].split("&") if one and not one.startswith("to=")]
    return f" {' '.join(names)}" if names else ""


@dataclass(slots=True)
class Served:
    """A web process, one connection to one of its workers, and the attempts of the pair that changes."""

    place: Place
    count: int
    port: int
    pid: int
    connection: Connection
    attempts: list[Attempt] = field(default_factory=list)

    def afresh(self, request: bytes) -> float:
        """Seconds of the first such answer of a generation that has one attempt more."""
        self._change()
        begun = time.perf_counter()
        status, _ = ask_on(self.connection, request)
        took = time.perf_counter() - begun
        if status != 200:
            raise RuntimeError(f"answered {status}")
        return took

    def _change(self) -> None:
        """Write an attempt as the worker does, and wait until this process answers with it."""
        moment = datetime.now(UTC)
        now, number = to_instant(moment), self._generation()
        pair = CLUSTER, SERVICE
        self.attempts.append(long_past.attempt(0, SERVICE, len(self.attempts), moment, str(epoch(now))))
        by_day: dict[str, list[Attempt]] = {}
        for one in self.attempts:
            by_day.setdefault(keys.day_of(one.started_at), []).append(one)
        days = [fold_day(*pair, day, found) for day, found in by_day.items()]
        current = fold_current(*pair, days)
        if current is None:
            raise RuntimeError("a pair with attempts has no state")
        change = {
            "pk": codec.text(keys.change_pk(now[:16])),
            "sk": codec.text(f"{now}#{CLUSTER}#{SERVICE}#{now[:10]}"),
        }
        client = self.place.client()
        last = max(days, key=lambda one: one.day)
        past.put(client, self.place.tables.read_model, [*day_items(last), from_current(current)])
        past.put(client, self.place.tables.read_model, [change])
        client.close()
        deadline = time.monotonic() + FOLLOWED_SECONDS
        while self._generation() == number:
            if time.monotonic() > deadline:
                raise RuntimeError("the web process did not follow")
            time.sleep(0.05)

    def _generation(self) -> int:
        return int(orjson.loads(ask_on(self.connection, GENERATION)[1])["generation"])

    def workers_pss(self) -> list[float]:
        """MiB of each worker process, what it shares counted by its share."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [_pss(int(child)) for child in children]


def _pss(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@contextmanager
def _served(place: Place, count: int, now: datetime) -> Iterator[Served]:
    """A web process as in production, followed closely."""
    port = free_port()
    environment = place.environment(PORT=str(port), REFRESH_SECONDS="0.5", WEB_WORKERS="2")
    process = start_gunicorn(environment, OUR_APP, OUR_CONF)
    try:
        wait_for(port, "/readyz", process, LOAD_SECONDS)
        with connections(port, 1) as [one]:
            one.socket.settimeout(LOAD_SECONDS)  # what is asked of a million for the first time takes its time
            mine = long_past.attempts(0, count // len(CATALOG.clusters), now)
            yield Served(place, count, port, process.pid, one, [a for a in mine if a.service_id == SERVICE])
    finally:
        end(process)


def _rows(name: str, many: Served, few: Served, requests: Sequence[bytes], rounds: int) -> list[Row]:
    """Of an address: the first time anybody asks, for information, and every further generation."""
    first = [side.afresh(request) for side, request in zip((many, few), requests, strict=True)]
    pairs = [
        [side.afresh(request) for side, request in zip((many, few), requests, strict=True)] for _ in range(2 * rounds)
    ]
    mine, beside = [one for one, _ in pairs], [one for _, one in pairs]
    sizes = f"{many.count:,} attempts to {few.count:,}"
    return [
        _row(f"{name}, asked for the first time, {sizes}", first[:1], first[1:], None),
        _row(f"{name}, a new generation, {sizes}", mine, beside, GOAL),
    ]


def _row(name: str, ours: Sequence[float], beside: Sequence[float], goal: float | None) -> Row:
    return Row(
        name, f"{median(ours) * 1000:.1f} ms", f"{median(beside) * 1000:.1f} ms", median_ratio(ours, beside), goal,
        at_least=False,
    )  # fmt: skip


def _memory(served: Served) -> Row:
    most, limit = max(served.workers_pss()), MIB_OF[served.count]
    name = f"memory (PSS) of a web process, {served.count:,} attempts"
    return Row(name, f"{most:.0f} MiB", f"{limit} MiB", most / limit, 1.0, at_least=False)
