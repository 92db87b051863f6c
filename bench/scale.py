"""Whether a hundred times the attempts cost a reader anything: latency with 100,000 attempts beside 1,000."""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench import past
from bench.flat_emulator import Missing, flat_emulator
from bench.load import Load, ask, get, sequence
from bench.pages import page_request
from bench.processes import gunicorn, tables_on
from bench.report import Row, median_ratio, skipped

GOAL = 1.2
FEW, MANY = 1_000, 100_000
TIMES = 40
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
        asked = [(f"page {path}", page_request(ours, path), page_request(limit, path)) for path in PAGES]
        asked += [(f"GET {path}", get(path), get(path)) for path in (*SUMMARIES, *LISTS)]
        return [_row(name, (ours, request), (limit, beside), rounds) for name, request, beside in asked]


def _row(name: str, ours: tuple[int, bytes], limit: tuple[int, bytes], rounds: int) -> Row:
    for port, request in (ours, limit):
        status, _ = ask(port, request)
        if status != 200:
            raise RuntimeError(f"{name} answered {status}")
        sequence(port, request, TIMES)
    pairs = [(_typical(sequence(*ours, TIMES)), _typical(sequence(*limit, TIMES))) for _ in range(rounds)]
    mine, beside = [one for one, _ in pairs], [one for _, one in pairs]
    return Row(
        f"{name}, {MANY:,} attempts to {FEW:,}", f"{median(mine) * 1000:.2f} ms", f"{median(beside) * 1000:.2f} ms",
        median_ratio(mine, beside), GOAL, at_least=False,
    )  # fmt: skip


def _typical(load: Load) -> float:
    if load.failures:
        raise RuntimeError(f"{len(load.failures)} requests failed: {load.failures[:3]}")
    return median(load.seconds)
