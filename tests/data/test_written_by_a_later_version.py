"""While one version of ours follows another, both read what either wrote: what is not known yet is passed over."""

from dataclasses import replace

import orjson

from data import codec
from data.current import fold_current, from_current, to_current
from data.days import day_items, fold_day, to_pair_day
from data.models import Commit, FailedTest
from tests.read_model import MIRA, attempt, gate

ATTEMPT = attempt(
    "2026-02-24T10:00:00Z",
    gates=(replace(gate("FUNCTIONAL"), runs=2, turned=True),),
    commits=(Commit("a1b2c3d4", None),),
)
DAY = fold_day(MIRA, "authn", "2026-02-24", [ATTEMPT])
LATER = ["of a later version", 1]


def extended(text: str) -> str:
    """JSON in which every list of values, and every object, has more in it."""
    return orjson.dumps(_extended(orjson.loads(text))).decode()


def _extended(value):
    if isinstance(value, dict):
        return {name: _extended(one) for name, one in value.items()} | {"later": LATER}
    if isinstance(value, list) and value and not isinstance(value[0], list | dict):
        return [*value, *LATER]
    return [_extended(one) for one in value] if isinstance(value, list) else value


def test_a_day():
    [item] = day_items(DAY)
    for name in ("summary", "rows"):
        item[name]["S"] = extended(item[name]["S"])
    read = to_pair_day(item)
    assert (read.rows, read.suites) == (DAY.rows, DAY.suites)


def test_a_current_state():
    current = fold_current(MIRA, "authn", [DAY])
    assert current is not None
    item = from_current(current)
    body = orjson.loads(item["body"]["S"])
    kept = {name: body[name] for name in ("exempt", "unsettled")}
    item["body"]["S"] = orjson.dumps(_extended(body) | kept).decode()
    assert to_current(item) == current


def test_lists_within_items():
    gates, commits = ATTEMPT.gates, ATTEMPT.commits
    failed = (FailedTest("name", "message", 1.5),)
    assert codec.to_gates(_extended(codec.gate_list([*gates, gates[0]]))) == (*gates, gates[0])
    assert codec.to_commits(_extended(codec.commit_list(commits))) == commits
    assert codec.to_failed(_extended(codec.failed_list(failed))) == failed
