"""GitHub's `workflow_job`: the reason why a run failed; or, where a rule names the job, a deployment itself."""

from typing import Any

from data.catalog_models import Catalog, Rule
from data.events import EventType
from data.models import Status
from data.patterns import find
from ingest import schema
from ingest.mapping import ANY, Mapped, Named, mapped
from ingest.normalizers import wording
from ingest.normalizers.contract import Ignored, Letter, Reading, Statement, ignore
from ingest.normalizers.foreign import Foreign, Maybe
from ingest.normalizers.github_runs import COMPLETED, outcome, run_number, version_of
from ingest.normalizers.github_words import SOURCE, Person, Repository, delivery_id, login, present
from ingest.normalizers.placing import no_deployment, unplaced

FAILED = frozenset({"failure", "timed_out"})
# What a run tells and a job of it does not: rules that ask for one of these decide for runs alone.
RUN_ONLY = ("workflow", "workflowPath", "event", "title", "headRepository")
# A skipped job never began, so there is no attempt to close; of the others a run says what they mean.
NO_OUTCOME = frozenset({"skipped", "neutral", "stale"})


class Step(Foreign):
    """One step of a job."""

    name: Maybe[str] = None
    conclusion: Maybe[str] = None


class Environment(Foreign):
    """The deployment a job makes, where its workflow names an environment."""

    environment: Maybe[str] = None


class Job(Foreign):
    """One job of a run, in one try of it."""

    id: int
    run_id: int
    name: str
    status: str
    head_sha: str
    run_attempt: int = 1
    conclusion: Maybe[str] = None
    workflow_name: Maybe[str] = None
    head_branch: Maybe[str] = None
    created_at: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    html_url: Any = None
    steps: Maybe[list[Maybe[Step]]] = None


class JobBody(Foreign):
    """The body of `workflow_job`."""

    workflow_job: Job
    repository: Repository
    deployment: Maybe[Environment] = None
    sender: Maybe[Person] = None


def job_changed(letter: Letter) -> Reading:
    """A job was queued, is under way, or has ended."""
    body = schema.read(JobBody, letter.body)
    of_run = _run_names(body)
    as_run = mapped(letter.catalog, Named(SOURCE, of_run, services=body.repository.called))
    if as_run.ignored_by is not None:
        return no_deployment(as_run, "workflow job", SOURCE, of_run)
    if as_run.deployment is True:
        return _failure_of_run(letter, body, as_run, of_run)
    return _job_itself(letter, body, of_run)


def _run_names(body: JobBody) -> dict[str, str]:
    """What a job tells of its run."""
    job = body.workflow_job
    return present(
        {
            "repository": body.repository.full_name,
            "workflowName": job.workflow_name,
            "branch": job.head_branch,
            "ref": job.head_branch,
            "sha": job.head_sha,
        }
    )


def _failure_of_run(letter: Letter, body: JobBody, found: Mapped, names: dict[str, str]) -> Reading:
    """Why the attempt of this run will have failed; whether it did, the run itself says."""
    job = body.workflow_job
    if job.status != COMPLETED or job.conclusion not in FAILED:
        return ignore(
            Ignored.UNFINISHED, "the workflow run is the deployment, and says itself how it went", found.via
        )
    doubtful = _rule_for_runs_alone(letter.catalog, names)
    if doubtful is not None:
        said = f"the rule “{doubtful.name}” asks for what a job does not tell, so its run cannot be found"
        return ignore(Ignored.UNMAPPED, said, found.via)
    nowhere = unplaced(found, SOURCE, names)
    if nowhere is not None:
        return nowhere
    payload = wording.said(
        **_identity(job, found, run_number(job.run_id, job.run_attempt)),
        status=Status.IN_PROGRESS.value,
        startedAt=wording.moment(job.started_at or job.created_at, "workflow_job.started_at"),
        eventTime=wording.moment(job.completed_at, "workflow_job.completed_at"),
        failureReason=_reason(job),
    )
    return Reading((Statement(EventType.DEPLOYMENT, payload, delivery_id(letter), found.via),))


def _job_itself(letter: Letter, body: JobBody, of_run: dict[str, str]) -> Reading:
    """The job as a deployment, where a rule says so."""
    job = body.workflow_job
    environment = body.deployment.environment if body.deployment else None
    names = present({**of_run, "job": job.name, "environment": environment})
    clusters = (environment,) if environment else ()
    found = mapped(letter.catalog, Named(SOURCE, names, services=body.repository.called, clusters=clusters))
    worth = {key: names.get(key) for key in ("repository", "workflowName", "job")}
    if found.deployment is not True:
        return no_deployment(found, "workflow job", SOURCE, worth)
    nowhere = unplaced(found, SOURCE, worth)
    if nowhere is not None:
        return nowhere
    how = None if job.conclusion in NO_OUTCOME else outcome(job.status, job.conclusion)
    if how is None:
        said = wording.plain(job.conclusion, 40) or "nothing"
        return ignore(
            Ignored.NO_OUTCOME, f"the job concluded with {said}, which says nothing of a version", found.via
        )
    return Reading((Statement(EventType.DEPLOYMENT, _payload(body, found, how), delivery_id(letter), found.via),))


def _payload(body: JobBody, found: Mapped, how: dict[str, Any]) -> dict[str, Any]:
    job = body.workflow_job
    # created_at first: every event of a job has the same, started_at is another while it is queued
    started = wording.moment(job.created_at or job.started_at, "workflow_job.created_at")
    ended = wording.moment(job.completed_at, "workflow_job.completed_at") if job.status == COMPLETED else None
    final = how["status"] != Status.IN_PROGRESS.value
    began = wording.moment(job.started_at or started, "workflow_job.started_at")
    return how | wording.said(
        **_identity(job, found, str(job.id)),
        startedAt=started,
        endedAt=wording.not_before(ended, started) if final else None,
        eventTime=ended or (began if job.status == "in_progress" else started),
        failureReason=_reason(job) if job.conclusion in FAILED else how.get("failureReason"),
        actor=wording.plain(login(body.sender)),
        runUrl=wording.link(job.html_url),
    )


def _identity(job: Job, found: Mapped, n: str) -> dict[str, Any]:
    return {
        "clusterId": found.cluster_id,
        "serviceId": found.service_id,
        "buildVersion": version_of(found, job.head_branch, job.head_sha, "workflow_job.head_sha"),
        "attemptNumber": n,
        "gitSha": wording.sha(job.head_sha),
    }


def _reason(job: Job) -> str:
    """`job: step`, the first step that failed; without one, what the job concluded with."""
    steps = (step.name for step in job.steps or () if step and step.conclusion in FAILED)
    what = next((name for name in steps if name), None) or (job.conclusion or "").replace("_", " ")
    return wording.plain(f"{job.name}: {what}", 500) or "failed"


def _rule_for_runs_alone(catalog: Catalog, names: dict[str, str]) -> Rule | None:
    """A rule that may decide where the run belongs by something only the run tells.

    Without this the job's word could open an attempt beside the run's, which nothing would ever close.
    """
    for rule in catalog.rules:
        if rule.source not in (ANY, SOURCE):
            continue
        told = all(find(pattern, names.get(key, "")) is not None for key, pattern in rule.when if key not in RUN_ONLY)
        asks = any(key in RUN_ONLY for key, _ in rule.when)
        templates = (rule.service or "", rule.cluster or "", rule.version or "")
        if told and (asks or any(f"{{{key}" in template for key in RUN_ONLY for template in templates)):
            return rule
    return None
