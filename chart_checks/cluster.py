"""The chart's whole life in a real API server: install, test, upgrade, a failed upgrade, roll back, uninstall.

The namespace enforces Pod Security `restricted`. Kinds of other projects (KEDA, the Prometheus operator, …) are known
to this cluster by stand-ins that take any field: what they are made of is judged elsewhere.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

from chart_checks.hardening import pod_of
from chart_checks.rendering import CASES, CHART, NAMESPACE, Object, values_file

FOREIGN = (
    ("keda.sh", "v1alpha1", "ScaledObject"), ("keda.sh", "v1alpha1", "TriggerAuthentication"),
    ("external-secrets.io", "v1", "ExternalSecret"), ("monitoring.coreos.com", "v1", "ServiceMonitor"),
    ("monitoring.coreos.com", "v1", "PrometheusRule"), ("elbv2.k8s.aws", "v1beta1", "TargetGroupBinding"),
)  # fmt: skip
RELEASE = "deploy-dashboard"
BEFORE, AFTER = "4f0c2d8", "4f0c2da"
WATCHED = ("payments", "identity")  # the namespaces of others that a case watches
PATIENCE = ("--timeout", "120s")
KEPT_KINDS = "all,configmap,secret,serviceaccount,role,rolebinding,networkpolicy,ingress,pdb,hpa"


class Failed(RuntimeError):
    """One sentence: what the cluster did that it should not have."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster by its kubeconfig."""

    helm: str
    kubeconfig: Path

    def kubectl(self, *words: str, given: str | None = None) -> str:
        """kubectl's answer; Failed with what it complained of."""
        return _run(["kubectl", "--kubeconfig", str(self.kubeconfig), *words], given)

    def release(self, *words: str) -> str:
        """helm's answer, in our namespace; Failed with what it complained of."""
        return _run([self.helm, "--kubeconfig", str(self.kubeconfig), "--namespace", NAMESPACE, *words])


def lives(cluster: Cluster) -> None:
    """Every case from install to uninstall; Failed where something is not as promised."""
    cluster.kubectl("apply", "-f", "-", given=yaml.safe_dump_all([_definition(*kind) for kind in FOREIGN]))
    for case in CASES:
        _prepare(cluster)
        try:
            live(cluster, case)
        finally:
            _clear(cluster)
        print(f"  {case}: installed, tested, upgraded, rolled back, uninstalled; nothing is left")


def live(cluster: Cluster, case: str) -> None:
    """One case's life."""
    values = ["--values", str(values_file(case)), "--set-string", "image.digest="]
    cluster.release(
        "install", RELEASE, str(CHART), *values, "--set-string", f"image.tag={BEFORE}", "--timeout", "90s"
    )
    _balanced(cluster)
    _runs(cluster, case, BEFORE)
    cluster.release("test", RELEASE, "--timeout", "60s")
    before = _settings_sums(cluster)
    changed = [*values, "--set-string", "settings.LOG_LEVEL=WARNING"]
    cluster.release(
        "upgrade", RELEASE, str(CHART), *changed, "--set-string", f"image.tag={AFTER}", "--timeout", "90s"
    )
    _runs(cluster, case, AFTER)
    if set(before) & set(_settings_sums(cluster)):
        raise Failed(f"{case}: a change of settings does not start the pods anew")
    _unready(cluster, changed)
    cluster.release("rollback", RELEASE, "1", *PATIENCE)
    _runs(cluster, case, BEFORE)
    if _settings_sums(cluster) != before:
        raise Failed(f"{case}: the settings were not rolled back")
    cluster.release("uninstall", RELEASE, "--wait", "--timeout", "60s")
    if left := _left(cluster):
        raise Failed(f"{case}: after uninstall there is still {', '.join(left)}")


def strictly(cluster: Cluster, rendered: list[Object]) -> None:
    """Every object against the API server's own schema: an unknown or repeated field is an error."""
    _prepare(cluster)
    try:
        text = yaml.safe_dump_all(rendered)
        cluster.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", given=text)
    finally:
        _clear(cluster)


