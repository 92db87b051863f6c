"""The Helm chart, judged on the renderings that are kept beside this file; where helm is, they are made anew."""

import copy
import functools
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml

from chart_checks import values_table
from chart_checks.hardening import complaints, pod_of
from chart_checks.rendering import (
    CASES,
    CHART,
    ROOT,
    find_helm,
    kept_file,
    kept_text,
    objects,
    render,
    sources_digest,
    values_file,
)  # fmt: skip
from data.tables import DLQ_NAME, QUEUE_NAME, TableNames
from settings import SECRET_NAMES, Settings
from watcher.watch_settings import WatchSettings

SCHEMA = json.loads((CHART / "values.schema.json").read_text())
DEFAULTS = yaml.safe_load((CHART / "values.yaml").read_text())
# What a pod of the chart is never told, and why that is right.
NOT_SAID = {
    "BIND_HOST": "a pod listens on its own address",
    "AWS_DEFAULT_REGION": "AWS_REGION is said",
    "BUILD_VERSION": "the image knows its build",
}


@functools.cache
def kept(case: str) -> list[dict[str, Any]]:
    return objects(kept_file(case).read_text())


def named(case: str, kind: str, name: str) -> dict[str, Any]:
    [found] = [one for one in kept(case) if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, **said: str) -> None:
        super().__init__(said)
        self.names: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().get(key, default)


def asked_by_settings() -> set[str]:
    env = Asked()
    Settings.from_env(env)
    return env.names


def said_to_pods() -> set[str]:
    """Every variable that a container of some case gets, but for the secret ones."""
    found: set[str] = set()
    for case in CASES:
        for one in kept(case):
            pod = pod_of(one)
            for container in pod["spec"]["containers"] if pod else []:
                found |= {variable["name"] for variable in container.get("env", [])}
        found |= set(named(case, "ConfigMap", "dashboard-settings")["data"])
    return found


@pytest.mark.parametrize("case", CASES)
def test_what_is_kept_was_rendered_from_the_chart_as_it_is(case: str) -> None:
    assert kept_file(case).read_text().splitlines()[0] == f"# sources: {sources_digest()}", (
        "the chart changed: python -m chart_checks --write, and look at the difference"
    )


@pytest.mark.parametrize("case", CASES)
def test_helm_renders_what_is_kept(case: str) -> None:
    helm = find_helm()
    if helm is None:
        pytest.skip("helm is not installed")
    assert kept_text(render(helm, case)) == kept_file(case).read_text()


@pytest.mark.parametrize("case", CASES)
def test_every_object_is_hardened(case: str) -> None:
    assert complaints(kept(case)) == []


HARDENING = {
    "runAsNonRoot", "runAsUser", "seccompProfile", "allowPrivilegeEscalation", "readOnlyRootFilesystem",
    "capabilities", "drop", "automountServiceAccountToken", "sizeLimit", "cpu", "memory", "readOnly", "livenessProbe",
    "startupProbe", "readinessProbe", "lifecycle", "terminationGracePeriodSeconds", "topologySpreadConstraints",
    "concurrencyPolicy", "startingDeadlineSeconds", "activeDeadlineSeconds", "successfulJobsHistoryLimit",
    "failedJobsHistoryLimit", "ttlSecondsAfterFinished", "backoffLimit", "timeZone", "policyTypes",
}  # fmt: skip
# Where the same word says something else: the test pod's and the other policies' lines are not what is meant.
ELSEWHERE = {("Pod", "activeDeadlineSeconds"), ("NetworkPolicy dashboard-backend", "policyTypes")}


