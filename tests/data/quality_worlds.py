"""Small worlds of attempts for the tests of retries and gates: a few builds, places and outcomes, in any order."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from data.columns import columns_of
from data.folds import as_gate
from data.models import EVERYTHING, Attempt, Gate, Status, TestRun, Verdict
from tests.read_model import AQUILA, MIRA, PAVO, attempt, pair_days

FOREVER = 4_000_000_000_000
FAILED: dict[str, Any] = {"status": Status.FAILED}
OUTCOMES: tuple[dict[str, Any], ...] = (
    {}, FAILED, {"status": Status.LIVE}, {"status": Status.ROLLBACK}, {"status": Status.IN_PROGRESS},
    {"status": Status.FAILED, "cancelled": True},
)  # fmt: skip
RUNS = st.lists(st.sampled_from(Verdict), max_size=3)
SUITES = ("FUNCTIONAL", "SANITY")


def tried(hour: int, **changes: Any) -> Attempt:
    """An attempt so many hours into February."""
    return attempt(f"2026-02-{2 + hour // 24:02}T{hour % 24:02}:00:00Z", **changes)


def word(suite: str, verdict: Verdict | None) -> tuple[Gate, ...]:
    """What one suite says, without counts; None: nothing."""
    return () if verdict is None else (Gate(suite, verdict),)


def judged(suite: str, verdicts: Sequence[Verdict]) -> tuple[Gate, ...]:
    """The gate of runs of a suite that said this, one after the other."""
    runs = [TestRun("", suite, str(place), verdict, None, None, None, None) for place, verdict in enumerate(verdicts)]
    return (as_gate(runs[-1], runs),) if runs else ()


@st.composite
def worlds(draw: st.DrawFn, clusters: tuple[str, ...] = (MIRA, PAVO, AQUILA)) -> list[Attempt]:
    """Up to sixteen attempts at different hours."""
    hours = draw(st.lists(st.integers(0, 200), unique=True, max_size=16))
    return [
        tried(
            hour, cluster_id=draw(st.sampled_from(clusters)), service_id=draw(st.sampled_from(("authn", "billing"))),
            build_version=draw(st.sampled_from(("1.0.0", "1.1.0", "1.2.0"))),
            gates=tuple(gate for suite in SUITES for gate in judged(suite, draw(RUNS))),
            **draw(st.sampled_from(OUTCOMES)),
        )
        for hour in hours
    ]  # fmt: skip


def frame(attempts: list[Attempt]) -> pd.DataFrame:
    """All of them, as the columns hold them."""
    return columns_of(pair_days(attempts)).attempts.frame(EVERYTHING, 0, FOREVER)


def pairs(attempts: list[Attempt]) -> list[list[Attempt]]:
    """Each pair's attempts, oldest first."""
    found: dict[tuple[str, str], list[Attempt]] = {}
    for one in sorted(attempts, key=lambda one: one.started_at):
        found.setdefault(one.pair, []).append(one)
    return list(found.values())
