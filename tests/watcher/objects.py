"""Deployments with their ReplicaSets and pods, in the states a controller brings them to."""

from copy import deepcopy
from typing import Any

Object = dict[str, Any]
UID = "5069c786-d172-4f86-bd27-3f2f97a8f5e4"
BEGAN = "2026-11-20T10:00:00Z"
DONE = "2026-11-20T10:03:00Z"


def metadata(name: str, **more: Any) -> Object:
    """Who an object is."""
    return {"name": name, "namespace": "default", "labels": {"app": "authn"}} | more


def template(version: str) -> Object:
    """Pods of one version."""
    container = {"name": "authn", "image": f"registry.acme.example/identity/authn:{version}"}
    return {"metadata": {"labels": {"app": "authn"}}, "spec": {"containers": [container]}}


def condition(reason: str, replica_set: str, at: str, status: str = "True") -> Object:
    """What the controller says of its progress."""
    words = {
        "NewReplicaSetAvailable": "has successfully progressed.",
        "ProgressDeadlineExceeded": "has timed out progressing.",
    }
    message = f'ReplicaSet "{replica_set}" {words.get(reason, "is progressing.")}'
    return {
        "type": "Progressing", "status": status, "reason": reason, "message": message,
        "lastUpdateTime": at, "lastTransitionTime": at,
    }  # fmt: skip


def deployment(version: str, revision: int, name: str = "authn", uid: str = UID, replicas: int = 2) -> Object:
    """A Deployment whose rollout to that version goes on."""
    progressing = condition("ReplicaSetUpdated", f"{name}-{revision}", BEGAN)
    return {
        "metadata": metadata(
            name, uid=uid, generation=revision, annotations={"deployment.kubernetes.io/revision": str(revision)}
        ),
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": "authn"}}, "template": template(version),
        },
        "status": {
            "observedGeneration": revision, "replicas": replicas + 1, "updatedReplicas": 1, "availableReplicas": 2,
            "conditions": [progressing],
        },
    }  # fmt: skip


def available(going_on: Object, at: str = DONE) -> Object:
    """It is done."""
    thing = deepcopy(going_on)
    name, wanted = _replica_set(thing), thing["spec"]["replicas"]
    counts = dict.fromkeys(("replicas", "updatedReplicas", "availableReplicas"), wanted)
    thing["status"] |= {**counts, "conditions": [condition("NewReplicaSetAvailable", name, at)]}
    return thing


def late(going_on: Object, at: str = "2026-11-20T10:10:00Z") -> Object:
    """It took too long."""
    thing = deepcopy(going_on)
    thing["status"]["conditions"] = [condition("ProgressDeadlineExceeded", _replica_set(thing), at, "False")]
    return thing


def replica_set(
    version: str, revision: int, name: str = "authn", uid: str = UID, made: str = BEGAN, again: bool = False
) -> Object:
    """The ReplicaSet of a revision."""
    annotations = {"deployment.kubernetes.io/revision": str(revision)}
    if again:
        annotations["deployment.kubernetes.io/revision-history"] = "1"
    labels = {"app": "authn", "pod-template-hash": str(revision)}
    return {
        "metadata": metadata(
            f"{name}-{revision}", uid=f"rs-{uid}-{revision}", annotations=annotations, labels=labels,
            creationTimestamp=made, ownerReferences=[{"uid": uid, "kind": "Deployment", "name": name}],
        ),
        "spec": {"template": template(version)},
    }  # fmt: skip


def pod(revision: int, number: int = 1, **status: Any) -> Object:
    """A pod of a revision."""
    labels = {"app": "authn", "pod-template-hash": str(revision)}
    return {"metadata": metadata(f"authn-{revision}-{number}", labels=labels), "status": status}


def waiting(reason: str, message: str = "", **more: Any) -> Object:
    """A container that waits."""
    state = {"waiting": {"reason": reason, "message": message}}
    return {"name": "authn", "ready": False, "restartCount": 0, "state": state} | more


def _replica_set(thing: Object) -> str:
    revision = thing["metadata"]["annotations"]["deployment.kubernetes.io/revision"]
    return f"{thing['metadata']['name']}-{revision}"
