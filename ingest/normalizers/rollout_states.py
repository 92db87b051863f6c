"""Whether a rollout is under way, done or failed, by the rules of its controller. Pure.

The watcher judges what it sees and the notifications of Argo Rollouts by the same rules. None: nothing can be said,
because the controller has not caught up, or because nothing of the version ever ran.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.instants import parse_instant
from data.models import Instant, Status
from ingest.normalizers import wording
from ingest.normalizers.workloads import Condition, ContainerStatus, Pod, Workload

DEADLINE = "ProgressDeadlineExceeded"
AVAILABLE = "NewReplicaSetAvailable"
ABORTED = "RolloutAborted"
INVALID = "InvalidSpec"
NOT_READY = "NotReady"
# What a container waits for without anything being wrong.
ORDINARY = frozenset({"ContainerCreating", "PodInitializing"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rollout came to, and when; `at` None where nothing tells."""

    status: Status
    at: Instant | None = None
    reason: str | None = None


def deployment(workload: Workload, replica_set: str) -> Verdict | None:
    """A Deployment's rollout to that ReplicaSet. Its condition counts only where it speaks of that one."""
    status, progressing = workload.status, workload.status.condition("Progressing")
    wanted = 1 if workload.spec.replicas is None else workload.spec.replicas
    if workload.outdated or wanted == 0:
        return None
    own = progressing if progressing and speaks_of(progressing, replica_set) else None
    if own and own.status == "False" and own.reason == DEADLINE:
        return Verdict(Status.FAILED, _moment(own), wording.prose(own.message, 500))
    replicas, updated = status.replicas or 0, status.updated_replicas or 0
    if own and own.status == "True" and own.reason == AVAILABLE:
        # Other pods than updated ones: the condition is still of the rollout before. None available: what was
        # rolled out while scaled to 0 was never tried, and no condition tells when its first pods fail.
        done = 0 < replicas == updated and (status.available_replicas or 0) > 0
        return Verdict(Status.SUCCESS, _moment(own)) if done else None
    if progressing is None and _complete(workload, wanted):  # no progress deadline: counts are all there is
        return Verdict(Status.SUCCESS)
    return Verdict(Status.IN_PROGRESS)


def rollout(workload: Workload) -> Verdict | None:
    """A Rollout of Argo Rollouts."""
    status, progressing = workload.status, workload.status.condition("Progressing")
    if workload.outdated or status.current_pod_hash is None:
        return None
    if status.abort or (progressing and progressing.reason == ABORTED and progressing.status != "True"):
        said = wording.prose(progressing.message if progressing else None, 500) or wording.prose(status.message, 500)
        at = _instant(status.aborted_at) or (_moment(progressing) if progressing else None)
        return Verdict(Status.FAILED, at, f"aborted: {said or 'no reason given'}")
    failed = _degraded(workload, progressing)
    if failed is not None:
        return failed
    if workload.spec.replicas == 0:
        return None
    promoted = status.current_pod_hash == (status.stable_rs or (status.canary.stable_rs if status.canary else None))
    if status.phase == "Healthy" or (status.phase is None and promoted and _complete(workload, _wanted(workload))):
        return Verdict(Status.SUCCESS, _completed_at(workload, progressing))
    return None if promoted else Verdict(Status.IN_PROGRESS)


def speaks_of(condition: Condition, replica_set: str, *, named: bool = False) -> bool:
    """Whether a condition is of that ReplicaSet's rollout: its message names it, or (unless `named`) none at all."""
    message = condition.message if isinstance(condition.message, str) else ""
    return f'"{replica_set}"' in message or (not named and "eplica" not in message)


def began(workload: Workload, verdict: Verdict) -> Instant | None:
    """When a Rollout began, as far as it tells itself: at its creation, or when it ceased to be complete."""
    created = _instant(workload.metadata.creation_timestamp)
    completed = workload.status.condition("Completed")
    if workload.revision == "1" and created:
        return created
    if completed and completed.status == "False":
        since = _instant(completed.last_transition_time)
        if since is not None:
            return since
    progressing = workload.status.condition("Progressing")
    return verdict.at or (_moment(progressing) if progressing else None) or created