def paths(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each line that hardens."""
    for key, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        if key in HARDENING:
            yield (*way, key)
        yield from paths(inner, (*way, key))


def without(one: dict[str, Any], way: tuple[Any, ...]) -> dict[str, Any]:
    poorer = copy.deepcopy(one)
    at: Any = poorer
    for step in way[:-1]:
        at = at[step]
    del at[way[-1]]
    return poorer


@pytest.mark.parametrize("case", CASES)
def test_each_hardening_line_is_missed_when_it_is_gone(case: str) -> None:
    rendered = kept(case)
    tried, unnoticed = 0, []
    for at, one in enumerate(rendered):
        meant = one["kind"] != "NetworkPolicy" or one["metadata"]["name"] == "dashboard-default-deny"
        for way in paths(one) if meant else ():
            if (one["kind"], way[-1]) in ELSEWHERE or (one["kind"], way[-1]) == ("Job", "backoffLimit"):
                continue
            tried += 1
            if not complaints([*rendered[:at], without(one, way), *rendered[at + 1 :]]):
                unnoticed.append((one["kind"], one["metadata"]["name"], *way))
    assert unnoticed == []
    assert tried > 20 * len([one for one in rendered if pod_of(one)]) / 2


@pytest.mark.parametrize("kind", ["PodDisruptionBudget", "NetworkPolicy", "ServiceAccount"])
def test_an_object_that_protects_is_missed_when_it_is_gone(kind: str) -> None:
    assert complaints([one for one in kept("production") if one["kind"] != kind])


def test_the_values_schema_takes_the_defaults_and_every_case() -> None:
    judge = jsonschema.Draft7Validator(SCHEMA)
    judge.check_schema(SCHEMA)
    for values in (DEFAULTS, *(yaml.safe_load(values_file(case).read_text()) for case in CASES)):
        assert [error.message for error in judge.iter_errors(values)] == []


@pytest.mark.parametrize("wrong", [
    {"image": {"repository": "r", "tag": "latest"}},
    {"image": {"repository": "r", "digest": "sha256:12"}},
    {"image": {}},
    {"image": {"repository": "r"}, "settings": {"WEBHOOK_SECRET": "a secret is no setting"}},
    {"image": {"repository": "r"}, "settings": {"REDIS_URL": "rediss://:password@cache:6379"}},
    {"image": {"repository": "r"}, "settings": {"RETENTION_DAY": 30}},
    {"image": {"repository": "r"}, "worker": {"keda": {"minReplicas": 0}}},
    {"image": {"repository": "r"}, "replicas": 3},
    {"image": {"repository": "r"}, "serviceAccounts": {"web": {"roleArn": "dashboard-backend-role"}}},
    {"image": {"repository": "r"}, "snapshot": {"schedule": "daily"}},
])  # fmt: skip
def test_the_values_schema_refuses(wrong: dict[str, Any]) -> None:
    assert list(jsonschema.Draft7Validator(SCHEMA).iter_errors(wrong))


def test_every_object_of_the_schema_is_closed() -> None:
    """A mistyped value is refused, not passed over."""

    def walk(at: Any, way: str) -> Iterator[str]:
        if isinstance(at, dict):
            if "properties" in at and at.get("additionalProperties") is not False:
                yield way
            for key, inner in at.items():
                yield from walk(inner, f"{way}.{key}")

    assert list(walk(SCHEMA, "")) == []


def test_every_variable_of_the_settings_can_be_set_by_the_chart() -> None:
    offered = set(SCHEMA["properties"]["settings"]["properties"])
    assert asked_by_settings() - offered - SECRET_NAMES - said_to_pods() == set(NOT_SAID)


def test_the_chart_says_no_variable_that_nobody_reads() -> None:
    offered = set(SCHEMA["properties"]["settings"]["properties"]) | said_to_pods()
    assert offered - asked_by_settings() - asked_by_the_watcher() == set()


def asked_by_the_watcher() -> set[str]:
    env = Asked(WATCH_CLUSTER_NAME="orion")
    WatchSettings.from_env(env)
    return env.names


def test_the_watcher_is_told_everything_it_asks_for_inside_a_cluster() -> None:
    pod = named("production", "Deployment", "dashboard-watcher")["spec"]["template"]["spec"]
    said = {variable["name"] for variable in pod["containers"][0]["env"]}
    assert said == asked_by_the_watcher() - {"KUBECONFIG"}


def test_no_secret_can_be_a_plain_setting() -> None:
    assert SECRET_NAMES & set(SCHEMA["properties"]["settings"]["properties"]) == {"REDIS_URL"}  # without a password


def test_tables_and_queues_are_called_as_in_the_code() -> None:
    tables = {name: value for name, value in DEFAULTS["settings"].items() if name.startswith("DYNAMODB_TABLE_")}
    assert set(tables.values()) == set(TableNames().all())
    renamed = Settings.from_env({name: f"x-{value}" for name, value in tables.items()}).tables
    assert renamed == TableNames().prefixed("x-")
    production = yaml.safe_load(values_file("production").read_text())["settings"]
    assert production["SQS_QUEUE_URL"].endswith(f"/{QUEUE_NAME}") and production["SQS_DLQ_URL"].endswith(
        f"/{DLQ_NAME}"
    )


@pytest.mark.parametrize("case", CASES)
def test_the_settings_that_are_rendered_are_read_without_complaint(case: str) -> None:
    said = named(case, "ConfigMap", "dashboard-settings")["data"]
    assert all(isinstance(value, str) and value for value in said.values())
    settings = Settings.from_env(said)
    assert settings.required_queue_url().endswith(QUEUE_NAME)
    assert settings.aws_region == "us-west-2"


def test_replicas_are_left_to_the_autoscaler_that_rules() -> None:
    def replicas(case: str, name: str) -> int | None:
        found: int | None = named(case, "Deployment", name)["spec"].get("replicas")
        return found

    assert replicas("minimal", "dashboard-backend") is None
    assert replicas("minimal", "dashboard-worker") == 1
    assert replicas("production", "dashboard-worker") is None
    assert replicas("worker-off", "dashboard-backend") == 2
    hpa = named("minimal", "HorizontalPodAutoscaler", "dashboard-backend-hpa")["spec"]
    assert (hpa["minReplicas"], hpa["maxReplicas"]) == (2, 6)
    assert hpa["metrics"][0]["resource"]["target"]["averageUtilization"] == 70


def test_names_ports_and_annotations_are_chapter_13s() -> None:
    web = named("minimal", "Deployment", "dashboard-backend")["spec"]
    assert web["selector"]["matchLabels"] == {"app": "dashboard-backend"}
    assert web["template"]["spec"]["serviceAccountName"] == "dashboard-backend-sa"
    assert web["template"]["spec"]["containers"][0]["resources"] == {
        "requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "512Mi"},
    }  # fmt: skip
    service = named("minimal", "Service", "dashboard-backend")
    assert service["spec"]["type"] == "LoadBalancer"
    assert service["metadata"]["annotations"] == {
        "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
        "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
    }
    assert service["spec"]["ports"] == [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]
    account = named("production", "ServiceAccount", "dashboard-backend-sa")["metadata"]["annotations"]
    assert account == {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/dashboard-backend-role"}


def test_a_target_group_or_an_ingress_takes_the_place_of_the_load_balancer() -> None:
    assert named("production", "Service", "dashboard-backend")["spec"]["type"] == "ClusterIP"
    assert named("worker-off", "Service", "dashboard-backend")["spec"]["type"] == "ClusterIP"


def test_a_digest_decides_which_image_runs_and_the_tag_stays_readable() -> None:
    pod = named("production", "Deployment", "dashboard-backend")["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"].endswith(
        "/deploy-dashboard-backend:4f0c2d9@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )


def test_the_watcher_gets_no_secret_and_the_others_do() -> None:
    for name, wanted in (("dashboard-watcher", False), ("dashboard-backend", True), ("dashboard-worker", True)):
        [container] = named("production", "Deployment", name)["spec"]["template"]["spec"]["containers"]
        assert any("secretRef" in source for source in container["envFrom"]) is wanted


def test_a_stuck_worker_is_started_anew_within_two_minutes() -> None:
    [container] = named("minimal", "Deployment", "dashboard-worker")["spec"]["template"]["spec"]["containers"]
    probe = container["livenessProbe"]
    oldest = int(probe["exec"]["command"][-1].rpartition(" ")[2])
    assert oldest == 90
    assert oldest + probe["periodSeconds"] * probe["failureThreshold"] <= 120


def test_the_readme_tells_every_value() -> None:
    readme = values_table.README.read_text()
    assert readme == values_table.documented(readme), "python -m chart_checks.values_table"


def test_every_alarm_rule_and_dashboard_that_is_passed_on_can_be_read() -> None:
    rules = yaml.safe_load((CHART / "files" / "prometheus-rules.yaml").read_text())
    assert [rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule]
    dashboards = sorted((CHART / "files" / "grafana").glob("*.json"))
    assert dashboards
    assert all(json.loads(path.read_text())["panels"] for path in dashboards)


def test_every_setting_that_terraform_hands_over_is_taken() -> None:
    outputs = [*(ROOT / "terraform").glob("outputs.tf"), *(ROOT / "terraform" / "modules").glob("*/outputs.tf")]
    said = {name for path in outputs for name in re.findall(r"\b([A-Z][A-Z_]{3,})\s*=", path.read_text())}
    assert {"SQS_QUEUE_URL", "METRICS_NAMESPACE"} <= said
    assert said - set(SCHEMA["properties"]["settings"]["properties"]) == set()


def test_an_alarm_leads_to_the_runbook_where_the_repository_is_read() -> None:
    helm = find_helm()
    if helm is None:
        pytest.skip("helm is not installed")
    [found] = [one for one in render(helm, "production") if one["kind"] == "PrometheusRule"]
    links = {rule["annotations"]["runbook_url"] for group in found["spec"]["groups"] for rule in group["rules"]}
    base = "https://git.example.com/platform/deploy-dashboard/blob/main/docs/runbook.md#"
    assert all(one.startswith(base) for one in links)
