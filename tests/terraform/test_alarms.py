"""K07: the alarms Terraform makes, fed with measurements: they fire and clear as chapter 11 says, "no data" included.

A small CloudWatch: one value a metric and period, None where there is none; of the expressions those the alarms use.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from embedded.emulator import ROOT
from tests.terraform.modules import MODULES
from tests.terraform.policies import PLACE

TEMPLATES = MODULES / "monitoring" / "templates"
PLACES = {
    "queue_name": "dashboard-ingest", "dlq_name": "dashboard-ingest-dlq", "metrics_namespace": "DeployDashboard",
    "api_name": "dashboard", "api_stage": "live", "cluster_name": "c", "namespace": "deploy-dashboard",
}  # fmt: skip
OK, ALARM = "OK", "ALARM"
Value = float | None


def alarms() -> list[dict[str, Any]]:
    text = (TEMPLATES / "alarms.json.tftpl").read_text()
    return list(json.loads(PLACE.sub(lambda found: PLACES[found[1]], text)))


def alarm(name: str, when: str = "always") -> dict[str, Any]:
    (found,) = (one for one in alarms() if one["name"] == name and (one["when"] == when or when == "any"))
    return found


def worked_out(expression: str | None, values: Mapping[str, Sequence[Value]]) -> list[Value]:
    """The series an alarm looks at."""
    if expression is None:
        return list(values["m"])
    if expression == "IF(requests > 0, errors / requests, 0)":
        pairs = zip(values["requests"], values["errors"], strict=True)
        return [None if r is None or e is None else (e / r if r > 0 else 0.0) for r, e in pairs]
    if expression == "MAX([DIFF(web), DIFF(worker), DIFF(watcher)])":
        rows = [[None, *_differences(values[name])] for name in ("web", "worker", "watcher")]
        return [max((one for one in row if one is not None), default=None) for row in zip(*rows, strict=True)]
    raise AssertionError(f"no such expression is known here: {expression}")


def _differences(series: Sequence[Value]) -> list[Value]:
    pairs = zip(series, series[1:], strict=False)
    return [None if a is None or b is None else b - a for a, b in pairs]


def state(one: Mapping[str, Any], values: Mapping[str, Sequence[Value]]) -> str:
    """After the last of these periods."""
    over = {
        "GreaterThanThreshold": lambda v: v > one["threshold"],
        "LessThanThreshold": lambda v: v < one["threshold"],
    }[one["comparison"]]
    missing = {"notBreaching": False, "breaching": True}[one["missing"]]
    last = worked_out(one["expression"], values)[-one["periods"] :]
    assert len(last) == one["periods"], "too few periods were given"
    return ALARM if all(missing if value is None else over(value) for value in last) else OK


CASES: list[tuple[str, str, list[Value], list[Value]]] = [
    # name, which variant, measurements at which it fires, measurements at which it is quiet
    ("dlq-has-messages", "always", [1], [0]),
    ("dlq-oldest-message", "always", [86_401], [86_400]),
    ("queue-depth", "always", [101] * 5, [900, 101, 101, 101, 100]),
    ("queue-depth-high", "always", [501] * 10, [*[501.0] * 9, 500]),
    ("queue-oldest-message", "always", [901], [900]),
    ("api-latency", "api", [2_001, 2_001], [2_001, 2_000]),
    ("api-latency", "no-api", [2_001, 2_001], [None, 2_001]),
    ("api-error-rate", "api", [0.011] * 3, [0.011, 0.011, 0.01]),
    ("api-error-spike", "api", [0.051] * 5, [0.051, 0.051, 0.05, 0.051, 0.051]),
    ("worker-silent", "always", [None] * 5, [*[None] * 4, 1]),
    ("read-model-stale", "always", [121] * 3, [121, 121, 120]),
]


@pytest.mark.parametrize(("name", "when", "firing", "quiet"), CASES)
def test_it_fires_and_clears(name: str, when: str, firing: list[Value], quiet: list[Value]) -> None:
    one = alarm(name, when)
    assert state(one, {"m": firing}) == ALARM
    assert state(one, {"m": quiet}) == OK
    assert state(one, {"m": [*firing, *quiet]}) == OK
    assert state(one, {"m": [*quiet, *firing]}) == ALARM


@pytest.mark.parametrize("name", ["api-error-rate", "api-error-spike"])
def test_without_a_gateway_the_pods_own_counts_make_the_rate(name: str) -> None:
    one = alarm(name, "no-api")
    periods = one["periods"]
    over, threshold = [1000.0] * periods, one["threshold"]
    assert state(one, {"requests": over, "errors": [1000 * threshold + 1] * periods}) == ALARM
    assert state(one, {"requests": over, "errors": [1000 * threshold] * periods}) == OK
    assert state(one, {"requests": [0.0] * periods, "errors": [0.0] * periods}) == OK


def test_a_container_that_starts_anew_three_times_in_five_minutes_fires() -> None:
    one = alarm("pod-restarts", "container-insights")
    calm: list[Value] = [4, 4]
    none: list[Value] = [None, None]
    assert state(one, {"web": [4, 7], "worker": calm, "watcher": none}) == ALARM
    assert state(one, {"web": [4, 6], "worker": calm, "watcher": none}) == OK
    assert state(one, {"web": [7, 0], "worker": calm, "watcher": none}) == OK  # another pod: it counts anew


def test_no_data_fires_only_where_silence_is_the_trouble() -> None:
    silent = set()
    for one in alarms():
        series: list[Value] = [None] * (one["periods"] + 1)
        if state(one, dict.fromkeys(one["metrics"], series)) == ALARM:
            silent.add(one["name"])
    assert silent == {"worker-silent", "read-model-stale"}


def test_every_alarm_has_its_section_in_the_runbook() -> None:
    runbook = ROOT / "docs" / "runbook.md"
    if not runbook.exists():
        pytest.skip("docs/runbook.md is not written yet")
    sections = {
        line.removeprefix("## ").strip() for line in runbook.read_text().splitlines() if line.startswith("## ")
    }
    assert {one["name"] for one in alarms()} | {"dynamodb-throttles"} <= {one.strip("`") for one in sections}


def test_by_the_gateway_or_by_the_pods_but_never_both() -> None:
    named = [(one["name"], one["when"]) for one in alarms()]
    assert len(named) == len(set(named))
    doubled = {name for name, when in named if when == "no-api"}
    assert doubled == {name for name, when in named if when == "api"}