def _clear(cluster: Cluster) -> None:
    cluster.kubectl("delete", "namespace", NAMESPACE, *WATCHED, "--wait=true", "--timeout=90s")


def _prepare(cluster: Cluster) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    space = _space(NAMESPACE)
    space["metadata"]["labels"] = labels
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "dashboard-secrets", "namespace": NAMESPACE}}
    cluster.kubectl("apply", "-f", "-", given=yaml.safe_dump_all([space, secret, *(_space(one) for one in WATCHED)]))


def _space(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _balanced(cluster: Cluster) -> None:
    """What a load balancer's controller would do: say where the Service is reached."""
    services = json.loads(cluster.kubectl("-n", NAMESPACE, "get", "services", "-o", "json"))["items"]
    if any(one["spec"].get("type") == "LoadBalancer" for one in services):
        reached = json.dumps({"status": {"loadBalancer": {"ingress": [{"hostname": "nlb.invalid"}]}}})
        words = ("patch", "service", "dashboard-backend", "--subresource=status", "--type=merge", "--patch", reached)
        cluster.kubectl("-n", NAMESPACE, *words)


def _runs(cluster: Cluster, case: str, tag: str) -> None:
    """Every Deployment is there and ready, in that build."""
    for one in _deployments(cluster):
        name = one["metadata"]["name"]
        cluster.kubectl("-n", NAMESPACE, "rollout", "status", f"deployment/{name}", "--timeout=60s")
        image = one["spec"]["template"]["spec"]["containers"][0]["image"]
        if not image.endswith(f":{tag}"):
            raise Failed(f"{case}: {name} runs {image}, not {tag}")


def _unready(cluster: Cluster, values: list[str]) -> None:
    """An upgrade to an image that cannot be pulled is undone by itself, and what ran goes on."""
    words = ["--set-string", "image.tag=broken-1", "--atomic", "--timeout", "20s"]
    try:
        cluster.release("upgrade", RELEASE, str(CHART), *values, *words)
    except Failed:
        status = json.loads(cluster.release("status", RELEASE, "--output", "json"))["info"]["status"]
        if status != "deployed":
            raise Failed(f"a failed upgrade leaves the release {status}") from None
        return
    raise Failed("an upgrade to an image that cannot be pulled went well")


def _deployments(cluster: Cluster) -> list[Object]:
    found: list[Object] = json.loads(cluster.kubectl("-n", NAMESPACE, "get", "deployments", "-o", "json"))["items"]
    if not found:
        raise Failed("there is no Deployment")
    return found


def _settings_sums(cluster: Cluster) -> list[str]:
    pods = [pod_of(one) for one in _deployments(cluster)]
    return [pod["metadata"]["annotations"]["checksum/settings"] for pod in pods if pod is not None]


def _left(cluster: Cluster) -> list[str]:
    ours = "app.kubernetes.io/part-of=deploy-dashboard"
    foreign = ",".join(f"{kind.lower()}s.{group}" for group, _, kind in FOREIGN)
    names = cluster.kubectl("get", f"{KEPT_KINDS},{foreign}", "-A", "-l", ours, "-o", "name").split()
    return names + cluster.kubectl("get", "clusterrole,clusterrolebinding", "-l", ours, "-o", "name").split()


def _definition(group: str, version: str, kind: str) -> Object:
    plural = f"{kind.lower()}s"
    anything = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group, "scope": "Namespaced", "names": {"plural": plural, "kind": kind},
            "versions": [{"name": version, "served": True, "storage": True, "schema": anything}],
        },
    }  # fmt: skip


def _run(command: list[str], given: str | None = None) -> str:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=180)
    if done.returncode:
        raise Failed(f"{Path(command[0]).name} {' '.join(command[1:])[:200]}: {done.stderr.strip()[-800:]}")
    return done.stdout
