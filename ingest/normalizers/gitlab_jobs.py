"""GitLab's pipeline and job hooks: a job is a deployment where a mapping rule says so, and only if it ran.

What becomes of the pipeline as a whole does not count: it succeeds as well when its deploying job was skipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from data.errors import InvalidRequest
from data.events import EventType
from data.models import Instant, Status, Trigger
from ingest import schema
from ingest.mapping import Mapped, Named, mapped
from ingest.normalizers import wording
from ingest.normalizers.contract import Ignored, Letter, Reading, Statement, ignore
from ingest.normalizers.gitlab_bodies import Environment, Job, JobBody, Pipeline, PipelineBody
from ingest.normalizers.gitlab_words import SOURCE, Project, User, delivery_id, moment, version_of, who
from ingest.normalizers.placing import no_deployment, unplaced

START = "start"
RAN = {
    "running": Status.IN_PROGRESS,
    "success": Status.SUCCESS,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}
OF_JOBS = frozenset({"job", "stage"})  # what only a rule for some jobs asks for
NEVER = frozenset({"skipped", "manual"})
TRIGGERS = {"push": Trigger.MERGE.value, "web": Trigger.MANUAL.value}
# Of several reasons to ignore a pipeline's jobs, the one that tells most.
MOST_TELLING = (Ignored.UNFINISHED, Ignored.NO_OUTCOME, Ignored.RULE, Ignored.UNMAPPED, Ignored.NOT_ABOUT_US)


@dataclass(frozen=True, slots=True)
class _Context:
    """What all jobs of one delivery share."""

    project: Project
    pipeline: Pipeline
    sha_at: str  # where the commit stands, for the sender to find
    committed_at: Instant | None = None
    user: User | None = None
    delivery_id: str | None = None


def pipeline_changed(letter: Letter) -> Reading:
    """A pipeline changed: one statement for each of its deploying jobs that ran.

    Each hook tells of all jobs again. The digest of what it says of one is the id, so that this is said once.
    """
    body = schema.read(PipelineBody, letter.body)
    committed = wording.earlier(body.commit.timestamp if body.commit else None, letter.received_at)
    context = _Context(body.project, body.object_attributes, "object_attributes.sha", committed, body.user)
    # jobs with an environment first: where all are ignored, they say best why
    jobs = sorted(enumerate(body.builds), key=lambda placed: placed[1].environment is None)
    readings = [_read(letter, context, job, f"builds.{place}.") for place, job in jobs]
    statements = tuple(statement for reading in readings for statement in reading.statements)
    if statements:
        return Reading(statements)
    if not readings:
        return ignore(Ignored.NO_OUTCOME, "the pipeline has no jobs")
    return min(readings, key=lambda one: MOST_TELLING.index(one.ignored or Ignored.NOT_ABOUT_US))


def job_changed(letter: Letter) -> Reading:
    """A job began or ended."""
    body = schema.read(JobBody, letter.body)
    context = _Context(_project(body), body, "sha", user=body.user, delivery_id=delivery_id(letter))
    job = Job(
        id=body.build_id, name=body.build_name, status=body.build_status, stage=body.build_stage,
        created_at=body.build_created_at, started_at=body.build_started_at, finished_at=body.build_finished_at,
        failure_reason=body.build_failure_reason, environment=body.environment,
    )  # fmt: skip
    return _read(letter, context, job, "build_")


def _project(body: JobBody) -> Project:
    """The project; hooks of older versions tell it by its address, or only by its name."""
    if body.project is not None:
        return body.project
    page = wording.link(body.repository.homepage if body.repository else None)
    path = urlsplit(page).path.strip("/") if page else (body.project_name or "").replace(" / ", "/")
    if not path:
        raise InvalidRequest("is required", "project.path_with_namespace")
    return Project(path_with_namespace=path, web_url=page)


def _read(letter: Letter, context: _Context, job: Job, at: str) -> Reading:
    """What one job says of a deployment."""
    environment = job.environment
    if environment is not None and environment.action not in (None, START):
        what = wording.plain(environment.action, 40)
        return ignore(
            Ignored.NOT_ABOUT_US, f"the job {wording.plain(job.name, 80)} deploys nothing: its action is {what}"
        )
    names = _names(context, job)
    found = _mapped(letter, context, names, environment)
    worth = {key: names.get(key) for key in ("project", "environment" if environment else "job")}
    if found.deployment is not True or (environment is None and not _meant(letter, context, names)):
        return no_deployment(found, "job", SOURCE, worth)
    if job.status in NEVER or (job.status == "canceled" and job.started_at is None):
        return ignore(Ignored.NO_OUTCOME, f"the deploying job {wording.plain(job.name, 80)} did not run", found.via)
    if job.status not in RAN:
        return ignore(Ignored.UNFINISHED, f"the deploying job {wording.plain(job.name, 80)} has not begun", found.via)
    nowhere = unplaced(found, SOURCE, worth)
    if nowhere is not None:
        return nowhere
    payload = _payload(context, job, found, at)
    return Reading((Statement(EventType.DEPLOYMENT, payload, context.delivery_id, found.via),))


def _mapped(letter: Letter, context: _Context, names: dict[str, str], environment: Environment | None) -> Mapped:
    clusters: Sequence[str] = (environment.name,) if environment else ()
    return mapped(letter.catalog, Named(SOURCE, names, services=context.project.called, clusters=clusters))


def _meant(letter: Letter, context: _Context, names: dict[str, str]) -> bool:
    """Whether a rule means this very job: one for the whole project would make its tests deployments, too."""
    asking = tuple(rule for rule in letter.catalog.rules if not OF_JOBS.isdisjoint(key for key, _ in rule.when))
    found = mapped(replace(letter.catalog, rules=asking), Named(SOURCE, names, services=context.project.called))
    return found.deployment is True


def _payload(context: _Context, job: Job, found: Mapped, at: str) -> dict[str, Any]:
    status = RAN[job.status]
    began, ended = job.started_at, job.finished_at
    # a job that failed before a runner took it never began: its end is all there is
    started = moment(began or ended or job.created_at, f"{at}started_at")
    finished = moment(ended, f"{at}finished_at") if ended and status is not Status.IN_PROGRESS else None
    sha = wording.sha(context.pipeline.sha)
    version = version_of(found, context.pipeline.ref, context.pipeline.sha)
    if version is None:
        raise InvalidRequest("must be a git SHA where nothing else names the version", context.sha_at)
    page = context.project.web_url
    return wording.said(
        clusterId=found.cluster_id,
        serviceId=found.service_id,
        buildVersion=version,
        attemptNumber=str(job.id),
        status=status.value,
        startedAt=started,
        endedAt=wording.not_before(finished, started),
        eventTime=finished or started,
        cancelled=job.status == "canceled" or None,
        failureReason=_reason(job) if job.status == "failed" else None,
        gitSha=sha,
        committedAt=context.committed_at,
        commits=[{"sha": sha, "committedAt": context.committed_at}] if sha and context.committed_at else None,
        trigger=Trigger.MANUAL.value if job.manual else TRIGGERS.get(context.pipeline.source or ""),
        actor=who(job.user) or who(context.user),
        runUrl=wording.link(f"{page}/-/jobs/{job.id}") if isinstance(page, str) else None,
    )


def _reason(job: Job) -> str | None:
    why = (job.failure_reason or "").replace("_", " ")
    return wording.plain(f"{job.name}: {why}" if why else None, 500)


def _names(context: _Context, job: Job) -> dict[str, str]:
    pipeline, environment = context.pipeline, job.environment
    names = {
        "project": context.project.path_with_namespace,
        "job": job.name,
        "stage": job.stage,
        "environment": environment.name if environment else None,
        "tier": environment.deployment_tier if environment else None,
        "ref": pipeline.ref,
        "tag": None if pipeline.tag is None else str(pipeline.tag).lower(),
        "sha": pipeline.sha,
        "pipelineSource": pipeline.source,
    }
    return {key: value for key, value in names.items() if value}
