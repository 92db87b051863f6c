"""What is worked out of all attempts of a service, pair by pair: news of a pair cost as much as that pair.

What a fact says of an attempt follows from the attempts of its pair alone, so a service's facts are those of the
pairs to which nothing happened, and those of the others worked out anew.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import pandas as pd

from data import flake_tax, flaky, gate_cases
from data.generation import Generation
from data.models import EVERYTHING
from data.service_parts import NO_PAIRS, pair_marks

EVER = 1 << 62  # epoch milliseconds no attempt reaches


@dataclass(frozen=True, slots=True)
class Facts:
    """`work` makes rows, each with its `cluster` and `started`, of attempts that are oldest first."""

    name: str
    work: Callable[[pd.DataFrame], pd.DataFrame]
    columns: Collection[str]


RETRIES = Facts("retries", flake_tax.retries, flake_tax.COLUMNS)
FAILURES = Facts("failures", gate_cases.failures, gate_cases.COLUMNS)
TURNS = Facts("turns", gate_cases.turns, gate_cases.TURN_COLUMNS)
UNTOLD = Facts("untold", flaky.untold, flaky.UNTOLD_COLUMNS)


def facts_of(gen: Generation, facts: Facts, service_id: str) -> pd.DataFrame:
    """The facts of a service, in no order that can be relied on."""
    kept = gen.columns.derived.parts.of(("facts", facts.name))
    marks = pair_marks(gen).get(service_id, NO_PAIRS)
    held = kept.held(service_id)
    if held is None:
        return kept.keep(service_id, marks, _worked_out(gen, facts, service_id, None))
    before: dict[str, int] = held[0]
    found: pd.DataFrame = held[1]
    changed = [cluster_id for cluster_id, mark in marks.items() if before.get(cluster_id) != mark]
    if not changed:
        return found
    fresh = _worked_out(gen, facts, service_id, changed)
    left = found[~found["cluster"].isin(changed)]
    parts = [part for part in (left, fresh) if len(part)]
    joined = pd.concat(parts, ignore_index=True) if len(parts) > 1 else (parts or [fresh])[0]
    return kept.keep(service_id, marks, joined)


def _worked_out(gen: Generation, facts: Facts, service_id: str, cluster_ids: Collection[str] | None) -> pd.DataFrame:
    columns = facts.columns
    return facts.work(
        gen.attempts.frame(EVERYTHING, 0, EVER, cluster_ids=cluster_ids, service_ids=(service_id,), columns=columns)
    )