def failure_of(pods: Iterable[Pod], *, unready: bool = True) -> str | None:
    """Why pods are not ready, the commonest reason first; None where they tell nothing.

    Without `unready` a pod that runs and is only not ready yet is no reason.
    """
    reasons = (reason for pod in pods if (reason := _pod_failure(pod)) is not None)
    found = [reason for reason in reasons if unready or reason[0] != NOT_READY]
    if not found:
        return None
    kinds = sorted({kind for kind, _ in found}, key=lambda kind: (-sum(one == kind for one, _ in found), kind))
    return "; ".join(next(text for one, text in found if one == kind) for kind in kinds[:3])


def _degraded(workload: Workload, progressing: Condition | None) -> Verdict | None:
    status = workload.status
    late = progressing is not None and progressing.reason == DEADLINE and progressing.status == "False"
    invalid = status.condition(INVALID)
    if status.phase != "Degraded" and not late and not (status.phase is None and invalid):
        return None
    told = invalid or progressing
    said = wording.prose(status.message, 500) or wording.prose(told.message if told else None, 500)
    return Verdict(Status.FAILED, _moment(told) if told else None, f"degraded: {said or 'no reason given'}")


def _completed_at(workload: Workload, progressing: Condition | None) -> Instant | None:
    completed = workload.status.condition("Completed")
    if completed and completed.status == "True":
        return _instant(completed.last_transition_time) or _moment(completed)
    return _moment(progressing) if progressing else None


def _complete(workload: Workload, wanted: int) -> bool:
    """Every pod is of the new template and available."""
    status = workload.status
    counts = (status.replicas or 0, status.updated_replicas or 0, status.available_replicas or 0)
    return wanted > 0 and all(count >= wanted for count in counts) and counts[0] == counts[1]


def _wanted(workload: Workload) -> int:
    return 1 if workload.spec.replicas is None else workload.spec.replicas


def _moment(condition: Condition) -> Instant | None:
    return _instant(condition.last_update_time) or _instant(condition.last_transition_time)


def _instant(text: str | None) -> Instant | None:
    try:
        return parse_instant(text) if text else None
    except ValueError:
        return None


def _pod_failure(pod: Pod) -> tuple[str, str] | None:
    """(kind, sentence) of what is wrong with a pod."""
    status = pod.status
    for container in (*(status.init_container_statuses or ()), *(status.container_statuses or ())):
        failure = _container_failure(container)
        if failure is not None:
            return failure
    scheduled = next((one for one in status.conditions or () if one.type == "PodScheduled"), None)
    if scheduled and scheduled.status == "False":
        kind = scheduled.reason or "Unschedulable"
        return kind, _sentence(kind, None, scheduled.message)
    if status.phase == "Failed" or status.reason:
        kind = status.reason or "Failed"
        return kind, _sentence(kind, None, status.message)
    return _not_ready(status.container_statuses or ())


def _container_failure(container: ContainerStatus) -> tuple[str, str] | None:
    waiting, ended = container.state.waiting, container.state.terminated or container.last_state.terminated
    if ended and ended.reason == "OOMKilled":
        return "OOMKilled", _sentence("OOMKilled", container, "the container needs more memory than it may use")
    if waiting and waiting.reason and waiting.reason not in ORDINARY:
        code = f"exit code {ended.exit_code}" if ended and ended.exit_code else None
        return waiting.reason, _sentence(waiting.reason, container, waiting.message, code)
    if container.state.terminated and container.state.terminated.exit_code:
        kind = container.state.terminated.reason or "Error"
        return kind, _sentence(kind, container, container.state.terminated.message)
    return None


def _not_ready(containers: Sequence[ContainerStatus]) -> tuple[str, str] | None:
    unready = next((one for one in containers if one.ready is False and one.state.waiting is None), None)
    return (NOT_READY, _sentence(NOT_READY, unready, "runs, but is not ready")) if unready else None


def _sentence(kind: str, container: ContainerStatus | None, *said: object) -> str:
    place = f" in container {container.name}" if container else ""
    restarts = f"{container.restart_count} restarts" if container and container.restart_count else None
    told = ", ".join(filter(None, (*(wording.plain(one, 300) for one in said), restarts)))
    return f"{kind}{place}" + (f": {told}" if told else "")
