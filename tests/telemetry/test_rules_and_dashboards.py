"""Alarm rules and dashboards speak only of what is measured, and each alarm leads to its section of the runbook."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from telemetry import emf, measures
from telemetry.measuring import DECLARED

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = ROOT / "helm" / "deploy-dashboard" / "files"
RULES = FILES / "prometheus-rules.yaml"
CONTRACT = {
    "dlq-has-messages", "api-error-spike", "api-latency", "api-error-rate", "queue-depth", "queue-depth-high",
    "queue-oldest-message", "dlq-oldest-message", "dynamodb-throttles", "pod-restarts", "worker-silent",
    "read-model-stale",
}  # fmt: skip
OF_CLOUDWATCH_ALONE = {"dlq-oldest-message"}
OF_OTHERS = {"kube_pod_container_status_restarts_total"}  # kube-state-metrics
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}
METRIC = re.compile(r"\b((?:dashboard|kube)_[a-z_]+)(\{[^}]*\})?")
LABEL = re.compile(r'([a-z_]+)\s*(?:=~|!~|!=|=)\s*"')


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def boards() -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text()) for path in sorted((FILES / "grafana").glob("*.json"))}


def targets(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (target for panel in board["panels"] for target in panel["targets"])


def exposed() -> dict[str, tuple[str, ...]]:
    """Each name Prometheus can ask for, with its labels."""
    return {
        measure.name + suffix: (*measure.labels, *(("le",) if suffix == "_bucket" else ()))
        for measure in DECLARED.values()
        for suffix in SUFFIXES[measure.kind]
    }


def unknown(expression: str) -> list[str]:
    """What an expression names that nobody measures: metrics, and labels they do not have."""
    known, wrong = exposed(), []
    for name, selector in METRIC.findall(expression):
        if name in OF_OTHERS:
            continue
        wrong += [name] if name not in known else []
        wrong += [f"{name}.{label}" for label in LABEL.findall(selector) if label not in known.get(name, ())]
    if expression.count("(") != expression.count(")") or expression.count("{") != expression.count("}"):
        wrong.append("brackets")
    return wrong


def test_every_alarm_of_prometheus_speaks_of_what_is_measured() -> None:
    assert {rule["alert"]: unknown(rule["expr"]) for rule in rules()} == {rule["alert"]: [] for rule in rules()}


def test_the_checker_finds_what_is_not_measured() -> None:
    assert unknown('sum(dashboard_nothing{route="x"})') == ["dashboard_nothing", "dashboard_nothing.route"]
    assert unknown('dashboard_queue_messages{colour="x"}') == ["dashboard_queue_messages.colour"]
    assert unknown("sum(dashboard_worker_events_total") == ["brackets"]


def test_the_alarms_are_those_that_were_agreed_and_each_has_its_section() -> None:
    names = [rule["alert"] for rule in rules()]
    assert sorted(names) == sorted(CONTRACT - OF_CLOUDWATCH_ALONE)
    sections = re.findall(r"(?m)^## (.+)$", (ROOT / "docs" / "runbook.md").read_text())
    assert sorted(CONTRACT - set(sections)) == []
    for rule in rules():
        said = rule["annotations"]
        assert said["runbook_url"] == f"docs/runbook.md#{rule['alert']}"
        assert said["summary"].endswith(".")
        assert rule["labels"]["severity"] in ("warning", "critical")


@pytest.mark.parametrize("name", sorted(boards()))
def test_a_dashboard_can_be_imported_and_each_panel_asks_something(name: str) -> None:
    board = boards()[name]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
    assert len(set(places)) == len(places) > 5
    assert len({panel["id"] for panel in board["panels"]}) == len(places)
    assert all(panel["targets"] and panel["fieldConfig"]["defaults"]["unit"] for panel in board["panels"])
    assert {panel["datasource"]["uid"] for panel in board["panels"]} == {"${datasource}"}


def test_the_dashboard_of_prometheus_speaks_of_what_is_measured_and_leaves_little_out() -> None:
    asked = [target["expr"] for target in targets(boards()["deploy-dashboard-prometheus"])]
    assert [wrong for one in asked for wrong in unknown(one.replace("$__rate_interval", "5m"))] == []
    named = {name for one in asked for name, _ in METRIC.findall(one)}
    shown = {m.name for m in DECLARED.values() if any(m.name + suffix in named for suffix in SUFFIXES[m.kind])}
    assert DECLARED.keys() - shown == {measures.MODEL_GENERATION.name}


def test_the_dashboard_of_cloudwatch_speaks_of_what_is_reported() -> None:
    reported = {"web": emf.of_web(lambda: 1.0)(), "worker": emf.of_worker(lambda: 1.0)()}
    ours = [one for one in targets(boards()["deploy-dashboard-cloudwatch"]) if one["namespace"] == "$namespace"]
    assert [
        one["metricName"] for one in ours if one["metricName"] not in reported[one["dimensions"]["Service"][0]]
    ] == []
    named = {(one["dimensions"]["Service"][0], one["metricName"]) for one in ours}
    assert named == {(service, name) for service, values in reported.items() for name in values}


def test_the_document_lists_every_measure_with_its_labels() -> None:
    text = (ROOT / "docs" / "observability.md").read_text()
    rows = re.findall(r"(?m)^\| `(dashboard_[a-z_]+)` \| (\w+) \| ([^|]*) \|", text)
    said = {name: (kind, tuple(re.findall(r"`([a-z_]+)`", labels))) for name, kind, labels in rows}
    assert said == {measure.name: (measure.kind, measure.labels) for measure in DECLARED.values()}


UNIT_TESTS = """
rule_files: [{rules}]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {{series: 'dashboard_queue_messages{{queue="dlq",state="waiting"}}', values: '0x5 1x5 0x10'}}
      - {{series: 'dashboard_worker_loop_age_seconds', values: '1x10 200x10'}}
      - {{series: 'dashboard_read_model_confirmed_timestamp_seconds', values: '0+60x10 600x10'}}
      - {{series: 'dashboard_http_requests_total{{route="/api/clusters",status="200"}}', values: '0+94x20'}}
      - {{series: 'dashboard_http_requests_total{{route="/api/clusters",status="503"}}', values: '0+6x20'}}
      - {{series: 'dashboard_http_requests_total{{route="/readyz",status="503"}}', values: '0+900x20'}}
    alert_rule_test:
      - {{eval_time: 4m, alertname: dlq-has-messages}}
      - eval_time: 7m
        alertname: dlq-has-messages
        exp_alerts: [{dlq}]
      - {{eval_time: 12m, alertname: dlq-has-messages}}
      - {{eval_time: 10m, alertname: worker-silent}}
      - eval_time: 18m
        alertname: worker-silent
        exp_alerts: [{silent}]
      - {{eval_time: 11m, alertname: read-model-stale}}
      - eval_time: 17m
        alertname: read-model-stale
        exp_alerts: [{stale}]
      - eval_time: 10m
        alertname: api-error-spike
        exp_alerts: [{spike}]
      - {{eval_time: 3m, alertname: api-error-spike}}
  - interval: 1m
    input_series:
      - {{series: 'dashboard_worker_loop_age_seconds', values: '1x20'}}
      - {{series: 'dashboard_read_model_confirmed_timestamp_seconds', values: '0+60x20'}}
    alert_rule_test:
      - {{eval_time: 20m, alertname: api-error-spike}}
      - {{eval_time: 20m, alertname: api-latency}}
      - {{eval_time: 20m, alertname: worker-silent}}
      - {{eval_time: 20m, alertname: read-model-stale}}
"""


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_the_alarms_fire_and_clear_as_the_runbook_says(tmp_path: Path) -> None:
    said = {
        rule["alert"]: json.dumps({"exp_labels": rule["labels"], "exp_annotations": rule["annotations"]})
        for rule in rules()
    }
    tests = tmp_path / "tests.yaml"
    tests.write_text(UNIT_TESTS.format(
        rules=RULES, dlq=said["dlq-has-messages"], silent=said["worker-silent"], stale=said["read-model-stale"],
        spike=said["api-error-spike"],
    ))  # fmt: skip
    for command in (["check", "rules", str(RULES)], ["test", "rules", str(tests)]):
        done = subprocess.run(["promtool", *command], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
