"""How many summaries a second, beside a route that answers the same bytes and does nothing else."""

import tempfile
from pathlib import Path
from statistics import median

from bench.load import Load, ask, get, hold
from bench.processes import Place, gunicorn
from bench.report import Row, median_ratio

GOAL = 0.5
PATHS = ("/api/clusters", "/api/analytics")
SECONDS = 2.0
BARE = get("/bare")


def measure(place: Place, rounds: int) -> list[Row]:
    """A row for each path."""
    with gunicorn(place.environment()) as ours, tempfile.TemporaryDirectory() as scratch:
        return [_row(place, ours, path, Path(scratch), rounds) for path in PATHS]


def _row(place: Place, ours: int, path: str, scratch: Path, rounds: int) -> Row:
    prepared = scratch / "answer"
    prepared.write_bytes(b"gzip\n" + ask(ours, get(path))[1])
    app = f"bench.bare:create_server('{prepared}')"
    with gunicorn(place.environment(), app, "bench/gunicorn_bare.py", "/bare") as bare:
        hold(ours, get(path), 1)
        hold(bare, BARE, 1)
        pairs = [(_good(hold(ours, get(path), SECONDS)), _good(hold(bare, BARE, SECONDS))) for _ in range(rounds)]
    mine, limit = [one.rate for one, _ in pairs], [one.rate for _, one in pairs]
    size = prepared.stat().st_size - 5
    return Row(
        f"GET {path} ({size:,} bytes on the wire)", f"{median(mine):,.0f}/s", f"bare route {median(limit):,.0f}/s",
        median_ratio(mine, limit), GOAL, at_least=True,
    )  # fmt: skip


def _good(load: Load) -> Load:
    if load.failures:
        raise RuntimeError(f"{len(load.failures)} requests failed: {load.failures[:3]}")
    return load
