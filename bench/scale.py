"""Whether a hundred times the attempts cost a reader anything: latency with 100,000 attempts beside 1,000."""

import itertools
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench import past
from bench.flat_emulator import Missing, flat_emulator
from bench.load import Load, ask, get, sequence
from bench.pages import page_request, page_requests
from bench.processes import gunicorn, tables_on
from bench.report import Row, median_ratio, skipped

GOAL = 1.2
FEW, MANY = 1_000, 100_000
TIMES, DRAWN = 40, 15
CLUSTER, SERVICE = past.CLUSTERS[0].cluster_id, past.SERVICES[0].service_id
PAGES = ("/", "/analytics", "/scorecard", f"/clusters/{CLUSTER}", f"/services/{SERVICE}")
SUMMARIES = ("/api/clusters", "/api/analytics", f"/api/clusters/{CLUSTER}/summary")
LISTS = (f"/api/clusters/{CLUSTER}/attempts?limit=50", f"/api/services/{SERVICE}/attempts?limit=50")


def measure(rounds: int, say: Callable[[str], None], many: int = MANY) -> list[Row]:
    """A row for each page, summary and list; one that says why, where no flat emulator can be had."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            with flat_emulator(Path(scratch)) as endpoint:
                return _measured(endpoint, rounds, say, many)
        except Missing as missing:
            return [skipped(f"latency with {many:,} attempts to {FEW:,}", GOAL, False, str(missing))]


def _measured(endpoint: str, rounds: int, say: Callable[[str], None], many: int) -> list[Row]:
    now = datetime.now(UTC)
    small, large = (tables_on(endpoint, prefix, queues=False) for prefix in ("few-", "many-"))
    for place, count in ((small, FEW), (large, many)):
        say(f"writing {count:,} attempts")
        past.write(place, past.attempts(count, now), facts=True)
    # Within the measurement nothing is written: a refresh then costs both processes the same two Queries.
    with gunicorn(large.environment()) as ours, gunicorn(small.environment()) as limit:
        both = ours, limit
        asked = [(f"GET {path}", [_always(get(path))] * 2) for path in (*SUMMARIES, *LISTS)]
        asked += [(f"page {path}", [_always(page_request(port, path)) for port in both]) for path in PAGES]
        asked += [(f"page {path} drawn anew", [_anew(port, path) for port in both]) for path in PAGES]
        return [_row(f"{name}, {many:,} attempts to {FEW:,}", both, requests, rounds) for name, requests in asked]


Requests = Callable[[], Sequence[bytes]]  # those of one round


def _always(request: bytes) -> Requests:
    return lambda: [request] * TIMES


def _anew(port: int, path: str) -> Requests:
    """Questions nobody asked before, so that nothing kept of an earlier one answers them."""
    numbers = itertools.count()
    return lambda: page_requests(port, path, [f"?new={next(numbers)}" for _ in range(DRAWN)])


def _row(name: str, ports: tuple[int, int], both: Sequence[Requests], rounds: int) -> Row:
    places = list(zip(ports, both, strict=True))
    for port, requests in places:
        status, _ = ask(port, requests()[0])
        if status != 200:
            raise RuntimeError(f"{name} answered {status}")
    pairs = [[_typical(sequence(port, requests())) for port, requests in places] for _ in range(rounds + 1)][1:]
    mine, beside = [one for one, _ in pairs], [one for _, one in pairs]
    return Row(
        name, f"{median(mine) * 1000:.2f} ms", f"{median(beside) * 1000:.2f} ms", median_ratio(mine, beside), GOAL,
        at_least=False,
    )  # fmt: skip


def _typical(load: Load) -> float:
    if load.failures:
        raise RuntimeError(f"{len(load.failures)} requests failed: {load.failures[:3]}")
    return median(load.seconds)
