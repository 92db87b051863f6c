"""GitHub's `workflow_run`: a deployment where a mapping rule says so. Each re-run is an attempt of its own."""

from typing import Any

from data.errors import InvalidRequest
from data.events import EventType
from data.models import Instant, Status
from ingest import schema
from ingest.mapping import Mapped, Named, mapped
from ingest.normalizers import wording
from ingest.normalizers.contract import Ignored, Letter, Reading, Statement, ignore
from ingest.normalizers.foreign import Foreign, Maybe
from ingest.normalizers.github_words import (
    SOURCE,
    TRIGGERS,
    Person,
    Repository,
    RunBrief,
    Workflow,
    delivery_id,
    login,
    present,
    run_names,
)
from ingest.normalizers.placing import no_deployment, unplaced

COMPLETED = "completed"
CONCLUSIONS = {
    "success": Status.SUCCESS,
    "failure": Status.FAILED, "timed_out": Status.FAILED, "startup_failure": Status.FAILED,
    "cancelled": Status.FAILED, "skipped": Status.FAILED,
    "action_required": Status.IN_PROGRESS,
}  # fmt: skip
DISPATCHED = frozenset({"workflow_dispatch", "repository_dispatch", "schedule"})
CANCELLED = frozenset({"cancelled", "skipped"})
# Of a plain failure the failed job tells more.
REASONS = {"timed_out": "timed out", "startup_failure": "the workflow could not be started"}


class HeadCommit(Foreign):
    """The commit a run was made of."""

    timestamp: Any = None


class Run(RunBrief):
    """One run of a workflow; `run_started_at` begins anew with each re-run."""

    id: int
    status: str
    head_sha: str
    run_attempt: int = 1
    conclusion: Maybe[str] = None
    run_started_at: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    html_url: Any = None
    head_commit: Maybe[HeadCommit] = None
    head_repository: Maybe[Repository] = None
    actor: Maybe[Person] = None
    triggering_actor: Maybe[Person] = None


class RunBody(Foreign):
    """The body of `workflow_run`."""

    workflow_run: Run
    repository: Repository
    workflow: Maybe[Workflow] = None


def run_changed(letter: Letter) -> Reading:
    """A run was requested, is under way, or has ended."""
    body = schema.read(RunBody, letter.body)
    run, names = body.workflow_run, _names(body)
    found = mapped(letter.catalog, Named(SOURCE, names, services=body.repository.called))
    worth = {key: names.get(key) for key in ("repository", "workflow")}
    if found.deployment is not True:
        return no_deployment(found, "workflow run", SOURCE, worth)
    nowhere = unplaced(found, SOURCE, worth)
    if nowhere is not None:
        return nowhere
    how = outcome(run.status, run.conclusion)
    if how is None:
        said = wording.plain(run.conclusion, 40) or "nothing"
        return ignore(
            Ignored.NO_OUTCOME, f"the run concluded with {said}, which says nothing of a version", found.via
        )
    payload = _payload(run, found, how, letter.received_at)
    return Reading((Statement(EventType.DEPLOYMENT, payload, delivery_id(letter), found.via),))


def outcome(status: str, conclusion: str | None) -> dict[str, Any] | None:
    """What status and conclusion of a run or job say; None where they say nothing of the version."""
    if status != COMPLETED:
        return {"status": Status.IN_PROGRESS.value}
    if conclusion not in CONCLUSIONS:
        return None
    return wording.said(
        status=CONCLUSIONS[conclusion].value,
        cancelled=conclusion in CANCELLED or None,
        failureReason=REASONS.get(conclusion),
    )


def version_of(found: Mapped, ref: str | None, sha: str, field: str) -> str:
    """The version a run is about: what a rule makes, a tag that reads as one, else the commit."""
    made = wording.version(found.version) or wording.release(ref) or wording.sha(sha)
    if made is None:
        raise InvalidRequest("must be a git SHA where nothing else names the version", field)
    return made


def run_number(run_id: int, run_attempt: int) -> str:
    """The attempt number of a run: the same that a pipeline's own runId and runAttempt give."""
    return f"{run_id}.{run_attempt}"


def _payload(run: Run, found: Mapped, how: dict[str, Any], received_at: Instant) -> dict[str, Any]:
    started = wording.moment(run.run_started_at or run.created_at, "workflow_run.run_started_at")
    changed = wording.moment(run.updated_at or started, "workflow_run.updated_at")
    sha = wording.sha(run.head_sha) if _is_of_its_commit(run, found.version) else None
    committed = wording.earlier(run.head_commit.timestamp if run.head_commit else None, received_at)
    return how | wording.said(
        clusterId=found.cluster_id,
        serviceId=found.service_id,
        buildVersion=version_of(found, run.head_branch, run.head_sha, "workflow_run.head_sha"),
        attemptNumber=run_number(run.id, run.run_attempt),
        startedAt=started,
        endedAt=None if how["status"] == Status.IN_PROGRESS.value else wording.not_before(changed, started),
        eventTime=changed,
        gitSha=sha,
        commits=[wording.said(sha=sha, committedAt=committed)] if sha else None,
        committedAt=committed if sha else None,
        trigger=TRIGGERS.get(run.event or ""),
        actor=wording.plain(login(run.triggering_actor) or login(run.actor)),
        runUrl=wording.link(run.html_url),
    )


def _is_of_its_commit(run: Run, ruled: str | None) -> bool:
    """Whether the run's commit is the one of its version.

    A run by hand or by schedule has the newest commit of its branch, whatever version its title says it deploys: that
    commit's date would make a wrong lead time.
    """
    if ruled is None or run.event not in DISPATCHED:
        return True
    return run.head_sha.lower().startswith(ruled.lower()) or ruled in (run.head_branch or "")


def _names(body: RunBody) -> dict[str, str]:
    run = body.workflow_run
    return present(
        run_names(run, body.workflow)
        | {
            "repository": body.repository.full_name,
            "headRepository": run.head_repository.full_name if run.head_repository else None,
            "branch": run.head_branch,
            "ref": run.head_branch,
            "sha": run.head_sha,
        }
    )
