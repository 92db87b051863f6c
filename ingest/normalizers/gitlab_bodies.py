"""The parts of GitLab's pipeline and job hooks that we read. Pure."""

from typing import Annotated, Any

from pydantic import Field

from ingest.normalizers.foreign import Foreign, Maybe
from ingest.normalizers.gitlab_words import Project, User

MAX_JOBS = 500  # as many as a body of the size we take can hold


class Environment(Foreign):
    """Where a job deploys to."""

    name: str
    action: Maybe[str] = None
    deployment_tier: Maybe[str] = None


class Job(Foreign):
    """One job of a pipeline; a retry is another job."""

    id: int
    name: str
    status: str
    stage: Maybe[str] = None
    created_at: str | None = None
    started_at: str | None = None
    finished_at: str | None = None
    failure_reason: Maybe[str] = None
    manual: Maybe[bool] = None
    user: Maybe[User] = None
    environment: Environment | None = None


class Pipeline(Foreign):
    """What a pipeline or job hook tells of the pipeline."""

    ref: Maybe[str] = None
    tag: Maybe[bool] = None
    sha: str
    source: Maybe[str] = None


class Commit(Foreign):
    """The commit a pipeline was made of."""

    timestamp: Any = None


class PipelineBody(Foreign):
    """The body of a pipeline hook."""

    object_attributes: Pipeline
    project: Project
    builds: Annotated[list[Job], Field(max_length=MAX_JOBS)] = []
    commit: Maybe[Commit] = None
    user: Maybe[User] = None


class RepositoryOf(Foreign):
    """Where a job's project is found in older hooks."""

    homepage: Any = None


class JobBody(Pipeline):
    """The body of a job hook."""

    build_id: int
    build_name: str
    build_status: str
    build_stage: Maybe[str] = None
    build_created_at: str | None = None
    build_started_at: str | None = None
    build_finished_at: str | None = None
    build_failure_reason: Maybe[str] = None
    environment: Environment | None = None
    user: Maybe[User] = None
    project: Maybe[Project] = None
    repository: Maybe[RepositoryOf] = None
    project_name: Maybe[str] = None
