"""What a rollout brings and since when, as its ReplicaSets tell: a Deployment itself keeps neither. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.instants import parse_instant
from data.models import Instant
from ingest.images import Image
from ingest.normalizers import rollout_states
from ingest.normalizers.rollout_states import Verdict
from ingest.normalizers.workloads import HASHES, REVISIONS, ReplicaSet, Template, Workload, image_of, version_of

HISTORY = {kind: f"{revision}-history" for kind, revision in REVISIONS.items()}


@dataclass(frozen=True, slots=True)
class Begun:
    """One rollout: its ReplicaSet, what that runs, and when it began."""

    replica_set: str
    pod_hash: str | None
    started_at: Instant
    image: Image | None
    version: str | None  # as the workload tells it; a mapping rule may say otherwise
    goes_back: bool = False  # to an earlier pod template of another version


def own_replica_set(workload: Workload, replica_sets: Sequence[ReplicaSet]) -> ReplicaSet | None:
    """The ReplicaSet of the workload's current revision."""
    revision = workload.revision
    mine = (one for one in _owned(workload, replica_sets) if revision is not None and _revision(one) == revision)
    return next(mine, None)


def begun(
    workload: Workload, own: ReplicaSet, replica_sets: Sequence[ReplicaSet], again_since: Instant
) -> Begun | None:
    """The rollout to that ReplicaSet; None where nothing tells since when.

    A ReplicaSet that is used again was made long ago: its rollout began at `again_since`.
    """
    template = own.spec.template or workload.spec.template
    image = image_of(workload, template)
    version = version_of(workload, template, image)
    again = bool(_annotation(own, HISTORY.get(workload.kind, "")))
    created = _instant(own.metadata.creation_timestamp)
    started = again_since if again else created
    if started is None:
        return None
    before = _version_before(workload, own, replica_sets)
    back = again and before is not None and before != version
    return Begun(own.metadata.name, _hash(workload, own), started, image, version, back)


def again_since(workload: Workload, own: ReplicaSet, verdict: Verdict | None, now: Instant) -> Instant:
    """When a rollout to pods known from before began, as far as that can be told: who sees it begin sees it now.

    Later only its end is known. The earliest word on an attempt's start holds, so a later guess does no harm.
    """
    if verdict is not None and verdict.at is not None:
        return verdict.at
    if workload.kind == "Rollout" and verdict is not None:
        return rollout_states.began(workload, verdict) or now
    progressing = workload.status.condition("Progressing")
    if progressing and rollout_states.speaks_of(progressing, own.metadata.name, named=True):
        return _instant(progressing.last_update_time) or now
    return now


def selector(workload: Workload) -> str:
    """The workload's own pods as a label selector."""
    labels = (workload.spec.selector.match_labels if workload.spec.selector else None) or {}
    return ",".join(f"{name}={value}" for name, value in sorted(labels.items()))


def pods_of(workload: Workload, begun: Begun) -> str | None:
    """The pods of that rollout as a label selector; None where nothing tells them from others."""
    label = HASHES.get(workload.kind)
    if label is None or begun.pod_hash is None:
        return None
    return ",".join(filter(None, (selector(workload), f"{label}={begun.pod_hash}")))


def _owned(workload: Workload, replica_sets: Sequence[ReplicaSet]) -> list[ReplicaSet]:
    uid = workload.metadata.uid
    return [one for one in replica_sets if any(by.uid == uid for by in one.metadata.owner_references or ())]


def _version_before(workload: Workload, own: ReplicaSet, replica_sets: Sequence[ReplicaSet]) -> str | None:
    """The version of the revision before this one, as far as its ReplicaSet is kept."""
    others = [one for one in _owned(workload, replica_sets) if one is not own and _number(one) is not None]
    newest = max(others, key=lambda one: _number(one) or 0, default=None)
    return None if newest is None else _version(workload, newest.spec.template)


def _version(workload: Workload, template: Template | None) -> str | None:
    return version_of(workload, template, image_of(workload, template))


def _revision(replica_set: ReplicaSet) -> str | None:
    annotations = replica_set.metadata.annotations or {}
    return next((annotations[name] for name in REVISIONS.values() if name in annotations), None)


def _number(replica_set: ReplicaSet) -> int | None:
    revision = _revision(replica_set)
    return int(revision) if revision and revision.isdecimal() and len(revision) < 19 else None


def _annotation(replica_set: ReplicaSet, name: str) -> str | None:
    return (replica_set.metadata.annotations or {}).get(name)


def _hash(workload: Workload, replica_set: ReplicaSet) -> str | None:
    return (replica_set.metadata.labels or {}).get(HASHES.get(workload.kind, ""))


def _instant(text: str | None) -> Instant | None:
    try:
        return parse_instant(text) if text else None
    except ValueError:
        return None
