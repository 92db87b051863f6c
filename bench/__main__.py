"""`python -m bench`: measure everything, each figure beside its limit in the same run, and print the table."""

import argparse
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import (
    callback_cpu,
    cold_start,
    intake_rate,
    million,
    past,
    read_rate,
    rendering,
    scale,
    wide_overview,
    worker_rate,
)
from bench.processes import Place, tables_on
from bench.report import Row, table
from embedded import emulator
from settings import process_environment

PAST = 10_000
KINDS = ("api", "callbacks", "scale", "wide", "browser", "worker", "intake", "start", "million")
ON_REQUEST = {"million"}  # takes a quarter of an hour


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; exit 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the dashboard.")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)} (default: all but million)")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds of each figure (default 5)")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.kinds) - set(KINDS):
        parser.error(f"there is no {', '.join(sorted(unknown))}: choose among {', '.join(KINDS)}")
    rows = list(measured(chosen.kinds or [one for one in KINDS if one not in ON_REQUEST], chosen.rounds))
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    print(f"\n{when}, Python {platform.python_version()}, medians of {chosen.rounds} rounds\n")
    print(table(rows))
    return 1 if any(row.met is False for row in rows) else 0


def measured(kinds: Sequence[str], rounds: int) -> Iterator[Row]:
    """Every row of these kinds."""
    with tempfile.TemporaryDirectory() as scratch:
        if set(kinds) - {"scale", "million"}:
            with emulator.running(process_environment(), Path(scratch)) as endpoint:
                if set(kinds) - {"scale", "million", "wide"}:
                    yield from _on_embedded(kinds, rounds, tables_on(endpoint, "bench-"))
                if "wide" in kinds:
                    say("the overview of many services on many cluster-regions")
                    yield from wide_overview.measure(tables_on(endpoint, "wide-", queues=False), rounds)
        if "scale" in kinds:
            say("latency and the number of attempts")
            yield from scale.measure(rounds, say)
        if "million" in kinds:
            say("a million attempts")
            yield from million.measure(rounds, say)


def _on_embedded(kinds: Sequence[str], rounds: int, place: Place) -> Iterator[Row]:
    say(f"writing {PAST:,} attempts")
    past.write(place, past.attempts(PAST, datetime.now(UTC)), facts=False)
    steps: dict[str, tuple[str, Callable[[], list[Row]]]] = {
        "api": ("rate of the read API", lambda: read_rate.measure(place, rounds)),
        "callbacks": ("CPU of page callbacks", lambda: callback_cpu.measure(place, rounds)),
        "browser": ("pages in a browser", lambda: rendering.measure(place, rounds)),
        "intake": ("rate of the intake", lambda: [intake_rate.measure(place, rounds)]),
        "start": ("first visitors after a start", lambda: [cold_start.measure(place)]),
        "worker": ("rate of the worker", lambda: [worker_rate.measure(place, rounds)]),
    }
    for kind, (words, measure) in steps.items():
        if kind in kinds:
            say(words)
            yield from measure()


def say(what: str) -> None:
    """Progress, apart from the table."""
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
