"""What every object of the chart must be, in the words of Pod Security `restricted` and a little stricter. Pure.

The rules are ours, so that they hold without any tool; `make check-chart` asks a real API server and checkov as well.
"""

from collections.abc import Iterator
from typing import Any

from chart_checks.rendering import Object

LEAST_USER = 10_000
VOLUMES = {"configMap", "emptyDir", "projected", "secret"}
MOVING = {"latest", "stable", "main", "master", "HEAD"}
NEEDS_TOKEN = {"dashboard-watcher"}  # it reads the cluster
SERVES = {"dashboard-backend"}  # what visitors are routed to
LEAST_GRACE = {"dashboard-backend": 40, "dashboard-worker": 60}


def complaints(rendered: list[Object]) -> list[str]:
    """Everything that is not as it must be; empty where all is."""
    found: list[str] = []
    for one in rendered:
        where = f"{one['kind']} {one['metadata']['name']}"
        found += [f"{where}: {problem}" for problem in _of_object(one)]
    return found + list(_of_all(rendered))


def pod_of(one: Object) -> Object | None:
    """The pod template of a workload with `metadata` and `spec`; None of anything else."""
    match one["kind"]:
        case "Pod":
            return one
        case "Deployment" | "Job":
            template: Object = one["spec"]["template"]
            return template
        case "CronJob":
            inner: Object = one["spec"]["jobTemplate"]["spec"]["template"]
            return inner
    return None


def _of_object(one: Object) -> Iterator[str]:
    pod, name = pod_of(one), one["metadata"]["name"]
    if pod is not None:
        yield from _of_pod(name, pod["spec"])
        for container in pod["spec"].get("initContainers", []) + pod["spec"]["containers"]:
            yield from _of_container(container)
            if one["kind"] == "Deployment":
                yield from _of_server(name, container)
    if one["kind"] == "Deployment":
        yield from _of_deployment(name, one["spec"]["template"]["spec"])
    if one["kind"] == "CronJob":
        yield from _of_schedule(one["spec"])
    if one["kind"] == "Job" and not one["spec"].get("activeDeadlineSeconds"):
        yield "may run for ever"
    if one["kind"] == "ServiceAccount" and one.get("automountServiceAccountToken") is not False:
        yield "hands out its token"
    if one["kind"] in ("Role", "ClusterRole"):
        yield from _of_role(one["rules"])
    if one["kind"] == "PodDisruptionBudget" and one["spec"].get("maxUnavailable") != 1:
        yield "lets more than one pod go at a time"


def _of_pod(name: str, spec: Object) -> Iterator[str]:
    for shared in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(shared):
            yield f"{shared} is shared with the node"
    yield from _of_security(spec.get("securityContext", {}), "pod")
    if spec.get("automountServiceAccountToken") is not (name in NEEDS_TOKEN):
        yield "the token is not as it must be"
    if spec.get("serviceAccountName") in (None, "default") and name != "dashboard-test":
        yield "runs as the default account"
    for volume in spec.get("volumes", []):
        kinds = set(volume) - {"name"}
        if not kinds <= VOLUMES:
            yield f"volume {volume['name']} is a {', '.join(kinds)}"
        if "emptyDir" in volume and not (volume["emptyDir"] or {}).get("sizeLimit"):
            yield f"volume {volume['name']} may fill the node"


def _of_security(context: Object, of: str) -> Iterator[str]:
    if context.get("runAsNonRoot") is not True:
        yield f"{of}: may run as root"
    if not isinstance(context.get("runAsUser"), int) or context["runAsUser"] < LEAST_USER:
        yield f"{of}: may share a user with the node"
    if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield f"{of}: no seccomp profile"


