"""GitLab's deployment hook. Its attempt is numbered by the job, so that pipeline and job hooks tell of it, too."""

from typing import Any

from data.errors import InvalidRequest
from data.events import EventType
from data.models import Status
from ingest import schema
from ingest.mapping import Mapped, Named, mapped
from ingest.normalizers import wording
from ingest.normalizers.contract import Ignored, Letter, Reading, Statement, ignore
from ingest.normalizers.foreign import Foreign, Maybe
from ingest.normalizers.gitlab_words import SOURCE, Project, User, delivery_id, moment, version_of, who
from ingest.normalizers.placing import no_deployment, unplaced

STATUSES = {
    "running": Status.IN_PROGRESS,
    "success": Status.SUCCESS,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}
NOT_BEGUN = frozenset({"created", "blocked"})


class Deployment(Foreign):
    """The body of a deployment hook; `deployable_id` is its job's, none where the API made the deployment."""

    status: str
    status_changed_at: str
    deployment_id: int
    environment: str
    project: Project
    deployable_id: Maybe[int] = None
    deployable_url: Any = None
    environment_slug: Maybe[str] = None
    environment_tier: Maybe[str] = None
    commit_url: Maybe[str] = None
    short_sha: Maybe[str] = None
    ref: Maybe[str] = None
    user: Maybe[User] = None

    @property
    def sha(self) -> str | None:
        """The whole commit id, which only the link holds; else its beginning."""
        return wording.sha((self.commit_url or "").rpartition("/")[2]) or wording.sha(self.short_sha)


def changed(letter: Letter) -> Reading:
    """A deployment began or ended."""
    body = schema.read(Deployment, letter.body)
    if body.status in NOT_BEGUN:
        return ignore(Ignored.UNFINISHED, f"the deployment is {body.status}: nothing has begun")
    if body.status not in STATUSES:
        return ignore(Ignored.NO_OUTCOME, f"the status {wording.plain(body.status, 40)} says nothing of a version")
    names = _names(body)
    clusters = [one for one in (body.environment, body.environment_slug) if one]
    found = mapped(letter.catalog, Named(SOURCE, names, services=body.project.called, clusters=clusters))
    worth = {key: names.get(key) for key in ("project", "environment")}
    if found.deployment is False:
        return no_deployment(found, "deployment", SOURCE, worth)
    return unplaced(found, SOURCE, worth) or Reading(
        (Statement(EventType.DEPLOYMENT, _payload(body, found), delivery_id(letter), found.via),)
    )


def _payload(body: Deployment, found: Mapped) -> dict[str, Any]:
    status = STATUSES[body.status]
    at = moment(body.status_changed_at, "status_changed_at")
    version = version_of(found, body.ref, body.sha)
    if version is None:
        raise InvalidRequest("must end in a git SHA where nothing else names the version", "commit_url")
    return wording.said(
        clusterId=found.cluster_id,
        serviceId=found.service_id,
        buildVersion=version,
        attemptNumber=str(body.deployable_id) if body.deployable_id is not None else f"d{body.deployment_id}",
        status=status.value,
        # The only time it tells. The earliest start that any event claims is the attempt's: that of `running`.
        startedAt=at,
        endedAt=None if status is Status.IN_PROGRESS else at,
        eventTime=at,
        cancelled=body.status == "canceled" or None,
        gitSha=body.sha,
        actor=who(body.user),
        runUrl=wording.link(body.deployable_url),
    )


def _names(body: Deployment) -> dict[str, str]:
    names = {
        "project": body.project.path_with_namespace,
        "environment": body.environment,
        "environmentSlug": body.environment_slug,
        "tier": body.environment_tier,
        "ref": body.ref,
        "sha": body.sha,
    }
    return {key: value for key, value in names.items() if value}
