"""What Deployments, Argo Rollouts, ReplicaSets and Pods say, as far as rollouts are judged by it. Pure."""

from typing import Annotated, Any

from pydantic import Field

from data import keys
from ingest import images
from ingest.images import Image
from ingest.mapping import Named
from ingest.normalizers import wording
from ingest.schema import Said

REVISIONS = {"Deployment": "deployment.kubernetes.io/revision", "Rollout": "rollout.argoproj.io/revision"}
HASHES = {"Deployment": "pod-template-hash", "Rollout": "rollouts-pod-template-hash"}
VERSION_LABEL = "app.kubernetes.io/version"
NAME_LABELS = ("app.kubernetes.io/name", "app")
MOST_NUMBER = 40
Texts = dict[str, str] | None


class Owner(Said):
    """Who made an object."""

    uid: str | None = None


class Metadata(Said):
    """Who an object is."""

    name: str
    namespace: str = "default"
    uid: str | None = None
    generation: int | None = None
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    annotations: Texts = None
    labels: Texts = None
    owner_references: list[Owner] | None = None


class Container(Said):
    """A container of a pod."""

    name: str | None = None
    image: str | None = None


class PodSpec(Said):
    """What a pod runs."""

    containers: list[Container] | None = None


class TemplateMetadata(Said):
    """Labels and annotations of the pods."""

    annotations: Texts = None
    labels: Texts = None


class Template(Said):
    """What pods are made from."""

    metadata: TemplateMetadata = TemplateMetadata()
    spec: PodSpec = PodSpec()


class Selector(Said):
    """Whose pods are meant."""

    match_labels: Texts = None


class Spec(Said):
    """The wanted state."""

    replicas: int | None = None
    paused: bool | None = None
    template: Template | None = None
    selector: Selector | None = None


class Condition(Said):
    """A condition of a workload or a pod."""

    type: str
    status: str
    reason: str | None = None
    message: Any = None
    last_update_time: str | None = None
    last_transition_time: str | None = None


class Strategy(Said):
    """What older Rollouts keep per strategy."""

    stable_rs: Annotated[str | None, Field(alias="stableRS")] = None


class Status(Said):
    """The observed state."""

    observed_generation: int | str | None = None
    replicas: int | None = None
    updated_replicas: int | None = None
    available_replicas: int | None = None
    conditions: list[Condition] | None = None
    phase: str | None = None
    message: Any = None
    abort: bool | None = None
    aborted_at: str | None = None
    current_pod_hash: str | None = None
    stable_rs: Annotated[str | None, Field(alias="stableRS")] = None
    canary: Strategy | None = None

    def condition(self, kind: str) -> Condition | None:
        """The condition of that type."""
        return next((one for one in self.conditions or () if one.type == kind), None)


class Workload(Said):
    """A Deployment or a Rollout."""

    kind: str = "Deployment"
    metadata: Metadata
    spec: Spec = Spec()
    status: Status = Status()

    @property
    def revision(self) -> str | None:
        """The number of its pod template, counted by its controller."""
        return (self.metadata.annotations or {}).get(REVISIONS.get(self.kind, ""))

    @property
    def outdated(self) -> bool:
        """Whether its controller has not seen its newest generation; the hash of older Rollouts tells nothing."""
        observed, generation = self.status.observed_generation, self.metadata.generation
        if generation is None or (isinstance(observed, str) and not observed.isdecimal()):
            return False
        return observed is None or int(str(observed)[:18]) < generation

    def annotation(self, name: str) -> str | None:
        """An annotation's text."""
        return ((self.metadata.annotations or {}).get(name) or "").strip() or None

    def label(self, *names: str) -> str | None:
        """The first of these labels that it has."""
        labels = self.metadata.labels or {}
        return next((labels[name] for name in names if labels.get(name)), None)

    def attempt_number(self) -> str | None:
        """What tells this rollout from every other of its service and version; the same whoever reports it."""
        revision = _number(self.revision)
        if self.metadata.uid and revision:
            return f"{self.metadata.uid[:8]}.{revision}"
        return _number(self.status.current_pod_hash)


class ReplicaSet(Said):
    """The pods of one pod template."""

    metadata: Metadata
    spec: Spec = Spec()


class WaitingState(Said):
    """Why a container does not run, or ended."""

    reason: str | None = None
    message: Any = None
    exit_code: int | None = None


class ContainerState(Said):
    """How a container is."""

    waiting: WaitingState | None = None
    terminated: WaitingState | None = None


class ContainerStatus(Said):
    """How a container fares."""

    name: str = "?"
    ready: bool | None = None
    restart_count: int | None = None
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()


class PodStatus(Said):
    """How a pod fares."""

    phase: str | None = None
    reason: str | None = None
    message: Any = None
    conditions: list[Condition] | None = None
    init_container_statuses: list[ContainerStatus] | None = None
    container_statuses: list[ContainerStatus] | None = None


class Pod(Said):
    """A pod."""

    metadata: Metadata
    status: PodStatus = PodStatus()


def image_of(workload: Workload, template: Template | None) -> Image | None:
    """The image that is meant: annotated, else of the container named like the workload, else of the first one."""
    containers = (template.spec.containers if template else None) or ()
    wanted = workload.annotation("ddq/image")
    if wanted is not None:
        found = images.chosen(images.all_of(one.image for one in containers), wanted, ())
        return found[0] if found else None
    names = {workload.metadata.name, workload.label(*NAME_LABELS), workload.annotation("ddq/service")}
    own = next((one for one in containers if one.name in names), containers[0] if containers else None)
    return images.parsed(own.image) if own else None


def version_of(workload: Workload, template: Template | None, image: Image | None) -> str | None:
    """The version: annotated, else the image's, else the label Kubernetes recommends for it."""
    labels = (template.metadata.labels if template else None) or {}
    said = (
        workload.annotation("ddq/version"), image.version if image else None,
        labels.get(VERSION_LABEL), workload.label(VERSION_LABEL),
    )  # fmt: skip
    return next((version for one in said if (version := wording.version(one))), None)


def _number(text: str | None) -> str | None:
    """A text that may stand in an attempt's number."""
    return text if text and len(text) <= MOST_NUMBER and keys.ATTEMPT_NUMBER.fullmatch(text) else None


def named(source: str, workload: Workload, image: str | None, cluster: str | None, **more: str) -> Named:
    """What a cluster calls a workload; `more` are names that only this source has."""
    app = workload.label(*NAME_LABELS)
    said = {
        "name": workload.metadata.name, "namespace": workload.metadata.namespace, "app": app,
        "cluster": cluster, "image": image,
    }  # fmt: skip
    return Named(
        source,
        {key: value for key, value in (said | more).items() if value},
        said_service=workload.annotation("ddq/service"),
        said_cluster=workload.annotation("ddq/cluster"),
        services=tuple(filter(None, (workload.metadata.name, app))),
        clusters=(cluster,) if cluster else (),
    )