def _of_container(container: Object) -> Iterator[str]:
    context = container.get("securityContext", {})
    yield from _of_security(context, "container")
    if context.get("allowPrivilegeEscalation") is not False:
        yield "may gain rights"
    if context.get("readOnlyRootFilesystem") is not True:
        yield "may write its own files"
    if context.get("capabilities", {}).get("drop") != ["ALL"] or context["capabilities"].get("add"):
        yield "has capabilities"
    if context.get("privileged"):
        yield "is privileged"
    for bound in ("requests", "limits"):
        for what in ("cpu", "memory"):
            if not container.get("resources", {}).get(bound, {}).get(what):
                yield f"no {what} in {bound}"
    tag = container["image"].partition("@")[0].rpartition("/")[2].partition(":")[2]
    if not tag or tag in MOVING:
        yield "its image is no single build"
    if any("hostPort" in port for port in container.get("ports", [])):
        yield "takes a port of the node"
    for mount in container.get("volumeMounts", []):
        if mount["mountPath"] != "/tmp" and not mount.get("readOnly"):
            yield f"may write {mount['mountPath']}"
    if not any(mount["mountPath"] == "/tmp" for mount in container.get("volumeMounts", [])):
        yield "has no /tmp"
    for variable in container.get("env", []):
        if "value" in variable and "SECRET" in variable["name"] and variable["name"] != "SECRETS_MANAGER_ID":
            yield f"{variable['name']} stands there in the open"


def _of_server(name: str, container: Object) -> Iterator[str]:
    wanted = ("startupProbe", "livenessProbe", *(("readinessProbe",) if name in SERVES else ()))
    for probe in wanted:
        if probe not in container:
            yield f"no {probe}"
    liveness = container.get("livenessProbe", {})
    if name in SERVES:
        if liveness.get("httpGet", {}).get("path") != "/healthz":
            yield "its liveness depends on others"
        if container.get("readinessProbe", {}).get("httpGet", {}).get("path") != "/readyz":
            yield "its readiness is another question"
        if "preStop" not in container.get("lifecycle", {}):
            yield "stops before the load balancer knows"


def _of_deployment(name: str, spec: Object) -> Iterator[str]:
    if spec.get("terminationGracePeriodSeconds", 0) < LEAST_GRACE.get(name, 30):
        yield "is killed too soon"
    keys = {one["topologyKey"] for one in spec.get("topologySpreadConstraints", [])}
    if keys != {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}:
        yield "may run in one place alone"


def _of_schedule(spec: Object) -> Iterator[str]:
    if spec.get("concurrencyPolicy") != "Forbid":
        yield "may run beside itself"
    for needed in ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit", "timeZone"):
        if needed not in spec:
            yield f"no {needed}"
    job = spec["jobTemplate"]["spec"]
    for needed in ("activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"):
        if needed not in job:
            yield f"no {needed}"


def _of_role(rules: list[dict[str, Any]]) -> Iterator[str]:
    for rule in rules:
        if any("*" in rule.get(part, []) for part in ("apiGroups", "resources", "verbs")):
            yield "may do anything"
        if "secrets" in rule["resources"]:
            yield "may read secrets"
        writes = set(rule["verbs"]) - {"get", "list", "watch"}
        if writes and rule["resources"] != ["leases"]:
            yield f"may {', '.join(sorted(writes))} more than its Lease"


def _of_all(rendered: list[Object]) -> Iterator[str]:
    policies = [one["spec"] for one in rendered if one["kind"] == "NetworkPolicy"]
    everything = {"app.kubernetes.io/part-of": "deploy-dashboard"}
    closed = [
        policy for policy in policies
        if policy.get("podSelector", {}).get("matchLabels") == everything and not policy.get("ingress")
        and not policy.get("egress") and set(policy.get("policyTypes", [])) == {"Ingress", "Egress"}
    ]  # fmt: skip
    if not closed:
        yield "nothing is denied by default"
    guarded = {
        one["spec"]["selector"]["matchLabels"]["app"] for one in rendered if one["kind"] == "PodDisruptionBudget"
    }
    accounts = {one["metadata"]["name"] for one in rendered if one["kind"] == "ServiceAccount"}
    for one in rendered:
        pod, name = pod_of(one), one["metadata"]["name"]
        if pod is None:
            continue
        if everything.items() - pod["metadata"].get("labels", {}).items():
            yield f"{name} is outside the network policies"
        if one["kind"] == "Deployment" and name not in guarded:
            yield f"{name} may be drained whole"
        account = pod["spec"].get("serviceAccountName")
        if account is not None and account not in accounts:
            yield f"{name} runs as {account}, which is not made here"
