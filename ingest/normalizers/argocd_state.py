"""What the phase of an Argo CD operation and the health after it come to. Pure."""

from dataclasses import dataclass

from data.errors import InvalidRequest
from data.instants import add, seconds_between
from data.models import Instant, Status, Trigger
from ingest.normalizers import wording
from ingest.normalizers.argocd_app import Application, OperationState, Resource, Source, Synced
from ingest.normalizers.contract import Ignored, Reading, ignore

OPERATION = "app.status.operationState"
# Health is a word on a rollout this long after its sync; later it is a word on what happens in operation.
ROLLOUT_SECONDS = 3600.0
PHASES = ("Running", "Terminating", "Succeeded", "Failed", "Error")
NOT_ASSESSED = (None, "Unknown")
TERMINATED = "operation terminated"
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of an operation, since when, and whether what runs now is what it brought."""

    status: Status
    at: Instant
    ended_at: Instant | None = None
    reason: str | None = None
    cancelled: bool | None = None
    settled: bool = False


def not_a_deployment(app: Application, operation: OperationState, started: Instant) -> Reading | None:
    """Why the operation is no deployment of a version; None where it is one."""
    sync = operation.operation.sync if operation.operation else None
    if operation.operation is not None and sync is None:
        return ignore(Ignored.NOT_ABOUT_US, "the operation is no sync")
    if sync is not None and sync.dry_run:
        return ignore(Ignored.NOT_ABOUT_US, "a dry run changes nothing")
    if sync is not None and sync.resources:
        return ignore(Ignored.NOT_ABOUT_US, "only some resources were synced, which brings no version")
    earlier = _earlier(app, started)
    if operation.sync_result and earlier and _same(operation.sync_result, earlier[-1]):
        return ignore(Ignored.RESYNC, "the same revision of the same source was synced again")
    return None


def judge(app: Application, operation: OperationState, started: Instant) -> Judged | Reading:
    """Phase and health as a status; a Reading says why they are none."""
    if operation.phase not in PHASES:
        raise InvalidRequest(f"must be one of {', '.join(PHASES)}", f"{OPERATION}.phase")
    finished = _finished(operation, started)
    if operation.phase in ("Running", "Terminating"):
        return Judged(Status.IN_PROGRESS, started)
    if operation.phase in ("Failed", "Error"):
        said = wording.prose(operation.message)
        stopped = True if said and said.lower().startswith(TERMINATED) else None
        return Judged(Status.FAILED, finished or started, finished, said or operation.phase, stopped)
    return _after_sync(app, finished or started, finished)


def trigger(app: Application, operation: OperationState, started: Instant) -> Trigger | None:
    """Why it was synced: to an earlier state, by Argo itself, or by somebody."""
    if rolled_back(app, operation, started):
        return Trigger.ROLLBACK
    by = operation.operation.initiated_by if operation.operation else None
    if by is None:
        return None
    if by.automated:
        return Trigger.MERGE
    return Trigger.MANUAL if wording.plain(by.username) else None


def rolled_back(app: Application, operation: OperationState, started: Instant) -> bool:
    """Whether it went back to a state before the last one: only a rollback names its source, or syncs that again."""
    sync = operation.operation.sync if operation.operation else None
    if sync is not None and sync.source_list():
        return True
    return bool(operation.sync_result) and any(
        _same(operation.sync_result, entry) for entry in _earlier(app, started)[:-1] if operation.sync_result
    )


def _after_sync(app: Application, finished: Instant, ended: Instant | None) -> Judged | Reading:
    """A sync that succeeded, by the health of what it brought; without health, by its phase."""
    health = app.status.health
    word = health.status if health else None
    if word in NOT_ASSESSED:
        return Judged(Status.SUCCESS, finished, ended, settled=_reconciled_since(app, finished))
    since = _health_since(app, finished)
    late = seconds_between(finished, since) > ROLLOUT_SECONDS
    settled = _reconciled_since(app, finished)
    if word == "Healthy":
        # Healthy again after hours may be the end of a slow rollout or of an outage: it has no end to vouch for.
        at = add(finished, ROLLOUT_SECONDS) if late else since
        return Judged(Status.SUCCESS, at, None if late or ended is None else since, settled=settled)
    if word == "Degraded":
        if late:
            return ignore(Ignored.NOT_ABOUT_US, "degraded more than an hour after the sync: no failed deployment")
        return Judged(Status.FAILED, since, None if ended is None else since, _degraded(app), settled=settled)
    return Judged(Status.IN_PROGRESS, since)


def _degraded(app: Application) -> str:
    """What is degraded, and what is said of it."""
    message = wording.prose(app.status.health.message if app.status.health else None, 1000)
    bad = [one for one in app.status.resources or () if one.health and one.health.status == "Degraded"]
    named = [_named(one) for one in bad[:MOST_NAMED]]
    return "degraded: " + ("; ".join(filter(None, [message, *named])) or "Argo CD names no reason")


def _named(resource: Resource) -> str:
    name = " ".join(filter(None, (wording.plain(resource.kind, 60), wording.plain(resource.name, 100))))
    message = wording.plain(resource.health.message if resource.health else None, 300)
    return f"{name}: {message}" if message else name


def _finished(operation: OperationState, started: Instant) -> Instant | None:
    if operation.finished_at is None:
        return None
    finished = wording.moment(operation.finished_at, f"{OPERATION}.finishedAt")
    if finished < started:
        raise InvalidRequest("must not be before startedAt", f"{OPERATION}.finishedAt")
    return finished


def _health_since(app: Application, finished: Instant) -> Instant:
    """Since when the health is so: not before the sync ended, which is what it is judged for."""
    said = app.status.health.last_transition_time if app.status.health else None
    if said is not None:
        return max(finished, wording.moment(said, "app.status.health.lastTransitionTime"))
    return max(finished, _reconciled(app) or finished)


def _reconciled(app: Application) -> Instant | None:
    said = app.status.reconciled_at
    return None if said is None else wording.moment(said, "app.status.reconciledAt")


def _reconciled_since(app: Application, finished: Instant) -> bool:
    """Whether health and images were looked at after the sync: until then they tell of the version before."""
    reconciled = _reconciled(app)
    return reconciled is None or reconciled >= finished


def _earlier(app: Application, started: Instant) -> list[Synced]:
    """What was synced before this operation, oldest first."""
    kept: list[Synced] = []
    for place, entry in enumerate(app.status.history or ()):
        said, name = (entry.deploy_started_at, "deployStartedAt")
        if said is None:
            said, name = (entry.deployed_at, "deployedAt")
        if said is not None and wording.moment(said, f"app.status.history.{place}.{name}") < started:
            kept.append(entry)
    return kept


def _same(synced: Synced, entry: Synced) -> bool:
    """Whether both brought the same revisions of the same sources; what one does not name is not compared."""
    if not synced.revision_list() or synced.revision_list() != entry.revision_list():
        return False
    mine, theirs = _comparable(synced), _comparable(entry)
    return not mine or not theirs or mine == theirs


def _comparable(synced: Synced) -> list[Source]:
    return [one.model_copy(update={"target_revision": None}) for one in synced.source_list()]
